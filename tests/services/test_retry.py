"""Retry: what a run did not do is offered again, as it is now, and nothing is sent before somebody confirms it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from qbsync.domain.errors import BadInput, Fault
from qbsync.domain.ledger import LedgerKind, Operation, TimeEntry
from qbsync.domain.plan import Plan
from qbsync.domain.run import FAILURES_MAX, Run, RunStatus
from qbsync.services.retry import Retrying
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.doubles.ledger import CLOSED, TAKEN
from tests.doubles.ledger_text import AskedWrite
from tests.services.desk import WHO, Desk, actions, open_desk, the_change

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
TUESDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-17|regular"
HOURS, MOVED = f"time_entry:{MONDAY}", f"time_entry:{TUESDAY}"
NAMES = ("customer:C1", "project:P1", "vendor:V1", "employee:E1")
REFUSED = Fault(code="6000", message="A business validation error has occurred", detail="Not today.")


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """Two days of work and a bill, their names in QuickBooks already."""
    desk = open_desk(sqlite, payroll_row("8 7 0 0 0 0 0"), vendor_bill("100.00"))
    assert desk.sync(*NAMES).status is RunStatus.DONE
    return desk


def retry(desk: Desk, run: Run, rows: Collection[int] = ()) -> Plan:
    desk.clock.forward(seconds=1)
    retrying = Retrying(runs=desk.runs, plans=desk.plans, previewing=desk.previewing)
    return retrying.build(run.id, rows, who=WHO)


def ticked(plan: Plan) -> set[str]:
    return {change.key for change in plan.changes if change.ticked_by_default}


def row_of(desk: Desk, run: Run, core_id: str) -> int:
    return desk.outcomes(run)[core_id].seq


def refuse_hours(desk: Desk, fault: Fault = REFUSED, minutes: int = 480) -> None:
    def are_those(asked: AskedWrite) -> bool:
        return isinstance(asked.content, TimeEntry) and asked.content.minutes == minutes

    desk.ledger.refuse(fault, are_those)


def minutes_held(desk: Desk) -> list[int]:
    return sorted(
        posted.content.minutes
        for posted in desk.held(LedgerKind.TIME_ACTIVITY)
        if isinstance(posted.content, TimeEntry)
    )


def test_just_what_was_not_done_is_offered_again_and_then_posted_once(desk: Desk):
    refuse_hours(desk)
    run = desk.sync()
    assert desk.statuses(run) == {"VB-1": "done", MONDAY: "failed", TUESDAY: "done"}
    sends = len(desk.ledger.sends)

    plan = retry(desk, run)

    assert len(desk.ledger.sends) == sends  # nothing moves before it is confirmed
    assert actions(plan) == {HOURS: "create"}
    assert ticked(plan) == {HOURS}
    assert plan.scope.text == f"1 record of run {run.id}"
    assert desk.plans.get(plan.id).scope == plan.scope
    desk.ledger.refuse_nothing()
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
    assert minutes_held(desk) == [420, 480]


def test_what_core_changed_meanwhile_is_in_it_as_it_is_now(desk: Desk):
    refuse_hours(desk)
    run = desk.sync()
    desk.load(payroll_row("6 7 0 0 0 0 0"))
    assert the_change(retry(desk, run), MONDAY).minutes == 360


def test_what_waited_for_another_record_brings_it_along(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    desk.ledger.refuse(TAKEN, lambda asked: getattr(asked.content, "display_name", "") == "Harborview Partners")
    run = desk.sync()
    assert desk.statuses(run) == {"C1": "failed", "P1": "skipped", "V1": "done", "E1": "done", MONDAY: "skipped"}
    plan = retry(desk, run, [row_of(desk, run, MONDAY)])
    assert actions(plan) == {"customer:C1": "create", "project:P1": "create", HOURS: "create"}
    desk.ledger.refuse_nothing()
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
    assert minutes_held(desk) == [480]


def test_only_the_chosen_rows_are_offered(desk: Desk):
    refuse_hours(desk)
    desk.ledger.refuse(CLOSED, lambda asked: asked.kind is LedgerKind.BILL)
    run = desk.sync()
    assert actions(retry(desk, run)) == {"bill:VB-1": "create", HOURS: "create"}
    assert actions(retry(desk, run, [row_of(desk, run, "VB-1")])) == {"bill:VB-1": "create"}


def test_a_retry_of_a_retry_knows_the_preview_that_it_began_with(desk: Desk):
    refuse_hours(desk)
    whole = desk.preview()
    run = desk.push(desk.confirm(whole))
    first = retry(desk, run)
    second = retry(desk, desk.push(desk.confirm(first)))
    retrying = Retrying(runs=desk.runs, plans=desk.plans, previewing=desk.previewing)
    assert retrying.began_with(first.scope) == retrying.began_with(second.scope) == whole.id
    assert not retrying.began_with(whole.scope)


def test_what_was_never_answered_is_looked_for_first(desk: Desk):
    run = desk.confirm(desk.preview(), HOURS)
    for _ in range(FAILURES_MAX):
        desk.ledger.lose_next_answer(after_write=True)
        desk.push(run)
        desk.clock.forward(minutes=5)
    assert desk.statuses(run) == {MONDAY: "unanswered"}
    plan = retry(desk, run)
    assert (actions(plan), ticked(plan)) == ({HOURS: "skip"}, set())
    assert desk.statuses(run) == {MONDAY: "done"}
    with pytest.raises(BadInput, match="Every record of this run was done"):
        retry(desk, run)


def test_what_may_still_be_under_way_is_blocked_and_says_so(desk: Desk):
    run = desk.confirm(desk.preview(), HOURS)
    for _ in range(FAILURES_MAX):
        desk.ledger.lose_next_answer(after_write=False)
        desk.push(run)
        desk.clock.forward(minutes=5)
    desk.clock.forward(minutes=-4)
    change = the_change(retry(desk, run), MONDAY)
    assert (change.action.value, change.ticked_by_default) == ("blocked", False)


def test_what_somebody_edited_meanwhile_is_asked_about_and_not_ticked(desk: Desk):
    desk.sync()
    desk.load(payroll_row("6 7 0 0 0 0 0"))
    refuse_hours(desk, minutes=360)
    run = desk.sync(HOURS)
    entry, hours = next(
        (posted, posted.content)
        for posted in desk.held(LedgerKind.TIME_ACTIVITY)
        if isinstance(posted.content, TimeEntry) and posted.content.minutes == 480
    )
    desk.ledger.edit(entry.kind, entry.id, replace(hours, minutes=300))
    plan = retry(desk, run)
    assert (actions(plan), ticked(plan)) == ({HOURS: "conflict"}, set())


@pytest.mark.parametrize("was_ticked", [True, False])
def test_a_deletion_is_ticked_only_where_a_person_ticked_it_before(desk: Desk, was_ticked: bool):
    desk.sync()
    desk.load(payroll_row("0 7 0 0 0 0 0" if was_ticked else "6 7 0 0 0 0 0"))
    desk.ledger.refuse(REFUSED, lambda asked: asked.operation in (Operation.DELETE, Operation.UPDATE))
    run = desk.sync(HOURS)
    assert desk.statuses(run) == {MONDAY: "failed"}
    desk.load(payroll_row("0 7 0 0 0 0 0"))
    plan = retry(desk, run)
    assert actions(plan) == {HOURS: "delete"}
    assert ticked(plan) == ({HOURS} if was_ticked else set())


def moved_in_vain(desk: Desk, *keys: str) -> Run:
    """Hours move from Monday to Tuesday, and QuickBooks refuses to delete Monday's."""
    desk.load(payroll_row("8 0 0 0 0 0 0"))
    desk.sync(HOURS)
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    desk.ledger.refuse(REFUSED, lambda asked: asked.operation is Operation.DELETE)
    run = desk.sync(*keys)
    desk.ledger.refuse_nothing()
    return run


def test_hours_that_moved_are_tried_again_all_or_none(desk: Desk):
    run = moved_in_vain(desk, HOURS, MOVED)
    assert desk.statuses(run) == {MONDAY: "failed", TUESDAY: "stale"}
    plan = retry(desk, run, [row_of(desk, run, TUESDAY)])
    assert actions(plan) == {HOURS: "delete", MOVED: "create"}
    assert ticked(plan) == {HOURS, MOVED}
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
    assert minutes_held(desk) == [480]


def test_an_entry_to_which_hours_moved_after_it_failed_is_not_ticked_alone(desk: Desk):
    desk.load(payroll_row("8 1 0 0 0 0 0"))
    refuse_hours(desk, minutes=60)
    run = desk.sync(HOURS, MOVED)
    assert desk.statuses(run) == {MONDAY: "done", TUESDAY: "failed"}
    desk.load(payroll_row("0 9 0 0 0 0 0"))
    plan = retry(desk, run)
    assert actions(plan) == {HOURS: "delete", MOVED: "create"}  # one without the other would count hours twice
    assert ticked(plan) == set()


def test_what_cannot_be_tried_again_is_refused_with_the_reason(desk: Desk):
    refuse_hours(desk)
    open_run = desk.confirm(desk.preview(), HOURS, MOVED)
    with pytest.raises(BadInput, match="has not ended"):
        retry(desk, open_run)
    run = desk.push(open_run)
    with pytest.raises(BadInput, match="no row 77"):
        retry(desk, run, [77])
    with pytest.raises(BadInput, match="was done: there is nothing to try again"):
        retry(desk, run, [row_of(desk, run, TUESDAY)])
