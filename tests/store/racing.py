"""Lets several threads, or several processes, do the same thing at the same moment."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from qbsync.domain.errors import QbsyncError
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.stored import confirmation

RACERS = 8
SECONDS_MAX = 60


def race(act: Callable[[int], Any], racers: int = RACERS) -> list[Any]:
    """What each of the racing threads got: its result, or the product's exception."""
    start = threading.Barrier(racers)

    def run(number: int) -> Any:
        start.wait(SECONDS_MAX)
        try:
            return act(number)
        except QbsyncError as error:
            return error

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


def confirm_in_a_process(url: str, lock_dir: str, plan_id: str, number: int, start: Any, told: Any) -> None:
    """Confirm a plan as one of several processes, and tell how it went."""
    database = Database(url, Path(lock_dir))
    plan = Plans(database).get(plan_id)
    start.wait(SECONDS_MAX)
    try:
        told.put(Runs(database).confirm(confirmation(plan, run_id=f"run-of-{number}")).id)
    except QbsyncError as error:
        told.put(type(error).__name__)
    finally:
        database.close()


def race_processes(database: Database, lock_dir: Path, plan_id: str, racers: int = 3) -> list[str]:
    """What each process was told when all confirm the same plan at once."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(racers), context.Queue()
    url = database.url.render_as_string(hide_password=False)
    processes = [
        context.Process(target=confirm_in_a_process, args=(url, str(lock_dir), plan_id, number, start, told))
        for number in range(racers)
    ]
    for process in processes:
        process.start()
    answers = [told.get(timeout=SECONDS_MAX) for _ in processes]
    for process in processes:
        process.join(SECONDS_MAX)
    return answers
