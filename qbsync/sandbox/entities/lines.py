"""What the lines of all transactions share: cents, line ids, and links to other transactions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

CENT: Final = Decimal("0.01")
AMOUNT_MAX: Final = Decimal(9_999_999_999)
LINES_MAX: Final = 10_000


def line_key() -> f.Field:
    """The id of a line of another transaction; well-known clients send it as a number."""
    plain = f.text(20)

    def check(books: Books, name: str, value: Any) -> Any:
        number = isinstance(value, int) and not isinstance(value, bool)
        return plain.check(books, name, str(value) if number else value)

    return f.Field(check=check)


LINK = {"TxnId": f.text(20, required=True), "TxnType": f.text(50, required=True), "TxnLineId": line_key()}


def cents(amount: Decimal | int) -> Decimal:
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def number_lines(lines: list[dict[str, Any]], old: Record | None) -> None:
    """A known line id is kept; every other line is new and gets the next id."""
    if len(lines) > LINES_MAX:
        raise faults.business(f"A transaction has at most {LINES_MAX:,} lines", "Line")
    known = {str(line["Id"]) for line in old.body["Line"] if "Id" in line} if old else set()
    last = max((int(key) for key in known), default=0)
    seen: set[str] = set()
    for position, line in enumerate(lines, start=1):
        key = line.get("Id")
        if key not in known or key in seen:
            last += 1
            key = str(last)
        seen.add(key)
        line["Id"] = key
        line["LineNum"] = position
