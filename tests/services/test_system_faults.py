"""Faults of QuickBooks' own inside an answer: tried again a few times, never twice in the books, and explained."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import Fault, OutcomeUnknown
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import Vendor
from qbsync.domain.run import AGAIN_MAX, FAILURES_MAX, Run, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import vendor_bill
from tests.doubles.ledger_text import AskedWrite
from tests.services.desk import WHO, Desk, actions, create, open_desk

BROKEN = Fault(code="10000", message="An application error has occurred")
BILLS = ("VB-1", "VB-2", "VB-3")


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with three bills to post in one request, and a vendor before them."""
    return open_desk(sqlite, *(vendor_bill("10.00", core_id=bill, number=f"N-{bill}") for bill in BILLS))


def numbered(bill: str):
    """Matches the writes of one bill."""

    def matches(asked: AskedWrite) -> bool:
        return getattr(asked.content, "number", "") == f"N-{bill}"

    return matches


def vendors(asked: AskedWrite) -> bool:
    return asked.kind is LedgerKind.VENDOR


def confirmed(desk: Desk) -> Run:
    return desk.confirm(desk.preview())


def pushed_to_its_end(desk: Desk, run: Run) -> list[timedelta]:
    """The worker pushes whenever the run is due; returns how long it rested each time."""
    rests = []
    while desk.push(run).is_open:
        due = desk.runs.get(run.id).retry_at
        assert due is not None
        rests.append(due - desk.clock())
        desk.clock.now = max(due, desk.clock())
        assert len(rests) < 20
    return rests


def posted_numbers(desk: Desk) -> list[str]:
    """The numbers of the bills that QuickBooks holds."""
    return sorted(getattr(bill.content, "number", "") for bill in desk.held(LedgerKind.BILL))


PASSING = [
    # code     carried out all the same
    ("10000", False),
    ("10000", True),
    ("130", False),
    ("140", False),
    ("150", False),
    ("3001", False),
]


@pytest.mark.parametrize(("code", "after_write"), PASSING)
def test_a_fault_of_one_record_that_passes_is_tried_again_under_a_new_id(desk: Desk, code: str, after_write: bool):
    run = confirmed(desk)
    desk.ledger.refuse(Fault(code=code), numbered("VB-2"), times=1, after_write=after_write)
    desk.ledger.set_clock(desk.clock())
    assert len(pushed_to_its_end(desk, run)) == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE
    assert posted_numbers(desk) == ["N-VB-1", "N-VB-2", "N-VB-3"]
    ids = {desk.outcomes(run)[bill].ledger_id for bill in BILLS}
    assert ids == {bill.id for bill in desk.held(LedgerKind.BILL)}
    assert len({request_id for request_id, _ in desk.ledger.sends}) == len(desk.ledger.sends)
    with_it = [body for _, body in desk.ledger.sends if "N-VB-2" in body]
    assert len(with_it) == (1 if after_write else 2)  # what is there is not sent again
    assert desk.outcomes(run)["VB-2"].code == ""


def test_a_record_that_quickbooks_breaks_at_each_time_ends_with_that_reason_and_spares_the_rest(desk: Desk):
    run = confirmed(desk)
    desk.ledger.refuse(BROKEN, numbered("VB-2"))
    rests = pushed_to_its_end(desk, run)
    assert rests == [timedelta(seconds=seconds) for seconds in (10, 30, 90, 270)]
    assert desk.runs.get(run.id).status is RunStatus.PARTLY_FAILED
    assert posted_numbers(desk) == ["N-VB-1", "N-VB-3"]
    outcome = desk.outcomes(run)["VB-2"]
    assert (outcome.status.value, outcome.code) == ("failed", "10000")
    assert outcome.message == (
        "QuickBooks had a fault of its own. It was tried 4 times, and QuickBooks does not hold it."
    )
    assert len([body for _, body in desk.ledger.sends if "N-VB-2" in body]) == 1 + AGAIN_MAX
    assert actions(desk.preview())["bill:VB-2"] == "create"


def test_the_last_try_is_looked_for_too(desk: Desk):
    run = confirmed(desk)
    desk.ledger.refuse(BROKEN, numbered("VB-2"), times=AGAIN_MAX)
    desk.ledger.refuse(BROKEN, numbered("VB-2"), after_write=True)
    pushed_to_its_end(desk, run)
    assert desk.runs.get(run.id).status is RunStatus.DONE
    assert posted_numbers(desk) == ["N-VB-1", "N-VB-2", "N-VB-3"]


def test_what_needs_the_record_waits_for_it(desk: Desk):
    run = confirmed(desk)
    desk.ledger.refuse(BROKEN, vendors, times=2)
    pushed_to_its_end(desk, run)
    assert set(desk.statuses(run).values()) == {"done"}
    assert len(desk.held(LedgerKind.VENDOR)) == 1


def test_what_needs_a_record_that_never_came_is_skipped_with_its_name(desk: Desk):
    run = confirmed(desk)
    desk.ledger.refuse(BROKEN, vendors)
    pushed_to_its_end(desk, run)
    statuses = desk.statuses(run)
    assert (statuses["V1"], {statuses[bill] for bill in BILLS}) == ("failed", {"skipped"})
    assert "vendor V1" in desk.outcomes(run)["VB-1"].message


@pytest.mark.parametrize("code", ["120", "3100"])
def test_a_record_that_says_that_the_consent_has_ended_parks_the_run(desk: Desk, code: str):
    run = confirmed(desk)
    desk.ledger.refuse(Fault(code=code), numbered("VB-2"), times=1)
    parked = desk.push(run)
    assert (parked.status, parked.retry_at, parked.failures) == (RunStatus.PAUSED, None, 0)
    assert desk.connections.get(desk.connection.id).state is ConnectionState.EXPIRED
    assert desk.statuses(run)["VB-2"] == "waiting"
    desk.connect()
    assert desk.push(run).status is RunStatus.DONE
    assert posted_numbers(desk) == ["N-VB-1", "N-VB-2", "N-VB-3"]


def broken_whole(desk: Desk, times: int) -> None:
    for _ in range(times):
        desk.ledger.fail_next_send(OutcomeUnknown("QuickBooks had a fault of its own.", code="10000"))


def test_a_request_that_breaks_quickbooks_three_times_is_given_up_and_the_rest_goes_on(desk: Desk):
    run = confirmed(desk)
    broken_whole(desk, 3)  # the first request: customers
    rests = pushed_to_its_end(desk, run)
    assert rests == [timedelta(seconds=10), timedelta(seconds=30)]
    ended = desk.runs.get(run.id)
    assert ended.status is RunStatus.PARTLY_FAILED
    statuses = desk.statuses(run)
    assert (statuses["C1"], statuses["P1"], statuses["V1"]) == ("unanswered", "skipped", "done")
    assert "cancelled" not in statuses.values()
    assert len(set(desk.ledger.sends[:3])) == 1  # the same bytes under the same id
    desk.clock.forward(minutes=6)
    assert actions(desk.preview())["customer:C1"] == "create"
    assert desk.statuses(run)["C1"] == "failed"


def test_what_the_broken_request_did_all_the_same_is_found_at_once(desk: Desk):
    run = confirmed(desk)
    desk.ledger.lose_next_answer(after_write=True)
    desk.push(run)
    broken_whole(desk, 3)
    pushed_to_its_end(desk, run)
    assert desk.runs.get(run.id).status is RunStatus.DONE
    assert len(desk.held(LedgerKind.CUSTOMER)) == 2


def test_a_quickbooks_that_breaks_at_everything_ends_the_run(sqlite: Database):
    vendors = [Vendor(core_id=f"S{number}", name=f"Supplier {number}") for number in range(130)]
    desk = open_desk(sqlite, *vendors)
    desk.map(*(create(MapKind.VENDOR, vendor.core_id, LedgerKind.VENDOR) for vendor in vendors))
    run = confirmed(desk)
    broken_whole(desk, FAILURES_MAX * 3)
    pushed_to_its_end(desk, run)
    assert "8 times in a row" in desk.runs.get(run.id).note
    assert Counter(desk.statuses(run).values()) == {"done": 1, "unanswered": 91, "skipped": 1, "cancelled": 41}
    assert desk.held(LedgerKind.CUSTOMER) == desk.held(LedgerKind.VENDOR) == []


@pytest.mark.parametrize("after_write", [True, False])
def test_cancelling_says_what_may_be_there_after_a_fault(desk: Desk, after_write: bool):
    run = confirmed(desk)
    desk.ledger.refuse(BROKEN, numbered("VB-2"), times=1, after_write=after_write)
    assert desk.push(run).is_open
    desk.runs.cancel(run.id, WHO, desk.clock())
    assert not desk.push(run).is_open
    assert desk.statuses(run)["VB-2"] == "unanswered"
    desk.clock.forward(minutes=6)
    assert actions(desk.preview())["bill:VB-2"] == ("skip" if after_write else "create")
    assert desk.statuses(run)["VB-2"] == ("done" if after_write else "failed")
