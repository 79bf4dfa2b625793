"""How many calls are let through: rolling windows per company and app, and the month of a metered app."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store

MINUTE: Final = 60.0
CORE_PLUS_PER_MONTH: Final = 500_000  # of the Builder tier; what is above it is refused until the month ends


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` calls of a sort within `seconds`, counted for a company, or for each app in it."""

    sort: Literal["rest", "batch", "report", "any"]
    most: int
    seconds: float
    per_app: bool


# The facts also name 800 calls a minute of one app: ten a second never reach it.
LIMITS: Final = (
    Limit(sort="any", most=10, seconds=1.0, per_app=True),
    Limit(sort="rest", most=500, seconds=MINUTE, per_app=False),
    Limit(sort="report", most=200, seconds=MINUTE, per_app=False),
    Limit(sort="batch", most=40, seconds=MINUTE, per_app=True),
    Limit(sort="batch", most=120, seconds=MINUTE, per_app=False),
)


class Throttle:
    """Rolling windows. A refused call does not count; a batch or a report counts as a call too."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._calls: dict[tuple[Limit, str, str], deque[float]] = {}

    def admit(self, realm: str, app: str, kind: str, *, factor: int = 1) -> int | None:
        """None: go on. A number: refused, and the whole seconds until there is room."""
        now = self._seconds()
        windows = [
            (limit, self._window(limit, realm, app)) for limit in LIMITS if limit.sort in {"any", kind, _sort(kind)}
        ]
        wait = max(_wait(limit, window, now, factor) for limit, window in windows)
        if wait > 0:
            return max(1, math.ceil(wait))
        for _, window in windows:
            window.append(now)
        return None

    def _window(self, limit: Limit, realm: str, app: str) -> deque[float]:
        key = (limit, realm, app if limit.per_app else "")
        return self._calls.setdefault(key, deque(maxlen=limit.most))

    def clear(self) -> None:
        self._calls.clear()


def _sort(kind: str) -> str:
    return "graphql" if kind == "graphql" else "rest"


def _wait(limit: Limit, window: deque[float], now: float, factor: int) -> float:
    """Seconds until fewer than `most` calls lie within the limit's time."""
    lasts = limit.seconds / factor
    while window and not now - lasts < window[0] <= now:  # too old, or the clock was set back
        window.popleft()
    return max(0.0, window[0] + lasts - now) if len(window) == limit.most else 0.0


class Meter:
    """The calls that give data out, counted by app and month in the company file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def used(self, app: str) -> int:
        return int(self.store.setting(self._name(app)) or 0)

    def is_spent(self, app: str) -> bool:
        return self.used(app) >= CORE_PLUS_PER_MONTH

    def count(self, app: str) -> None:
        with self.store.writing():
            self.store.set_setting(self._name(app), str(self.used(app) + 1))

    def set(self, app: str, used: int) -> None:
        with self.store.writing():
            self.store.set_setting(self._name(app), str(used))

    def _name(self, app: str) -> str:
        return f"metered:{self.clock.today():%Y-%m}:{app}"
