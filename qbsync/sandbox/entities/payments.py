"""Bill payments: money that leaves, the bills it settles and the credits it uses up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities.balances import set_balance
from qbsync.sandbox.entities.currencies import exchange_rate, in_home_currency, set_currency
from qbsync.sandbox.entities.journal_entry import owed_by
from qbsync.sandbox.entities.lines import AMOUNT_MAX, LINK, cents
from qbsync.sandbox.entities.posting import vendor_party

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

JOURNAL = "JournalEntry"
# What may be linked, and whether it takes money or gives it. A journal entry has no balance of its own.
SIGNS = {"Bill": 1, "VendorCredit": -1, JOURNAL: 1}


def _links(body: Mapping[str, Any]) -> list[tuple[str, int, Decimal]]:
    """(entity, id, amount) of everything that a payment settles or uses."""
    return [
        (line["LinkedTxn"][0]["TxnType"], int(line["LinkedTxn"][0]["TxnId"]), cents(line["Amount"]))
        for line in body.get("Line", [])
    ]


def _sums(body: Mapping[str, Any]) -> dict[tuple[str, int], Decimal]:
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
        if link["TxnType"] not in SIGNS:
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
    vendor = body["VendorRef"]["value"]
    if kind == JOURNAL:
        owed = owed_by(books, target.body, vendor)
        open_amount = sum((credit for _, credit in owed), Decimal(0)) - _paid_of_journal(books, key, vendor)
        is_theirs = bool(owed)
    else:
        open_amount = cents(target.body["Balance"])
        is_theirs = target.body["VendorRef"]["value"] == vendor
    if not is_theirs:
        raise faults.business(f"{kind} {key} belongs to another vendor", "VendorRef")
    if not 0 <= amount <= open_amount + before:
        raise faults.business(f"{kind} {key} has an open balance of {open_amount}", "Amount")


def _paid_of_journal(books: Books, key: int, vendor: str) -> Decimal:
    """What all payments to this vendor have settled of a journal entry."""
    entry = books.store.get(books.realm, JOURNAL, key)
    paid = Decimal(0)
    for link in entry.body["LinkedTxn"] if entry else []:
        payment = books.store.get(books.realm, "BillPayment", int(link["TxnId"]))
        if payment is not None and payment.body["VendorRef"]["value"] == vendor:
            paid += _sums(payment.body).get((JOURNAL, key), Decimal(0))
    return paid


def _needed(body: Mapping[str, Any]) -> Decimal:
    """What the bills take less what the credits give."""
    return sum((SIGNS[kind] * amount for kind, _, amount in _links(body)), Decimal(0))


def _overpaid(record: Record | None) -> Decimal:
    """What the vendor gets beyond what lowers the balance of a bill: it lowers the vendor's balance alone."""
    if record is None:
        return Decimal(0)
    settled = (SIGNS[kind] * amount for kind, _, amount in _links(record.body) if kind != JOURNAL)
    return cents(record.body["TotalAmt"]) - sum(settled, Decimal(0))


def _check_total(body: dict[str, Any]) -> None:
    """What is paid is what the bills take less what the credits give; more is a credit for later."""
    needed = _needed(body)
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
    body.setdefault("APAccountRef", {"value": books.payables_account()})
    set_currency(books, body, books.referred("Vendor", body["VendorRef"]["value"], "VendorRef"))


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
    for record, sign in ((old, 1), (new, -1)):
        if record is not None:
            books.shift_vendor_balance(int(record.body["VendorRef"]["value"]), sign * _overpaid(record))


def _settle(books: Books, kind: str, key: int, shift: Decimal, link: dict[str, str], *, linked: bool) -> None:
    target = books.store.get(books.realm, kind, key)
    if target is None:  # it cannot be deleted while it is linked
        raise faults.not_found()
    others = [held for held in target.body["LinkedTxn"] if held["TxnId"] != link["TxnId"]]
    body = {**target.body, "LinkedTxn": [*others, link] if linked else others}
    if kind == JOURNAL:
        books.touch(target, body)
        return
    set_balance(body, cents(target.body["Balance"]) + shift)
    books.touch(target, body)
    books.shift_vendor_balance(int(body["VendorRef"]["value"]), SIGNS[kind] * shift)


def _payables_of(books: Books, kind: str, key: int, body: Mapping[str, Any]) -> int:
    """The account that a bill, a credit or a journal entry is owed in."""
    target = books.store.get(books.realm, kind, key)
    if kind == JOURNAL:
        owed = owed_by(books, target.body, body["VendorRef"]["value"]) if target else []
        return owed[0][0] if owed else int(body["APAccountRef"]["value"])
    return int((target.body if target else body)["APAccountRef"]["value"])


def _postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    """Debit the payables that are settled, each in the account of its bill; credit the bank or the card."""
    if "CheckPayment" in body and body["PayType"] == "Check":
        means = body["CheckPayment"]["BankAccountRef"]
    else:
        means = body["CreditCardPayment"]["CCAccountRef"]
    debits: dict[int, Decimal] = {int(body["APAccountRef"]["value"]): cents(body["TotalAmt"]) - _needed(body)}
    for kind, key, amount in _links(body):
        account = _payables_of(books, kind, key, body)
        debits[account] = debits.get(account, Decimal(0)) + SIGNS[kind] * amount
    party = vendor_party(body)
    postings = [
        Posting(account=account, amount=in_home_currency(body, amount), party=party)
        for account, amount in debits.items()
    ]
    spent = sum((posting.amount for posting in postings), Decimal(0))
    postings.append(Posting(account=int(means["value"]), amount=-spent))
    return [posting for posting in postings if posting.amount]


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
        "Line": f.rows({"Amount": f.money(0, AMOUNT_MAX, required=True), "LinkedTxn": f.rows(LINK)}),
        "CheckPayment": f.group(
            {
                "BankAccountRef": f.ref("Account", account_types=("Bank",)),
                "PrintStatus": f.choice("NotSet", "NeedToPrint", "PrintComplete"),
            }
        ),
        "CreditCardPayment": f.group({"CCAccountRef": f.ref("Account", account_types=("Credit Card",))}),
        "CurrencyRef": f.currency(),
        "ExchangeRate": exchange_rate(),
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
    postings=_postings,
)
