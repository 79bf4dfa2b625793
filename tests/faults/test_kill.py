"""A worker killed at any marked point loses nothing and doubles nothing (fault 1)."""

from __future__ import annotations

import signal

import pytest

from qbsync.domain.run import RunStatus
from tests.company import Company
from tests.faults.invariants import Invariants, attempt_id
from tests.faults.processes import killed_at, worker
from tests.faults.runs import POINTS, SINGLE_POINTS, WEEK, check_some_are_done, confirm_some
from tests.faults.workers import NamedWorker

ATTEMPTS = 14  # 3 of names, 11 of time entries


@pytest.mark.promise(1)
@pytest.mark.fault(1)
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_leaves_every_record_in_quickbooks_once(stored_company: Company, point: str):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)

    assert killed_at(company, f"{point}:3")
    assert company.app().runs.get(run_id).is_open
    assert invariants.broken() == []

    with worker(company, "the next worker", once=True) as resumed:
        assert resumed.join() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(1)
def test_the_command_is_killed_and_started_again(company: Company):
    """As somebody does it at a terminal."""
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    killed = company.command("worker", "--once", QBSYNC_CRASH_AT="after_push:3")
    assert killed.returncode == -signal.SIGKILL
    assert invariants.broken() == []
    resumed = company.command("worker", "--once")
    assert resumed.returncode == 0, resumed.stderr
    check_all_is_done(company, run_id, invariants)


@pytest.mark.promise(1)
@pytest.mark.fault(1)
@pytest.mark.parametrize("attempt", [1, ATTEMPTS // 2, ATTEMPTS], ids=["first", "middle", "last"])
def test_a_worker_killed_at_every_point_of_one_attempt_still_ends(stored_company: Company, attempt: int):
    company = stored_company
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    assert killed_at(company, f"before_sending:{attempt}")
    assert invariants.broken() == []
    for point in POINTS[1:]:
        # The attempt in question is the first one that a successor comes to: its body is not rendered again.
        assert killed_at(company, f"{point}:1"), point
        assert invariants.broken() == [], point
    NamedWorker(company, "the last worker").push_to_its_end(run_id)
    check_all_is_done(company, run_id, invariants)


@pytest.mark.promise(1)
@pytest.mark.parametrize("number", [1, 20])  # of the thirty that one attempt has
@pytest.mark.parametrize("point", SINGLE_POINTS)
def test_a_worker_killed_between_single_records_leaves_each_of_them_once(
    stored_company: Company, point: str, number: int
):
    company = stored_company
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    assert killed_at(company, f"{point}:{number}")
    assert invariants.broken() == []
    NamedWorker(company, "its successor").push_to_its_end(run_id)
    check_all_is_done(company, run_id, invariants)


@pytest.mark.promise(1)
def test_a_worker_that_uses_batches_only_survives_as_well(company: Company):
    company.single_writes = 0
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    assert killed_at(company, "after_push:7")
    NamedWorker(company, "its successor").push_to_its_end(run_id)
    check_all_is_done(company, run_id, invariants)


def check_all_is_done(company: Company, run_id: str, invariants: Invariants) -> None:
    """Nothing is broken, all was done in full batches, and a new preview finds nothing left to do."""
    assert invariants.broken_at_end() == []
    app = company.app()
    assert app.runs.get(run_id).status is RunStatus.DONE
    assert app.runs.progress(run_id).done == app.runs.progress(run_id).total > 300
    ids = {row["request_id"] for row in company.books.requests() if row["request_id"]}
    assert len({attempt_id(one) for one in ids}) == ATTEMPTS
    assert any(one != attempt_id(one) for one in ids) is (company.single_writes > 0)
    again = app.previewing.build(app.connection().id, WEEK, who="tests")
    assert not [change for change in again.changes if change.can_run]
