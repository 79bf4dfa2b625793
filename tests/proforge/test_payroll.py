"""Weekly rows and daily lines become payroll rows; what a file states completely is told."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading
from qbsync.domain.records import PayrollRow, Shift, Status
from qbsync.proforge.files import read_exports
from tests.proforge.support import PAYROLL, lines, read, source, told

WEEK = date(2026, 9, 26)
DAILY = "Date,Hours,Status,Employee,Project,Cost Code"


def rows(reading: Reading) -> list[PayrollRow]:
    return [record for record in reading.records if isinstance(record, PayrollRow)]


def test_a_weekly_row_is_read_whole() -> None:
    reading = read(PAYROLL, "9/26/2026,Submitted,E-1,24-101,03-300,Night,8,7.5,7:30,8h,,-,0.25")
    assert reading.records == (
        PayrollRow(
            core_id="2026-09-26|E-1|24-101|03-300|Night",
            week_ending=WEEK,
            status=Status.SUBMITTED,
            employee="E-1",
            project="24-101",
            cost_code="03-300",
            shift=Shift.NIGHT,
            minutes=(480, 450, 450, 480, 0, 0, 15),
        ),
    )
    assert reading.stated_weeks == {(WEEK, "E-1")}


def test_a_blank_shift_is_day_and_a_day_of_more_than_24_hours_is_left_to_the_preview() -> None:
    (row,) = rows(read(PAYROLL, "9/26/2026,Draft,E,P,C,,25,,,,,,"))
    assert (row.shift, row.status, row.minutes[0]) == (Shift.DAY, Status.DRAFT, 1500)


def test_every_fault_of_a_row_is_told_at_once() -> None:
    reading = read(PAYROLL, "99/26/2026,Done,,P|1,C,Dusk,7;5,-1,7.33,,,,", "9/26/2026,Submitted,E,P,C,,8,,,,,,")
    assert told(reading) == [
        "file.csv, row 2, Week Ending Date: '99/26/2026' cannot be read as a date. Write a date such as 2026-11-21.",
        "file.csv, row 2, Status: 'Done' is not a status. Accepted are: Draft, Submitted, Cancelled.",
        "file.csv, row 2, Employee: Employee is missing. Fill it in and import the file again.",
        "file.csv, row 2, Project: 'P|1' contains the character '|'. Rename it in ProForge without '|'.",
        "file.csv, row 2, Shift: 'Dusk' is not a shift. Accepted are: Day, Swing, Night.",
        "file.csv, row 2, Monday: '7;5' is not a number of hours. Write hours such as 7.5 or 7:30.",
        "file.csv, row 2, Tuesday: '-1' hours is negative. Write the hours worked, 0 or more.",
        "file.csv, row 2, Wednesday: '7.33' hours is not a whole number of minutes. Write 7:20 or the exact time.",
    ]
    assert len(rows(reading)) == 1
    assert (reading.sheets[0].rows_read, reading.sheets[0].rows_kept) == (2, 1)


STATED = """
bad row's week  its employee  what is still stated
9/26/2026       E1            E2 26, E1 03, E2 03
-               E1            E2 26, E2 03
9/26/2026       -             E1 03, E2 03
-               -             nothing
"""


@pytest.mark.parametrize("row", STATED.strip().splitlines()[1:])
def test_a_bad_row_leaves_its_employees_week_unstated(row: str) -> None:
    week, employee, stated = row[:16].strip(), row[16:30].strip(), row[30:].strip()
    good = [f"{day},Submitted,{who},P,C,,8,,,,,," for day in ("9/26/2026", "10/3/2026") for who in ("E1", "E2")]
    bad = f"{'?' if week == '-' else week},Submitted,{'' if employee == '-' else employee},P,D,,x,,,,,,"
    reading = read(PAYROLL, *good, bad)
    told_weeks = [f"{who} {day:%d}" for day, who in sorted(reading.stated_weeks)]
    assert (", ".join(told_weeks) or "nothing") == stated
    assert len(rows(reading)) == 4


def test_a_repeated_row_is_a_warning_and_a_different_one_an_error() -> None:
    row = "9/26/2026,Submitted,E,P,C,,8,,,,,,"
    same, other = read(PAYROLL, row, row), read(PAYROLL, row, row.replace(",8,", ",9,"))
    assert [(issue.severity, issue.row) for issue in same.issues] == [(Severity.WARNING, 3)]
    assert [(issue.severity, issue.row) for issue in other.issues] == [(Severity.ERROR, 3)]
    assert "was already given in row 2 with other content" in told(other)[0]
    assert rows(other)[0].minutes[0] == 480
    assert (same.stated_weeks, other.stated_weeks) == (frozenset({(WEEK, "E")}), frozenset())


def test_without_a_status_column_all_is_draft_and_that_is_told() -> None:
    reading = read("W/E,Employee,Project,Cost Code,Mon", "9/26/2026,E,P,C,8")
    assert rows(reading)[0].status is Status.DRAFT
    assert told(reading) == [
        "file.csv, Status: There is no Status column, so everything was read as Draft. "
        "Add a column Status with Draft or Submitted; only submitted hours are synced."
    ]


def test_a_blank_status_is_an_error() -> None:
    (message,) = told(read(PAYROLL, "9/26/2026,,E,P,C,,8,,,,,,"))
    assert "The status is missing. Accepted are: Draft, Submitted, Cancelled." in message


@pytest.mark.parametrize("text", ["Cancelled", "canceled", "VOID", "Voided"])
def test_a_cancelled_row_is_read_as_such_and_its_week_is_still_stated(text: str) -> None:
    reading = read(PAYROLL, f"9/26/2026,{text},E,P,C,,8,,,,,,", "9/26/2026,Submitted,E,P,D,,8,,,,,,")
    assert [row.status for row in rows(reading)] == [Status.CANCELLED, Status.SUBMITTED]
    assert reading.stated_weeks == {(WEEK, "E")}


@pytest.mark.parametrize("order", [1, -1], ids=["cancelled, then entered anew", "the other way round"])
def test_a_row_that_was_cancelled_and_entered_anew_counts_as_entered(order: int) -> None:
    lines = ["9/26/2026,Void,E,P,C,,8,,,,,,", "9/26/2026,Submitted,E,P,C,,10,,,,,,"][::order]
    reading = read(PAYROLL, *lines)
    assert [(row.status, row.minutes[0]) for row in rows(reading)] == [(Status.SUBMITTED, 600)]
    assert reading.issues == ()


def test_a_week_that_ends_within_the_week_is_asked_about_once() -> None:
    reading = read(PAYROLL, "9/23/2026,Draft,E,P,C,,8,,,,,,", "9/23/2026,Draft,E,P,D,,8,,,,,,")
    assert [issue.row for issue in reading.warnings] == [2]
    assert "23 Sep 2026 is a Wednesday; weeks usually end on a weekend." in told(reading)[0]


def test_a_row_of_totals_is_left_out() -> None:
    reading = read(PAYROLL, "9/26/2026,Submitted,E,P,C,,8,,,,,,", "Total,,,,,,8,,,,,,")
    assert [issue.severity for issue in reading.issues] == [Severity.WARNING]
    assert reading.stated_weeks == {(WEEK, "E")}


def test_daily_lines_become_one_row_of_the_week_that_ends_on_saturday() -> None:
    reading = read(
        DAILY,
        "9/20/2026,1,Submitted,E,P,C",
        "9/21/2026,8,Submitted,E,P,C",
        "9/26/2026,4:15,Submitted,E,P,C",
        "9/27/2026,2,Submitted,E,P,C",
    )
    assert [(row.week_ending, row.minutes) for row in rows(reading)] == [
        (WEEK, (480, 0, 0, 0, 0, 255, 60)),
        (date(2026, 10, 3), (0, 0, 0, 0, 0, 0, 120)),
    ]
    assert reading.sheets[0].rows_kept == 4


ASSUMED = """
week ends on  what a Sunday's hours become  what is told
5             2026-10-03                    weeks that end on a Saturday.
6             2026-09-27                    weeks that end on a Sunday.
2             2026-09-30                    weeks that end on a Wednesday.
"""


@pytest.mark.parametrize("row", ASSUMED.strip().splitlines()[1:])
def test_the_week_that_a_daily_line_was_counted_into_is_told(row: str) -> None:
    ends_on, week, said = int(row[:14]), row[14:44].strip(), row[44:].strip()
    sunday = source(lines(DAILY, "9/27/2026,8,Submitted,E,P,C"))
    reading = read_exports([sunday], week_ends_on=ends_on)
    assert [row.week_ending.isoformat() for row in rows(reading)] == [week]
    (warning,) = reading.warnings
    assert (warning.row, warning.column) == (None, "Week Ending Date")
    assert warning.problem == f"1 daily line states no week, so it was read as of {said}"
    assert "QBSYNC_WEEK_ENDS_ON" in warning.remedy


DOUBTED = """
bad row's week  its employee  whose stored rows are in doubt
9/26/2026       E1            E1 26
9/26/2026       -             anybody 26
-               E1            E1 03, E1 26
-               -             anybody 03, anybody 26
"""


@pytest.mark.parametrize("row", DOUBTED.strip().splitlines()[1:])
def test_a_bad_row_puts_earlier_versions_of_what_it_may_be_in_doubt(row: str) -> None:
    week, employee, doubted = row[:16].strip(), row[16:30].strip(), row[30:].strip()
    good = [f"{day},Submitted,E2,P,C,,8,,,,,," for day in ("9/26/2026", "10/3/2026")]
    bad = f"{'?' if week == '-' else week},Submitted,{'' if employee == '-' else employee},P,D,,x,,,,,,"
    reading = read(PAYROLL, *good, bad)
    told_weeks = sorted(f"{who or 'anybody'} {day:%d}" for day, who in reading.doubted_weeks)
    assert ", ".join(told_weeks) == doubted
    assert all(fault.startswith("file.csv, row 4, ") for fault in reading.doubted_weeks.values())


def test_a_stated_week_is_used_and_must_hold_the_day() -> None:
    good = read(f"{DAILY},W/E", "9/27/2026,8,Submitted,E,P,C,9/27/2026")
    assert [(row.week_ending, row.minutes[6]) for row in rows(good)] == [(date(2026, 9, 27), 480)]
    bad = read(f"{DAILY},W/E", "9/19/2026,8,Submitted,E,P,C,9/26/2026")
    assert "19 Sep 2026 is not in the week that ends on 26 Sep 2026." in told(bad)[0]
    assert bad.records == ()


def test_a_faulty_line_takes_the_other_days_of_its_row_along() -> None:
    reading = read(DAILY, "9/21/2026,8,Submitted,E,P,C", "9/22/2026,?,Submitted,E,P,C", "9/22/2026,1,Submitted,E,P,D")
    assert [row.cost_code for row in rows(reading)] == ["D"]
    assert told(reading)[1].startswith("file.csv, row 2: The other day of the same work: left out because of row 3.")
    assert reading.stated_weeks == frozenset()


def test_the_same_day_twice_is_a_warning_or_an_error() -> None:
    daily, line = f"{DAILY},W/E", "9/21/2026,8,Submitted,E,P,C,9/26/2026"
    assert [issue.severity for issue in read(daily, line, line).issues] == [Severity.WARNING]
    other = read(daily, line, "9/21/2026,7,Submitted,E,P,C,9/26/2026")
    assert [issue.severity for issue in other.issues] == [Severity.WARNING, Severity.ERROR]
    assert other.records == ()
    mixed = read(daily, line, "9/22/2026,7,Draft,E,P,C,9/26/2026")
    assert "The row is Draft; row 2 of the same work is Submitted." in " ".join(told(mixed))


def test_ids_do_not_depend_on_the_file_or_its_order() -> None:
    week = ["9/26/2026,Submitted,E1,P,C,,8,,,,,,", "9/26/2026,Submitted,E2,P,C,Swing,8,,,,,,"]
    one, two = read(PAYROLL, *week), read(PAYROLL, *reversed(week), name="other.csv")
    assert set(one.records) == set(two.records)
    assert one.stated_weeks == two.stated_weeks
