"""A project's record, and the customer row that is made, renamed, moved and retired with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.people import CUSTOMER
from qbsync.sandbox.projects.belonging import has_projects

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

PROJECT_IDS_FROM: Final = 647_933_362
STATUSES: Final = ("OPEN", "IN_PROGRESS", "BLOCKED", "CANCELED", "COMPLETE", "OTHER")
COMPLETE: Final = "COMPLETE"


def moment_of(moment: datetime) -> str:
    """`2024-08-22T00:00:00.000Z`: how the service tells the time."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def require_projects(books: Books) -> None:
    if not has_projects(books):
        raise RefusalError("5030", "Feature Not Supported Error : projects are off in this company")


def _complete(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    require_projects(books)
    if old is not None and not old.active and not books.actor.on_website:
        raise faults.business("a deleted project cannot be changed", "id")
    customer = books.referred("Customer", body["CustomerRef"]["value"], "customer")
    if customer.body["IsProject"]:
        raise faults.business("a project cannot stand under a project", "customer")
    body.setdefault("Status", "OTHER")
    body.setdefault("Pinned", False)
    _set_completion(books, draft)
    body["JobRef"] = {"value": _new_row(books, body)} if old is None else old.body["JobRef"]


def _set_completion(books: Books, draft: Draft) -> None:
    """When and by whom it was completed: kept while it stays so, gone when it does not."""
    body, old = draft.body, draft.old
    if body["Status"] != COMPLETE:
        return
    if old is not None and old.body["Status"] == COMPLETE:
        body.update(CompletedDate=old.body["CompletedDate"], CompletedBy=old.body["CompletedBy"])
    else:
        body.update(CompletedDate=moment_of(books.clock.now().replace(microsecond=0)), CompletedBy=books.actor.writer)


def _new_row(books: Books, body: dict[str, Any]) -> str:
    row = {"DisplayName": body["Name"], "Job": True, "ParentRef": body["CustomerRef"]}
    return str(books.create(CUSTOMER, row)["Id"])


def _keep_row(books: Books, old: Record | None, new: Record | None) -> None:
    """The customer row follows the project's name, customer and state."""
    assert new is not None  # a project is never removed
    row = books.store.get(books.realm, "Customer", int(new.body["JobRef"]["value"]))
    assert row is not None  # nor is a customer
    if old is None:
        books.put_quietly(row, {**row.body, "IsProject": True})
    elif _place(old) != _place(new):
        changes = {"DisplayName": new.body["Name"], "ParentRef": new.body["CustomerRef"], "Active": new.active}
        books.update(CUSTOMER, {"Id": str(row.id), "SyncToken": str(row.sync_token), "sparse": True, **changes})


def _place(project: Record) -> tuple[str, str, bool]:
    return project.body["Name"], project.body["CustomerRef"]["value"], project.active


PROJECT = Kind(
    name="Project",
    id_space="Project",
    first_id=PROJECT_IDS_FROM,
    name_attribute="Name",
    rest=False,
    sparse=True,
    fields={
        "Name": f.text(500, least=1, forbid=f.NAME_FORBIDS, required=True),
        "Description": f.text(4000),
        "Type": f.text(100),
        "Status": f.choice(*STATUSES),
        "Priority": f.whole(0, 9),
        "CustomerRef": f.ref("Customer", required=True),
        "StartDate": f.text(30),
        "DueDate": f.text(30),
        "CompletionRate": f.number(0, 100),
        "Pinned": f.flag(),
        "EmailAddress": f.rows({"Email": f.text(500, required=True), "Name": f.text(500)}),
        "Addresses": f.rows(
            {
                "StreetAddressLine1": f.text(500, required=True),
                "StreetAddressLine2": f.text(500),
                "StreetAddressLine3": f.text(500),
                "City": f.text(255),
                "State": f.text(255),
                "PostalCode": f.text(30),
                "Country": f.text(3),
            }
        ),
        "Active": f.flag(),
        "CompletedDate": f.read_only(),
        "CompletedBy": f.read_only(),
        "JobRef": f.read_only(refers="Customer"),
    },
    filters=filters(),
    complete=_complete,
    effects=_keep_row,
)
