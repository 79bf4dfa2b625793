"""What companies and installations may decide: each rule has bounds, reads from text, and says what changed."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.errors import BadInput
from qbsync.domain.house_rules import (
    COMPANY_FIELDS,
    FIELDS,
    KEEPING,
    CompanyRules,
    KeepingRules,
    rule_changes,
    rule_issues,
    text_of,
    value_of,
)
from qbsync.domain.wanted import SyncKind

WANTS_A_WORD = [
    # limits                                       records  on bills    asked
    ({}, 500, "0", False),
    ({}, 501, "0", True),
    ({"word_above": None}, 10_000, "0", False),
    ({"word_above": 0}, 1, "0", True),
    ({"word_above_amount": Decimal("1000")}, 1, "1000.00", False),
    ({"word_above_amount": Decimal("1000")}, 1, "1000.01", True),
]


@pytest.mark.parametrize(("limits", "records", "amount", "asked"), WANTS_A_WORD)
def test_a_typed_word_is_asked_for_above_either_limit(limits: dict[str, Any], records: int, amount: str, asked: bool):
    assert CompanyRules(**limits).wants_word(records, Decimal(amount)) is asked


READ = [
    # rule               text                     value, and how it reads
    ("word_above", "1,200", 1200, "1,200"),
    ("word_above", "never", None, "never"),
    ("word_above", "", None, "never"),
    ("word_above_amount", "25,000.50", Decimal("25000.50"), "25,000.50"),
    ("sync_kinds", "bill, vendor", frozenset({SyncKind.BILL, SyncKind.VENDOR}), "Vendor, Vendor bill"),
    ("sync_kinds", "everything", frozenset(), "everything"),
    ("previews_days", "30", 30, "30"),
    ("previews_days", "For ever", None, "for ever"),
]


@pytest.mark.parametrize(("name", "text", "value", "shown"), READ)
def test_a_rule_reads_from_text_and_back(name: str, text: str, value: object, shown: str):
    assert value_of(FIELDS[name], text) == value
    assert text_of(FIELDS[name], value) == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [("word_above", "many"), ("word_above", "1.5"), ("word_above_amount", "NaN"), ("sync_kinds", "bills")],
)
def test_a_text_that_says_no_value_is_refused_with_what_is_taken(name: str, text: str):
    with pytest.raises(BadInput, match=f"{FIELDS[name].title}' takes .*{text}"):
        value_of(FIELDS[name], text)


REFUSED = [
    # rules                                            what is said
    (CompanyRules(sure_score=49), "Give a number from 50 to 100."),
    (CompanyRules(sure_score=None), "It needs a value."),  # type: ignore[arg-type]
    (CompanyRules(word_above=-1), "or nothing for never."),
    (CompanyRules(word_above_amount=Decimal("0.001")), "more than two decimals"),
    (KeepingRules(previews_days=6), "Give a number from 7 to 3,650, or nothing for for ever."),
    (KeepingRules(notices_days=0), "out of bounds"),
]


@pytest.mark.parametrize(("rules", "said"), REFUSED)
def test_a_rule_out_of_bounds_is_refused_with_its_bounds(rules: CompanyRules | KeepingRules, said: str):
    (issue,) = rule_issues(rules)
    assert said in str(issue)
    assert issue.screen == "settings"


def test_the_defaults_are_in_bounds_and_change_nothing():
    assert rule_issues(CompanyRules()) == rule_issues(KeepingRules()) == []
    assert set(vars(KeepingRules()).values()) == {None}


def test_every_rule_is_described():
    assert [one.name for one in COMPANY_FIELDS] == [item.name for item in fields(CompanyRules)]
    assert [one.name for one in KEEPING] == [item.name for item in fields(KeepingRules)]


def test_what_changed_is_said_in_words():
    old, new = CompanyRules(), CompanyRules(word_above=None, sync_kinds=frozenset({SyncKind.BILL}))
    assert rule_changes(old, new) == [
        "A sync covers (kinds of record): everything → Vendor bill",
        "Ask for a typed word above this many records (records): 500 → never",
    ]
    assert rule_changes(new, new) == []
