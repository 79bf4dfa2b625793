"""The embedded engine: one worker process a database, and the run table is its queue."""

from __future__ import annotations

from qbsync.domain.ports import Clock
from qbsync.services.engine import Push
from qbsync.services.stores import RunStore


class EmbeddedEngine:
    """Nothing is queued anywhere but in the run table, so nothing can be lost between the two."""

    def __init__(self, runs: RunStore, clock: Clock) -> None:
        self._runs, self._clock = runs, clock

    def submit(self, run_id: str) -> None:
        """The confirmed run is in the table already: the worker finds it there."""

    def work(self, push: Push) -> int:
        due = self._runs.due(self._clock())
        for run_id in due:
            push(run_id)
        return len(due)
