"""The pace of a run: said once it can be told, from the last minute only, and never where nothing moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbsync.domain.pace import WINDOW, Look, Pace, pace_of, with_look

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def look(seconds: float, settled: int) -> Look:
    return Look(at=START + timedelta(seconds=seconds), settled=settled)


PACES = [
    # seconds and records settled at each look    of     a minute and seconds left
    ([], 100, None),
    ([(0, 0)], 100, None),
    ([(0, 0), (4.9, 60)], 100, None),  # too early to say
    ([(0, 0), (5, 30)], 100, (360, 12)),
    ([(0, 30), (10, 30)], 100, None),  # nothing moves
    ([(0, 0), (1, 0), (2, 30), (60, 600)], 1200, (600, 60)),
    ([(0, 1000), (60, 1030)], 2000, (30, 1940)),
    ([(0, 0), (30, 100)], 100, (200, 0)),
    ([(0, 0), (60, 1)], 100_000, (1, 5_999_940)),
    ([(0, 90), (30, 120)], 100, (60, 0)),
]


@pytest.mark.parametrize(("looks", "total", "expected"), PACES)
def test_the_pace_of_a_run(looks: list[tuple[float, int]], total: int, expected: tuple[int, int] | None):
    found = pace_of([look(*one) for one in looks], total)
    assert found == (Pace(per_minute=expected[0], left=timedelta(seconds=expected[1])) if expected else None)


def test_only_the_last_minute_counts():
    looks: list[Look] = []
    for second in range(0, 200):
        settled = second * 10 if second < 100 else 1000 + (second - 100)  # it slows down after 100 seconds
        looks = with_look(looks, look(second, settled))
        assert looks[-1].at - looks[0].at <= WINDOW
    found = pace_of(looks, 10_000)
    assert found is not None
    assert found.per_minute == 60
