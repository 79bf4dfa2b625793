"""Which QuickBooks record stands for a code, in the order in which the sources count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qbsync.domain.ledger import LedgerKind, Reference
from qbsync.domain.mapping import MapKind
from qbsync.domain.resolve import noun_of
from tests.domain.samples import lists, mapping, problems, resolver, rule

EXISTING = rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, "59")
CREATING = rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, create_name="Harborview II")
LINKED = {"customer:C1": (LedgerKind.CUSTOMER, "58")}

SOURCES = {
    "a mapped record comes before a link": (mapping(EXISTING), LINKED, "59", ()),
    "a link comes before making one": (mapping(CREATING), LINKED, "58", ()),
    "one that is to be made is required": (mapping(CREATING), {}, "new:customer:C1", ("customer:C1",)),
    "a link counts where the rule was taken away": (mapping(without="C1"), LINKED, "58", ()),
}


@pytest.mark.parametrize(("mapped", "links", "found", "requires"), SOURCES.values(), ids=SOURCES.keys())
def test_a_code_stands_for(mapped: object, links: dict[str, tuple[LedgerKind, str]], found: str, requires: object):
    resolved = resolver(mapped, links=links).name(MapKind.CUSTOMER, "C1", "Bill 7")  # type: ignore[arg-type]
    assert resolved.issues == ()
    assert (resolved.reference, resolved.requires) == (Reference(id=found), requires)


def test_a_code_that_nobody_mapped_stands_for_nothing_and_says_where_to_mend_it():
    (issue,) = resolver(mapping(without="C1")).name(MapKind.CUSTOMER, "C1", "Bill 7").issues
    assert (issue.record, issue.problem, issue.screen) == ("Bill 7", "Customer C1 is not mapped.", "mapping")


TOLD = [
    # kind              code      Core's name of it               what people read
    (MapKind.EMPLOYEE, "E-122", {"employee:E-122": "Stephen Park"}, "Employee E-122 (Stephen Park)"),
    (MapKind.COST_CODE, "03-300", {"item:03-300": "03-300 Concrete labor"}, "Cost code 03-300 Concrete labor"),
    (MapKind.VENDOR, "Acme", {"vendor:Acme": "Acme"}, "Vendor Acme"),
    (MapKind.PROJECT, "24-101", {}, "Project 24-101"),
]


@pytest.mark.parametrize(("kind", "code", "names", "told"), TOLD)
def test_a_code_is_told_with_cores_name_of_it(kind: MapKind, code: str, names: dict[str, str], told: str):
    named = replace(resolver(mapping(without="C1")), names=names)
    assert named.told(kind, code) == told
    assert named.unmapped(kind, code, "Bill 7").problem == f"{told} is not mapped."


def test_a_link_whose_record_became_inactive_is_said():
    resolved = resolver(mapping(CREATING), links={"customer:C1": (LedgerKind.CUSTOMER, "60")}).name(
        MapKind.CUSTOMER, "C1", "Bill 7"
    )
    assert resolved.reference is None
    assert problems(resolved.issues) == ['Customer C1 is mapped to "Old Mill", which is inactive in QuickBooks.']


@pytest.mark.parametrize(
    ("kind", "noun"),
    [
        (LedgerKind.VENDOR, "a vendor"),
        (LedgerKind.EMPLOYEE, "an employee"),
        (LedgerKind.TIME_ACTIVITY, "a time entry"),
        (LedgerKind.VENDOR_CREDIT, "a vendor credit"),
    ],
)
def test_a_kind_of_record_is_told_in_words_and_not_by_quickbooks_entity_names(kind: LedgerKind, noun: str):
    assert noun_of(kind) == noun


def test_a_reference_carries_the_full_name_for_the_reader():
    resolved = resolver(mapping(EXISTING)).name(MapKind.CUSTOMER, "C1", "Bill 7")
    assert resolved.reference is not None
    assert resolved.reference.name == "Harborview Partners:Harborview Tower"


def test_a_record_to_be_made_is_shown_by_its_name():
    resolved = resolver(mapping(CREATING)).name(MapKind.CUSTOMER, "C1", "Bill 7")
    assert resolved.reference is not None
    assert resolved.reference.name == "Harborview II"
    assert resolved.reference.is_new


def test_lists_know_their_entries_by_kind_and_id():
    known = lists()
    assert known.get(LedgerKind.CUSTOMER, "58") is not None
    assert known.get(LedgerKind.VENDOR, "58") is None
    assert [entry.id for entry in known.all(LedgerKind.EMPLOYEE, LedgerKind.VENDOR)] == ["55", "31"]
