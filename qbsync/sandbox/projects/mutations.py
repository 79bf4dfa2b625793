"""Writing projects: each mutation is carried out or refused by itself, also beside others in one document."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import GraphQLResolveInfo

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.projects.context import (
    ACCOUNTING,
    ADDRESS_WORDS,
    EMAIL_WORDS,
    PROJECT_WORDS,
    PROJECTS,
    Context,
    as_told,
    project,
)
from qbsync.sandbox.projects.errors import refused
from qbsync.sandbox.projects.kind import PROJECT, require_projects

Change = Callable[[Books, dict[str, Any]], str]  # carries it out; the id of the project is the answer


def _carried_out(change: Change) -> Callable[..., Any]:
    def resolve(source: Any, info: GraphQLResolveInfo[Context], *, input: dict[str, Any]) -> dict[str, Any]:
        context = info.context
        context.require(ACCOUNTING, PROJECTS)
        books = context.books()
        try:
            with books.store.attempt():
                require_projects(books)
                key = change(books, input)
        except RefusalError as refusal:
            raise refused(refusal) from None
        return as_told(books.realm, project(books, key))

    return resolve


def _create(books: Books, given: dict[str, Any]) -> str:
    return str(books.create(PROJECT, _body(books, given))["Id"])


def _update(books: Books, given: dict[str, Any]) -> str:
    key = str(given["id"])
    changes = _body(books, {name: value for name, value in given.items() if name != "id"})
    return _save(books, key, changes)


def _delete(books: Books, given: dict[str, Any]) -> str:
    return _save(books, str(given["id"]), {"Active": False})


def _save(books: Books, key: str, changes: dict[str, Any]) -> str:
    """The service knows no version of a project: the last writer wins."""
    held = project(books, key)
    system = {"Id": str(held.id), "SyncToken": str(held.sync_token), "sparse": True}
    books.update(PROJECT, {**changes, **system})
    return str(held.id)


def _body(books: Books, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input in the words of the company file; what is null becomes empty."""
    body: dict[str, Any] = {}
    for name, value in given.items():
        if name in PROJECT_WORDS:
            body[PROJECT_WORDS[name]] = value
        elif name == "customer":
            body["CustomerRef"] = value and {"value": str(value["id"])}
        elif name == "account":
            _check_company(books, value)
        elif name == "emailAddress":
            body["EmailAddress"] = _rows(value, EMAIL_WORDS)
        else:
            body["Addresses"] = _rows(value, ADDRESS_WORDS)
    return body


def _check_company(books: Books, account: Mapping[str, Any] | None) -> None:
    if account is not None and account["id"] != books.realm:
        raise faults.no_such_reference("Companies", str(account["id"]), "account")


def _rows(rows: list[Mapping[str, Any] | None] | None, words: Mapping[str, str]) -> list[dict[str, Any]] | None:
    if rows is None:
        return None
    return [{words[name]: value for name, value in row.items() if name in words} for row in rows if row is not None]


UPDATES: Final = (
    "Project", "Name", "Status", "Description", "DueDate", "StartDate", "Customer", "CompletionRate",
    "EmailAddress", "Addresses",
)  # fmt: skip
MUTATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "projectManagementCreateProject": _carried_out(_create),
    **{f"projectManagementUpdate{what}": _carried_out(_update) for what in UPDATES},
    "projectManagementDeleteProject": _carried_out(_delete),
}
