"""Waits for a place in the throttle that end early: when the process is told to end, or its run is another's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from qbsync.domain.errors import FenceLost, Stopped, StoreUnavailable
from qbsync.domain.ports import Clock

LOOK_SECONDS = 1.0  # how often a waiting run looks whether it is still ours


class Waiting:
    """A sleeper. Outside of `pushing` it sleeps to the end: a person or a schedule waits for the answer."""

    def __init__(self, stopping: threading.Event, clock: Clock) -> None:
        self._stopping, self._clock = stopping, clock
        self._here = threading.local()  # companies may be pushed side by side

    @contextmanager
    def pushing(self, fence: Callable[[], int]) -> Iterator[None]:
        """While a run is pushed in this thread. `fence` tells the run's highest fence as of now."""
        self._here.fence, self._here.ours = fence, None
        try:
            yield
        finally:
            self._here.fence = None

    def __call__(self, seconds: float) -> None:
        """Sleep. Raises Stopped or FenceLost while a run is pushed."""
        pushing = getattr(self._here, "fence", None) is not None
        if not pushing:
            threading.Event().wait(max(0.0, seconds))
            return
        while seconds > 0:
            self._look(seconds)
            if self._stopping.wait(min(seconds, LOOK_SECONDS)):
                raise Stopped(self._clock())
            seconds -= LOOK_SECONDS

    def _look(self, seconds: float) -> None:
        """Whether the fence is still the one of the first look, which came after this process took the run."""
        if seconds < LOOK_SECONDS:
            return
        with suppress(StoreUnavailable):  # whether it can be recorded is asked before the next write
            fence = self._here.fence()
            self._here.ours = self._here.ours or fence
            if fence != self._here.ours:
                raise FenceLost("Another worker took the run while this one waited for its turn.")
