"""The worker: a thread lets the engine push runs, one builds the asked previews, one minds schedules and upkeep."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

import schedule
import structlog

from qbsync.domain.errors import BadInput, QbsyncError
from qbsync.services.engine import Engine, Push
from qbsync.services.scheduling import Scheduling
from qbsync.store.place import Place

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.25
AGAIN_SECONDS = 1  # how soon the engine begins again after it gave up
PREPARE_SECONDS = 1
SCHEDULE_SECONDS = 5
UPKEEP_SECONDS = 600


class Worker:
    """One worker. Its place is freed by the system when it dies, so a successor can start at once.

    A long preview holds up neither a run nor a schedule, and a slow QuickBooks holds up no schedule.
    """

    def __init__(
        self,
        engine: Engine,
        push: Push,
        scheduling: Scheduling,
        place: Place,
        stopping: threading.Event,
        upkeep: Callable[[], object] = lambda: None,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """`stopping` is set when the process is told to end; runs pause between two writes."""
        self._engine, self._push, self._scheduling = engine, push, scheduling
        self._place, self._said, self._placed = place, "", False
        self._stopping, self._upkeep, self._prepare = stopping, upkeep, prepare

    def once(self) -> int:
        """Fire what is due and push what waits, until nothing may go on now; returns how many runs were pushed."""
        if holder := self._place.take():
            raise _refusal(holder)
        try:
            self._guarded(self._upkeep)
            self._scheduling.tick()
            self._guarded(self._prepare)
            return self._engine.work(self._push, lambda: not self._stopping.is_set(), stay=False)
        finally:
            self._place.give_back()

    def run(self) -> None:
        """Work until told to stop. A run is never left in the middle of an answer.

        While another worker holds the place, it stands by and takes over when that one ends, where the place allows.
        """
        holder = self._place.take()
        if holder and not self._place.others_wait:
            raise _refusal(holder)
        try:
            self._work_until_stopped()
        finally:
            self._place.give_back()

    def _work_until_stopped(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        jobs = schedule.Scheduler()
        jobs.every(SCHEDULE_SECONDS).seconds.do(self._guarded, self._scheduling.tick)
        jobs.every(UPKEEP_SECONDS).seconds.do(self._guarded, self._upkeep)
        log.info("worker.started")
        beside = [
            threading.Thread(target=self._push_until_stopped, name="runs"),
            threading.Thread(target=self._prepare_until_stopped, name="previews"),
        ]
        for thread in beside:
            thread.start()
        try:
            self._keep_turning(jobs)
        finally:
            self._stopping.set()
            for thread in beside:
                thread.join()  # each run pauses between two writes
        log.info("worker.stopped")

    def _keep_turning(self, jobs: schedule.Scheduler) -> None:
        turn: Callable[[], object] = jobs.run_all
        while not self._stopping.is_set():
            self._placed = self._in_place()
            if self._placed:
                turn()
                turn = jobs.run_pending
            self._stopping.wait(LOOK_SECONDS)

    def _push_until_stopped(self) -> None:
        """Let the engine work, again after whatever ends it. A run that fails is logged, and holds up no other's."""
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            pause = LOOK_SECONDS
            if self._placed:
                self._guarded(lambda: self._engine.work(self._guarded_push, self._may_begin, stay=True))
                pause = AGAIN_SECONDS

    def _prepare_until_stopped(self) -> None:
        """Build the previews that are asked for, as soon as the place is ours."""
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            pause = LOOK_SECONDS
            if self._placed:
                self._guarded(self._prepare)
                pause = PREPARE_SECONDS

    def _may_begin(self) -> bool:
        """Not once the place is lost: the runs that were due are another worker's then."""
        return self._placed and not self._stopping.is_set() and self._may_push()

    def _may_push(self) -> bool:
        return not self._place.alone or self._place.held()

    def _in_place(self) -> bool:
        """Whether we hold the place, taking it again if we lost it; who holds it instead is said once."""
        if self._place.held():
            return True
        try:
            holder = self._place.take()
        except QbsyncError as error:
            self._say_once(str(error))
            return False
        if holder:
            self._say_once(f"Another worker is at work: {holder}. This one takes over when it ends.")
            return False
        log.info("worker.took_over")
        self._said = ""
        return True

    def _say_once(self, why: str) -> None:
        if why != self._said:
            log.warning("worker.stands_by", why=why)
            self._said = why

    def _guarded_push(self, run_id: str) -> bool:
        return not self._may_push() or self._guarded(lambda: self._push(run_id)) is not False

    def _guarded(self, job: Callable[[], object]) -> object:
        """What a job gives. One that fails is logged and tried again at the next turn: the worker itself goes on."""
        try:
            return job()
        except QbsyncError as error:
            log.error("worker.job_failed", error=str(error))
        except Exception:  # the one boundary of this process: a bug in one job must not end the others
            log.exception("worker.bug")
        return None

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()


def _refusal(holder: str) -> BadInput:
    return BadInput(
        f"Another worker is running ({holder}), and the embedded engine has one a database. Leave it, or stop it to "
        "work here."
    )
