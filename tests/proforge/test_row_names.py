"""What a faulty row is called: the record that it is of, in the field's words."""

from __future__ import annotations

import pytest

from tests.proforge.support import read

BILLS = "Bill ID,Vendor,Invoice Number,Invoice Date,Amount,Status"
PAYROLL = "Week Ending Date,Status,Employee,Project,Cost Code,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
EMPLOYEES = "Employee ID,Employee Name,Type,Pay Rate"
CODES = "Cost Code,Description,Category"
ROWS: list[tuple[str, tuple[str, ...], str]] = [
    # headings, rows                                                                  what the fault is of
    (BILLS, ("B1,Acme Supply,4711,2026-11-03,x,Submitted",), "Bill 4711 of Acme Supply, line 1"),
    (
        BILLS,
        ("B1,Acme Supply,4711,2026-11-03,5.00,Submitted", "B1,Acme Supply,4711,2026-11-03,x,Submitted"),
        "Bill 4711 of Acme Supply, line 2",
    ),
    (BILLS, ("B1,Acme Supply,,2026-11-03,x,Submitted",), "Bill B1 of Acme Supply, line 1"),
    (
        PAYROLL,
        ("2026-11-21,Submitted,E-101,24-106,06-100,x,,,,,,",),
        "Hours of E-101, week ending 21 Nov 2026, project 24-106, cost code 06-100",
    ),
    (
        PAYROLL,
        ("2026-11-21,Submitted,,24-106,06-100,8,,,,,,",),
        "Hours, week ending 21 Nov 2026, project 24-106, cost code 06-100",
    ),
    (EMPLOYEES, ("E-101,Aaron Delacroix,Employee,x",), "Employee E-101 Aaron Delacroix"),
    (CODES, ("09-900,Paint,Finishes",), "Cost code 09-900 Paint"),
]


@pytest.mark.parametrize(("headings", "rows", "name"), ROWS, ids=[row[2] for row in ROWS])
def test_a_faulty_row_is_called(headings: str, rows: tuple[str, ...], name: str) -> None:
    (issue,) = read(headings, *rows).errors
    assert str(issue.record) == name
    assert issue.said == f"{name}: {issue.problem}"


def test_what_concerns_a_whole_sheet_has_no_name() -> None:
    (issue,) = read("Bill ID,Vendor,Invoice Number,Invoice Date,Amount", "B1,Acme,7,2026-11-03,5").warnings
    assert issue.said == issue.problem
