"""Hours that move are one time entry less and another one more: such changes go all or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from qbsync.domain.decide import WRITING, Action
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import TimeEntry
from qbsync.domain.plan import Change, minutes_added, minutes_of
from qbsync.domain.wanted import SyncKind, key_of

GOES_WITH = "It goes together with another row of moved hours that could not be sent, so it was not sent either."
MOVED = "Gone in Core, where other rows of the worker's week (another day, code or pay type) have more hours now."


def tied(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of moved hours tied together.

    Where hours move to another day, code or pay type of an employee's week (or to a week with another ending), all
    changes of that week go together: half of them would count the hours twice. A deletion is never ticked by itself, so
    what goes together with one is not either. Where the entry that should go, or become shorter, cannot (it is on an
    invoice, or was edited), what would be added is blocked.
    """
    by_employee: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is SyncKind.TIME_ENTRY:
            by_employee[_employee_of(change)].append(change)
    new = {id(old): new for found in by_employee.values() for old, new in _moved(found)}
    return [new.get(id(change), change) for change in changes]


def held_for(changes: Sequence[Change], unanswered: Collection[str]) -> list[Change]:
    """The changes, those blocked that add hours to an employee's week of which something sent may still arrive.

    `unanswered` are keys of records. Core may not want that entry any more, or want it shorter: then what is added
    elsewhere in the week would count its hours twice.
    """
    prefix = key_of(SyncKind.TIME_ENTRY, "")
    sent = [key.removeprefix(prefix).split("|") for key in unanswered if key.startswith(prefix)]
    weeks = {(employee, week) for week, employee, *_ in sent}
    return [
        _held_for(change)
        if change.kind is SyncKind.TIME_ENTRY
        and (_employee_of(change), _week_of(change)) in weeks
        and change.key not in unanswered
        and _grows(change)
        else change
        for change in changes
    ]


def _held_for(change: Change) -> Change:
    issue = Issue(
        record=change.title,
        field="hours",
        problem="QuickBooks may already have other hours of this week: the last attempt to send them was not answered.",
        remedy="Preview again in a few minutes: it is looked for first.",
        screen="sync",
    )
    return replace(change, action=Action.BLOCKED, reason=issue.problem, issues=(*change.issues, issue))


def partly_ticked(changes: Sequence[Change], ticked: Collection[int]) -> list[Change]:
    """The changes that are not ticked although others that go together with them are."""
    begun = {change.together for change in changes if change.together and change.seq in ticked}
    return [change for change in changes if change.together in begun and change.seq not in ticked]


def _moved(found: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """The changes of one employee in whose weeks, or on whose days, something goes and something comes."""
    going = [change for change in found if _shrinks(change) or _stays(change)]
    growing = [change for change in found if _grows(change)]
    days = {change.day for change in going} & {change.day for change in growing}
    weeks = {_week_of(change) for change in going} & {_week_of(change) for change in growing}
    across = {_week_of(change) for change in (*going, *growing) if change.day in days}
    held = {_week_of(change) for change in going if _stays(change)}
    held |= across if held & across else set()
    groups = {week: "" if len(across) > 1 and week in across else week for week in weeks | across}
    deleting = {groups.get(_week_of(change)) for change in found if change.action is Action.DELETE}
    for change in found:
        week = _week_of(change)
        if week not in groups:
            continue
        if week in held and _grows(change):
            yield change, _held_back(change)
        elif change.action in WRITING and week not in held:
            yield (
                change,
                replace(
                    change,
                    together=f"{_employee_of(change)}|{groups[week]}",
                    deletes_none=groups[week] not in deleting,
                    reason=MOVED if change.action is Action.DELETE else change.reason,
                ),
            )


def _held_back(change: Change) -> Change:
    issue = Issue(
        record=change.title,
        field="hours",
        problem="Hours of this week moved here from an entry that cannot be taken out of QuickBooks just now.",
        remedy="Decide on that entry first (edited there, on an invoice, or left alone), then preview again.",
        screen="sync",
    )
    return replace(change, action=Action.BLOCKED, reason=issue.problem, issues=(*change.issues, issue))


def _stays(change: Change) -> bool:
    """Whether QuickBooks keeps more minutes than Core has, since the change cannot be made."""
    kept = change.action in (Action.BLOCKED, Action.CONFLICT) or change.left_alone
    if not kept or not isinstance(change.posted, TimeEntry):
        return False
    if change.core_content is None and change.issues:
        return False  # it cannot be worked out, which is not the same as gone
    return minutes_of(change.posted) > minutes_of(change.core_content)


def _shrinks(change: Change) -> bool:
    """Whether QuickBooks would hold fewer minutes afterwards."""
    return change.action is Action.DELETE or (change.action is Action.UPDATE and minutes_added(change) < 0)


def _grows(change: Change) -> bool:
    """Whether QuickBooks would hold more minutes afterwards."""
    return change.action is Action.CREATE or (change.action is Action.UPDATE and minutes_added(change) > 0)


def _employee_of(change: Change) -> str:
    return change.core_id.split("|")[1]


def _week_of(change: Change) -> str:
    return change.core_id.split("|")[0]
