"""What a cell may say, as tables, and what never happens, as properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.records import Category
from qbsync.proforge.cells import (
    CellError,
    read_choice,
    read_id,
    read_mark,
    read_minutes,
    read_money,
    read_percent,
    read_rate,
    read_text,
)
from qbsync.proforge.lists import CATEGORIES
from qbsync.proforge.workbooks import exact_number

MONEY = """
1234.5        1234.50
$1,234.50     1234.50
-12           -12.00
(12.00)       -12.00
12-           -12.00
-$1,200       -1200.00
$(45.10)      -45.10
.5            0.50
1234.500      1234.50
USD 10        10.00
-             None
"""
NOT_MONEY = [
    "12.345",
    "1.234,50",
    "12,34",
    "7,5",
    "abc",
    "1e5",
    "--1",
    "$",
    "(12",
    "NaN",
    "Infinity",
    "1 2x",
    "10%",
]
MINUTES = """
7.5     450
7:30    450
07:30   450
8h      480
8 hrs   480
7h30    450
7.25    435
.5      30
0       0
25      1500
-       0
7:30:00 450
"""
NOT_MINUTES = [
    "7,5",
    "7,5x",
    "-1",
    "-0:30",
    "(8)",
    "7.33",
    "7:61",
    "eight",
    "1e2",
    "#REF!",
    "8:00 AM",
    "1001",
    "8/1",
]


def rows(table: str) -> list[tuple[str, str]]:
    return [(" ".join(words[:-1]), words[-1]) for words in map(str.split, table.strip().splitlines())]


@pytest.mark.parametrize(("written", "amount"), rows(MONEY))
def test_money_is_read_as_accountants_write_it(written: str, amount: str) -> None:
    assert str(read_money(written)) == amount


@pytest.mark.parametrize("written", NOT_MONEY)
def test_what_is_not_clearly_an_amount_is_refused(written: str) -> None:
    with pytest.raises(CellError):
        read_money(written)


@pytest.mark.parametrize(("written", "minutes"), rows(MINUTES))
def test_hours_become_whole_minutes(written: str, minutes: str) -> None:
    assert read_minutes(written) == int(minutes)


@pytest.mark.parametrize("written", NOT_MINUTES)
def test_what_is_not_clearly_hours_is_refused(written: str) -> None:
    with pytest.raises(CellError):
        read_minutes(written)


def test_a_blank_is_no_hours_and_no_amount() -> None:
    assert [read_minutes(None), read_minutes("  "), read_money(None), read_money(" ")] == [0, 0, None, None]


def test_a_number_cell_loses_the_noise_of_binary_fractions() -> None:
    assert exact_number(0.1 + 0.2) == Decimal("0.3")
    assert read_money(exact_number(1.1 * 3)) == Decimal("3.30")
    assert read_minutes(exact_number(20 / 60)) == 20
    assert read_text(exact_number(24101.0)) == "24101"


def test_a_number_cell_with_real_fractions_of_a_cent_is_refused() -> None:
    with pytest.raises(CellError, match="more than two decimals"):
        read_money(exact_number(10.005))


@pytest.mark.parametrize("cell", [True, date(2026, 9, 26)])
def test_a_mark_or_a_date_is_neither_money_nor_hours(cell: bool | date) -> None:
    with pytest.raises(CellError):
        read_money(cell)
    with pytest.raises(CellError):
        read_minutes(cell)


def test_a_mark_is_not_mistaken_for_the_number_one() -> None:
    assert read_minutes(Decimal(1)) == 60
    with pytest.raises(CellError):
        read_minutes(True)


def test_rates_may_have_four_decimals_and_percentages_lie_within_a_hundred() -> None:
    assert read_rate("38.1255") == Decimal("38.1255")
    assert read_percent("10%") == 10
    assert read_percent(Decimal("0.05")) == 5
    for faulty in ("101", "-1", "ten"):
        with pytest.raises(CellError):
            read_percent(faulty)


def test_text_is_trimmed_put_on_one_line_and_composed() -> None:
    assert read_text("  Jose\u0301 \n  Núñez\u00a0 ") == "José Núñez"
    assert read_text("Vineyard 🍇👩🏽‍🔧") == "Vineyard 🍇👩🏽‍🔧"


@pytest.mark.parametrize("hidden", ["a\x00b", "a\x07b", "ab\u202ecd", "\x1bq"])
def test_hidden_control_characters_are_refused(hidden: str) -> None:
    with pytest.raises(CellError, match="hidden control character"):
        read_text(hidden)


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NOT CALCULATED!"])
def test_an_excel_error_is_never_read_as_blank(error: str) -> None:
    for parse in (read_text, read_money, read_minutes):
        with pytest.raises(CellError):
            parse(error)


def test_an_id_has_no_bar_and_is_no_date() -> None:
    with pytest.raises(CellError, match=r"contains the character '\|'"):
        read_id("24|101")
    with pytest.raises(CellError, match="turned this number into the date 2026-01-10"):
        read_id(date(2026, 1, 10))


def test_yes_and_no_have_many_forms() -> None:
    assert [read_mark(cell) for cell in ("Yes", "x", "TRUE", True, Decimal(1))] == [True] * 5
    assert [read_mark(cell) for cell in ("No", "", None, False, Decimal(0))] == [False] * 5
    with pytest.raises(CellError):
        read_mark("perhaps")


def test_an_unknown_choice_names_the_accepted_ones() -> None:
    assert read_choice("labour", "category", CATEGORIES) is Category.LABOR
    with pytest.raises(CellError, match=r"'Finishes' is not a category\. Accepted are: Materials, Labor, "):
        read_choice("Finishes", "category", CATEGORIES)


@given(st.integers(-(10**12), 10**12))
def test_every_amount_in_cents_reads_back(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert read_money(f"{amount:,.2f}") == amount
    assert read_money(f"${abs(amount):.2f}") == abs(amount)
    assert read_money(f"({abs(amount):,.2f})") == -abs(amount)
    assert read_money(exact_number(float(amount))) == amount


@given(st.integers(0, 1_000 * 60))
def test_every_number_of_minutes_reads_back(minutes: int) -> None:
    assert read_minutes(f"{minutes // 60}:{minutes % 60:02}") == minutes
    assert read_minutes(exact_number(minutes / 60)) == minutes


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    for parse in (read_text, read_id, read_money, read_minutes, read_mark, read_percent):
        try:
            value = parse(text)
        except CellError:
            continue
        assert value is None or isinstance(value, str | int | Decimal)


@given(st.text(max_size=40))
def test_reading_a_text_twice_changes_nothing(text: str) -> None:
    try:
        once = read_text(text)
    except CellError:
        return
    assert read_text(once) == once
