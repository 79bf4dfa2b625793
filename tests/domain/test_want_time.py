"""What Core wants QuickBooks' time entries to be, and everything that is wrong with them, all at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.ledger import LedgerKind, ListEntry, Reference, TimeEntry
from qbsync.domain.mapping import MapKind, Posting, RateSource, ShiftTarget
from qbsync.domain.records import CoreKind, CostCode, Employee, Project, Shift, Status
from qbsync.domain.resolve import Resolver
from qbsync.domain.want_time import DESCRIPTION_MAX, want_time
from qbsync.domain.wanted import Wanted, mark_of
from tests.domain.samples import WEEK, book, lists, mapping, payroll_row, problems, resolver, rule
from tests.domain.tables import cases

SATURDAY = date(2026, 11, 21)


def wanted(*rows: object, using: Resolver | None = None, core: object = None) -> list[Wanted]:
    return want_time(core or book(*rows), using or resolver())  # type: ignore[arg-type]


def entry(one: Wanted) -> TimeEntry:
    assert isinstance(one.content, TimeEntry)
    return one.content


def test_hours_become_one_entry_a_day_and_pay_type():
    (one,) = wanted(payroll_row("8 0 0 0 0 0 0"))
    assert one.issues == ()
    assert one.title == "Ada Stone · Mon 16 Nov 2026 · P1 · 03-300 · 8 h"
    assert (one.minutes, one.scope_date, one.requires) == (480, WEEK, ())
    mark = mark_of("2026-11-22|E1|P1|03-300|Day|2026-11-16|regular")
    assert entry(one) == TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=Reference(id="55"),
        txn_date=date(2026, 11, 16),
        minutes=480,
        customer=Reference(id="59"),
        item=Reference(id="2"),
        description=f"03-300 Concrete labor · Day · Regular [{mark}]",
    )


def test_overtime_goes_to_the_overtime_item_where_one_is_chosen():
    with_item = resolver(mapping(overtime_item_id="3"))
    found = wanted(payroll_row("10 10 10 10 2 0 0"), using=with_item)
    assert [(one.minutes // 60, entry(one).item) for one in found] == [
        *[(10, Reference(id="2"))] * 4,
        (2, Reference(id="3")),
    ]


CALIFORNIA = "13 0 0 0 0 0 0"  # 8 h regular, 4 h overtime, 1 h double time
ITEMS = """
shift   overtime   double   night   goes to   regular   more    most
Day     -          -        -       -         2         2       2
Day     3          -        -       -         2         3       3
Day     3          6        -       -         2         3       6
Day     -          6        -       -         2         2       6
Night   -          -        3       item      3         3       3
Day     -          -        3       item      2         2       2
Night   -          -        3       -         2         2       2
Night   6          -        3       item      3         6       6
"""


@pytest.mark.parametrize("row", [tuple(row) for row in cases(ITEMS)])
def test_the_item_is_that_of_the_pay_type_else_of_the_shift_else_of_the_cost_code(row: tuple[str, ...]):
    shift, overtime, double, night, target, *items = row
    more = ListEntry(kind=LedgerKind.ITEM, id="6", name="Premium", full_name="Premium", type="Service")
    preferences = mapping(
        overtime_rule="california",
        overtime_item_id=overtime,
        double_time_item_id=double,
        shift_item_ids={Shift.NIGHT: night} if night else {},
        shift_target=ShiftTarget.ITEM if target else ShiftTarget.DESCRIPTION,
    )
    found = wanted(payroll_row(CALIFORNIA, shift=Shift(shift)), using=resolver(preferences, lists(more)))
    assert [(one.minutes // 60, entry(one).item) for one in found] == [
        (hours, Reference(id=item)) for hours, item in zip((8, 4, 1), items, strict=True)
    ]


NIGHTS = ListEntry(kind=LedgerKind.CLASS, id="70", name="Nights", full_name="Nights")
CLASSES: list[tuple[Shift, ShiftTarget, str, list[str]]] = [
    # shift, goes to, class, said
    (Shift.NIGHT, ShiftTarget.CLASS, "70", []),
    (Shift.DAY, ShiftTarget.CLASS, "", []),
    (Shift.NIGHT, ShiftTarget.ITEM, "", []),
]


@pytest.mark.parametrize(("shift", "target", "found", "said"), CLASSES)
def test_a_shift_gives_its_class_where_shifts_go_to_classes(
    shift: Shift, target: ShiftTarget, found: str, said: list[str]
):
    chosen = mapping(shift_target=target, shift_class_ids={Shift.NIGHT: "70"})
    (one,) = wanted(payroll_row(shift=shift), using=resolver(chosen, lists(NIGHTS)))
    assert (entry(one).class_ref, problems(one.issues)) == (Reference(id=found) if found else None, said)


def test_a_class_that_is_gone_in_quickbooks_blocks_the_hours():
    chosen = mapping(shift_target=ShiftTarget.CLASS, shift_class_ids={Shift.DAY: "70"})
    (one,) = wanted(payroll_row(), using=resolver(chosen))
    assert problems(one.issues) == ["The day shift is mapped to a QuickBooks class (id 70) that is no longer there."]


def test_a_weeks_hours_become_one_entry_a_row_and_pay_type_dated_on_its_end():
    weekly = resolver(mapping(posting=Posting.WEEKLY))
    rows = [payroll_row("10 10 10 10 4 0 0"), payroll_row("0 0 0 0 0 3 0", cost_code="03-310")]
    found = wanted(*rows, using=resolver(mapping(posting=Posting.WEEKLY, fallback_item_id="3")))
    assert [(one.title, one.minutes, one.core_id) for one in found] == [
        (
            "Ada Stone · week ending Sun 22 Nov 2026 · P1 · 03-300 · 40 h",
            2400,
            "2026-11-22|E1|P1|03-300|Day|week|regular",
        ),
        (
            "Ada Stone · week ending Sun 22 Nov 2026 · P1 · 03-300 · 4 h overtime",
            240,
            "2026-11-22|E1|P1|03-300|Day|week|overtime",
        ),
        (
            "Ada Stone · week ending Sun 22 Nov 2026 · P1 · 03-310 · 3 h overtime",
            180,
            "2026-11-22|E1|P1|03-310|Day|week|overtime",
        ),
    ]
    assert {entry(one).txn_date for one in found} == {WEEK}
    assert mark_of(found[0].core_id) in entry(found[0]).description
    assert sum(one.minutes for one in found) == sum(one.minutes for one in wanted(*rows, using=weekly))


def test_what_is_wrong_with_any_day_is_wrong_with_its_week():
    weekly = resolver(mapping(posting=Posting.WEEKLY))
    found = wanted(payroll_row("13 0 8 0 0 0 0"), payroll_row("12 0 0 0 0 0 0", shift=Shift.NIGHT), using=weekly)
    too_many = "Ada Stone has 25 h on 16 Nov 2026: more than a day has."
    assert {tuple(problems(one.issues)) for one in found} == {(too_many,)}


def test_what_is_wrong_with_a_day_leads_to_the_workers_rows():
    (one,) = wanted(Employee(core_id="E1", name="Ada Stone"), payroll_row("25 0 0 0 0 0 0"))
    (issue,) = one.issues
    assert (issue.screen, issue.tab, issue.row) == ("core_data", CoreKind.PAYROLL_ROW, "Ada Stone")


def test_a_code_that_core_does_not_know_leads_to_the_rows_that_name_it():
    (one,) = wanted(payroll_row(employee="E7"))
    found = next(issue for issue in one.issues if issue.field == "employee")
    assert (found.screen, found.tab, found.row) == ("core_data", CoreKind.PAYROLL_ROW, "E7")


OTHER_END = "The week ends on Sunday, 22 Nov 2026; this company's weeks end on Saturday."
WEEK_ENDS: list[tuple[str, list[str]]] = [("", []), ("Sunday", []), ("Saturday", [OTHER_END])]


@pytest.mark.parametrize(("day", "said"), WEEK_ENDS)
def test_a_week_that_ends_on_another_day_than_the_companys_is_held_back(day: str, said: list[str]):
    (one,) = wanted(payroll_row(), using=resolver(mapping(week_end=day)))
    assert problems(one.issues) == said


def test_a_projects_own_rule_for_a_cost_code_comes_before_the_companys():
    own = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3", project="P1")
    (one,) = wanted(payroll_row(), using=resolver(mapping(own)))
    assert entry(one).item == Reference(id="3")


def test_a_cost_code_without_a_service_item_takes_the_fallback_item():
    account = rule(MapKind.COST_CODE, "03-300", LedgerKind.ACCOUNT, "7")
    (one,) = wanted(payroll_row(), using=resolver(mapping(account, fallback_item_id="3")))
    assert (entry(one).item, one.issues) == (Reference(id="3"), ())


@pytest.mark.promise(20)
def test_a_worker_who_is_paid_by_bill_is_a_vendor_in_quickbooks():
    vendor = rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR, "31")
    (one,) = wanted(payroll_row(employee="E9"), using=resolver(mapping(vendor)))
    assert (entry(one).worker_kind, entry(one).worker) == (LedgerKind.VENDOR, Reference(id="31"))


def test_records_that_the_same_sync_makes_are_required_and_pointed_at():
    new = mapping(rule(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE), rule(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER))
    (one,) = wanted(payroll_row(), using=resolver(new))
    assert one.requires == ("employee:E1", "project:P1")
    assert (entry(one).worker.id, entry(one).customer) == ("new:employee:E1", Reference(id="new:project:P1"))


def test_records_that_an_earlier_sync_made_are_pointed_at_by_their_link():
    new = mapping(rule(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER))
    links = {"project:P1": (LedgerKind.CUSTOMER, "59")}
    (one,) = wanted(payroll_row(), using=resolver(new, links=links))
    assert (entry(one).customer, one.requires) == (Reference(id="59"), ())


def test_a_worker_who_is_now_mapped_as_a_vendor_is_not_posted_under_the_old_employee():
    vendor = mapping(rule(MapKind.EMPLOYEE, "E1", LedgerKind.VENDOR))
    links = {"employee:E1": (LedgerKind.EMPLOYEE, "55")}
    (one,) = wanted(payroll_row(), using=resolver(vendor, links=links))
    assert (entry(one).worker_kind, entry(one).worker.id) == (LedgerKind.VENDOR, "new:employee:E1")


def test_only_the_weeks_asked_for_are_wanted():
    later = date(2026, 11, 29)
    found = want_time(book(payroll_row(), payroll_row(week_ending=later)), resolver(), frozenset({later}))
    assert {one.scope_date for one in found} == {later}


ISSUES = {
    "a draft week": (
        wanted(payroll_row(status=Status.DRAFT)),
        ["The week ending 22 Nov 2026 is a draft."],
    ),
    "one row of the week a draft": (
        wanted(payroll_row("0 10 10 10 10 0 0"), payroll_row("9 0 0 0 0 0 0", shift=Shift.NIGHT, status=Status.DRAFT)),
        ["The week ending 22 Nov 2026 is partly a draft; its overtime depends on all of it."],
    ),
    "a row whose newest version could not be read": (
        wanted(payroll_row(doubt="p.csv, row 2, Monday: 'x' is not a number."), payroll_row(shift=Shift.NIGHT)),
        [
            "A row of the week ending 22 Nov 2026 could not be read, and its overtime depends on all of it: "
            "p.csv, row 2, Monday: 'x' is not a number."
        ],
    ),
    "two weeks that claim one day": (
        wanted(payroll_row("8 8 0 0 0 0 0"), payroll_row("0 8 0 0 8 0 0", week_ending=SATURDAY)),
        ["The weeks ending 21 Nov 2026 and 22 Nov 2026 both have hours on 17 Nov 2026."],
    ),
    "more than a day has, in two weeks": (
        wanted(payroll_row("13 0 0 0 0 0 0"), payroll_row("12 0 0 0 0 0 0", week_ending=SATURDAY)),
        [
            "The weeks ending 21 Nov 2026 and 22 Nov 2026 both have hours on 16 Nov 2026.",
            "Ada Stone has 25 h on 16 Nov 2026: more than a day has.",
        ],
    ),
    "more than a day has": (
        wanted(payroll_row("13 0 0 0 0 0 0"), payroll_row("12 0 0 0 0 0 0", shift=Shift.NIGHT))[:1],
        ["Ada Stone has 25 h on 16 Nov 2026: more than a day has."],
    ),
    "an employee that Core does not know": (
        wanted(payroll_row(employee="E7")),
        ["Employee E7 is not among Core's employees."],
    ),
    "a project that Core does not know": (
        wanted(payroll_row(project="P7")),
        ["Project P7 is not among Core's projects."],
    ),
    "an employee that nobody mapped": (
        wanted(payroll_row(), using=resolver(mapping(without="E1"))),
        ["Employee E1 is not mapped."],
    ),
    "a cost code that nobody mapped": (
        wanted(payroll_row(), using=resolver(mapping(without="03-300"))),
        ["Cost code 03-300 is not mapped."],
    ),
    "a cost code that posts to an account": (
        wanted(payroll_row(cost_code="03-310")),
        ["Cost code 03-310 posts to an account, but hours need a service item."],
    ),
    "an item that is no service": (
        wanted(payroll_row(), using=resolver(mapping(rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "4")))),
        ['Cost code 03-300 is mapped to "Rebar", which is not a service item.'],
    ),
    "an inactive item": (
        wanted(payroll_row(), using=resolver(mapping(rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "5")))),
        ['Cost code 03-300 is mapped to "Gone", which is inactive in QuickBooks.'],
    ),
    "an item that is gone": (
        wanted(payroll_row(), using=resolver(listed=lists(without="2"))),
        ["Cost code 03-300 is mapped to a QuickBooks item (id 2) that is no longer there."],
    ),
    "an employee that is gone in QuickBooks": (
        wanted(payroll_row(), using=resolver(listed=lists(without="55"))),
        ["Employee E1 is mapped to a QuickBooks employee (id 55) that is no longer there."],
    ),
    "billable hours without a rate": (
        wanted(
            Employee(core_id="E1", name="Ada Stone", pay_rate=Decimal("42.50")),
            payroll_row(),
            using=resolver(mapping(billable=True)),
        ),
        ["Ada Stone has no bill rate, which billable time needs."],
    ),
    "everything at once": (
        wanted(
            Employee(core_id="E1", name="Ada Stone"),
            payroll_row("20 0 0 0 0 0 0", status=Status.DRAFT, cost_code="99-999", project="P7"),
            payroll_row("5 0 0 0 0 0 0"),
            using=resolver(mapping(without="E1", billable=True)),
        )[1:],
        [
            "The week ending 22 Nov 2026 is partly a draft; its overtime depends on all of it.",
            "Ada Stone has 25 h on 16 Nov 2026: more than a day has.",
            "Employee E1 is not mapped.",
            "Project P7 is not among Core's projects.",
            "Cost code 99-999 is not mapped.",
            "Ada Stone has no bill rate, which billable time needs.",
        ],
    ),
}


@pytest.mark.parametrize(("found", "said"), ISSUES.values(), ids=ISSUES.keys())
def test_everything_that_is_wrong_with_an_entry_is_said(found: list[Wanted], said: list[str]):
    assert found
    for one in found:
        assert problems(one.issues) == said
        assert all(issue.remedy and issue.screen and issue.severity is Severity.ERROR for issue in one.issues)


def test_a_clash_of_weeks_is_seen_when_only_one_of_them_is_asked_for():
    core = book(payroll_row(), payroll_row(week_ending=SATURDAY))
    (one,) = want_time(core, resolver(), frozenset({SATURDAY}))
    assert problems(one.issues) == ["The weeks ending 21 Nov 2026 and 22 Nov 2026 both have hours on 16 Nov 2026."]


APART = {
    "weeks that follow each other": (payroll_row(), payroll_row(week_ending=date(2026, 11, 29))),
    "weeks of other days, when a company's week moves": (
        payroll_row("0 0 0 0 0 0 8"),
        payroll_row("8 0 0 0 0 0 0", week_ending=SATURDAY),
    ),
    "two people": (payroll_row(), payroll_row(week_ending=SATURDAY, employee="E9")),
}


@pytest.mark.parametrize("rows", APART.values(), ids=APART.keys())
def test_weeks_that_share_no_day_do_not_clash(rows: tuple[object, ...]):
    vendor = rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR, "31")
    found = wanted(*rows, using=resolver(mapping(vendor)))
    assert len(found) == 2
    assert [problems(one.issues) for one in found] == [[], []]


def test_an_employee_who_left_is_only_a_warning():
    (one,) = wanted(Employee(core_id="E1", name="Ada Stone", active=False), payroll_row())
    assert [(issue.severity, issue.problem) for issue in one.issues] == [
        (Severity.WARNING, "Ada Stone is inactive in ProForge.")
    ]
    assert one.content is not None


RATES = {RateSource.BILL_RATE: Decimal("95"), RateSource.PAY_RATE: Decimal("42.50")}


@pytest.mark.parametrize(("source", "rate"), RATES.items())
def test_billable_hours_carry_the_rate_that_was_chosen(source: RateSource, rate: Decimal):
    (one,) = wanted(payroll_row(), using=resolver(mapping(billable=True, rate_source=source)))
    assert (entry(one).billable, entry(one).hourly_rate) == (True, rate)


def test_a_description_says_what_was_asked_and_keeps_what_looks_like_a_name():
    template = "{employee}/{project}/{week_ending}/{pay_type}/{nonsense}"
    (one,) = wanted(payroll_row(), using=resolver(mapping(description_template=template)))
    mark = mark_of(one.core_id)
    assert entry(one).description == f"Ada Stone/P1/2026-11-22/Regular/{{nonsense}} [{mark}]"


def test_a_long_description_is_cut_and_never_loses_its_mark():
    code = CostCode(core_id="03-300", description="x" * 5000)
    (one,) = wanted(code, payroll_row())
    assert len(entry(one).description) == DESCRIPTION_MAX
    assert entry(one).description.endswith(f" [{mark_of(one.core_id)}]")


def test_an_entry_of_a_name_edited_in_quickbooks_stays_the_same():
    renamed = ListEntry(kind=LedgerKind.EMPLOYEE, id="55", name="Ada B. Stone", full_name="Ada B. Stone")
    before = wanted(payroll_row())[0]
    after = wanted(payroll_row(), using=resolver(listed=lists(renamed)))[0]
    assert before.content == after.content


def test_a_project_under_another_customer_moves_none_of_its_hours():
    moved = Project(core_id="P1", name="Harborview Tower", customer="C2")
    assert replace(wanted(moved, payroll_row())[0]) == wanted(payroll_row())[0]


@pytest.mark.parametrize("home", ["", "USD"])
@pytest.mark.parametrize("customers", ["", "USD", "EUR"])
def test_hours_need_a_customer_in_the_currency_of_their_rates(home: str, customers: str):
    tower = ListEntry(
        kind=LedgerKind.CUSTOMER, id="59", name="Harborview Tower", full_name="Harborview Tower", currency=customers
    )
    (one,) = want_time(book(payroll_row("8 0 0 0 0 0 0")), resolver(listed=lists(tower)), currency=home)
    foreign = bool(home) and customers == "EUR"
    said = 'Customer "Harborview Tower" is kept in EUR in QuickBooks, and Core\'s amounts are in USD.'
    assert problems(one.issues) == ([said] if foreign else [])
