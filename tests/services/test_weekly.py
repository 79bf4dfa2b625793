"""Hours that were posted by the day and are to be posted by the week, or back: never are they counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import LedgerKind, TimeEntry
from qbsync.domain.mapping import Posting
from qbsync.domain.run import FAILURES_MAX, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row
from tests.services.desk import Desk, actions, open_desk

ROW = "2026-11-22|E1|P1|03-300|Day"
MONDAY, TUESDAY = f"{ROW}|2026-11-16|regular", f"{ROW}|2026-11-17|regular"
WHOLE_WEEK = f"{ROW}|week|regular"
NEXT = WEEK + timedelta(days=7)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with two days of work, its names in QuickBooks already."""
    desk = open_desk(sqlite, payroll_row("8 7 0 0 0 0 0"))
    assert desk.sync("customer:C1", "project:P1", "employee:E1").status is RunStatus.DONE
    return desk


def entries(desk: Desk) -> list[tuple[date, int]]:
    """The time entries in QuickBooks: day and minutes."""
    contents = [posted.content for posted in desk.held(LedgerKind.TIME_ACTIVITY)]
    return sorted((one.txn_date, one.minutes) for one in contents if isinstance(one, TimeEntry))


def hours(desk: Desk) -> dict[str, str]:
    return {key.partition(":")[2]: action for key, action in actions(desk.preview()).items() if "time_entry" in key}


DAILY = [(date(2026, 11, 16), 480), (date(2026, 11, 17), 420)]


def test_a_week_is_posted_as_one_entry_on_the_day_it_ends_and_only_once(desk: Desk):
    desk.map(posting=Posting.WEEKLY)
    assert desk.sync().status is RunStatus.DONE
    assert entries(desk) == [(WEEK, 900)]
    assert hours(desk) == {WHOLE_WEEK: "skip"}


def test_posted_days_become_a_week_all_or_none_and_by_a_persons_tick_only(desk: Desk):
    desk.sync()
    assert entries(desk) == DAILY
    desk.map(posting=Posting.WEEKLY)
    plan = desk.preview()
    moved = {change.core_id: change for change in plan.changes if change.together}
    assert {core_id: change.action.value for core_id, change in moved.items()} == {
        MONDAY: "delete",
        TUESDAY: "delete",
        WHOLE_WEEK: "create",
    }
    assert not any(change.ticked_by_default for change in moved.values())
    with pytest.raises(BadInput, match="go together"):
        desk.confirm(plan, f"time_entry:{WHOLE_WEEK}")
    assert desk.push(desk.confirm(plan, *(change.key for change in moved.values()))).status is RunStatus.DONE
    assert entries(desk) == [(WEEK, 900)]


def test_a_posted_week_becomes_days_again_all_or_none(desk: Desk):
    desk.map(posting=Posting.WEEKLY)
    desk.sync()
    desk.map(posting=Posting.DAILY)
    plan = desk.preview()
    moved = [change for change in plan.changes if change.together]
    assert sorted((change.core_id, change.action.value) for change in moved) == [
        (MONDAY, "create"),
        (TUESDAY, "create"),
        (WHOLE_WEEK, "delete"),
    ]
    desk.push(desk.confirm(plan, *(change.key for change in moved)))
    assert entries(desk) == DAILY


def test_a_new_week_is_posted_by_the_week_while_older_ones_stay_as_they_are(desk: Desk):
    desk.sync()
    desk.map(posting=Posting.WEEKLY)
    desk.load(payroll_row("8 0 0 0 0 0 0", week_ending=NEXT))
    desk.sync()
    assert entries(desk) == [*DAILY, (NEXT, 480)]


def test_a_week_is_held_back_while_one_of_its_days_stands_on_an_invoice(desk: Desk):
    desk.sync()
    (monday, _) = sorted(desk.held(LedgerKind.TIME_ACTIVITY), key=lambda one: one.id)
    desk.ledger.posted[monday.kind, monday.id] = replace(monday, billed=True)
    desk.map(posting=Posting.WEEKLY)
    found = hours(desk)
    assert found == {MONDAY: "blocked", TUESDAY: "delete", WHOLE_WEEK: "blocked"}
    with pytest.raises(BadInput, match="No row is ticked"):  # the deletion is nobody's by default either
        desk.sync()


def test_a_week_is_held_back_while_one_of_its_days_may_still_arrive(desk: Desk):
    run = desk.confirm(desk.preview(), f"time_entry:{MONDAY}")
    for _ in range(FAILURES_MAX):
        desk.ledger.lose_next_answer(after_write=False)
        desk.push(run)
        desk.clock.forward(minutes=5)
    desk.clock.forward(minutes=-4)  # what was sent last may still be under way
    desk.map(posting=Posting.WEEKLY)
    plan = desk.preview()
    (week,) = [change for change in plan.changes if change.core_id == WHOLE_WEEK]
    assert (week.action.value, week.can_run) == ("blocked", False)
    assert "may already have" in week.reason
    desk.clock.forward(minutes=10)
    assert hours(desk) == {WHOLE_WEEK: "create"}
