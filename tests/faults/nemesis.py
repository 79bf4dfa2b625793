"""A seeded nemesis: up to six faults and kills, drawn by lot, over a run of some 200 changes (fault 16).

`make chaos SEEDS=200` plays that many games, and prints the seed of each that broke something.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from qbsync.domain.run import RunStatus
from tests.company import WHO, Company, copied, make_ready
from tests.faults.invariants import Invariants
from tests.faults.processes import killed_at
from tests.faults.runs import POINTS, WEEK
from tests.faults.workers import NamedWorker, arm, pause_is_over
from tests.local_books import LocalBooks

FAULTS_MAX = 6
CHANGES = 200
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
    """One fault: where a worker is killed, or what QuickBooks does to so many batches."""

    crash_at: str = ""
    fault: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"kill at {self.crash_at}" if self.crash_at else ", ".join(f"{k} {v}" for k, v in self.fault)


def moves(seed: int) -> list[Move]:
    """The game of this seed: always the same."""
    dice = random.Random(seed)
    return [_move(dice) for _ in range(dice.randint(1, FAULTS_MAX))]


def _move(dice: random.Random) -> Move:
    if dice.random() < 0.5:
        return Move(crash_at=f"{dice.choice(POINTS)}:{dice.randint(1, 3)}")
    return Move(fault=tuple({**dice.choice(KINDS), "route": "batch", "count": dice.randint(1, 2)}.items()))


def play(company: Company, seed: int) -> list[str]:
    """Play one game to its end; returns what it broke."""
    run_id = _confirm(company)
    invariants = Invariants(company, run_id)
    found: list[str] = []
    for number, move in enumerate(moves(seed), 1):
        if move.crash_at:
            killed_at(company, move.crash_at)
        else:
            arm(company.books, **dict(move.fault))
            NamedWorker(company, f"worker {number}").push(run_id)
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


def _confirm(company: Company) -> str:
    app = company.app()
    plan = app.previewing.build(app.connection().id, WEEK, who=WHO)
    ticked = [change.seq for change in plan.changes if change.ticked_by_default][:CHANGES]
    return app.confirming.confirm(plan.id, plan.digest, ticked, who=WHO).id


def games(first: int, count: int) -> Iterator[tuple[int, list[str]]]:
    """Play this many games one after another, each in a company of its own."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        template.mkdir()
        with LocalBooks.running(template / "quickbooks.db") as books:
            make_ready(Company(folder=template, books=books))
        for seed in range(first, first + count):
            game = Path(folder) / f"game-{seed}"
            with copied(template, game) as company:
                yield seed, play(company, seed)
            shutil.rmtree(game)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults.nemesis", description=__doc__)
    options.add_argument("--seeds", type=int, default=10, help="how many games")
    options.add_argument("--first", type=int, default=1, help="the first seed, to play one game again")
    given = options.parse_args()
    lost = 0
    for seed, found in games(given.first, given.seeds):
        print(f"seed {seed}: {len(moves(seed))} faults, {'all holds' if not found else 'BROKEN'}", flush=True)
        for one in found:
            print(f"  {one}", flush=True)
        lost += bool(found)
    print(f"{given.seeds} games, {lost} broken." + (" Again: --first SEED --seeds 1" if lost else ""))
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
