"""A preview as tabs and tables. Pure: changes in, frames out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from itertools import islice, zip_longest

import pandas as pd

from qbsync.domain.decide import Action
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import FieldChange
from qbsync.domain.place import Place, common
from qbsync.domain.plan import Change
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.text import hours, money, verb_of

BEFORE, AFTER, IN_CORE = "In QuickBooks now", "After the sync", "In Core"
DATE, CARRIED, DECISION = "Date", "Carried", "Your choice"  # columns of the records
KIND_TITLES = list(TITLES.values())
KIND_COLORS = ["orange", "violet", "blue", "green", "gray", "primary"]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Actions that share a tab. `ticks` says whether its rows can be sent."""

    name: str
    title: str
    icon: str
    color: str
    actions: frozenset[Action]
    ticks: bool


GROUPS = (
    Group(
        name="create",
        title="Create",
        icon="add_circle",
        color="green",
        actions=frozenset({Action.CREATE}),
        ticks=True,
    ),
    Group(
        name="update",
        title="Update",
        icon="edit",
        color="blue",
        actions=frozenset({Action.UPDATE}),
        ticks=True,
    ),
    Group(
        name="link",
        title="Link",
        icon="link",
        color="violet",
        actions=frozenset({Action.LINK}),
        ticks=True,
    ),
    Group(
        name="settle",
        title="Settle",
        icon="handshake",
        color="violet",
        actions=frozenset({Action.PULL}),
        ticks=True,
    ),
    Group(
        name="remove",
        title="Remove",
        icon="delete",
        color="red",
        actions=frozenset({Action.DELETE, Action.DEACTIVATE}),
        ticks=True,
    ),
    Group(
        name="conflict",
        title="Conflicts",
        icon="call_split",
        color="orange",
        actions=frozenset({Action.CONFLICT}),
        ticks=False,
    ),
    Group(
        name="blocked",
        title="Blocked",
        icon="block",
        color="red",
        actions=frozenset({Action.BLOCKED}),
        ticks=False,
    ),
    Group(
        name="left_alone",
        title="Skipped",
        icon="do_not_disturb_on",
        color="gray",
        actions=frozenset(),  # whatever would be done, a person said that nothing is
        ticks=False,
    ),
    Group(
        name="skip",
        title="Unchanged",
        icon="done_all",
        color="gray",
        actions=frozenset({Action.SKIP}),
        ticks=False,
    ),
)


def by_tab(changes: Iterable[Change]) -> list[tuple[Group, list[Change]]]:
    """The tabs that have any changes, with theirs."""
    tab_of = {action: group.name for group in GROUPS for action in group.actions}
    found: dict[str, list[Change]] = {group.name: [] for group in GROUPS}
    for change in sorted(changes, key=lambda change: change.seq):
        found["left_alone" if change.left_alone else tab_of[change.action]].append(change)
    return [(group, found[group.name]) for group in GROUPS if found[group.name]]


def narrowed(changes: Iterable[Change], kinds: Collection[SyncKind], text: str) -> list[Change]:
    """The changes of these kinds (all when none is given) that have the text."""
    wanted = text.casefold().strip()
    return [
        change
        for change in changes
        if (not kinds or change.kind in kinds)
        and (not wanted or wanted in f"{change.title} {change.core_id} {change.reason}".casefold())
    ]


def kinds_in(changes: Iterable[Change]) -> list[SyncKind]:
    """The kinds that occur, in the order of a run."""
    found = {change.kind for change in changes}
    return [kind for kind in SyncKind if kind in found]


def day_of(change: Change) -> date | None:
    """The day of hours (the week's last where they are posted by the week), or a bill's date; None for a name."""
    return change.scope_date if change.kind is SyncKind.BILL else change.day


def beside_its_day(change: Change) -> str:
    """The title without the day, which stands in a column of its own."""
    day = day_of(change)
    if day is None or change.kind is not SyncKind.TIME_ENTRY:
        return change.title
    return re.sub(rf" · (week ending )?{day:%a %d %b %Y}(?= · |$)", "", change.title, count=1)


def records(changes: Sequence[Change], *, dated: bool = True) -> pd.DataFrame:
    """One row a record; `dated` where the day has a column of its own, else hours have it in their title."""
    return pd.DataFrame(
        {
            "seq": [change.seq for change in changes],
            "Type": [[TITLES[change.kind]] for change in changes],
            "Record": [beside_its_day(change) if dated else change.title for change in changes],
            DATE: [day_of(change) if dated else None for change in changes],
            CARRIED: [carried(change) for change in changes],
            "Fields": [", ".join(field.field for field in change.fields) for change in changes],
            "Why": [change.reason for change in changes],
        }
    )


@dataclass(frozen=True, kw_only=True)
class Table:
    """Records as a table: the columns to show, and what the figures among them are called."""

    frame: pd.DataFrame
    columns: list[str]
    carried_title: str


def table(group: Group, changes: Sequence[Change]) -> Table:
    """The table of a tab."""
    frame = records(changes, dated=group.name != "conflict")  # a choice stands there instead
    return Table(frame=frame, columns=columns_of(group, frame), carried_title=carried_title(frame))


def columns_of(group: Group, frame: pd.DataFrame) -> list[str]:
    """The columns that say something about these records, in their order."""
    several_kinds = frame["Type"].str[0].nunique() > 1
    says_why = group.name != "create" or frame["Why"].nunique() > 1
    wanted = {
        "Type": several_kinds,
        "Record": True,
        DATE: frame[DATE].notna().any(),
        CARRIED: group.ticks and frame[CARRIED].ne("").any(),
        "Fields": group.name == "update",
        "Why": says_why and group.name != "update",
    }
    return [name for name, is_shown in wanted.items() if is_shown]


def carried_title(frame: pd.DataFrame) -> str:
    """What the figures of these records are."""
    match set(frame["Type"].str[0]) & {TITLES[SyncKind.TIME_ENTRY], TITLES[SyncKind.BILL]}:
        case kinds if kinds == {TITLES[SyncKind.TIME_ENTRY]}:
            return "Hours"
        case kinds if kinds == {TITLES[SyncKind.BILL]}:
            return "Amount"
    return "Hours / $"


def causes(changes: Iterable[Change], among: Iterable[Change]) -> pd.DataFrame:
    """One row for each thing that blocks records, most records first.

    What only follows from another counts there, so that the number is of all that mending it frees. `among` are all
    that are blocked, for a filter may hide the record that others wait for.

    "mend" is a button's text where the product itself has the place.
    """
    found: Counter[tuple[str, str]] = Counter()
    places: defaultdict[tuple[str, str], set[Place]] = defaultdict(set)
    blocked = {change.key: change for change in among}

    @cache
    def issues_behind(key: str) -> tuple[Issue, ...]:
        """A record's own issues, and those of the records that it waits for."""
        own = [issue for issue in blocked[key].issues if issue.severity is Severity.ERROR and not issue.follows]
        behind = (issue for one in blocked[key].requires if one in blocked for issue in issues_behind(one))
        return tuple(dict.fromkeys([*own, *behind]))

    for change in changes:
        behind = issues_behind(change.key)
        found.update(dict.fromkeys((issue.problem, issue.remedy) for issue in behind).keys())
        for issue in behind:
            places[issue.problem, issue.remedy].add(issue.place)
        if not change.issues:
            found[change.reason, ""] += 1
    return pd.DataFrame(
        [
            {
                "Records": count,
                "What is wrong": problem,
                "What to do": remedy,
                "place": str(place),
                "mend": f":material/arrow_forward: {verb_of(place)}" if place.screen not in ("", "sync") else "",
            }
            for (problem, remedy), count in found.most_common()
            for place in [common(places[problem, remedy])]
        ],
        columns=["Records", "What is wrong", "What to do", "place", "mend"],
    )


def carried(change: Change) -> str:
    """The hours or the money of a change, as text."""
    if change.minutes:
        return hours(change.minutes)
    return money(change.amount) if change.amount else ""


def after_title(changes: Iterable[Change]) -> str:
    """What the second value of a field is: what will be there, or only what Core says where nothing is written."""
    return AFTER if any(change.operation for change in changes) else IN_CORE


def badge_of(change: Change) -> str:
    """What becomes of a record, in one word."""
    if change.left_alone:
        return "Skipped"
    return change.action.word.capitalize()


def field_changes(changes: Iterable[Change], rows_max: int | None = None) -> pd.DataFrame:
    """One row a field, of the first fields only where there are too many."""
    pairs = ((change, field) for change in changes for field in change.fields)
    return pd.DataFrame(
        [
            {
                "Type": [TITLES[change.kind]],
                "Record": change.title,
                "Field": field.field,
                BEFORE: field.before,
                AFTER: field.after,
            }
            for change, field in islice(pairs, rows_max)
        ],
        columns=["Type", "Record", "Field", BEFORE, AFTER],
    )


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """A line of a field on both sides. `field` is "" below the first of its lines."""

    field: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def paired(change: FieldChange) -> list[FieldRow]:
    """A field's values line beside line, so that a line that was put in or left out moves no other."""
    old, new = change.before.splitlines(), change.after.splitlines()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pairs = [pair for _, i1, i2, j1, j2 in blocks for pair in zip_longest(old[i1:i2], new[j1:j2], fillvalue="")]
    return [
        FieldRow(field="" if number else change.field, before=before, after=after)
        for number, (before, after) in enumerate(pairs)
    ]


def default_ticks(changes: Iterable[Change]) -> set[int]:
    """The rows that are ticked when a preview is opened: never a deletion."""
    return {change.seq for change in changes if change.ticked_by_default}


def moved(changes: Sequence[Change], ticked: Collection[int]) -> list[Change]:
    """The rows of moved hours of which not all are ticked: they go all or none."""
    begun = {change.together for change in changes if change.together and change.seq not in ticked}
    return [change for change in changes if change.together in begun]


def merged_ticks(kept: set[int], shown: Sequence[int], ticked_rows: Iterable[int]) -> set[int]:
    """The ticks after a table was touched: rows that a filter hides keep theirs."""
    return (kept - set(shown)) | {shown[row] for row in ticked_rows if row < len(shown)}
