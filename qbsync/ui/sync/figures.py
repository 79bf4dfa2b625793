"""What a preview comes to: the figures on top, the bar, and the consequences. Pure: changes in, words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from qbsync.domain.decide import WRITING, Action
from qbsync.domain.plan import Change, Totals, totals
from qbsync.domain.tieout import Carried, moved_by
from qbsync.domain.unticked import Waiting
from qbsync.domain.wanted import SyncKind
from qbsync.ui.sync.frames import GROUPS, Group
from qbsync.ui.text import escape, hours, money, plural

CENTS_BELOW = 1_000_000  # of dollars: a larger figure fills its card without them
MINUTES_BELOW = 10_000 * 60
NEEDED_NAMED_MAX = 2
N = TypeVar("N", int, Decimal)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One figure above the preview, with its note. `share` is its part of the width."""

    title: str
    figure: str
    note: str
    icon: str
    color: str
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Moving:
    """What the ticked rows do, of so many that can run.

    Hours and money are of the time entries and bills that are made or changed in QuickBooks. `removed` are those of
    what is deleted there, below zero, and `net` is by how much QuickBooks' minutes and dollars change in all.
    """

    total: Totals
    entries: int
    bills: int
    can_run: int
    removed: Carried
    net: Carried


def moving(changes: Iterable[Change], ticked: Collection[int]) -> Moving:
    """What the ticked rows do."""
    can_run = [change for change in changes if change.can_run]
    chosen = [change for change in can_run if change.seq in ticked]
    written = [change for change in chosen if change.action in (Action.CREATE, Action.UPDATE)]
    return Moving(
        total=replace(totals(written), by_action=Counter(change.action for change in chosen)),
        entries=sum(1 for change in written if change.kind is SyncKind.TIME_ENTRY),
        bills=sum(1 for change in written if change.kind is SyncKind.BILL),
        can_run=len(can_run),
        removed=_sum(moved_by(change) for change in chosen if change.action is Action.DELETE),
        net=_sum(moved_by(change) for change in chosen if change.action in WRITING),
    )


def _sum(parts: Iterable[Carried]) -> Carried:
    found = list(parts)
    return sum(minutes for minutes, _ in found), sum((amount for _, amount in found), Decimal(0))


def cards(changes: Collection[Change], moves: Moving, decided: Collection[str] = ()) -> list[Card]:
    """What the ticked rows move, and how much waits for somebody; `decided` has the keys of conflicts with a choice."""
    total = moves.total
    conflicts = [change.decision_key for change in changes if change.action is Action.CONFLICT]
    undecided = sum(1 for key in conflicts if key not in decided)
    blocked = sum(1 for change in changes if change.action is Action.BLOCKED)
    return [
        Card(
            title="To send",
            figure=f"{total.records:,}",
            note=f"ticked of {moves.can_run:,}",
            icon="cloud_upload",
            color="blue" if total.records else "gray",
        ),
        Card(
            title="Hours",
            figure=_short_hours(total.minutes),
            note=f"in {plural(moves.entries, 'time entry', 'time entries')}",
            icon="schedule",
            color="green" if moves.entries else "gray",
            share=1.15,
        ),
        Card(
            title="Money on bills",
            figure=_short(total.amount),
            note=f"on {plural(moves.bills, 'vendor bill')}",
            icon="receipt_long",
            color="green" if moves.bills else "gray",
            share=1.4,
        ),
        Card(
            title="Conflicts",
            figure=f"{len(conflicts):,}",
            note=_decision_note(len(conflicts), undecided),
            icon="call_split",
            color="orange" if undecided else "blue" if conflicts else "gray",
        ),
        Card(
            title="Blocked",
            figure=f"{blocked:,}",
            note="need mending" if blocked else "none",
            icon="block",
            color="red" if blocked else "gray",
        ),
    ]


def _decision_note(conflicts: int, undecided: int) -> str:
    if not conflicts:
        return "none"
    if not undecided:
        return "decided: Rebuild"
    return "need a decision" if undecided == conflicts else f"{undecided:,} still to decide"


def _short_hours(minutes: int) -> str:
    """Hours as a card has room for them."""
    return hours(minutes) if minutes < MINUTES_BELOW else f"{minutes // 60:,} h"


def _short(amount: Decimal) -> str:
    """Money as a card has room for it; the bar below has it to the cent."""
    return money(amount) if abs(amount) < CENTS_BELOW else money(amount).rpartition(".")[0]


def moved_rows(moves: Moving) -> dict[str, str]:
    """Hours and money as the dialog lists them; where records are changed or removed, with what QuickBooks gains."""
    (less_minutes, less_amount), (minutes, amount), total = moves.removed, moves.net, moves.total
    return {
        **_rows("Hours", total.minutes, less_minutes, minutes, hours),
        **_rows("Money on bills", total.amount, less_amount, amount, money),
    }


def _rows(title: str, written: N, removed: N, net: N, read: Callable[[N], str]) -> dict[str, str]:
    if net == written:
        return {title: read(written)}
    return {
        f"{title} made or changed": read(written),
        **({f"{title} removed": read(removed)} if removed else {}),
        f"{title} in QuickBooks change by": _signed(net, read),
    }


def moved_text(moves: Moving) -> str:
    """`37.50 h and $1,840.25`; where records are changed or removed, with what QuickBooks gains."""
    (minutes, amount), total = moves.net, moves.total
    parts = [hours(total.minutes) if total.minutes else "", money(total.amount) if total.amount else ""]
    text = " and ".join(part for part in parts if part) or "no hours or money"
    gains = [
        _signed(minutes, hours) if minutes != total.minutes else "",
        _signed(amount, money) if amount != total.amount else "",
    ]
    gained = " and ".join(part for part in gains if part)
    return f"{text}; QuickBooks changes by {gained}" if gained else text


def moved_groups(moved: Collection[Change]) -> str:
    """What goes together and is not ticked as a whole, as Markdown."""
    weeks = len({change.together for change in moved if change.kind is SyncKind.TIME_ENTRY})
    bills = len({change.together for change in moved if change.kind is SyncKind.BILL})
    parts: list[str] = []
    if weeks:
        net = escape(net_text(moved))
        parts.append(f"In {plural(weeks, 'week')} of a worker hours are taken away and others added ({net}).")
    if bills:
        voided = plural(bills, "invoice was", "invoices were")
        parts.append(f"{voided} voided in Core and entered again under another id.")
    return f"**{' '.join(parts)}** They go together: tick all of these {len(moved):,} rows, or none."


def net_text(changes: Iterable[Change]) -> str:
    """By how much these rows change QuickBooks' hours: `-35.50 h in all`, `as many hours as before`."""
    minutes, _ = _sum(moved_by(change) for change in changes if change.kind is SyncKind.TIME_ENTRY)
    return f"{_signed(minutes, hours)} in all" if minutes else "as many hours as before"


def _signed(net: N, read: Callable[[N], str]) -> str:
    return f"{'+' if net > 0 else ''}{read(net)}"


def action_counts(total: Totals) -> list[tuple[Group, int]]:
    """The tabs whose rows will be sent, with how many."""
    pairs = ((group, sum(total.by_action.get(action, 0) for action in group.actions)) for group in GROUPS)
    return [(group, count) for group, count in pairs if count and group.ticks]


def consequences(total: Totals) -> list[str]:
    """What confirming will do, sentence by sentence."""
    by = total.by_action
    lines = [
        (by[Action.CREATE], "made in QuickBooks"),
        (by[Action.UPDATE], "changed in QuickBooks"),
        (by[Action.LINK], "linked; nothing is written for these"),
        (by[Action.PULL], "settled as QuickBooks has it; nothing is written for these"),
        (by[Action.DELETE], "**deleted** in QuickBooks, which cannot be undone there"),
        (by[Action.DEACTIVATE], "made inactive in QuickBooks"),
    ]
    return [f"{plural(count, 'record is', 'records are')} {what}." for count, what in lines if count]


def held_back(changed: int, skipped: int, waits: Waiting) -> list[str]:
    """Which ticked rows will not be made: those that Core changed, that somebody skips, or that lack another row."""
    lines = [
        f"{_were(changed)} changed in Core since the preview: held back. **Rebuild** shows what is now."
        if changed
        else "",
        f"{_were(skipped)} skipped since the preview: held back. **Rebuild** takes them out of it." if skipped else "",
        f"{waiting_text(waits)} They will be held back." if waits.rows else "",
    ]
    return [line for line in lines if line]


def _were(count: int) -> str:
    return plural(count, "ticked row was", "ticked rows were")


def waiting_text(waits: Waiting) -> str:
    """Which ticked rows need which that are not ticked: `12 ticked rows need Bayline Transit, which is not ticked.`"""
    names = [escape(change.title) for change in waits.needed[:NEEDED_NAMED_MAX]]
    rest = len(waits.needed) - len(names)
    named = ", ".join(names) + (f" and {rest:,} more" if rest else "")
    need = plural(len(waits.rows), "ticked row needs", "ticked rows need")
    return f"{need} {named}, which {'is' if len(waits.needed) == 1 else 'are'} not ticked."
