"""How fast a run goes, and how long the rest will take: worked out from looks at it, as somebody watches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=60)  # older looks say little of how fast it goes now
EARLY = timedelta(seconds=5)  # a shorter look says nothing: records are settled thirty at a time


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at a run: how many of its records were settled then."""

    at: datetime
    settled: int


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Records a minute, and how long the rest takes at that."""

    per_minute: int
    left: timedelta


def with_look(looks: Sequence[Look], look: Look) -> list[Look]:
    """The looks of the last minute, and this one."""
    return [one for one in looks if look.at - one.at <= WINDOW] + [look]


def pace_of(looks: Sequence[Look], total: int) -> Pace | None:
    """How fast the run goes by these looks, oldest first; None while it is too early to say, or nothing moves."""
    if not looks:
        return None
    first, last = looks[0], looks[-1]
    seconds = (last.at - first.at).total_seconds()
    settled = last.settled - first.settled
    if last.at - first.at < EARLY or settled <= 0:
        return None
    waiting = max(total - last.settled, 0)
    return Pace(per_minute=round(settled * 60 / seconds), left=timedelta(seconds=round(waiting * seconds / settled)))
