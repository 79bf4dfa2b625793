"""Core's records, readings and row problems as tables. Pure: frames in, frames out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from qbsync.domain.book import CoreBook
from qbsync.domain.fields import differences
from qbsync.domain.intake import RowIssue, SheetReading
from qbsync.domain.link import Link
from qbsync.domain.records import CoreKind, CoreRecord
from qbsync.domain.run import Outcome
from qbsync.domain.wanted import TITLES as KINDS
from qbsync.services.story import Now
from qbsync.ui.sync_log.frames import OUTCOMES
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
STATE, SENT, NOT_YET = "State", "In QuickBooks", "Not yet"
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
    of_kind: dict[CoreKind, Iterable[CoreRecord]] = {
        CoreKind.CUSTOMER: book.customers.values(),
        CoreKind.PROJECT: book.projects.values(),
        CoreKind.EMPLOYEE: book.employees.values(),
        CoreKind.COST_CODE: book.cost_codes.values(),
        CoreKind.VENDOR: book.vendors.values(),
        CoreKind.PAYROLL_ROW: book.payroll_rows,
        CoreKind.VENDOR_BILL: book.bills,
    }
    return [record.core_id for record in of_kind[kind]]


def with_state(frame: pd.DataFrame, sent: frozenset[str]) -> pd.DataFrame:
    """The table of records, each with a badge that says whether it is in QuickBooks."""
    badges = [[SENT if core_id in sent else NOT_YET] for core_id in frame.index]
    return frame.assign(**{STATE: pd.Series(badges, index=frame.index, dtype=object)})


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


def title_of(row: pd.Series[Any], core_id: str) -> str:
    """What a record of the table is called."""
    named = [str(row[name]) for name in ("Name", "Description", "Vendor", "Employee") if name in row]
    return named[0] if named else core_id


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


def state_of(link: Link, now: Now | None) -> tuple[str, str]:
    """What is known of a record in QuickBooks, and the colour of its badge; `now` is what was just seen there."""
    if link.dropped:
        return "Deletion accepted", "gray"
    if now is None:
        return "Linked", "gray"
    posted = now.get((link.ledger_kind, link.ledger_id))
    if posted is None:
        return "Not there any more", "red"
    if not posted.active:
        return "Inactive there", "orange"
    if link.agreed is not None and posted.content != link.agreed.posted:
        return "Edited there since", "orange"
    return "As it was written", "green"


def side_rows(link: Link, now: Now | None) -> list[dict[str, str]]:
    """Each field of a record as it was last agreed, and as it stands in QuickBooks where that was just asked."""
    if link.agreed is None:
        return []
    written = {one.field: one.after for one in differences(None, link.agreed.posted)}
    posted = now.get((link.ledger_kind, link.ledger_id)) if now is not None else None
    if posted is None:
        return [{"Field": name, "Last written": value} for name, value in written.items()]
    there = {one.field: one.after for one in differences(None, posted.content)}
    return [
        {"Field": name, "Last written": written.get(name, ""), "In QuickBooks now": there.get(name, "")}
        for name in dict.fromkeys([*written, *there])
    ]


def touched(found: Sequence[Outcome], zone: ZoneInfo) -> pd.DataFrame:
    """What became of a record in each run, one a row."""
    return pd.DataFrame(
        [
            {
                "When": local(one.at, zone),
                "Result": [OUTCOMES[one.status][0]],
                "Record": f"{KINDS[one.kind]}: {one.title}",
                "What happened": one.message or one.action.value.capitalize(),
                "Run": one.run_id,
            }
            for one in found
        ]
    )
