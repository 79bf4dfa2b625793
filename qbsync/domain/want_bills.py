"""What Core wants QuickBooks' bills to be: one a vendor bill, and a vendor credit where its total is negative."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, Reference
from qbsync.domain.mapping import MapKind
from qbsync.domain.place import BILLS, Place
from qbsync.domain.records import Category, CoreKind, Status, VendorBill, VendorBillLine
from qbsync.domain.resolve import Resolved, Resolver, in_another_currency, place_of
from qbsync.domain.texts import day_text
from qbsync.domain.wanted import SyncKind, Wanted, mark_of

NUMBER_MAX = 21  # QuickBooks' limit for a bill number
TEXT_MAX = 4000  # and for a line's description


def want_bills(
    book: CoreBook,
    resolver: Resolver,
    *,
    closed_through: date | None = None,
    currency: str = "",
    dates: tuple[date, date] | None = None,
) -> list[Wanted]:
    """One Wanted for each bill; `dates` (first and last bill date) narrows them, None means all.

    `currency` is the company's own where it keeps several: a bill must name it then, and its vendor be kept in it.
    """
    repeated = _repeated_numbers(book.bills, resolver)
    return [
        _BillPosting(book, resolver, bill, closed_through, repeated, currency).want()
        for bill in book.bills
        if dates is None or dates[0] <= bill.bill_date <= dates[1]
    ]


def _repeated_numbers(bills: Iterable[VendorBill], resolver: Resolver) -> dict[str, list[VendorBill]]:
    """The other bills of the same number for the same vendor, by the bill that has them.

    Vendors of Core that are one in QuickBooks are the same: there it would be one invoice entered twice.
    """
    payees: dict[str, str] = {}
    claims: dict[tuple[str, str], list[VendorBill]] = defaultdict(list)
    for bill in bills:
        if not bill.number:
            continue
        if bill.vendor not in payees:
            reference = resolver.name(MapKind.VENDOR, bill.vendor, "").reference
            payees[bill.vendor] = reference.id if reference else f"of Core: {bill.vendor}"
        claims[payees[bill.vendor], bill.number.casefold()].append(bill)
    return {one.core_id: [other for other in same if other is not one] for same in claims.values() for one in same}


@dataclass(frozen=True)
class _BillPosting:
    """Posts one bill."""

    book: CoreBook
    resolver: Resolver
    bill: VendorBill
    closed_through: date | None
    repeated: dict[str, list[VendorBill]]
    currency: str = ""

    def want(self) -> Wanted:
        bill = self.bill
        vendor = self._vendor()
        credit = bill.lines_total < 0
        lines = [self._line(position, line, credit=credit) for position, line in enumerate(bill.lines, start=1)]
        content = None
        if vendor.reference is not None:
            content = BillDocument(
                vendor=vendor.reference,
                number=bill.number,
                txn_date=bill.bill_date,
                due_date=None if credit else bill.due_date,
                memo=self._memo(),
                lines=tuple(line for line, _, _ in lines),
                currency=self.currency,
            )
        requires = dict.fromkeys((*vendor.requires, *(key for _, needs, _ in lines for key in needs)))
        issues = (
            *self._document_issues(),
            *vendor.issues,
            *in_another_currency(self.resolver, LedgerKind.VENDOR, vendor, self.currency, self.title),
            *(issue for _, _, found in lines for issue in found),
        )
        return Wanted(
            kind=SyncKind.BILL,
            core_id=bill.core_id,
            title=self.title,
            ledger_kind=LedgerKind.VENDOR_CREDIT if credit else LedgerKind.BILL,
            content=content,
            issues=tuple(dict.fromkeys(issues)),
            requires=tuple(requires),
            scope_date=bill.bill_date,
            amount=bill.lines_total,
        )

    @property
    def title(self) -> str:
        vendor = self.book.vendors.get(self.bill.vendor)
        return f"{vendor.name if vendor else self.bill.vendor} · {self.bill.number or '(no number)'}"

    def _memo(self) -> str:
        order = f", purchase order {self.bill.purchase_order}" if self.bill.purchase_order else ""
        return f"ProForge bill {self.bill.core_id}{order} [{mark_of(self.bill.core_id)}]"

    def _issue(self, field: str, problem: str, remedy: str, place: Place | None = None) -> Issue:
        here = Place("core_data", CoreKind.VENDOR_BILL, self.bill.core_id)
        return Issue.at(place or here, record=self.title, field=field, problem=problem, remedy=remedy)

    def _vendor(self) -> Resolved:
        if self.bill.vendor not in self.book.vendors:
            problem = f"Vendor {self.bill.vendor or '(blank)'} is not among Core's vendors."
            return Resolved(issues=(self._issue("vendor", problem, "Load the vendors export that has it."),))
        return self.resolver.name(MapKind.VENDOR, self.bill.vendor, self.title)

    def _document_issues(self) -> Iterator[Issue]:
        bill = self.bill
        if bill.status is Status.DRAFT:
            yield self._issue("status", "The bill is a draft.", "Submit it in ProForge and load it again.")
        if bill.doubt:
            problem = f"A newer version of the bill could not be read: {bill.doubt}"
            yield self._issue("row", problem, "Mend that row and load the bill again.")
        if not bill.number:
            yield self._issue(
                "number",
                "The bill has no invoice number, so a second copy could not be told from it.",
                "Enter the number in ProForge and load it again.",
            )
        if len(bill.number) > NUMBER_MAX:
            yield self._issue(
                "number",
                f"The invoice number has {len(bill.number)} characters; QuickBooks takes {NUMBER_MAX}.",
                "Shorten it in ProForge.",
            )
        others = self.repeated.get(bill.core_id, [])
        if others:
            same = ", ".join(other.core_id for other in others)
            vendors = ", ".join(dict.fromkeys(other.vendor for other in others if other.vendor != bill.vendor))
            as_one = f" Vendors {bill.vendor} and {vendors} are one in QuickBooks." if vendors else ""
            yield self._issue(
                "number",
                f"The same vendor and number are on bill {same} too.{as_one}",
                "Void the copy in ProForge, or correct its number.",
            )
        if not bill.lines:
            yield self._issue("lines", "The bill has no lines.", "Enter its lines in ProForge and load it again.")
        if bill.lines_total != bill.total:
            yield self._issue(
                "total",
                f"The lines add up to {bill.lines_total:,.2f}, but the bill says {bill.total:,.2f}.",
                "Correct the lines or the total in ProForge.",
            )
        if self.closed_through is not None and bill.bill_date <= self.closed_through:
            yield self._issue(
                "bill_date",
                f"It is dated {day_text(bill.bill_date)}; QuickBooks' books are closed through "
                f"{day_text(self.closed_through)}.",
                "Date it in an open period in ProForge, or ask your accountant to open the books.",
            )

    def _line(
        self, position: int, line: VendorBillLine, *, credit: bool
    ) -> tuple[ExpenseLine, tuple[str, ...], tuple[Issue, ...]]:
        """The line as QuickBooks takes it, what it requires, and what is wrong with it."""
        customer = self._customer(position, line)
        account, item, problems = self._target(line)
        posted = ExpenseLine(
            amount=-line.amount if credit else line.amount,
            description=line.description[:TEXT_MAX],
            account=account,
            item=item,
            customer=customer.reference,
            cost_code=line.cost_code,
            project=line.project,
        )
        return posted, customer.requires, (*problems, *customer.issues)

    def _customer(self, position: int, line: VendorBillLine) -> Resolved:
        if not line.project:
            warning = Issue(
                record=self.title,
                field="project",
                problem=f"Line {position} has no project; it is posted without a customer.",
                remedy="Give the line a project in ProForge if its cost belongs to one.",
                severity=Severity.WARNING,
                screen="core_data",
            )
            return Resolved(issues=(warning,))
        if line.project not in self.book.projects:
            problem = f"Project {line.project} is not among Core's projects."
            return Resolved(issues=(self._issue("project", problem, "Load the projects export that has it."),))
        return self.resolver.name(MapKind.PROJECT, line.project, self.title)

    def _target(self, line: VendorBillLine) -> tuple[Reference | None, Reference | None, tuple[Issue, ...]]:
        """The account or item a line posts to: its cost code's, its category's, then the fallback account."""
        preferences = self.resolver.mapping.preferences
        rule = self.resolver.cost_code(line.cost_code, line.project) if line.cost_code else None
        what, place = self.resolver.told(MapKind.COST_CODE, line.cost_code), place_of(MapKind.COST_CODE, line.cost_code)
        if rule is not None and rule.creates:
            problem = f"{what} gets a service item of its own, which has no expense account, so it cannot be on a bill."
            remedy = "Map the code to an account, or to an item that is bought as well."
            return None, None, (self._issue("cost_code", problem, remedy, place),)
        if rule is not None and rule.ledger_kind is LedgerKind.ITEM:
            return self._item(rule.ledger_id, what, place)
        if rule is not None:
            return self._account(rule.ledger_id, what, place)
        code = self.book.cost_codes.get(line.cost_code)
        default = preferences.category_account_ids.get(code.category if code else Category.OTHER, "") if code else ""
        if default:
            return self._account(default, f"The default for {code.category if code else ''}", BILLS)
        if preferences.fallback_account_id:
            return self._account(preferences.fallback_account_id, "The fallback account", BILLS)
        if not line.cost_code:
            problem = "A line has no cost code, and there is no fallback account."
            remedy = "Give it a cost code in ProForge, or choose a fallback account on the Mapping page, Bills."
            return None, None, (self._issue("cost_code", problem, remedy, BILLS),)
        return None, None, (self.resolver.unmapped(MapKind.COST_CODE, line.cost_code, self.title),)

    def _account(self, account_id: str, what: str, place: Place) -> tuple[Reference | None, None, tuple[Issue, ...]]:
        resolved = self.resolver.existing(LedgerKind.ACCOUNT, account_id, self.title, what, place)
        return resolved.reference, None, resolved.issues

    def _item(self, item_id: str, what: str, place: Place) -> tuple[None, Reference | None, tuple[Issue, ...]]:
        resolved = self.resolver.existing(LedgerKind.ITEM, item_id, self.title, what, place)
        entry = self.resolver.lists.get(LedgerKind.ITEM, item_id)
        if entry is None or resolved.issues or entry.expense_account_id:
            return None, resolved.reference, resolved.issues
        problem = f'{what} is mapped to item "{entry.name}", which has no expense account, so it cannot be on a bill.'
        remedy = "Give the item an expense account in QuickBooks, or map the code to an account."
        return None, None, (self._issue("cost_code", problem, remedy, place),)
