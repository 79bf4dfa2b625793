"""Read and write JSON without ever passing money through a binary float."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a fraction become Decimal. Raises ValueError for anything unreadable."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def dumps(value: Any) -> str:
    """Write JSON canonically: keys sorted, no blanks, plain ASCII, Decimals as numbers, digit for digit.

    Equal values give the very same text, whatever order their keys came in. Plain ASCII, because
    QuickBooks keeps the text of American companies in ISO-8859-1 and that of others in UTF-8.
    """
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{dumps(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dumps(member) for member in value) + "]"
    if isinstance(value, float):
        return _number(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _number(value)
    return json.dumps(value)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that JSON can hold")
    return format(value, "f") if value else format(abs(value), "f")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
