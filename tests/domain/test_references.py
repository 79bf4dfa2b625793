"""References to records that the same sync makes are filled in once those are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given

from qbsync.domain.ledger import BillDocument, Content, CustomerCard, ExpenseLine, LedgerKind, Reference
from qbsync.domain.references import filled, still_new
from tests.domain.contents import contents

BILL = BillDocument(
    vendor=Reference(id="new:vendor:V1", name="Granite"),
    number="1",
    txn_date=date(2026, 11, 3),
    due_date=None,
    memo="",
    lines=(
        ExpenseLine(amount=Decimal(1), account=Reference(id="7"), customer=Reference(id="new:project:P1")),
        ExpenseLine(amount=Decimal(2), item=Reference(id="4"), customer=Reference(id="new:project:P1")),
    ),
)
TARGETS = {"vendor:V1": (LedgerKind.VENDOR, "31"), "project:P1": (LedgerKind.CUSTOMER, "59")}


def test_every_reference_that_is_still_to_be_made_is_named_once():
    assert still_new(BILL) == ["vendor:V1", "project:P1"]


def test_references_are_filled_in_the_lines_too_and_others_are_left_alone():
    done = filled(BILL, TARGETS)
    assert isinstance(done, BillDocument)
    assert (done.vendor.id, done.vendor.name) == ("31", "Granite")
    assert [line.customer.id for line in done.lines if line.customer] == ["59", "59"]
    assert done.lines[0].account == Reference(id="7")
    assert still_new(done) == []


def test_a_reference_whose_record_was_not_made_stays_open():
    assert still_new(filled(BILL, {"vendor:V1": (LedgerKind.VENDOR, "31")})) == ["project:P1"]


def test_a_core_id_with_a_colon_in_it_is_found_all_the_same():
    card = CustomerCard(display_name="East", parent=Reference(id="new:customer:A:B"))
    assert filled(card, {"customer:A:B": (LedgerKind.CUSTOMER, "5")}) == replace(card, parent=Reference(id="5"))


@given(contents)
def test_without_targets_nothing_changes(content: Content):
    assert filled(content, {}) == content


@given(contents)
def test_filling_everything_leaves_nothing_open(content: Content):
    targets = dict.fromkeys(still_new(content), (LedgerKind.CUSTOMER, "5"))
    assert still_new(filled(content, targets)) == []
