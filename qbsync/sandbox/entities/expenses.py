"""Purchases: money spent at once, in cash, by cheque or by card; and card refunds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.entities.currencies import keep_home_currency
from qbsync.sandbox.entities.lines import cents
from qbsync.sandbox.entities.posting import against, expense_parts, reversed_
from qbsync.sandbox.entities.purchases import PURCHASE, complete_lines

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

# How it was paid → the type of the account that it was paid from.
PAID_FROM: Final = {"Cash": "Bank", "Check": "Bank", "CreditCard": "Credit Card"}
NOT_FOR_EXPENSES: Final = {"VendorRef", "VendorAddr", "APAccountRef", "Balance", "HomeBalance"}


def _complete(books: Books, draft: Draft) -> None:
    body = draft.body
    complete_lines(books, draft)
    keep_home_currency(books, body)
    account = books.referred("Account", body["AccountRef"]["value"], "AccountRef")
    if account.body["AccountType"] != PAID_FROM[body["PaymentType"]]:
        raise RefusalError("6430", f"Invalid account type: {account.body['AccountType']}", "AccountRef")
    if body.setdefault("Credit", False) and body["PaymentType"] != "CreditCard":
        raise faults.business("Only a credit card purchase can be a credit", "Credit")
    if body.get("LinkedTxn") or any(line.get("LinkedTxn") for line in body["Line"]):
        raise RefusalError("620", "Transaction cannot be linked to a purchase", "LinkedTxn")
    if body["PaymentType"] == "Check":
        body.setdefault("PrintStatus", "NotSet")


def _postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    postings = against(body["AccountRef"]["value"], expense_parts(books, body["Line"]), cents(body["TotalAmt"]))
    return reversed_(postings) if body["Credit"] else postings


EXPENSE = Kind(
    name="Purchase",
    id_space="Txn",
    deletable=True,
    posts=True,
    fields={
        **{name: field for name, field in PURCHASE.items() if name not in NOT_FOR_EXPENSES},
        "PaymentType": f.choice(*PAID_FROM, required=True),
        "AccountRef": f.ref("Account", required=True),
        "EntityRef": f.person("Vendor", "Customer", "Employee"),
        "Credit": f.flag(),
        "PaymentMethodRef": f.ref("PaymentMethod"),
        "PrintStatus": f.choice("NotSet", "NeedToPrint", "PrintComplete"),
        "RemitToAddr": f.read_only(),
        "TxnSource": f.read_only(),
        "PurchaseEx": f.read_only(),
    },
    filters=filters(TxnDate="date", DocNumber="text", TotalAmt="number", PaymentType="text", AccountRef="ref"),
    complete=_complete,
    postings=_postings,
)
