"""Part of an entry's hours moves: it becomes shorter, another one longer or new, and they count once at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbsync.domain.decide import Action, Choice
from qbsync.domain.ledger import LedgerKind, TimeEntry
from qbsync.domain.mapping import MapKind, Posting
from qbsync.domain.records import Employee, Project, Status
from qbsync.domain.run import RunStatus
from qbsync.domain.schedule import Policy
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row
from tests.services.desk import WHO, Desk, create, open_desk, to
from tests.services.test_scheduling import hourly, results


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """Eight hours are posted, and Core has four of them on another project now."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    desk.map(create(MapKind.PROJECT, "P2", LedgerKind.CUSTOMER))
    desk.load(Project(core_id="P2", name="Second", customer="C1"))
    desk.sync()
    half = "4 0 0 0 0 0 0"
    desk.load(payroll_row(half), payroll_row(half, project="P2"), whole_weeks=[(WEEK, "E1")])
    return desk


def minutes(desk: Desk) -> list[int]:
    contents = [posted.content for posted in desk.held(LedgerKind.TIME_ACTIVITY)]
    return sorted(one.minutes for one in contents if isinstance(one, TimeEntry))


def test_they_go_together_and_are_ticked_since_nothing_is_deleted(desk: Desk):
    plan = desk.preview()
    moved = [change for change in plan.changes if change.together]
    assert sorted(change.action.value for change in moved) == ["create", "update"]
    assert all(change.ticked_by_default for change in moved)
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
    assert minutes(desk) == [240, 240]


def test_where_the_entry_was_edited_meanwhile_nothing_is_added_elsewhere(desk: Desk):
    run = desk.confirm(desk.preview())
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    desk.ledger.edit(entry.kind, entry.id, replace(entry.content, description="by hand"))
    desk.push(run)
    assert {one.status.value for one in desk.outcomes(run).values() if one.kind is SyncKind.TIME_ENTRY} == {"stale"}
    assert minutes(desk) == [480]


POLICIES = [
    # policy                   in QuickBooks    what the firing says
    (Policy.CREATE_ONLY, [480], "Preview prepared; 1 to create, 1 to update"),
    (Policy.CREATE_AND_UPDATE, [240, 240], "2 sent"),
]


@pytest.mark.parametrize(("policy", "held", "said"), POLICIES, ids=[row[0].value for row in POLICIES])
def test_a_schedule_sends_them_where_it_may_send_all_of_them(desk: Desk, policy: Policy, held: list[int], said: str):
    automatic = hourly(desk, policy)
    desk.clock.forward(hours=1)
    assert automatic.tick() == 1
    run = desk.runs.open_run(desk.connection.id)
    if run is not None:
        desk.push(run)
    assert minutes(desk) == held
    assert results(desk, automatic) == [said]


def test_another_overtime_rule_moves_hours_as_well(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("10 0 0 0 0 0 0"))
    desk.sync()
    desk.map(overtime_rule="daily")
    moved = [change for change in desk.preview().changes if change.together]
    assert sorted((change.action.value, change.minutes) for change in moved) == [("create", 120), ("update", 480)]


SATURDAY = WEEK - timedelta(days=1)
ASKED: list[tuple[Posting, dict[str, Any]]] = [
    (Posting.DAILY, {}),
    (Posting.DAILY, {"weeks": frozenset({SATURDAY})}),
    (Posting.WEEKLY, {}),
    (Posting.WEEKLY, {"weeks": frozenset({SATURDAY})}),
]


@pytest.mark.promise(1)
@pytest.mark.parametrize(("posting", "scope"), ASKED)
def test_a_corrected_week_ending_never_counts_a_week_twice(sqlite: Database, posting: Posting, scope: dict[str, Any]):
    """As docs/import-formats.md says: the old rows are cancelled, and the right ones loaded."""
    desk = open_desk(sqlite, payroll_row("8 8 0 0 0 0 0"))
    desk.map(posting=posting)
    desk.sync()
    desk.load(replace(payroll_row("8 8 0 0 0 0 0"), status=Status.CANCELLED))
    desk.load(payroll_row("8 8 0 0 0 0 0", week_ending=SATURDAY))
    plan = desk.preview(**scope)
    hours = [change for change in plan.changes if change.kind is SyncKind.TIME_ENTRY]
    assert {change.action for change in hours} == {Action.DELETE, Action.CREATE}
    assert not any(change.ticked_by_default for change in hours)
    assert desk.push(desk.confirm(plan, *(change.key for change in hours))).status is RunStatus.DONE
    assert sum(minutes(desk)) == 960


def test_a_preview_of_a_week_holds_nothing_of_those_that_overlap_it_and_stand_by_themselves(sqlite: Database):
    other = payroll_row("0 0 8 0 0 0 0", week_ending=SATURDAY)
    desk = open_desk(sqlite, payroll_row("8 8 0 0 0 0 0"), other)
    found = desk.preview(weeks=frozenset({SATURDAY})).changes
    assert {change.scope_date for change in found if change.kind is SyncKind.TIME_ENTRY} == {SATURDAY}


@pytest.mark.promise(1)
def test_a_worker_with_another_number_is_the_same_worker(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    desk.sync()
    rule = desk.mappings.current(desk.connection.id).rule(MapKind.EMPLOYEE, "E1")
    assert rule is not None
    desk.map(to(MapKind.EMPLOYEE, "E-001", LedgerKind.EMPLOYEE, rule.ledger_id))
    desk.load(replace(payroll_row("8 0 0 0 0 0 0"), status=Status.CANCELLED))
    desk.load(Employee(core_id="E-001", name="Ada Stone"), payroll_row("8 0 0 0 0 0 0", employee="E-001"))
    plan = desk.preview()
    hours = [change for change in plan.changes if change.kind is SyncKind.TIME_ENTRY]
    assert sorted(change.action.value for change in hours) == ["create", "delete"]
    assert len({change.together for change in hours} - {""}) == 1
    assert not any(change.ticked_by_default for change in hours)


@pytest.mark.promise(1)
def test_hours_that_are_kept_in_quickbooks_are_not_added_elsewhere_by_the_same_preview(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    desk.sync()
    desk.load(payroll_row("0 8 0 0 0 0 0"), whole_weeks=[(WEEK, "E1")])
    (monday,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(monday.content, TimeEntry)
    desk.ledger.edit(monday.kind, monday.id, replace(monday.content, description="Corrected by the bookkeeper"))
    plan = desk.preview()
    (conflict,) = [change for change in plan.changes if change.action is Action.CONFLICT]
    desk.previewing.choose(plan.id, conflict.seq, Choice.KEEP_QUICKBOOKS, who=WHO)
    desk.sync()
    assert minutes(desk) == [480]
