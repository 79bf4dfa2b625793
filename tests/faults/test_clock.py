"""The worker's clock is an hour ahead (fault 8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbsync.bootstrap import now
from qbsync.domain.run import RunStatus
from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import killed_at, worker
from tests.faults.runs import check_some_are_done, confirm_some
from tests.faults.workers import arm, pause_is_over

HOUR = timedelta(hours=1)


@pytest.mark.fault(8)
def test_a_worker_whose_clock_is_an_hour_ahead_does_the_same_work(company: Company):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the early one", once=True, ahead=HOUR) as process:
        assert process.join() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(8)
def test_what_it_left_is_taken_over_by_one_whose_clock_is_right(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    assert killed_at(company, "after_push:2", name="the early one", ahead=HOUR)
    assert invariants.broken() == []
    pause_is_over(company.app())  # on one machine the places taken in the future are waited for, a minute at most
    with worker(company, "the punctual one", once=True) as process:
        assert process.join() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(8)
def test_a_pause_that_it_began_lasts_no_hour_longer(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    arm(company.books, "throttle", route="batch", count=1)
    with worker(company, "the early one", once=True, ahead=HOUR) as process:
        assert process.join() == 0
    app = company.app()
    assert app.runs.get(run_id).status is RunStatus.PAUSED
    with worker(company, "the punctual one", once=True) as process:
        assert process.join() == 0
    resting = app.runs.get(run_id)
    assert resting.retry_at is not None
    assert resting.retry_at < now() + timedelta(minutes=5)
    pause_is_over(app)
    with worker(company, "the punctual one", once=True) as process:
        assert process.join() == 0
    check_some_are_done(company, run_id, invariants)
