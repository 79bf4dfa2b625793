"""The sample contractor: its files are what its script writes, and reading them says what its README says."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bench.generate import DAYS
from examples.ridgeline import company, make
from qbsync.domain.intake import DateOrder, Reading, SourceFile
from qbsync.domain.records import CoreKind, Employee, PayrollRow, Project, Status, Vendor, VendorBill
from qbsync.proforge.files import read_exports

FOLDER = Path(make.__file__).parent


def load(*names: str) -> Reading:
    return read_exports([SourceFile(name=name, data=(FOLDER / name).read_bytes()) for name in names])


@pytest.fixture(scope="module")
def reading() -> Reading:
    return load(*sorted(path.name for path in FOLDER.glob("*.csv")))


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def payroll(reading: Reading) -> list[PayrollRow]:
    return [record for record in reading.records if isinstance(record, PayrollRow)]


def bills(reading: Reading) -> list[VendorBill]:
    return [record for record in reading.records if isinstance(record, VendorBill)]


def test_the_files_are_those_that_the_script_writes(tmp_path: Path) -> None:
    make.write(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_reading_says_exactly_what_the_readme_lists(reading: Reading) -> None:
    listed = (FOLDER / "README.md").read_text(encoding="utf-8").split("```")[1].strip().splitlines()
    assert [str(issue) for issue in reading.issues] == listed
    assert (len(reading.errors), len(reading.warnings)) == (3, 1)


def test_the_workbook_says_the_same_as_the_files(reading: Reading) -> None:
    book = load("ridgeline.xlsx")
    assert book.records == reading.records
    assert book.stated_weeks == reading.stated_weeks
    assert sorted(issue.problem for issue in book.issues) == sorted(issue.problem for issue in reading.issues)


def test_the_dates_decide_their_own_order(reading: Reading) -> None:
    orders = {sheet.file: sheet.date_order for sheet in reading.sheets if sheet.date_order}
    assert orders == dict.fromkeys(("weekly-payroll.csv", "vendor-bills.csv"), DateOrder.MONTH_FIRST)


def test_there_is_as_much_as_a_finance_team_would_have(reading: Reading) -> None:
    counts = {kind.value: reading.count(kind) for kind in CoreKind}
    assert counts == {
        "customer": 9,
        "project": 14,
        "employee": 46,
        "cost_code": 68,
        "vendor": 51,
        "payroll_row": 946,
        "vendor_bill": 189,
    }


def test_hours_are_those_of_the_file(reading: Reading) -> None:
    days = [row for row in table("weekly-payroll.csv") if row["Tuesday"] != "7,5x"]
    keys = ("Week Ending Date", "Employee", "Project", "Cost Code", "Shift")
    once = {tuple(row[key] for key in keys): row for row in days}
    hours = sum((Decimal(row[day] or 0) for row in once.values() for day in DAYS), Decimal(0))
    assert sum(sum(row.minutes) for row in payroll(reading)) == hours * 60


def test_payroll_has_weeks_shifts_overtime_and_a_day_of_25_hours(reading: Reading) -> None:
    rows = payroll(reading)
    submitted = [row for row in rows if row.status is Status.SUBMITTED]
    assert sum(1 for row in submitted for minutes in row.minutes if minutes) >= 2_000
    assert {row.week_ending for row in submitted} == set(make.WEEKS[:8])
    assert {row.week_ending for row in rows if row.status is Status.DRAFT} == {date(2026, 11, 21)}
    assert len({row.shift for row in submitted}) == 3
    assert all(minutes % 15 == 0 for row in rows for minutes in row.minutes)
    assert [max(row.minutes) for row in rows if max(row.minutes) > 24 * 60] == [25 * 60]
    weeks: Counter[tuple[date, str]] = Counter()
    for row in submitted:
        weeks[row.week_ending, row.employee] += sum(row.minutes)
    assert sum(1 for minutes in weeks.values() if minutes > 40 * 60) > 100
    assert sum(1 for minutes in weeks.values() if minutes <= 40 * 60) > 20


def test_money_is_that_of_the_file(reading: Reading) -> None:
    lines = [row for row in table("vendor-bills.csv") if row["Invoice Number"] != "QP-118"]
    assert sum(bill.lines_total for bill in bills(reading)) == sum(Decimal(row["Amount"]) for row in lines)
    totals = {row["Bill ID"]: Decimal(row["Total Amount"]) for row in lines}
    assert {bill.core_id: bill.total for bill in bills(reading)} == totals


def test_each_kind_of_trouble_with_bills_is_there_once(reading: Reading) -> None:
    found = bills(reading)
    numbers = Counter((bill.vendor, bill.number) for bill in found)
    assert [bill.number for bill in found if bill.total != bill.lines_total] == ["RD-5521"]
    assert [bill.number for bill in found if bill.total < 0] == ["CM-2207"]
    assert [bill.number for bill in found if bill.bill_date <= date(2026, 8, 31)] == ["7719"]
    assert [bill.number for bill in found if len(bill.number) > 21] == ["INV-2026-10-WESTFIELD-00017"]
    assert [bill.number for bill in found if bill.status is Status.DRAFT] == ["CSG-3304"]
    assert [bill.number for bill in found if any(not line.project for line in bill.lines)] == ["HT-60118"]
    assert [bill.core_id for bill in found if not bill.number] == ["BILL-26-0087"]
    assert [number for (_, number), count in numbers.items() if count > 1] == ["88310"]
    assert {len(bill.lines) for bill in found} >= {1, 2, 3, 12}


def test_every_reference_is_in_the_lists(reading: Reading) -> None:
    ids = {
        kind: {record.core_id for record in reading.records if type(record) is kind}
        for kind in (Employee, Project, Vendor)
    }
    assert {row.employee for row in payroll(reading)} <= ids[Employee]
    assert {row.project for row in payroll(reading)} <= ids[Project]
    assert {bill.vendor for bill in bills(reading)} == ids[Vendor]


def test_names_are_as_long_and_odd_as_they_should_be(reading: Reading) -> None:
    names = [record.name for record in reading.records if isinstance(record, Project)]
    assert len(company.LONG_NAME) == 120
    assert company.LONG_NAME in names
    assert "Westfield HS: Gym Annex" in names
    assert any("\N{GRAPES}" in name for name in names)
    assert all(record.customer.startswith("C-") for record in reading.records if isinstance(record, Project))


@pytest.mark.parametrize(
    ("file", "row", "part"),
    [
        ("weekly-payroll.csv", 459, ",25,"),
        ("weekly-payroll.csv", 662, ",99-999,"),
        ("weekly-payroll.csv", 846, "11/21/2026,Draft,"),
        ("weekly-payroll.csv", 949, "11/21/2026,Draft,"),
        ("vendor-bills.csv", 646, ",99-999,"),
        ("vendor-bills.csv", 386, "BILL-26-0087,Granite Ready Mix,,"),
        ("vendor-bills.csv", 401, ",88310,"),
        ("vendor-bills.csv", 502, ",88310,"),
        ("vendor-bills.csv", 439, "BILL-26-0107,"),
        ("vendor-bills.csv", 488, "BILL-26-0118,"),
        ("vendor-bills.csv", 3, "BILL-26-0002,Peninsula Paving,7719,08/14/2026"),
        ("vendor-bills.csv", 547, "BILL-26-0135,"),
        ("vendor-bills.csv", 757, "BILL-26-0185,"),
        ("vendor-bills.csv", 633, ",PO-611,"),
        ("vendor-bills.csv", 575, "BILL-26-0141,"),
        ("employees.csv", 36, "Gus Halloran,"),
        ("employees.csv", 24, "Marcus Webb,"),
        ("vendors.csv", 16, "Old Mill Quarry,"),
        ("vendors.csv", 12, "Summit Electric,"),
        ("customers.csv", 8, "Summit Electric,"),
    ],
)
def test_the_readme_points_to_the_right_rows(file: str, row: int, part: str) -> None:
    text = (FOLDER / file).read_text(encoding="utf-8-sig").splitlines()[row - 1]
    assert part in text
