"""Every report by its name, and how one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from qbsync.sandbox.clock import stamp
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.reports import accounts, parties
from qbsync.sandbox.reports.asked import header, read_wish
from qbsync.sandbox.reports.parties import PAYABLE, RECEIVABLE, Maker
from qbsync.sandbox.reports.periods import DEFAULT
from qbsync.sandbox.reports.shape import Column, columns
from qbsync.sandbox.reports.time import time_activities


@dataclass(frozen=True, kw_only=True)
class Report:
    """What makes its rows, under which columns, and what it can be narrowed by."""

    make: Maker
    columns: tuple[Column, ...]
    filters: tuple[str, ...] = ()
    moment: bool = False  # tells of one day, today unless another is named
    default: str = DEFAULT


def _titles(first: Column, *rest: str, kind: str = "Money") -> tuple[Column, ...]:
    return (first, *((title, kind) for title in rest))


ACCOUNT: Final = ("", "Account")
AGED: Final = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total")
ENTRY: Final = (("Date", "Date"), ("Transaction Type", "String"), ("Num", "String"))

REPORTS: Final[Mapping[str, Report]] = {
    "TrialBalance": Report(make=accounts.trial_balance, columns=_titles(ACCOUNT, "Debit", "Credit")),
    "ProfitAndLoss": Report(make=accounts.profit_and_loss, columns=_titles(ACCOUNT, "Total")),
    "BalanceSheet": Report(make=accounts.balance_sheet, columns=_titles(ACCOUNT, "Total")),
    "GeneralLedger": Report(
        make=accounts.general_ledger,
        columns=(
            *ENTRY,
            ("Name", "String"),
            ("Memo/Description", "String"),
            ("Split", "String"),
            ("Amount", "Money"),
            ("Balance", "Money"),
        ),
        default="This Month-to-date",
    ),
    "AccountList": Report(
        make=accounts.account_list,
        columns=(
            ("Account", "Account"),
            ("Type", "String"),
            ("Detail type", "String"),
            ("Description", "String"),
            ("Balance", "Money"),
        ),
        moment=True,
    ),
    "VendorBalance": Report(
        make=parties.balances(PAYABLE), columns=_titles(("", "Vendor"), "Total"), filters=("vendor",), moment=True
    ),
    "CustomerBalance": Report(
        make=parties.balances(RECEIVABLE),
        columns=_titles(("", "Customer"), "Total"),
        filters=("customer",),
        moment=True,
    ),
    "VendorBalanceDetail": Report(
        make=parties.balance_detail(PAYABLE),
        columns=(*ENTRY, ("Amount", "Money"), ("Balance", "Money")),
        filters=("vendor",),
        moment=True,
    ),
    "VendorExpenses": Report(
        make=parties.vendor_expenses, columns=_titles(("", "Vendor"), "Total"), filters=("vendor",)
    ),
    "AgedPayables": Report(
        make=parties.aged(PAYABLE), columns=_titles(("", "Vendor"), *AGED), filters=("vendor",), moment=True
    ),
    "AgedReceivables": Report(
        make=parties.aged(RECEIVABLE), columns=_titles(("", "Customer"), *AGED), filters=("customer",), moment=True
    ),
    "TimeActivities": Report(
        make=time_activities,
        columns=(
            ("Activity Date", "Date"),
            ("Customer", "Customer"),
            ("Product/Service", "ProductsAndService"),
            ("Memo/Description", "String"),
            ("Billable", "String"),
            ("Duration", "String"),
        ),
        filters=("employee", "vendor", "customer", "department"),
        default="This Month-to-date",
    ),
}


def run_report(books: Books, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The whole report, or 500 for one that this service does not make."""
    report = REPORTS.get(name)
    if report is None:
        raise faults.unsupported(f"report {name}")
    wanted = read_wish(books, parameters, filters=report.filters, moment=report.moment, default=report.default)
    rows = report.make(books, wanted)
    moment = stamp(books.clock.seconds())
    return {
        "Header": header(books, name, wanted, moment, empty=not rows),
        "Columns": columns(report.columns),
        "Rows": {"Row": rows} if rows else {},
    }


def run_report_query(books: Books, text: Any) -> dict[str, Any]:
    """What a batch item asks for: `/reports/Name?parameters`."""
    if not isinstance(text, str):
        raise faults.unknown_property("ReportQuery")
    path, _, query = text.strip().partition("?")
    name = path.strip("/").removeprefix("reports/")
    parameters = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
    return run_report(books, name, parameters)
