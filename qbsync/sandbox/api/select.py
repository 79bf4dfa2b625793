"""Carry out a parsed query: check what may be asked, turn it into SQL, and shape the page of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from qbsync.sandbox.api.query import PAGE_MAX, Condition, Literal, Order, Query, parse
from qbsync.sandbox.clock import parse_date, parse_moment
from qbsync.sandbox.company.books import Books, marked, system_attributes
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Filter, Kind
from qbsync.sandbox.company.store import id_number
from qbsync.sandbox.entities import BY_PATH

NULL: Final = " "
EXACT_ONLY: Final = ("=", "IN")
PARTS_MAX: Final = 100  # conditions, or terms of an order
VALUES_MAX: Final = 10_000
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A WHERE clause, its values and an ORDER BY clause."""

    where: str
    values: tuple[Any, ...]
    order: str


def run_query(books: Books, text: str) -> dict[str, Any]:
    """The QueryResponse of one statement."""
    query = parse(text)
    kind = BY_PATH.get(query.entity.lower())
    if kind is None:
        raise RefusalError("4001", f"QueryValidationError: Invalid context declaration: {query.entity}")
    kind.offered(books)
    statement = compile_query(books, kind, query)
    if query.count:
        return {"totalCount": books.store.count(books.realm, kind.name, statement.where, statement.values)}
    return _page(books, kind, query, statement)


def _page(books: Books, kind: Kind, query: Query, statement: Statement) -> dict[str, Any]:
    limit = _limit(books, query.max_results)
    found = books.store.page(
        books.realm,
        kind.name,
        statement.where,
        statement.values,
        statement.order,
        limit=limit,
        offset=query.start_position - 1,
    )
    if not found:
        return {}
    rows = [_row(books, kind, query.projection, row) for row in found]
    answer = {kind.name: rows, "startPosition": query.start_position, "maxResults": len(rows)}
    if query.start_position == 1 and len(rows) < limit:
        answer["totalCount"] = len(rows)
    return answer


def _limit(books: Books, asked: int) -> int:
    if asked > PAGE_MAX and books.readings.page_over == "refuse":
        raise RefusalError("4001", f"QueryValidationError: value {asked} is too large. Max allowed value is {PAGE_MAX}")
    return min(asked, PAGE_MAX)


def _row(books: Books, kind: Kind, projection: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    body = row_as_json(books, kind, row)
    return project(body, projection) if projection else body


def row_as_json(books: Books, kind: Kind, row: tuple[Any, ...]) -> dict[str, Any]:
    """One row of Store.page as the whole object that the API gives."""
    record_id, text, sync_token, created, updated = row
    body = {name: value for name, value in json.loads(text).items() if value != []}
    books.fill_names(body, kind.fields)
    kind.shown(books, record_id, body)
    return marked(kind, body, system_attributes(record_id, sync_token, created, updated))


def project(body: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Only the asked attributes, marked sparse; `MetaData.CreateTime` keeps its place inside MetaData."""
    chosen: dict[str, Any] = {"domain": "QBO", "sparse": True}
    exact = {name.lower(): name for name in body}
    for name in names:
        head, _, tail = name.partition(".")
        key = exact.get(head.lower())
        if key is None:
            continue
        chosen[key] = {**chosen.get(key, {}), tail: body[key].get(tail)} if tail else body[key]
    return chosen


def compile_query(books: Books, kind: Kind, query: Query) -> Statement:
    _check_size(query)
    for name in query.projection:
        _check_projected(kind, name)
    parts, values = [], []
    for condition in query.conditions:
        sql, given = _condition(books, kind, condition)
        parts.append(sql)
        values += given
    if kind.name_attribute and all(condition.attribute.lower() != "active" for condition in query.conditions):
        parts.append("active = 1")
    return Statement(where=" AND ".join(parts) or "1", values=tuple(values), order=_orders(kind, query.orders))


def _check_size(query: Query) -> None:
    values = sum(len(condition.values) for condition in query.conditions)
    if max(len(query.conditions), len(query.orders)) > PARTS_MAX or values > VALUES_MAX:
        raise RefusalError(
            "4001", f"QueryValidationError: at most {PARTS_MAX} conditions and {VALUES_MAX:,} values are supported"
        )


def _check_projected(kind: Kind, name: str) -> None:
    known = {each.lower() for each in (*kind.fields, "Id", "SyncToken", "MetaData", "Active")}
    if name.partition(".")[0].lower() not in known:
        raise _unknown(kind, name)


def _unknown(kind: Kind, name: str) -> RefusalError:
    return RefusalError("4001", f"QueryValidationError: Property {name} not found for Entity {kind.name}")


def _filter(kind: Kind, name: str) -> Filter:
    """Only filterable attributes may stand in WHERE and ORDERBY."""
    table = {key.lower(): held for key, held in kind.filters.items()}
    found = table.get(name.lower().removesuffix(".value"))
    if found is None:
        raise _unknown(kind, name)
    return found


def _orders(kind: Kind, orders: tuple[Order, ...]) -> str:
    """What was asked, and the id behind it so that no two rows may change places between pages."""
    terms = [_order(kind, order) for order in orders]
    is_by_id = any(_filter(kind, order.attribute).type == "id" for order in orders)
    return ", ".join(terms if is_by_id else [*terms, "id"])


def _order(kind: Kind, order: Order) -> str:
    held = _filter(kind, order.attribute)
    if held.tail:
        raise RefusalError("4001", f"QueryValidationError: {order.attribute} cannot be sorted by")
    return f"{held.sql} {'DESC' if order.descending else 'ASC'}"


def _condition(books: Books, kind: Kind, condition: Condition) -> tuple[str, list[Any]]:
    held = _filter(kind, condition.attribute)
    if held.type == "id" and condition.operator not in EXACT_ONLY:
        raise RefusalError("4001", f"QueryValidationError: operator {condition.operator} is not supported for Id")
    if condition.operator == "LIKE":
        return _like(held, condition)
    if condition.operator == "=" and condition.values[0].quoted and condition.values[0].text == NULL:
        return f"{held.sql} IS NULL{held.tail}", []
    values = [_value(books, held, condition.attribute, literal) for literal in condition.values]
    if condition.operator == "IN":
        return f"{held.sql} IN ({','.join('?' * len(values))}){held.tail}", values
    return f"{held.sql} {condition.operator} ?{held.tail}", values


def _like(held: Filter, condition: Condition) -> tuple[str, list[Any]]:
    """Only `%` is a wild card; `_` is itself."""
    if held.type not in {"text", "date"}:
        raise RefusalError("4001", f"QueryValidationError: operator LIKE is not supported for {condition.attribute}")
    return f"{held.sql} MATCH ?{held.tail}", [condition.values[0].text.casefold()]


def _value(books: Books, held: Filter, name: str, literal: Literal) -> Any:
    try:
        return _typed(books, held, literal)
    except ValueError:
        raise RefusalError("4001", f"QueryValidationError: value {literal.text} is not valid for {name}") from None


def _typed(books: Books, held: Filter, literal: Literal) -> Any:
    """The value in the form that the column holds. ValueError if it cannot be."""
    text = books.clock.today().isoformat() if literal.today else literal.text
    match held.type:
        case "id":
            return _key(text)
        case "ref":
            return _key(text) if held.sql == "party" else text
        case "number":
            return float(text) if NUMBER.fullmatch(text) else _refuse(text)
        case "flag":
            return {"true": 1, "false": 0}[text.lower()] if text.lower() in {"true", "false"} else _refuse(text)
        case "date":
            return parse_date(text).isoformat()
        case "moment":
            return parse_moment(text)
        case "text":
            if not literal.quoted:
                raise ValueError(text)
            return text.casefold()


def _key(text: str) -> int:
    number = id_number(text)
    if number is None:
        raise ValueError(text)
    return number


def _refuse(text: str) -> int:
    raise ValueError(text)
