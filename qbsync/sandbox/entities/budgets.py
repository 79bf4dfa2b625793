"""Budgets: planned amounts by account and month, quarter or year. They are made and deleted, not changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

MONTHS: Final = {"Monthly": 1, "Quarterly": 3, "Yearly": 12}
BALANCE_TYPES: Final = {"Asset", "Liability", "Equity"}


def _complete(books: Books, draft: Draft) -> None:
    body = draft.body
    for name in ("StartDate", "EndDate", "BudgetEntryType"):
        if name not in body:
            raise faults.missing(name)
    if not body.get("BudgetDetail"):
        raise RefusalError("2250", "At least one BudgetDetail is needed", "BudgetDetail")
    if body["StartDate"] > body["EndDate"]:
        raise RefusalError("6490", "StartDate is after EndDate", "EndDate")
    body.setdefault("BudgetType", "ProfitAndLoss")
    seen: set[tuple[Any, ...]] = set()
    for detail in body["BudgetDetail"]:
        _check_detail(books, body, detail)
        key = tuple(str(detail.get(name)) for name in DETAIL if name != "Amount")
        if key in seen:
            raise RefusalError("6510", f"Two amounts for one account on {detail['BudgetDate']}", "BudgetDetail")
        seen.add(key)
    body["Active"] = draft.active


def _check_detail(books: Books, body: dict[str, Any], detail: dict[str, Any]) -> None:
    for name in ("BudgetDate", "Amount", "AccountRef"):
        if name not in detail:
            raise faults.missing(name)
    if not body["StartDate"] <= detail["BudgetDate"] <= body["EndDate"]:
        raise RefusalError("6490", f"{detail['BudgetDate']} is outside the budget", "BudgetDate")
    if not _opens_period(parse_date(body["StartDate"]), parse_date(detail["BudgetDate"]), body["BudgetEntryType"]):
        raise RefusalError("6500", f"{detail['BudgetDate']} opens no {body['BudgetEntryType']} period", "BudgetDate")
    account = books.referred("Account", detail["AccountRef"]["value"], "AccountRef")
    on_balance_sheet = account.body["Classification"] in BALANCE_TYPES
    if on_balance_sheet != (body["BudgetType"] == "BalanceSheet"):
        raise RefusalError("6430", f"Invalid account type: {account.body['AccountType']}", "AccountRef")


def _opens_period(start: date, day: date, entry: str) -> bool:
    months = (day.year - start.year) * 12 + day.month - start.month
    return day.day == 1 and months % MONTHS[entry] == 0


DETAIL: Final[dict[str, f.Field]] = {
    "BudgetDate": f.day(),
    "Amount": f.number(),
    "AccountRef": f.ref("Account"),
    "CustomerRef": f.ref("Customer"),
    "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN, f.CLASS_PER_LINE)),
    "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
}

BUDGET = Kind(
    name="Budget",
    id_space="Budget",
    deletable=True,
    updatable=False,
    fields={
        "Name": f.text(100, least=1, required=True),
        "StartDate": f.day(),
        "EndDate": f.day(),
        "BudgetType": f.choice("ProfitAndLoss", "BalanceSheet"),
        "BudgetEntryType": f.choice(*MONTHS),
        "Active": f.flag(),
        "BudgetDetail": f.rows(DETAIL),
    },
    filters=filters(Name="text", Active="flag", StartDate="date", EndDate="date", BudgetType="text"),
    complete=_complete,
)
