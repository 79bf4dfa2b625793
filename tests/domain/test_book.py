"""Core's records together, and the hashes that tell whether one changed after a preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.book import CoreBook, SourceHashes, week_hash
from qbsync.domain.records import (
    Category,
    CoreRecord,
    CostCode,
    Customer,
    Employee,
    Project,
    Shift,
    Status,
    Vendor,
    content_hash,
)
from qbsync.domain.wanted import SyncKind
from tests.domain.samples import NAMES, book, payroll_row, vendor_bill

LINE = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


def test_a_book_gives_back_every_record_that_was_put_in():
    records = (*NAMES, payroll_row(), vendor_bill())
    assert set(CoreBook.of(records).records()) == set(records)


def test_the_weeks_of_a_book_are_told_newest_first_with_their_drafts():
    draft = payroll_row(employee="E9", status=Status.DRAFT)
    older = payroll_row(week_ending=date(2026, 11, 15), status=Status.DRAFT)
    newest, oldest = book(older, payroll_row(), draft).weeks()
    assert (newest.ending, newest.rows, newest.drafts, newest.is_draft) == (date(2026, 11, 22), 2, 1, False)
    assert (oldest.ending, oldest.rows, oldest.drafts, oldest.is_draft) == (date(2026, 11, 15), 1, 1, True)


def test_the_rows_of_an_employees_week_are_kept_together():
    other = payroll_row(employee="E9")
    night = payroll_row(shift=Shift.NIGHT)
    weeks = book(payroll_row(), other, night).employee_weeks()
    week = date(2026, 11, 22)
    assert weeks == {(week, "E1"): (payroll_row(), night), (week, "E9"): (other,)}


def test_the_hash_of_a_week_does_not_depend_on_the_order_of_its_rows():
    one, other = payroll_row(), payroll_row(shift=Shift.NIGHT)
    assert week_hash([one, other]) == week_hash([other, one])
    assert week_hash([one]) != week_hash([one, other])


def test_a_time_entry_changes_with_any_row_of_its_week_and_of_no_other():
    before = SourceHashes(book(payroll_row())).of(SyncKind.TIME_ENTRY, LINE)
    same = SourceHashes(book(payroll_row(), payroll_row(employee="E9"))).of(SyncKind.TIME_ENTRY, LINE)
    more = SourceHashes(book(payroll_row(), payroll_row(shift=Shift.NIGHT))).of(SyncKind.TIME_ENTRY, LINE)
    assert before == same != more


def test_a_record_that_is_gone_has_no_hash():
    hashes = SourceHashes(book())
    assert hashes.of(SyncKind.TIME_ENTRY, LINE) == ""
    assert hashes.of(SyncKind.BILL, "VB-1") == ""
    assert hashes.of(SyncKind.CUSTOMER, "C7") == ""


def test_a_name_has_the_hash_of_its_content():
    assert SourceHashes(book()).of(SyncKind.CUSTOMER, "C1") == content_hash(NAMES[0])


BEHIND = [
    # what changes in Core                                         the bill  the hours
    (vendor_bill("99.00"), True, False),
    (payroll_row("7 0 0 0 0 0 0"), False, True),
    (Vendor(core_id="V1", name="Granite"), True, False),
    (Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal("120")), False, True),
    (CostCode(core_id="03-310", description="Ready mix", category=Category.OTHER), True, False),
    (CostCode(core_id="03-300", description="Labor", category=Category.LABOR), False, True),
    (Project(core_id="P1", name="Tower", customer="C1"), True, True),
    (Customer(core_id="C1", name="Harborview"), False, False),
]


@pytest.mark.parametrize(("record", "bill", "hours"), BEHIND, ids=[type(row[0]).__name__ for row in BEHIND])
def test_a_change_of_anything_that_a_record_is_made_of_is_seen(record: CoreRecord, bill: bool, hours: bool):
    before = SourceHashes(book(vendor_bill(), payroll_row()))
    after = SourceHashes(book(vendor_bill(), payroll_row(), record))
    time_line = f"{payroll_row().core_id}|2026-11-16|regular"
    assert (before.of(SyncKind.BILL, "VB-1") != after.of(SyncKind.BILL, "VB-1")) is bill
    assert (before.of(SyncKind.TIME_ENTRY, time_line) != after.of(SyncKind.TIME_ENTRY, time_line)) is hours


def test_any_field_changes_the_hash_of_a_record():
    customer = Customer(core_id="C1", name="Harborview")
    assert content_hash(customer) != content_hash(replace(customer, email="a@b.example"))
    assert content_hash(customer) == content_hash(Customer(core_id="C1", name="Harborview"))
