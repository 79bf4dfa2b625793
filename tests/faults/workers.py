"""Workers inside the test, with names of their own and parts that a test may take out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
            "sleeper": no_wait,
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
            sleeper=no_wait,
            user_agent=self.name,
        )
        return self.make_ledger(transport)


def no_wait(seconds: float) -> None:
    """Nobody waits for a place here, nor before a lost answer is asked for again."""


class After:
    """A worker that is told to stop once it has looked so many times."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


class At:
    """Does something when a marked point is passed for the n-th time."""

    def __init__(self, point: str, number: int, action: Callable[[], None]) -> None:
        self.point, self.number, self.action, self.times = point, number, action, 0

    def __call__(self, point: str) -> None:
        self.times += point == self.point
        if point == self.point and self.times == self.number:
            self.action()


def pause_is_over(app: App) -> None:
    """Let the pause that QuickBooks asked for, and the run's own, be over at once."""
    with app.database.write() as session:
        session.execute(update(ThrottleRow).values(next_at=0))
        session.execute(update(RunRow).values(retry_at=None))


def arm(books: LocalBooks, kind: str, **wish: Any) -> None:
    """Arm a fault of the local QuickBooks."""
    books.control("faults", kind=kind, **wish)
