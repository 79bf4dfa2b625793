"""Workers to break: some inside the test with a name of their own, some as processes that are killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import update

from qbsync.bootstrap import App, now
from qbsync.domain.ports import Ledger
from qbsync.qbo.client import QboLedger
from qbsync.qbo.transport import Transport
from qbsync.services.connect import TokenKeeper
from qbsync.services.run import Running
from qbsync.store.connections import SharedThrottle
from qbsync.store.runs import Runs
from qbsync.store.tables import RunRow, ThrottleRow
from tests.company import Company
from tests.local_books import LocalBooks

PUSHES_MAX = 120
_PROCESSES = multiprocessing.get_context("forkserver")  # a clean parent: nothing of this test's is inherited
_PROCESSES.set_forkserver_preload(["tests.faults.workers"])


@dataclass
class NamedWorker:
    """A worker whose requests carry its name, so that QuickBooks' record tells who sent what."""

    company: Company
    name: str
    at_point: Callable[[str], None] = lambda _: None
    stopping: Callable[[], bool] = lambda: False
    make_runs: Callable[..., Runs] = Runs
    make_ledger: Callable[[Transport], Ledger] = QboLedger

    def __post_init__(self) -> None:
        self.app = self.company.app()
        self.runs = self.make_runs(self.app.database, at_point=self.at_point)

    def push(self, run_id: str) -> None:
        self.running().push(run_id)

    def push_to_its_end(self, run_id: str) -> None:
        """Push again after each pause. A run that does not end is for the checker to name."""
        for _ in range(PUSHES_MAX):
            if not self.runs.get(run_id).is_open:
                return
            self.push(run_id)
            pause_is_over(self.app)

    def running(self) -> Running:
        changes: dict[str, Any] = {
            "runs": self.runs,
            "ledger_of": self._ledger_of,
            "at_point": self.at_point,
            "stopping": self.stopping,
        }
        return replace(self.app.running, **changes)

    def _ledger_of(self, connection_id: int) -> Ledger:
        app = self.app
        realm = app.connections.get(connection_id).realm_id
        keeper = TokenKeeper(
            connection_id=connection_id,
            connections=app.connections,
            oauth=app.oauth,
            lock=app.database.lock,
            clock=now,
        )
        transport = Transport(
            endpoints=app.endpoints,
            realm_id=realm,
            tokens=keeper,
            throttle=SharedThrottle(app.database, realm, app.settings.throttle_rates, now),
            clock=now,
            sleeper=lambda _: None,
            user_agent=self.name,
        )
        return self.make_ledger(transport)


def pause_is_over(app: App) -> None:
    """Let the pause that QuickBooks asked for, and the run's own, be over at once."""
    with app.database.write() as session:
        session.execute(update(ThrottleRow).values(next_at=0))
        session.execute(update(RunRow).values(retry_at=None))


def killed_at(company: Company, crash_at: str) -> bool:
    """Let a worker process run until it kills itself at this point; False when it ended by itself."""
    arguments = (company.folder, company.books.port, company.database_url, crash_at)
    child = _PROCESSES.Process(target=_work, args=arguments)
    child.start()
    child.join(timeout=120)
    assert child.exitcode in (0, -9), f"the worker ended with {child.exitcode}"
    return child.exitcode == -9


def _work(folder: Path, port: int, database_url: str, crash_at: str) -> None:
    books: Any = Port(port)
    Company(folder=folder, books=books, database_url=database_url).app(crash_at=crash_at).worker().once()


@dataclass(frozen=True)
class Port:
    """All that a worker needs to know of the local QuickBooks."""

    port: int


def arm(books: LocalBooks, kind: str, **wish: Any) -> None:
    """Arm a fault of the local QuickBooks."""
    books.control("faults", kind=kind, **wish)
