"""A second opinion on the query language: plain filtering, sorting and paging of rows that were read whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.sandbox.sandbox_client import Json

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
# entity → attribute that a query may use → how its values compare
ATTRIBUTES: Final[dict[str, dict[str, str]]] = {
    "TimeActivity": {"Id": "id", "TxnDate": "day", "BillableStatus": "text", "MetaData.CreateTime": "moment",
                     "MetaData.LastUpdatedTime": "moment"},
    "Bill": {"Id": "id", "VendorRef": "ref", "TxnDate": "day", "DueDate": "day", "DocNumber": "text",
             "TotalAmt": "number", "Balance": "number", "APAccountRef": "ref", "SalesTermRef": "ref",
             "MetaData.LastUpdatedTime": "moment"},
    "Customer": {"Id": "id", "DisplayName": "text", "GivenName": "text", "MiddleName": "text", "FamilyName": "text",
                 "CompanyName": "text", "PrimaryEmailAddr": "text", "Active": "flag", "Balance": "number",
                 "PrintOnCheckName": "text", "FullyQualifiedName": "text", "Job": "flag"},
    "Item": {"Id": "id", "Name": "text", "Type": "text", "Active": "flag", "Taxable": "flag",
             "FullyQualifiedName": "text", "SubItem": "flag"},
    "Invoice": {"Id": "id", "DocNumber": "text", "TxnDate": "day", "CustomerRef": "ref", "TotalAmt": "number",
                "Balance": "number", "DueDate": "day"},
}  # fmt: skip
NAME_LISTS: Final = ("Customer", "Item")
COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda held, given: held == given,
    "<": lambda held, given: held < given,
    ">": lambda held, given: held > given,
    "<=": lambda held, given: held <= given,
    ">=": lambda held, given: held >= given,
}


@dataclass(frozen=True, kw_only=True)
class Term:
    """One condition as it is meant; `values` are texts, None stands for NULL."""

    attribute: str
    operator: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Wish:
    entity: str
    terms: tuple[Term, ...] = ()
    orders: tuple[tuple[str, bool], ...] = ()  # (attribute, descending)
    start: int = 1
    most: int = 100


def held_value(row: Json, attribute: str, sort: str) -> Any:
    """What a row holds, in a form that compares; None where it holds nothing."""
    value: Any = row
    for name in attribute.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("Address", value.get("value"))
    return None if value is None else comparable(str(value), sort)


def comparable(text: str, sort: str) -> Any:
    match sort:
        case "id":
            return int(text)
        case "number":
            return Decimal(text)
        case "flag":
            return text.lower()
        case "moment":
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
        case "text":
            return text.casefold()
        case _:
            return text


def is_like(held: str, pattern: str) -> bool:
    """By hand, letter by letter from the left: a % is nothing, or one letter and a % again."""
    reached = {0}
    for mark in pattern:
        if mark == "%":
            reached = {at for start in reached for at in range(start, len(held) + 1)}
        else:
            reached = {at + 1 for at in reached if held[at : at + 1] == mark}
    return len(held) in reached


def holds(row: Json, term: Term, sort: str) -> bool:
    held = held_value(row, term.attribute, sort)
    if term.values == (None,):
        return held is None
    if held is None:
        return False
    given = [comparable(value or "", sort) for value in term.values]
    if term.operator == "LIKE":
        return is_like(held, given[0])
    if term.operator == "IN":
        return held in given
    return COMPARE[term.operator](held, given[0])


def found(rows: Sequence[Json], wish: Wish) -> list[Json]:
    """All that the statement means, in order, before paging."""
    sorts = ATTRIBUTES[wish.entity]
    kept = [row for row in rows if all(holds(row, term, sorts[term.attribute]) for term in wish.terms)]
    if wish.entity in NAME_LISTS and all(term.attribute != "Active" for term in wish.terms):
        kept = [row for row in kept if row["Active"]]
    kept.sort(key=lambda row: int(row["Id"]))
    for attribute, descending in reversed(wish.orders):
        kept.sort(key=lambda row: _order_key(row, attribute, sorts[attribute]), reverse=descending)
    return kept


def _order_key(row: Json, attribute: str, sort: str) -> tuple[bool, Any]:
    """Without a value comes first."""
    held = held_value(row, attribute, sort)
    return (held is not None, held if held is not None else 0)


def page(rows: Sequence[Json], wish: Wish) -> list[Json]:
    return found(rows, wish)[wish.start - 1 : wish.start - 1 + wish.most]
