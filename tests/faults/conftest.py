"""A company that is ready to sync, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import Company, copied, make_ready
from tests.local_books import LocalBooks
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def ready_on_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a company that is ready to sync, and the name of its PostgreSQL database; both are copied."""
    folder, url = tmp_path_factory.mktemp("ready"), postgres.new_database()
    with LocalBooks.running(folder / "quickbooks.db") as books:
        make_ready(Company(folder=folder, books=books, database_url=url))
    return folder, url.rpartition("/")[2]


@pytest.fixture
def pg_company(postgres: PostgresServer, ready_on_postgres: tuple[Path, str], tmp_path: Path) -> Iterator[Company]:
    """A company that is ready to sync, on PostgreSQL."""
    folder, name = ready_on_postgres
    with copied(folder, tmp_path / "company", postgres.new_database(like=name)) as ready:
        yield ready


@pytest.fixture(params=["sqlite", "postgresql"])
def stored_company(request: pytest.FixtureRequest) -> Company:
    """A company that is ready to sync, on each kind of database."""
    found: Company = request.getfixturevalue("company" if request.param == "sqlite" else "pg_company")
    return found
