"""Which QuickBooks record is suggested for a Core code, how sure we are, and why."""

# ruff: noqa: E501  (the tables are wider than the code)

from __future__ import annotations

import pytest

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences
from qbsync.domain.records import Category, CoreRecord, CostCode, Customer, Employee, EmployeeKind, Project, Vendor
from qbsync.domain.resolve import Lists
from qbsync.domain.suggest import ALIKE_MAX, Suggestion, suggest
from tests.domain.samples import book, lists, mapping, rule
from tests.domain.tables import cases

IN_BULK = 90  # what `--accept-over 90` takes
NONE = MappingSet(version=0, rules=(), preferences=Preferences())
KINDS = {"E": LedgerKind.EMPLOYEE, "C": LedgerKind.CUSTOMER, "V": LedgerKind.VENDOR}


def suggested(records: list[CoreRecord], *known: ListEntry) -> list[Suggestion]:
    found: dict[LedgerKind, list[ListEntry]] = {}
    for entry in known:
        found.setdefault(entry.kind, []).append(entry)
    return suggest(CoreBook.of(records), NONE, Lists.of(found))


def listed(kind: LedgerKind, ledger_id: str, name: str, **given: object) -> ListEntry:
    return ListEntry(kind=kind, id=ledger_id, name=name, full_name=name, **given)  # type: ignore[arg-type]


def record_of(kind: str, name: str) -> CoreRecord:
    match kind:
        case "employee":
            return Employee(core_id="X", name=name)
        case "1099":
            return Employee(core_id="X", name=name, kind=EmployeeKind.CONTRACTOR)
        case "vendor":
            return Vendor(core_id="X", name=name)
        case "project":
            return Project(core_id="X", name=name)
        case _:
            return Customer(core_id="X", name=name)


NAMES = """
core       name                    quickbooks                  suggested                        score   bulk   why
employee   Ada Stone               E Ada Stone                 Ada Stone                        100     yes    Same name
employee   ada stone               E Ada Stone                 Ada Stone                        100     yes    Same name
employee   Ada Stone               E Adam Stone                Adam Stone                       89      no     Name 95 % alike
employee   Jon Smith               E John Smith                John Smith                       89      no     Name 95 % alike
employee   Maria Garcia            E Mario Garcia              Mario Garcia                     89      no     Name 92 % alike
employee   Bo Stone                E Katherine Anne Stone      Katherine Anne Stone             70      no     Same family name: look whether it is the same person
employee   Bo Stone                E Max Pole                  Create employee                  95      yes    QuickBooks has no employee of this or a similar name
employee   Ada Stone               V Ada Stone                 Create "Ada Stone (E)"           60      no     QuickBooks already has a vendor of this name, and allows a name once
1099       Max Pole                V Max Pole                  Max Pole                         100     yes    Same name
1099       Max Pole                E Max Pole                  Create "Max Pole (V)"            60      no     QuickBooks already has an employee of this name, and allows a name once
vendor     Granite Ready Mix, LLC  V Granite Ready Mix Inc     Granite Ready Mix Inc            97      yes    Same name but for punctuation or legal form
vendor     O'Brien & Sons          V OBrien and Sons           OBrien and Sons                  97      yes    Same name but for punctuation or legal form
vendor     Granite Ready Mix       V Granit Ready Mix          Granit Ready Mix                 89      no     Name 97 % alike
customer   Harborview: East        C Old Mill                  Create "Harborview - East"       60      no     QuickBooks allows no colon in a name: look whether this one will do
customer   Harborview              C Old Mill                  Create customer                  95      yes    QuickBooks has no customer of this or a similar name
project    Harborview              C Old Mill                  Create sub-customer              95      yes    QuickBooks has no customer of this or a similar name
customer   José Díaz               C Jose Diaz                 Jose Diaz                        97      yes    Same name but for punctuation or legal form
"""


@pytest.mark.parametrize(("core", "name", "known", "target", "score", "bulk", "why"), cases(NAMES))
def test_a_name_is_suggested_by_how_much_it_is_alike(
    core: str, name: str, known: str, target: str, score: str, bulk: str, why: str
):
    kind, _, listed_name = known.partition(" ")
    (one,) = suggested([record_of(core, name)], listed(KINDS[kind], "9", listed_name))
    assert (one.target, str(one.score), one.reason) == (target, score, why)
    assert (one.score >= IN_BULK) == (bulk == "yes")


COST_CODES = """
code     description         category       quickbooks                     suggested       score   why
03-300   Concrete labor      Labor          Item 03-300 Service            03-300          100     Same code 03-300
03-300   Concrete labor      Labor          Item Concrete-Labor Service    Concrete-Labor  100     Same name
03-300   Concrete labor      Labor          Item Concrete-Labor Inventory  -               0       No similar name in QuickBooks
03-310   Ready mix           Materials      Account Job-Materials Expense  -               0       No similar name in QuickBooks
03-310   Ready mix           Materials      Account Ready-Mix Expense      Ready-Mix       100     Same name
03-310   Ready mix           Materials      Account Ready-Mix Income       -               0       No similar name in QuickBooks
03-310   Ready mixes         Materials      Account Ready-Mix Expense      Ready-Mix       89      Name 90 % alike
03-100   Phase 1 concrete    Labor          Item Phase-2-concrete Service  Phase-2-concrete  89    Name 94 % alike
"""


@pytest.mark.parametrize(("code", "description", "category", "known", "target", "score", "why"), cases(COST_CODES))
def test_a_cost_code_is_suggested_by_its_code_its_name_and_what_it_is_used_for(
    code: str, description: str, category: str, known: str, target: str, score: str, why: str
):
    kind, name, type_ = known.split(" ", 2)
    entry = listed(LedgerKind(kind), "9", name, type=type_)
    record = CostCode(core_id=code, description=description, category=Category(category))
    (one,) = suggested([record], entry)
    assert (one.target, str(one.score), one.reason) == (target, score, why)


def test_materials_usually_post_to_job_materials():
    usual = listed(LedgerKind.ACCOUNT, "7", "Job Materials", type="Cost of Goods Sold")
    (one,) = suggested([CostCode(core_id="03-310", description="Ready mix", category=Category.MATERIALS)], usual)
    assert (one.target, one.score, one.reason) == ("Job Materials", 92, "Materials codes usually post to Job Materials")


def test_two_people_of_one_name_are_never_accepted_in_bulk():
    father, son = Employee(core_id="E1", name="John Smith"), Employee(core_id="E2", name="John  SMITH")
    found = suggested([father, son], listed(LedgerKind.EMPLOYEE, "9", "John Smith"))
    assert [one.score <= ALIKE_MAX for one in found] == [True, True]
    assert found[0].reason.startswith("2 records of Core have this name: look which of them is meant.")


@pytest.mark.promise(15)
def test_an_inactive_record_is_not_made_again_but_pointed_out():
    gone = listed(LedgerKind.CUSTOMER, "9", "Old Mill (deleted)", active=False)
    (one,) = suggested([Customer(core_id="C", name="Old Mill")], gone)
    assert one.rule is None
    assert one.reason.startswith('Inactive in QuickBooks as "Old Mill (deleted)"')


LABOR = CostCode(core_id="09", description="Labor", category=Category.LABOR)
MATERIALS = CostCode(core_id="08", description="Sand", category=Category.MATERIALS)


def under(parent: str, kind: LedgerKind, ledger_id: str, name: str, **given: object) -> ListEntry:
    return ListEntry(kind=kind, id=ledger_id, name=name, full_name=f"{parent}:{name}", **given)  # type: ignore[arg-type]


EQUALS: list[tuple[CoreRecord, LedgerKind, str, str, str]] = [
    (LABOR, LedgerKind.ITEM, "Labor", "Service", "Same name"),
    (LABOR, LedgerKind.ITEM, "09", "Service", "Same code 09"),
    (MATERIALS, LedgerKind.ACCOUNT, "Job Materials", "Expense", "Materials codes usually post to Job Materials"),
    (Customer(core_id="C1", name="Phase 2"), LedgerKind.CUSTOMER, "Phase 2", "", "Same name"),
]


@pytest.mark.parametrize(("record", "kind", "name", "type_", "why"), EQUALS, ids=[row[2] for row in EQUALS])
def test_records_of_one_name_under_two_parents_are_never_accepted_in_bulk(
    record: CoreRecord, kind: LedgerKind, name: str, type_: str, why: str
):
    both = [under(parent, kind, parent, name, type=type_) for parent in ("Concrete", "Masonry")]
    (one,) = suggested([record], *both)
    assert one.score == ALIKE_MAX
    assert one.reason == f"2 records of QuickBooks fit equally: look which of them is meant. {why}"
    (sure,) = suggested([record], both[0])
    assert sure.score >= IN_BULK


HARBORVIEW = listed(LedgerKind.CUSTOMER, "5", "Harborview")
TAKEN = {
    # what is mapped already                                                       in QuickBooks
    "its own customer, mapped": ((rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, "5"),), (HARBORVIEW,)),
    "its own customer, to be made": ((rule(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER),), ()),
    "its own customer, not mapped yet": ((), (HARBORVIEW,)),
    "its own customer, suggested to be made": ((), ()),
}


@pytest.mark.parametrize(("rules", "known"), TAKEN.values(), ids=TAKEN.keys())
def test_a_project_named_like_its_customer_is_never_taken_for_it_in_bulk(
    rules: tuple[MappingRule, ...], known: tuple[ListEntry, ...]
):
    core = CoreBook.of([Customer(core_id="C1", name="Harborview"), Project(core_id="P1", name="Harborview")])
    mapped = MappingSet(version=1, rules=rules, preferences=Preferences())
    found = suggest(core, mapped, Lists.of({LedgerKind.CUSTOMER: list(known)}))
    project = found[-1]
    assert project.score == ALIKE_MAX
    assert project.reason.startswith("Customer C1 takes this already: look which of them is meant.")
    assert all(one.score >= IN_BULK for one in found[:-1])


def test_a_vendor_that_another_vendor_of_core_takes_is_never_accepted_in_bulk():
    mapped = MappingSet(
        version=1, rules=(rule(MapKind.VENDOR, "V1", LedgerKind.VENDOR, "31"),), preferences=Preferences()
    )
    core = CoreBook.of([Vendor(core_id="V1", name="Granite Ltd of Napa"), Vendor(core_id="V2", name="Granite")])
    (one,) = suggest(core, mapped, Lists.of({LedgerKind.VENDOR: [listed(LedgerKind.VENDOR, "31", "Granite")]}))
    assert (one.core_id, one.score) == ("V2", ALIKE_MAX)


def test_many_cost_codes_and_a_1099_worker_who_also_sends_bills_may_share_a_record():
    usual = listed(LedgerKind.ACCOUNT, "7", "Job Materials", type="Expense")
    codes: list[CoreRecord] = [MATERIALS, CostCode(core_id="07", description="Gravel", category=Category.MATERIALS)]
    assert [one.score for one in suggested(codes, usual)] == [92, 92]
    worker = Employee(core_id="E9", name="Max Pole", kind=EmployeeKind.CONTRACTOR)
    both = suggested([worker, Vendor(core_id="V9", name="Max Pole")], listed(LedgerKind.VENDOR, "9", "Max Pole"))
    assert [one.score for one in both] == [100, 100]


def test_what_is_mapped_already_gets_no_suggestion():
    assert {one.core_id for one in suggest(book(), mapping(), lists())} == {"E9"}


def test_a_suggestion_carries_the_rule_that_accepting_it_saves():
    (one,) = suggested([Employee(core_id="E1", name="Ada Stone")], listed(LedgerKind.EMPLOYEE, "55", "Ada Stone"))
    assert one.rule is not None
    assert (one.rule.kind, one.rule.core_id, one.rule.ledger_kind, one.rule.ledger_id) == (
        MapKind.EMPLOYEE,
        "E1",
        LedgerKind.EMPLOYEE,
        "55",
    )
