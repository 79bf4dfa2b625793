"""Cost codes that get a service item of their own: what is made, what it needs, and what refers to it."""

from __future__ import annotations

import pytest

from qbsync.domain.ledger import ItemCard, LedgerKind, Reference, TimeEntry
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import Wanted
from tests.domain.samples import book, mapping, payroll_row, problems, resolver, rule, vendor_bill

NEW = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM)


def items(mapped: MappingSet) -> list[Wanted]:
    return want_items(book(), resolver(mapped))


def test_a_code_gets_an_item_of_its_number_and_name_under_the_income_account():
    (one,) = items(mapping(NEW, income_account_id="8"))
    assert one.key == "item:03-300"
    assert (one.ledger_kind, one.title, one.issues) == (LedgerKind.ITEM, "03-300 Concrete labor", ())
    assert one.content == ItemCard(
        display_name="03-300 Concrete labor", income_account=Reference(id="8"), description="Concrete labor"
    )


def test_codes_whose_items_exist_want_none():
    assert items(mapping(income_account_id="8")) == []


FAULTS = [
    ("", "", ["A new service item needs an income account, and none is chosen."]),
    ("9", "", ['The income account of new items is mapped to "Closed", which is inactive in QuickBooks.']),
    ("8", "Labor: concrete", ['The name "Labor: concrete" has a colon, which QuickBooks does not allow.']),
    ("8", "x" * 101, ["The name has 101 characters; QuickBooks takes 100 for an item."]),
]


@pytest.mark.parametrize(("account", "name", "said"), FAULTS)
def test_what_quickbooks_would_refuse_is_said_before(account: str, name: str, said: list[str]):
    named = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, create_name=name)
    (one,) = items(mapping(named, income_account_id=account))
    assert problems(one.issues) == said


def test_hours_require_the_item_and_point_at_it_until_it_is_there():
    new = mapping(NEW, income_account_id="8")
    (one,) = want_time(book(payroll_row()), resolver(new))
    assert isinstance(one.content, TimeEntry)
    assert (one.content.item, one.requires) == (Reference(id="new:item:03-300"), ("item:03-300",))
    (one,) = want_time(book(payroll_row()), resolver(new, links={"item:03-300": (LedgerKind.ITEM, "3")}))
    assert isinstance(one.content, TimeEntry)
    assert (one.content.item, one.requires) == (Reference(id="3"), ())


def test_a_bill_cannot_stand_on_an_item_that_is_sold_only():
    new = mapping(rule(MapKind.COST_CODE, "03-310", LedgerKind.ITEM), income_account_id="8")
    (one,) = want_bills(book(vendor_bill()), resolver(new))
    assert problems(one.issues) == [
        "Cost code 03-310 gets a service item of its own, which has no expense account, so it cannot be on a bill."
    ]
