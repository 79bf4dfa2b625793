"""What happened over time, as counts: the values behind the History page's charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qbsync.domain.run import OutcomeStatus


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """How many records ended in one way on one day (in UTC)."""

    day: date
    action: str
    status: OutcomeStatus
    records: int


@dataclass(frozen=True, kw_only=True)
class CauseCount:
    """How many records failed for one cause. `code` is QuickBooks' code, "" for causes of our own."""

    code: str
    message: str
    records: int
