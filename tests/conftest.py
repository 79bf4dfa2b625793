"""What all tests share: databases of both kinds, a clock that stands still, and the local QuickBooks as a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from qbsync.store.database import Database
from qbsync.store.upgrade import upgrade
from tests.company import Company, copied, make_ready
from tests.local_books import LocalBooks
from tests.postgres import PostgresServer, find_postgres

# Tests never assert times: a machine that is busy with other tests is slow, and not wrong.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """What a test sets up for its logs ends with it: the next one's would go to a stream that is closed by then."""
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own, on a loopback port, run by a user who is not root."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server programs on this machine: install the package 'postgresql'")
    with PostgresServer.running(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty SQLite database with all tables: copying it is quicker than making one."""
    file = tmp_path_factory.mktemp("template") / "qbsync.db"
    _with_tables(f"sqlite:///{file}", file.parent)
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an empty PostgreSQL database with all tables, to be copied."""
    url = postgres.new_database()
    _with_tables(url, tmp_path_factory.mktemp("template"))
    return url.rpartition("/")[2]


def _with_tables(url: str, folder: Path) -> None:
    made = Database(url, folder / "locks")
    upgrade(made)
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all tables: every test that takes it runs on both kinds."""
    opened: Database = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database with all tables, for tests in which the kind of database does not matter."""
    shutil.copy(sqlite_template, tmp_path / "qbsync.db")
    opened = Database(f"sqlite:///{tmp_path / 'qbsync.db'}", tmp_path / "locks")
    yield opened
    opened.close()


@pytest.fixture
def postgresql(postgres: PostgresServer, postgres_template: str, tmp_path: Path) -> Iterator[Database]:
    """An empty PostgreSQL database with all tables, for what only that kind has."""
    opened = Database(postgres.new_database(like=postgres_template), tmp_path / "locks")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def ready_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a company that is ready to sync; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("ready")
    with LocalBooks.running(folder / "quickbooks.db") as books:
        make_ready(Company(folder=folder, books=books))
    return folder


@pytest.fixture
def company(ready_template: Path, tmp_path: Path) -> Iterator[Company]:
    """A company that is ready to sync, with a QuickBooks of its own, on SQLite."""
    with copied(ready_template, tmp_path / "company") as ready:
        yield ready
