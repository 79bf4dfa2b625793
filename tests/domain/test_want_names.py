"""What Core wants QuickBooks' customers, vendors and employees to be, and every fault of their names."""

from __future__ import annotations

import pytest

from qbsync.domain.ledger import CustomerCard, EmployeeCard, LedgerKind, ListEntry, Reference, VendorCard
from qbsync.domain.mapping import MapKind, MappingRule, Placement
from qbsync.domain.records import CoreRecord, Customer, Employee, EmployeeKind, Project, Vendor
from qbsync.domain.resolve import Resolver
from qbsync.domain.want_names import want_names
from qbsync.domain.wanted import Wanted
from tests.domain.samples import book, lists, mapping, problems, resolver, rule

NEW_CUSTOMER = rule(MapKind.CUSTOMER, "C2", LedgerKind.CUSTOMER)
NEW_PROJECT = rule(MapKind.PROJECT, "P2", LedgerKind.CUSTOMER)
NEW_VENDOR = rule(MapKind.VENDOR, "V2", LedgerKind.VENDOR)
NEW_EMPLOYEE = rule(MapKind.EMPLOYEE, "E2", LedgerKind.EMPLOYEE)


def found(core_id: str, *records: CoreRecord, using: Resolver) -> Wanted:
    """What is wanted of one record."""
    (one,) = [one for one in want_names(book(*records), using) if one.core_id == core_id]
    return one


def named(name: str, *rules: MappingRule, **given: str) -> Wanted:
    """A new customer of this name."""
    rules = rules or (NEW_CUSTOMER,)
    return found("C2", Customer(core_id="C2", name=name, **given), using=resolver(mapping(*rules)))


def test_a_name_that_the_mapping_ties_to_a_record_is_linked_and_never_written():
    one = found("C1", using=resolver())
    assert (one.content, one.link_to, one.issues) == (None, "58", ())


def test_an_unmapped_name_is_not_wanted_yet():
    assert "E9" not in {one.core_id for one in want_names(book(), resolver())}


def test_a_new_customer_is_written_with_all_that_core_knows():
    one = named("Delta & Sons", email="a@delta.example", phone="555", address="1 Main", city="Reno", state="NV")
    assert one.content == CustomerCard(
        display_name="Delta & Sons", email="a@delta.example", phone="555", line1="1 Main", city="Reno", state="NV"
    )


def test_a_name_of_its_own_for_quickbooks_is_taken_from_the_mapping():
    other = rule(MapKind.CUSTOMER, "C2", LedgerKind.CUSTOMER, create_name="Delta (customer)")
    assert named("Delta: East", other).content == CustomerCard(display_name="Delta (customer)")


EURO = ListEntry(kind=LedgerKind.CUSTOMER, id="58", name="Harborview", full_name="Harborview", currency="EUR")
ABROAD = [
    # the company's own, where it keeps several     in QuickBooks already     what is said
    ("USD", False, ['Customer "Harborview" is kept in EUR in QuickBooks, and Core\'s amounts are in USD.']),
    ("USD", True, []),
    ("EUR", False, []),
    ("", False, []),
]


@pytest.mark.parametrize(("home", "is_linked", "said"), ABROAD)
def test_a_new_sub_customer_of_a_customer_in_another_currency_says_so(home: str, is_linked: bool, said: list[str]):
    project = Project(core_id="P2", name="East Wing", customer="C1")
    links = {"project:P2": (LedgerKind.CUSTOMER, "77")} if is_linked else {}
    using = resolver(mapping(NEW_PROJECT), lists(EURO), links)
    (one,) = [one for one in want_names(book(project), using, home) if one.core_id == "P2"]
    assert problems(one.issues) == said


@pytest.mark.promise(22)
def test_a_project_becomes_a_sub_customer_of_its_customer():
    project = Project(core_id="P2", name="East Wing", customer="C1")
    one = found("P2", project, using=resolver(mapping(NEW_PROJECT)))
    assert one.content == CustomerCard(display_name="East Wing", parent=Reference(id="58"))
    assert one.requires == ()


def test_a_project_of_a_customer_that_is_still_to_be_made_requires_it():
    project = Project(core_id="P2", name="East Wing", customer="C2")
    one = found("P2", Customer(core_id="C2", name="Delta"), project, using=resolver(mapping(NEW_CUSTOMER, NEW_PROJECT)))
    assert one.content == CustomerCard(display_name="East Wing", parent=Reference(id="new:customer:C2"))
    assert one.requires == ("customer:C2",)


@pytest.mark.promise(22)
def test_a_project_can_be_a_customer_of_its_own():
    placed = resolver(mapping(NEW_PROJECT, project_placement=Placement.CUSTOMER))
    one = found("P2", Project(core_id="P2", name="East Wing"), using=placed)
    assert (one.content, one.issues) == (CustomerCard(display_name="East Wing"), ())


def test_a_project_may_be_placed_otherwise_than_the_companys_others():
    own = mapping(NEW_PROJECT, project_placements={"P2": Placement.CUSTOMER})
    one = found("P2", Project(core_id="P2", name="East Wing", customer="C1"), using=resolver(own))
    assert one.content == CustomerCard(display_name="East Wing")
    other = mapping(
        NEW_PROJECT, project_placement=Placement.CUSTOMER, project_placements={"P2": Placement.SUB_CUSTOMER}
    )
    one = found("P2", Project(core_id="P2", name="East Wing", customer="C1"), using=resolver(other))
    assert one.content == CustomerCard(display_name="East Wing", parent=Reference(id="58"))


def test_a_worker_is_an_employee_or_a_1099_vendor_by_its_mapping():
    people = (
        Employee(core_id="E2", name="Eve Maria Park", email="e@x.example"),
        Employee(core_id="E9", name="Max Pole", kind=EmployeeKind.CONTRACTOR),
    )
    using = resolver(mapping(NEW_EMPLOYEE, rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR)))
    assert found("E2", *people, using=using).content == EmployeeCard(
        display_name="Eve Maria Park", given_name="Eve Maria", family_name="Park", email="e@x.example"
    )
    assert found("E9", *people, using=using).content == VendorCard(display_name="Max Pole", is_1099=True)


FAULTY = {
    "a colon": ("Harborview: East", ['The name "Harborview: East" has a colon, which QuickBooks does not allow.']),
    "a tab": ("Harbor\tview", ['The name "Harbor\tview" has a tab, which QuickBooks does not allow.']),
    "a line break": ("Harbor\nview", ['The name "Harbor\nview" has a line break, which QuickBooks does not allow.']),
    "a hidden character": (
        "Harbor\x07view",
        ["The name has a hidden control character, which QuickBooks does not allow."],
    ),
    "too long": ("x" * 501, ["The name has 501 characters; QuickBooks takes 500."]),
    "all at once": (
        ":" + "x" * 500,
        [
            f'The name ":{"x" * 500}" has a colon, which QuickBooks does not allow.',
            "The name has 501 characters; QuickBooks takes 500.",
        ],
    ),
    "as long as may be": ("x" * 500, []),
    "odd and allowed": ("O'Brien \\ Sons & Co. — №5 🏗", []),
}


@pytest.mark.parametrize(("name", "said"), FAULTY.values(), ids=FAULTY.keys())
def test_everything_that_quickbooks_would_refuse_in_a_name_is_said(name: str, said: list[str]):
    assert problems(named(name).issues) == said


def test_a_persons_given_and_family_names_have_limits_of_their_own():
    long = Employee(core_id="E2", name="x" * 101 + " Park")
    one = found("E2", long, using=resolver(mapping(NEW_EMPLOYEE)))
    assert problems(one.issues) == ["A given or family name is longer than 100 characters."]


@pytest.mark.promise(15)
def test_a_name_that_another_kind_of_quickbooks_record_holds_is_said_before_quickbooks_refuses_it():
    one = named("granite ready mix")
    assert problems(one.issues) == [
        'QuickBooks already has a vendor named "granite ready mix"; a name can be used once.'
    ]


def test_a_name_that_two_records_of_core_want_is_said_of_both():
    using = resolver(mapping(NEW_CUSTOMER, NEW_VENDOR))
    both = (Customer(core_id="C2", name="Delta"), Vendor(core_id="V2", name="DELTA"))
    assert problems(found("C2", *both, using=using).issues) == ['Vendor V2 has the same name "Delta".']
    assert problems(found("V2", *both, using=using).issues) == ['Customer C2 has the same name "DELTA".']


def test_an_inactive_holder_of_a_name_stands_in_nobodys_way():
    old = ListEntry(kind=LedgerKind.VENDOR, id="90", name="Delta", full_name="Delta", active=False)
    one = found("C2", Customer(core_id="C2", name="Delta"), using=resolver(mapping(NEW_CUSTOMER), lists(old)))
    assert one.issues == ()


def test_a_project_without_a_customer_cannot_be_a_sub_customer():
    one = found("P2", Project(core_id="P2", name="East Wing"), using=resolver(mapping(NEW_PROJECT)))
    assert problems(one.issues) == ["The project has no customer, so it cannot be a sub-customer."]


def test_a_project_of_an_unmapped_customer_says_so():
    project = Project(core_id="P2", name="East Wing", customer="C1")
    one = found("P2", project, using=resolver(mapping(NEW_PROJECT, without="C1")))
    assert problems(one.issues) == ["Customer C1 is not mapped."]


TARGETS = {
    "gone": ("77", "Customer C1 is mapped to a QuickBooks customer (id 77) that is no longer there."),
    "inactive": ("60", 'Customer C1 is mapped to "Old Mill", which is inactive in QuickBooks.'),
}


@pytest.mark.parametrize(("ledger_id", "said"), TARGETS.values(), ids=TARGETS.keys())
def test_a_mapping_to_a_record_that_cannot_be_used_is_said(ledger_id: str, said: str):
    other = rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, ledger_id)
    assert problems(found("C1", using=resolver(mapping(other))).issues) == [said]
