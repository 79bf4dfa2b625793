"""Core's records together, and the hashes that tell whether one changed after a preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qbsync.domain.book import CoreBook, SourceHashes, week_hash
from qbsync.domain.records import Customer, Shift, content_hash
from qbsync.domain.wanted import SyncKind
from tests.domain.samples import NAMES, book, payroll_row, vendor_bill

LINE = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


def test_a_book_gives_back_every_record_that_was_put_in():
    records = (*NAMES, payroll_row(), vendor_bill())
    assert set(CoreBook.of(records).records()) == set(records)


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


def test_a_name_and_a_bill_have_the_hash_of_their_content():
    hashes = SourceHashes(book(vendor_bill()))
    assert hashes.of(SyncKind.BILL, "VB-1") == content_hash(vendor_bill())
    assert hashes.of(SyncKind.CUSTOMER, "C1") == content_hash(NAMES[0])


def test_any_field_changes_the_hash_of_a_record():
    customer = Customer(core_id="C1", name="Harborview")
    assert content_hash(customer) != content_hash(replace(customer, email="a@b.example"))
    assert content_hash(customer) == content_hash(Customer(core_id="C1", name="Harborview"))
