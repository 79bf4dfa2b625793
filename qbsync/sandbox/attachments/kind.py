"""Attachables: a note or a file, and the records that it hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.attachments import files
from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Filter, Kind, filters
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

ATTACHABLE_IDS_FROM: Final = 5_000_000_000_000_142_240
CATEGORIES: Final = ("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other")
BEARS_NONE: Final = {"CompanyInfo", "Preferences", "Project", "Attachable"}
# Completed by a comparison and by TAIL: does any of the references compare so?
ANY_REF: Final = "EXISTS (SELECT 1 FROM json_each(body, '$.AttachableRef') WHERE json_extract(value, '$.EntityRef.{}')"
TAIL: Final = ")"
LINKED: Final = (
    "EXISTS (SELECT 1 FROM json_each(body, '$.AttachableRef') "
    "WHERE json_extract(value, '$.EntityRef.type') = ? AND json_extract(value, '$.EntityRef.value') = ?)"
)


def file_name() -> f.Field:
    """A name is data, never a path; but half of what can be shown or written as XML has no place in it (2040)."""
    plain = f.text(1000)

    def check(books: Books, name: str, value: Any) -> str:
        text = str(plain.check(books, name, value))
        if any(ord(letter) < ord(" ") or ord(letter) == 0x7F for letter in text):
            raise RefusalError("2040", f"Invalid String : {name} must not contain control characters", name)
        return text

    return f.Field(check=check)


def _bearer() -> f.Field:
    """A reference by type and value to a record that exists; a name must be active."""

    def check(books: Books, name: str, value: Any) -> dict[str, str]:
        key = f.ref_value(name, value)
        kind = value.get("type")
        if kind is None:
            raise faults.missing(f"{name}.type")
        if not isinstance(kind, str) or kind not in books.catalogue.kinds.keys() - BEARS_NONE:
            raise faults.bad_choice(f"{name}.type", kind)
        books.referred(kind, key, name)
        return {"type": kind, "value": key}

    return f.Field(check=check)


def _complete(books: Books, draft: Draft) -> None:
    """A note needs its text, a file its name (6040); a file comes by upload only (6041)."""
    body, old = draft.body, draft.old
    is_file = "Size" in body or (old is not None and "Size" in old.body)
    if is_file and old is not None:
        body["Size"] = old.body["Size"]
        body.setdefault("ContentType", old.body["ContentType"])
    if "FileName" not in body and (is_file or "Note" not in body):
        raise RefusalError("6040", "An attachable has a FileName or a Note", "FileName")
    if "FileName" in body and not is_file:
        raise RefusalError("6041", "A file is uploaded, only a note is created", "FileName")
    for ref in body.get("AttachableRef", ()):
        ref.setdefault("IncludeOnSend", False)
        if not ref.get("CustomField"):
            ref.pop("CustomField", None)


def _shown(books: Books, record_id: int, body: dict[str, Any]) -> None:
    if "Size" in body:
        body["FileAccessUri"] = f"/v3/company/{books.realm}/download/{record_id}"
        body["TempDownloadUri"] = files.temporary_address(
            books.store, books.clock, books.realm, record_id, books.base_url
        )


def _drop_file(books: Books, old: Record | None, new: Record | None) -> None:
    if new is None and old is not None:
        files.drop(books.store, books.realm, old.id)


def unlink_attachments(books: Books, gone: Record) -> None:
    """A deleted transaction leaves its attachables behind, without the reference to it."""
    if gone.entity == "Attachable":
        return
    link = (gone.entity, str(gone.id))
    for row in books.store.page(books.realm, "Attachable", LINKED, link, "id", limit=10_000, offset=0):
        held = books.store.get(books.realm, "Attachable", int(row[0]))
        assert held is not None  # its id was read in this transaction
        rest = [ref for ref in held.body["AttachableRef"] if _link(ref) != link]
        books.touch(held, {**held.body, "AttachableRef": rest})


def _link(ref: dict[str, Any]) -> tuple[str, str] | None:
    target = ref.get("EntityRef")
    return (target["type"], target["value"]) if target else None


ATTACHABLE = Kind(
    name="Attachable",
    id_space="Attachable",
    first_id=ATTACHABLE_IDS_FROM,
    deletable=True,
    fields={
        "FileName": file_name(),
        "Note": f.text(2000),
        "Category": f.choice(*CATEGORIES),
        "ContentType": f.text(100),
        "PlaceName": f.text(2000),
        "Lat": f.text(100),
        "Long": f.text(100),
        "Tag": f.text(2000),
        "AttachableRef": f.rows(
            {
                "EntityRef": _bearer(),
                "IncludeOnSend": f.flag(),
                "LineInfo": f.text(20),
                "NoRefOnly": f.flag(),
                "Inactive": f.flag(),
                "CustomField": f.rows(
                    {
                        "DefinitionId": f.text(20, required=True),
                        "StringValue": f.text(31),
                        "Name": f.read_only(),
                        "Type": f.read_only(),
                    }
                ),
            }
        ),
        "Size": f.read_only(),
        "FileAccessUri": f.read_only(),
        "TempDownloadUri": f.read_only(),
        "ThumbnailFileAccessUri": f.read_only(),
        "ThumbnailTempDownloadUri": f.read_only(),
    },
    filters={
        **filters(FileName="text", Category="text"),
        "AttachableRef.EntityRef.type": Filter(type="text", sql=f"{ANY_REF.format('type')} COLLATE NOCASE", tail=TAIL),
        "AttachableRef.EntityRef": Filter(type="ref", sql=ANY_REF.format("value"), tail=TAIL),
    },
    complete=_complete,
    effects=_drop_file,
    shown=_shown,
)
