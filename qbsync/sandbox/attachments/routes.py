"""Giving files out: the temporary address behind a token, and the file behind that address."""

import re
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from qbsync.sandbox.api.asked import Asked, UnknownPathError
from qbsync.sandbox.api.replay import Saved
from qbsync.sandbox.attachments import files
from qbsync.sandbox.attachments.upload import ANY_TYPE
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.store import id_number
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.state import Sandbox

MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")


def download(sandbox: Sandbox, books: Books, asked: Asked) -> Saved:
    """`/download/{id}`: the temporary address as plain text."""
    if asked.key is None or asked.tail is not None:
        raise UnknownPathError(asked.resource)
    address = books.read(KINDS["Attachable"], asked.key).get("TempDownloadUri")
    if address is None:
        raise faults.not_found()
    return Saved(status=200, content_type="text/plain;charset=UTF-8", body=str(address).encode())


async def stored_file(request: Request) -> Response:
    """The file itself: whoever has its address may have it, until it expires."""
    sandbox: Sandbox = request.app.state.sandbox
    realm, key = str(request.path_params["realm"]), str(request.path_params["key"])
    expires, signature = (request.query_params.get(name, "") for name in ("expires", "signature"))
    number = id_number(key)
    path = files.address_path(realm, number or 0)
    if number is None or not files.is_signed(sandbox.store, path, expires, signature):
        return PlainTextResponse("Access denied: this address was not given out here", 403)
    if int(expires) <= sandbox.clock.seconds():
        return PlainTextResponse("Access denied: this address has expired", 403)
    record = sandbox.store.get(realm, "Attachable", number)
    content = files.content_of(sandbox.store, realm, number)
    if record is None or content is None:
        return PlainTextResponse("There is no such file", 404)
    return Response(content, headers=_headers(str(record.body["FileName"]), str(record.body["ContentType"])))


def _headers(name: str, content_type: str) -> dict[str, str]:
    """To be saved, never shown: neither the name nor the type that an app gave it may make a page of it."""
    known = MEDIA_TYPE.fullmatch(content_type.lower())
    return {
        "Content-Type": content_type.lower() if known else ANY_TYPE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
