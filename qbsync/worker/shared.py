"""The shared engine: workers on many machines take runs from procrastinate's queue, which is in our own PostgreSQL.

The queue only says who pushes what, and when. What is to be done, and how far it came, is in our tables, so a queue
that lost its rows is filled again from them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import NoReturn

import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, JobDeferrer, Status
from procrastinate.worker import Worker
from psycopg import AsyncConnection

from qbsync.domain.errors import QbsyncError, StoreUnavailable
from qbsync.domain.ports import Clock
from qbsync.services.engine import MayBegin, Push, Transaction
from qbsync.services.stores import RunStore
from qbsync.store.database import ending_idle_transactions

log = structlog.get_logger(__name__)
logging.getLogger("procrastinate").setLevel(logging.WARNING)

TASK = "push_run"
QUEUE = "runs"
LOOK_SECONDS = 0.25
PAUSED_SECONDS = 1.0  # how often paused runs are looked at: those whose time has come are queued again
SWEEP_SECONDS = 30.0  # how often all open runs are looked at, for one that no worker is at and no job is for
UNTOUCHED = timedelta(minutes=2)
POLL_SECONDS = 2.0  # a job that becomes free without being new is announced by nobody
SPARE_THREADS = 4  # for our own looks, beside those of the pushes


class ProcrastinateEngine:
    """A job a run, at most one of a company at a time. Any worker pushes it, and another one if that one died."""

    def __init__(
        self,
        *,
        runs: RunStore,
        clock: Clock,
        address: str,
        companies_max: int,
        stalled_seconds: float,
        idle_seconds: float,
        leave: Callable[[], NoReturn],
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        """`address` is the PostgreSQL of the store. `leave` ends the process.

        A worker that has been silent for `stalled_seconds` loses its jobs to the others. If it lives after all, it
        finds another one's fence at its next look into the database, and must leave: to come back from the job would
        end the successor's job, which is the same one. `idle_seconds` is what Database is given of it.
        """
        self._runs, self._clock, self._address = runs, clock, address
        self._most, self._stalled, self._leave = companies_max, stalled_seconds, leave
        self._idle, self._sweep = idle_seconds, sweep_seconds
        self._submitting = App(connector=SyncPsycopgConnector())  # never opened: it uses the store's connection

    def submit(self, transaction: Transaction, run_id: str, connection_id: int) -> None:
        with _said_plainly():
            _job(self._submitting, run_id, connection_id, transaction).defer(run_id=run_id)

    def work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        """See Engine. Without `stay`, it raises what a push raised."""
        with _said_plainly():
            return asyncio.run(self._work(push, may_begin, stay=stay))

    async def _work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._most + SPARE_THREADS))
        pushed = _Pushed(push, self._leave)
        async with self._opened(pushed) as app:
            if stay:
                await self._serve(app, may_begin)
            else:
                await self._catch_up(app, pushed, may_begin)
        return pushed.count

    @asynccontextmanager
    async def _opened(self, pushed: _Pushed) -> AsyncIterator[App]:
        app = App(
            connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=4, configure=self._end_idle_ones)
        )
        app.task(name=TASK, queue=QUEUE)(pushed)
        async with app.open_async():
            yield app

    async def _end_idle_ones(self, connection: AsyncConnection) -> None:
        """A worker that is frozen while it takes a job must not keep the queue from the others."""
        await connection.execute(ending_idle_transactions(self._idle).encode())
        await connection.commit()

    def _worker(self, app: App, *, wait: bool) -> Worker:
        return Worker(
            app,
            queues=[QUEUE],
            concurrency=self._most,
            wait=wait,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="always",  # what became of a run is in the run table
            install_signal_handlers=False,
            update_heartbeat_interval=self._stalled / 4,
            stalled_worker_timeout=self._stalled,
        )

    async def _serve(self, app: App, may_begin: MayBegin) -> None:
        """Work until told to stop; what was begun then comes to its next pause."""
        worker = self._worker(app, wait=True)
        beside = [
            asyncio.create_task(_every(PAUSED_SECONDS, lambda: self._queue_left(app))),
            asyncio.create_task(_every(self._sweep, lambda: self._queue_left(app, UNTOUCHED))),
            asyncio.create_task(_every(self._stalled / 4, lambda: self._rescue(app))),
            asyncio.create_task(_every(self._stalled / 4, lambda: _beat(app, worker))),
        ]
        working = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        try:
            while not working.done():
                if not may_begin():
                    worker.stop()  # type: ignore[no-untyped-call]
                await asyncio.wait([working], timeout=LOOK_SECONDS)
        finally:
            for task in beside:
                task.cancel()
        await working

    async def _catch_up(self, app: App, pushed: _Pushed, may_begin: MayBegin) -> None:
        """Work until no run may go on now. What another worker is at is left to it."""
        await self._rescue(app)
        before = -1
        while may_begin() and pushed.count > before:
            before = pushed.count
            await self._queue_left(app, UNTOUCHED)
            await self._worker(app, wait=False).run()  # type: ignore[no-untyped-call]
            if pushed.failure is not None:
                raise pushed.failure

    async def _queue_left(self, app: App, untouched: timedelta | None = None) -> None:
        """Queue the runs that may go on, and for which there is neither a worker nor a job."""
        left = await asyncio.to_thread(self._runs.left, self._clock(), untouched)
        if not left:
            return
        queued = {job.queueing_lock for job in await app.job_manager.list_jobs_async(queue=QUEUE)}
        for run in left:
            if run.id not in queued:
                with suppress(AlreadyEnqueued):  # another worker was quicker
                    await _job(app, run.id, run.connection_id).defer_async(run_id=run.id)

    async def _rescue(self, app: App) -> None:
        """Give the jobs of dead workers back to the queue.

        No lock is taken for it: a worker that is frozen while it holds one would keep all others from rescuing. Two
        that rescue one job at once may send it out twice; then the fence decides.
        """
        for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._stalled):
            log.warning("worker.rescues", run=job.queueing_lock, of_worker=job.worker_id)
            await _give_back(app, job)


class _Pushed:
    """The task of the queue. Counts what was pushed, and keeps the first failure."""

    __name__ = TASK

    def __init__(self, push: Push, leave: Callable[[], NoReturn]) -> None:
        self._push, self._leave = push, leave
        self._ended: list[str] = []
        self.failure: Exception | None = None

    @property
    def count(self) -> int:
        return len(self._ended)

    def __call__(self, run_id: str) -> None:
        try:
            ours = self._push(run_id)
        except Exception as error:
            self.failure = self.failure or error
            raise
        finally:
            self._ended.append(run_id)
        if not ours:
            log.warning("worker.leaves", run=run_id, why="Another worker took the run over: this one was silent.")
            self._leave()


def _job(app: App, run_id: str, connection_id: int, transaction: Transaction = None) -> JobDeferrer:
    """At most one job of a company is under way at a time, and at most one of a run waits."""
    company = f"company-{connection_id}"
    return app.configure_task(TASK, queue=QUEUE, lock=company, queueing_lock=run_id, connection=transaction)


async def _give_back(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the run has another job that waits, behind this one's lock
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


async def _beat(app: App, worker: Worker) -> None:
    """Say that we live. Procrastinate's own heartbeat ends when a stop begins, and the last pushes may take longer."""
    if worker.worker_id is not None:
        await app.job_manager.update_heartbeat(worker.worker_id)


async def _every(seconds: float, job: Callable[[], Awaitable[None]]) -> None:
    """Do a job again and again. One that fails is logged; the next look mends it."""
    while True:
        try:
            await job()
        except (QbsyncError, ConnectorException) as error:
            log.warning("worker.look_failed", error=str(error))
        await asyncio.sleep(seconds)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Raises StoreUnavailable for what the queue's tables cannot do."""
    try:
        yield
    except ConnectorException as error:
        cause = str(error.__cause__ or error).strip().splitlines()[0]
        raise StoreUnavailable(f"The queue in the database cannot be used: {cause}. Nothing was lost.") from error
