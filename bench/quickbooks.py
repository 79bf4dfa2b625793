"""How the local QuickBooks answers with half a million time entries, beside SQLite and JSON alone."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.sandbox.sandbox_client import REALM, Company, Served

ENTRIES = 500_000
ROUNDS = 9
PAGE = 1000


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return median(times) * 1000


def main() -> None:
    """Print a table: what was asked, milliseconds of ours over HTTP, of SQLite bare, ratio."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "company.db"
        started = time.perf_counter()
        served = Served.start("--no-throttle", "--state", str(file), "--size", str(ENTRIES))
        print(f"\n{ENTRIES:,} time entries, planted in {time.perf_counter() - started:.0f} s, median of {ROUNDS}\n")
        print("asked                            ours      SQLite    ratio")
        try:
            measure(served.connect(), sqlite3.connect(file))
        finally:
            served.stop()


FIRST = "select * from TimeActivity maxresults 1000"
LAST = f"select * from TimeActivity orderby Id startposition {ENTRIES - PAGE} maxresults 1000"  # noqa: S608
CHANGED = (
    "select * from TimeActivity where MetaData.LastUpdatedTime > '2026-01-01' "
    "orderby MetaData.LastUpdatedTime maxresults 1000"
)
PAGES = (
    # what                         as an app asks               as SQLite is asked
    ("first page of 1,000", FIRST, "ORDER BY id", 0),
    ("last page of 1,000", LAST, "ORDER BY id", ENTRIES - PAGE),
    ("1,000 by the time of change", CHANGED, "ORDER BY updated, id", 0),
)


def measure(company: Company, bare: sqlite3.Connection) -> None:
    for name, statement, order, offset in PAGES:
        show(name, partial(asked, company, statement), partial(read_bare, bare, order, offset))
    for entity, body in (("TimeActivity", company.time()), ("Bill", company.bill())):
        show(f"batch of 30 new {entity}", partial(batch, company, entity, body), partial(write_bare, bare, body))


def show(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    here, there = milliseconds(ours), milliseconds(theirs)
    print(f"{name:30} {here:6.1f} ms {there:6.1f} ms {here / there:7.1f}")


def asked(company: Company, statement: str) -> None:
    assert len(company.rows(statement)) == PAGE


def batch(company: Company, entity: str, body: dict[str, Any]) -> None:
    items = ({"bId": str(number), "operation": "create", entity: body} for number in range(30))
    told = company.batch(*items).json()["BatchItemResponse"]
    assert all(entity in item for item in told)


def read_bare(bare: sqlite3.Connection, order: str, offset: int) -> None:
    """The same rows out of the same file, parsed and written as JSON."""
    found = bare.execute(
        f"SELECT body FROM record WHERE realm = ? AND entity = 'TimeActivity' {order} LIMIT ? OFFSET ?",  # noqa: S608
        (REALM, PAGE, offset),
    ).fetchall()
    assert len(json.dumps([json.loads(body) for (body,) in found])) > PAGE


def write_bare(bare: sqlite3.Connection, body: dict[str, Any]) -> None:
    """Thirty bodies into a table of their own, committed at once."""
    bare.execute("CREATE TEMP TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT)")
    with bare:
        bare.executemany("INSERT INTO bare (body) VALUES (?)", [(json.dumps(body),) for _ in range(30)])


if __name__ == "__main__":
    main()
