"""Reading projects: one by its id, or page by page through what a filter leaves."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLResolveInfo

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import id_number
from qbsync.sandbox.projects.context import ACCOUNTING, COMPENSATION, PROJECTS, Context, as_told, project
from qbsync.sandbox.projects.errors import refused
from qbsync.sandbox.projects.kind import require_projects

PAGE_MAX: Final = 1000
CURSOR: Final = "simple-cursor"
CURSOR_DIGITS_MAX: Final = 12
DUE: Final = "json_extract(body, '$.DueDate')"
ORDERS: Final = {
    "DUE_DATE_ASC": f"{DUE} IS NULL, {DUE} ASC",
    "DUE_DATE_DESC": f"{DUE} IS NULL, {DUE} DESC",
}
# filter → the SQL that it compares
COMPARED: Final = {
    "id": "id",
    "status": "json_extract(body, '$.Status')",
    "customer": "json_extract(body, '$.CustomerRef.value')",
    "type": "json_extract(body, '$.Type')",
    "priority": "json_extract(body, '$.Priority')",
}
ANY_OF: Final = "(SELECT value FROM json_each(?))"
RANGES: Final = {"dueDate": DUE, "startDate": "json_extract(body, '$.StartDate')"}
Clause = tuple[str, list[Any]]


def _answered(ask: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(source: Any, info: GraphQLResolveInfo[Context], **asked: Any) -> Any:
        context = info.context
        context.require(ACCOUNTING, PROJECTS)
        books = context.books()
        try:
            require_projects(books)
            return ask(context, books, **asked)
        except RefusalError as refusal:
            raise refused(refusal) from None

    return resolve


def _one(context: Context, books: Books, *, id: str) -> dict[str, Any]:
    return as_told(books.realm, project(books, id))


def _many(
    context: Context,
    books: Books,
    *,
    first: int,
    filter: Mapping[str, Any],
    after: str | None = None,
    orderBy: Sequence[str] | None = None,  # noqa: N803
) -> dict[str, Any]:
    if first > PAGE_MAX:
        raise RefusalError("2240", f"Invalid Number Range : {first}, at most {PAGE_MAX}", "first")
    start = 0 if after is None else _position(after) + 1
    clauses = [_deleted(filter), *_clauses(filter, dates_only=context.sandbox.dials.project_filters == "dates")]
    where = " AND ".join(sql for sql, _ in clauses)
    values = [value for _, given in clauses for value in given]
    order = ", ".join([*(ORDERS[name] for name in orderBy or ()), "id"])
    found = books.store.page(books.realm, "Project", where, values, order, limit=first + 1, offset=start)
    records = [project(books, str(row[0])) for row in found[:first]]
    edges = [
        {"node": as_told(books.realm, record), "cursor": _cursor(start + place)} for place, record in enumerate(records)
    ]
    return {"edges": edges, "pageInfo": _page_info(edges, start, more=len(found) > first)}


def _page_info(edges: Sequence[Mapping[str, Any]], start: int, *, more: bool) -> dict[str, Any]:
    return {
        "hasNextPage": more,
        "hasPreviousPage": start > 0,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }


def _cursor(position: int) -> str:
    return b64encode(f"{CURSOR}{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        text = b64decode(cursor, validate=True).decode("ascii")
    except ValueError:
        text = ""
    digits = text.removeprefix(CURSOR)
    if digits == text or not digits.isdecimal() or len(digits) > CURSOR_DIGITS_MAX:
        raise faults.unknown_property("after")
    return int(digits)


def _deleted(given: Mapping[str, Any]) -> Clause:
    return ("active = 0" if given.get("deleted") else "active = 1"), []


def _clauses(given: Mapping[str, Any], *, dates_only: bool) -> list[Clause]:
    clauses: list[Clause] = []
    for name, sql in COMPARED.items():
        wish = given.get(name)
        if wish and not dates_only:
            clauses += _comparisons(name, sql, wish)
    for name, sql in RANGES.items():
        between = (given.get(name) or {}).get("between")
        if between:
            clauses.append((f"{sql} BETWEEN ? AND ?", [between["minDate"], between["maxDate"]]))
    return clauses


def _comparisons(name: str, sql: str, wish: Mapping[str, Any]) -> list[Clause]:
    """`equals`, `in` and, for the status, `nin`; of statuses only one at a time."""
    clauses: list[Clause] = []
    for word, operator in (("equals", "IN"), ("in", "IN"), ("nin", "NOT IN")):
        values = wish.get(word)
        if values is None:
            continue
        if word == "equals":
            values = [values]
        if name == "status" and len(values) > 1:
            raise RefusalError("2600", "Conflicting elements : only one status at a time", "status")
        held = json.dumps([_value(name, value) for value in values])
        clauses.append((" ".join((sql, operator, ANY_OF)), [held]))
    return clauses


def _value(name: str, value: Any) -> Any:
    if name == "id":
        return id_number(value) or 0
    return faults.whole_text(value) if isinstance(value, str) else value


def _compensations(source: Any, info: GraphQLResolveInfo[Context], **asked: Any) -> dict[str, Any]:
    """No company here runs a payroll, so there is nobody with a compensation."""
    context = info.context
    context.require(COMPENSATION)
    return {"edges": []}


QUERIES: Final[Mapping[str, Callable[..., Any]]] = {
    "projectManagementProject": _answered(_one),
    "projectManagementProjects": _answered(_many),
    "payrollEmployeeCompensations": _compensations,
}
