"""What an invoice bills: time entries and an estimate. They learn of it, and are freed when the link goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities.balances import is_payment_link, is_same_or_below

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

TIME: Final = "TimeActivity"
ESTIMATE: Final = "Estimate"
SOURCES: Final = (TIME, ESTIMATE)
FREE_ESTIMATES: Final = ("Pending", "Accepted")
Key = tuple[str, int]


def complete_links(books: Books, draft: Draft) -> None:
    """Links to what is billed are the caller's; links to payments are made by payments alone."""
    body, old = draft.body, draft.old
    held = sources(old)
    same_customer = old is not None and old.body["CustomerRef"] == body["CustomerRef"]
    chosen: dict[Key, dict[str, str]] = {}
    for link in body.get("LinkedTxn", []):
        if is_payment_link(link):
            continue
        if link["TxnType"] not in SOURCES:
            raise RefusalError("620", f"Transaction cannot be linked : {link['TxnType']}", "LinkedTxn")
        number = id_number(link["TxnId"])
        if number is None:
            raise RefusalError("2030", f"Invalid ID : {link['TxnId']}", "TxnId")
        key = (link["TxnType"], number)
        if key not in held or not same_customer:
            _check_source(books, body, key, held=key in held)
        chosen[key] = {"TxnId": str(number), "TxnType": link["TxnType"]}
    payments = [link for link in old.body["LinkedTxn"] if is_payment_link(link)] if old else []
    body["LinkedTxn"] = [*chosen.values(), *payments]


def sources(record: Record | None) -> set[Key]:
    links = record.body["LinkedTxn"] if record else []
    return {(link["TxnType"], int(link["TxnId"])) for link in links if link["TxnType"] in SOURCES}


def _check_source(books: Books, body: dict[str, Any], key: Key, *, held: bool) -> None:
    source = books.store.get(books.realm, *key)
    if source is None:
        raise faults.not_found()
    told = f"Transaction cannot be linked : {key[0]} {key[1]}"
    customer_ref = source.body.get("CustomerRef")
    customer = books.store.get(books.realm, "Customer", int(customer_ref["value"])) if customer_ref else None
    if customer is None or not is_same_or_below(books, customer, int(body["CustomerRef"]["value"])):
        raise RefusalError("620", f"{told} is of another customer", "LinkedTxn")
    if held:
        return
    if key[0] == TIME and source.body["BillableStatus"] != "Billable":
        raise RefusalError("620", f"{told} is {source.body['BillableStatus']}", "LinkedTxn")
    if key[0] == ESTIMATE and source.body["TxnStatus"] not in FREE_ESTIMATES:
        raise RefusalError("620", f"{told} is {source.body['TxnStatus']}", "LinkedTxn")


def follow_links(books: Books, old: Record | None, new: Record | None) -> None:
    before, after = sources(old), sources(new)
    invoice = new or old
    assert invoice is not None  # a write has a record before it, after it, or both
    mark = {"TxnId": str(invoice.id), "TxnType": invoice.entity}
    for key in sorted(after - before):
        _tell(books, key, mark, billed=True)
    for key in sorted(before - after):
        _tell(books, key, mark, billed=False)


def _tell(books: Books, key: Key, mark: dict[str, str], *, billed: bool) -> None:
    """The source changes so that its readers see it. One that was deleted or changed meanwhile needs no word."""
    source = books.store.get(books.realm, *key)
    if source is None or (key[0] == TIME and not billed and source.body["BillableStatus"] != "HasBeenBilled"):
        return
    if key[0] == TIME:
        changes: dict[str, Any] = {"BillableStatus": "HasBeenBilled" if billed else "Billable"}
    else:
        others = [link for link in source.body["LinkedTxn"] if link != mark]
        changes = {
            "TxnStatus": "Closed" if billed else "Pending",
            "LinkedTxn": [*others, mark] if billed else others,
        }
    books.touch(source, {**source.body, **changes})
