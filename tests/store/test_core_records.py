"""Core's records: loading the same twice changes nothing, and a week stated as a whole says what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.book import week_hash
from qbsync.domain.errors import Severity
from qbsync.domain.intake import EmployeeWeek, HeadingReading, Reading, RowIssue, SheetReading
from qbsync.domain.records import (
    Category,
    CoreKind,
    CoreRecord,
    CostCode,
    Customer,
    Employee,
    EmployeeKind,
    PayrollRow,
    Project,
    Shift,
    Status,
    Vendor,
)
from qbsync.store.core_records import CoreRecords, Counts
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row, vendor_bill
from tests.store.stored import NOW, WHO, later

EARLIER = date(2026, 11, 15)

# One record of each kind with nothing left blank, and one with everything left blank that may be.
FULL: tuple[CoreRecord, ...] = (
    Customer(core_id="C1", name="Peña & Söhne", contact="Ana", email="a@b.example", phone="1", city="Napa", state="CA"),
    Project(
        core_id="P1",
        name="Tower 🍇",
        customer="C1",
        prevailing_wage=True,
        retainage_percent=Decimal("7.50"),
        contract_value=Decimal("8450000.00"),
    ),
    Employee(
        core_id="E1",
        name="Ada Stone",
        kind=EmployeeKind.CONTRACTOR,
        pay_rate=Decimal("42.505"),
        bill_rate=Decimal("0.10"),
        active=False,
    ),
    CostCode(core_id="03-300", description="Concrete", category=Category.LABOR),
    Vendor(core_id="V1", name="Granite", is_1099=True, active=False),
    payroll_row("8 0.25 0 0 0 0 24", shift=Shift.NIGHT, status=Status.DRAFT),
    replace(vendor_bill("100.00", "-0.01", "33.333"), purchase_order="PO-7"),
)
BARE: tuple[CoreRecord, ...] = (
    Customer(core_id="C2", name="B"),
    Project(core_id="P2", name="B"),
    Employee(core_id="E2", name="B"),
    CostCode(core_id="X", description=""),
    Vendor(core_id="V2", name="B"),
    payroll_row("0 0 0 0 0 0 0", employee="E2"),
    replace(vendor_bill(core_id="VB-2", number=""), due_date=None, lines=()),
)


def reading(*records: CoreRecord, weeks: frozenset[EmployeeWeek] = frozenset()) -> Reading:
    return Reading(sheets=(), records=records, issues=(), stated_weeks=weeks)


def load(database: Database, *records: CoreRecord, weeks: tuple[EmployeeWeek, ...] = ()) -> Counts:
    _, counts = CoreRecords(database).save(reading(*records, weeks=frozenset(weeks)), at=NOW, loaded_by=WHO)
    return counts


def rows(database: Database) -> dict[str, PayrollRow]:
    return {row.cost_code: row for row in CoreRecords(database).book().payroll_rows}


def test_every_record_comes_back_exactly_as_it_was_read(database: Database):
    load(database, *FULL, *BARE)
    back = sorted(CoreRecords(database).book().records(), key=lambda one: (type(one).__name__, one.core_id))
    assert back == sorted((*FULL, *BARE), key=lambda one: (type(one).__name__, one.core_id))
    assert CoreRecords(database).counts() == dict.fromkeys(CoreKind, 2)


def test_loading_the_same_file_twice_changes_nothing(database: Database):
    first = load(database, *FULL)
    before = CoreRecords(database).book()
    again = load(database, *FULL)
    assert {kind: counts["new"] for kind, counts in first.items()} == dict.fromkeys(first, 1)
    unchanged = {"new": 0, "changed": 0, "unchanged": 1, "retired": 0}
    assert again == dict.fromkeys(first, unchanged)
    assert CoreRecords(database).book() == before


def test_only_what_differs_is_changed_and_what_is_missing_stays(database: Database):
    load(database, Vendor(core_id="V1", name="Granite"), Vendor(core_id="V2", name="Basalt"))
    counts = load(database, Vendor(core_id="V1", name="Granite Ready Mix"), Vendor(core_id="V3", name="Slate"))
    assert counts == {"vendor": {"new": 1, "changed": 1, "unchanged": 0, "retired": 0}}
    names = {vendor.core_id: vendor.name for vendor in CoreRecords(database).book().vendors.values()}
    assert names == {"V1": "Granite Ready Mix", "V2": "Basalt", "V3": "Slate"}


def test_a_record_twice_in_one_reading_is_stored_once_and_the_later_one_counts(database: Database):
    load(database, Vendor(core_id="V1", name="First"), Vendor(core_id="V1", name="Second"))
    assert [vendor.name for vendor in CoreRecords(database).book().vendors.values()] == ["Second"]


MONDAY_CODES = ("03-300", "03-310", "03-320")

WEEKS: list[tuple[str, tuple[str, ...], tuple[EmployeeWeek, ...], set[str]]] = [
    # what the second file says           its rows      weeks it states whole     rows left
    ("the whole week, one row less", ("03-300", "03-310"), ((WEEK, "E1"),), {"03-300", "03-310"}),
    ("the whole week, and it is empty", (), ((WEEK, "E1"),), set()),
    ("a part of the week", ("03-300",), (), set(MONDAY_CODES)),
    ("another employee's whole week", (), ((WEEK, "E2"),), set(MONDAY_CODES)),
    ("the whole week before", (), ((EARLIER, "E1"),), set(MONDAY_CODES)),
]


@pytest.mark.parametrize(("codes", "weeks", "left"), [row[1:] for row in WEEKS], ids=[row[0] for row in WEEKS])
def test_a_week_stated_as_a_whole_retires_the_rows_it_no_longer_has(
    database: Database, codes: tuple[str, ...], weeks: tuple[EmployeeWeek, ...], left: set[str]
):
    load(database, *(payroll_row(cost_code=code) for code in MONDAY_CODES))
    counts = load(database, *(payroll_row(cost_code=code) for code in codes), weeks=weeks)
    assert set(rows(database)) == left
    retired = counts.get("payroll_row", {}).get("retired", 0)
    assert retired == len(MONDAY_CODES) - len(left)


def test_a_retired_row_that_comes_back_is_there_again(database: Database):
    row = payroll_row("8 0 0 0 0 0 0")
    load(database, row)
    load(database, weeks=((WEEK, "E1"),))
    assert rows(database) == {}
    assert CoreRecords(database).counts()[CoreKind.PAYROLL_ROW] == 0
    counts = load(database, row, weeks=((WEEK, "E1"),))
    assert counts["payroll_row"] == {"new": 0, "changed": 1, "unchanged": 0, "retired": 0}
    assert rows(database) == {"03-300": row}


CANCELLED: dict[str, tuple[CoreRecord, CoreRecord]] = {
    "payroll_row": (payroll_row("8 0 0 0 0 0 0"), payroll_row("8 0 0 0 0 0 0", status=Status.CANCELLED)),
    "vendor_bill": (vendor_bill("100.00"), vendor_bill("100.00", status=Status.CANCELLED)),
}


@pytest.mark.parametrize("kind", CANCELLED)
def test_what_was_cancelled_is_gone_and_may_come_back(database: Database, kind: str):
    live, cancelled = CANCELLED[kind]
    load(database, live)
    assert load(database, cancelled)[kind] == {"new": 0, "changed": 0, "unchanged": 0, "retired": 1}
    assert list(CoreRecords(database).book().records()) == []
    assert load(database, cancelled)[kind] == {"new": 0, "changed": 0, "unchanged": 1, "retired": 0}
    assert load(database, live)[kind] == {"new": 0, "changed": 1, "unchanged": 0, "retired": 0}
    assert list(CoreRecords(database).book().records()) == [live]


def test_what_was_cancelled_before_it_was_ever_read_is_not_kept(database: Database):
    for _, cancelled in CANCELLED.values():
        load(database, cancelled)
    assert list(CoreRecords(database).book().records()) == []


FAULT = "payroll.csv, row 7, Monday: '7,5x' is not a number of hours."

DOUBTED: list[tuple[str, dict[EmployeeWeek, str], set[str]]] = [
    # what is known of a faulty row           whose it is           rows in doubt, when 03-300 was read again
    ("its week and employee", {(WEEK, "E1"): FAULT}, {"03-300", "03-310", "03-320"}),
    ("its week", {(WEEK, ""): FAULT}, {"03-310", "03-320"}),
    ("the week of another employee", {(WEEK, "E2"): FAULT}, set()),
    ("another week", {(EARLIER, "E1"): FAULT}, set()),
]


@pytest.mark.parametrize(("weeks", "doubted"), [row[1:] for row in DOUBTED], ids=[row[0] for row in DOUBTED])
def test_rows_that_a_faulty_row_may_speak_of_are_kept_in_doubt_until_all_are_read_again(
    database: Database, weeks: dict[EmployeeWeek, str], doubted: set[str]
):
    load(database, *(payroll_row(cost_code=code) for code in MONDAY_CODES))
    CoreRecords(database).save(replace(reading(payroll_row()), doubted_weeks=weeks), at=NOW, loaded_by=WHO)
    assert {code: row.doubt for code, row in rows(database).items() if row.doubt} == dict.fromkeys(doubted, FAULT)
    load(database, *(payroll_row(cost_code=code) for code in MONDAY_CODES))
    assert [row.doubt for row in rows(database).values()] == ["", "", ""]


def test_a_row_without_a_worker_puts_only_those_in_doubt_that_its_file_names(database: Database):
    load(database, payroll_row(), payroll_row(cost_code="03-310"), payroll_row(employee="E2"))
    CoreRecords(database).save(
        replace(reading(payroll_row()), doubted_weeks={(WEEK, ""): FAULT}), at=NOW, loaded_by=WHO
    )
    found = {(row.employee, row.cost_code): row.doubt for row in CoreRecords(database).book().payroll_rows}
    assert found == {("E1", "03-300"): "", ("E1", "03-310"): FAULT, ("E2", "03-300"): ""}


def test_a_bill_that_only_a_faulty_row_speaks_of_is_kept_in_doubt_until_it_is_read_again(database: Database):
    bill, other = vendor_bill("100.00"), vendor_bill("5.00", core_id="VB-2", number="8")
    load(database, bill, other)
    faults = {"VB-1": FAULT, "VB-2": FAULT, "VB-3": FAULT}
    CoreRecords(database).save(replace(reading(other), doubted_bills=faults), at=NOW, loaded_by=WHO)
    assert {one.core_id: one.doubt for one in CoreRecords(database).book().bills} == {"VB-1": FAULT, "VB-2": ""}
    load(database, bill)
    assert CoreRecords(database).book().bills == (bill, other)


def test_a_doubt_changes_what_a_preview_saw(database: Database):
    load(database, payroll_row())
    before = week_hash(rows(database).values())
    CoreRecords(database).save(replace(reading(), doubted_weeks={(WEEK, "E1"): FAULT}), at=NOW, loaded_by=WHO)
    assert week_hash(rows(database).values()) != before


def test_an_import_keeps_who_when_what_and_every_problem_in_order(database: Database):
    problem = RowIssue(
        file="payroll.csv",
        sheet="Week 47",
        row=12,
        column="Monday",
        problem="'eight' is not a number of hours.",
        remedy="Enter 8 or 8:00.",
    )
    warning = replace(problem, row=None, column="", severity=Severity.WARNING)
    sheet = SheetReading(
        file="payroll.csv",
        sheet="Week 47",
        kind=CoreKind.PAYROLL_ROW,
        rows_read=3,
        rows_kept=2,
        headings=(HeadingReading(as_written="Mon", read_as="Monday"),),
    )
    store = CoreRecords(database)
    first, _ = store.save(replace(reading(FULL[0]), sheets=(sheet,), issues=(problem, warning)), at=NOW, loaded_by=WHO)
    second, _ = store.save(reading(), at=later(1), loaded_by="ap@ridgeline.example")
    assert store.issues(first) == [problem, warning]
    assert store.issues(second) == []
    newest, oldest = store.imports()
    assert (newest["id"], newest["at"], newest["loaded_by"]) == (second, later(1), "ap@ridgeline.example")
    assert (oldest["files"], oldest["counts"]["customer"]["new"]) == ("payroll.csv", 1)
    assert oldest["sheets"][0]["rows_kept"] == 2
    assert [one["id"] for one in store.imports(limit=1)] == [second]
