"""What a save of the mapping changes: lines that wait, lines that are posted, and which of them get free or stop."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.book import CoreBook
from qbsync.domain.effect import Concerns, Effect, changed_keys, effect_of, touched
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingSet, Posting
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_names import want_names
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import Wanted
from tests.domain.samples import book, mapping, payroll_row, resolver, rule, vendor_bill

LATER = date(2026, 11, 29)
CORE = book(
    payroll_row("8 8 0 0 0 0 0"),
    payroll_row("8 0 0 0 0 0 0", week_ending=LATER),
    payroll_row("8 0 0 0 0 0 0", employee="E9", project="P1", cost_code="03-310"),
    vendor_bill("100.00", "50.00"),
)
OVERTIME_ITEM = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3")
ON_P1 = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3", project="P1")
ON_P2 = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3", project="P2")
GONE_ITEM = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "5")
SUPPLIES = rule(MapKind.COST_CODE, "03-310", LedgerKind.ACCOUNT, "8")
MAX_POLE = rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR, "31")

SAVES = {
    "nothing": (mapping(), mapping(), Effect()),
    "another item": (mapping(), mapping(OVERTIME_ITEM), Effect(waiting=3)),
    "a project's own item": (mapping(), mapping(ON_P1), Effect(waiting=3)),
    "an own item of a project without hours": (mapping(), mapping(ON_P2), Effect()),
    "an item that is inactive": (mapping(), mapping(GONE_ITEM), Effect(waiting=3, stopped=3)),
    "a rule that is taken away": (mapping(), mapping(without="03-300"), Effect(waiting=3, stopped=3)),
    "the account of a bill's lines": (mapping(), mapping(SUPPLIES), Effect(waiting=1)),
    "a worker who had no rule": (
        mapping(fallback_item_id="2"),
        mapping(MAX_POLE, fallback_item_id="2"),
        Effect(waiting=1, freed=1),
    ),
    "an item for what has none": (
        mapping(MAX_POLE),
        mapping(MAX_POLE, fallback_item_id="2"),
        Effect(waiting=1, freed=1),
    ),
    "another description": (mapping(), mapping(description_template="{project}"), Effect(waiting=3)),
    "hours by the week": (mapping(), mapping(posting=Posting.WEEKLY), Effect(waiting=3)),
    "a default account that no line needs": (mapping(), mapping(fallback_account_id="8"), Effect()),
}


def wanted(core: CoreBook, mapped: MappingSet, concerns: Concerns = lambda row: True) -> list[Wanted]:
    return [*want_time(core, resolver(mapped), concerns=concerns), *want_bills(core, resolver(mapped))]


def effect(old: MappingSet, new: MappingSet, *posted: str) -> Effect:
    narrow = touched(CORE, old, new)
    before, after = (wanted(narrow.book, mapped, narrow.concerns) for mapped in (old, new))
    return effect_of(changed_keys(before, after), posted)


@pytest.mark.parametrize(("old", "new", "expected"), SAVES.values(), ids=SAVES.keys())
def test_a_save_changes_just_the_lines_that_it_posts_otherwise(old: MappingSet, new: MappingSet, expected: Effect):
    assert effect(old, new) == expected


@pytest.mark.parametrize(("old", "new", "expected"), SAVES.values(), ids=SAVES.keys())
def test_looking_at_touched_weeks_and_bills_only_finds_all_that_changes(
    old: MappingSet, new: MappingSet, expected: Effect
):
    assert effect_of(changed_keys(wanted(CORE, old), wanted(CORE, new)), ()) == expected


def test_only_rows_that_a_change_concerns_are_worked_out():
    sizes = {name: touched(CORE, old, new).size for name, (old, new, _) in SAVES.items()}
    assert sizes == {
        "nothing": 0,
        "another item": 2,
        "a project's own item": 2,
        "an own item of a project without hours": 2,
        "an item that is inactive": 2,
        "a rule that is taken away": 2,
        "the account of a bill's lines": 2,
        "a worker who had no rule": 1,
        "an item for what has none": 3,
        "another description": 3,
        "hours by the week": 3,
        "a default account that no line needs": 1,
    }


def test_what_is_in_quickbooks_is_counted_by_itself():
    monday = "time_entry:2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
    assert effect(mapping(), mapping(OVERTIME_ITEM), monday, "bill:VB-1") == Effect(waiting=2, posted=1)


def test_lines_that_are_wanted_no_more_do_not_wait():
    changed = changed_keys(wanted(CORE, mapping()), [])
    assert effect_of(changed, ("bill:VB-1",)) == Effect(posted=1)


P1_MADE = rule(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER)
C1_MADE = rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER)
C1_MISNAMED = rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, create_name="Harborview: East")
V1_MADE = rule(MapKind.VENDOR, "V1", LedgerKind.VENDOR)
E9_MISNAMED = rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR, create_name="Max: Pole")
WITHOUT_CUSTOMER = mapping(P1_MADE, without="C1")

SAVES_OF_NAMES = {
    "a customer that is linked, on whom a project waits": (
        WITHOUT_CUSTOMER,
        mapping(P1_MADE),
        Effect(waiting=4, freed=4, linked=1, made=1),
    ),
    "a customer that is made, on whom a project waits": (
        WITHOUT_CUSTOMER,
        mapping(P1_MADE, C1_MADE),
        Effect(waiting=4, freed=4, made=2),
    ),
    "a customer that cannot be made under its name": (WITHOUT_CUSTOMER, mapping(P1_MADE, C1_MISNAMED), Effect(held=2)),
    "a customer whose rule goes, with a project on it": (
        mapping(P1_MADE),
        WITHOUT_CUSTOMER,
        Effect(waiting=4, stopped=4, held=1),
    ),
    "a project's own customer, which no line needs": (mapping(without="C1"), mapping(), Effect(linked=1)),
    "a project that is made rather than linked": (mapping(), mapping(P1_MADE), Effect(waiting=4, made=1)),
    "a vendor that is linked rather than made": (mapping(V1_MADE), mapping(), Effect(waiting=1, linked=1)),
    "a vendor whose rule goes": (mapping(), mapping(without="V1"), Effect(waiting=1, stopped=1)),
    "a worker who cannot be made under that name": (
        mapping(fallback_item_id="2"),
        mapping(E9_MISNAMED, fallback_item_id="2"),
        Effect(waiting=1, held=1),
    ),
}


def effect_with_names(old: MappingSet, new: MappingSet, *posted: str) -> Effect:
    names = [[*want_names(CORE, resolver(mapped)), *want_items(CORE, resolver(mapped))] for mapped in (old, new)]
    narrow = touched(CORE, old, new, changed_keys(*names))
    before, after = (
        [*found, *wanted(narrow.book, mapped, narrow.concerns)] for found, mapped in zip(names, (old, new), strict=True)
    )
    return effect_of(changed_keys(before, after), posted)


@pytest.mark.parametrize(("old", "new", "expected"), SAVES_OF_NAMES.values(), ids=SAVES_OF_NAMES.keys())
def test_a_save_tells_of_names_and_of_the_lines_that_wait_for_them(old: MappingSet, new: MappingSet, expected: Effect):
    assert effect_with_names(old, new) == expected


HELD = {
    "by its own name, before a project that waits for it": (
        WITHOUT_CUSTOMER,
        mapping(P1_MADE, C1_MISNAMED),
        'Customer C1: The name "Harborview: East" has a colon',
    ),
    "by a customer that is not mapped": (mapping(P1_MADE), WITHOUT_CUSTOMER, "Project P1: "),
    "by nothing": (mapping(), mapping(P1_MADE), ""),
}


@pytest.mark.parametrize(("old", "new", "told"), HELD.values(), ids=HELD.keys())
def test_the_first_name_that_is_held_is_told_with_its_reason(old: MappingSet, new: MappingSet, told: str):
    first = effect_with_names(old, new).held_first
    assert first.startswith(told)
    assert bool(first) == bool(told)


def test_a_name_that_quickbooks_has_is_not_made_again():
    assert effect_with_names(mapping(), mapping(V1_MADE), "vendor:V1").made == 0
