"""Customers, projects, employees, cost codes and vendors; and names that become numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.intake import reference_names, resolve_name, resolve_reading, resolve_references
from qbsync.domain.records import (
    Category,
    CoreKind,
    CostCode,
    Customer,
    Employee,
    EmployeeKind,
    PayrollRow,
    Project,
    Shift,
    Status,
    Vendor,
    VendorBill,
    VendorBillLine,
)
from qbsync.proforge.files import read_exports
from qbsync.proforge.templates import template_csv, template_workbook
from tests.proforge.support import BILLS, PAYROLL, lines, read, source, told


def test_a_project_is_read_whole() -> None:
    reading = read(
        "Project Number,Project Name,Customer,Status,Prevailing Wage,Retainage,Contract Value,"
        "Address,City,State,ZIP Code",
        '24-106,"Westfield HS: Gym Annex",C-4,completed,Yes,5%,"$6,742,000.00",1 Road,Westfield,CA,04941',
    )
    assert reading.records == (
        Project(
            core_id="24-106",
            name="Westfield HS: Gym Annex",
            customer="C-4",
            status="Completed",
            address="1 Road",
            city="Westfield",
            state="CA",
            postal_code="04941",
            prevailing_wage=True,
            retainage_percent=Decimal(5),
            contract_value=Decimal("6742000.00"),
        ),
    )


def test_an_employee_a_vendor_and_a_cost_code_are_read_whole() -> None:
    employee = read(
        "Emp ID,Employee Name,Type,Trade,Rate,Bill Rate,Email,Status",
        "E1,Tomás Vega,1099,Mason,55,88.125,t@x.example,Inactive",
    )
    assert employee.records == (
        Employee(
            core_id="E1",
            name="Tomás Vega",
            kind=EmployeeKind.CONTRACTOR,
            email="t@x.example",
            classification="Mason",
            pay_rate=Decimal(55),
            bill_rate=Decimal("88.125"),
            active=False,
        ),
    )
    vendor = read("Vendor ID,Vendor Name,1099,Status", "V1,Ferguson Masonry,x,Active")
    assert vendor.records == (Vendor(core_id="V1", name="Ferguson Masonry", is_1099=True),)
    codes = read("Code,Description,Category", "03-300,Concrete Labor,labor", "99,Odd,", name="codes.csv")
    assert codes.records == (
        CostCode(core_id="03-300", description="Concrete Labor", category=Category.LABOR),
        CostCode(core_id="99", description="Odd", category=Category.OTHER),
    )


def test_a_customer_or_vendor_without_a_number_is_known_by_its_name() -> None:
    assert read("Customer Name", "Peña & Sons").records == (Customer(core_id="Peña & Sons", name="Peña & Sons"),)


@pytest.mark.parametrize(
    ("rows", "severity"),
    [(("01,Work", "01,Work"), Severity.WARNING), (("01,Work", "01,Play"), Severity.ERROR)],
)
def test_an_id_given_twice_keeps_the_first(rows: tuple[str, str], severity: Severity) -> None:
    reading = read("Code,Description", *rows)
    assert reading.records == (CostCode(core_id="01", description="Work"),)
    assert [(issue.row, issue.severity) for issue in reading.issues] == [(3, severity)]


def test_a_repetition_in_another_file_says_where_the_first_is() -> None:
    files = [
        source(lines("Code,Description", "01,Work"), "a.csv"),
        source(lines("Code,Description", "01,Work"), "b.csv"),
    ]
    assert told(read_exports(files)) == [
        "b.csv, row 2: '01' repeats a.csv, row 2. The repeated row was left out; nothing to do."
    ]


LISTS = [
    source(lines("Customer ID,Customer Name", "C-1,O'Brien", "C-2,Twin", "C-3,Twin"), "customers.csv"),
    source(
        lines("Project Number,Project Name,Customer", "24-1,Mill Lofts,o'brien", "24-2,Two,Twin"),
        "projects.csv",
    ),
    source(lines("Employee ID,Employee Name", "E-1,Luis Ortega"), "employees.csv"),
    source(lines("Code,Description", "03-300,Concrete Labor"), "codes.csv"),
    source(lines("Vendor ID,Vendor Name", "V-1,Granite Ready Mix"), "vendors.csv"),
]
HOURS = [
    source(
        lines(
            PAYROLL,
            "9/26/2026,Submitted,LUIS ORTEGA,24-1 - Mill Lofts,Concrete Labor,,8,,,,,,",
            "9/26/2026,Submitted,Nobody,24-9,77,,8,,,,,,",
        ),
        "payroll.csv",
    ),
    source(lines(BILLS, "B1,Granite Ready Mix,7,9/26/2026,a,10,Mill Lofts,03-300,10,Submitted"), "bills.csv"),
]


def test_names_of_the_same_import_become_ids_and_unknown_ones_stay() -> None:
    reading = read_exports([*HOURS, *LISTS])
    by_id = {record.core_id: record for record in reading.records}
    assert by_id["24-1"].customer == "C-1"  # type: ignore[union-attr]
    assert by_id["24-2"].customer == "Twin", "two customers have that name"  # type: ignore[union-attr]
    assert "2026-09-26|E-1|24-1|03-300|Day" in by_id
    assert "2026-09-26|Nobody|24-9|77|Day" in by_id
    assert by_id["B1"].vendor == "V-1"  # type: ignore[union-attr]
    assert by_id["B1"].lines[0].project == "24-1"  # type: ignore[union-attr]
    assert reading.stated_weeks == {(date(2026, 9, 26), "E-1"), (date(2026, 9, 26), "Nobody")}
    assert reading.issues == ()


def test_names_that_are_stored_already_give_the_same_records() -> None:
    names = reference_names(read_exports(LISTS).records)
    later = resolve_reading(read_exports(HOURS), names)
    together = read_exports([*HOURS, *LISTS])
    assert set(later.records) <= set(together.records)
    assert len(later.records) == 3
    assert later.stated_weeks == together.stated_weeks


def test_an_id_is_always_its_own_record_even_when_it_is_anothers_name() -> None:
    names = reference_names([Vendor(core_id="A", name="B"), Vendor(core_id="B", name="C")])
    resolved = [resolve_name(names, CoreKind.VENDOR, text) for text in ("A", "B", "C", "D", "")]
    assert resolved == ["A", "B", "B", "D", ""]


def test_ids_made_of_names_are_made_anew() -> None:
    names = reference_names([Vendor(core_id="V-1", name="Granite"), Employee(core_id="E-1", name="Luis")])
    line = VendorBillLine(description="", amount=Decimal(1))
    bill = VendorBill(
        core_id="Granite|7", vendor="Granite", number="7", bill_date=date(2026, 9, 26), due_date=None,
        status=Status.DRAFT, total=Decimal(1), lines=(line,),
    )  # fmt: skip
    row = PayrollRow(
        core_id="2026-09-26|Luis|P|C|Day", week_ending=date(2026, 9, 26), status=Status.DRAFT,
        employee="Luis", project="P", cost_code="C", shift=Shift.DAY, minutes=(1, 0, 0, 0, 0, 0, 0),
    )  # fmt: skip
    resolved = resolve_references([bill, row], names)
    assert [record.core_id for record in resolved] == ["V-1|7", "2026-09-26|E-1|P|C|Day"]
    assert resolve_references(resolved, names) == resolved


def test_one_row_written_once_by_name_and_once_by_number_is_an_error_unless_equal() -> None:
    names = reference_names([Employee(core_id="E-1", name="Luis")])
    row = "9/26/2026,Submitted,{},P,C,,{},,,,,,"
    same = resolve_reading(read(PAYROLL, row.format("E-1", 8), row.format("Luis", 8)), names)
    assert (len(same.records), same.issues, len(same.stated_weeks)) == (1, (), 1)
    other = resolve_reading(read(PAYROLL, row.format("E-1", 8), row.format("Luis", 9)), names)
    assert (len(other.records), len(other.errors), len(other.stated_weeks)) == (1, 1, 0)


def test_the_templates_are_read_without_their_examples() -> None:
    reading = read_exports([source(template_workbook(), "template.xlsx")])
    assert [sheet.kind for sheet in reading.sheets] == list(CoreKind)
    assert reading.records == ()
    assert {issue.severity for issue in reading.issues} == {Severity.WARNING}
    assert all(heading.as_written == heading.read_as for sheet in reading.sheets for heading in sheet.headings)


@pytest.mark.parametrize("kind", CoreKind)
def test_the_example_of_each_template_is_a_good_row(kind: CoreKind) -> None:
    data = template_csv(kind).replace(b"EXAMPLE-", b"")
    reading = read_exports([source(data)])
    assert [sheet.kind for sheet in reading.sheets] == [kind]
    assert (len(reading.records), reading.issues) == (1, ())
