"""Reports on accounts: trial balance, profit and loss, balance sheet, general ledger, list of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.ledger import Entry, account_totals, entries
from qbsync.sandbox.reports.asked import Wanted
from qbsync.sandbox.reports.chart import Account, accounts, standing
from qbsync.sandbox.reports.documents import Documents
from qbsync.sandbox.reports.periods import FIRST_DAY
from qbsync.sandbox.reports.shape import Row, data, money, section, total

ZERO: Final = Decimal(0)


def trial_balance(books: Books, wanted: Wanted) -> list[Row]:
    chart = accounts(books)
    amounts = standing(books, chart, wanted)
    rows = [
        data((chart[key].name, str(key)), *((money(amount), "") if amount > 0 else ("", money(-amount))))
        for key, amount in amounts.items()
    ]
    debits = sum((amount for amount in amounts.values() if amount > 0), ZERO)
    credits_ = -sum((amount for amount in amounts.values() if amount < 0), ZERO)
    return [*rows, total("GrandTotal", "TOTAL", money(debits), money(credits_))] if rows else []


# profit and loss

# group → title, account type
EARNING_SECTIONS: Final = {
    "Income": ("Income", "Income"),
    "COGS": ("Cost of Goods Sold", "Cost of Goods Sold"),
    "Expenses": ("Expenses", "Expense"),
    "OtherIncome": ("Other Income", "Other Income"),
    "OtherExpenses": ("Other Expenses", "Other Expense"),
}


def profit_and_loss(books: Books, wanted: Wanted) -> list[Row]:
    chart = accounts(books)
    amounts = account_totals(books.store, books.realm, wanted.first_day, wanted.last_day)
    if not any(chart[key].earns and amount for key, amount in amounts.items()):
        return []
    sums: dict[str, Decimal] = {}
    made: dict[str, Row] = {}
    for group, (title, sort) in EARNING_SECTIONS.items():
        made[group], sums[group] = _listed(chart, amounts, title, (sort,), group)
    gross = sums["Income"] - sums["COGS"]
    operating = gross - sums["Expenses"]
    other = sums["OtherIncome"] - sums["OtherExpenses"]
    return [
        made["Income"],
        made["COGS"],
        total("GrossProfit", "Gross Profit", money(gross)),
        made["Expenses"],
        total("NetOperatingIncome", "Net Operating Income", money(operating)),
        made["OtherIncome"],
        made["OtherExpenses"],
        total("NetOtherIncome", "Net Other Income", money(other)),
        total("NetIncome", "Net Income", money(operating + other)),
    ]


def _listed(
    chart: Mapping[int, Account],
    amounts: Mapping[int, Decimal],
    title: str,
    types: tuple[str, ...],
    group: str,
    extra: tuple[str, Decimal] | None = None,
) -> tuple[Row, Decimal]:
    """A section of the accounts of these types, and its sum."""
    shown = {key: account.natural(amounts.get(key, ZERO)) for key, account in chart.items() if account.type in types}
    rows = [data((chart[key].name, str(key)), money(amount)) for key, amount in shown.items() if amount]
    sum_ = sum(shown.values(), ZERO)
    if extra is not None:
        rows.append(data(extra[0], money(extra[1])))
        sum_ += extra[1]
    return section(title, rows, (f"Total {title}", money(sum_)), width=2, group=group), sum_


# balance sheet

ASSETS: Final = (
    ("Bank Accounts", "BankAccounts", "Bank"),
    ("Accounts Receivable", "AR", "Accounts Receivable"),
    ("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
    ("Fixed Assets", "FixedAssets", "Fixed Asset"),
    ("Other Assets", "OtherAssets", "Other Asset"),
)
LIABILITIES: Final = (
    ("Accounts Payable", "AP", "Accounts Payable"),
    ("Credit Cards", "CreditCards", "Credit Card"),
    ("Other Current Liabilities", "OtherCurrentLiabilities", "Other Current Liability"),
    ("Long-Term Liabilities", "LongTermLiabilities", "Long Term Liability"),
)


def balance_sheet(books: Books, wanted: Wanted) -> list[Row]:
    """What was earned in the fiscal year stands beside equity; what was earned before is in it."""
    chart = accounts(books)
    amounts = standing(books, chart, replace(wanted, first=wanted.year_start))
    if not amounts:
        return []
    earned = -sum((amount for key, amount in amounts.items() if chart[key].earns), ZERO)
    assets, _ = _group(chart, amounts, "ASSETS", ASSETS, "TotalAssets")
    owed_rows, owed = _group(chart, amounts, "Liabilities", LIABILITIES, "Liabilities")
    equity_rows, equity = _listed(chart, amounts, "Equity", ("Equity",), "Equity", ("Net Income", earned))
    sums = ("TOTAL LIABILITIES AND EQUITY", money(owed + equity))
    group = "TotalLiabilitiesAndEquity"
    return [assets, section("LIABILITIES AND EQUITY", [owed_rows, equity_rows], sums, width=2, group=group)]


def _group(
    chart: Mapping[int, Account],
    amounts: Mapping[int, Decimal],
    title: str,
    parts: tuple[tuple[str, str, str], ...],
    group: str,
) -> tuple[Row, Decimal]:
    made = [_listed(chart, amounts, name, (sort,), key) for name, key, sort in parts]
    sum_ = sum((amount for _, amount in made), ZERO)
    rows = [row for row, _ in made if row["Rows"]["Row"]]
    return section(title, rows, (f"TOTAL {title}", money(sum_)), width=2, group=group), sum_


# general ledger


def general_ledger(books: Books, wanted: Wanted) -> list[Row]:
    chart, documents = accounts(books), Documents(books)
    before = account_totals(books.store, books.realm, FIRST_DAY.isoformat(), wanted.day_before)
    posted: dict[int, list[Entry]] = {}
    touched: dict[tuple[str, int], set[int]] = {}
    for entry in entries(books.store, books.realm, wanted.first_day, wanted.last_day):
        posted.setdefault(entry.account, []).append(entry)
        touched.setdefault((entry.entity, entry.id), set()).add(entry.account)
    rows = []
    for key, account in chart.items():
        if key in posted or before.get(key):
            rows.append(_ledger_section(chart, account, before.get(key, ZERO), posted.get(key, []), touched, documents))
    return rows


def _ledger_section(
    chart: Mapping[int, Account],
    account: Account,
    opening: Decimal,
    posted: list[Entry],
    touched: Mapping[tuple[str, int], set[int]],
    documents: Documents,
) -> Row:
    balance = account.natural(opening)
    rows = [data("Beginning Balance", "", "", "", "", "", "", money(balance))] if balance else []
    moved = ZERO
    for entry in posted:
        amount = account.natural(entry.amount)
        moved += amount
        balance += amount
        others = touched[entry.entity, entry.id] - {account.id}
        split = chart[min(others)].name if len(others) == 1 else "-Split-"
        told = documents.of(entry.entity, entry.id)
        kind = (told.label, str(entry.id))
        rows.append(data(entry.day, kind, told.number, told.name, told.note, split, money(amount), money(balance)))
    sums = (f"Total for {account.name}", "", "", "", "", "", money(moved), "")
    return section((account.name, str(account.id)), rows, sums, width=8)


def account_list(books: Books, wanted: Wanted) -> list[Row]:
    chart = accounts(books)
    ever = account_totals(books.store, books.realm, FIRST_DAY.isoformat(), wanted.last_day)
    return [
        data(
            (account.name, str(key)),
            account.type,
            account.subtype,
            account.description,
            money(account.natural(ever.get(key, ZERO))),
        )
        for key, account in chart.items()
        if account.active
    ]
