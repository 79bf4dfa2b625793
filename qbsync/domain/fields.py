"""A content as labelled fields, and the difference of two contents field by field, in words people read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qbsync.domain.ledger import BillDocument, Content, ExpenseLine, LedgerKind, Reference
from qbsync.domain.texts import hours_text

LABELS = {
    "display_name": "Name",
    "item_type": "Type",
    "income_account": "Income account",
    "parent": "Sub-customer of",
    "email": "E-mail",
    "phone": "Phone",
    "line1": "Address",
    "city": "City",
    "state": "State",
    "postal_code": "Postal code",
    "is_1099": "1099 vendor",
    "given_name": "Given name",
    "family_name": "Family name",
    "worker_kind": "Worker is",
    "worker": "Worker",
    "txn_date": "Date",
    "minutes": "Hours",
    "customer": "Customer",
    "item": "Service item",
    "billable": "Billable",
    "hourly_rate": "Hourly rate",
    "description": "Description",
    "class_ref": "Class",
    "vendor": "Vendor",
    "number": "Bill number",
    "due_date": "Due date",
    "memo": "Memo",
    "lines": "Lines",
    "currency": "Currency",
}


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of a change: what QuickBooks holds, and what it will hold. Both are texts for the reader."""

    field: str
    before: str
    after: str


def values(content: Content | ExpenseLine) -> dict[str, Any]:
    """The fields of a content by their names in code."""
    return {item.name: getattr(content, item.name) for item in dataclasses.fields(content)}


def changed_fields(old: Content | None, new: Content | None) -> frozenset[str]:
    """The names of the fields that differ; a content that is missing has no values at all."""
    read = _compared if old and new else values
    before, after = (read(content) if content else {} for content in (old, new))
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _compared(content: Content) -> dict[str, Any]:
    """The values that make two contents equal or not."""
    return {item.name: getattr(content, item.name) for item in dataclasses.fields(content) if item.compare}


def laid_over(base: Content, top: Content, names: frozenset[str]) -> Content:
    """`base` with the named fields taken from `top`."""
    chosen: Mapping[str, Any] = {name: getattr(top, name) for name in names}
    return dataclasses.replace(base, **chosen)


def differences(old: Content | None, new: Content | None) -> tuple[FieldChange, ...]:
    """The fields that differ, labelled and in the order of the noun; for a new record only those with a value."""
    order = [item.name for item in dataclasses.fields(new or old or BillDocument)]
    changed = changed_fields(old, new)
    rows = (
        FieldChange(field=LABELS[name], before=shown(old, name), after=shown(new, name))
        for name in order
        if name in changed
    )
    return tuple(row for row in rows if row.before != row.after)


def shown(content: Content | None, name: str) -> str:
    """One field's value as text; "" for none."""
    if content is None:
        return ""
    value = getattr(content, name)
    if name == "minutes":
        return hours_text(value)
    return _text(value)


def _text(value: object) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "Yes" if value else "No"
        case LedgerKind():
            return value.value
        case Decimal():
            return f"{value:,.2f}"
        case date():
            return f"{value:%-d %b %Y}"
        case Reference():
            return value.name or value.id
        case tuple():
            return "\n".join(_line_text(line) for line in value)
        case _:
            return str(value)


def _line_text(line: ExpenseLine) -> str:
    target = line.account or line.item
    parts = (
        f"{line.amount:,.2f}",
        target.name or target.id if target else "",
        line.customer.name or line.customer.id if line.customer else "",
        line.description,
    )
    return " · ".join(part for part in parts if part)
