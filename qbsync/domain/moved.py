"""Hours that move are one time entry less and another one more: such changes go all or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from qbsync.domain.decide import WRITING, Action
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind, Reference, TimeEntry
from qbsync.domain.plan import Change, minutes_added, minutes_of
from qbsync.domain.wanted import SyncKind, key_of

GOES_WITH = "It goes together with another row that could not be sent, so it was not sent either."
DAY_PART, WEEK = 5, "week"  # of the id of a time entry, and what stands there for a whole week
MOVED = "Gone in Core, where other rows of the worker's week (another day, code or pay type) have more hours now."


def tied(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of moved hours tied together.

    Where hours move to another day, code or pay type of an employee's week (or to a week with another ending), all
    changes of that week go together: half of them would count the hours twice. A deletion is never ticked by itself, so
    what goes together with one is not either. Where the entry that should go, or become shorter, cannot (it is on an
    invoice, or was edited), what would be added is blocked.
    """
    hours = [change for change in changes if change.kind is SyncKind.TIME_ENTRY]
    new = {id(old): new for whose, found in _by_worker(hours).items() for old, new in _moved(whose, found)}
    return [new.get(id(change), change) for change in changes]


def _by_worker(hours: Sequence[Change]) -> dict[str, list[Change]]:
    """The hours of each person, by the first of the Core numbers that stand for the same worker of QuickBooks."""
    numbers: dict[tuple[LedgerKind, Reference], set[str]] = defaultdict(set)
    for change in hours:
        for worker in _workers_of(change):
            numbers[worker].add(_employee_of(change))
    first: dict[str, str] = {}
    for same in numbers.values():
        known = {first.get(number, number) for number in same}
        whose = min(known)
        first |= dict.fromkeys(same, whose)
        first |= {number: whose for number, earlier in first.items() if earlier in known}
    found: dict[str, list[Change]] = defaultdict(list)
    for change in hours:
        number = _employee_of(change)
        found[first.get(number, number)].append(change)
    return found


def _workers_of(change: Change) -> set[tuple[LedgerKind, Reference]]:
    """The workers of QuickBooks that an entry is or will be of."""
    contents = (change.core_content, change.content, change.posted)
    return {(content.worker_kind, content.worker) for content in contents if isinstance(content, TimeEntry)}


def held_for(changes: Sequence[Change], unanswered: Collection[str]) -> list[Change]:
    """The changes, those blocked that add hours to an employee's week of which something sent may still arrive.

    `unanswered` are keys of records. Core may not want that entry any more, or want it shorter, or in a week with
    another ending: then what is added elsewhere in the week, or on a day of it, would count its hours twice.
    """
    prefix = key_of(SyncKind.TIME_ENTRY, "")
    sent = [key.removeprefix(prefix).split("|") for key in unanswered if key.startswith(prefix)]
    weeks = {(employee, week) for week, employee, *_ in sent}
    days = {(employee, day) for employee, week in weeks for day in _week(date.fromisoformat(week))}

    def is_held(change: Change) -> bool:
        if change.kind is not SyncKind.TIME_ENTRY or change.key in unanswered or not _grows(change):
            return False
        employee = _employee_of(change)
        return (employee, _week_of(change)) in weeks or any((employee, day) in days for day in _days_of(change))

    return [_held_for(change) if is_held(change) else change for change in changes]


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


def _moved(whose: str, found: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """The changes of one worker in whose weeks, or on whose days, something goes and something comes."""
    going = [change for change in found if _shrinks(change) or _stays(change)]
    growing = [change for change in found if _grows(change)]
    days = frozenset[date]().union(*map(_days_of, going)) & frozenset[date]().union(*map(_days_of, growing))
    weeks = {_week_of(change) for change in going} & {_week_of(change) for change in growing}
    across = {_week_of(change) for change in (*going, *growing) if not days.isdisjoint(_days_of(change))}
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
                    together=f"{whose}|{groups[week]}",
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
    is_kept = change.action is Action.PULL and change.core_content is None  # somebody wants it to stay there
    kept = is_kept or change.action in (Action.BLOCKED, Action.CONFLICT) or change.left_alone
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


def _days_of(change: Change) -> frozenset[date]:
    """The days whose hours an entry has: one, or the seven of a week where they are posted by the week."""
    if change.day is None:
        return frozenset()
    is_week = change.core_id.split("|")[DAY_PART:][:1] == [WEEK]
    return _week(change.day) if is_week else frozenset({change.day})


def _week(ends: date) -> frozenset[date]:
    return frozenset(ends - timedelta(days=number) for number in range(7))


def _week_of(change: Change) -> str:
    return change.core_id.split("|")[0]
