"""How long each page's script takes on a company with years behind it, beside the same company after its first run.

The rows of years are copies of those of the first run, put into SQLite directly.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from bench.kept import RESULTS, keep, machine
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from qbsync.ui.screens import PAGES, SCREENS
from tests.company import ROOT, WHO, Company, make_ready
from tests.local_books import LocalBooks

HEADING = "Pages after years"
RECORDS_A_RUN = 1000
DAYS = 730
PART = 20_000
PAGE_SECONDS_MAX = 300
SCOPE = Scope(kinds=frozenset({SyncKind.VENDOR, SyncKind.BILL}))
Row = dict[str, Any]


def main() -> None:
    """Print and keep a table: page, seconds of an ordinary company, seconds after years, ratio."""
    options = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    options.add_argument("--log-rows", type=int, default=1_000_000)
    options.add_argument("--links", type=int, default=500_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    given = options.parse_args()
    with TemporaryDirectory() as folder, LocalBooks.running(Path(folder) / "quickbooks.db") as books:
        company = Company(folder=Path(folder) / "data", books=books)
        make_ready(company)
        sync_once(company)
        os.environ.update(company.environment())
        ordinary = measure(given.rounds)
        add_years(next(company.folder.glob("*.db")), given.log_rows, given.links)
        after = measure(given.rounds)
    lines = ["| Page | First draw, after years | Ordinary | After years | Times |", "|---|--:|--:|--:|--:|"]
    for shown, (first, later) in after.items():
        before = ordinary[shown][1]
        lines.append(f"| {shown} | {first:.2f} s | {before:.2f} s | {later:.2f} s | {later / before:.1f} |")
    print("\n".join(lines))
    keep(given.results, HEADING, report(given, lines))


def sync_once(company: Company) -> None:
    """The run whose rows are copied."""
    app = company.app()
    plan = app.previewing.build(app.connection().id, SCOPE, who=WHO)
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    while app.runs.get(run.id).is_open:
        app.running.push(run.id)
    app.database.close()


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Page → the seconds of its script's first draw, when nothing is kept yet, and the median of the next ones."""
    st.cache_resource.clear()
    at = AppTest.from_file(str(ROOT / "qbsync" / "ui" / "main.py"), default_timeout=PAGE_SECONDS_MAX)
    at.run()
    taken: dict[str, tuple[float, float]] = {}
    for name, screen in SCREENS.items():
        at.switch_page(str(PAGES / f"{name}.py"))
        taken[screen.title] = first_and_next(at, screen.title, rounds)
        if name == "sync_log":
            at.button_group(key="log_view").set_value("Records")
            taken[f"{screen.title}, records"] = first_and_next(at, screen.title, rounds)
    return taken


def first_and_next(at: AppTest, title: str, rounds: int) -> tuple[float, float]:
    """Draw the page that is open, once and then so many times more."""
    first, *more = (seconds_of(at, title) for _ in range(rounds + 1))
    return first, median(more)


def seconds_of(at: AppTest, title: str) -> float:
    started = time.perf_counter()
    at.run()
    seconds = time.perf_counter() - started
    if at.exception or at.error or [one.value for one in at.title] != [title]:
        raise RuntimeError(f"{title} was not drawn: {at.exception} {at.error} {at.title}")
    return seconds


def add_years(file: Path, log_rows: int, links: int) -> None:
    """Copy the plan, the run, its outcomes and the links until there are so many."""
    database = sqlite3.connect(file)
    database.row_factory = sqlite3.Row
    runs = log_rows // RECORDS_A_RUN
    plan, run, link = (
        dict(database.execute(f"SELECT * FROM {table} LIMIT 1").fetchone())  # noqa: S608 - our own tables
        for table in ("plan", "run", "link")
    )
    outcomes = [dict(row) for row in database.execute("SELECT * FROM outcome")]
    days = [moment(DAYS * number / runs) for number in range(runs)]
    insert(database, "plan", ({**plan, "id": f"p{n}", "status": "done", "built_at": days[n]} for n in range(runs)))
    insert(database, "run", (run_row(run, n, days[n]) for n in range(runs)))
    insert(database, "outcome", outcome_rows(outcomes, days))
    insert(
        database, "link", ({**link, "id": None, "core_id": f"old-{n}", "ledger_id": f"old-{n}"} for n in range(links))
    )
    database.commit()
    database.close()


def run_row(run: Row, number: int, at: str) -> Row:
    times = dict.fromkeys(("created_at", "started_at", "finished_at", "touched_at"), at)
    return {**run, **times, "id": f"r{number}", "plan_id": f"p{number}"}


def outcome_rows(outcomes: list[Row], days: list[str]) -> Iterator[Row]:
    for number, at in enumerate(days):
        for seq in range(RECORDS_A_RUN):
            like = outcomes[seq % len(outcomes)]
            status = "failed" if seq % 100 == 0 else "done"
            yield {**like, "run_id": f"r{number}", "seq": seq, "at": at, "status": status, "core_id": f"{number}-{seq}"}


def insert(database: sqlite3.Connection, table: str, rows: Iterator[Row]) -> None:
    while part := list(islice(rows, PART)):
        marks = ", ".join(f":{name}" for name in part[0])
        database.executemany(f"INSERT INTO {table} ({', '.join(part[0])}) VALUES ({marks})", part)  # noqa: S608 - the same


def moment(days_ago: float) -> str:
    """A time as SQLite has it here."""
    return f"{datetime.now(UTC) - timedelta(days=days_ago, minutes=30):%Y-%m-%d %H:%M:%S.%f}"


def report(given: argparse.Namespace, lines: list[str]) -> str:
    table = "\n".join(lines)
    runs = given.log_rows // RECORDS_A_RUN
    return f"""{given.log_rows:,} log rows in {runs:,} runs over {DAYS} days, one in a hundred failed, and
{given.links:,} links, beside the sample contractor after one run. Median of {given.rounds} draws of the page's script,
in process and without a browser; {machine()}, SQLite.
Written by `python -m bench.pages --log-rows {given.log_rows} --links {given.links}`.

{table}

*First draw* is after a start, when nothing is kept for the sessions yet. Links are copies of one record's, so all are
of one type. *Records* is the log's second view, as it opens: what was not done.
"""


if __name__ == "__main__":
    main()
