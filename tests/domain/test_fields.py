"""The difference of two contents, field by field, in words people read."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.fields import (
    LABELS,
    FieldChange,
    changed_fields,
    differences,
    laid_over,
    values,
)
from qbsync.domain.ledger import (
    BillDocument,
    Content,
    ExpenseLine,
    LedgerKind,
    Reference,
    TimeEntry,
)
from tests.domain.contents import contents, entries

ENTRY = TimeEntry(
    worker_kind=LedgerKind.EMPLOYEE,
    worker=Reference(id="55", name="Ada Stone"),
    txn_date=date(2026, 11, 17),
    minutes=450,
    customer=Reference(id="58"),
    item=None,
)
BILL = BillDocument(
    vendor=Reference(id="31", name="Granite"),
    number="INV-7",
    txn_date=date(2026, 11, 3),
    due_date=None,
    memo="",
    lines=(
        ExpenseLine(amount=Decimal("1250.5"), account=Reference(id="7", name="Job Materials"), description="Load"),
        ExpenseLine(amount=Decimal(20), item=Reference(id="4"), customer=Reference(id="58", name="Tower")),
    ),
)


def test_a_new_record_shows_only_the_fields_that_have_a_value_in_the_order_of_the_form():
    assert [(row.field, row.before, row.after) for row in differences(None, ENTRY)] == [
        ("Worker is", "", "Employee"),
        ("Worker", "", "Ada Stone"),
        ("Date", "", "17 Nov 2026"),
        ("Hours", "", "7 h 30 min"),
        ("Customer", "", "58"),
        ("Billable", "", "No"),
    ]


CHANGES = {
    "hours": (dataclasses.replace(ENTRY, minutes=480), ("Hours", "7 h 30 min", "8 h")),
    "billable": (dataclasses.replace(ENTRY, billable=True), ("Billable", "No", "Yes")),
    "rate": (dataclasses.replace(ENTRY, hourly_rate=Decimal("1095")), ("Hourly rate", "", "1,095.00")),
    "item": (dataclasses.replace(ENTRY, item=Reference(id="2", name="Labor")), ("Service item", "", "Labor")),
}


@pytest.mark.parametrize(("after", "row"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_field_is_shown_before_and_after(after: TimeEntry, row: tuple[str, str, str]):
    field, old, new = row
    assert differences(ENTRY, after) == (FieldChange(field=field, before=old, after=new),)


def test_the_lines_of_a_bill_are_shown_one_below_the_other():
    (row,) = differences(dataclasses.replace(BILL, lines=()), BILL)
    assert (row.field, row.before) == ("Lines", "")
    assert row.after == "1,250.50 · Job Materials · Load\n20.00 · 4 · Tower"


def test_another_name_of_the_same_record_is_no_difference():
    renamed = dataclasses.replace(ENTRY, worker=Reference(id="55", name="Ada B. Stone"))
    assert changed_fields(ENTRY, renamed) == frozenset()
    assert differences(ENTRY, renamed) == ()


@given(contents)
def test_every_field_of_every_content_has_a_label(content: Content):
    assert values(content).keys() <= LABELS.keys()


@given(contents)
def test_a_content_does_not_differ_from_itself(content: Content):
    assert changed_fields(content, content) == frozenset()
    assert differences(content, content) == ()
    assert changed_fields(None, content) == {name for name, value in values(content).items() if value is not None}


@given(entries, entries, st.frozensets(st.sampled_from([item.name for item in dataclasses.fields(TimeEntry)])))
def test_laying_fields_over_changes_exactly_those(base: TimeEntry, top: TimeEntry, names: frozenset[str]):
    merged = values(laid_over(base, top, names))
    for name, value in merged.items():
        assert value == values(top if name in names else base)[name]
    assert laid_over(base, top, changed_fields(base, top)) == top


def test_a_bill_read_before_currencies_were_known_has_not_changed():
    known = BillDocument(
        vendor=Reference(id="31"),
        number="INV-7",
        txn_date=date(2026, 11, 3),
        due_date=None,
        memo="",
        lines=(ExpenseLine(amount=Decimal(5), account=Reference(id="7")),),
        currency="USD",
    )
    unknown = dataclasses.replace(known, currency="")
    assert changed_fields(unknown, known) == frozenset()
    assert differences(unknown, known) == differences(known, unknown) == ()
