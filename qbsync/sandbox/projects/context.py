"""Who asks the GraphQL service, and how a project is told in its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import API_WRITER, Actor, Books
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities import CATALOGUE
from qbsync.sandbox.oauth.grants import Access
from qbsync.sandbox.projects.errors import no_scope
from qbsync.sandbox.state import Sandbox

ACCOUNTING: Final = "com.intuit.quickbooks.accounting"
PROJECTS: Final = "project-management.project"
COMPENSATION: Final = "payroll.compensation.read"
# the service's words → those of the company file
PROJECT_WORDS: Final[Mapping[str, str]] = {
    "name": "Name",
    "description": "Description",
    "type": "Type",
    "status": "Status",
    "priority": "Priority",
    "startDate": "StartDate",
    "dueDate": "DueDate",
    "completedDate": "CompletedDate",
    "completedBy": "CompletedBy",
    "completionRate": "CompletionRate",
    "pinned": "Pinned",
}
EMAIL_WORDS: Final[Mapping[str, str]] = {"email": "Email", "name": "Name"}
ADDRESS_WORDS: Final[Mapping[str, str]] = {
    name: name[0].upper() + name[1:]
    for name in (
        "streetAddressLine1", "streetAddressLine2", "streetAddressLine3", "city", "state", "postalCode", "country"
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Context:
    """One call: its token, and the server it came to."""

    sandbox: Sandbox
    access: Access
    caller: str

    def require(self, *scopes: str) -> None:
        if not self.access.scopes.issuperset(scopes):
            raise no_scope()

    def books(self) -> Books:
        return Books(
            catalogue=CATALOGUE,
            store=self.sandbox.store,
            realm=self.access.realm,
            clock=self.sandbox.clock,
            actor=Actor(writer=API_WRITER, caller=self.caller),
        )


def project(books: Books, key: str) -> Record:
    """Deleted ones too. 610 for an id that is none."""
    number = id_number(key)
    found = None if number is None else books.store.get(books.realm, "Project", number)
    if found is None:
        raise faults.not_found()
    return found


def as_told(realm: str, record: Record) -> dict[str, Any]:
    body = record.body
    told = {word: body.get(name) for word, name in PROJECT_WORDS.items()}
    return {
        **told,
        "id": str(record.id),
        "customer": {"id": body["CustomerRef"]["value"]},
        "account": {"id": realm},
        "emailAddress": [_in_words(row, EMAIL_WORDS) for row in body.get("EmailAddress", ())],
        "addresses": [_in_words(row, ADDRESS_WORDS) for row in body.get("Addresses", ())],
        "deleted": not record.active,
    }


def _in_words(row: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    return {word: row.get(name) for word, name in words.items()}
