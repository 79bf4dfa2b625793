"""The engine port: run a plan on one worker, and again if that worker died. Our tables are the durable state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Push = Callable[[str], bool]  # run id → pushed as far as it goes now; False: another worker owns the run by now
MayBegin = Callable[[], bool]  # whether this worker may begin runs: it is not told to end, and it is in its place

# A transaction of the store that is still open. Only an engine whose queue is in the same database looks into it.
Transaction = Any
Submit = Callable[[Transaction, str, int], None]  # …, run id, connection id


class Engine(Protocol):
    """Decides which worker pushes a run, and when again."""

    def submit(self, transaction: Transaction, run_id: str, connection_id: int) -> None:
        """Tell the workers that a run waits, in the transaction that makes the run: both commit, or neither."""

    def work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        """Push the runs that may go on, those of several companies side by side; returns how many were pushed.

        With `stay` it looks for more until `may_begin` says no, else it ends when no run may go on now. It comes
        back only when every push has: they pause between two writes when the process is told to end.
        """
