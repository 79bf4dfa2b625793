"""Core's records, readings and row problems as tables. Pure: frames in, frames out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from qbsync.domain.book import CoreBook
from qbsync.domain.intake import RowIssue, SheetReading
from qbsync.domain.open_errors import OpenError
from qbsync.domain.record_state import RecordState, Stand
from qbsync.domain.records import CoreKind
from qbsync.ui.text import day, local, plural

TITLES = {
    CoreKind.CUSTOMER: "Customers",
    CoreKind.PROJECT: "Projects",
    CoreKind.EMPLOYEE: "Employees",
    CoreKind.COST_CODE: "Cost codes",
    CoreKind.VENDOR: "Vendors",
    CoreKind.PAYROLL_ROW: "Weekly payroll",
    CoreKind.VENDOR_BILL: "Vendor bills",
}
ONE = {
    CoreKind.CUSTOMER: "Customer",
    CoreKind.PROJECT: "Project",
    CoreKind.EMPLOYEE: "Employee",
    CoreKind.COST_CODE: "Cost code",
    CoreKind.VENDOR: "Vendor",
    CoreKind.PAYROLL_ROW: "Row of the weekly payroll",
    CoreKind.VENDOR_BILL: "Vendor bill",
}
STATE = "State"
STATE_COLORS = {
    RecordState.BLOCKED: "orange",
    RecordState.FAILED: "red",
    RecordState.UNMAPPED: "orange",
    RecordState.CHANGED: "blue",
    RecordState.READY: "blue",
    RecordState.ON_HOLD: "gray",
    RecordState.LINKED: "green",
    RecordState.SYNCED: "green",
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


def ids(book: CoreBook, kind: CoreKind) -> list[str]:
    """The Core ids of a kind, in the order of `records`."""
    return [record.core_id for record in book.of_kind(kind)]


def with_state(frame: pd.DataFrame, stands: Mapping[str, Stand]) -> pd.DataFrame:
    """The table of records, first a badge that says how each stands with QuickBooks; none where that is not known."""
    badges = [[stands[core_id].state.value] if core_id in stands else [] for core_id in frame.index]
    shown = frame.copy()
    shown.insert(0, STATE, pd.Series(badges, index=frame.index, dtype=object))
    return shown


def records(book: CoreBook, kind: CoreKind) -> pd.DataFrame:
    """All records of a kind under ProForge's headings, by their Core ids."""
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
    return pd.DataFrame(rows, index=pd.Index(ids(book, kind), dtype=str))


def _payroll(book: CoreBook, row: Any) -> dict[str, Any]:
    employee = book.employees.get(row.employee)
    return {
        "Week ending": row.week_ending,
        "Status": row.status.value,
        "Employee": employee.name if employee else row.employee,
        "Project": row.project,
        "Cost code": row.cost_code,
        "Shift": row.shift.value,
        "Hours": sum(row.minutes) / 60,
        **{day: minutes / 60 or None for day, minutes in zip(DAYS, row.minutes, strict=True)},
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


def title_of(row: pd.Series[Any], core_id: str) -> str:
    """What a record of the table is called: a bill by its vendor and number, hours by whose and of which week."""
    if "Vendor" in row:
        return f"{row['Vendor']} {row['Number']}".strip()
    if "Employee" in row:
        return f"{row['Employee']}, week ending {day(row['Week ending'])}"
    return str(row.get("Name", row.get("Description", core_id)))


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
                "What is wrong": issue.said,
                "What to do": issue.remedy,
                "Where": issue.place,
            }
            for issue in issues
        ],
        columns=["Severity", "What is wrong", "What to do", "Where"],
    )


def standing(errors: Iterable[OpenError], zone: ZoneInfo) -> pd.DataFrame:
    """The row errors that still stand, by the number of each."""
    kept = list(errors)
    frame = problems(one.issue for one in kept).drop(columns="Severity")
    frame.insert(0, "Loaded", [local(one.loaded_at, zone) for one in kept])
    return frame.set_index(pd.Index([one.id for one in kept], dtype=int))


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
    """What a loading did, in a sentence or two."""
    if not counts:
        return "No row could be kept."
    sums = {what: sum(one.get(what, 0) for one in counts.values()) for what in ("new", "changed", "retired")}
    gone = sums.pop("retired")
    words = ", ".join(f"{count:,} {what}" for what, count in sums.items() if count)
    said = [f"{plural(sum(sums.values()), 'record')} loaded: {words}."] if words else []
    said += [f"{plural(gone, 'record is', 'records are')} gone."] if gone else []
    return " ".join(said) or "Nothing changed: all of this was loaded before."


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
