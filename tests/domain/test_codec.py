"""Contents go into the database and come back as they were."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given

from qbsync.domain.codec import fingerprint, from_json, to_json
from qbsync.domain.ledger import BillDocument, Content, CustomerCard, LedgerKind
from tests.domain.contents import KINDS, bills, contents


@given(contents)
def test_a_content_comes_back_exactly_as_it_was(content: Content):
    back = from_json(KINDS[type(content)], to_json(content))
    assert back == content
    assert to_json(back) == to_json(content)


@given(bills)
def test_a_vendor_credit_is_kept_like_a_bill(bill: BillDocument):
    assert from_json(LedgerKind.VENDOR_CREDIT, to_json(bill)) == bill


@given(bills)
def test_money_is_never_turned_into_a_float(bill: BillDocument):
    back = from_json(LedgerKind.BILL, to_json(bill))
    assert isinstance(back, BillDocument)
    assert [str(line.amount) for line in back.lines] == [str(line.amount) for line in bill.lines]
    assert back.total == sum((line.amount for line in bill.lines), Decimal(0))


def test_no_content_is_an_empty_text():
    assert to_json(None) == ""
    assert from_json(LedgerKind.CUSTOMER, "") is None


@given(contents, contents)
def test_equal_contents_give_equal_texts_but_for_the_names_of_references(one: Content, other: Content):
    if to_json(one) == to_json(other):
        assert one == other


def test_a_fingerprint_tells_where_one_text_ends_and_the_next_begins():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", "") != fingerprint("a")
    assert fingerprint(to_json(CustomerCard(display_name="A"))) == fingerprint(to_json(CustomerCard(display_name="A")))
