"""The form that every report has: a header, columns, and rows in sections with their sums."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Column = tuple[str, str]  # title and type


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def cell(value: str, key: str | None = None) -> dict[str, str]:
    return {"value": value} if key is None else {"value": value, "id": key}


def cells(values: Iterable[str | tuple[str, str]]) -> list[dict[str, str]]:
    """A pair is a value and the id of what it names."""
    return [cell(*value) if isinstance(value, tuple) else cell(value) for value in values]


def data(*values: str | tuple[str, str]) -> Row:
    return {"ColData": cells(values), "type": "Data"}


def total(group: str, *values: str) -> Row:
    """A line that closes a report, or stands between its sections."""
    return {"Summary": {"ColData": cells(values)}, "type": "Section", "group": group}


def section(
    title: str | tuple[str, str], rows: Sequence[Row], sums: Sequence[str], *, width: int, group: str | None = None
) -> Row:
    header = cells([title, *[""] * (width - 1)])
    made: Row = {
        "Header": {"ColData": header},
        "Rows": {"Row": list(rows)},
        "Summary": {"ColData": cells(sums)},
        "type": "Section",
    }
    return made if group is None else {**made, "group": group}


def columns(titles: Sequence[Column]) -> dict[str, Any]:
    return {"Column": [{"ColTitle": title, "ColType": kind} for title, kind in titles]}
