"""The worker's loop: every second look for runs, every few seconds look for due schedules."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import schedule
import structlog
from filelock import FileLock, Timeout

from qbsync.domain.errors import BadInput, QbsyncError
from qbsync.services.engine import Engine, Push
from qbsync.services.scheduling import Scheduling

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1
SCHEDULE_SECONDS = 5


class Worker:
    """One worker. Its lock file is freed by the system when it dies, so a successor can start at once."""

    def __init__(
        self, engine: Engine, push: Push, scheduling: Scheduling, lock_file: Path, stopping: threading.Event
    ) -> None:
        """`stopping` is set when the process is told to end; runs pause between two writes."""
        self._engine, self._push, self._scheduling = engine, push, scheduling
        self._lock = FileLock(lock_file)
        self._stopping = stopping

    def once(self) -> int:
        """Fire what is due and push what waits, until nothing may go on now; returns how many runs were pushed."""
        with self._only_one():
            self._scheduling.tick()
            pushed = 0
            while count := self._engine.work(self._push):
                pushed += count
            return pushed

    def run(self) -> None:
        """Work until told to stop. A run is never left in the middle of an answer."""
        with self._only_one():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
            jobs = schedule.Scheduler()
            jobs.every(LOOK_SECONDS).seconds.do(self._guarded, self._work)
            jobs.every(SCHEDULE_SECONDS).seconds.do(self._guarded, self._scheduling.tick)
            log.info("worker.started")
            jobs.run_all()
            while not self._stopping.wait(LOOK_SECONDS / 4):
                jobs.run_pending()
            log.info("worker.stopped")

    def _work(self) -> None:
        """A run that fails is logged and tried again at the next turn: it holds up no other company's."""
        self._engine.work(lambda run_id: self._guarded(lambda: self._push(run_id)))

    def _guarded(self, job: Callable[[], object]) -> None:
        """A job that fails is logged and tried again at the next turn: the worker itself goes on."""
        try:
            job()
        except QbsyncError as error:
            log.error("worker.job_failed", error=str(error))
        except Exception:  # the one boundary of this process: a bug in one job must not end the others
            log.exception("worker.bug")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise BadInput("Another worker is running on this machine; one is enough.") from None
        try:
            yield
        finally:
            self._lock.release()
