"""What happened over time, as counts: the values behind the History page's charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind


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

    @property
    def key(self) -> str:
        """By what two failures are of one cause: the code, however its sentence names the record; else the sentence."""
        return self.code or self.message


@dataclass(frozen=True, kw_only=True)
class Search:
    """What the outcomes that are looked for have in common; what is empty narrows nothing. `who` confirmed them.

    `latest` leaves out what a later run of the company met again.
    """

    run_id: str = ""
    kinds: tuple[SyncKind, ...] = ()
    statuses: tuple[OutcomeStatus, ...] = ()
    codes: tuple[str, ...] = ()
    who: str = ""
    since: datetime | None = None
    text: str = ""
    latest: bool = False


def met_again(one: Outcome, story: Iterable[Outcome]) -> Outcome | None:
    """What became of an outcome's record the last time that a later run tried it; None where none did."""
    later = [
        (other.at, other)
        for other in story
        if other.run_id != one.run_id and one.at is not None and other.at is not None and other.at > one.at
    ]
    return max(later, key=lambda pair: pair[0])[1] if later else None
