"""Accounts that QuickBooks finds, or makes by itself when a feature first needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from qbsync.sandbox.entities.lists import ACCOUNT

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

DISCOUNTS: Final = ("Discounts given", "DiscountsRefundsGiven")
UNDEPOSITED: Final = "UndepositedFunds"
RECEIVABLE: Final = "AccountsReceivable"


def own_account(books: Books, name: str, subtype: str) -> dict[str, str]:
    """The account that QuickBooks keeps under this name; it is made when there is none."""
    for _, key in books.store.named(books.realm, ["Account"], name):
        held = books.store.get(books.realm, "Account", key)
        if held is not None and held.active:
            return {"value": str(key)}
    maker = replace(books, actor=replace(books.actor, writer="root", request_id=None, b_id=None))
    made = maker.create(ACCOUNT, {"Name": name, "AccountSubType": subtype})
    return {"value": str(made["Id"])}
