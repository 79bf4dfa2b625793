"""The migrations bring any database to exactly the tables of this version."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlmodel import SQLModel

from qbsync.domain.errors import BadInput, StoreUnavailable
from qbsync.store.database import Database
from qbsync.store.upgrade import backup, upgrade, version


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any tables, to be brought to a step."""
    on_server = request.param == "postgresql"
    url = request.getfixturevalue("postgres").new_database() if on_server else f"sqlite:///{tmp_path / 'older.db'}"
    opened = Database(url, tmp_path / "locks")
    yield opened
    opened.close()


@contextmanager
def without_parents(database: Database) -> Iterator[Connection]:
    """A transaction in which rows need not have the rows that they point at."""
    engine = create_engine(database.url)
    with engine.begin() as connection:  # SQLite looks at them only where it is told to
        if not database.is_sqlite:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database):
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_again_changes_nothing(database: Database):
    before = version(database)
    upgrade(database)
    assert version(database) == before
    assert inspect(database.engine).has_table("attempt")


REMEDIES = [
    ("Choose another record for it on the Mapping page, or make it active again.", "mapping"),
    ("Press Connect on the Connection page again.", "connection"),
    ("Correct the lines in ProForge Core and preview again.", "core_data"),
    ("Undo the match in QuickBooks first, or leave it.", ""),
    ("", ""),
]


def test_what_an_older_version_logged_leads_to_the_screen_that_its_remedy_names(older: Database):
    upgrade(older, "0014")
    columns = {"run_id": "run", "connection_id": 1, "kind": "bill", "core_id": "B", "title": "", "action": "create"}
    columns |= {"status": "failed", "bid": "", "ledger_id": "", "code": "", "message": "", "trace": ""}
    rows = [{**columns, "seq": seq, "remedy": remedy} for seq, (remedy, _) in enumerate(REMEDIES)]
    with without_parents(older) as connection:
        names = ", ".join(rows[0])
        connection.execute(text(f"INSERT INTO outcome ({names}) VALUES (:{', :'.join(rows[0])})"), rows)
    upgrade(older)
    with older.read() as session:
        places = session.execute(text("SELECT place FROM outcome ORDER BY seq")).scalars().all()
    assert places == [screen for _, screen in REMEDIES]


def test_a_backup_is_a_whole_database_of_its_own(sqlite: Database, tmp_path: Path):
    target = backup(sqlite, tmp_path / "backups", datetime(2026, 11, 22, tzinfo=UTC))
    copy = Database(f"sqlite:///{target}", tmp_path / "locks")
    assert version(copy) == version(sqlite)
    copy.close()


def test_a_postgresql_backup_points_to_its_own_tools(tmp_path: Path):
    database = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(BadInput, match="pg_dump"):
        backup(database, tmp_path, datetime(2026, 11, 22, tzinfo=UTC))


def test_a_process_that_stood_still_in_a_transaction_is_told_so_in_plain_words(postgresql: Database, tmp_path: Path):
    hasty = Database(postgresql.url.render_as_string(hide_password=False), tmp_path, idle_seconds=0.1)
    with pytest.raises(StoreUnavailable, match="stood still"):
        _stand_still(hasty, seconds=0.5)
    hasty.close()


def _stand_still(database: Database, seconds: float) -> None:
    with database.read() as session:
        session.execute(text("SELECT 1"))
        time.sleep(seconds)
        session.execute(text("SELECT 1"))


def test_every_postgresql_connection_ends_a_transaction_that_a_frozen_process_left_open(postgresql: Database):
    with postgresql.read() as session:
        assert session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "1min"


@pytest.mark.fault(17)
def test_every_sqlite_connection_is_durable_and_patient(sqlite: Database):
    with sqlite.read() as session:
        found = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
