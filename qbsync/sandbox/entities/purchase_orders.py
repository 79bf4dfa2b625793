"""Purchase orders: what was ordered of a vendor. They post nothing, and a bill that fills one closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.purchases import PURCHASE, complete_lines, in_vendors_currency

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

NOT_FOR_ORDERS = {"VendorAddr", "IncludeInAnnualTPAR", "Balance", "HomeBalance", "LinkedTxn"}


def _complete(books: Books, draft: Draft) -> None:
    """The bills that fill it are linked by the bills alone."""
    body, old = draft.body, draft.old
    complete_lines(books, draft)
    in_vendors_currency(books, body)
    if any(line.get("LinkedTxn") for line in body["Line"]):
        raise RefusalError("620", "Transaction cannot be linked : an order is linked by the bill", "LinkedTxn")
    body["LinkedTxn"] = list(old.body["LinkedTxn"]) if old else []
    if old is not None and body["LinkedTxn"] and old.body["VendorRef"] != body["VendorRef"]:
        raise faults.business("The vendor of an order that a bill fills cannot change", "VendorRef")
    body.setdefault("POStatus", "Closed" if body["LinkedTxn"] else "Open")


def _after(books: Books, old: Record | None, new: Record | None) -> None:
    if new is None and old is not None and old.body["LinkedTxn"]:
        raise RefusalError("800", f"PurchaseOrder {old.id} has linked transactions, unlink them first")


PURCHASE_ORDER = Kind(
    name="PurchaseOrder",
    id_space="Txn",
    deletable=True,
    fields={
        **{name: field for name, field in PURCHASE.items() if name not in NOT_FOR_ORDERS},
        "APAccountRef": f.ref("Account", account_types=("Accounts Payable",), required=True),
        "POStatus": f.choice("Open", "Closed"),
        "DueDate": f.day(),
        "Memo": f.text(4000),
        "POEmail": f.email(),
        "EmailStatus": f.choice("NotSet", "NeedToSend", "EmailSent"),
        "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN,)),
        "SalesTermRef": f.ref("Term"),
        "ShipTo": f.ref("Customer"),
        "ShipAddr": f.address(),
        "VendorAddr": f.address(),
        "ShipMethodRef": f.group({"value": f.text(30, required=True), "name": f.text(30)}),
        "LinkedTxn": f.read_only(),
        "CustomField": f.rows(
            {
                "DefinitionId": f.text(20, required=True),
                "StringValue": f.text(31),
                "Name": f.read_only(),
                "Type": f.read_only(),
            }
        ),
    },
    filters=filters(
        VendorRef="ref", TxnDate="date", DueDate="date", DocNumber="text", TotalAmt="number", POStatus="text"
    ),
    complete=_complete,
    effects=_after,
)
