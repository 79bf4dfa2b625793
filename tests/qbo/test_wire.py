"""What we write reads back as what we meant, and numbers stay exact."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import (
    BillDocument,
    CustomerCard,
    EmployeeCard,
    ExpenseLine,
    LedgerKind,
    Operation,
    Reference,
    TimeEntry,
    VendorCard,
)
from qbsync.qbo.wire import read_posted, request_item
from qbsync.qbo.wire_json import dumps, loads
from tests.qbo.wire_support import created, item, updated

# --- round trips

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
names = texts.filter(bool)
references = st.builds(Reference, id=st.integers(1, 10**18).map(str), name=texts)
amounts = st.decimals(min_value=0, max_value=10**9, places=2)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
customers = st.builds(
    CustomerCard,
    display_name=names,
    parent=st.none() | references,
    email=texts,
    phone=texts,
    line1=texts,
    city=texts,
    state=texts,
    postal_code=texts,
)
vendors = st.builds(
    VendorCard,
    display_name=names,
    email=texts,
    phone=texts,
    line1=texts,
    city=texts,
    state=texts,
    postal_code=texts,
    is_1099=st.booleans(),
)
employees = st.builds(EmployeeCard, display_name=names, given_name=names, family_name=texts, email=texts)


@st.composite
def time_entries(draw):
    billable = draw(st.booleans())
    return TimeEntry(
        worker_kind=draw(st.sampled_from([LedgerKind.EMPLOYEE, LedgerKind.VENDOR])),
        worker=draw(references),
        txn_date=draw(days),
        minutes=draw(st.integers(0, 8760 * 60)),
        customer=draw(references if billable else st.none() | references),
        item=draw(references),
        billable=billable,
        hourly_rate=draw(st.decimals(0, 10**6, places=4)) if billable else None,
        description=draw(texts),
    )


@st.composite
def lines(draw):
    target = draw(st.sampled_from(["account", "item"]))
    return ExpenseLine(
        amount=draw(amounts),
        description=draw(texts),
        customer=draw(st.none() | references),
        **{target: draw(references)},
    )


@st.composite
def bills(draw, due=days):
    return BillDocument(
        vendor=draw(references),
        number=draw(texts),
        txn_date=draw(days),
        due_date=draw(due),
        memo=draw(texts),
        lines=tuple(draw(st.lists(lines(), min_size=1, max_size=5))),
    )


contents = st.one_of(
    st.tuples(st.just(LedgerKind.CUSTOMER), customers),
    st.tuples(st.just(LedgerKind.VENDOR), vendors),
    st.tuples(st.just(LedgerKind.EMPLOYEE), employees),
    st.tuples(st.just(LedgerKind.TIME_ACTIVITY), time_entries()),
    st.tuples(st.just(LedgerKind.BILL), bills()),
    st.tuples(st.just(LedgerKind.VENDOR_CREDIT), bills(due=st.none())),
)


@given(contents)
def test_what_is_created_reads_back_as_it_was_meant(kind_and_content):
    kind, content = kind_and_content
    assert read_posted(kind, created(kind, content)).content == content


@given(st.one_of(st.tuples(contents, contents)).filter(lambda pair: pair[0][0] is pair[1][0]))
def test_what_is_updated_reads_back_as_it_was_meant(pair):
    (kind, before), (_, after) = pair
    sent = updated(kind, after, created(kind, before))
    assert read_posted(kind, sent).content == after


@given(contents)
def test_an_update_that_changes_nothing_sends_what_is_there(kind_and_content):
    kind, content = kind_and_content
    stored = created(kind, content)
    kept = {key: value for key, value in stored.items() if key not in ("MetaData", "domain")}
    assert updated(kind, content, stored) == kept


@given(contents)
def test_the_same_write_always_gives_the_same_text(kind_and_content):
    kind, content = kind_and_content
    one, two = (dumps(request_item(item(kind, Operation.CREATE, content))) for _ in range(2))
    assert one == two
    assert one.isascii()


# --- numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("10.50"), "10.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("12345678901234567890.12"), "12345678901234567890.12"),
        (8760, "8760"),
        (0.1, "0.1"),
        (True, "true"),
        (None, "null"),
        ("é\u2028", '"\\u00e9\\u2028"'),
        ({"b": [1, {}], "a": Decimal("1.10")}, '{"a":1.10,"b":[1,{}]}'),
    ],
)
def test_json_is_written_digit_for_digit(value, text):
    assert dumps(value) == text


@pytest.mark.promise(21)
def test_money_is_read_digit_for_digit():
    assert str(loads('{"TotalAmt":0.1000}')["TotalAmt"]) == "0.1000"


@pytest.mark.parametrize("text", ['{"a":NaN}', '{"a":Infinity}', "", "{"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        loads(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_our_writer_agrees_with_the_usual_one(value):
    assert json.loads(dumps(value)) == value


@pytest.mark.parametrize("kind", [LedgerKind.ACCOUNT, LedgerKind.CLASS, LedgerKind.BILL_PAYMENT])
def test_kinds_that_are_only_listed_have_no_content(kind):
    with pytest.raises(BadInput, match="only listed"):
        read_posted(kind, {"Id": "1"})
