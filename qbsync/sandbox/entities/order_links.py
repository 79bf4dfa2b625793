"""A bill that fills purchase orders: each order is linked to it and closed, and opened again when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import Record, id_number

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

ORDER: Final = "PurchaseOrder"


def _all_links(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of the transaction and of its lines."""
    return [*body.get("LinkedTxn", []), *(link for line in body.get("Line", []) for link in line.get("LinkedTxn", []))]


def linked_orders(body: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(link["TxnId"] for link in _all_links(body) if link["TxnType"] == ORDER))


def order_links(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """As the transaction shows them, whether they were sent on it or on a line."""
    return [{"TxnId": key, "TxnType": ORDER} for key in linked_orders(body)]


def check_order_links(books: Books, body: Mapping[str, Any], own_id: int) -> None:
    """An order must be there, of the same vendor, and open or filled by this very bill."""
    for link in _all_links(body):
        if link["TxnType"] != ORDER:
            raise RefusalError("620", f"Transaction cannot be linked : {link['TxnType']}", "LinkedTxn")
        key = id_number(link["TxnId"])
        if key is None:
            raise RefusalError("2030", f"Invalid ID : {link['TxnId']}", "TxnId")
        link["TxnId"] = str(key)
        order = books.store.get(books.realm, ORDER, key)
        if order is None:
            raise faults.not_found()
        if order.body["VendorRef"]["value"] != body["VendorRef"]["value"]:
            raise faults.business(f"Purchase order {key} belongs to another vendor", "VendorRef")
        if order.body["POStatus"] == "Closed" and not _is_linked(order, own_id):
            raise RefusalError("620", f"Transaction cannot be linked : purchase order {key} is closed", "LinkedTxn")


def _is_linked(order: Record, bill_id: int) -> bool:
    return any(link["TxnId"] == str(bill_id) for link in order.body["LinkedTxn"])


def settle_orders(books: Books, old: Record | None, new: Record | None) -> None:
    """Orders that are linked from now on are closed; those that no bill fills any more are open again."""
    before = set(linked_orders(old.body)) if old else set()
    after = set(linked_orders(new.body)) if new else set()
    bill = new or old
    assert bill is not None  # a write has a record before it, after it, or both
    for key in sorted(before ^ after, key=int):
        order = books.store.get(books.realm, ORDER, int(key))
        if order is None:  # it cannot be deleted while it is linked
            raise faults.not_found()
        links = [link for link in order.body["LinkedTxn"] if link["TxnId"] != str(bill.id)]
        if key in after:
            links.append({"TxnId": str(bill.id), "TxnType": bill.entity})
        books.touch(order, {**order.body, "LinkedTxn": links, "POStatus": "Closed" if links else "Open"})
