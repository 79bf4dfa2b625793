"""A request that was never answered is sent again within hours only; later QuickBooks is looked at instead."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import ConnectionExpired
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.run import Run, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, actions, open_desk

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with its names in QuickBooks, and a bill and a day of work to post in two requests."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))
    assert desk.sync("customer:C1", "project:P1", "employee:E1", "vendor:V1").status is RunStatus.DONE
    return desk


def left_behind(desk: Desk, *, after_write: bool) -> Run:
    """The bill was sent and not answered; then the consent ended."""
    run = desk.confirm(desk.preview(), "bill:VB-1", f"time_entry:{MONDAY}")
    desk.ledger.lose_next_answer(after_write=after_write)
    desk.push(run)
    desk.ledger.fail_next_send(ConnectionExpired("The consent has ended."))
    assert desk.push(run).status is RunStatus.PAUSED
    desk.connect()
    return run


def test_within_hours_the_same_request_is_sent_again(desk: Desk):
    run = left_behind(desk, after_write=True)
    desk.clock.forward(hours=11, minutes=59)
    assert desk.push(run).status is RunStatus.DONE
    assert len({request for request in desk.ledger.sends if "Bill" in request[1]}) == 1
    assert len(desk.held(LedgerKind.BILL)) == 1


@pytest.mark.promise(2)
def test_later_what_arrived_is_found_by_its_mark_although_the_request_id_is_forgotten(desk: Desk):
    run = left_behind(desk, after_write=True)
    desk.clock.forward(days=21)
    desk.ledger.answers.clear()  # QuickBooks remembers no request of that time
    assert desk.push(run).status is RunStatus.DONE
    assert desk.statuses(run) == {"VB-1": "done", MONDAY: "done"}
    (bill,) = desk.held(LedgerKind.BILL)
    assert desk.outcomes(run)["VB-1"].ledger_id == bill.id
    assert actions(desk.preview())["bill:VB-1"] == "skip"


def test_later_what_never_arrived_is_not_sent_by_that_run_but_offered_again(desk: Desk):
    run = left_behind(desk, after_write=False)
    desk.clock.forward(days=21)
    ended = desk.push(run)
    assert ended.status is RunStatus.PARTLY_FAILED
    assert desk.statuses(run) == {"VB-1": "failed", MONDAY: "done"}  # the rest of the run went on
    assert "the next preview offers it again" in desk.outcomes(run)["VB-1"].remedy
    assert desk.held(LedgerKind.BILL) == []
    assert desk.sync("bill:VB-1").status is RunStatus.DONE
    assert len(desk.held(LedgerKind.BILL)) == 1


def test_what_may_have_been_tried_a_moment_ago_is_waited_for_before_the_look(desk: Desk):
    run = left_behind(desk, after_write=False)
    sends = len(desk.ledger.sends)
    desk.clock.forward(hours=12)
    rested = desk.push(run)
    assert (rested.status, rested.failures) == (RunStatus.PAUSED, 1)  # it costs no attempt
    assert "not answered" in rested.note
    assert rested.retry_at is not None
    assert len(desk.ledger.sends) == sends
    desk.clock.now = rested.retry_at
    assert desk.push(run).status is RunStatus.PARTLY_FAILED
    assert desk.held(LedgerKind.BILL) == []


def test_an_old_request_of_a_cancelled_run_is_looked_for_as_well(desk: Desk):
    run = left_behind(desk, after_write=True)
    desk.clock.forward(days=2)
    desk.runs.cancel(run.id, WHO, desk.clock())
    assert desk.push(run).status is RunStatus.CANCELLED
    assert desk.statuses(run) == {"VB-1": "done", MONDAY: "cancelled"}
