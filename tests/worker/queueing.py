"""What the tests of the engines share: a store with runs of several companies, and an engine of each kind over it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from sqlalchemy import select, text, update
from sqlmodel import col

from qbsync.domain.ledger import Company
from qbsync.domain.plan import Plan
from qbsync.domain.run import Run, RunStatus
from qbsync.services.engine import Engine
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.queue import upgrade_queue
from qbsync.store.runs import Runs
from qbsync.store.tables import ConnectionRow, RunRow
from qbsync.worker.embedded import EmbeddedEngine
from qbsync.worker.shared import ProcrastinateEngine
from tests.doubles.edges import StandingClock
from tests.store.stored import NOW, change, confirmation, connected, plan

SECONDS_MAX = 20
STALLED_SECONDS = 1.0
SWEEP_SECONDS = 0.3


class Left(Exception):
    """The process would have ended here."""


@dataclass
class Queueing:
    """A store with an engine. Runs are pushed by whatever a test says."""

    database: Database
    engine: Engine
    clock: StandingClock
    plans_made: int = field(default=0, init=False)
    left: int = field(default=0, init=False)  # how often its process would have ended

    @property
    def runs(self) -> Runs:
        return Runs(self.database)

    def company(self, number: int) -> int:
        """A connected company; returns its connection's id."""
        return connected(self.database, Company(realm_id=f"91303577669{number:05}", name=f"Company {number}")).id

    def confirmed(self, connection_id: int) -> Run:
        """A run of this company, submitted to the engine as a person's confirm does it."""
        return self.runs.confirm(confirmation(self._previewed(connection_id)), self.engine.submit)

    def without_a_job(self, connection_id: int) -> Run:
        """A confirmed run of this company that no engine was told of."""
        return self.runs.confirm(confirmation(self._previewed(connection_id)))

    def _previewed(self, connection_id: int) -> Plan:
        self.plans_made += 1
        built_at = self.clock() + timedelta(seconds=self.plans_made)
        made = plan(connection_id, change(1), number=self.plans_made, built_at=built_at)
        Plans(self.database).save(made)
        return made

    def end(self, run_id: str) -> bool:
        """Push a run to its end at once."""
        fence = self.runs.take(run_id, self.clock())
        self.runs.finish(run_id, fence, RunStatus.DONE, note="", at=self.clock())
        return True

    def let_pass(self, seconds: int) -> None:
        """So much time passes. PostgreSQL's clock cannot be set, so pauses there begin earlier instead."""
        self.clock.forward(seconds=seconds)
        if self.database.is_sqlite:
            return
        with self.database.write() as session:
            for run in session.execute(select(RunRow).where(col(RunRow.retry_at).is_not(None))).scalars():
                run.retry_at = run.retry_at - timedelta(seconds=seconds) if run.retry_at else None

    def rest(self, run_id: str, seconds: int = 0) -> bool:
        """Push a run to a pause; without seconds it goes on when its connection is back, or at once."""
        fence = self.runs.take(run_id, self.clock())
        retry_at = self.clock() + timedelta(seconds=seconds) if seconds else None
        self.runs.rest(run_id, fence, retry_at=retry_at, note="", failed=False, at=self.clock())
        return True

    def work(self, push: Callable[[str], bool]) -> int:
        """Work until no run may go on now."""
        return self.engine.work(push, lambda: True, stay=False)

    def statuses(self) -> list[str]:
        """How each run stands, the oldest first."""
        with self.database.read() as session:
            return list(session.execute(text("SELECT status FROM run ORDER BY created_at")).scalars())

    def disconnect(self, connection_id: int, *, again: bool = False) -> None:
        state = "connected" if again else "disconnected"
        with self.database.write() as session:
            session.execute(update(ConnectionRow).where(col(ConnectionRow.id) == connection_id).values(state=state))

    def untouched_for(self, run_id: str, minutes: int) -> None:
        """As if the run had last been touched so long ago."""
        with self.database.write() as session:
            row = session.get_one(RunRow, run_id)
            row.touched_at -= timedelta(minutes=minutes)

    def jobs(self) -> list[tuple[str, str]]:
        """The rows of procrastinate's queue: whose, and how they stand."""
        with self.database.read() as session:
            rows = session.execute(text("SELECT queueing_lock, status::text FROM procrastinate_jobs ORDER BY id"))
            return [(name, status) for name, status in rows]

    def sql_rows(self, question: str) -> list[str]:
        with self.database.read() as session:
            return list(session.execute(text(question)).scalars())

    def sql(self, statement: str) -> None:
        with self.database.write() as session:
            session.execute(text(statement))


class Staying:
    """An engine that works in a thread of its own until it is told to stop, as in the worker's process."""

    def __init__(self, shop: Queueing, push: Callable[[str], bool]) -> None:
        self._stopping, self.pushed = threading.Event(), 0
        self._shop, self._push = shop, push
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        self.pushed = self._shop.engine.work(self._guarded, lambda: not self._stopping.is_set(), stay=True)

    def _guarded(self, run_id: str) -> bool:
        with suppress(ZeroDivisionError):
            return self._push(run_id)
        return True

    def __enter__(self) -> Staying:
        self._thread.start()
        return self

    def tell_to_stop(self) -> None:
        self._stopping.set()

    def has_come_back(self, within: float = SECONDS_MAX) -> bool:
        self._thread.join(within)
        return not self._thread.is_alive()

    def __exit__(self, *_: object) -> None:
        self.tell_to_stop()
        assert self.has_come_back()


def embedded(database: Database, companies_max: int = 4) -> Queueing:
    clock = StandingClock(NOW + timedelta(hours=1))
    return Queueing(database, EmbeddedEngine(Runs(database), clock, companies_max), clock)


def shared(database: Database, companies_max: int = 4) -> Queueing:
    upgrade_queue(database)
    clock = StandingClock(NOW + timedelta(hours=1))

    def leave() -> NoReturn:
        made.left += 1
        raise Left

    engine = ProcrastinateEngine(
        runs=Runs(database),
        clock=clock,
        address=database.server_address,
        companies_max=companies_max,
        stalled_seconds=STALLED_SECONDS,
        idle_seconds=60,
        leave=leave,
        sweep_seconds=SWEEP_SECONDS,
    )
    made = Queueing(database, engine, clock)
    return made
