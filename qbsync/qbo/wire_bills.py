"""Bills, vendor credits and bill payments: our documents to and from QuickBooks' objects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, Payment, Reference
from qbsync.qbo.wire_json import Json
from qbsync.qbo.wire_parts import (
    amount,
    cents,
    day,
    put,
    put_reference,
    reference,
    reference_id,
    text,
)

ACCOUNT_DETAIL = "AccountBasedExpenseLineDetail"
ITEM_DETAIL = "ItemBasedExpenseLineDetail"
_KEPT_ACROSS_DETAILS = ("BillableStatus", "ClassRef", "TaxCodeRef", "MarkupInfo")
_OF_THE_OLD_AMOUNT = ("TaxAmount", "TaxInclusiveAmt", "Qty", "UnitPrice")
_NOBODY = Reference(id="")


def read_bill(record: Json) -> BillDocument:
    """A Bill or VendorCredit object as a document. A vendor credit has no due date."""
    return BillDocument(
        vendor=reference(record.get("VendorRef")) or _NOBODY,
        number=text(record.get("DocNumber")),
        txn_date=day(record.get("TxnDate")) or date.min,
        due_date=day(record.get("DueDate")),
        memo=text(record.get("PrivateNote")),
        lines=tuple(_read_line(line) for line in record.get("Line") or () if _is_expense(line)),
        currency=reference_id(record.get("CurrencyRef")),
    )


def lay_bill(document: BillDocument, record: Json, kind: LedgerKind) -> Json:
    """The Bill or VendorCredit object that says what the document says, and else what `record` said.

    Without a due date of ours, QuickBooks' own stays: it reckons one from the vendor's terms.
    """
    if reference_id(record.get("VendorRef")) != document.vendor.id:
        record.pop("VendorAddr", None)
    put_reference(record, "VendorRef", document.vendor)
    if document.currency:
        record.setdefault("CurrencyRef", {"value": document.currency})  # a stored bill keeps the one it has
    put(record, "DocNumber", document.number)
    put(record, "PrivateNote", document.memo)
    record["TxnDate"] = document.txn_date.isoformat()
    if kind is LedgerKind.BILL and document.due_date:
        record["DueDate"] = document.due_date.isoformat()
    record["Line"] = _lay_lines(document.lines, record.get("Line") or [])
    put(record, "LinkedTxn", [link for link in record.get("LinkedTxn") or () if not _is_payment(link)] or None)
    return record


def payment_ids(record: Json) -> tuple[str, ...]:
    """The ids of the payments linked to a bill, each once, in QuickBooks' order."""
    links = record.get("LinkedTxn") or ()
    return tuple(dict.fromkeys(str(link["TxnId"]) for link in links if _is_payment(link)))


def read_payment(record: Json) -> Payment:
    """A BillPayment object: how much of it went to which bill."""
    amounts: dict[str, Decimal] = {}
    for line in record.get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            if link.get("TxnType") == "Bill":
                bill_id = str(link["TxnId"])
                amounts[bill_id] = amounts.get(bill_id, Decimal(0)) + amount(line.get("Amount"))
    return Payment(id=str(record["Id"]), txn_date=day(record.get("TxnDate")) or date.min, amounts=amounts)


def _is_payment(link: Json) -> bool:
    return text(link.get("TxnType")).startswith("BillPayment")


def _is_expense(line: Json) -> bool:
    return line.get("DetailType") in (ACCOUNT_DETAIL, ITEM_DETAIL)


def _read_line(line: Json) -> ExpenseLine:
    detail = line.get(line["DetailType"]) or {}
    return ExpenseLine(
        amount=amount(line.get("Amount")),
        description=text(line.get("Description")),
        account=reference(detail.get("AccountRef")),
        item=reference(detail.get("ItemRef")),
        customer=reference(detail.get("CustomerRef")),
    )


def _lay_lines(wanted: Sequence[ExpenseLine], stored: Sequence[Json]) -> list[Json]:
    """The lines to send: each wanted one over the stored line it corresponds to, if any.

    Lines of kinds that we do not know are kept behind them; other stored lines fall away.
    """
    expenses = [line for line in stored if _is_expense(line)]
    others = [copy.deepcopy(line) for line in stored if not _is_expense(line)]
    matches = _correspondence(wanted, [_read_line(line) for line in expenses])
    bases = [copy.deepcopy(expenses[matches[at]]) if at in matches else {} for at in range(len(wanted))]
    return [_lay_line(line, base) for line, base in zip(wanted, bases, strict=True)] + others


_Rule = Callable[[ExpenseLine, ExpenseLine, bool], bool]
_RULES: tuple[_Rule, ...] = (  # from the surest to the weakest; `here` means at the same position
    lambda wanted, stored, here: here and wanted == stored,
    lambda wanted, stored, here: wanted == stored,
    lambda wanted, stored, here: here and _target(wanted) == _target(stored),
    lambda wanted, stored, here: _target(wanted) == _target(stored) and cents(wanted.amount) == stored.amount,
    lambda wanted, stored, here: here and cents(wanted.amount) == stored.amount,
)


def _correspondence(wanted: Sequence[ExpenseLine], stored: Sequence[ExpenseLine]) -> dict[int, int]:
    """Which stored line each wanted line continues, by position. No stored line is used twice."""
    found: dict[int, int] = {}
    for rule in _RULES:
        for at, line in enumerate(wanted):
            if at not in found:
                _take(found, at, [n for n, old in enumerate(stored) if rule(line, old, n == at)])
    return found


def _take(found: dict[int, int], at: int, candidates: list[int]) -> None:
    free = [candidate for candidate in candidates if candidate not in found.values()]
    if free:
        found[at] = free[0]


def _target(line: ExpenseLine) -> tuple[Reference | None, Reference | None]:
    return line.account, line.item


def _lay_line(line: ExpenseLine, base: Json) -> Json:
    kind = ITEM_DETAIL if line.item else ACCOUNT_DETAIL
    same_amount = "Amount" in base and amount(base["Amount"]) == cents(line.amount)
    detail = _base_detail(base, kind, same_amount)
    put_reference(detail, "AccountRef" if kind == ACCOUNT_DETAIL else "ItemRef", line.account or line.item)
    if kind == ITEM_DETAIL and not detail.keys() & {"Qty", "UnitPrice"}:
        detail["Qty"], detail["UnitPrice"] = 1, cents(line.amount)  # their product must be Amount (6070)
    _lay_customer(line, detail)
    base.pop("LineNum", None)  # the order of the array says it
    put(base, "Description", line.description)
    base.update({"Amount": cents(line.amount), "DetailType": kind, kind: detail})
    return base


def _base_detail(base: Json, kind: str, same_amount: bool) -> Json:
    """What the detail of a stored line says beside our fields; takes the detail out of `base`."""
    same = base.pop(kind, None)
    other = base.pop(ITEM_DETAIL if kind == ACCOUNT_DETAIL else ACCOUNT_DETAIL, None) or {}
    if same is None:
        return {key: other[key] for key in _KEPT_ACROSS_DETAILS if key in other}
    return {key: value for key, value in same.items() if same_amount or key not in _OF_THE_OLD_AMOUNT}


def _lay_customer(line: ExpenseLine, detail: Json) -> None:
    put_reference(detail, "CustomerRef", line.customer)
    if line.customer is None and detail.get("BillableStatus") == "Billable":
        detail["BillableStatus"] = "NotBillable"  # nobody is left to bill
