"""A worker is killed under an older version's tables; the next one brings them up to date and goes on (fault 12)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from qbsync.store.database import Database
from qbsync.store.upgrade import upgrade, version
from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import killed_at, worker
from tests.faults.runs import check_some_are_done, confirm_some
from tests.postgres import PostgresServer

NOT_KEPT = {"alembic_version", "throttle", "sqlite_sequence"}
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"


@pytest.mark.fault(12)
@pytest.mark.parametrize(("point", "step"), [("before_push", "0003"), ("after_push", "0005")])
def test_a_run_goes_on_after_an_upgrade(company: Company, tmp_path: Path, point: str, step: str):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    assert killed_at(company, f"{point}:2")
    assert invariants.broken() == []
    old = tmp_path / "old.db"
    older(f"sqlite:///{old}", step, tmp_path)
    with closing(sqlite3.connect(old)) as target:
        target.execute("ATTACH ? AS present", (str(company.folder / "qbsync.db"),))
        for table in names(target, "SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = names(target, f"SELECT name FROM pragma_table_info('{table}', 'main')")
            if table not in NOT_KEPT:
                listed = ", ".join(f'"{one}"' for one in columns)
                target.execute(f'INSERT INTO main."{table}" ({listed}) SELECT {listed} FROM present."{table}"')
        target.commit()
    check_it_goes_on(replace(company, database_url=f"sqlite:///{old}"), run_id, invariants, step)


@pytest.mark.fault(12)
def test_on_a_server_as_well(pg_company: Company, postgres: PostgresServer, tmp_path: Path):
    company, step = pg_company, "0005"
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    assert killed_at(company, "after_push:2")
    url = postgres.new_database()
    older(url, step, tmp_path)
    with psycopg.connect(company.database_url) as source, psycopg.connect(url) as target:
        target.execute("SET session_replication_role = replica")  # rows come table by table, not parents first
        columns: dict[str, list[str]] = {}
        for table, column in target.execute(COLUMNS).fetchall():
            columns.setdefault(table, []).append(f'"{column}"')
        for table in columns.keys() - NOT_KEPT:
            copy(source, target, table, ", ".join(columns[table]))
    check_it_goes_on(replace(company, database_url=url), run_id, invariants, step)


def copy(source: psycopg.Connection, target: psycopg.Connection, table: str, columns: str) -> None:
    reading = source.cursor().copy(f'COPY "{table}" ({columns}) TO STDOUT'.encode())
    writing = target.cursor().copy(f'COPY "{table}" ({columns}) FROM STDIN'.encode())
    with reading as rows, writing as into:
        for row in rows:
            into.write(row)
    serial = target.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table}"',)) if '"id"' in columns else None
    name = serial.fetchone() if serial else None
    if name and name[0]:
        target.execute(f'SELECT setval(%s, (SELECT coalesce(max(id), 1) FROM "{table}"))'.encode(), (name[0],))


def older(url: str, step: str, folder: Path) -> None:
    """An empty database as an older version made it."""
    database = Database(url, folder / "locks")
    upgrade(database, step)
    assert version(database) == step
    database.close()


def check_it_goes_on(company: Company, run_id: str, before: Invariants, step: str) -> None:
    with worker(company, "the next version's worker", once=True) as process:
        assert process.join() == 0
    assert (version(company.app().database) or "") > step
    invariants = Invariants(company, run_id, after=before.first)
    check_some_are_done(company, run_id, invariants)


def names(database: sqlite3.Connection, statement: str) -> list[str]:
    return [row[0] for row in database.execute(statement)]
