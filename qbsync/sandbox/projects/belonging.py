"""Which project a transaction is for: its ProjectRef and its customer must belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import LABELS, Field
from qbsync.sandbox.company.kind import DELETED, Kind
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

PRODUCTS: Final = ("Plus", "Advanced", "Accountant", "Enterprise Suite", "IES")
PARENT_IS_ENOUGH: Final = {"TimeActivity"}  # may name the customer above the project; all others name its own row


def has_projects(books: Books) -> bool:
    """The preference is on, and the company has a product that knows projects."""
    if books.preference("ProjectsEnabled") != "true":
        return False
    card = books.store.get(books.realm, "CompanyInfo", 1)
    pairs = card.body.get("NameValue", []) if card else []
    products = " ".join(str(pair.get("Value")) for pair in pairs if pair.get("Name") == "OfferingSku")
    return any(word in products for word in PRODUCTS)


def project_of(books: Books, customer_id: int) -> Record | None:
    """The project that a customer row stands for."""
    where = "json_extract(body, '$.JobRef.value') = ?"
    found = books.store.page(books.realm, "Project", where, (str(customer_id),), "id", limit=1, offset=0)
    return books.store.get(books.realm, "Project", int(found[0][0])) if found else None


def stay_in_step(books: Books, customer: Record | None) -> None:
    """Name, place and state of a project's customer row are the project's own to change (6000)."""
    if customer is None or not customer.body.get("IsProject"):
        return
    project = project_of(books, customer.id)
    if project is None:
        return
    expected = {
        "Active": project.active,
        "DisplayName": f"{project.body['Name']}{'' if project.active else DELETED}",
        "ParentRef": project.body["CustomerRef"],
    }
    for name, value in expected.items():
        if customer.body.get(name) != value:
            raise faults.business(f"{name} of a project is changed through its project", name)


def settle_projects(books: Books, kind: Kind, body: dict[str, Any]) -> None:
    """Check the ProjectRef of the transaction and of each line against the customer beside it."""
    _settle(books, kind, body, kind.fields, body, kind.fields)
    rows = kind.fields.get("Line")
    if rows is None or not rows.fields:
        return
    for line in body.get("Line", ()):
        name = str(line.get("DetailType"))
        field = rows.fields.get(name)
        detail = line.get(name)
        if isinstance(detail, dict) and field is not None and field.fields:
            _settle(books, kind, line, rows.fields, detail, field.fields)
        else:
            _settle(books, kind, line, rows.fields, {}, {})


def _settle(
    books: Books,
    kind: Kind,
    holder: dict[str, Any],
    holder_fields: Mapping[str, Field],
    side: dict[str, Any],
    side_fields: Mapping[str, Field],
) -> None:
    """`holder` may have the ProjectRef, `side` the customer: the same object, or a line and its detail."""
    if kind.name == "Project" or "ProjectRef" not in holder_fields:
        return
    if "ProjectRef" in holder:
        _check_customer(books, kind, _project(books, holder["ProjectRef"]["value"]), side, side_fields)
    elif books.readings.project_from_customer and "CustomerRef" in side and has_projects(books):
        project = project_of(books, int(side["CustomerRef"]["value"]))
        if project is not None and project.active:
            holder["ProjectRef"] = {"value": str(project.id)}


def _project(books: Books, key: str) -> Record:
    if not has_projects(books):
        raise faults.no_such_reference(LABELS["Project"], key, "ProjectRef")
    return books.referred("Project", key, "ProjectRef")


def _check_customer(
    books: Books, kind: Kind, project: Record, side: dict[str, Any], side_fields: Mapping[str, Field]
) -> None:
    customer = _customer(side)
    if customer is None:
        if books.readings.project_fills_customer and "CustomerRef" in side_fields:
            side["CustomerRef"] = {"value": project.body["JobRef"]["value"]}
        return
    allowed = {project.body["JobRef"]["value"]}
    if kind.name in PARENT_IS_ENOUGH:
        allowed.add(project.body["CustomerRef"]["value"])
    if customer not in allowed:
        raise RefusalError("2600", f"Customer {customer} is not the one of project {project.id}", "ProjectRef")


def _customer(side: Mapping[str, Any]) -> str | None:
    """The customer of a transaction, or of a line; a journal entry's line names it as its Entity."""
    entity = side.get("Entity")
    if isinstance(entity, dict) and entity.get("Type") == "Customer":
        ref = entity.get("EntityRef")
    else:
        ref = side.get("CustomerRef")
    return str(ref["value"]) if ref else None
