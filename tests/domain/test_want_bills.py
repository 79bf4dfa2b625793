"""What Core wants QuickBooks' bills to be, and everything that is wrong with them, all at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, ListEntry, Reference
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import Category, Status, Vendor, VendorBillLine
from qbsync.domain.resolve import Resolver
from qbsync.domain.want_bills import want_bills
from qbsync.domain.wanted import Wanted, mark_of
from tests.domain.samples import book, lists, mapping, problems, resolver, rule, vendor_bill


def wanted(*bills: object, using: Resolver | None = None, **given: Any) -> list[Wanted]:
    return want_bills(book(*bills), using or resolver(), **given)  # type: ignore[arg-type]


def document(one: Wanted) -> BillDocument:
    assert isinstance(one.content, BillDocument)
    return one.content


def line(**given: Any) -> VendorBillLine:
    values = {"description": "Load", "amount": Decimal("100.00"), "project": "P1", "cost_code": "03-310", **given}
    return VendorBillLine(**values)


def test_a_bill_is_posted_line_by_line():
    (one,) = wanted(vendor_bill("1250.10", "49.90", purchase_order="PO-4"))
    assert one.issues == ()
    assert (one.title, one.amount, one.ledger_kind) == (
        "Granite Ready Mix · INV-7",
        Decimal("1300.00"),
        LedgerKind.BILL,
    )
    assert document(one) == BillDocument(
        vendor=Reference(id="31"),
        number="INV-7",
        txn_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        memo=f"ProForge bill VB-1, purchase order PO-4 [{mark_of('VB-1')}]",
        lines=(
            ExpenseLine(
                amount=Decimal("1250.10"),
                description="Load 1",
                account=Reference(id="7"),
                customer=Reference(id="59"),
            ),
            ExpenseLine(
                amount=Decimal("49.90"), description="Load 2", account=Reference(id="7"), customer=Reference(id="59")
            ),
        ),
    )


@pytest.mark.promise(21)
def test_a_negative_bill_is_a_vendor_credit_with_positive_amounts_and_no_due_date():
    (one,) = wanted(vendor_bill("-80.00", "-20.00"))
    assert one.ledger_kind is LedgerKind.VENDOR_CREDIT
    assert [part.amount for part in document(one).lines] == [Decimal("80.00"), Decimal("20.00")]
    assert (document(one).due_date, one.amount) == (None, Decimal("-100.00"))


def test_a_credit_line_on_a_bill_stays_a_negative_line():
    (one,) = wanted(vendor_bill("100.00", "-20.00"))
    assert one.ledger_kind is LedgerKind.BILL
    assert [part.amount for part in document(one).lines] == [Decimal("100.00"), Decimal("-20.00")]


TARGETS = {
    "its cost code's account": (line(), {}, ("7", "")),
    "its cost code's item": (line(cost_code="05-120"), {}, ("", "4")),
    "its category's default": (
        line(cost_code="03-999"),
        {"category_account_ids": {Category.MATERIALS: "8"}},
        ("8", ""),
    ),
    "the fallback account": (line(cost_code="03-999"), {"fallback_account_id": "8"}, ("8", "")),
    "the fallback account without a code": (line(cost_code=""), {"fallback_account_id": "8"}, ("8", "")),
}


@pytest.mark.parametrize(("posted", "preferences", "target"), TARGETS.values(), ids=TARGETS.keys())
def test_a_line_posts_to(posted: VendorBillLine, preferences: dict[str, Any], target: tuple[str, str]):
    from qbsync.domain.records import CostCode

    code = CostCode(core_id="03-999", description="Other mix", category=Category.MATERIALS)
    item = rule(MapKind.COST_CODE, "05-120", LedgerKind.ITEM, "4")
    (one,) = wanted(code, vendor_bill(lines=(posted,)), using=resolver(mapping(item, **preferences)))
    (found,) = document(one).lines
    assert one.issues == ()
    assert (found.account.id if found.account else "", found.item.id if found.item else "") == target


ISSUES: dict[str, tuple[list[Wanted], list[str]]] = {
    "a draft": (wanted(vendor_bill(status=Status.DRAFT)), ["The bill is a draft."]),
    "a newer version that could not be read": (
        wanted(vendor_bill(doubt="bills.csv, row 2, Amount: '1.005' is too exact.")),
        ["A newer version of the bill could not be read: bills.csv, row 2, Amount: '1.005' is too exact."],
    ),
    "no number": (
        wanted(vendor_bill(number="")),
        ["The bill has no invoice number, so a second copy could not be told from it."],
    ),
    "a number that is too long": (
        wanted(vendor_bill(number="X" * 22)),
        ["The invoice number has 22 characters; QuickBooks takes 21."],
    ),
    "a number that another bill of the vendor has": (
        wanted(vendor_bill(), vendor_bill(core_id="VB-2", number="inv-7"))[:1],
        ["The same vendor and number are on bill VB-2 too."],
    ),
    "lines that do not add up": (
        wanted(vendor_bill("100.00", "20.00", total=Decimal("125.00"))),
        ["The lines add up to 120.00, but the bill says 125.00."],
    ),
    "no lines": (wanted(vendor_bill(lines=(), total=Decimal(0))), ["The bill has no lines."]),
    "closed books": (
        wanted(vendor_bill(), closed_through=date(2026, 11, 3)),
        ["It is dated 3 Nov 2026; QuickBooks' books are closed through 3 Nov 2026."],
    ),
    "a vendor that Core does not know": (
        wanted(vendor_bill(vendor="V7")),
        ["Vendor V7 is not among Core's vendors."],
    ),
    "a vendor that nobody mapped": (
        wanted(vendor_bill(), using=resolver(mapping(without="V1"))),
        ["Vendor V1 is not mapped."],
    ),
    "a vendor that is gone in QuickBooks": (
        wanted(vendor_bill(), using=resolver(listed=lists(without="31"))),
        ["Vendor V1 is mapped to a QuickBooks vendor (id 31) that is no longer there."],
    ),
    "a project that Core does not know": (
        wanted(vendor_bill(lines=(line(project="P7"),))),
        ["Project P7 is not among Core's projects."],
    ),
    "a project that nobody mapped": (
        wanted(vendor_bill(), using=resolver(mapping(without="P1"))),
        ["Project P1 is not mapped."],
    ),
    "a cost code that nobody mapped": (
        wanted(vendor_bill(lines=(line(cost_code="99-999"),))),
        ["Cost code 99-999 is not mapped."],
    ),
    "a line without a cost code": (
        wanted(vendor_bill(lines=(line(cost_code=""),))),
        ["A line has no cost code, and there is no fallback account."],
    ),
    "an inactive account": (
        wanted(vendor_bill(), using=resolver(mapping(rule(MapKind.COST_CODE, "03-310", LedgerKind.ACCOUNT, "9")))),
        ['Cost code 03-310 is mapped to "Closed", which is inactive in QuickBooks.'],
    ),
    "an item without an expense account": (
        wanted(vendor_bill(), using=resolver(mapping(rule(MapKind.COST_CODE, "03-310", LedgerKind.ITEM, "2")))),
        ['Cost code 03-310 is mapped to item "Labor", which has no expense account, so it cannot be on a bill.'],
    ),
    "everything at once, the same fault of two lines once": (
        wanted(
            vendor_bill(
                status=Status.DRAFT,
                number="X" * 30,
                vendor="V7",
                total=Decimal("1.00"),
                lines=(line(cost_code="99-999"), line(cost_code="99-999", project="P7")),
            ),
            closed_through=date(2026, 12, 31),
        ),
        [
            "The bill is a draft.",
            "The invoice number has 30 characters; QuickBooks takes 21.",
            "The lines add up to 200.00, but the bill says 1.00.",
            "It is dated 3 Nov 2026; QuickBooks' books are closed through 31 Dec 2026.",
            "Vendor V7 is not among Core's vendors.",
            "Cost code 99-999 is not mapped.",
            "Project P7 is not among Core's projects.",
        ],
    ),
}


@pytest.mark.promise(16)
@pytest.mark.parametrize(("found", "said"), ISSUES.values(), ids=ISSUES.keys())
def test_everything_that_is_wrong_with_a_bill_is_said(found: list[Wanted], said: list[str]):
    (one,) = found
    assert problems(one.issues) == said
    assert all(issue.remedy and issue.screen and issue.severity is Severity.ERROR for issue in one.issues)


def test_a_line_without_a_project_is_posted_with_a_warning():
    (one,) = wanted(vendor_bill(lines=(line(project=""),)))
    assert [(issue.severity, issue.field) for issue in one.issues] == [(Severity.WARNING, "project")]
    assert document(one).lines[0].customer is None


def test_the_same_number_of_another_vendor_is_no_duplicate():
    found = bills_of_two_vendors("32")
    assert [one.issues for one in found] == [(), ()]


def test_two_vendors_that_are_one_in_quickbooks_cannot_both_have_a_number():
    found = bills_of_two_vendors("31")
    assert [problems(one.issues) for one in found] == [
        ["The same vendor and number are on bill VB-2 too. Vendors V1 and V2 are one in QuickBooks."],
        ["The same vendor and number are on bill VB-1 too. Vendors V2 and V1 are one in QuickBooks."],
    ]


def bills_of_two_vendors(second: str) -> list[Wanted]:
    """A bill each of two vendors with the same number; the first one is 31 in QuickBooks."""
    return wanted(
        Vendor(core_id="V2", name="Other"),
        vendor_bill(),
        vendor_bill(core_id="VB-2", vendor="V2"),
        using=resolver(
            mapping(rule(MapKind.VENDOR, "V2", LedgerKind.VENDOR, second)),
            lists(ListEntry(kind=LedgerKind.VENDOR, id="32", name="Other", full_name="Other")),
        ),
    )


@pytest.mark.promise(17)
def test_a_day_after_the_closing_date_is_open():
    assert wanted(vendor_bill(), closed_through=date(2026, 11, 2))[0].issues == ()


def test_only_bills_of_the_dates_asked_for_are_wanted():
    dates = (date(2026, 11, 3), date(2026, 11, 3))
    other = vendor_bill(core_id="VB-2", number="INV-8", bill_date=date(2026, 11, 4))
    assert [one.core_id for one in wanted(vendor_bill(), other, dates=dates)] == ["VB-1"]


def test_the_records_that_the_same_sync_makes_are_required_once_each():
    new = mapping(rule(MapKind.VENDOR, "V1", LedgerKind.VENDOR), rule(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER))
    (one,) = wanted(vendor_bill("1.00", "2.00"), using=resolver(new))
    assert one.requires == ("vendor:V1", "project:P1")


def kept_in(currency: str) -> Resolver:
    """The vendor of the sample, kept in a currency."""
    granite = ListEntry(
        kind=LedgerKind.VENDOR, id="31", name="Granite Ready Mix", full_name="Granite Ready Mix", currency=currency
    )
    return resolver(listed=lists(granite))


VENDORS_CURRENCIES = [
    # home   vendor's  is said of it
    ("", "", ""),
    ("", "EUR", ""),  # the company keeps one currency: whatever is written on the vendor is of no consequence
    ("USD", "", ""),
    ("USD", "USD", ""),
    ("USD", "EUR", 'Vendor "Granite Ready Mix" is kept in EUR in QuickBooks, and Core\'s amounts are in USD.'),
    ("CAD", "USD", 'Vendor "Granite Ready Mix" is kept in USD in QuickBooks, and Core\'s amounts are in CAD.'),
]


@pytest.mark.parametrize(("home", "vendors", "said"), VENDORS_CURRENCIES)
def test_a_bill_is_in_the_companys_currency_and_so_must_be_its_vendor(home: str, vendors: str, said: str):
    (one,) = wanted(vendor_bill(), using=kept_in(vendors), currency=home)
    assert document(one).currency == home
    assert problems(one.issues) == ([said] if said else [])
    assert all("Mapping page" in issue.remedy and issue.severity is Severity.ERROR for issue in one.issues)


def test_a_bill_may_carry_the_cost_of_a_customer_in_another_currency():
    tower = ListEntry(kind=LedgerKind.CUSTOMER, id="59", name="Harborview Tower", full_name="T", currency="EUR")
    (one,) = wanted(vendor_bill(), using=resolver(listed=lists(tower)), currency="USD")
    assert one.issues == ()
