"""What one running local QuickBooks is made of: its company file, its clock, its dials and its faults."""

from dataclasses import dataclass, field
from typing import Final, Literal

from qbsync.sandbox.api.throttle import Meter, Throttle
from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.readings import Readings, switch, switches_of
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.control.journal import Journal
from qbsync.sandbox.control.mischief import Armed
from qbsync.sandbox.control.recorder import Recorder
from qbsync.sandbox.control.snapshots import Snapshots
from qbsync.sandbox.oauth.grants import Grants, Rules
from qbsync.sandbox.oauth.identity import Identity
from qbsync.sandbox.seeds import plant
from qbsync.sandbox.webhooks.delivery import Deliverer


@dataclass(kw_only=True)
class Dials(Readings):
    """What an operator may turn while it runs, beside the readings of the facts about the books."""

    client_id: str = "local-client"
    client_secret: str = field(default="local-secret", repr=False)
    more_apps: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (client id, secret)
    redirect_uris: tuple[str, ...] = ()
    loopback_redirects: bool = switch(True, False, help="any loopback http address counts as registered")
    rotate: Literal["daily", "every-use"] = switch("daily", "every-use", help="when refresh tokens change")
    refresh_days: Literal[101, 100] = switch(
        101, 100, help="how long an unused refresh token lasts: as observed, as documented"
    )
    code_reuse: Literal["revoke", "refuse"] = switch("revoke", "refuse", help="what a code that comes twice does")
    refresh_reuse: Literal["refuse", "revoke"] = switch("refuse", "revoke", help="what a replaced refresh token does")
    invalid_client_status: Literal[401, 400] = switch(401, 400, help="the status of invalid_client")
    retry_after: bool = switch(True, False, help="429 comes with a Retry-After header")
    throttle: bool = switch(True, False, help="the limits of calls, batches and reports")
    throttle_factor: int = switch(1, 10, 60, help="a minute of the limits lasts 60 / N seconds")
    metered: bool = switch(False, True, help="calls that give data out end after 500,000 a month")
    gateway_format: Literal["xml", "json"] = switch("xml", "json", help="how 401, 403 and 429 are written")
    project_filters: Literal["all", "dates"] = switch("all", "dates", help="which filters of projects are heeded")
    graphql_refusal_status: Literal[200, 400] = switch(200, 400, help="of a refusal by the books in GraphQL")
    latency_ms: int = 0

    def apps(self) -> dict[str, str]:
        """Client id → secret of every app that is registered here."""
        return dict(((self.client_id, self.client_secret), *self.more_apps))

    def grant_rules(self) -> Rules:
        return Rules(
            refresh_days=self.refresh_days,
            rotates_every_use=self.rotate == "every-use",
            reused_code_ends=self.code_reuse == "revoke",
            replaced_refresh_ends=self.refresh_reuse == "revoke",
        )


SWITCHES: Final = switches_of(Dials)


class Sandbox:
    """Everything behind the HTTP surface. A new company file gets the seed; an existing one is kept."""

    def __init__(
        self, *, path: str = ":memory:", seed: str = "contractor", size: int = 0, dials: Dials | None = None
    ) -> None:
        self.store = Store(path)
        self.clock = Clock(offset_seconds=float(self.store.setting("clock_offset") or 0))
        self.dials = dials or Dials()
        self.armed = Armed()
        self.recorder: Recorder | None = None
        self.journal = Journal()
        self.throttle = Throttle(self.clock.seconds)
        self.meter = Meter(self.store, self.clock)
        self.grants = Grants(self.store, self.clock)
        self.identity = Identity(self.store, self.clock)
        self.deliverer = Deliverer(self.store, self.clock)
        self.snapshots = Snapshots(self.store)
        if self.store.setting("seed") is None:
            self.reset(seed, size)

    def reset(self, seed: str | None = None, size: int = 0) -> None:
        """Back to a fresh company file, with `size` more time entries: records, tokens, replays, faults and clock."""
        seed = seed or self.store.setting("seed") or "contractor"
        self.clock.freeze(False)
        self.clock.offset_seconds = 0.0
        with self.store.writing():
            self.store.empty()
            plant(self.store, self.clock, seed, size)
            self.store.forget_applied()  # what the seed wrote is the beginning, not a write of anybody
            self.store.set_setting("seed", seed)
        self.armed.clear()
        self.journal.clear()
        self.throttle.clear()
        self.deliverer.restart()

    def restore(self, name: str) -> None:
        """The books and the clock of a snapshot; faults, journal and connections stay. May raise ValueError."""
        self.snapshots.restore(name)
        self.clock.offset_seconds = float(self.store.setting("clock_offset") or 0)
        self.throttle.clear()
        self.deliverer.restart()

    def keep_clock(self) -> None:
        with self.store.writing():
            self.store.set_setting("clock_offset", str(self.clock.offset_seconds))

    def close(self) -> None:
        self.store.close()
