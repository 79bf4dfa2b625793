"""The database is locked, drops its sessions, or goes down while a run is pushed (faults 6 and 13)."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import batches_of, worker
from tests.faults.runs import POINTS, check_some_are_done, confirm_some, wait_until_ended
from tests.postgres import PostgresServer

BUSY_SECONDS = 3.0  # a tenth of the product's 30, and so are the times for which another process holds the database
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def held(company: Company) -> Iterator[None]:
    """Another process is in the middle of writing, and does not come to its end."""
    if not company.database_url:
        with closing(sqlite3.connect(company.folder / "qbsync.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(company.database_url) as other:
        other.execute("LOCK TABLE run, attempt IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@pytest.mark.fault(6)
@pytest.mark.parametrize("seconds", [0.8, 4.0], ids=["8 s", "40 s"])
@pytest.mark.parametrize("point", ["before_sending", "after_push"])
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
@pytest.mark.parametrize("point", POINTS)
def test_a_run_goes_on_after_the_server_ended_all_sessions(pg_company: Company, point: str):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP) as process:
        process.wait_until_frozen()
        with psycopg.connect(company.database_url, autocommit=True) as other:
            ended = other.execute(END_SESSIONS).fetchall()
        assert len(ended) >= 2  # the one that holds the place, and the one that works
        process.wake()
        wait_until_ended(company.app(), run_id)
        assert process.end() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(13)
@pytest.mark.parametrize("point", ["before_sending", "after_push"])
def test_a_run_goes_on_after_the_server_fell_and_came_back(pg_company: Company, postgres: PostgresServer, point: str):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP) as process:
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
