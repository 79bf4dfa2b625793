"""What an entity of the company file is: its attributes, its filters and its rules, in one table entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from qbsync.sandbox.company.fields import Field
from qbsync.sandbox.company.store import Columns, Record, folded

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

FilterType = Literal["id", "text", "number", "flag", "date", "moment", "ref"]
DELETED = " (deleted)"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """How a query may compare an attribute, and the SQL that holds its value."""

    type: FilterType
    sql: str
    tail: str = ""  # closes the SQL after the value


@dataclass(kw_only=True)
class Draft:
    """A checked body on its way into the books, and the record that it replaces."""

    id: int
    body: dict[str, Any]
    old: Record | None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What a transaction adds to one account: debits are positive, credits negative; they sum to zero."""

    account: int
    amount: Decimal
    party: str = ""  # "Vendor:12" or "Customer:7" on a line of payables or receivables


def no_rule(books: Books, draft: Draft) -> None:
    return None


def no_effect(books: Books, old: Record | None, new: Record | None) -> None:
    return None


def nothing_more(books: Books, record_id: int, body: dict[str, Any]) -> None:
    return None


def always(books: Books) -> None:
    return None


def no_postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    return ()


def emptied(books: Books, old: Record) -> dict[str, Any]:
    """A voided transaction: no amounts, no lines, no links."""
    return {**old.body, "TotalAmt": Decimal(0), "Line": [], "PrivateNote": "Voided"}


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
    shown: Callable[[Books, int, dict[str, Any]], None] = nothing_more  # adds what is made anew for each answer
    name_attribute: str | None = None
    deletable: bool = False
    offered: Callable[[Books], None] = always  # refuses while the company has the feature off
    wraps: bool = False  # its one attribute is a transaction, which carries Id, SyncToken and MetaData itself
    rest: bool = True  # False: kept in the company file, but no resource of the company API
    creatable: bool = True
    updatable: bool = True
    sparse: bool = False
    void_by: Literal["operation", "include"] | None = None  # ?operation=void, or ?include=void on an update
    voided: Callable[[Books, Record], dict[str, Any]] = emptied
    posts: bool = False  # only what posts to the ledger is held by the closing date
    postings: Callable[[Books, Mapping[str, Any]], Sequence[Posting]] = no_postings

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


def innermost(kind: Kind, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What bears Id and SyncToken: the object, or the one transaction that it wraps."""
    inner = list(body.values())
    wrapped = kind.wraps and "Id" not in body and len(inner) == 1 and isinstance(inner[0], dict)
    return inner[0] if wrapped else body


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
