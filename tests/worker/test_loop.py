"""The worker's loop: one worker a place, work until nothing is due, and no job that holds up another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from qbsync.domain.errors import BadInput, StoreUnavailable
from qbsync.services.engine import MayBegin, Push, Transaction
from qbsync.services.scheduling import Scheduling
from qbsync.store.place import FilePlace
from qbsync.worker.loop import Worker

SECONDS_MAX = 20
HOLDER = """
import sys
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def nothing() -> None:
    """What most jobs of these tests do."""


class Rounds:
    """An engine that has some runs due in each round, then none."""

    def __init__(self, *rounds: list[str]) -> None:
        self._rounds = list(rounds)

    def submit(self, transaction: Transaction, run_id: str, connection_id: int) -> None:
        self._rounds.append([run_id])

    def work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        pushed = 0
        while may_begin() and self._rounds:
            for run_id in self._rounds.pop(0):
                push(run_id)
                pushed += 1
        return pushed


class Ticks:
    """A schedule that does something each time it is looked at."""

    def __init__(self, act: Callable[[], None] = nothing) -> None:
        self.act, self.looks = act, 0

    def tick(self) -> int:
        self.looks += 1
        self.act()
        return 0


class Shop:
    """A worker with what it works on."""

    def __init__(self, folder: Path, engine: Rounds, ticks: Ticks | None = None) -> None:
        self.engine, self.ticks = engine, ticks or Ticks()
        self.folder, self.stopping = folder, threading.Event()
        self.pushed: list[str] = []
        self.push: Callable[[str], None] = self.pushed.append
        self.upkeep: Callable[[], object] = nothing
        self.prepare: Callable[[], object] = nothing

    def worker(self) -> Worker:
        return Worker(
            self.engine,
            self._pushed,
            cast(Scheduling, self.ticks),
            FilePlace(self.folder / "worker.lock"),
            self.stopping,
            lambda: self.upkeep(),
            lambda: self.prepare(),
        )

    def _pushed(self, run_id: str) -> bool:
        self.push(run_id)
        return True


def test_once_fires_what_is_due_and_pushes_until_nothing_is(tmp_path: Path):
    shop = Shop(tmp_path, Rounds(["a", "b"], ["a"]))
    assert shop.worker().once() == 3
    assert shop.pushed == ["a", "b", "a"]
    assert shop.ticks.looks == 1


def test_what_a_schedule_confirms_is_pushed_in_the_same_turn(tmp_path: Path):
    engine = Rounds()
    shop = Shop(tmp_path, engine, Ticks(lambda: engine.submit(None, "fired", 1)))
    assert shop.worker().once() == 1
    assert shop.pushed == ["fired"]


@pytest.mark.promise(25)
def test_one_worker_is_enough_for_a_machine(tmp_path: Path):
    shop = Shop(tmp_path, Rounds(["a"]))
    second = shop.worker()
    refused: list[str] = []

    def start_another(run_id: str) -> None:
        for start in (second.once, second.run):
            with pytest.raises(BadInput, match="Another worker is running"):
                start()
            refused.append(run_id)

    shop.push = start_another
    assert shop.worker().once() == 1
    assert refused == ["a", "a"]
    assert second.once() == 0  # the first one has ended


def test_a_worker_that_was_killed_leaves_its_place_at_once(tmp_path: Path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "worker.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        shop = Shop(tmp_path, Rounds(["a"]))
        with pytest.raises(BadInput):
            shop.worker().once()
        other.kill()
        other.wait(30)
        assert shop.worker().once() == 1


def test_a_failing_turn_gives_the_place_back(tmp_path: Path):
    shop = Shop(tmp_path, Rounds(["a"]))

    def fail(run_id: str) -> None:
        raise StoreUnavailable("The disk is full.")

    shop.push = fail
    with pytest.raises(StoreUnavailable):
        shop.worker().once()
    assert shop.worker().once() == 0


FAILURES = [StoreUnavailable("The database is locked."), ZeroDivisionError("a bug")]


def test_both_ways_to_work_do_the_daily_upkeep(tmp_path: Path):
    shop = Shop(tmp_path, Rounds())
    kept: list[str] = []
    shop.upkeep = lambda: kept.append("once")
    shop.worker().once()

    def keep_and_stop() -> None:
        kept.append("run")
        shop.stopping.set()

    shop.upkeep = keep_and_stop
    shop.worker().run()
    assert kept == ["once", "run"]


def test_both_ways_to_work_build_the_previews_that_were_asked_for(tmp_path: Path):
    shop = Shop(tmp_path, Rounds())
    built: list[str] = []
    shop.prepare = lambda: built.append("once")
    shop.worker().once()

    def build_and_stop() -> None:
        built.append("run")
        shop.stopping.set()

    shop.prepare = build_and_stop
    shop.worker().run()
    assert built == ["once", "run"]


def test_a_long_preview_holds_up_neither_a_run_nor_a_schedule(tmp_path: Path):
    shop, looked, pushed = Shop(tmp_path, Rounds(["a"])), threading.Event(), threading.Event()
    held_up: list[str] = []

    def build_for_long() -> None:
        held_up.extend(what for what, came in (("schedule", looked), ("run", pushed)) if not came.wait(SECONDS_MAX))
        shop.stopping.set()

    shop.prepare, shop.ticks.act, shop.push = build_for_long, looked.set, lambda _: pushed.set()
    shop.worker().run()
    assert held_up == []


@pytest.mark.parametrize("job", ["upkeep", "prepare"])
@pytest.mark.parametrize("error", FAILURES, ids=["a known error", "a bug"])
def test_upkeep_or_a_preview_that_fails_holds_up_no_run(tmp_path: Path, error: Exception, job: str):
    shop = Shop(tmp_path, Rounds(["a"]))

    def fail() -> None:
        raise error

    setattr(shop, job, fail)
    assert shop.worker().once() == 1


@pytest.mark.parametrize("error", FAILURES, ids=["a known error", "a bug"])
def test_a_job_that_fails_does_not_stop_the_others_nor_the_worker(tmp_path: Path, error: Exception):
    shop = Shop(tmp_path, Rounds(["a"], ["b"]))

    def fail() -> None:
        raise error

    def note(run_id: str) -> None:
        shop.pushed.append(run_id)
        if run_id == "b":
            shop.stopping.set()

    shop.ticks.act, shop.push = fail, note
    shop.worker().run()
    assert shop.pushed == ["a", "b"]
    assert shop.ticks.looks >= 1


@pytest.mark.parametrize("error", FAILURES, ids=["a known error", "a bug"])
def test_a_run_that_fails_does_not_hold_up_another_companys(tmp_path: Path, error: Exception):
    shop = Shop(tmp_path, Rounds(["broken", "sound"]))

    def push(run_id: str) -> None:
        if run_id == "broken":
            raise error
        shop.pushed.append(run_id)
        shop.stopping.set()

    shop.push = push
    shop.worker().run()
    assert shop.pushed == ["sound"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["told to end", "Ctrl-C"])
def test_a_worker_that_is_told_to_end_does_so_after_its_push(tmp_path: Path, number: signal.Signals):
    shop = Shop(tmp_path, Rounds(["a"], ["b"]))

    def interrupted(run_id: str) -> None:
        os.kill(os.getpid(), number)
        shop.stopping.wait(10)
        shop.pushed.append(run_id)  # the push itself goes on to its next pause

    shop.push = interrupted
    shop.worker().run()
    assert shop.stopping.is_set()
    assert shop.pushed == ["a"]
    shop.stopping, shop.push = threading.Event(), shop.pushed.append
    assert shop.worker().once() == 1  # the place is free, and what was due waits for the next worker
