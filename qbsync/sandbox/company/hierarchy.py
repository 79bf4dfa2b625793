"""Names that stand under other names: full names, levels, the five-level limit and the "(deleted)" ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import DELETED, Draft
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

LEVELS_MAX = 5


def mark_name(draft: Draft, attribute: str) -> None:
    """An inactive record carries " (deleted)", which frees its name; an active one does not."""
    name = str(draft.body[attribute])
    was_inactive = draft.old is not None and not draft.old.active
    bare = name.removesuffix(DELETED) if was_inactive else name
    draft.body[attribute] = bare if draft.active else bare + DELETED


def place(books: Books, draft: Draft, kind: str, attribute: str) -> None:
    """Fill FullyQualifiedName and Level from the parent. Refuses a loop (900) and a sixth level (6180)."""
    name = str(draft.body[attribute])
    parent_ref = draft.body.get("ParentRef")
    draft.body["FullyQualifiedName"], draft.body["Level"] = name, 0
    if parent_ref is None:
        return
    parent = books.referred(kind, parent_ref["value"], "ParentRef")
    if draft.old is not None and draft.id in lineage(books, parent):
        raise RefusalError("900", "A record cannot stand under itself", "ParentRef")
    level = len(lineage(books, parent))
    if level + depth_below(books, kind, draft) >= LEVELS_MAX:
        raise RefusalError("6180", f"Only {LEVELS_MAX} levels are supported", "ParentRef")
    draft.body["Level"] = level
    draft.body["FullyQualifiedName"] = f"{parent.body['FullyQualifiedName']}:{name}"


def lineage(books: Books, record: Record) -> list[int]:
    """Ids from this record up to its root."""
    ids = [record.id]
    while (parent := record.body.get("ParentRef")) is not None:
        above = books.store.get(books.realm, record.entity, int(parent["value"]))
        if above is None:
            break
        record = above
        ids.append(record.id)
    return ids


def depth_below(books: Books, kind: str, draft: Draft) -> int:
    if draft.old is None:
        return 0
    return _depth(books, kind, draft.id)


def _depth(books: Books, kind: str, record_id: int) -> int:
    below = books.store.children(books.realm, kind, record_id)
    return 1 + max(_depth(books, kind, child) for child in below) if below else 0


def rename_children(books: Books, old: Record | None, new: Record | None) -> None:
    """A renamed parent gives its children their new full names; their SyncTokens stay as they are."""
    if old is None or new is None or old.body.get("FullyQualifiedName") == new.body["FullyQualifiedName"]:
        return
    for child_id in books.store.children(books.realm, new.entity, new.id):
        child = books.store.get(books.realm, new.entity, child_id)
        assert child is not None  # its id was read in this transaction
        attribute = "DisplayName" if "DisplayName" in child.body else "Name"
        body = {
            **child.body,
            "FullyQualifiedName": f"{new.body['FullyQualifiedName']}:{child.body[attribute]}",
        }
        if "Level" in body:
            body["Level"] = int(new.body["Level"]) + 1
        renamed = books.put_quietly(child, body)
        rename_children(books, child, renamed)


def check_unique_full_name(books: Books, draft: Draft, kind: str, sort: str) -> None:
    """Items, accounts and terms: no two of one kind with one full name (6240)."""
    if not draft.active:
        return
    holders = books.store.named(books.realm, [kind], draft.body["FullyQualifiedName"])
    if any(key != draft.id for _, key in holders):
        raise faults.duplicate_name(sort)
