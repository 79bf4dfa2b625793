"""The database is locked, drops its sessions, or goes down while a run is pushed (faults 6 and 13)."""

from __future__ import annotations

import signal
import time

import pytest

from tests.company import Company
from tests.faults.away import end_sessions, held
from tests.faults.invariants import Invariants
from tests.faults.processes import batches_of, worker
from tests.faults.runs import check_some_are_done, confirm_some, wait_until_ended
from tests.postgres import PostgresServer

BUSY_SECONDS = 3.0  # a tenth of the product's 30, and so are the times for which another process holds the database


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    ("point", "seconds"), [("before_sending", 0.8), ("after_push", 4.0)], ids=["for 8 s", "for 40 s"]
)
def test_a_run_goes_on_after_another_process_held_the_database(stored_company: Company, point: str, seconds: float):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    duty = {"at": f"{point}:2", "signal": signal.SIGSTOP, "settings": {"busy_seconds": BUSY_SECONDS}}
    with worker(company, "the worker", **duty) as process:
        process.wait_until_frozen()
        sent = batches_of(company.books)
        with held(company):
            process.wake()
            time.sleep(seconds)
            assert batches_of(company.books) == sent  # what cannot be recorded is not sent
        assert process.alive
        wait_until_ended(company.app(), run_id)
        assert process.end() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(13)
@pytest.mark.parametrize("point", ["before_sending", "after_push", "inside_record"])
def test_a_run_goes_on_after_the_server_ended_all_sessions(pg_company: Company, point: str):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP) as process:
        process.wait_until_frozen()
        assert end_sessions(company.database_url) >= 2  # the one that holds the place, and the one that works
        process.wake()
        wait_until_ended(company.app(), run_id)
        assert process.end() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(13)
def test_a_run_goes_on_after_the_server_fell_and_came_back(pg_company: Company, postgres: PostgresServer):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at="after_push:2", signal=signal.SIGSTOP) as process:
        process.wait_until_frozen()
        sent = batches_of(company.books)
        postgres.stop("immediate")
        process.wake()
        time.sleep(1)  # it meets a server that is down, more than once
        assert batches_of(company.books) == sent
        postgres.start()
        assert process.alive
        wait_until_ended(company.app(), run_id)
        assert process.end() == 0
    check_some_are_done(company, run_id, invariants)
