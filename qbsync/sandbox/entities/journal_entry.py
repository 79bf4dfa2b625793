"""Journal entries: debits and credits written by hand, equal in sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.balances import shift_customer
from qbsync.sandbox.entities.currencies import keep_home_currency
from qbsync.sandbox.entities.lines import AMOUNT_MAX, cents, number_lines

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

DETAIL: Final = "JournalEntryLineDetail"
REMARK: Final = "DescriptionOnly"
SIDES: Final = {"Debit": 1, "Credit": -1}
# Account type → the sort of name that its lines must carry.
NAME_FOR: Final = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
PEOPLE_SORTS: Final = ("Customer", "Vendor", "Employee")


def _booked(body: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Decimal]]:
    """(detail, debit) of every line that is more than a remark."""
    for line in body["Line"]:
        if line["DetailType"] == DETAIL:
            detail = line[DETAIL]
            yield detail, SIDES[detail["PostingType"]] * cents(line["Amount"])


def _check_line(books: Books, line: dict[str, Any]) -> None:
    if "DetailType" not in line:
        raise faults.missing("DetailType")
    if line["DetailType"] == REMARK:
        line.pop("Amount", None)
        return
    for name in ("Amount", DETAIL):
        if name not in line:
            raise faults.missing(name)
    detail = line[DETAIL]
    if "PostingType" not in detail:
        raise RefusalError("2260", "PostingType is missing, give Debit or Credit", "PostingType")
    if line["Amount"] < 0:
        raise RefusalError("2290", f"A journal line takes no negative amount : {line['Amount']}", "Amount")
    if "AccountRef" not in detail:
        raise faults.missing("AccountRef")
    _check_entity(books, detail)


def _check_entity(books: Books, detail: dict[str, Any]) -> None:
    entity = detail.get("Entity")
    if entity is not None:
        sort = entity["EntityRef"].pop("type")
        if entity.setdefault("Type", sort) != sort:
            raise faults.no_such_reference("Names", entity["EntityRef"]["value"], "EntityRef")
    account = books.referred("Account", detail["AccountRef"]["value"], "AccountRef")
    wanted = NAME_FOR.get(account.body["AccountType"])
    if wanted is not None and (entity is None or entity["Type"] != wanted):
        sentence = f"When you use {account.body['AccountType']}, you must choose a {wanted.lower()} in the Name field"
        raise faults.business(sentence, "Entity")


def _complete(books: Books, draft: Draft) -> None:
    body = draft.body
    if not body.get("Line"):
        raise RefusalError("2250", "At least one line is needed", "Line")
    if body.pop("TxnTaxDetail", None):
        raise RefusalError("6170", "TxnTaxDetail is not for a company without purchase taxes", "TxnTaxDetail")
    for line in body["Line"]:
        _check_line(books, line)
    number_lines(body["Line"], draft.old)
    if sum(debit for _, debit in _booked(body)):
        raise RefusalError("2300", "The debits and the credits of a journal entry must be equal", "Line")
    body.setdefault("TxnDate", books.clock.today().isoformat())
    body.setdefault("Adjustment", False)
    keep_home_currency(books, body)
    body.pop("GlobalTaxCalculation", None)
    _keep_links(books, draft)
    body["TotalAmt"] = sum((debit for _, debit in _booked(body) if debit > 0), Decimal(0))


def _keep_links(books: Books, draft: Draft) -> None:
    """Bill payments make and cut the links; what they settle stays as it is meanwhile."""
    body, old = draft.body, draft.old
    body["LinkedTxn"] = list(old.body["LinkedTxn"]) if old else []
    if old is not None and body["LinkedTxn"]:
        before, after = ([each for each in _postings(books, held) if each.party] for held in (old.body, body))
        if before != after:
            raise faults.business("Lines of payables cannot change while a payment settles them", "Line")


def owed_by(books: Books, body: Mapping[str, Any], vendor: str) -> list[tuple[int, Decimal]]:
    """(account, credit) of the lines that a vendor is owed by, or owes by when it is negative."""
    party = f"Vendor:{vendor}"
    return [(posting.account, -posting.amount) for posting in _postings(books, body) if posting.party == party]


def _postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    postings = []
    for detail, debit in _booked(body):
        key = int(detail["AccountRef"]["value"])
        account = books.store.get(books.realm, "Account", key)
        named = account is not None and account.body["AccountType"] in NAME_FOR
        entity = detail.get("Entity")
        party = f"{entity['Type']}:{entity['EntityRef']['value']}" if named and entity else ""
        if debit:
            postings.append(Posting(account=key, amount=debit, party=party))
    return postings


def _after(books: Books, old: Record | None, new: Record | None) -> None:
    """Lines of payables and receivables change what is owed to the vendor and by the customer."""
    if new is None and old is not None and old.body["LinkedTxn"]:
        raise RefusalError("800", f"JournalEntry {old.id} has linked transactions, unlink them first")
    for record, direction in ((old, -1), (new, 1)):
        for posting in _postings(books, record.body) if record else ():
            sort, _, key = posting.party.partition(":")
            if sort == "Vendor":
                books.shift_vendor_balance(int(key), -direction * posting.amount)
            if sort == "Customer":
                shift_customer(books, int(key), direction * posting.amount)


LINE: dict[str, f.Field] = {
    "Id": f.text(20),
    "LineNum": f.number(0),
    "Amount": f.money(-AMOUNT_MAX, AMOUNT_MAX),
    "Description": f.text(4000),
    "DetailType": f.choice(DETAIL, REMARK),
    "ProjectRef": f.ref("Project"),
    "LinkedTxn": f.read_only(),
    "CustomField": f.read_only(),
    DETAIL: f.group(
        {
            "PostingType": f.choice("Debit", "Credit", code="2260"),
            "AccountRef": f.ref("Account"),
            "Entity": f.group({"Type": f.choice(*PEOPLE_SORTS), "EntityRef": f.person(*PEOPLE_SORTS, required=True)}),
            "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN, f.CLASS_PER_LINE)),
            "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
            "TaxCodeRef": f.tax_code(),
            "TaxApplicableOn": f.choice("Sales", "Purchase"),
            "TaxAmount": f.number(0, 999_999_999),
            "TaxInclusiveAmt": f.read_only(),
            "BillableStatus": f.choice("Billable", "NotBillable", "HasBeenBilled"),
            "JournalCodeRef": f.read_only(),
        }
    ),
    "DescriptionLineDetail": f.group({"TaxCodeRef": f.tax_code(), "ServiceDate": f.day()}),
}

JOURNAL_ENTRY = Kind(
    name="JournalEntry",
    id_space="Txn",
    deletable=True,
    sparse=True,
    posts=True,
    fields={
        "Line": f.rows(LINE),
        "CurrencyRef": f.currency(),
        "DocNumber": f.text(21),
        "PrivateNote": f.text(4000),
        "TxnDate": f.day(),
        "ExchangeRate": f.number(0),
        "TaxRateRef": f.read_only(),
        "TransactionLocationType": f.read_only(),
        "TxnTaxDetail": f.group({"TotalTax": f.number(), "TxnTaxCodeRef": f.tax_code()}),
        "GlobalTaxCalculation": f.choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
        "Adjustment": f.flag(),
        "RecurDataRef": f.read_only(),
        "TotalAmt": f.read_only(),
        "HomeTotalAmt": f.read_only(),
        "LinkedTxn": f.read_only(),
    },
    filters=filters(TxnDate="date", DocNumber="text", TotalAmt="number"),
    complete=_complete,
    effects=_after,
    postings=_postings,
)
