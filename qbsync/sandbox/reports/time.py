"""Time by person: who worked when, for whom, on what, and how long."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from qbsync.sandbox.company.books import Books
from qbsync.sandbox.reports.asked import Wanted
from qbsync.sandbox.reports.chart import ALL_ROWS
from qbsync.sandbox.reports.documents import Documents
from qbsync.sandbox.reports.shape import Row, data, section, total

FILTER_REFS: Final = {
    "employee": "EmployeeRef", "vendor": "VendorRef", "customer": "CustomerRef", "department": "DepartmentRef"
}  # fmt: skip


def time_activities(books: Books, wanted: Wanted) -> list[Row]:
    documents = Documents(books)
    found: dict[str, list[dict[str, Any]]] = {}
    days = (wanted.first_day, wanted.last_day)
    for row in books.store.page(
        books.realm, "TimeActivity", "txn_date BETWEEN ? AND ?", days, "txn_date, id", limit=ALL_ROWS, offset=0
    ):
        body = {**json.loads(row[1]), "Id": str(row[0])}
        if all(wanted.lets(name, body.get(ref, {}).get("value")) for name, ref in FILTER_REFS.items()):
            worker = body.get("EmployeeRef") or body["VendorRef"]
            found.setdefault(worker["value"], []).append(body)
    rows = [_person(books, documents, key, found[key]) for key in sorted(found, key=documents.name)]
    seconds = sum(_seconds(body) for bodies in found.values() for body in bodies)
    return [*rows, total("GrandTotal", "TOTAL", "", "", "", "", _hours(seconds))] if rows else []


def _person(books: Books, documents: Documents, key: str, bodies: list[dict[str, Any]]) -> Row:
    name = documents.name(key)
    rows = [
        data(
            (body["TxnDate"], body["Id"]),
            documents.name(body["CustomerRef"]["value"]) if "CustomerRef" in body else "",
            books.name_of("Item", body["ItemRef"]["value"]) or "",
            body.get("Description", ""),
            "Yes" if body["BillableStatus"] != "NotBillable" else "No",
            _hours(_seconds(body)),
        )
        for body in bodies
    ]
    sums = (f"Total for {name}", "", "", "", "", _hours(sum(map(_seconds, bodies))))
    return section((name, key), rows, sums, width=6)


def _seconds(body: dict[str, Any]) -> int:
    """The duration, or what lies between start and end without the break."""
    if "StartTime" not in body:
        return _spelled(body, "Hours", "Minutes", "Seconds")
    start, end = (datetime.fromisoformat(body[name]) for name in ("StartTime", "EndTime"))
    return int((end - start).total_seconds()) - _spelled(body, "BreakHours", "BreakMinutes", "BreakSeconds")


def _spelled(body: dict[str, Any], hours: str, minutes: str, seconds: str) -> int:
    return int(body.get(hours, 0)) * 3600 + int(body.get(minutes, 0)) * 60 + int(body.get(seconds, 0))


def _hours(seconds: int) -> str:
    """`7:30`, with seconds only where there are some."""
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
