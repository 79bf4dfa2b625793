"""JSON from outside: read exactly, and never deeper or larger than the books can count."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

DEPTH_MAX: Final = 100
EXPONENT_MAX: Final = 1000


def read_json(text: str | bytes) -> Any:
    """What it says, its decimals exact. ValueError for what is no JSON, nests too deep, or counts beyond all bounds."""
    try:
        value = json.loads(text, parse_float=_decimal, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None
    _check_depth(value)
    return value


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if abs(number.adjusted()) > EXPONENT_MAX:
        raise ValueError(text)
    return number


def _no_number(name: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise ValueError(name)


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level := [part for whole in level for part in _parts(whole)]:
        depth += 1
        if depth > DEPTH_MAX:
            raise ValueError("nested too deep")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
