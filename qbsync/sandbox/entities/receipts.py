"""Payments of customers: the invoices they settle, the credits they use up, and what is left for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities.balances import is_same_or_below, refuse_deposited, set_balance, shift_customer
from qbsync.sandbox.entities.currencies import exchange_rate, in_home_currency, set_currency
from qbsync.sandbox.entities.lines import AMOUNT_MAX, cents
from qbsync.sandbox.entities.sale_lines import SALE_LINK
from qbsync.sandbox.entities.system_accounts import RECEIVABLE, UNDEPOSITED

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

# what a payment may be linked to, and how it counts: an invoice takes of the money, a credit adds to it
SIGNS: Final[Mapping[str, int]] = {"Invoice": 1, "CreditMemo": -1}
Key = tuple[str, int]


def applied_to(body: Mapping[str, Any]) -> dict[Key, Decimal]:
    """What a payment settles or uses of each invoice and credit, however many lines name it."""
    sums: dict[Key, Decimal] = {}
    for line in body.get("Line", []):
        link = line["LinkedTxn"][0]
        key = (link["TxnType"], int(link["TxnId"]))
        sums[key] = sums.get(key, Decimal(0)) + cents(line["Amount"])
    return sums


def _check_lines(books: Books, draft: Draft) -> None:
    for line in draft.body.get("Line", []):
        if len(line.get("LinkedTxn", [])) != 1:
            raise faults.missing("LinkedTxn")
        link = line["LinkedTxn"][0]
        if link["TxnType"] not in SIGNS:
            raise RefusalError("620", f"Transaction cannot be linked : {link['TxnType']}", "TxnType")
        number = id_number(link["TxnId"])
        if number is None:
            raise RefusalError("2030", f"Invalid ID : {link['TxnId']}", "TxnId")
        link["TxnId"] = str(number)
        line["Amount"] = cents(line["Amount"])
    before = applied_to(draft.old.body) if draft.old else {}
    for key, amount in applied_to(draft.body).items():
        _check_target(books, draft.body, key, amount, before.get(key, Decimal(0)))


def _check_target(books: Books, body: dict[str, Any], key: Key, amount: Decimal, before: Decimal) -> None:
    """An invoice or credit of the customer who pays, or of one of its jobs, and no more than is open."""
    target = books.store.get(books.realm, *key)
    if target is None:
        raise faults.not_found()
    customer = books.store.get(books.realm, "Customer", int(target.body["CustomerRef"]["value"]))
    if customer is None or not is_same_or_below(books, customer, int(body["CustomerRef"]["value"])):
        raise faults.business(f"{key[0]} {key[1]} belongs to another customer", "CustomerRef")
    if target.body["CurrencyRef"] != body["CurrencyRef"]:
        raise faults.business(f"{key[0]} {key[1]} is in another currency", "CurrencyRef")
    if not 0 <= amount <= cents(target.body["Balance"]) + before:
        raise faults.business(f"{key[0]} {key[1]} has an open balance of {target.body['Balance']}", "Amount")


def _complete(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    body.setdefault("TxnDate", books.clock.today().isoformat())
    customer = books.referred("Customer", body["CustomerRef"]["value"], "CustomerRef")
    set_currency(books, body, customer)
    _check_lines(books, draft)
    body["TotalAmt"] = cents(body["TotalAmt"])
    needed = sum((SIGNS[kind] * amount for (kind, _), amount in applied_to(body).items()), Decimal(0))
    if needed < 0 or body["TotalAmt"] < needed:
        raise faults.business(f"TotalAmt {body['TotalAmt']} does not cover the lines, {needed}", "TotalAmt")
    body["UnappliedAmt"] = body["TotalAmt"] - needed
    body.setdefault("Line", [])
    body.setdefault("ProcessPayment", False)
    if "DepositToAccountRef" not in body:
        body["DepositToAccountRef"] = books.first_account(UNDEPOSITED, "DepositToAccountRef")
    body["LinkedTxn"] = list(old.body["LinkedTxn"]) if old else []


def _voided(books: Books, old: Record) -> dict[str, Any]:
    zero = Decimal(0)
    return {**old.body, "TotalAmt": zero, "UnappliedAmt": zero, "Line": [], "PrivateNote": "Voided"}


def _after(books: Books, old: Record | None, new: Record | None) -> None:
    """Every invoice and credit that was or is linked gets its balance, link, SyncToken and time."""
    refuse_deposited(old)
    shifts: dict[Key, Decimal] = {}
    for record, sign in ((old, 1), (new, -1)):
        if record is None:
            continue
        for key, amount in applied_to(record.body).items():
            shifts[key] = shifts.get(key, Decimal(0)) + sign * amount
        shift_customer(books, int(record.body["CustomerRef"]["value"]), sign * cents(record.body["UnappliedAmt"]))
    linked_now = applied_to(new.body).keys() if new else set()
    payment = new or old
    assert payment is not None  # a write has a record before it, after it, or both
    mark = {"TxnId": str(payment.id), "TxnType": "Payment"}
    for key, shift in shifts.items():
        _settle(books, key, shift, mark, linked=key in linked_now)


def _settle(books: Books, key: Key, shift: Decimal, mark: dict[str, str], *, linked: bool) -> None:
    target = books.store.get(books.realm, *key)
    if target is None:  # it cannot be deleted while it is linked
        raise faults.not_found()
    others = [held for held in target.body["LinkedTxn"] if held != mark]
    body = {**target.body, "LinkedTxn": [*others, mark] if linked else others}
    set_balance(body, cents(target.body["Balance"]) + shift)
    if body != target.body:
        books.touch(target, body)
    shift_customer(books, int(body["CustomerRef"]["value"]), SIGNS[key[0]] * shift)


def _postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    """Debit the account of the money; credit receivables of each customer whose invoice is settled."""
    owed: dict[str, Decimal] = {body["CustomerRef"]["value"]: cents(body["UnappliedAmt"])}
    for (kind, key), amount in applied_to(body).items():
        target = books.store.get(books.realm, kind, key)
        assert target is not None  # checked in this request
        customer = target.body["CustomerRef"]["value"]
        owed[customer] = owed.get(customer, Decimal(0)) + SIGNS[kind] * amount
    account = (body.get("ARAccountRef") or books.first_account(RECEIVABLE, "ARAccountRef"))["value"]
    receivables = [
        Posting(account=int(account), amount=-in_home_currency(body, amount), party=f"Customer:{customer}")
        for customer, amount in owed.items()
        if amount
    ]
    money = -sum((posting.amount for posting in receivables), Decimal(0))
    bank = Posting(account=int(body["DepositToAccountRef"]["value"]), amount=money)
    return [bank, *receivables] if money else receivables


CARD: Final = f.group(
    {
        "CreditChargeInfo": f.group(
            {
                "Type": f.text(30),
                "NameOnAcct": f.text(110),
                "CcExpiryMonth": f.whole(1, 12),
                "CcExpiryYear": f.whole(2000, 9999),
                "BillAddrStreet": f.text(255),
                "PostalCode": f.text(30),
                "Amount": f.money(0, AMOUNT_MAX),
                "ProcessPayment": f.flag(),
            }
        ),
        "CreditChargeResponse": f.group(
            {
                "Status": f.choice("Completed", "Unknown"),
                "AuthCode": f.text(100),
                "CCTransId": f.text(100),
                "TxnAuthorizationTime": f.moment(),
            }
        ),
    }
)

PAYMENT = Kind(
    name="Payment",
    id_space="Txn",
    deletable=True,
    void_by="include",
    voided=_voided,
    posts=True,
    fields={
        "CustomerRef": f.ref("Customer", required=True),
        "TotalAmt": f.number(0, AMOUNT_MAX, code="2140", required=True),
        "Line": f.rows(
            {
                "Amount": f.money(0, AMOUNT_MAX, required=True),
                "LinkedTxn": f.rows(SALE_LINK),
                "LineEx": f.read_only(),
            }
        ),
        "TxnDate": f.day(),
        "CurrencyRef": f.currency(),
        "ExchangeRate": exchange_rate(),
        "PaymentMethodRef": f.ref("PaymentMethod"),
        "PaymentRefNum": f.text(21),
        "DepositToAccountRef": f.ref("Account", account_types=("Bank", "Other Current Asset")),
        "ARAccountRef": f.ref("Account", account_types=("Accounts Receivable",)),
        "ProjectRef": f.ref("Project"),
        "PrivateNote": f.text(4000),
        "ProcessPayment": f.flag(),
        "CreditCardPayment": CARD,
        "TxnSource": f.text(100),
        "UnappliedAmt": f.read_only(),
        "LinkedTxn": f.read_only(),
        "TaxExemptionRef": f.read_only(),
        "TransactionLocationType": f.read_only(),
    },
    filters=filters(
        CustomerRef="ref",
        TxnDate="date",
        TotalAmt="number",
        UnappliedAmt="number",
        PaymentRefNum="text",
        PaymentMethodRef="ref",
        ProjectRef="ref",
    ),
    complete=_complete,
    effects=_after,
    postings=_postings,
)
