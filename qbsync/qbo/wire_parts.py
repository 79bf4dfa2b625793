"""The small pieces that all records are made of: references, amounts, dates, nested texts."""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import Reference
from qbsync.qbo.wire_json import Json

CENT = Decimal("0.01")


def text(value: Any) -> str:
    """A text of the wire; absent is ""."""
    return "" if value is None else str(value)


def cents(value: Decimal) -> Decimal:
    """An amount in dollars with exactly two digits after the point."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def rate(value: Decimal) -> Decimal:
    """A price in dollars with two digits after the point, or more where it has more."""
    shorter = value.quantize(CENT, rounding=ROUND_HALF_UP)
    return shorter if shorter == value else value.normalize()


def number(value: Any) -> Decimal | None:
    """A number of the wire, which may come as a number or as a text; absent is None."""
    return None if value in (None, "") else Decimal(str(value))


def amount(value: Any) -> Decimal:
    """An amount of the wire in dollars, to the cent; absent is 0.00."""
    return cents(number(value) or Decimal(0))


def day(value: Any) -> date | None:
    """A date of the wire (YYYY-MM-DD, perhaps with a time after it); absent is None."""
    return date.fromisoformat(str(value)[:10]) if value else None


def moment(value: Any) -> datetime | None:
    """A time of the wire as an aware time in UTC; absent is None. Without an offset it is UTC."""
    if not value:
        return None
    found = datetime.fromisoformat(str(value))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def reference(value: Json | None) -> Reference | None:
    """A reference of the wire; absent or empty is None."""
    if not value or not value.get("value"):
        return None
    return Reference(id=str(value["value"]), name=text(value.get("name")))


def reference_id(value: Json | None) -> str:
    """The id of a reference of the wire, "" when absent."""
    found = reference(value)
    return found.id if found else ""


def put(target: Json, key: str, value: Any) -> None:
    """Set a member, or take it out when there is nothing to say."""
    if value is None or value == "":
        target.pop(key, None)
    else:
        target[key] = value


def put_reference(target: Json, key: str, wanted: Reference | None) -> None:
    """Set a reference; one that already points there is left as it is.

    Raises BadInput for a record that is still to be made: it must be made first.
    """
    if wanted is not None and wanted.is_new:
        raise BadInput(f"{key} points at {wanted.name or wanted.id}, which is not in QuickBooks yet.")
    if wanted is not None and reference_id(target.get(key)) == wanted.id:
        return
    put(target, key, {"value": wanted.id} if wanted else None)


def put_nested(target: Json, key: str, member: str, value: str) -> None:
    """Set one member of an object such as PrimaryEmailAddr.Address, and keep its other members."""
    inner = dict(target.get(key) or {})
    put(inner, member, value)
    put(target, key, inner or None)


def without(record: Json, keys: Collection[str]) -> Json:
    """A deep copy without some members."""
    return {key: copy.deepcopy(value) for key, value in record.items() if key not in keys}
