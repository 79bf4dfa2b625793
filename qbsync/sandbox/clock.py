"""The local QuickBooks' only clock: real time plus an offset that a test may move."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import time
from zoneinfo import ZoneInfo

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1990, 2200))
PACIFIC = ZoneInfo("America/Los_Angeles")  # QuickBooks answers in Pacific time wherever the company is.


class Clock:
    """Seconds since 1970 as this QuickBooks sees them. Moving it moves tokens, windows and dates together."""

    def __init__(self, source: Callable[[], float] = time, offset_seconds: float = 0.0) -> None:
        self._source = source
        self._stopped_at: float | None = None
        self.offset_seconds = offset_seconds

    def seconds(self) -> float:
        source = self._source() if self._stopped_at is None else self._stopped_at
        return source + self.offset_seconds

    def freeze(self, stopped: bool) -> None:
        """A frozen clock moves only when it is advanced or set."""
        self._stopped_at = self._source() if stopped else None

    def advance(self, seconds: float) -> None:
        """ValueError when that leads where no date can follow."""
        if not EARLIEST <= self.seconds() + seconds <= LATEST:
            raise ValueError("the clock goes from 1990 to 2199")
        self.offset_seconds += seconds

    def set(self, moment: datetime) -> None:
        self.advance(moment.timestamp() - self.seconds())

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def today(self) -> date:
        return self.now().astimezone(PACIFIC).date()


def stamp(seconds: float) -> str:
    """`2026-11-22T03:35:45-08:00`: how a record's MetaData tells the time."""
    return datetime.fromtimestamp(int(seconds), PACIFIC).isoformat()


def envelope_time(seconds: float) -> str:
    """`2026-11-22T03:35:45.952-08:00`: how an answer tells the time."""
    return datetime.fromtimestamp(seconds, PACIFIC).isoformat(timespec="milliseconds")


def parse_moment(text: str) -> float:
    """Seconds since 1970 of an ISO date or date-time, Pacific without an offset. May raise ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PACIFIC)
    return moment.timestamp()


def parse_date(text: str) -> date:
    """A strict `YYYY-MM-DD`. ValueError otherwise."""
    if not DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
