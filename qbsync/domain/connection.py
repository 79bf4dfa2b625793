"""A connection is one QuickBooks company that we may talk to: who it is, and how long its consent lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

ACCESS_MARGIN = timedelta(minutes=5)  # refresh this long before the access token ends
SAME_END = timedelta(days=1)  # both ends are reckoned anew with each refresh, a few seconds apart
WARN_DAYS = (1, 7, 14)  # so many days before a consent ends people are told


class Environment(StrEnum):
    """Which QuickBooks: the one on this machine, Intuit's test companies, or real books."""

    LOCAL = "local"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


class ConnectionState(StrEnum):
    """Connected works; expired needs a person to connect again; disconnected was ended by a person."""

    CONNECTED = "connected"
    EXPIRED = "expired"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, kw_only=True)
class TokenSet:
    """The tokens of one company. `repr` shows no secret. All times are aware and in UTC."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When the consent ends by itself: unless it is renewed, or for good."""
        return min(filter(None, (self.refresh_expires_at, self.hard_expires_at)))

    def access_is_fresh(self, now: datetime) -> bool:
        return now + ACCESS_MARGIN < self.access_expires_at


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A connected company as we know it."""

    id: int
    realm_id: str
    environment: Environment
    company_name: str
    state: ConnectionState
    connected_at: datetime
    connected_by: str

    @property
    def is_live(self) -> bool:
        """Whether it was not ended by a person: it works, or somebody has to consent again."""
        return self.state is not ConnectionState.DISCONNECTED


def to_choose_from(known: Sequence[Connection]) -> list[Connection]:
    """The companies that can be worked with side by side: all that no person ended, by name.

    Where none is left, the one that was connected last: its log can be read all the same.
    """
    live = sorted((one for one in known if one.is_live), key=lambda one: (one.company_name.casefold(), one.realm_id))
    return live or sorted(known, key=lambda one: one.connected_at)[-1:]


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A consent that was asked for: by whom, where it returns to, and whether for one more company."""

    who: str
    redirect_uri: str
    beside: bool


class ConsentEnd(StrEnum):
    """Why a consent ends: it was not renewed, or it has lasted as long as QuickBooks lets one last."""

    NOT_RENEWED = "not renewed"
    LIMIT = "limit"


@dataclass(frozen=True, kw_only=True)
class ConsentWarning:
    """A consent ends by itself within `days`, one of WARN_DAYS."""

    end: ConsentEnd
    ends_at: datetime
    days: int


def consent_warning(tokens: TokenSet, now: datetime) -> ConsentWarning | None:
    """What people should be told now of the end of a consent; None while it is far off, and when it is over."""
    end, ends_at = ConsentEnd.NOT_RENEWED, tokens.refresh_expires_at
    if tokens.hard_expires_at is not None and tokens.hard_expires_at <= ends_at + SAME_END:
        end, ends_at = ConsentEnd.LIMIT, tokens.hard_expires_at
    left = ends_at - now
    reached = [days for days in WARN_DAYS if timedelta(0) < left <= timedelta(days=days)]
    return ConsentWarning(end=end, ends_at=ends_at, days=reached[0]) if reached else None
