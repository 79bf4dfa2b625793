"""A seeded nemesis: up to six faults, kills, freezes and locks, drawn by lot, over a run of 310 changes (fault 16).

`make chaos SEEDS=200` plays that many games on SQLite, and with `DATABASE=postgres` on a server; it prints the seed of
each that broke something.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from qbsync.bootstrap import now
from qbsync.domain.errors import StoreUnavailable
from qbsync.domain.run import RunStatus
from tests.company import Company, copied, make_ready
from tests.faults.away import end_sessions, held
from tests.faults.invariants import Invariants
from tests.faults.processes import killed_at, worker
from tests.faults.runs import POINTS, SINGLE_POINTS, confirm_some
from tests.faults.workers import After, NamedWorker, arm, pause_is_over
from tests.local_books import LocalBooks
from tests.postgres import PostgresServer, find_postgres
from tests.waiting import wait_for

FAULTS_MAX = 6
CHANGES = 310  # enough for single records beside the batches
ROUTES = ("batch", "timeactivity")
SINGLES_MAX = 40  # after so many single records at most is a worker killed
RESTING = ("before_sending", "before_push", "after_push", "after_record")  # where no transaction is open
HELD_SECONDS = 0.2
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_before"},
    {"kind": "drop_after_write"},
    {"kind": "half_batch"},
    {"kind": "truncated"},
    {"kind": "malformed"},
    {"kind": "throttle"},
    {"kind": "maintenance"},
    {"kind": "system"},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
)


@dataclass(frozen=True)
class Move:
    """What happens to a worker where (`at` is `point:n`), or what QuickBooks does to so many writes."""

    kind: str  # kill, freeze, cut off (from its database), or of QuickBooks
    at: str = ""
    fault: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}" if self.at else ", ".join(f"{k} {v}" for k, v in self.fault)


def moves(seed: int) -> list[Move]:
    """The game of this seed: always the same."""
    dice = random.Random(seed)
    return [_move(dice) for _ in range(dice.randint(1, FAULTS_MAX))]


def _move(dice: random.Random) -> Move:
    (kind,) = dice.choices(("kill", "freeze", "cut off", "quickbooks"), weights=(4, 2, 2, 4))
    if kind == "quickbooks":
        fault = {**dice.choice(KINDS), "route": dice.choice(ROUTES), "count": dice.randint(1, 2)}
        return Move(kind, fault=tuple(fault.items()))
    point = dice.choice(POINTS + SINGLE_POINTS if kind == "kill" else RESTING)
    return Move(kind, at=f"{point}:{dice.randint(1, SINGLES_MAX if point in SINGLE_POINTS else 3)}")


def play(company: Company, seed: int) -> list[str]:
    """Play one game to its end; returns what it broke."""
    run_id = confirm_some(company, CHANGES)
    invariants = Invariants(company, run_id)
    found: list[str] = []
    for number, move in enumerate(moves(seed), 1):
        _make(move, company, run_id, f"worker {number}")
        found += [f"after move {number} ({move}): {one}" for one in invariants.broken()]
        pause_is_over(company.app())
    requests.delete(f"{company.books.base}/_sandbox/faults", timeout=10).raise_for_status()
    last = NamedWorker(company, "the last worker")
    last.push_to_its_end(run_id)
    found += [f"at the end: {one}" for one in invariants.broken_at_end()]
    run, progress = last.runs.get(run_id), last.runs.progress(run_id)
    if run.status is not RunStatus.DONE or progress.done != CHANGES:
        found.append(f"at the end: the run is {run.status.value!r} with {progress.done} of {CHANGES} done: {run.note}")
    return found


def _make(move: Move, company: Company, run_id: str, name: str) -> None:
    if move.kind == "kill":
        killed_at(company, move.at, name)
    elif move.kind == "quickbooks":
        arm(company.books, **dict(move.fault))
        NamedWorker(company, name).push(run_id)
    else:
        _stop_and_wake(move, company, run_id, name)


def _stop_and_wake(move: Move, company: Company, run_id: str, name: str) -> None:
    """A worker stands still; it wakes after another one came by, or with its database out of reach, and ends."""
    with worker(company, name, at=move.at, signal=signal.SIGSTOP) as process:
        app = company.app()
        wait_for(lambda: process.frozen or not app.runs.due(now()), "the worker to stand still")
        app.database.close()
        process.ask_to_end()
        if move.kind == "freeze":
            with suppress(StoreUnavailable):  # it may stand in a transaction: then SQLite lets nobody else write
                NamedWorker(company, f"{name}, its successor", stopping=After(2)).push(run_id)
            process.wake()
        elif company.database_url:
            end_sessions(company.database_url)
            process.wake()
        else:
            with ExitStack() as meanwhile:
                with suppress(sqlite3.OperationalError):  # it may stand in a transaction, and hold the database itself
                    meanwhile.enter_context(held(company))
                process.wake()
                time.sleep(HELD_SECONDS)
        process.join()


def games(first: int, count: int, server: PostgresServer | None = None) -> Iterator[tuple[int, list[str]]]:
    """Play this many games one after another, each in a company of its own, on a server or else on SQLite."""
    with TemporaryDirectory() as folder:
        template, url = Path(folder) / "template", server.new_database() if server else ""
        template.mkdir()
        with LocalBooks.running(template / "quickbooks.db") as books:
            make_ready(Company(folder=template, books=books, database_url=url))
        for seed in range(first, first + count):
            game = Path(folder) / f"game-{seed}"
            address = server.new_database(like=url.rpartition("/")[2]) if server else ""
            with copied(template, game, address) as company:
                yield seed, play(company, seed)
            shutil.rmtree(game)


@contextmanager
def server_for(database: str) -> Iterator[PostgresServer | None]:
    """The server of the games, where they are played on one."""
    if database == "sqlite":
        yield None
        return
    programs = find_postgres()
    if programs is None:
        raise SystemExit("There are no PostgreSQL server programs on this machine: install the package 'postgresql'.")
    with PostgresServer.running(programs) as server:
        yield server


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults.nemesis", description=__doc__)
    options.add_argument("--seeds", type=int, default=10, help="how many games")
    options.add_argument("--first", type=int, default=1, help="the first seed, to play one game again")
    options.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite", help="what they are played on")
    given = options.parse_args()
    lost = 0
    with server_for(given.database) as server:
        for seed, found in games(given.first, given.seeds, server):
            print(f"seed {seed}: {len(moves(seed))} faults, {'all holds' if not found else 'BROKEN'}", flush=True)
            for one in found:
                print(f"  {one}", flush=True)
            lost += bool(found)
    print(f"{given.seeds} games, {lost} broken." + (" Again: --first SEED --seeds 1" if lost else ""))
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
