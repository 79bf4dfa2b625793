"""Classes and departments: two trees of names that a company uses only while it tracks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.hierarchy import check_unique_full_name, mark_name, place, rename_children
from qbsync.sandbox.company.kind import Draft, Kind, filters

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

CLASS_IDS_FROM: Final = 5_000_000_000_000_142_240


def _rule(kind: str, child_flag: str, *preferences: str) -> Callable[[Books, Draft], None]:
    """The rules of one tree; it can be written only while one of its preferences is on (5030)."""

    def complete(books: Books, draft: Draft) -> None:
        body = draft.body
        if not any(map(books.tracks, preferences)):
            raise RefusalError("5030", f"Feature Not Supported Error : {kind} tracking is off in this company")
        if body.get(child_flag) and "ParentRef" not in body:
            raise RefusalError("6150", f"{child_flag} needs a ParentRef", "ParentRef")
        body[child_flag] = "ParentRef" in body
        mark_name(draft, "Name")
        place(books, draft, kind, "Name")
        body.pop("Level")
        check_unique_full_name(books, draft, kind, kind.lower())

    return complete


CLASS = Kind(
    name="Class",
    id_space="Class",
    first_id=CLASS_IDS_FROM,
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, forbid=f.NAME_FORBIDS, required=True),
        "ParentRef": f.ref("Class"),
        "SubClass": f.flag(),
        "Active": f.flag(),
        "FullyQualifiedName": f.read_only(),
    },
    filters=filters(Name="text", Active="flag", FullyQualifiedName="text", SubClass="flag"),
    complete=_rule("Class", "SubClass", f.CLASS_PER_TXN, f.CLASS_PER_LINE),
    effects=rename_children,
)

DEPARTMENT = Kind(
    name="Department",
    id_space="Department",
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, forbid=f.NAME_FORBIDS, required=True),
        "ParentRef": f.ref("Department"),
        "SubDepartment": f.read_only(),
        "Active": f.flag(),
        "FullyQualifiedName": f.read_only(),
    },
    filters=filters(Name="text", Active="flag", FullyQualifiedName="text", SubDepartment="flag"),
    complete=_rule("Department", "SubDepartment", f.DEPARTMENTS),
    effects=rename_children,
)
