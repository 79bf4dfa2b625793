"""A connection is one QuickBooks company that we may talk to: who it is, and how long its consent lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

ACCESS_MARGIN = timedelta(minutes=5)  # refresh this long before the access token ends


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
