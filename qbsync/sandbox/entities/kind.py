"""What an entity of the company file is: its attributes, its filters and its rules, in one table entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qbsync.sandbox.entities.fields import Field
from qbsync.sandbox.store import Columns, Record, folded

if TYPE_CHECKING:
    from qbsync.sandbox.books import Books

FilterType = Literal["id", "text", "number", "flag", "date", "moment", "ref"]
DELETED = " (deleted)"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """How a query may compare an attribute, and the SQL that holds its value."""

    type: FilterType
    sql: str


@dataclass(kw_only=True)
class Draft:
    """A checked body on its way into the books, and the record that it replaces."""

    id: int
    body: dict[str, Any]
    old: Record | None
    active: bool = True


def no_rule(books: Books, draft: Draft) -> None:
    return None


def no_effect(books: Books, old: Record | None, new: Record | None) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One entity. `name_attribute` is set for name lists, which are deactivated and never deleted."""

    name: str
    fields: Mapping[str, Field]
    filters: Mapping[str, Filter]
    id_space: str
    first_id: int = 1
    complete: Callable[[Books, Draft], None] = no_rule
    effects: Callable[[Books, Record | None, Record | None], None] = no_effect
    name_attribute: str | None = None
    deletable: bool = False
    creatable: bool = True
    updatable: bool = True
    sparse: bool = False
    voidable: bool = False
    posts: bool = False  # only what posts to the ledger is held by the closing date

    def columns(self, body: Mapping[str, Any], *, active: bool) -> Columns:
        name = body.get("FullyQualifiedName") if "Name" in self.fields else None
        party = body.get("VendorRef") or body.get("EmployeeRef")
        return Columns(
            name_key=folded(name or body.get(self.name_attribute or "")),
            active=active,
            txn_date=body.get("TxnDate"),
            party=int(party["value"]) if party else None,
            number_key=folded(body.get("DocNumber")),
        )


def filters(**types: FilterType) -> dict[str, Filter]:
    """The attributes a query may use, with Id and the two MetaData times that every entity has."""
    table = {
        "Id": Filter(type="id", sql="id"),
        "MetaData.CreateTime": Filter(type="moment", sql="created"),
        "MetaData.LastUpdatedTime": Filter(type="moment", sql="updated"),
    }
    columns = {
        "Active": "active",
        "DisplayName": "name_key",
        "DocNumber": "number_key",
        "TxnDate": "txn_date",
        "VendorRef": "party",
    }
    for name, kind in types.items():
        path = f"json_extract(body, '$.{name}{'.value' if kind == 'ref' else ''}')"
        if name == "PrimaryEmailAddr":
            path = "json_extract(body, '$.PrimaryEmailAddr.Address')"
        if kind == "text":
            path = f"folded({path})"
        table[name] = Filter(type=kind, sql=columns.get(name, path))
    return table
