"""Runs of two companies at once, and several workers on one queue: killed, frozen, and robbed of it (fault 14)."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from qbsync.bootstrap import LEFT, App
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company, copied, make_ready
from tests.faults.invariants import Invariants
from tests.faults.runs import WEEK
from tests.faults.two_companies import SECOND_REALM, confirm_latest, connect_second
from tests.faults.worker_process import running
from tests.local_books import REALM, LocalBooks
from tests.postgres import PostgresServer

NAMES = Scope(kinds=frozenset({SyncKind.VENDOR, SyncKind.EMPLOYEE}))
ROWS = 150
SECONDS_MAX = 60
SLOW_MS = 300
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
    def are_done(self) -> bool:
        return not self.app.runs.get(self.first).is_open and not self.app.runs.get(self.second).is_open

    def slow(self, realm: str = REALM, batches: int = ROWS) -> None:
        """Let the company's next batches take their time."""
        route = f"/v3/company/{realm}/batch"
        self.company.books.control("faults", kind="slow", route=route, count=batches, ms=SLOW_MS)

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
        both.slow()
        with running(company, "the only worker"):
            until(lambda: not both.app.runs.get(both.second).is_open)
            assert both.app.runs.get(both.first).is_open
            company.books.disarm()
            until(lambda: both.are_done)
        both.check()


def test_each_of_two_workers_pushes_a_company_at_once(shared: Company):
    shared.settings |= {"companies_at_once": 1}
    with both_confirmed(shared) as both:
        both.slow(REALM, batches=2)
        both.slow(SECOND_REALM, batches=2)
        with running(shared, "one"), running(shared, "two"):
            until(lambda: both.are_done)
        assert sorted([*both.writers(REALM), *both.writers(SECOND_REALM)]) == ["one", "two"]
        both.check()


@pytest.mark.promise(1, 25)
def test_a_killed_workers_run_is_taken_over_by_another_machine(shared: Company):
    with both_confirmed(shared) as both:
        both.slow()
        with running(shared, "one") as one:
            until(lambda: both.is_under_way)
            with running(shared, "two"):
                one.kill()
                shared.books.disarm()
                until(lambda: both.are_done)
        assert both.writers() == {"one", "two"}
        both.check()


@pytest.mark.promise(1)
def test_a_frozen_worker_that_wakes_up_leaves_its_run_to_the_one_that_took_it_over(shared: Company):
    with both_confirmed(shared) as both:
        both.slow()
        with running(shared, "one") as one:
            until(lambda: both.is_under_way)
            one.send_signal(signal.SIGSTOP)
            with running(shared, "two"):
                until(lambda: "two" in both.writers())
                one.send_signal(signal.SIGCONT)
                assert one.wait(SECONDS_MAX) == LEFT
                shared.books.disarm()
                until(lambda: both.are_done)
        both.check()


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


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
