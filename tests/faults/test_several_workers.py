"""Runs of two companies at once, and several workers on one queue: killed, frozen, and robbed of it (fault 14)."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from qbsync.bootstrap import LEFT, App
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company, copied, make_ready
from tests.faults.invariants import Invariants
from tests.faults.processes import state_of
from tests.faults.runs import WEEK
from tests.faults.two_companies import SECOND_REALM, confirm_latest, connect_second
from tests.faults.worker_process import running
from tests.local_books import REALM, LocalBooks
from tests.postgres import PostgresServer
from tests.waiting import SECONDS_MAX, wait_for

NAMES = Scope(kinds=frozenset({SyncKind.VENDOR, SyncKind.EMPLOYEE}))
ROWS = 150
SLOW_MS = 300
HELD_MS = 100_000  # longer than any test needs, and less than the client waits
SHARED = {"engine": "procrastinate", "stalled_seconds": 1.5}


@pytest.fixture(scope="module")
def two_companies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two companies that are ready to sync, on SQLite."""
    return _made(Company(tmp_path_factory.mktemp("two"), None))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two_on_postgresql(
    postgres: PostgresServer, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The same, and the name of its PostgreSQL database, to be copied."""
    url = postgres.new_database(like=postgres_template)
    folder = _made(Company(tmp_path_factory.mktemp("two"), None, url, settings=dict(SHARED)))  # type: ignore[arg-type]
    return folder, url.rpartition("/")[2]


def _made(company: Company) -> Path:
    with LocalBooks.running(company.folder / "quickbooks.db") as books:
        company.books = books
        make_ready(company)
        second, app = connect_second(company), company.app()
        app.previewing.build(app.connections.all()[0].id, WEEK, who=WHO)
        app.previewing.build(second, NAMES, who=WHO)
        app.database.close()
    return company.folder


@pytest.fixture
def shared(postgres: PostgresServer, two_on_postgresql: tuple[Path, str], tmp_path: Path) -> Iterator[Company]:
    """Two companies whose runs any worker takes from the queue."""
    folder, template = two_on_postgresql
    with copied(folder, tmp_path / "company", postgres.new_database(like=template)) as company:
        company.settings = dict(SHARED)
        yield company


@dataclass(frozen=True)
class Both:
    """A confirmed run of each of the two companies, and what checks them."""

    company: Company
    app: App
    first: str
    second: str
    invariants: tuple[Invariants, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether something was done of the first company, and its next batch has left."""
        with self.app.database.read() as session:
            sending = text("SELECT count(*) FROM attempt WHERE run_id = :run AND state = 'sending'")
            left = session.execute(sending, {"run": self.first}).scalar_one()
        return bool(left) and self.app.runs.progress(self.first).done > 0

    @property
    def have_begun(self) -> bool:
        return all(self.app.runs.get(run).started_at is not None for run in (self.first, self.second))

    @property
    def are_done(self) -> bool:
        return not self.app.runs.get(self.first).is_open and not self.app.runs.get(self.second).is_open

    def hold(self, realm: str = REALM, after: int = 0) -> None:
        """Hold the company's batches but for so many of the first, until faults are cleared."""
        self._arm(realm, kind="slow", skip=after, ms=HELD_MS)

    def answer_late(self, realm: str = REALM) -> None:
        """Let the answers to the company's batches take their time."""
        self._arm(realm, kind="slow_after", ms=SLOW_MS)

    def _arm(self, realm: str, **fault: Any) -> None:
        self.company.books.control("faults", route=f"/v3/company/{realm}/batch", **fault)

    @property
    def an_answer_is_due(self) -> bool:
        """Whether QuickBooks carried out a batch of the first company, and has not answered it yet."""
        before_the_run = self.invariants[0].first
        written = {row["requestid"] for row in self.company.books.applied() if int(row["seq"]) > before_the_run}
        return bool(written - {row["request_id"] for row in self.company.books.requests()})

    def freeze(self, worker: subprocess.Popen[bytes]) -> None:
        """Freeze a worker that waits for an answer.

        What it was just about to send, with nothing left to look at before, it would send when it wakes.
        """
        while True:
            wait_for(lambda: self.is_under_way and self.an_answer_is_due, "an answer to be due")
            worker.send_signal(signal.SIGSTOP)
            wait_for(lambda: state_of(worker.pid) == "T", "the worker to freeze")
            if self.an_answer_is_due:
                break
            worker.send_signal(signal.SIGCONT)
        wait_for(lambda: not self.an_answer_is_due, "the answer to be given")

    def writers(self, realm: str = REALM) -> set[str]:
        """The workers that wrote to a company."""
        rows = self.company.books.requests()
        return {row["caller"] for row in rows if row["kind"] == "batch" and row["realm"] == realm}

    def check(self) -> None:
        """Nothing lost, nothing doubled, and of a company no two requests at once."""
        for one in self.invariants:
            assert one.broken_at_end() == []
            progress = self.app.runs.progress(one.run_id)
            assert progress.done == progress.total > 50


@contextmanager
def both_confirmed(company: Company) -> Iterator[Both]:
    """The latest previews of both, confirmed."""
    app = company.app()
    first, second = (confirm_latest(app, connection.id, ROWS) for connection in app.connections.all())
    checks = Invariants(company, first), Invariants(company, second, realm=SECOND_REALM)
    yield Both(company, app, first, second, checks)
    app.database.close()


def test_one_worker_pushes_two_companies_side_by_side(two_companies: Path, tmp_path: Path):
    with copied(two_companies, tmp_path / "company") as company, both_confirmed(company) as both:
        both.hold()
        with running(company, "the only worker"):
            wait_for(lambda: not both.app.runs.get(both.second).is_open, "the second run to end")
            assert both.app.runs.get(both.first).is_open
            company.books.disarm()
            wait_for(lambda: both.are_done, "both runs to end")
        both.check()


def test_each_of_two_workers_pushes_a_company_at_once(shared: Company):
    shared.settings |= {"companies_at_once": 1}
    with both_confirmed(shared) as both:
        both.hold(REALM)
        both.hold(SECOND_REALM)
        with running(shared, "one"), running(shared, "two"):
            wait_for(lambda: both.have_begun, "both runs to begin")
            shared.books.disarm()
            wait_for(lambda: both.are_done, "both runs to end")
        assert sorted([*both.writers(REALM), *both.writers(SECOND_REALM)]) == ["one", "two"]
        both.check()


@pytest.mark.promise(1, 25)
def test_a_killed_workers_run_is_taken_over_by_another_machine(shared: Company):
    with both_confirmed(shared) as both:
        both.hold(after=1)
        with running(shared, "one") as one:
            wait_for(lambda: both.is_under_way, "a batch to be done and the next to leave")
            with running(shared, "two"):
                one.kill()
                shared.books.disarm()
                wait_for(lambda: both.are_done, "both runs to end")
        assert both.writers() == {"one", "two"}
        both.check()


@pytest.mark.promise(1)
def test_a_frozen_worker_that_wakes_up_leaves_its_run_to_the_one_that_took_it_over(shared: Company):
    with both_confirmed(shared) as both:
        both.answer_late()
        with running(shared, "one") as one:
            both.freeze(one)
            with running(shared, "two"):
                wait_for(lambda: "two" in both.writers(), "the other worker to take over")
                one.send_signal(signal.SIGCONT)
                assert one.wait(SECONDS_MAX) == LEFT
                shared.books.disarm()
                wait_for(lambda: both.are_done, "both runs to end")
        both.check()


def test_a_transaction_that_a_frozen_process_holds_open_keeps_nobody_from_pushing_for_long(shared: Company):
    frozen = shared.app().database
    with both_confirmed(shared) as both, frozen.engine.connect() as held:
        for table in ("throttle", "run", "connection"):
            assert held.execute(text(f"SELECT * FROM {table} FOR UPDATE")).all()
        with running(shared, "another"):
            wait_for(lambda: both.are_done, "both runs to end")
        with pytest.raises(InternalError, match="idle-in-transaction"):
            held.execute(text("SELECT 1"))
        both.check()
    frozen.close()


def test_a_run_whose_queue_was_lost_in_the_middle_comes_to_its_end(shared: Company):
    with both_confirmed(shared) as both:
        killed = shared.command("worker", "--once", QBSYNC_CRASH_AT="after_push:2", QBSYNC_COMPANIES_AT_ONCE="1")
        assert killed.returncode == -signal.SIGKILL
        with both.app.database.write() as session:
            session.execute(text("DELETE FROM procrastinate_jobs"))
            session.execute(text("UPDATE run SET touched_at = touched_at - interval '3 minutes'"))
        resumed = shared.command("worker", "--once")
        assert resumed.returncode == 0, resumed.stderr
        both.check()
