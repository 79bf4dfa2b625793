"""Dates in every form, and how a file's own dates decide what comes first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.errors import AmbiguousDates
from qbsync.domain.intake import DateOrder
from qbsync.proforge.cells import CellError
from qbsync.proforge.dates import DateReader, decide_order, slashed_date
from tests.proforge.support import BILLS, PAYROLL, read

SAME_DAY = [
    *("2026-11-05", "2026/11/05", "2026.11.5", "20261105", "2026-11-05 00:00:00", "2026-11-05T00:00:00Z"),
    *("11/05/2026", "11/5/26", "11-05-2026", "11.05.2026", "11/5/2026 12:00:00 AM", "Thu 11/05/2026"),
    *(
        "5 Nov 2026",
        "05-Nov-26",
        "Nov 5, 2026",
        "November 5 2026",
        "Thursday, November 5, 2026",
        "5 November 2026",
    ),
]
NO_DATES = [
    "13/32/2026",
    "02/29/2026",
    "2026-13-01",
    "tomorrow",
    "5 Foo 2026",
    "11/05",
    "1/1/1899",
    "2150-01-01",
    "7",
]


@pytest.mark.parametrize("written", SAME_DAY)
def test_a_date_is_read_in_every_usual_form(written: str) -> None:
    assert DateReader(DateOrder.MONTH_FIRST).read(written) == date(2026, 11, 5)


def test_excel_dates_and_their_numbers_are_read() -> None:
    reader = DateReader(DateOrder.ISO)
    assert reader.read(date(2026, 11, 5)) == date(2026, 11, 5)
    assert reader.read(Decimal(46331)) == date(2026, 11, 5)
    assert reader.read(Decimal(20261105)) == date(2026, 11, 5)
    assert reader.read(None) is None


@pytest.mark.parametrize("written", NO_DATES)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(CellError):
        DateReader(DateOrder.MONTH_FIRST).read(written)


def test_years_of_two_digits_belong_to_the_years_around_us() -> None:
    reader = DateReader(DateOrder.DAY_FIRST)
    assert reader.read("05/11/26") == date(2026, 11, 5)
    assert reader.read("05/11/99") == date(1999, 11, 5)


DECISIONS = """
dates                      week-ending   order        why
9/26/2026                  -             month first  26 is no month
26/9/2026                  -             day first    26 is no month
5/6/2026 9/26/2026         -             month first  one clear date decides for all
2026-09-26                 -             year first   nothing is open
-                          10/3/2026     month first  a Saturday; March 10 is a Tuesday
-                          3/10/2026     day first    the same day the other way
5/5/2026                   -             month first  the same either way
5/6/2026                   -             -            nothing decides
-                          7/11/2026     -            November 7 and July 11 are both Saturdays
5/6/2026 13/1/26 1/13/26   10/3/2026     month first  the clear dates disagree, the week decides
"""


@pytest.mark.parametrize("row", DECISIONS.strip().splitlines()[1:])
def test_a_file_decides_what_comes_first(row: str) -> None:
    written, weeks, order = row[:27].split(), row[27:41].split(), row[41:54].strip()
    dates = [slashed_date(text) for text in written if text != "-"]
    dates += [slashed_date(text, ends_week=True) for text in weeks if text != "-"]
    found = [each for each in dates if each is not None]
    if order == "-":
        with pytest.raises(AmbiguousDates):
            decide_order("file.csv", found)
    else:
        assert decide_order("file.csv", found).value == order


def test_a_file_that_can_be_read_two_ways_asks_and_takes_the_answer() -> None:
    rows = [BILLS, "B1,V,1,05/06/2026,x,10,P,C,10,Submitted"]
    with pytest.raises(AmbiguousDates, match=r"bills.csv: .*'05/06/2026'"):
        read(*rows, name="bills.csv")
    day_first = read(*rows, date_order=DateOrder.DAY_FIRST)
    assert day_first.records[0].bill_date == date(2026, 6, 5)  # type: ignore[union-attr]
    assert day_first.sheets[0].date_order is DateOrder.DAY_FIRST


def test_week_ending_dates_on_a_weekend_decide_for_a_payroll() -> None:
    reading = read(PAYROLL, "10/03/2026,Submitted,E1,P,C,,8,,,,,,")
    assert reading.records[0].week_ending == date(2026, 10, 3)  # type: ignore[union-attr]


def test_a_date_that_contradicts_the_order_of_its_file_is_an_error_of_its_row() -> None:
    reading = read(
        BILLS,
        "B1,V,1,09/26/2026,x,10,P,C,10,Submitted",
        "B2,V,2,09/27/2026,x,10,P,C,10,Submitted",
        "B3,V,3,28/09/2026,x,10,P,C,10,Submitted",
    )
    assert [record.core_id for record in reading.records] == ["B1", "B2"]
    assert [issue.row for issue in reading.issues] == [4]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_back_in_every_form(day: date) -> None:
    assert DateReader(DateOrder.MONTH_FIRST).read(f"{day.month}/{day.day}/{day.year}") == day
    assert DateReader(DateOrder.DAY_FIRST).read(f"{day.day:02}.{day.month:02}.{day.year}") == day
    assert DateReader(DateOrder.ISO).read(day.isoformat()) == day
    assert DateReader(DateOrder.ISO).read(f"{day:%d %B %Y}") == day
    assert DateReader(DateOrder.ISO).read(Decimal((day - date(1899, 12, 30)).days)) == day


@given(
    st.dates(date(2000, 1, 1), date(2068, 12, 31)),
    st.sampled_from([DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST]),
)
def test_seven_days_in_a_row_always_decide(day: date, order: DateOrder) -> None:
    days = [day + timedelta(days=number) for number in range(28)]
    form = "{0.month}/{0.day}/{0.year}" if order is DateOrder.MONTH_FIRST else "{0.day}/{0.month}/{0.year}"
    found = [slashed_date(form.format(each)) for each in days]
    assert decide_order("f", [each for each in found if each]) is order


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_fault(text: str) -> None:
    try:
        found = DateReader(DateOrder.MONTH_FIRST).read(text)
    except CellError:
        return
    assert found is None or isinstance(found, date)
