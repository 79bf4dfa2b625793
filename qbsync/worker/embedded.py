"""The embedded engine: one worker process a database, the run table is its queue, and each company has a thread."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from threading import Event

from qbsync.domain.ports import Clock
from qbsync.services.engine import MayBegin, Push, Transaction
from qbsync.services.stores import RunStore

LOOK_SECONDS = 0.5
AGAIN = timedelta(seconds=1)  # how soon a run is pushed again where the worker stays


class EmbeddedEngine:
    """Nothing is queued anywhere but in the run table, so nothing can be lost between the two."""

    def __init__(self, runs: RunStore, clock: Clock, companies_max: int) -> None:
        """`companies_max`: how many companies are pushed side by side; the others wait for one of them to pause."""
        self._runs, self._clock, self._most = runs, clock, companies_max

    def submit(self, transaction: Transaction, run_id: str, connection_id: int) -> None:
        """The confirmed run is in the table already: the worker finds it there."""

    def work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        pushing = _Pushing(self._most)
        with ThreadPoolExecutor(self._most, thread_name_prefix="run") as pool:
            while True:
                begins = may_begin()
                if begins:
                    self._begin(pool, pushing, push, once_a_second=stay)
                if not pushing.companies and not (stay and begins):
                    return pushing.ended
                pushing.wait()

    def _begin(self, pool: ThreadPoolExecutor, pushing: _Pushing, push: Push, *, once_a_second: bool) -> None:
        """Begin what is due of companies that have no thread, oldest first, as far as there is room.

        A run that goes on at once is looked at again a second later where the worker stays: it may not spin.
        """
        now = self._clock()
        pushing.forget_before(now, once_a_second=once_a_second)
        if len(pushing.companies) < self._most:
            for run in self._runs.due(now, limit=2 * self._most + len(pushing.begun)):
                if pushing.has_room_for(run.connection_id) and run.id not in pushing.begun:
                    pushing.begun[run.id] = now
                    pushing.companies[run.connection_id] = pool.submit(push, run.id)


class _Pushing:
    """The companies that have a thread just now, and the runs that were begun within the last second."""

    def __init__(self, most: int) -> None:
        self._most, self._nobody = most, Event()
        self.companies: dict[int, Future[bool]] = {}
        self.begun: dict[str, datetime] = {}
        self.ended = 0

    def has_room_for(self, connection_id: int) -> bool:
        return len(self.companies) < self._most and connection_id not in self.companies

    def forget_before(self, now: datetime, *, once_a_second: bool) -> None:
        """What began a second ago may begin again; so may all, where nobody waits for the next second."""
        self.begun = {run: at for run, at in self.begun.items() if once_a_second and abs(now - at) < AGAIN}

    def wait(self) -> None:
        """Wait until a push ends, at most for one look. Raises what a push raised."""
        if not self.companies:
            self._nobody.wait(LOOK_SECONDS)
            return
        done, _ = wait(self.companies.values(), LOOK_SECONDS, FIRST_COMPLETED)
        ended = [company for company, future in self.companies.items() if future in done]
        for company in ended:
            self.ended += 1
            self.companies.pop(company).result()
