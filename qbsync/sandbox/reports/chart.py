"""The accounts of a company as reports see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qbsync.sandbox.company.books import DEBIT_SIDE, Books
from qbsync.sandbox.company.ledger import account_totals
from qbsync.sandbox.reports.asked import Wanted
from qbsync.sandbox.reports.periods import FIRST_DAY

EARNINGS: Final = {"Revenue", "Expense"}
ALL_ROWS: Final = -1  # of SQLite: no limit


@dataclass(frozen=True, kw_only=True)
class Account:
    id: int
    name: str
    type: str
    subtype: str
    classification: str
    description: str
    active: bool

    @property
    def earns(self) -> bool:
        return self.classification in EARNINGS

    def natural(self, debit: Decimal) -> Decimal:
        """The amount as this sort of account reads it."""
        return debit if self.classification in DEBIT_SIDE else -debit


def accounts(books: Books) -> dict[int, Account]:
    """Inactive ones too, for they may have a past; by name."""
    found = books.store.page(books.realm, "Account", "1", (), "name_key, id", limit=ALL_ROWS, offset=0)
    return {int(row[0]): _account(int(row[0]), row[1]) for row in found}


def _account(key: int, text: str) -> Account:
    body = json.loads(text)
    return Account(
        id=key,
        name=body["FullyQualifiedName"],
        type=body["AccountType"],
        subtype=body["AccountSubType"],
        classification=body["Classification"],
        description=body.get("Description", ""),
        active=body["Active"],
    )


def standing(books: Books, chart: dict[int, Account], wanted: Wanted) -> dict[int, Decimal]:
    """Account id → debits less credits on the last day: earnings of the period, all else of all time.

    What was earned before the period is part of Retained Earnings, so the sum stays zero.
    """
    ever = account_totals(books.store, books.realm, FIRST_DAY.isoformat(), wanted.last_day)
    within = account_totals(books.store, books.realm, wanted.first_day, wanted.last_day)
    amounts = {key: within.get(key, Decimal(0)) if chart[key].earns else amount for key, amount in ever.items()}
    before = sum((ever[key] - amounts[key] for key in ever), Decimal(0))
    retained = next(key for key, account in sorted(chart.items()) if account.subtype == "RetainedEarnings")
    amounts[retained] = amounts.get(retained, Decimal(0)) + before
    return {key: amounts[key] for key in chart if amounts.get(key)}
