"""What one running local QuickBooks is made of: its company file, its clock, its dials and its faults."""

from dataclasses import dataclass, field
from typing import Any, Literal

from qbsync.sandbox.api.gateway import Throttle
from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.control.journal import Journal
from qbsync.sandbox.control.mischief import Armed
from qbsync.sandbox.oauth.grants import Grants, Rules
from qbsync.sandbox.oauth.identity import Identity
from qbsync.sandbox.seeds import plant


@dataclass(kw_only=True)
class Dials:
    """What an operator may turn while it runs."""

    client_id: str = "local-client"
    client_secret: str = field(default="local-secret", repr=False)
    redirect_uris: tuple[str, ...] = ()
    loopback_redirects: bool = True  # any loopback http address counts as registered
    rotate: Literal["daily", "every-use"] = "daily"
    refresh_days: Literal[101, 100] = 101  # as observed, as documented
    code_reuse: Literal["revoke", "refuse"] = "revoke"
    refresh_reuse: Literal["refuse", "revoke"] = "refuse"
    invalid_client_status: Literal[401, 400] = 401
    retry_after: bool = True
    throttle: bool = True
    gateway_format: Literal["xml", "json"] = "xml"
    cdc_time_activity: bool = False  # the documents contradict each other
    latency_ms: int = 0

    def grant_rules(self) -> Rules:
        return Rules(
            refresh_days=self.refresh_days,
            rotates_every_use=self.rotate == "every-use",
            reused_code_ends=self.code_reuse == "revoke",
            replaced_refresh_ends=self.refresh_reuse == "revoke",
        )


TURNABLE: dict[str, tuple[Any, ...]] = {
    "loopback_redirects": (True, False),
    "rotate": ("daily", "every-use"),
    "refresh_days": (101, 100),
    "code_reuse": ("revoke", "refuse"),
    "refresh_reuse": ("refuse", "revoke"),
    "invalid_client_status": (401, 400),
    "retry_after": (True, False),
    "throttle": (True, False),
    "gateway_format": ("xml", "json"),
    "cdc_time_activity": (True, False),
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
        self.identity = Identity(self.store, self.clock)
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
