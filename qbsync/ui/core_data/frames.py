"""Core's records, readings and row problems as tables. Pure: frames in, frames out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from qbsync.domain.book import CoreBook
from qbsync.domain.intake import RowIssue, SheetReading
from qbsync.domain.records import CoreKind
from qbsync.ui.text import local, plural

TITLES = {
    CoreKind.CUSTOMER: "Customers",
    CoreKind.PROJECT: "Projects",
    CoreKind.EMPLOYEE: "Employees",
    CoreKind.COST_CODE: "Cost codes",
    CoreKind.VENDOR: "Vendors",
    CoreKind.PAYROLL_ROW: "Weekly payroll",
    CoreKind.VENDOR_BILL: "Vendor bills",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a loading did to one kind."""

    kind: str
    new: int
    changed: int
    unchanged: int
    retired: int


def records(book: CoreBook, kind: CoreKind) -> pd.DataFrame:
    """All records of a kind under ProForge's headings."""
    rows: list[dict[str, Any]]
    match kind:
        case CoreKind.CUSTOMER:
            rows = [
                {"Number": c.core_id, "Name": c.name, "Contact": c.contact, "E-mail": c.email, "City": c.city}
                for c in book.customers.values()
            ]
        case CoreKind.PROJECT:
            rows = [
                {
                    "Number": p.core_id,
                    "Name": p.name,
                    "Customer": p.customer,
                    "Status": p.status,
                    "Prevailing wage": p.prevailing_wage,
                    "Contract value": _number(p.contract_value),
                }
                for p in book.projects.values()
            ]
        case CoreKind.EMPLOYEE:
            rows = [
                {
                    "Number": e.core_id,
                    "Name": e.name,
                    "Type": e.kind.value,
                    "Classification": e.classification,
                    "Pay rate": _number(e.pay_rate),
                    "Bill rate": _number(e.bill_rate),
                    "Active": e.active,
                }
                for e in book.employees.values()
            ]
        case CoreKind.COST_CODE:
            rows = [
                {"Code": c.core_id, "Description": c.description, "Category": c.category.value}
                for c in book.cost_codes.values()
            ]
        case CoreKind.VENDOR:
            rows = [
                {"Number": v.core_id, "Name": v.name, "E-mail": v.email, "City": v.city, "1099": v.is_1099}
                for v in book.vendors.values()
            ]
        case CoreKind.PAYROLL_ROW:
            rows = [_payroll(book, row) for row in book.payroll_rows]
        case CoreKind.VENDOR_BILL:
            rows = [_bill(book, bill) for bill in book.bills]
    return pd.DataFrame(rows)


def _payroll(book: CoreBook, row: Any) -> dict[str, Any]:
    employee = book.employees.get(row.employee)
    return {
        "Week ending": row.week_ending,
        "Status": row.status.value,
        "Employee": employee.name if employee else row.employee,
        "Project": row.project,
        "Cost code": row.cost_code,
        "Shift": row.shift.value,
        **{day: minutes / 60 or None for day, minutes in zip(DAYS, row.minutes, strict=True)},
        "Hours": sum(row.minutes) / 60,
    }


def _bill(book: CoreBook, bill: Any) -> dict[str, Any]:
    vendor = book.vendors.get(bill.vendor)
    return {
        "Bill": bill.core_id,
        "Vendor": vendor.name if vendor else bill.vendor,
        "Number": bill.number,
        "Date": bill.bill_date,
        "Due": bill.due_date,
        "Status": bill.status.value,
        "Lines": len(bill.lines),
        "Total": float(bill.total),
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def searched(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """The rows that have the text in any column."""
    if not text or frame.empty:
        return frame
    wanted = text.casefold()
    keep = [any(wanted in str(cell).casefold() for cell in row) for row in frame.itertuples(index=False)]
    return frame.loc[keep]


def sheets(read: Sequence[SheetReading]) -> pd.DataFrame:
    """How each sheet was understood."""
    return pd.DataFrame(
        {
            "File": sheet.file,
            "Sheet": sheet.sheet or "-",
            "Read as": [TITLES[sheet.kind] if sheet.kind else "Not recognised"],
            "Rows": sheet.rows_read,
            "Kept": sheet.rows_kept,
            "Left out": sheet.rows_read - sheet.rows_kept,
            "Dates": sheet.date_order.value if sheet.date_order else "",
        }
        for sheet in read
    )


def headings(sheet: SheetReading) -> pd.DataFrame:
    """Each heading of a sheet, and what it was read as."""
    return pd.DataFrame({"As written": one.as_written, "Read as": one.read_as or "not used"} for one in sheet.headings)


def problems(issues: Iterable[RowIssue]) -> pd.DataFrame:
    """The row problems, one a row."""
    return pd.DataFrame(
        [
            {
                "Severity": [issue.severity.value.capitalize()],
                "File": issue.file,
                "Sheet": issue.sheet or "-",
                "Row": issue.row,
                "Column": issue.column,
                "Problem": issue.problem,
                "What to do": issue.remedy,
            }
            for issue in issues
        ],
        columns=["Severity", "File", "Sheet", "Row", "Column", "Problem", "What to do"],
    ).astype({"Row": "Int64"})


def changes(counts: Mapping[str, Mapping[str, int]]) -> list[Change]:
    """What a loading did, kind by kind, in the order of the screen."""
    return [
        Change(
            kind=TITLES[kind],
            new=counts[kind].get("new", 0),
            changed=counts[kind].get("changed", 0),
            unchanged=counts[kind].get("unchanged", 0),
            retired=counts[kind].get("retired", 0),
        )
        for kind in CoreKind
        if kind in counts
    ]


def summary(counts: Mapping[str, Mapping[str, int]]) -> str:
    """A loading in one sentence."""
    sums = {what: sum(one.get(what, 0) for one in counts.values()) for what in ("new", "changed", "retired")}
    words = [f"{count:,} {what}" for what, count in sums.items() if count]
    if not counts:
        return "No row could be kept."
    if not words:
        return "Nothing changed: all of this was loaded before."
    return f"{plural(sum(sums.values()), 'record')} loaded: {', '.join(words)}."


def imports(found: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> pd.DataFrame:
    """The recent imports."""
    return pd.DataFrame(
        {
            "When": local(one["at"], zone),
            "Files": one["files"],
            "Loaded by": one["loaded_by"],
            "Result": summary(one["counts"]),
        }
        for one in found
    )
