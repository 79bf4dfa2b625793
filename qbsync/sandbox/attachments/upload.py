"""Upload: each pair of parts becomes an attachable with its file, or a fault of its own beside the others."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.attachments import files
from qbsync.sandbox.attachments.kind import ATTACHABLE
from qbsync.sandbox.attachments.multipart import Pair, Part, read_parts
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft
from qbsync.sandbox.strict_json import read_json

if TYPE_CHECKING:
    from qbsync.sandbox.api.asked import Asked
    from qbsync.sandbox.state import Sandbox

ANY_TYPE: Final = "application/octet-stream"


def upload(sandbox: "Sandbox", books: Books, asked: "Asked") -> dict[str, Any]:
    """The AttachableResponse list; only what has not the form of an upload is refused as a whole."""
    if asked.key is not None:
        raise faults.unsupported("upload with an id")
    pairs = read_parts(asked.content_type, asked.body)
    return {"AttachableResponse": [_attempt(books, number, pair) for number, pair in pairs.items()]}


def _attempt(books: Books, number: str, pair: Pair) -> dict[str, Any]:
    own = replace(books)
    try:
        with books.store.attempt():
            return {"Attachable": _carry_out(own, number, pair)}
    except RefusalError as refusal:
        return {"Fault": refusal.as_json()}
    finally:
        books.forget()


def _carry_out(books: Books, number: str, pair: Pair) -> dict[str, Any]:
    """Without metadata the service makes its own, from the headers of the file."""
    if "content" not in pair:
        raise faults.missing(f"file_content_{number}")
    given = _metadata(pair["metadata"]) if "metadata" in pair else {}
    content = pair["content"].content()
    if not content:
        raise RefusalError("6020", "The file is empty", pair["content"].name)
    if "FileName" not in given and pair["content"].file_name is not None:
        given["FileName"] = pair["content"].file_name
    content_type = _content_type(given, pair["content"])
    made = books.create(_with_file(len(content), content_type), given)
    files.keep(books.store, books.realm, int(made["Id"]), content)
    return made


def _metadata(part: Part) -> dict[str, Any]:
    if part.content_type != "application/json":
        raise RefusalError("1050", f"Invalid content type {part.content_type}, use application/json", part.name)
    try:
        given = read_json(part.content())
    except ValueError:
        raise faults.unknown_property(part.name) from None
    if not isinstance(given, dict):
        raise faults.unknown_property(part.name)
    return given


def _content_type(given: dict[str, Any], part: Part) -> str:
    """What the part says and what the metadata say must be one (6050)."""
    told = given.get("ContentType") or part.content_type or ANY_TYPE
    if part.content_type and str(told).lower() != part.content_type:
        raise RefusalError("6050", f"The file is sent as {part.content_type}", "ContentType")
    return str(told)


def _with_file(size: int, content_type: str) -> Any:
    """The rules of an attachable for one that comes with its file."""

    def complete(books: Books, draft: Draft) -> None:
        draft.body.update(Size=size, ContentType=content_type)
        ATTACHABLE.complete(books, draft)

    return replace(ATTACHABLE, complete=complete)
