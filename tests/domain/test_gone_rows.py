"""Rows that a file of a worker's whole week no longer has are told, a sentence for each week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.gone_rows import gone_issues
from qbsync.domain.intake import EmployeeWeek, Reading, SheetReading
from qbsync.domain.records import CoreKind, PayrollRow
from tests.domain.samples import WEEK, payroll_row

BOTH = (payroll_row(), payroll_row("0 4 0 0 0 0 0", cost_code="03-310"))
SHEET = SheetReading(file="hours.csv", sheet="", kind=CoreKind.PAYROLL_ROW, rows_read=1, rows_kept=1, headings=())


def reading(*rows: PayrollRow, states: Iterable[EmployeeWeek] = ((WEEK, "E1"),)) -> Reading:
    return Reading(sheets=(SHEET,), records=rows, issues=(), stated_weeks=frozenset(states))


def test_a_row_that_is_gone_is_named_with_its_hours_and_the_file():
    (issue,) = gone_issues(reading(BOTH[0]), BOTH)
    assert (issue.severity, issue.file, issue.row, issue.about) == (Severity.WARNING, "hours.csv", None, "2026-11-22")
    assert issue.problem.startswith("Gone are 4 h on project P1, cost code 03-310: an earlier file had them")


NOTHING_GONE = [
    # the file's rows, and the weeks that it states whole
    (BOTH, [(WEEK, "E1")]),
    (BOTH[:1], []),  # a faulty row keeps the week from being stated
    (BOTH[:1], [(WEEK, "E2")]),
    (BOTH[:1], [(date(2026, 11, 29), "E1")]),
]


@pytest.mark.parametrize(("rows", "states"), NOTHING_GONE)
def test_nothing_is_told_of_rows_that_stay(rows: tuple[PayrollRow, ...], states: list[EmployeeWeek]):
    assert list(gone_issues(reading(*rows, states=states), BOTH)) == []


def test_of_many_rows_three_are_named_and_the_others_counted():
    stored = [payroll_row(cost_code=f"03-{number}") for number in range(300, 306)]
    (issue,) = gone_issues(reading(stored[0]), stored)
    assert [f"03-{number}" in issue.problem for number in range(300, 306)] == [False, True, True, True, False, False]
    assert "; 2 rows more: an earlier file had them" in issue.problem


def test_each_workers_week_has_a_warning_of_its_own():
    others = [payroll_row(employee="E2"), payroll_row(employee="E2", cost_code="03-310")]
    found = list(gone_issues(reading(states=[(WEEK, "E1"), (WEEK, "E2")]), [*others, *BOTH]))
    assert [str(one.record) for one in found] == [
        "Hours of E1, week ending 22 Nov 2026",
        "Hours of E2, week ending 22 Nov 2026",
    ]
