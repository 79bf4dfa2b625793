"""What Core says of one record now, field by field, and line by line where it is a bill. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qbsync.domain.book import CoreBook
from qbsync.domain.records import CoreKind, CoreRecord
from qbsync.domain.texts import hours_text
from qbsync.ui.text import day

IN_CORE = "In Core now"
LABELS = {"email": "E-mail", "is_1099": "1099 vendor", "kind": "Type", "retainage_percent": "Retainage %"}
SHOWN_ELSEWHERE = ("core_id", "lines", "doubt", "minutes")  # in the title, in tables of their own, among what to mend
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def record_of(book: CoreBook, kind: CoreKind, core_id: str) -> CoreRecord | None:
    """The record; None where it is gone from Core."""
    return next((one for one in book.of_kind(kind) if one.core_id == core_id), None)


def fields(book: CoreBook, kind: CoreKind, core_id: str) -> list[dict[str, str]]:
    """Each field that the record has a value for, and a payroll row's days; codes with their names."""
    record = record_of(book, kind, core_id)
    if record is None:
        return []
    told = {
        LABELS.get(one.name, one.name.replace("_", " ").capitalize()): _told(book, one.name, getattr(record, one.name))
        for one in dataclasses.fields(record)
        if one.name not in SHOWN_ELSEWHERE
    }
    minutes: tuple[int, ...] = getattr(record, "minutes", ())
    told |= {name: hours_text(worked) for name, worked in zip(DAYS, minutes, strict=False) if worked}
    return [{"Field": label, IN_CORE: value} for label, value in told.items() if value]


def _told(book: CoreBook, name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case Decimal():
            return f"{value:,.2f}"
        case date():
            return day(value)
        case StrEnum():
            return value.value
        case _:
            return _named(str(value), _names(book, name))


def _names(book: CoreBook, field: str) -> Mapping[str, str]:
    """The names of what a field refers to, by their codes; none where it refers to nothing."""
    match field:
        case "customer":
            return {code: one.name for code, one in book.customers.items()}
        case "project":
            return {code: one.name for code, one in book.projects.items()}
        case "employee":
            return {code: one.name for code, one in book.employees.items()}
        case "vendor":
            return {code: one.name for code, one in book.vendors.items()}
        case "cost_code":
            return {code: one.description for code, one in book.cost_codes.items()}
        case _:
            return {}


def _named(code: str, names: Mapping[str, str]) -> str:
    """A code with its name, where that says more."""
    name = names.get(code, "")
    return code if name == code else f"{code} {name}".strip()


def lines(book: CoreBook, core_id: str) -> list[dict[str, str]]:
    """The lines of a bill, each code with its name; none for a bill that is gone."""
    bill = next((one for one in book.bills if one.core_id == core_id), None)
    if bill is None:
        return []
    codes, projects = _names(book, "cost_code"), _names(book, "project")
    return [
        {
            "Cost code": _named(line.cost_code, codes),
            "Project": _named(line.project, projects),
            "Text": line.description,
            "Amount": f"{line.amount:,.2f}",
        }
        for line in bill.lines
    ]
