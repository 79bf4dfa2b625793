"""What a person is told of a mapping rule that QuickBooks would refuse, or that looks like a slip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, Preferences
from qbsync.domain.mapping_remarks import COST_TYPES, preference_remarks, remark_of, remarks_of
from qbsync.domain.records import Category
from tests.domain.samples import lists, rule

INCOME = ListEntry(kind=LedgerKind.ACCOUNT, id="70", name="Design income", full_name="Design income", type="Income")
COST = ListEntry(kind=LedgerKind.ACCOUNT, id="71", name="Job cost", full_name="Job cost", type="Cost of Goods Sold")

NAMES = [
    # kind, made as, Core's name, typed, and what is said
    (MapKind.VENDOR, LedgerKind.VENDOR, "Granite", "", ""),
    (MapKind.VENDOR, LedgerKind.VENDOR, "Granite: North", "", "has a colon"),
    (MapKind.VENDOR, LedgerKind.VENDOR, "Granite: North", "Granite North", ""),
    (MapKind.VENDOR, LedgerKind.VENDOR, "Granite", "Granite: North", "has a colon"),
    (MapKind.CUSTOMER, LedgerKind.CUSTOMER, "", "", "The name is empty"),
    (MapKind.CUSTOMER, LedgerKind.CUSTOMER, "a" * 501, "", "QuickBooks takes 500"),
    (MapKind.EMPLOYEE, LedgerKind.EMPLOYEE, "Ada " + "S" * 101, "", "longer than 100 characters"),
    (MapKind.EMPLOYEE, LedgerKind.VENDOR, "Ada " + "S" * 101, "", ""),
    (MapKind.COST_CODE, LedgerKind.ITEM, "a" * 101, "", "takes 100 for an item"),
]


@pytest.mark.parametrize(("kind", "made", "name", "typed", "said"), NAMES)
def test_a_record_that_cannot_be_made_under_its_name_is_told_of(
    kind: MapKind, made: LedgerKind, name: str, typed: str, said: str
):
    wanted = MappingRule(kind=kind, core_id="X1", ledger_kind=made, create_name=typed)
    found = remark_of(wanted, name, lists())
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("type_", "odd"),
    [
        ("Cost of Goods Sold", False),
        ("Expense", False),
        ("Other Expense", False),
        ("Other Current Asset", False),
        ("Fixed Asset", False),
        ("", False),
        ("Income", True),
        ("Other Income", True),
        ("Bank", True),
        ("Accounts Payable", True),
        ("Equity", True),
    ],
)
def test_an_account_that_holds_no_cost_is_told_of_and_not_refused(type_: str, odd: bool):
    account = ListEntry(kind=LedgerKind.ACCOUNT, id="70", name="Design income", full_name="Design income", type=type_)
    said = remark_of(rule(MapKind.COST_CODE, "03-310", LedgerKind.ACCOUNT, "70"), "Ready mix", lists(account))
    assert bool(said) is odd is (type_ not in COST_TYPES)
    assert not odd or f"its type is {type_}" in said


def test_a_record_that_quickbooks_has_may_be_called_anything():
    assert remark_of(rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, "58"), "Harborview: East", lists()) == ""


def test_of_several_rules_the_odd_ones_are_told_with_their_code():
    rules = [
        rule(MapKind.COST_CODE, "03-310", LedgerKind.ACCOUNT, "70"),
        rule(MapKind.COST_CODE, "03-320", LedgerKind.ACCOUNT, "71"),
        replace(rule(MapKind.COST_CODE, "03-320", LedgerKind.ACCOUNT, "70"), project="24-101"),
        MappingRule(kind=MapKind.VENDOR, core_id="V1", ledger_kind=LedgerKind.VENDOR),
    ]
    found = remarks_of(rules, {(MapKind.VENDOR, "V1"): "Granite: North"}, lists(INCOME, COST))
    assert [one.partition(". ")[0].partition(" (")[0] for one in found] == [
        'Cost code 03-310: "Design income" is not an account for costs',
        'Cost code 03-320 on project 24-101: "Design income" is not an account for costs',
        "Vendor V1: Cannot be made yet",
    ]


BILLS = [
    # before, after, and what is told of
    ({}, {"fallback_account_id": "70"}, ["Fallback account"]),
    ({}, {"fallback_account_id": "71"}, []),
    ({}, {"category_account_ids": {Category.LABOR: "71", Category.MATERIALS: "70"}}, ["Account for Materials"]),
    ({"fallback_account_id": "70"}, {"fallback_account_id": "70"}, []),
    ({"fallback_account_id": "70"}, {}, []),
]


@pytest.mark.parametrize(("before", "after", "told"), BILLS)
def test_a_newly_chosen_account_for_bill_lines_that_holds_no_cost_is_told_of(
    before: dict[str, Any], after: dict[str, Any], told: list[str]
):
    found = preference_remarks(Preferences(**before), Preferences(**after), lists(INCOME, COST))
    assert [one.partition(":")[0] for one in found] == told
