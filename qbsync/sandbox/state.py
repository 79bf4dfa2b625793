"""What one running local QuickBooks is made of: its company file, its clock, its dials and its faults."""

from dataclasses import dataclass, field
from typing import Any, Literal

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.gateway import Throttle
from qbsync.sandbox.grants import Grants
from qbsync.sandbox.journal import Journal
from qbsync.sandbox.mischief import Armed
from qbsync.sandbox.seeds import plant
from qbsync.sandbox.store import Store


@dataclass(kw_only=True)
class Dials:
    """What an operator may turn while it runs."""

    client_id: str = "local-client"
    client_secret: str = field(default="local-secret", repr=False)
    redirect_uris: tuple[str, ...] = ()  # beside any loopback http address
    rotate: Literal["daily", "every-use"] = "daily"
    retry_after: bool = True
    throttle: bool = True
    gateway_format: Literal["xml", "json"] = "xml"
    latency_ms: int = 0


TURNABLE: dict[str, tuple[Any, ...]] = {
    "rotate": ("daily", "every-use"),
    "retry_after": (True, False),
    "throttle": (True, False),
    "gateway_format": ("xml", "json"),
}


class Sandbox:
    """Everything behind the HTTP surface. A new company file gets the seed; an existing one is kept."""

    def __init__(self, *, path: str = ":memory:", seed: str = "contractor", dials: Dials | None = None) -> None:
        self.store = Store(path)
        self.clock = Clock(offset_seconds=float(self.store.setting("clock_offset") or 0))
        self.dials = dials or Dials()
        self.armed = Armed()
        self.journal = Journal()
        self.throttle = Throttle(self.clock)
        self.grants = Grants(self.store, self.clock)
        if self.store.setting("seed") is None:
            self.reset(seed)

    def reset(self, seed: str | None = None) -> None:
        """Back to a fresh company file: records, tokens, replays, faults and clock."""
        seed = seed or self.store.setting("seed") or "contractor"
        self.clock.freeze(False)
        self.clock.offset_seconds = 0.0
        with self.store.writing():
            self.store.empty()
            plant(self.store, self.clock, seed)
            self.store.forget_applied()  # what the seed wrote is the beginning, not a write of anybody
            self.store.set_setting("seed", seed)
        self.armed.clear()
        self.journal.clear()
        self.throttle.clear()

    def keep_clock(self) -> None:
        with self.store.writing():
            self.store.set_setting("clock_offset", str(self.clock.offset_seconds))

    def close(self) -> None:
        self.store.close()
