"""Where hours may stand in a sheet that was not read, no week counts as completely stated, and that is said."""

from __future__ import annotations

import io
from typing import Literal

import openpyxl
import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading
from qbsync.proforge.files import read_exports
from tests.proforge.support import PAYROLL, lines, source, told, workbook

GOOD = "9/26/2026,Submitted,E,P,C,,8,,,,,,"
NOT_STATED = "Hours may stand in this sheet, so no employee's week counts as completely stated."


def beside_a_payroll(*rows: str, name: str = "other.csv") -> Reading:
    """A good payroll, and another file beside it."""
    return read_exports([source(lines(PAYROLL, GOOD), "good.csv"), source(lines(*rows), name)])


UNREAD = {
    "a heading twice in a payroll": ((PAYROLL.replace("Tuesday", "Monday"), GOOD), "other.csv", False),
    "a payroll that lacks its week": (("Employee,Project,Cost Code,Monday", "E,P,C,8"), "other.csv", False),
    "headings of a payroll below a title": (("Site hours,,", "Employee,Hours,Foreman", "E,8,Dana"), "other.csv", False),
    "a name that says payroll": (("Wer,Was", "E,8"), "payroll-east.csv", False),
    "a budget": (("Project,Cost Code,Budgeted Amount,Amount", "P,C,8,8"), "other.csv", True),
    "a heading twice in a list": (("Code,Description,Code", "1,Work,1"), "other.csv", True),
    "nothing that we know": (("Wer,Was", "E,8"), "other.csv", True),
    "a list that is read": (("Code,Description", "1,Work"), "other.csv", True),
}


@pytest.mark.parametrize(("rows", "name", "stated"), UNREAD.values(), ids=UNREAD.keys())
def test_a_sheet_that_may_hold_hours_and_was_not_read_leaves_every_week_unstated(
    rows: tuple[str, ...], name: str, stated: bool
) -> None:
    reading = beside_a_payroll(*rows, name=name)
    assert bool(reading.stated_weeks) == stated
    said = [issue for issue in reading.warnings if issue.problem == NOT_STATED]
    assert [issue.file for issue in said] == ([] if stated else [name])


def test_without_a_payroll_that_was_read_there_is_nothing_to_say_about_weeks() -> None:
    reading = read_exports([source(lines("Employee,Project,Cost Code,Monday", "E,P,C,8"))])
    assert [issue.severity for issue in reading.issues] == [Severity.ERROR]


def hidden(title: str, rows: list[list[str]], state: Literal["hidden", "veryHidden"] = "hidden") -> Reading:
    """A workbook with a good payroll and a hidden sheet."""
    data = workbook({"Payroll": [PAYROLL.split(","), GOOD.split(",")], title: rows})
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[title].sheet_state = state
    stream = io.BytesIO()
    book.save(stream)
    return read_exports([source(stream.getvalue(), "f.xlsx")])


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_payroll_is_not_read_and_leaves_every_week_unstated(state: Literal["hidden", "veryHidden"]) -> None:
    reading = hidden("South", [["Hours of the south"], PAYROLL.split(","), GOOD.split(",")], state)
    assert told(reading) == [
        "f.xlsx, sheet South: The sheet is hidden, so it was not read, although it looks like Weekly Payroll. "
        "Unhide it in Excel if it is meant, or delete it.",
        f"f.xlsx, sheet South: {NOT_STATED} "
        "Rows of earlier imports are all kept. Mend the sheet or take it out, and import again.",
    ]
    assert len(reading.records) == 1
    assert [sheet.sheet for sheet in reading.sheets] == ["Payroll"]
    assert reading.stated_weeks == frozenset()


def test_a_hidden_list_is_warned_about_and_anything_else_hidden_is_left_alone() -> None:
    codes = hidden("South", [["Code", "Description"], ["1", "Work"]])
    assert [issue.problem for issue in codes.issues] == [
        "The sheet is hidden, so it was not read, although it looks like Cost Codes."
    ]
    scratch = hidden("South", [["x", "y"], ["1", "2"]])
    assert scratch.issues == ()
    assert len(codes.stated_weeks) == len(scratch.stated_weeks) == 1
