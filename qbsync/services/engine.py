"""The engine port: run a plan on one worker, and again if that worker died. Our tables are the durable state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Push = Callable[[str], None]  # run id → pushed as far as it goes now


class Engine(Protocol):
    """Decides which worker pushes a run, and when again."""

    def submit(self, run_id: str) -> None:
        """Tell the workers that a run waits."""

    def work(self, push: Push) -> int:
        """Push every run that may go on now; returns how many were pushed."""
