"""What customers owe: their own balances, and those of customers and jobs together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.hierarchy import lineage
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.currencies import in_home_currency

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books


def shift_customer(books: Books, customer_id: int, amount: Decimal) -> None:
    """SyncTokens and times stay: a balance is derived."""
    customer = books.store.get(books.realm, "Customer", customer_id)
    if customer is None or not amount:
        return
    balance = Decimal(customer.body["Balance"]) + amount
    books.put_quietly(customer, {**customer.body, "Balance": balance})
    shift_with_jobs(books, customer, amount)


def shift_with_jobs(books: Books, customer: Record, amount: Decimal) -> None:
    """From this customer up to the root."""
    for key in lineage(books, customer):
        held = books.store.get(books.realm, "Customer", key)
        if held is not None and amount:
            total = Decimal(held.body["BalanceWithJobs"]) + amount
            books.put_quietly(held, {**held.body, "BalanceWithJobs": total})


def carry_balance(books: Books, old: Record | None, new: Record | None) -> None:
    """A job that comes, or moves under another customer, takes its balance along."""
    if new is None:
        return
    before, after = (record.body.get("ParentRef") if record else None for record in (old, new))
    amount = Decimal(new.body["BalanceWithJobs"])
    for parent_ref, shift in ((before, -amount), (after, amount)):
        if before != after and parent_ref is not None:
            parent = books.store.get(books.realm, "Customer", int(parent_ref["value"]))
            if parent is not None:
                shift_with_jobs(books, parent, shift)


def is_same_or_below(books: Books, customer: Record, above: int) -> bool:
    """The customer itself, or a job somewhere under it."""
    return above in lineage(books, customer)


def set_balance(body: dict[str, Any], balance: Decimal) -> None:
    body["Balance"] = balance
    if "ExchangeRate" in body:
        body["HomeBalance"] = in_home_currency(body, balance)


def is_payment_link(link: dict[str, Any]) -> bool:
    return str(link["TxnType"]) == "Payment"


def refuse_deposited(old: Record | None) -> None:
    """Money that was taken to the bank stays as it is until the deposit lets it go."""
    if old is not None and any(link["TxnType"] == "Deposit" for link in old.body.get("LinkedTxn", [])):
        raise RefusalError(
            "6540", f"Deposited Transaction cannot be changed : {old.entity} {old.id} is part of a deposit"
        )
