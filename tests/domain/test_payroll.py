"""Which minutes are regular, overtime or double time. Weeks are written Monday to Sunday, in hours."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.payroll import (
    OVERTIME_RULES,
    PayType,
    TimeLine,
    day_of,
    split_employee_week,
)
from qbsync.domain.records import PayrollRow, Shift, Status, payroll_row_id
from tests.domain.tables import cases

SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def row(
    hours: str,
    *,
    week_ending: date = SUNDAY,
    employee: str = "E1",
    project: str = "P1",
    code: str = "03-300",
    shift: Shift = Shift.DAY,
) -> PayrollRow:
    """A row of seven days' hours, Monday to Sunday."""
    minutes = [round(float(hour) * 60) for hour in hours.split()]
    return PayrollRow(
        core_id=payroll_row_id(week_ending, employee, project, code, shift),
        week_ending=week_ending,
        status=Status.SUBMITTED,
        employee=employee,
        project=project,
        cost_code=code,
        shift=shift,
        minutes=tuple(minutes),  # type: ignore[arg-type]
    )


def hours_by_day(lines: list[TimeLine], pay_type: PayType) -> str:
    """The hours of one pay type, Monday to Sunday, as the tables write them."""
    minutes = Counter[int]()
    for line in lines:
        if line.pay_type is pay_type:
            minutes[line.day.weekday()] += line.minutes
    return " ".join(f"{minutes[day] / 60:g}" for day in range(7))


# The week runs Monday to Sunday.
ENDING_SUNDAY = """
rule          worked                regular             overtime            double
federal       8 8 8 8 8 0 0         8 8 8 8 8 0 0       0 0 0 0 0 0 0       0 0 0 0 0 0 0
federal       10 10 10 10 0 0 0     10 10 10 10 0 0 0   0 0 0 0 0 0 0       0 0 0 0 0 0 0
federal       10 10 10 10 10 0 0    10 10 10 10 0 0 0   0 0 0 0 10 0 0      0 0 0 0 0 0 0
federal       9 9 9 9 9 0 0         9 9 9 9 4 0 0       0 0 0 0 5 0 0       0 0 0 0 0 0 0
federal       14 14 14 0 0 0 0      14 14 12 0 0 0 0    0 0 2 0 0 0 0       0 0 0 0 0 0 0
federal       8 8 8 8 8 0.25 0      8 8 8 8 8 0 0       0 0 0 0 0 0.25 0    0 0 0 0 0 0 0
daily         8 8.5 8 8 8 8 0       8 8 8 8 8 8 0       0 0.5 0 0 0 0 0     0 0 0 0 0 0 0
daily         14 0 0 0 0 0 0        8 0 0 0 0 0 0       6 0 0 0 0 0 0       0 0 0 0 0 0 0
daily         8 8 8 8 8 8 8         8 8 8 8 8 8 8       0 0 0 0 0 0 0       0 0 0 0 0 0 0
california    8 8 8 8 8 0 0         8 8 8 8 8 0 0       0 0 0 0 0 0 0       0 0 0 0 0 0 0
california    10 8 8 8 8 0 0        8 8 8 8 8 0 0       2 0 0 0 0 0 0       0 0 0 0 0 0 0
california    12 0 0 0 0 0 0        8 0 0 0 0 0 0       4 0 0 0 0 0 0       0 0 0 0 0 0 0
california    13.5 0 0 0 0 0 0      8 0 0 0 0 0 0       4 0 0 0 0 0 0       1.5 0 0 0 0 0 0
california    8 8 8 8 8 8 0         8 8 8 8 8 0 0       0 0 0 0 0 8 0       0 0 0 0 0 0 0
california    10 10 10 10 10 6 0    8 8 8 8 8 0 0       2 2 2 2 2 6 0       0 0 0 0 0 0 0
california    6 6 6 6 6 6 6         6 6 6 6 6 6 0       0 0 0 0 0 0 6       0 0 0 0 0 0 0
california    6 6 6 6 6 6 10        6 6 6 6 6 6 0       0 0 0 0 0 0 8       0 0 0 0 0 0 2
california    0 8 8 8 8 8 10        0 8 8 8 8 8 0       0 0 0 0 0 0 10      0 0 0 0 0 0 0
none          14 14 14 14 14 14 14  14 14 14 14 14 14 14  0 0 0 0 0 0 0     0 0 0 0 0 0 0
federal       0 0 0 0 0 0 0         0 0 0 0 0 0 0       0 0 0 0 0 0 0       0 0 0 0 0 0 0
"""


@pytest.mark.parametrize(("rule", "worked", "regular", "overtime", "double"), cases(ENDING_SUNDAY))
def test_hours_are_paid_by_the_companys_overtime_rule(rule: str, worked: str, regular: str, overtime: str, double: str):
    lines = split_employee_week([row(worked)], OVERTIME_RULES[rule])
    assert hours_by_day(lines, PayType.REGULAR) == regular
    assert hours_by_day(lines, PayType.OVERTIME) == overtime
    assert hours_by_day(lines, PayType.DOUBLE) == double


# The week runs Sunday to Saturday: Sunday's hours come first although the screen shows them last.
ENDING_SATURDAY = """
rule          worked                regular             overtime            double
federal       10 10 10 10 0 0 10    10 10 10 0 0 0 10   0 0 0 10 0 0 0      0 0 0 0 0 0 0
federal       8 8 8 8 8 4 0         8 8 8 8 8 0 0       0 0 0 0 0 4 0       0 0 0 0 0 0 0
california    6 6 6 6 6 10 6        6 6 6 6 6 0 6       0 0 0 0 0 8 0       0 0 0 0 0 2 0
"""


@pytest.mark.parametrize(("rule", "worked", "regular", "overtime", "double"), cases(ENDING_SATURDAY))
def test_in_a_week_that_ends_on_saturday_its_sunday_comes_first(
    rule: str, worked: str, regular: str, overtime: str, double: str
):
    lines = split_employee_week([row(worked, week_ending=SATURDAY)], OVERTIME_RULES[rule])
    assert hours_by_day(lines, PayType.REGULAR) == regular
    assert hours_by_day(lines, PayType.OVERTIME) == overtime
    assert hours_by_day(lines, PayType.DOUBLE) == double


WEEKDAYS = """
week ends     day    date
2026-11-22    Mon    2026-11-16
2026-11-22    Sat    2026-11-21
2026-11-22    Sun    2026-11-22
2026-11-21    Sun    2026-11-15
2026-11-21    Mon    2026-11-16
2026-11-21    Sat    2026-11-21
2026-11-25    Wed    2026-11-25
2026-11-25    Thu    2026-11-19
2027-01-03    Thu    2026-12-31
"""


@pytest.mark.parametrize(("ends", "day", "when"), cases(WEEKDAYS))
def test_a_weekday_is_the_date_in_the_seven_days_that_end_with_the_week(ends: str, day: str, when: str):
    assert day_of(date.fromisoformat(ends), DAYS.index(day)) == date.fromisoformat(when)


def test_the_night_shift_bears_the_overtime_of_its_day_and_the_last_row_that_of_its_shift():
    rows = [
        row("6 0 0 0 0 0 0", shift=Shift.NIGHT, project="A"),
        row("4 0 0 0 0 0 0", shift=Shift.DAY, project="B"),
        row("2 0 0 0 0 0 0", shift=Shift.DAY, project="A"),
    ]
    lines = split_employee_week(rows, OVERTIME_RULES["california"])
    told = [(line.row.shift.value, line.row.project, line.pay_type.value, line.minutes // 60) for line in lines]
    assert told == [
        ("Day", "A", "Regular", 2),
        ("Day", "B", "Regular", 4),
        ("Night", "A", "Regular", 2),
        ("Night", "A", "Overtime", 4),
    ]


def test_one_row_can_hold_regular_overtime_and_double_time_at_once_with_a_sentence_for_each():
    lines = split_employee_week([row("14 0 0 0 0 0 0")], OVERTIME_RULES["california"])
    assert [(line.pay_type.value, line.minutes, line.explanation) for line in lines] == [
        ("Regular", 480, ""),
        ("Overtime", 240, "Overtime: 4 h beyond 8 h that day."),
        ("Double time", 120, "Double time: 2 h beyond 12 h that day."),
    ]


EXPLAINED = """
rule         worked                 last line explained
federal      9 9 9 9 9 0 0          Overtime: 5 h beyond 40 h that week.
daily        8.5 0 0 0 0 0 0        Overtime: 30 min beyond 8 h that day.
california   8 8 8 8 7 9 0          Overtime: 1 h beyond 8 h that day and 7 h beyond 40 h that week.
california   6 6 6 6 6 6 6          Overtime: 6 h on the seventh day worked in the week.
california   6 6 6 6 6 6 9          Double time: 1 h beyond 8 h on the seventh day worked in the week.
"""


@pytest.mark.parametrize(("rule", "worked", "explained"), cases(EXPLAINED))
def test_overtime_is_explained_in_a_sentence(rule: str, worked: str, explained: str):
    assert split_employee_week([row(worked)], OVERTIME_RULES[rule])[-1].explanation == explained


def test_the_id_of_a_time_line_tells_the_row_the_day_and_the_pay_type():
    (line,) = split_employee_week([row("8 0 0 0 0 0 0")], OVERTIME_RULES["none"])
    assert line.core_id == "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


day_minutes = st.one_of(st.just(0), st.integers(0, 16 * 60))
weeks = st.lists(
    st.tuples(
        st.sampled_from(list(Shift)),
        st.sampled_from(["P1", "P2", "P3"]),
        st.tuples(*[day_minutes] * 7),
    ),
    max_size=6,
    unique_by=lambda one: (one[0], one[1]),
)


def rows_of(drawn: list[tuple[Shift, str, tuple[int, ...]]], ends: date) -> list[PayrollRow]:
    return [
        row(" ".join(str(one / 60) for one in minutes), shift=shift, project=project, week_ending=ends)
        for shift, project, minutes in drawn
    ]


@pytest.mark.promise(20)
@given(weeks, st.sampled_from(sorted(OVERTIME_RULES)), st.sampled_from([SATURDAY, SUNDAY, date(2026, 11, 25)]))
def test_the_parts_always_add_up_to_the_hours_worked(
    drawn: list[tuple[Shift, str, tuple[int, ...]]], rule: str, ends: date
):
    rows = rows_of(drawn, ends)
    lines = split_employee_week(rows, OVERTIME_RULES[rule])
    worked = {(one.core_id, day_of(ends, day)): minutes for one in rows for day, minutes in enumerate(one.minutes)}
    parts = Counter[tuple[str, date]]()
    for line in lines:
        assert line.minutes > 0
        parts[line.row.core_id, line.day] += line.minutes
    assert parts == Counter({key: minutes for key, minutes in worked.items() if minutes})
    assert len({line.core_id for line in lines}) == len(lines)


@given(weeks, st.sampled_from(sorted(OVERTIME_RULES)), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_in_a_file_does_not_matter(
    drawn: list[tuple[Shift, str, tuple[int, ...]]], rule: str, dice: Random
):
    rows = rows_of(drawn, SUNDAY)
    shuffled = dice.sample(rows, len(rows))
    assert split_employee_week(shuffled, OVERTIME_RULES[rule]) == split_employee_week(rows, OVERTIME_RULES[rule])


@given(weeks, st.sampled_from(sorted(OVERTIME_RULES)))
def test_every_minute_of_overtime_is_explained_and_no_regular_one_is(
    drawn: list[tuple[Shift, str, tuple[int, ...]]], rule: str
):
    for line in split_employee_week(rows_of(drawn, SUNDAY), OVERTIME_RULES[rule]):
        assert bool(line.explanation) == (line.pay_type is not PayType.REGULAR)


@given(weeks)
def test_federal_overtime_is_exactly_what_lies_beyond_forty_hours(drawn: list[tuple[Shift, str, tuple[int, ...]]]):
    rows = rows_of(drawn, SUNDAY)
    lines = split_employee_week(rows, OVERTIME_RULES["federal"])
    total = sum(sum(one.minutes) for one in rows)
    overtime = sum(line.minutes for line in lines if line.pay_type is PayType.OVERTIME)
    assert overtime == max(0, total - 40 * 60)


@given(weeks)
def test_california_never_pays_more_than_forty_regular_hours_or_eight_a_day(
    drawn: list[tuple[Shift, str, tuple[int, ...]]],
):
    regular = Counter[date]()
    for line in split_employee_week(rows_of(drawn, SUNDAY), OVERTIME_RULES["california"]):
        if line.pay_type is PayType.REGULAR:
            regular[line.day] += line.minutes
    assert regular.total() <= 40 * 60
    assert all(minutes <= 8 * 60 for minutes in regular.values())
