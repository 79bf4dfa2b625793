"""Bill payments: money that leaves, the bills it settles and the credits it uses up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities.lines import AMOUNT_MAX, LINK, cents

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

LINKABLE = ("Bill", "VendorCredit")


def _links(body: dict[str, Any]) -> list[tuple[str, int, Decimal]]:
    """(entity, id, amount) of everything that a payment settles or uses."""
    return [
        (line["LinkedTxn"][0]["TxnType"], int(line["LinkedTxn"][0]["TxnId"]), cents(line["Amount"]))
        for line in body.get("Line", [])
    ]


def _sums(body: dict[str, Any]) -> dict[tuple[str, int], Decimal]:
    """What a payment settles or uses in all of each bill and credit, however many lines name it."""
    sums: dict[tuple[str, int], Decimal] = {}
    for kind, key, amount in _links(body):
        sums[kind, key] = sums.get((kind, key), Decimal(0)) + amount
    return sums


def _check_lines(books: Books, draft: Draft) -> None:
    body = draft.body
    if not body.get("Line"):
        raise RefusalError("2250", "At least one line is needed", "Line")
    for line in body["Line"]:
        if len(line.get("LinkedTxn", [])) != 1:
            raise faults.missing("LinkedTxn")
        link = line["LinkedTxn"][0]
        if link["TxnType"] not in LINKABLE:
            raise RefusalError("620", f"Transaction cannot be linked : {link['TxnType']}", "TxnType")
        if id_number(link["TxnId"]) is None:
            raise RefusalError("2030", f"Invalid ID : {link['TxnId']}", "TxnId")
    before = _sums(draft.old.body) if draft.old else {}
    for (kind, key), amount in _sums(body).items():
        _check_link(books, body, kind, key, amount, before.get((kind, key), Decimal(0)))


def _check_link(books: Books, body: dict[str, Any], kind: str, key: int, amount: Decimal, before: Decimal) -> None:
    target = books.store.get(books.realm, kind, key)
    if target is None:
        raise faults.not_found()
    if target.body["VendorRef"]["value"] != body["VendorRef"]["value"]:
        raise faults.business(f"{kind} {key} belongs to another vendor", "VendorRef")
    if not 0 <= amount <= cents(target.body["Balance"]) + before:
        raise faults.business(f"{kind} {key} has an open balance of {target.body['Balance']}", "Amount")


def _check_total(body: dict[str, Any]) -> None:
    """What is paid is what the bills take less what the credits give; more is a credit for later."""
    signs = {"Bill": 1, "VendorCredit": -1}
    needed = sum((signs[kind] * amount for kind, _, amount in _links(body)), Decimal(0))
    body["TotalAmt"] = cents(body["TotalAmt"])
    if body["TotalAmt"] < needed or needed < 0:
        raise faults.business(f"TotalAmt {body['TotalAmt']} does not cover the lines, {needed}", "TotalAmt")


def _check_means(body: dict[str, Any]) -> None:
    wanted, reference = (
        ("CheckPayment", "BankAccountRef") if body["PayType"] == "Check" else ("CreditCardPayment", "CCAccountRef")
    )
    if wanted not in body or reference not in body[wanted]:
        raise faults.missing(reference)
    if "CheckPayment" in body:
        body["CheckPayment"].setdefault("PrintStatus", "NotSet")


def _complete(books: Books, draft: Draft) -> None:
    body = draft.body
    _check_means(body)
    body.setdefault("TxnDate", books.clock.today().isoformat())
    _check_lines(books, draft)
    _check_total(body)
    body.setdefault("CurrencyRef", {"value": books.home_currency()})
    body.pop("ExchangeRate", None)


def _after(books: Books, old: Record | None, new: Record | None) -> None:
    """Every bill and credit that was or is linked gets its balance, link, SyncToken and time."""
    shifts: dict[tuple[str, int], Decimal] = {}
    for record, sign in ((old, 1), (new, -1)):
        for link, amount in (_sums(record.body) if record else {}).items():
            shifts[link] = shifts.get(link, Decimal(0)) + sign * amount
    linked_now = _sums(new.body).keys() if new else set()
    payment = new or old
    assert payment is not None  # a write has a record before it, after it, or both
    mark = {"TxnId": str(payment.id), "TxnType": f"BillPayment{payment.body['PayType']}"}
    for (kind, key), shift in shifts.items():
        _settle(books, kind, key, shift, mark, linked=(kind, key) in linked_now)


def _settle(books: Books, kind: str, key: int, shift: Decimal, link: dict[str, str], *, linked: bool) -> None:
    target = books.store.get(books.realm, kind, key)
    if target is None:  # it cannot be deleted while it is linked
        raise faults.not_found()
    others = [held for held in target.body["LinkedTxn"] if held["TxnId"] != link["TxnId"]]
    body = {
        **target.body,
        "Balance": cents(target.body["Balance"]) + shift,
        "LinkedTxn": [*others, link] if linked else others,
    }
    books.touch(target, body)
    sign = 1 if kind == "Bill" else -1
    books.shift_vendor_balance(int(body["VendorRef"]["value"]), sign * shift)


BILL_PAYMENT = Kind(
    name="BillPayment",
    id_space="Txn",
    deletable=True,
    void_by="include",
    posts=True,
    fields={
        "VendorRef": f.ref("Vendor", required=True),
        "TotalAmt": f.number(0, AMOUNT_MAX, code="2140", required=True),
        "PayType": f.choice("Check", "CreditCard", required=True),
        "Line": f.rows({"Amount": f.number(0, AMOUNT_MAX, code="2140", required=True), "LinkedTxn": f.rows(LINK)}),
        "CheckPayment": f.group(
            {
                "BankAccountRef": f.ref("Account", account_types=("Bank",)),
                "PrintStatus": f.choice("NotSet", "NeedToPrint", "PrintComplete"),
            }
        ),
        "CreditCardPayment": f.group({"CCAccountRef": f.ref("Account", account_types=("Credit Card",))}),
        "CurrencyRef": f.currency(),
        "ExchangeRate": f.number(0),
        "APAccountRef": f.ref("Account", account_types=("Accounts Payable",)),
        "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
        "DocNumber": f.text(21),
        "PrivateNote": f.text(4000),
        "TxnDate": f.day(),
        "ProcessBillPayment": f.flag(),
        "TransactionLocationType": f.read_only(),
    },
    filters=filters(VendorRef="ref", TxnDate="date", DocNumber="text", TotalAmt="number", PayType="text"),
    complete=_complete,
    effects=_after,
)
