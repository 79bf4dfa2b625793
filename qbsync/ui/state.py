"""The one door to what a browser session keeps between reruns. Everything else is in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import streamlit as st

from qbsync.domain.link import PullReport
from qbsync.domain.mapping import MapKind
from qbsync.domain.pace import Look
from qbsync.services.intake import Loaded
from qbsync.services.story import Now

COMPANY = "company"  # of an address
OF_ONE_COMPANY = ("looked_up", "pull", "watched_request", "opened_run")

FlashKind = Literal["success", "info", "warning", "error"]
Edits = dict[str, dict[str, Any]]  # business id → column → value
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Flash:
    """A message that is shown once, after the next rerun."""

    kind: FlashKind
    text: str


@dataclass
class PendingMapping:
    """Mapping edits that are not saved: they began over `version`, and survive filters, pages and tabs.

    `ticked` are the lines that are to be set together; a tick is no edit. `staying` are those that were edited under
    the filter that is on: they stay in sight until another is chosen, although an edit changes a line's state.
    `ended` says that all edits were just saved or discarded: a filter for what is edited would show nothing. `is_new`
    until a draft was looked for, and `is_kept` while there is one, see ui.mapping.drafts.
    """

    version: int = -1
    edits: dict[MapKind, Edits] = field(default_factory=dict)
    ticked: dict[MapKind, set[str]] = field(default_factory=dict)
    staying: dict[MapKind, set[str]] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=dict)  # field → value, where it differs from what is saved
    ended: bool = False
    is_new: bool = True
    is_kept: bool = False

    def of(self, kind: MapKind) -> Edits:
        return self.edits.setdefault(kind, {})

    def ticked_in(self, kind: MapKind) -> set[str]:
        return self.ticked.setdefault(kind, set())

    def staying_in(self, kind: MapKind) -> set[str]:
        return self.staying.setdefault(kind, set())

    @property
    def count(self) -> int:
        return sum(len(edits) for edits in self.edits.values()) + len(self.preferences)

    def clear(self) -> None:
        self.version = -1
        self.edits.clear()
        self.ticked.clear()
        self.staying.clear()
        self.preferences.clear()
        self.ended = True


@dataclass
class Ticks:
    """The rows of one preview that are to be sent. `round` goes up when they are set anew."""

    plan_id: str = ""
    seqs: set[int] = field(default_factory=set)
    round: int = 0


@dataclass
class Files:
    """The files whose dates can be read two ways, kept until somebody says how."""

    given: list[tuple[str, bytes]] = field(default_factory=list)
    question: str = ""


def _kept(name: str, make: Callable[[], T]) -> T:
    key = f"qbsync_{name}"
    if key not in st.session_state:
        st.session_state[key] = make()
    value: T = st.session_state[key]
    return value


def flash(kind: FlashKind, text: str) -> None:
    """Show a message after the rerun that follows. `text` is Markdown: escape what comes from the books."""
    _kept("flashes", list[Flash]).append(Flash(kind=kind, text=text))


def take_flashes() -> list[Flash]:
    """The messages not shown yet; they are shown once."""
    kept = _kept("flashes", list[Flash])
    taken = list(kept)
    kept.clear()
    return taken


def pending_mapping(connection_id: int) -> PendingMapping:
    """The mapping edits of a company that are not saved yet."""
    return _kept(f"mapping_{connection_id}", PendingMapping)


def ticks(plan_id: str, default: Callable[[], set[int]]) -> Ticks:
    """The ticked rows of a preview; another preview starts with its own default."""
    kept = _kept("ticks", Ticks)
    if kept.plan_id != plan_id:
        kept.plan_id, kept.seqs, kept.round = plan_id, default(), kept.round + 1
    return kept


def undecided_files() -> Files:
    """Files that wait for somebody to say how their dates are read."""
    return _kept("files", Files)


def last_loaded() -> list[Loaded]:
    """The last loading of this session, in a list of one; empty when there was none."""
    return _kept("loaded", list[Loaded])


def chosen_company() -> str:
    """The id of the company that this session works with; "" where nobody chose one. The address names it too."""
    kept = _kept("company", lambda: [str(st.query_params.get(COMPANY, ""))])
    return kept[0]


def choose_company(realm_id: str) -> None:
    """Work with another company: what is open of the one before is closed."""
    keep_one(_kept("company", list[str]), realm_id)
    st.query_params.clear()
    for name in OF_ONE_COMPANY:
        st.session_state.pop(f"qbsync_{name}", None)


def name_company(realm_id: str) -> None:
    """Write the company into the address, so that the page is the same when it is loaded again or sent to somebody."""
    if st.query_params.get(COMPANY) != realm_id:
        st.query_params[COMPANY] = realm_id


def looked_up(key: str) -> list[Now]:
    """What was last seen in QuickBooks of the record that is open, in a list of at most one; another key forgets it."""
    kept = _kept("looked_up", dict[str, list[Now]])
    if key not in kept:
        kept.clear()
        kept[key] = []
    return kept[key]


def last_pull() -> list[PullReport]:
    """The last pull of this session, in a list of one."""
    return _kept("pull", list[PullReport])


def seen_rules(owner: str) -> list[int]:
    """The version of an owner's rules that this session saw, in a list of at most one."""
    return _kept(f"rules_{owner}", list[int])


def asked_view() -> list[str]:
    """The view of Core data that a link or a loading asked for, in a list of at most one."""
    return _kept("asked_view", list[str])


def keep_one(kept: list[T], value: T) -> None:
    """Make `value` the only one kept."""
    kept[:] = [value]


def watched_request() -> list[str]:
    """The request for a preview that this session saw being built, in a list of at most one."""
    return _kept("watched_request", list[str])


def choose(widget: str, value: Any) -> None:
    """Set what a widget holds, before it is drawn."""
    st.session_state[widget] = value


def chosen(widget: str) -> Any:
    """What a widget holds, also one that is not drawn on this rerun; None for nothing."""
    return st.session_state.get(widget)


def choose_first(widget: str, value: Any) -> None:
    """What a widget begins with; one whose value may also be set by `choose` can have no default of its own."""
    st.session_state.setdefault(widget, value)


def looks_at(run_id: str) -> list[Look]:
    """The looks that this session took at a run; another run forgets them."""
    kept = _kept("looks", dict[str, list[Look]])
    if run_id not in kept:
        kept.clear()
        kept[run_id] = []
    return kept[run_id]


def go_to(screen: str, **query: str) -> None:
    """Show another screen on the next rerun: for callbacks, which cannot switch themselves."""
    keep_one(_kept("go_to", list[tuple[str, dict[str, str]]]), (screen, query))


def is_leaving() -> bool:
    """Whether a callback wants another screen: a dialog, which reruns by itself, must let the whole page rerun."""
    return bool(_kept("go_to", list[tuple[str, dict[str, str]]]))


def take_destination() -> tuple[str, dict[str, str]]:
    """The screen that a callback wants shown, and what its address says; "" for none. It is told once."""
    kept = _kept("go_to", list[tuple[str, dict[str, str]]])
    return kept.pop() if kept else ("", {})


def opened_run() -> list[str]:
    """The run to open in the drawer on this rerun, in a list of at most one."""
    return _kept("opened_run", list[str])


def next_round(name: str) -> int:
    """Count a widget's key up, so that the widget starts anew."""
    kept = _kept(f"round_{name}", lambda: [0])
    kept[0] += 1
    return kept[0]


def round_of(name: str) -> int:
    """The present count of a widget's key."""
    return _kept(f"round_{name}", lambda: [0])[0]


def edited_rows(key: str) -> dict[int, dict[str, Any]]:
    """What was typed into a table: position → column → value."""
    rows: dict[int, dict[str, Any]] = st.session_state[key]["edited_rows"]
    return rows


def clicked_row(key: str) -> int:
    """The position of the row whose button was pressed."""
    row: int = st.session_state[key].row
    return row


def rows_shown(table: str) -> list[str]:
    """The ids that a table with buttons showed, in its order."""
    return _kept(f"shown_{table}", list[str])


def show_rows(table: str, ids: Sequence[str]) -> None:
    """Remember the ids that a table shows."""
    rows_shown(table)[:] = ids
