"""A run is cancelled while it is pushed, and its worker may die at once (fault 15)."""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import text

from qbsync.bootstrap import now
from qbsync.domain.run import RunStatus
from tests.company import WHO, Company
from tests.faults.invariants import Invariants
from tests.faults.processes import batches_of, worker
from tests.faults.runs import POINTS, SOME, confirm_some, wait_until_ended
from tests.faults.workers import arm
from tests.waiting import wait_for


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    ("stored_company", "point"),
    [("sqlite", point) for point in POINTS] + [("postgresql", point) for point in POINTS[2:4]],
    indirect=["stored_company"],
)
def test_a_run_that_is_cancelled_and_whose_worker_dies_keeps_what_it_sent(stored_company: Company, point: str):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP, once=True) as process:
        process.wait_until_frozen()
        if point == "inside_record":  # it holds the run's row: the wish can only come after it
            process.kill()
        company.app().runs.cancel(run_id, WHO, now())
        process.kill()
    assert invariants.broken() == []
    with worker(company, "the next worker", once=True) as process:
        assert process.join() == 0
    check_is_cancelled(company, run_id, invariants)


@pytest.mark.fault(15)
@pytest.mark.parametrize("point", ["before_push", "after_push"])
def test_a_run_that_is_cancelled_while_its_worker_lives_stops_after_the_write(company: Company, point: str):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP, once=True) as process:
        process.wait_until_frozen()
        company.app().runs.cancel(run_id, WHO, now())
        process.wake()
        assert process.join() == 0
    assert batches_of(company.books) == 2
    check_is_cancelled(company, run_id, invariants)


@pytest.mark.fault(15)
def test_a_write_that_is_under_way_is_heard_out(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    app = company.app()
    arm(company.books, "slow_after", route="batch", ms=1000, count=1)
    with worker(company, "the worker"):
        wait_for(lambda: company.books.applied()[-1:], "the first write to be carried out")
        wait_for(lambda: _sending(company), "the first write to be under way")
        app.runs.cancel(run_id, WHO, now())
        wait_until_ended(app, run_id)
    check_is_cancelled(company, run_id, invariants)


def check_is_cancelled(company: Company, run_id: str, invariants: Invariants) -> None:
    assert invariants.broken_at_end() == []  # I10: what it counts as done is what QuickBooks has
    app = company.app()
    assert app.runs.get(run_id).status is RunStatus.CANCELLED
    assert 0 < app.runs.progress(run_id).done < SOME


def _sending(company: Company) -> bool:
    with company.app().database.read() as session:
        return bool(session.execute(text("SELECT count(*) FROM attempt WHERE state = 'sending'")).scalar())
