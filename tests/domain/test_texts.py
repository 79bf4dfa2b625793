"""How hours and days read in a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qbsync.domain.texts import day_text, hours_text
from tests.domain.tables import cases

MINUTES = """
minutes   text
0         0 h
45        45 min
60        1 h
450       7 h 30 min
-90       -1 h 30 min
"""


@pytest.mark.parametrize(("minutes", "text"), cases(MINUTES))
def test_minutes_are_told_as_people_read_them(minutes: str, text: str):
    assert hours_text(int(minutes)) == text


@pytest.mark.parametrize("day", [date(2026, 11, 2), datetime(2026, 11, 2, 23, 59, tzinfo=UTC)])
def test_a_day_is_told_with_its_month_in_letters(day: date):
    assert day_text(day) == "2 Nov 2026"
