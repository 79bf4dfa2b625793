"""The database: durable on every connection, writers that wait for each other, and locks between all processes."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col

from qbsync.domain.errors import StoreUnavailable
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from qbsync.store.runs import Runs
from qbsync.store.tables import LinkRow, NotificationRow, TokenRow
from qbsync.store.upgrade import backup, version
from tests.store.racing import RACERS, race
from tests.store.stored import NOW, change, confirmed, connected, connections, done, sending, statuses, tokens

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.fault(17)
def test_every_one_of_many_connections_is_durable_and_patient(sqlite: Database):
    start = threading.Barrier(4)

    def read(_: int) -> dict[str, object]:
        with sqlite.read() as session:
            start.wait(30)  # all four are open at once
            found = {name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [PRAGMAS] * 4


def test_a_row_that_refers_to_nothing_is_refused(database: Database):
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(TokenRow(connection_id=404, sealed="x", updated_at=NOW))


def test_a_transaction_that_fails_leaves_nothing(database: Database):
    with suppress(ZeroDivisionError), database.write() as session:
        session.add(NotificationRow(at=NOW, severity="info", title="Half", body=""))
        session.flush()
        raise ZeroDivisionError
    with database.read() as session:
        assert session.execute(select(NotificationRow)).first() is None


def test_writers_wait_for_each_other_instead_of_failing(database: Database):
    def write(number: int) -> int:
        for _ in range(5):
            with database.write() as session:
                seen = session.execute(select(NotificationRow)).scalars().all()  # read, then write
                session.add(NotificationRow(at=NOW, severity="info", title=str(number), body=str(len(seen))))
        return number

    assert sorted(race(write)) == list(range(RACERS))
    with database.read() as session:
        assert len(session.execute(select(NotificationRow)).scalars().all()) == RACERS * 5


def test_a_reader_is_not_held_up_by_a_writer(database: Database):
    connection = connected(database)
    with database.write() as session:
        session.add(NotificationRow(at=NOW, severity="info", title="Under way", body=""))
        session.flush()
        assert connections(database).get(connection.id) == connection


def test_a_database_that_another_program_holds_is_said_plainly(tmp_path: Path, sqlite: Database):
    hasty = Database(f"sqlite:///{sqlite.url.database}", tmp_path / "locks", busy_seconds=0.05)
    other = sqlite3.connect(str(sqlite.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailable, match="locked") as refused, hasty.write() as session:
            session.add(NotificationRow(at=NOW, severity="info", title="Late", body=""))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert "nothing was lost" in str(refused.value)
    with hasty.write() as session:
        session.add(NotificationRow(at=NOW, severity="info", title="Now", body=""))
    hasty.close()


def test_a_database_that_cannot_be_reached_is_said_plainly(tmp_path: Path):
    away = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(StoreUnavailable, match="cannot be used"), away.read() as session:
        session.execute(select(NotificationRow))
    away.close()


# locks -------------------------------------------------------------------------------------------------------


def test_a_lock_is_held_by_one_at_a_time(database: Database):
    inside: list[int] = []
    together: list[int] = []

    def hold(number: int) -> None:
        for _ in range(3):
            with database.lock("token-1"):
                inside.append(number)
                together.append(len(inside))
                inside.remove(number)

    race(hold, racers=4)
    assert together == [1] * 12


def test_locks_of_other_names_do_not_wait(database: Database):
    with database.lock("token-1"), database.lock("token-2", timeout_seconds=0.05):
        for held in ("token-1", "token-2"):
            with pytest.raises(StoreUnavailable), database.lock(held, timeout_seconds=0.05):
                raise AssertionError(f"{held} was given twice")


def test_a_lock_is_given_back_when_its_work_fails(database: Database):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), database.lock("token-1"):
            raise ZeroDivisionError


def test_a_lock_that_is_never_given_back_is_said_plainly(database: Database):
    with (
        database.lock("migrate"),
        pytest.raises(StoreUnavailable, match=r"held the lock 'migrate' for 0\.05 seconds"),
        database.lock("migrate", timeout_seconds=0.05),
    ):
        pass
    with database.lock("migrate", timeout_seconds=0.05):  # and who waited in vain left nothing behind
        pass


def test_no_transaction_stays_open_while_a_lock_is_held(postgresql: Database):
    busy = text("SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    with postgresql.lock("token-1"), postgresql.read() as session:
        assert session.execute(busy).scalars().all() == ["idle"]
        assert session.execute(text("SHOW lock_timeout")).scalar() == "0"


def test_a_lock_whose_session_the_server_ended_is_free(postgresql: Database):
    end = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    with postgresql.lock("token-1"), postgresql.read() as session:
        session.execute(end)
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    with postgresql.lock("token-1", timeout_seconds=5), postgresql.read() as session:
        assert session.execute(held).scalar() == 1


def test_those_that_write_alone_write_one_after_the_other(database: Database):
    inside: list[int] = []
    together: list[int] = []

    def write(number: int) -> None:
        with database.write(alone="lists-1"):
            inside.append(number)
            together.append(len(inside))
            inside.remove(number)

    race(write)
    assert together == [1] * RACERS


# values ------------------------------------------------------------------------------------------------------


def test_money_is_never_rounded_and_times_are_never_without_a_zone(database: Database):
    connection = connected(database)
    amount = Decimal("12345678901234567890.10")
    with database.write() as session:
        session.add(
            LinkRow(
                connection_id=connection.id,
                kind="bill",
                core_id="VB-1",
                title="",
                ledger_kind="Bill",
                ledger_id="1",
                sync_token="0",
                total=amount,
                updated_at=NOW,
            )
        )
    with database.read() as session:
        row = session.execute(select(LinkRow).where(col(LinkRow.core_id) == "VB-1")).scalar_one()
    assert str(row.total) == str(amount)
    assert row.updated_at == NOW
    with pytest.raises(StatementError, match="without a zone"), database.write() as session:
        session.add(NotificationRow(at=datetime(2026, 11, 22), severity="info", title="", body=""))


# backup ------------------------------------------------------------------------------------------------------


@pytest.mark.fault(17)
def test_a_backup_in_the_middle_of_a_run_goes_on_from_there(sqlite: Database, tmp_path: Path):
    run = confirmed(sqlite, change(1), change(2))
    runs = Runs(sqlite)
    fence = runs.take(run.id, NOW)
    runs.record(sending(sqlite, run.id, fence), fence, done(1), NOW)
    attempt = sending(sqlite, run.id, fence)
    copy = Database(f"sqlite:///{backup(sqlite, tmp_path / 'backups', NOW)}", tmp_path / "locks")
    runs.record(attempt, fence, done(2), NOW)  # the original goes on

    restored = Runs(copy)
    assert statuses(copy, run.id) == ["done", "waiting"]
    again = restored.take(run.id, NOW)
    assert restored.next_attempt(run.id, again) == attempt  # sent before the backup: settled first
    assert restored.get(run.id).status is RunStatus.RUNNING
    assert connections(copy).tokens(run.connection_id) == tokens()
    assert version(copy) == version(sqlite)
    copy.close()
