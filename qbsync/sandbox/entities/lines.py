"""What the lines of all transactions share: cents, line ids, and links to other transactions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.store import Record

CENT: Final = Decimal("0.01")
AMOUNT_MAX: Final = Decimal(9_999_999_999)
LINK = {"TxnId": f.text(20, required=True), "TxnType": f.text(50, required=True), "TxnLineId": f.text(20)}


def cents(amount: Decimal | int) -> Decimal:
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def number_lines(lines: list[dict[str, Any]], old: Record | None) -> None:
    """A known line id is kept; every other line is new and gets the next id."""
    known = {str(line["Id"]) for line in old.body["Line"]} if old else set()
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
