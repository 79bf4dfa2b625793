"""What makes a run pause, stop or hand over, and that it always goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import ConnectionExpired, QbsyncError, Throttled, Unavailable
from qbsync.domain.ledger import BillDocument, LedgerKind
from qbsync.domain.run import Run, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, open_desk

ENDED = ConnectionExpired("The consent has ended.")


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with a day of work and a bill: five writes in five requests, and an employee to link."""
    return open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))


def confirmed(desk: Desk) -> Run:
    return desk.confirm(desk.preview())


def at(desk: Desk, point: str, act: Callable[[], object], times: int = 1) -> None:
    """Do something the first times that a run passes a marked point."""
    left = [act] * times

    def act_there(passed: str) -> None:
        if passed == point and left:
            left.pop()()

    desk.at_point = act_there


def everything_once(desk: Desk) -> bool:
    """QuickBooks holds each record exactly once."""
    kinds = (LedgerKind.CUSTOMER, LedgerKind.VENDOR, LedgerKind.BILL, LedgerKind.TIME_ACTIVITY)
    return [len(desk.held(kind)) for kind in kinds] == [2, 1, 1, 1]


def test_a_company_that_asks_too_much_waits_until_quickbooks_says(desk: Desk):
    run = confirmed(desk)
    resume_at = desk.clock() + timedelta(seconds=60)
    desk.ledger.fail_next_send(Throttled(resume_at))
    rested = desk.push(run)
    assert (rested.status, rested.retry_at, rested.failures) == (RunStatus.PAUSED, resume_at, 0)
    assert f"{resume_at:%H:%M:%S}" in rested.note
    assert desk.runs.due(resume_at - timedelta(seconds=1)) == []
    assert [one.id for one in desk.runs.due(resume_at)] == [run.id]
    assert desk.push(run).status is RunStatus.DONE
    assert everything_once(desk)


@pytest.mark.promise(11)
def test_being_slowed_down_never_ends_a_run(desk: Desk):
    run = confirmed(desk)
    for _ in range(20):
        desk.ledger.fail_next_send(Throttled(desk.clock.forward(seconds=60)))
        assert desk.push(run).is_open
    assert desk.push(run).status is RunStatus.DONE


@pytest.mark.promise(4)
def test_an_ended_consent_parks_the_run_and_costs_no_attempts(desk: Desk):
    run = confirmed(desk)
    desk.ledger.fail_next_send(ENDED)
    parked = desk.push(run)
    assert (parked.status, parked.failures, parked.retry_at) == (RunStatus.PAUSED, 0, None)
    assert desk.connections.get(desk.connection.id).state is ConnectionState.EXPIRED
    assert desk.runs.due(desk.clock.forward(days=30)) == []
    assert desk.notifier.sent == [
        (
            "QuickBooks must be connected again",
            "The consent has ended. The sync waits and goes on by itself afterwards.",
        )
    ]

    desk.connect()
    assert [one.id for one in desk.runs.due(desk.clock())] == [run.id]
    assert desk.push(run).status is RunStatus.DONE
    assert everything_once(desk)


NOTED: list[QbsyncError] = [
    Unavailable("QuickBooks is down.", trace="tid-1"),
    Throttled(datetime(2026, 11, 24, 9, 1, tzinfo=UTC), trace="tid-1"),
    ConnectionExpired("The consent has ended.", trace="tid-1"),
]


@pytest.mark.parametrize("error", NOTED, ids=lambda error: type(error).__name__)
def test_a_paused_run_says_by_which_id_quickbooks_support_finds_the_answer(desk: Desk, error: QbsyncError):
    run = confirmed(desk)
    desk.ledger.fail_next_send(error)
    assert desk.push(run).note == f"{error} (intuit_tid tid-1)"


def test_a_sign_in_that_was_turned_away_for_now_leaves_the_consent_as_it_is(desk: Desk):
    run = confirmed(desk)
    desk.ledger.fail_next_send(Unavailable("QuickBooks turned our sign-in away.", code="3200"))
    rested = desk.push(run)
    assert (rested.status, rested.failures) == (RunStatus.PAUSED, 1)
    assert desk.connections.get(desk.connection.id).state is ConnectionState.CONNECTED
    assert rested.retry_at is not None
    desk.clock.now = rested.retry_at
    assert desk.push(run).status is RunStatus.DONE


def test_a_disconnection_by_a_person_is_not_called_an_expiry(desk: Desk):
    run = confirmed(desk)
    at(
        desk,
        "before_push",
        lambda: desk.connections.set_state(desk.connection.id, ConnectionState.DISCONNECTED),
    )
    desk.ledger.fail_next_send(ENDED)
    assert desk.push(run).status is RunStatus.PAUSED
    assert desk.connections.get(desk.connection.id).state is ConnectionState.DISCONNECTED


def test_cancelling_takes_effect_between_two_writes(desk: Desk):
    run = confirmed(desk)
    at(desk, "before_push", lambda: desk.runs.cancel(run.id, WHO, desk.clock()))
    ended = desk.push(run)
    assert ended.status is RunStatus.CANCELLED
    assert len(desk.ledger.sends) == 1
    assert ended.note == "Cancelled. Done until then: 2."
    statuses = desk.statuses(run)
    assert (statuses.pop("C1"), statuses.pop("E1")) == ("done", "done")
    assert set(statuses.values()) == {"cancelled"}
    assert len(desk.held(LedgerKind.CUSTOMER)) == 1  # its done count is what QuickBooks has


def test_cancelling_settles_first_what_was_sent(desk: Desk):
    run = confirmed(desk)
    desk.ledger.lose_next_answer(after_write=True)
    desk.push(run)
    desk.runs.cancel(run.id, WHO, desk.clock())
    assert desk.push(run).status is RunStatus.CANCELLED
    assert desk.statuses(run)["C1"] == "done"
    assert desk.ledger.sends[0] == desk.ledger.sends[1]


def test_cancelling_after_the_last_write_cancels_nothing(desk: Desk):
    run = confirmed(desk)

    def cancel_in_the_end() -> None:
        if len(desk.ledger.sends) == 5:
            desk.runs.cancel(run.id, WHO, desk.clock())

    at(desk, "after_record", cancel_in_the_end, times=5)
    assert desk.push(run).status is RunStatus.DONE
    assert desk.runs.get(run.id).cancel_requested


def test_cancelling_without_a_consent_ends_with_what_may_be_there(desk: Desk):
    run = confirmed(desk)
    desk.ledger.lose_next_answer(after_write=True)
    desk.push(run)
    desk.ledger.fail_next_send(ENDED)
    desk.push(run)
    desk.runs.cancel(run.id, WHO, desk.clock())
    desk.ledger.fail_next_send(ENDED)
    assert desk.push(run).status is RunStatus.CANCELLED
    assert desk.statuses(run)["C1"] == "unanswered"

    desk.connect()
    plan = desk.preview()  # settles it: the answer of long ago comes again
    assert desk.statuses(run)["C1"] == "done"
    assert "customer:C1" in {change.key for change in plan.changes if change.action.value == "skip"}
    assert len(desk.held(LedgerKind.CUSTOMER)) == 1


STALE = [
    # what somebody does in QuickBooks    what the row says
    ("edit", "edited"),
    ("delete", "deleted"),
    ("pay", "paid"),
]


@pytest.mark.promise(7)
@pytest.mark.parametrize(("deed", "word"), STALE, ids=[row[0] for row in STALE])
def test_what_changed_in_quickbooks_after_the_preview_is_not_overwritten(desk: Desk, deed: str, word: str):
    desk.sync()
    (bill,) = desk.held(LedgerKind.BILL)
    desk.load(vendor_bill("150.00"))
    run = confirmed(desk)
    if deed == "edit":
        assert isinstance(bill.content, BillDocument)
        desk.ledger.edit(bill.kind, bill.id, replace(bill.content, memo="Paid by card"))
    elif deed == "delete":
        desk.ledger.delete(bill.kind, bill.id)
    else:
        desk.ledger.pay(bill.id, Decimal("100.00"))
    before, sends = desk.held(LedgerKind.BILL), len(desk.ledger.sends)
    assert desk.push(run).status is RunStatus.FAILED
    outcome = desk.outcomes(run)["VB-1"]
    assert (outcome.status.value, outcome.remedy) == ("stale", "Build a new preview.")
    assert word in outcome.message
    assert desk.held(LedgerKind.BILL) == before
    assert len(desk.ledger.sends) == sends  # nothing was left to send


def test_a_worker_that_was_replaced_while_it_waited_records_nothing(desk: Desk):
    run = confirmed(desk)
    at(desk, "after_push", lambda: desk.runs.take(run.id, desk.clock()))
    assert desk.push(run).status is RunStatus.RUNNING  # the successor's
    assert desk.statuses(run)["C1"] == "waiting"
    assert len(desk.held(LedgerKind.CUSTOMER)) == 1
    assert desk.push(run).status is RunStatus.DONE
    assert everything_once(desk)


TROUBLE: list[QbsyncError] = [Unavailable("QuickBooks is down."), ENDED]


@pytest.mark.parametrize("error", TROUBLE, ids=["QuickBooks is down", "the consent has ended"])
def test_a_worker_that_was_replaced_leaves_quietly_even_when_its_call_failed(desk: Desk, error: QbsyncError):
    run = confirmed(desk)
    desk.ledger.while_under_way = lambda: take_over(desk, run)
    desk.ledger.fail_next_send(error)
    left = desk.push(run)
    assert (left.status, left.failures, left.fence) == (RunStatus.RUNNING, 0, 2)
    assert desk.notices_told() == []


def test_a_worker_that_was_replaced_before_its_request_left_sends_it_no_more(desk: Desk):
    run = confirmed(desk)
    at(desk, "before_push", lambda: take_over(desk, run))
    left = desk.push(run)
    assert (left.status, left.fence) == (RunStatus.RUNNING, 2)
    assert desk.ledger.sends == []


def take_over(desk: Desk, run: Run) -> None:
    desk.runs.take(run.id, desk.clock())


def test_a_stopped_worker_pauses_between_two_writes_and_the_next_one_goes_on(desk: Desk):
    run = confirmed(desk)

    def stop() -> None:
        desk.is_stopping = lambda: True

    at(desk, "after_record", stop)
    paused = desk.push(run)
    assert (paused.status, paused.note, paused.failures) == (RunStatus.PAUSED, "The worker was stopped.", 0)
    assert desk.statuses(run)["C1"] == "done"
    assert len(desk.ledger.sends) == 1

    desk.is_stopping = lambda: False
    assert [one.id for one in desk.runs.due(desk.clock())] == [run.id]
    assert desk.push(run).status is RunStatus.DONE
    assert everything_once(desk)
