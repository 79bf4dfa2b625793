"""What happens to every sale on its way into the books: customer, lines, tax, total, number, delivery, postings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Posting
from qbsync.sandbox.company.store import Record, folded
from qbsync.sandbox.entities.balances import refuse_deposited, set_balance, shift_customer
from qbsync.sandbox.entities.currencies import in_home_currency, set_currency
from qbsync.sandbox.entities.lines import AMOUNT_MAX, cents
from qbsync.sandbox.entities.posting import Part, against, reversed_
from qbsync.sandbox.entities.sale_lines import (
    DISCOUNT,
    ITEM,
    complete_lines,
    discount_of,
    items_total,
    taxable_part,
    without_amounts,
)
from qbsync.sandbox.entities.sale_links import follow_links
from qbsync.sandbox.entities.system_accounts import RECEIVABLE, UNDEPOSITED
from qbsync.sandbox.entities.taxes import payable_account, set_tax
from qbsync.sandbox.entities.terms import due_date

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

FIRST_NUMBER: Final = 1001
NUMBERS: Final = "SalesNumber"  # one sequence for all sales of a company


@dataclass(frozen=True, kw_only=True)
class Form:
    """One kind of sale. `owed` says how its open balance moves the customer's, `income` how it moves revenue."""

    name: str
    owed: int = 0  # 1: the customer owes it, -1: it is owed to the customer, 0: no open balance
    income: int = 1  # 1: a sale, -1: a return
    rules: tuple[Callable[[Books, Draft], None], ...] = ()

    def complete(self, books: Books, draft: Draft) -> None:
        body = draft.body
        customer = books.referred("Customer", body["CustomerRef"]["value"], "CustomerRef")
        body.setdefault("TxnDate", books.clock.today().isoformat())
        set_currency(books, body, customer)
        body.pop("GlobalTaxCalculation", None)
        complete_lines(books, draft, customer)
        _set_total(books, body)
        _set_number(books, self.name, draft)
        _set_delivery(draft, customer)
        for rule in self.rules:
            rule(books, draft)
        if self.owed:
            _set_open_balance(draft)

    def effects(self, books: Books, old: Record | None, new: Record | None) -> None:
        refuse_deposited(old)
        _refuse_loose_ends(old, new)
        for record, sign in ((old, -self.owed), (new, self.owed)):
            if record is not None and sign:
                customer = int(record.body["CustomerRef"]["value"])
                shift_customer(books, customer, sign * cents(record.body["Balance"]))
        if self.name == "Invoice":
            follow_links(books, old, new)

    def postings(self, books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
        """Revenue and tax on one side; receivables, or the account of the money, on the other."""
        total = in_home_currency(body, cents(body["TotalAmt"]))
        parts = [(account, in_home_currency(body, amount)) for account, amount in _revenue(books, body)]
        if not self.owed:
            posted = against(body["DepositToAccountRef"]["value"], parts, total)
        else:
            posted = against(_receivables(books, body), parts, total, _party(body))
        return [*(reversed_(posted) if self.income > 0 else posted), *_prepaid(books, body)]


# completing


def _set_total(books: Books, body: dict[str, Any]) -> None:
    tax = set_tax(books, body, taxable_part(body))
    total = items_total(body["Line"]) - discount_of(body["Line"]) + tax
    if total < 0:
        raise faults.business("The transaction amount must be 0 or greater, use the opposite transaction", "TotalAmt")
    if total > AMOUNT_MAX:
        raise RefusalError("2140", f"Invalid Amount : {total}, at most {AMOUNT_MAX}", "TotalAmt")
    body["TotalAmt"] = total
    if "ExchangeRate" in body:
        body["HomeTotalAmt"] = in_home_currency(body, total)


def _set_number(books: Books, kind: str, draft: Draft) -> None:
    """The next number of the company, unless it gives its own; twice in one kind is refused (6140)."""
    body, old = draft.body, draft.old
    if "DocNumber" not in body and not books.switched_on("SalesFormsPrefs", "CustomTxnNumbers"):
        body["DocNumber"] = old.body["DocNumber"] if old and "DocNumber" in old.body else _next_number(books, kind)
    number = body.get("DocNumber")
    if number is None or "allowduplicatedocnum" in books.options or books.actor.on_website:
        return
    if old is not None and old.body.get("DocNumber") == number:
        return
    holder = _holder(books, kind, number)
    if holder is not None and holder != draft.id:
        raise faults.duplicate_number(number, kind, holder)


def _next_number(books: Books, kind: str) -> str:
    while True:
        number = str(books.store.next_id(books.realm, NUMBERS, FIRST_NUMBER))
        if _holder(books, kind, number) is None:
            return number


def _holder(books: Books, kind: str, number: str) -> int | None:
    values = (folded(number),)
    found = books.store.page(books.realm, kind, "number_key = ?", values, "id", limit=1, offset=0)
    return int(found[0][0]) if found else None


def _set_delivery(draft: Draft, customer: Record) -> None:
    body, old = draft.body, draft.old
    body.setdefault("PrintStatus", "NotSet")
    body.setdefault("EmailStatus", "NotSet")
    if body["EmailStatus"] == "NeedToSend" and "Address" not in body.get("BillEmail", {}):
        raise RefusalError("6420", "BillEmail is needed when EmailStatus is NeedToSend", "BillEmail")
    if old is not None and "DeliveryInfo" in old.body:
        body["DeliveryInfo"] = old.body["DeliveryInfo"]
    body.setdefault("ApplyTaxAfterDiscount", False)
    for name in ("BillAddr", "ShipAddr"):
        if name in customer.body:
            body.setdefault(name, customer.body[name])


def _set_open_balance(draft: Draft) -> None:
    """What is still open; payments that are there already stay, and hold the customer."""
    body, old = draft.body, draft.old
    paid = paid_amount(old)
    if old is not None and paid and old.body["CustomerRef"] != body["CustomerRef"]:
        raise faults.business("The customer of a transaction with linked payments cannot change", "CustomerRef")
    balance = body["TotalAmt"] - _deposit(body) - paid
    if balance < 0:
        raise faults.business(f"The total {body['TotalAmt']} is less than what is already paid", "TotalAmt")
    set_balance(body, balance)


def _deposit(body: Mapping[str, Any]) -> Decimal:
    return cents(body.get("Deposit", 0))


def paid_amount(record: Record | None) -> Decimal:
    """What payments have taken off an invoice, or used of a credit, so far."""
    if record is None:
        return Decimal(0)
    return cents(record.body["TotalAmt"]) - _deposit(record.body) - cents(record.body["Balance"])


def set_due_date(books: Books, draft: Draft) -> None:
    """TxnDate and the days of the term, which is the customer's when the sale names none."""
    body = draft.body
    customer = books.referred("Customer", body["CustomerRef"]["value"], "CustomerRef")
    if draft.old is None and "SalesTermRef" in customer.body:
        body.setdefault("SalesTermRef", customer.body["SalesTermRef"])
    if "DueDate" in body:
        return
    term = body.get("SalesTermRef")
    held = books.store.get(books.realm, "Term", int(term["value"])) if term else None
    body["DueDate"] = due_date(body["TxnDate"], held.body if held else {})


def set_deposit_account(books: Books, draft: Draft) -> None:
    """Where the money goes: undeposited funds, unless it is said. What a deposit took along stays known."""
    body, old = draft.body, draft.old
    if "DepositToAccountRef" not in body:
        body["DepositToAccountRef"] = books.first_account(UNDEPOSITED, "DepositToAccountRef")
    body["Balance"] = Decimal(0)
    body["LinkedTxn"] = list(old.body["LinkedTxn"]) if old else []


# effects


def _refuse_loose_ends(old: Record | None, new: Record | None) -> None:
    """What others are linked to is neither deleted (800) nor voided (6450) before it is let go."""
    if old is None:
        return
    linked = [link for link in old.body["LinkedTxn"] if link["TxnType"] in {"Payment", "Invoice"}]
    if new is None and linked:
        raise RefusalError("800", f"{old.entity} {old.id} has linked transactions, unlink them first")


def voided(books: Books, old: Record) -> dict[str, Any]:
    """Its lines stay without amounts; links to what it billed are cut."""
    if any(link["TxnType"] == "Payment" for link in old.body["LinkedTxn"]):
        raise RefusalError("6450", f"{old.entity} {old.id} has linked payments, unlink them first")
    refuse_deposited(old)
    body = {
        **old.body,
        "Line": without_amounts(old.body["Line"]),
        "TxnTaxDetail": {"TotalTax": Decimal(0)},
        "TotalAmt": Decimal(0),
        "LinkedTxn": [],
        "PrivateNote": "Voided",
    }
    body.pop("Deposit", None)
    if "HomeTotalAmt" in body:
        body["HomeTotalAmt"] = Decimal(0)
    set_balance(body, Decimal(0))
    return body


# postings


def _revenue(books: Books, body: Mapping[str, Any]) -> list[Part]:
    parts: list[Part] = []
    for line in body["Line"]:
        if line["DetailType"] == ITEM:
            parts.append((line[ITEM]["ItemAccountRef"]["value"], cents(line["Amount"])))
        elif line["DetailType"] == DISCOUNT:
            parts.append((line[DISCOUNT]["DiscountAccountRef"]["value"], -cents(line["Amount"])))
    for line in body["TxnTaxDetail"].get("TaxLine", []):
        parts.append((payable_account(books, line), cents(line["Amount"])))
    return parts


def _receivables(books: Books, body: Mapping[str, Any]) -> str:
    named = body.get("ARAccountRef") or books.first_account(RECEIVABLE, "ARAccountRef")
    return str(named["value"])


def _party(body: Mapping[str, Any]) -> str:
    return f"Customer:{body['CustomerRef']['value']}"


def _prepaid(books: Books, body: Mapping[str, Any]) -> list[Posting]:
    """A deposit on an invoice: money that came with it, and is owed no more."""
    amount = in_home_currency(body, _deposit(body))
    if not amount:
        return []
    return against(_receivables(books, body), [(body["DepositToAccountRef"]["value"], amount)], amount, _party(body))
