"""A worker that waits for its turn ends its wait when it is told to end, and when the run is another one's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context

import pytest

from qbsync.domain.errors import FenceLost, Stopped, StoreUnavailable
from qbsync.worker.waiting import Waiting
from tests.doubles.edges import StandingClock
from tests.services.desk import NOW

HOUR = 3600.0  # a test that waited for so long would be noticed


def waiting(stopping: threading.Event) -> Waiting:
    return Waiting(stopping, StandingClock(NOW))


def test_a_stop_ends_the_wait_of_a_run_and_says_so():
    stopping = threading.Event()
    stopping.set()
    wait = waiting(stopping)
    with wait.pushing(lambda: 1), pytest.raises(Stopped, match="worker was stopped") as stopped:
        wait(HOUR)
    assert stopped.value.resume_at == NOW


def test_a_stop_in_the_middle_of_the_wait_of_a_run_ends_it():
    stopping = threading.Event()
    wait = waiting(stopping)

    def look() -> int:
        stopping.set()
        return 1

    with wait.pushing(look), pytest.raises(Stopped):
        wait(HOUR)


def test_a_run_that_another_worker_took_is_waited_for_no_longer():
    fences = iter([4, 5])
    wait = waiting(threading.Event())
    with wait.pushing(lambda: next(fences)), pytest.raises(FenceLost):
        wait(HOUR)


def test_a_database_that_is_away_for_a_moment_ends_no_wait():
    looks: Iterator[int | StoreUnavailable] = iter([4, StoreUnavailable("The database is locked."), 4, 5])

    def fence() -> int:
        found = next(looks)
        if isinstance(found, StoreUnavailable):
            raise found
        return found

    wait = waiting(threading.Event())
    with wait.pushing(fence), pytest.raises(FenceLost):
        wait(HOUR)
    assert list(looks) == []


def test_a_thread_that_sends_for_a_run_stops_waiting_with_it():
    stopping = threading.Event()
    stopping.set()
    wait = waiting(stopping)
    with wait.pushing(lambda: 1), ThreadPoolExecutor(1) as pool:
        assert pool.submit(copy_context().run, was_ended, wait, HOUR).result() is True


WAITS = [
    # seconds, of a run, ended by a stop
    (0.01, False, False),  # a person or a schedule waits for the answer
    (0, True, False),  # there is nothing to wait for
    (HOUR, True, True),
]


@pytest.mark.parametrize(("seconds", "of_a_run", "ended"), WAITS)
def test_a_stop_ends_only_what_a_run_has_to_wait_for(seconds: float, of_a_run: bool, ended: bool):
    stopping = threading.Event()
    stopping.set()
    wait = waiting(stopping)
    with wait.pushing(lambda: 1) if of_a_run else nullcontext():
        assert was_ended(wait, seconds) is ended


def was_ended(wait: Waiting, seconds: float) -> bool:
    try:
        wait(seconds)
    except Stopped:
        return True
    return False
