"""Reports on vendors and customers: what is owed, since when, and what was bought."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.ledger import entries, party_totals
from qbsync.sandbox.reports.asked import Wanted
from qbsync.sandbox.reports.chart import ALL_ROWS, accounts
from qbsync.sandbox.reports.documents import Documents
from qbsync.sandbox.reports.periods import FIRST_DAY
from qbsync.sandbox.reports.shape import Row, data, money, section, total

ZERO: Final = Decimal(0)
BOUGHT_BY: Final = {"Bill", "VendorCredit", "Purchase"}
AGES: Final = (0, 30, 60, 90)  # days overdue at most; the last bucket has no end
Maker = Callable[[Books, Wanted], list[Row]]


@dataclass(frozen=True, kw_only=True)
class Side:
    """Payables or receivables: whose they are, how their sums read, and what is open."""

    sort: str  # the list of names
    sign: int  # of a debit
    open: tuple[tuple[str, str, int], ...]  # entity, attribute with its open amount, and whether it is owed

    @property
    def filter(self) -> str:
        return self.sort.lower()


PAYABLE: Final = Side(sort="Vendor", sign=-1, open=(("Bill", "Balance", 1), ("VendorCredit", "Balance", -1)))
RECEIVABLE: Final = Side(sort="Customer", sign=1, open=(("Invoice", "Balance", 1), ("CreditMemo", "Balance", -1)))


def _owed(books: Books, side: Side, wanted: Wanted) -> dict[int, Decimal]:
    """Id → what is owed on the last day, of those that were asked for."""
    totals = party_totals(books.store, books.realm, side.sort, wanted.last_day)
    return {key: side.sign * amount for key, amount in totals.items() if amount and wanted.lets(side.filter, str(key))}


def _by_name(documents: Documents, keys: Any) -> list[tuple[str, int]]:
    return sorted((documents.name(str(key)), key) for key in keys)


def balances(side: Side) -> Maker:
    def make(books: Books, wanted: Wanted) -> list[Row]:
        owed, documents = _owed(books, side, wanted), Documents(books)
        rows = [data((name, str(key)), money(owed[key])) for name, key in _by_name(documents, owed)]
        return [*rows, total("GrandTotal", "TOTAL", money(sum(owed.values(), ZERO)))] if rows else []

    return make


def balance_detail(side: Side) -> Maker:
    """Every transaction that made the balance, name by name."""

    def make(books: Books, wanted: Wanted) -> list[Row]:
        documents = Documents(books)
        found: dict[int, list[Row]] = {}
        sums: dict[int, Decimal] = {}
        for entry in entries(books.store, books.realm, FIRST_DAY.isoformat(), wanted.last_day):
            sort, _, key = entry.party.partition(":")
            if sort != side.sort or not wanted.lets(side.filter, key):
                continue
            amount = side.sign * entry.amount
            sums[int(key)] = sums.get(int(key), ZERO) + amount
            told = documents.of(entry.entity, entry.id)
            row = data(entry.day, (told.label, str(entry.id)), told.number, money(amount), money(sums[int(key)]))
            found.setdefault(int(key), []).append(row)
        rows = [
            section((name, str(key)), found[key], (f"Total for {name}", "", "", money(sums[key]), ""), width=5)
            for name, key in _by_name(documents, found)
        ]
        return [*rows, total("GrandTotal", "TOTAL", "", "", money(sum(sums.values(), ZERO)), "")] if rows else []

    return make


def vendor_expenses(books: Books, wanted: Wanted) -> list[Row]:
    """What was bought of each vendor and booked to expenses in the period."""
    chart, documents = accounts(books), Documents(books)
    sums: dict[int, Decimal] = {}
    for entry in entries(books.store, books.realm, wanted.first_day, wanted.last_day):
        if entry.entity not in BOUGHT_BY or chart[entry.account].classification != "Expense":
            continue
        key = _seller(books, entry.entity, entry.id)
        if key is not None and wanted.lets("vendor", key):
            sums[int(key)] = sums.get(int(key), ZERO) + entry.amount
    rows = [data((name, str(key)), money(sums[key])) for name, key in _by_name(documents, sums)]
    return [*rows, total("GrandTotal", "TOTAL", money(sum(sums.values(), ZERO)))] if rows else []


def _seller(books: Books, entity: str, key: int) -> str | None:
    record = books.store.get(books.realm, entity, key)
    if record is None:
        return None
    ref = record.body.get("VendorRef") or record.body.get("EntityRef", {})
    return str(ref["value"]) if ref.get("type", "Vendor") == "Vendor" and "value" in ref else None


# ages


def aged(side: Side) -> Maker:
    """Open amounts by days overdue. What is owed beside them, such as journal lines, counts as current."""

    def make(books: Books, wanted: Wanted) -> list[Row]:
        owed, documents = _owed(books, side, wanted), Documents(books)
        buckets = {key: [ZERO] * (len(AGES) + 1) for key in owed}
        for key, due, amount in _open_amounts(books, side, wanted):
            if key in buckets:
                buckets[key][_bucket(due, wanted.last)] += amount
        for key, amounts in buckets.items():
            amounts[0] += owed[key] - sum(amounts, ZERO)
        rows = [
            data((name, str(key)), *map(money, buckets[key]), money(owed[key]))
            for name, key in _by_name(documents, owed)
        ]
        sums = [sum(column, ZERO) for column in zip(*buckets.values(), strict=True)]
        ends = (*map(money, sums), money(sum(owed.values(), ZERO)))
        return [*rows, total("GrandTotal", "TOTAL", *ends)] if rows else []

    return make


def _open_amounts(books: Books, side: Side, wanted: Wanted) -> list[tuple[int, str, Decimal]]:
    """(id of the name, due on, amount) of what is open now and dated by the last day."""
    found = []
    for entity, attribute, sign in side.open:
        where = f"txn_date <= ? AND json_extract(body, '$.{attribute}') <> 0"
        for row in books.store.page(books.realm, entity, where, (wanted.last_day,), "id", limit=ALL_ROWS, offset=0):
            body = json.loads(row[1], parse_float=Decimal)
            rate = Decimal(body.get("ExchangeRate", 1))
            amount = sign * round(Decimal(body[attribute]) * rate, 2)
            found.append((int(body[f"{side.sort}Ref"]["value"]), body.get("DueDate", body["TxnDate"]), amount))
    return found


def _bucket(due: str, day: date) -> int:
    overdue = (day - parse_date(due)).days
    return next((place for place, most in enumerate(AGES) if overdue <= most), len(AGES))
