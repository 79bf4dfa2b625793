"""A sheet's kind is recognised by its headings; what was understood and what was not is shown."""

from __future__ import annotations

import random

import pytest

from qbsync.domain.errors import BadInput, Severity
from qbsync.domain.records import CoreKind, PayrollRow, Vendor
from qbsync.proforge.files import FILES_MAX, read_exports
from qbsync.proforge.headings import recognise
from qbsync.proforge.layouts import LAYOUTS
from qbsync.proforge.templates import template_headings
from tests.proforge.support import PAYROLL, lines, read, source, told, workbook

RECOGNISED = """
customer     Customer ID, Customer Name, Email
customer     Client, Phone
project      Project Number, Project Name, Customer, Status
project      Job #, Job Name
employee     Emp ID, Employee Name, Type
employee     EMPLOYEE_ID, employee name, Pay Rate
cost_code    Code, Description, Category
cost_code    Phase, Description
vendor       Vendor ID, Vendor Name, Address, ZIP
payroll_row  Week Ending Date, Employee, Project, Cost Code, Monday
payroll_row  W/E, Emp #, Job, Phase, Mon, Tues, Thurs
payroll_row  Cost-Code, project, Hrs, Date, Employee ID
payroll_row  Week Ending, Employee, Project Number, Code, Mon 11/16, Tue 11/17
vendor_bill  Vendor, Invoice Number, Invoice Date, Amount
vendor_bill  Supplier, Invoice #, Date, Line Amount, Total, PO
-            Project, Cost Code, Budgeted Amount
-            Employee, Project, Cost Code, Monday
-            Employee, Project, Cost Code, Date
-            ID, Name
"""


@pytest.mark.parametrize("row", RECOGNISED.strip().splitlines())
def test_a_kind_is_recognised_by_its_headings(row: str) -> None:
    kind, headings = row[:13].strip(), [text.strip() for text in row[13:].split(",")]
    match = recognise(headings, "export.csv")
    assert (match.layout.kind.value if match else "-") == kind


@pytest.mark.parametrize("kind", CoreKind)
def test_proforges_own_headings_are_recognised_in_any_order_and_case(kind: CoreKind) -> None:
    headings = template_headings(kind)
    for seed in range(5):
        random.Random(seed).shuffle(headings)
        for spelled in (
            headings,
            [text.upper() for text in headings],
            [text.replace(" ", "_") for text in headings],
        ):
            match = recognise(spelled, "x")
            assert match is not None
            assert (match.layout.kind, match.unknown, match.missing) == (kind, (), ())
            assert sorted(reading.read_as for reading in match.headings) == sorted(headings)


def test_no_spelling_stands_for_two_fields_of_one_kind() -> None:
    for layout in LAYOUTS.values():
        spelled = [text for each in layout.fields for text in {each.heading, *each.spellings}]
        assert len(spelled) == len(set(spelled)), layout.title


def test_the_name_of_the_file_or_sheet_decides_between_equals() -> None:
    assert read("ID,Name", "7,Old Mill", name="vendors.csv").records == (Vendor(core_id="7", name="Old Mill"),)
    data = workbook({"Suppliers": [["ID", "Name"], [7, "Old Mill"]]})
    assert read_exports([source(data, "f.xlsx")]).records == (Vendor(core_id="7", name="Old Mill"),)
    assert told(read("ID,Name", "7,Old Mill", name="export.csv")) == [
        "export.csv, row 1: What this sheet lists is not recognised from its headings: 'ID', 'Name'. "
        "Name the sheet or file after what it lists, such as Customers or Vendors."
    ]


def test_how_each_heading_was_read_is_shown() -> None:
    reading = read("W/E,Emp #,Job,Phase,Mon,Project Name,Payroll Status", "9/26/2026,E1,P,C,8,Tower,Submitted")
    shown = {each.as_written: each.read_as for each in reading.sheets[0].headings}
    assert shown == {
        "W/E": "Week Ending Date",
        "Emp #": "Employee",
        "Job": "Project",
        "Phase": "Cost Code",
        "Mon": "Monday",
        "Project Name": "",
        "Payroll Status": "Status",
    }
    assert reading.issues == ()


def test_an_id_is_used_before_a_name_for_the_same_thing() -> None:
    reading = read("W/E,Employee Name,Employee ID,Project,Cost Code,Mon,Status", "9/26/2026,Ann,E1,P,C,8,Draft")
    assert [row.employee for row in reading.records if isinstance(row, PayrollRow)] == ["E1"]


def test_unknown_headings_are_named_in_one_warning() -> None:
    reading = read("Code,Description,Colour,Mood", "01,Work,red,good")
    assert told(reading) == [
        "file.csv, row 1: Headings not recognised: 'Colour', 'Mood'; what stands below them was not read. "
        "Rename a heading if it belongs to Cost Codes; otherwise nothing to do."
    ]
    assert reading.issues[0].severity is Severity.WARNING
    assert reading.count(CoreKind.COST_CODE) == 1


def test_a_sheet_that_is_not_recognised_says_what_the_nearest_kind_needs() -> None:
    reading = read("Project,Cost Code,Employee,Status", "P,C,E,Draft")
    assert told(reading) == [
        "file.csv, row 1: What this sheet lists is not recognised from its headings: "
        "'Project', 'Cost Code', 'Employee', 'Status'. "
        "To be read as Weekly Payroll it also needs: Week Ending Date, Monday … Sunday (or Date and Hours)."
    ]
    assert (reading.sheets[0].kind, reading.sheets[0].rows_read, reading.records) == (None, 1, ())


def test_two_columns_of_one_heading_make_the_sheet_unreadable() -> None:
    reading = read(PAYROLL + ",Monday", "9/26/2026,Submitted,E,P,C,,1,,,,,,,2")
    assert told(reading) == [
        "file.csv, row 1, Monday: Two columns are headed 'Monday', so the sheet was not read. "
        "Rename or remove one of them."
    ]
    assert reading.records == ()


def test_a_title_above_the_headings_is_passed_over() -> None:
    reading = read("Cost codes of Ridgeline,", "", "Code,Description", "01,Work")
    assert reading.count(CoreKind.COST_CODE) == 1
    assert reading.sheets[0].rows_read == 1


def test_a_row_with_more_cells_than_headings_is_an_error_in_delimited_text() -> None:
    reading = read("Code,Description", "01,Work, more of it", "02,Good")
    assert told(reading) == [
        "file.csv, row 2: The row has more cells than there are headings: ' more of it'. "
        "Put the text in quotation marks, or give the column a heading."
    ]
    assert [record.core_id for record in reading.records] == ["02"]


def test_a_scribble_beside_a_sheet_is_a_warning() -> None:
    data = workbook({"Codes": [["Code", "Description"], ["01", "Work", None, "ask Dana"]]})
    reading = read_exports([source(data, "f.xlsx")])
    assert told(reading) == [
        "f.xlsx, sheet Codes, row 1, column 4: The column has no heading and was not read. "
        "Give it a heading if it matters."
    ]
    assert reading.count(CoreKind.COST_CODE) == 1


def test_a_sheet_of_notes_is_no_fault() -> None:
    data = workbook({"Notes": [["Dear Dana"], ["see below"]], "Codes": [["Code", "Description"], ["01", "Work"]]})
    assert read_exports([source(data, "f.xlsx")]).issues == ()


def test_too_many_files_at_once_are_refused() -> None:
    file = source(lines("Code,Description", "01,Work"))
    with pytest.raises(BadInput, match="101 files are too many at once"):
        read_exports([file] * (FILES_MAX + 1))
