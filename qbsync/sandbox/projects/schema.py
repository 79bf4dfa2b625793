"""The executable schema: the text, its scalars and the functions that answer its fields."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from graphql import GraphQLError, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, build_schema

from qbsync.sandbox.projects.kind import moment_of
from qbsync.sandbox.projects.mutations import MUTATIONS
from qbsync.sandbox.projects.queries import QUERIES
from qbsync.sandbox.projects.sdl import SDL

FIRST_MAX: Final = 1_000_000


def _moment(value: Any) -> str:
    if not isinstance(value, str) or "T" not in value:
        raise GraphQLError("A DateTime is written as 2024-08-22T00:00:00.000Z")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment_of(moment)
    except (ValueError, OverflowError):
        raise GraphQLError("A DateTime is written as 2024-08-22T00:00:00.000Z") from None


def _decimal(value: Any) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise GraphQLError("A Decimal is a number")
    try:
        number = Decimal(str(value)) if isinstance(value, float) else value
    except InvalidOperation:
        raise GraphQLError("A Decimal is a number") from None
    if isinstance(number, Decimal) and not number.is_finite():
        raise GraphQLError("A Decimal is a finite number")
    return number


def _positive(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= FIRST_MAX:
        raise GraphQLError(f"A PositiveInt is a whole number from 1 to {FIRST_MAX}")
    return value


def _country(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise GraphQLError("A country is three capital letters, such as USA")
    return value


def _plain(value: Any) -> Any:
    return value


SCALARS: Final[dict[str, Callable[[Any], Any]]] = {
    "DateTime": _moment,
    "Decimal": _decimal,
    "PositiveInt": _positive,
    "Common_CountryCode": _country,
    "Common_Ordinal": _plain,
}


@cache
def schema() -> GraphQLSchema:
    built = build_schema(SDL)
    for name, coerce in SCALARS.items():
        scalar = built.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_input_value = coerce
    for root, table in ((built.query_type, QUERIES), (built.mutation_type, MUTATIONS)):
        assert isinstance(root, GraphQLObjectType)
        for name, resolve in table.items():
            root.fields[name].resolve = resolve
    return built
