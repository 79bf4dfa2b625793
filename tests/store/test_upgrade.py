"""The migrations bring any database to exactly the tables of this version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from qbsync.domain.errors import BadInput
from qbsync.store.database import Database
from qbsync.store.upgrade import backup, upgrade, version


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database):
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_again_changes_nothing(database: Database):
    before = version(database)
    upgrade(database)
    assert version(database) == before
    assert inspect(database.engine).has_table("attempt")


def test_a_backup_is_a_whole_database_of_its_own(sqlite: Database, tmp_path: Path):
    target = backup(sqlite, tmp_path / "backups", datetime(2026, 11, 22, tzinfo=UTC))
    copy = Database(f"sqlite:///{target}", tmp_path / "locks")
    assert version(copy) == version(sqlite)
    copy.close()


def test_a_postgresql_backup_points_to_its_own_tools(tmp_path: Path):
    database = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(BadInput, match="pg_dump"):
        backup(database, tmp_path, datetime(2026, 11, 22, tzinfo=UTC))


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
