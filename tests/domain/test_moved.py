"""Hours that move are one entry less and another one more: they go all or none."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.ledger import LedgerKind, Reference, TimeEntry
from qbsync.domain.moved import MOVED, held_for, partly_ticked, tied
from qbsync.domain.plan import Change
from qbsync.domain.wanted import SyncKind

SATURDAY, SUNDAY, NEXT = "2026-11-21", "2026-11-22", "2026-11-28"
MONDAY, TUESDAY, NEXT_MONDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 23)


def hours(minutes: int, day: date, worker: str = "1") -> TimeEntry | None:
    if not minutes:
        return None
    return TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=Reference(id=worker),
        txn_date=day,
        minutes=minutes,
        customer=None,
        item=None,
    )


def entry(week: str, day: date, before: int, after: int, employee: str = "E1", worker: str = "1") -> Change:
    """One entry of a worker of QuickBooks whose minutes there go from `before` to `after`."""
    action = Action.CREATE if not before else Action.DELETE if not after else Action.UPDATE
    return Change(
        seq=0,
        kind=SyncKind.TIME_ENTRY,
        core_id=f"{week}|{employee}|P1|310|Day|{day}|regular",
        title="",
        action=action,
        reason="",
        ledger_kind=LedgerKind.TIME_ACTIVITY,
        content=hours(after, day, worker),
        posted=hours(before, day, worker),
    )


CASES = {
    "to another day of the week": ([entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 0, 480)], [1, 1]),
    "to an entry that is there": ([entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 240, 480)], [1, 1]),
    "and the rest of that week with them": (
        [entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 0, 480), entry(SATURDAY, TUESDAY, 300, 240)],
        [1, 1, 1],
    ),
    "to a week that ends on another day": ([entry(SATURDAY, MONDAY, 480, 0), entry(SUNDAY, MONDAY, 0, 480)], [1, 1]),
    "from an entry that only becomes shorter": (
        [entry(SATURDAY, MONDAY, 480, 240), entry(SATURDAY, TUESDAY, 0, 240)],
        [1, 1],
    ),
    "between two entries that are there": (
        [entry(SATURDAY, MONDAY, 480, 420), entry(SATURDAY, TUESDAY, 480, 540)],
        [1, 1],
    ),
    "not where hours only vanish": ([entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 480, 240)], [0, 0]),
    "not where hours only come": ([entry(SATURDAY, MONDAY, 0, 480), entry(SATURDAY, TUESDAY, 240, 480)], [0, 0]),
    "not between two workers": (
        [entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, MONDAY, 0, 480, employee="E2", worker="2")],
        [0, 0],
    ),
    "between two numbers of one worker": (
        [entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, MONDAY, 0, 480, employee="E2")],
        [1, 1],
    ),
    "not between two weeks without a day in common": (
        [entry(SATURDAY, MONDAY, 480, 0), entry(NEXT, NEXT_MONDAY, 0, 480)],
        [0, 0],
    ),
}


@pytest.mark.parametrize(("changes", "together"), CASES.values(), ids=CASES.keys())
def test_hours_are_tied_where_they_moved(changes: list[Change], together: list[int]):
    found = tied(changes)
    assert [int(bool(change.together)) for change in found] == together
    assert len({change.together for change in found if change.together}) <= 1
    deletes = any(change.action is Action.DELETE for change in found)
    assert {change.ticked_by_default for change in found if change.together} <= {not deletes}


def test_an_entry_whose_hours_moved_says_where_to_look_for_them():
    gone, come = tied([entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 0, 480)])
    assert (gone.reason, come.reason) == (MOVED, "")
    (vanished,) = tied([entry(SATURDAY, MONDAY, 480, 0)])
    assert vanished.reason == ""


def test_what_is_tied_is_not_ticked_in_part():
    first, second = (
        Change(**{**vars(change), "seq": seq})
        for seq, change in enumerate(tied([entry(SATURDAY, MONDAY, 480, 0), entry(SATURDAY, TUESDAY, 0, 480)]), 1)
    )
    assert partly_ticked([first, second], {1}) == [second]
    assert partly_ticked([first, second], {1, 2}) == []
    assert partly_ticked([first, second], set()) == []


def test_nothing_is_added_to_a_week_of_which_something_may_still_arrive():
    sent = f"time_entry:{SUNDAY}|E1|P1|310|Day|week|regular"
    changes = [
        entry(SUNDAY, MONDAY, 0, 480),  # would count twice what may still arrive
        entry(SUNDAY, TUESDAY, 240, 480),
        entry(SUNDAY, TUESDAY, 480, 240),  # takes away only
        entry(SUNDAY, MONDAY, 0, 480, employee="E2"),
        entry(NEXT, NEXT_MONDAY, 0, 480),
        entry(SATURDAY, MONDAY, 0, 480),  # the week's ending was corrected, its days are the same
    ]
    found = held_for(changes, {sent, "vendor:V1"})
    ends = [change.action.value for change in found]
    assert ends == ["blocked", "blocked", "update", "create", "create", "blocked"]
    assert "may already have other hours" in found[0].reason
    assert held_for(changes, set()) == changes
