"""Waits for a place in the throttle that end early: when the process is told to end, or its run is another's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass

from qbsync.domain.errors import FenceLost, Stopped, StoreUnavailable
from qbsync.domain.ports import Clock

LOOK_SECONDS = 1.0  # how often a waiting run looks whether it is still ours


@dataclass
class _Pushed:
    """The run that is pushed here, and the fence that it had at the first look."""

    fence: Callable[[], int]
    ours: int | None = None


# Companies may be pushed side by side, and a run sends from several threads, which are given its context.
_PUSHED: ContextVar[_Pushed | None] = ContextVar("pushed", default=None)


class Waiting:
    """A sleeper. Outside of `pushing` it sleeps to the end: a person or a schedule waits for the answer."""

    def __init__(self, stopping: threading.Event, clock: Clock) -> None:
        self._stopping, self._clock = stopping, clock

    @contextmanager
    def pushing(self, fence: Callable[[], int]) -> Iterator[None]:
        """While a run is pushed in this context. `fence` tells the run's highest fence as of now."""
        here = _PUSHED.set(_Pushed(fence))
        try:
            yield
        finally:
            _PUSHED.reset(here)

    def __call__(self, seconds: float) -> None:
        """Sleep. Raises Stopped or FenceLost while a run is pushed."""
        pushed = _PUSHED.get()
        if pushed is None:
            threading.Event().wait(max(0.0, seconds))
            return
        while seconds > 0:
            _look(pushed, seconds)
            if self._stopping.wait(min(seconds, LOOK_SECONDS)):
                raise Stopped(self._clock())
            seconds -= LOOK_SECONDS


def _look(pushed: _Pushed, seconds: float) -> None:
    """Whether the fence is still the one of the first look, which came after this process took the run."""
    if seconds < LOOK_SECONDS:
        return
    with suppress(StoreUnavailable):  # whether it can be recorded is asked before the next write
        fence = pushed.fence()
        pushed.ours = pushed.ours or fence
        if fence != pushed.ours:
            raise FenceLost("Another worker took the run while this one waited for its turn.")
