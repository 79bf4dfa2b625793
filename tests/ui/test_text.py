"""How values read, and the escape that keeps text from the books from ever being markup."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qbsync.ui import text
from tests.ui.support import ESCAPE, as_read

HOSTILE = [
    "![x](http://evil.example/pixel)",
    "<img src=x onerror=alert(1)>",
    "[pay here](javascript:alert(1))",
    "**Bold** _Bros_ & ~Sons~",
    ":red[Overdue] :material/delete:",
    "$x^2$ Paving",
    "# 1 Roofing",
    "- 1. Paving",
    "`code`",
    "&lt;b&gt;",
    "https://evil.example",
    "www.evil.example",
    "me@evil.example",
    "a\n\n# heading",
    'a "quoted" name\\',
    "| a | b |",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_from_the_books_is_read_as_it_was_written(name: str):
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text.escape(name))
    assert re.findall(r"<(?!/?p>)", html) == []
    assert as_read(text.escape(name)) == " ".join(name.split())


ADDRESSES = re.compile(
    r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE
)  # as browsers find them


LINKED = [
    "https://evil.example",
    "HTTP://evil.example",
    "www.evil.example",
    "me@evil.example",
    "pay+@evil.example",
    "ap-@evil.example",
    "a.-@evil.example",
]


@pytest.mark.parametrize("name", LINKED)
def test_no_address_is_found_in_what_the_browser_shows(name: str):
    assert ADDRESSES.search(name)
    assert not ADDRESSES.search(ESCAPE.sub(r"\1", text.escape(name)))


@given(name=st.from_regex(ADDRESSES))
def test_no_address_of_any_form_is_found_in_what_the_browser_shows(name: str):
    assert not ADDRESSES.search(ESCAPE.sub(r"\1", text.escape(name)))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_directive_or_address_survives_the_escape(name: str):
    escaped = text.escape(name)
    for mark in (":red[", ":material/", "https:", "](", "<img", "$x", "www.", "e@e", "`"):
        assert not re.search(rf"(?<!\\){re.escape(mark)}", escaped)


@given(st.text())
def test_the_escape_loses_nothing_but_blanks(name: str):
    assert as_read(text.escape(name)) == re.sub(r"\s+", " ", name).strip()


COUNTS = [
    # count   one       many        read as
    (0, "record", "", "0 records"),
    (1, "record", "", "1 record"),
    (1200, "entry", "entries", "1,200 entries"),
]


@pytest.mark.parametrize(("count", "one", "many", "read"), COUNTS)
def test_a_count_agrees_with_its_noun(count: int, one: str, many: str, read: str):
    assert text.plural(count, one, many) == read


def test_hours_read_as_payroll_reads_them():
    assert [text.hours(minutes) for minutes in (0, 20, 2250, 60_000)] == ["0.00 h", "0.33 h", "37.50 h", "1,000.00 h"]


def test_money_shows_its_sign_before_the_dollar():
    amounts = [Decimal("0"), Decimal("1840.25"), Decimal("-120"), Decimal("1234567.5")]
    assert [text.money(amount) for amount in amounts] == ["$0.00", "$1,840.25", "-$120.00", "$1,234,567.50"]


SINCE = [
    # minutes since     read as
    (-1, "just now"),
    (0, "just now"),
    (4, "4 min ago"),
    (59, "59 min ago"),
    (60, "1 h ago"),
    (47 * 60, "47 h ago"),
    (48 * 60, "2 days ago"),
]


@pytest.mark.parametrize(("minutes", "read"), SINCE)
def test_how_long_since(minutes: int, read: str):
    now = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert text.ago(now - timedelta(minutes=minutes), now) == read


LASTING = [
    # seconds   read as
    (-5, "less than a minute"),
    (0, "less than a minute"),
    (59, "less than a minute"),
    (60, "about 1 min"),
    (61, "about 2 min"),
    (59 * 60, "about 59 min"),
    (60 * 60, "about 1 h 0 min"),
    (130 * 60, "about 2 h 10 min"),
]


@pytest.mark.parametrize(("seconds", "read"), LASTING)
def test_how_long_something_takes_is_told_roughly(seconds: int, read: str):
    assert text.lasting(timedelta(seconds=seconds)) == read


def test_times_are_those_of_the_persons_zone():
    at, chicago = datetime(2026, 11, 22, 3, 30, tzinfo=UTC), ZoneInfo("America/Chicago")
    assert text.moment(at, chicago) == "21 Nov 2026, 21:30"
    assert text.local(at, chicago) == datetime(2026, 11, 21, 21, 30)
    assert text.local(at.replace(tzinfo=None), chicago) == datetime(2026, 11, 21, 21, 30)
    assert (text.moment(None, chicago), text.local(None, chicago), text.day(None)) == ("", None, "")
    assert text.day(date(2026, 11, 2)) == "2 Nov 2026"


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd", "\x00"])
def test_a_zone_that_nobody_knows_is_utc(name: str | None):
    assert text.zone_of(name) == ZoneInfo("UTC")


def test_a_code_word_reads_as_words():
    assert text.heading("cost_code") == "Cost code"
