"""Push many companies: one worker of the embedded engine, and one, two and four that share a queue.

`python -m bench.fleet` takes 50 companies; `--companies 1000` is the long one. The table is kept in bench/results.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from bench.kept import RESULTS, keep, machine
from qbsync.bootstrap import App, new_id, now
from qbsync.domain.connection import Environment, TokenSet
from qbsync.domain.ledger import Company as Facts
from qbsync.domain.plan import Plan, PlanStatus, Scope, attempts_of
from qbsync.domain.run import Confirmation
from tests.company import ROOT, WHO, Company
from tests.postgres import PostgresServer, find_postgres
from tests.store.stored import change

LOOK_SECONDS = 0.25
SECONDS_MAX = 1800
HEAD = (
    "| Engine | Workers | Companies | Changes | Time | Runs a minute | Doubled | Lost | Overlapping |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True)
class Port:
    """All that the product needs to know of the ledger."""

    port: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """What to measure."""

    companies: int
    changes: int
    latency_ms: int


def measure(given: Given, engine: str, workers: int, made: Company) -> str:
    """Let the workers push all runs that wait in this store; returns the line of the table."""
    with ledger(given.latency_ms) as port:
        company = Company(
            folder=made.folder,
            books=Port(port),  # type: ignore[arg-type]
            database_url=made.database_url,
            settings={"engine": engine},
        )
        with closing(company.app().database) as database:
            started = time.perf_counter()
            with working(company, workers) as processes:
                while left := _open_runs(database):
                    assert all(process.poll() is None for process in processes), "a worker has ended"
                    assert time.perf_counter() - started < SECONDS_MAX, f"{left} runs are still open"
                    time.sleep(LOOK_SECONDS)
                seconds = time.perf_counter() - started
            with database.read() as session:
                done = session.execute(text("SELECT count(*) FROM outcome WHERE status = 'done'")).scalar_one()
        found = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=30).read())
    changes = given.companies * given.changes
    lost = changes - min(int(done), int(found["records"]))
    name = "embedded, SQLite" if engine == "embedded" else "procrastinate, PostgreSQL"
    cells = (name, workers, f"{given.companies:,}", f"{changes:,}", f"{seconds:.0f} s")
    counted = (f"{given.companies / seconds * 60:,.0f}", found["doubled"], lost, found["overlapping"])
    return "| " + " | ".join(str(cell) for cell in (*cells, *counted)) + " |"


def _open_runs(database: Any) -> int:
    with database.read() as session:
        question = text("SELECT count(*) FROM run WHERE status IN ('queued', 'running', 'paused')")
        return int(session.execute(question).scalar_one())


@contextmanager
def ledger(latency_ms: int) -> Iterator[int]:
    """The cheap ledger as a process; its port."""
    command = [sys.executable, "-m", "bench.ledger", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def working(company: Company, workers: int) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """So many workers, as processes."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "qbsync", "worker"],
            cwd=ROOT,
            env=company.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(workers)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=60)


def fill(app: App, given: Given) -> None:
    """Connect the companies, and confirm a run of each."""
    for number in range(given.companies):
        at = now()
        tokens = TokenSet(
            access_token=f"access-{number}",
            refresh_token=f"refresh-{number}",
            access_expires_at=at + timedelta(days=1),
            refresh_expires_at=at + timedelta(days=100),
        )
        facts = Facts(realm_id=f"{9130357700000000 + number}", name=f"Company {number}")
        _confirm(app, app.connections.save(facts, Environment.LOCAL, tokens, at=at, who=WHO).id, given.changes)


def _confirm(app: App, connection_id: int, changes: int) -> None:
    plan = Plan(
        id=new_id(),
        connection_id=connection_id,
        status=PlanStatus.DRAFT,
        digest="measured",
        built_at=now(),
        built_by=WHO,
        scope=Scope(),
        mapping_version=0,
        changes=tuple(change(seq) for seq in range(1, changes + 1)),
    )
    app.plans.save(plan)
    confirmation = Confirmation(
        run_id=new_id(),
        plan_id=plan.id,
        connection_id=connection_id,
        digest=plan.digest,
        ticked=plan.changes,
        attempts=attempts_of(plan.changes),
        stale={},
        who=WHO,
        trigger="bench",
        at=now(),
    )
    app.runs.confirm(confirmation, app.engine.submit)


def stores(folder: Path, given: Given, server: PostgresServer | None) -> Iterator[tuple[str, int, Company]]:
    """Engine, workers, and a store of its own in which all runs wait; what is alike is filled once and copied."""
    template = Company(folder / "template", Port(0))  # type: ignore[arg-type]
    with closing(template.app().database):
        fill(template.app(), given)
    shutil.copytree(template.folder, folder / "embedded")
    yield "embedded", 1, Company(folder / "embedded", Port(0))  # type: ignore[arg-type]
    if server is None:
        print("No PostgreSQL server programs on this machine: the shared engine is not measured.")
        return
    url = server.new_database()
    shared = Company(
        folder=folder / "shared",
        books=Port(0),  # type: ignore[arg-type]
        database_url=url,
        settings={"engine": "procrastinate"},
    )
    app = shared.app()
    fill(app, given)
    app.database.close()
    for workers in (1, 2, 4):
        copy = server.new_database(like=url.rpartition("/")[2])
        yield "procrastinate", workers, Company(shared.folder, Port(0), copy)  # type: ignore[arg-type]


HEADING = "Many companies at once"


def report(given: Given, lines: Sequence[str]) -> str:
    """The section that is kept."""
    command = f"--companies {given.companies} --changes {given.changes} --latency-ms {given.latency_ms}"
    return f"""{given.companies:,} companies with a confirmed run of {given.changes} new vendors each, in batches of 30;
{given.latency_ms} ms latency. {machine()}; ledger, database and workers on the same machine,
PostgreSQL without fsync. Written by `python -m bench.fleet {command}`.

{chr(10).join(lines)}

*Time* is from the start of the workers' processes, some seconds of which are theirs to start, to the end of the last
run. The ledger (`bench/ledger.py`) is a cheap one over HTTP, since the local QuickBooks would cost more than the
product; the limits are raised out of the way, as each company has its own. All are at work on the same cores, so more
workers than one are not there to be quicker here. *Doubled* are records that the ledger made twice, *lost* those that
are not both there and done here, *overlapping* the batches of a company that came while another of its was under way.
"""


@contextmanager
def maybe_postgres() -> Iterator[PostgresServer | None]:
    programs = find_postgres()
    if programs is None:
        yield None
        return
    with PostgresServer.running(programs) as server:
        yield server


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    options.add_argument("--companies", type=int, default=50)
    options.add_argument("--changes", type=int, default=60)
    options.add_argument("--latency-ms", type=int, default=50)
    options.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    asked = options.parse_args()
    given = Given(companies=asked.companies, changes=asked.changes, latency_ms=asked.latency_ms)
    lines = HEAD.splitlines()
    print(HEAD, flush=True)
    with TemporaryDirectory() as folder, maybe_postgres() as server:
        for engine, workers, made in stores(Path(folder), given, server):
            lines.append(measure(given, engine, workers, made))
            print(lines[-1], flush=True)
    keep(asked.results, HEADING, report(given, lines))
    print(f"\nKept in {asked.results}.")


if __name__ == "__main__":
    main()
