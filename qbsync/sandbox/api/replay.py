"""Request ids: the first answer is kept, and a repetition gets the same bytes and no second effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import Store

REQUEST_ID_MAX: Final = 50
BATCH_REQUEST_ID_MAX: Final = 36
B_ID_MAX: Final = 10


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An answer as it left: a repetition must be equal byte for byte."""

    status: int
    content_type: str
    body: bytes


def check_request_id(request_id: str | None, *, is_batch: bool) -> None:
    if request_id is None:
        return
    most = BATCH_REQUEST_ID_MAX if is_batch else REQUEST_ID_MAX
    if not 1 <= len(request_id) <= most:
        raise RefusalError("2130", f"Invalid Request Id Format : at most {most} characters", "requestid")


def check_b_id(request_id: str | None, b_id: str) -> None:
    if request_id is not None and len(b_id) > B_ID_MAX:
        raise RefusalError("2130", f"Invalid Request Id Format : with a requestid a bId has at most {B_ID_MAX}", "bId")


def batch_keys(payload: dict[str, Any]) -> tuple[str, ...]:
    items = payload.get("BatchItemRequest")
    return (
        tuple(str(item.get("bId", "")) for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
    )


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """What a request id says of a call: the company, the id, a digest of the body, and the items of a batch."""

    realm: str
    request_id: str | None
    digest: str
    items: Sequence[str] = ()


def find(store: Store, call: Repeated, *, refuse_changed: bool) -> Saved | None:
    """The whole answer of this request id, of a batch or not. A batch with other items is looked up item by item."""
    if call.request_id is None:
        return None
    found = _held(store, call.realm, call.request_id, "")
    if found is None:
        return None
    status, content_type, body, held_items, digest = found
    if refuse_changed and digest != call.digest:
        raise RefusalError("600", f"Duplicate Request ID : {call.request_id} came with another body", "requestid")
    if held_items and call.items and held_items != "\n".join(call.items):
        return None
    return Saved(status=status, content_type=content_type, body=body)


def keep(store: Store, clock: Clock, call: Repeated, saved: Saved) -> None:
    if call.request_id is not None:
        _put(store, clock, call.realm, (call.request_id, ""), saved, items="\n".join(call.items), digest=call.digest)


def find_item(store: Store, realm: str, request_id: str | None, b_id: str) -> bytes | None:
    """What one item of a batch was answered, if it was carried out before."""
    if request_id is None:
        return None
    found = _held(store, realm, request_id, b_id)
    return None if found is None else bytes(found[2])


def keep_item(store: Store, clock: Clock, realm: str, request_id: str | None, b_id: str, body: bytes) -> None:
    if request_id is not None:
        _put(store, clock, realm, (request_id, b_id), Saved(status=200, content_type="", body=body))


def _held(store: Store, realm: str, request_id: str, b_id: str) -> tuple[Any, ...] | None:
    """(status, content type, body, names of the batch items, digest of the request) of an answer that was kept."""
    return store.row(
        "SELECT status, content_type, body, items, digest FROM replay WHERE realm = ? AND request_id = ? AND b_id = ?",
        realm,
        request_id,
        b_id,
    )


def _put(
    store: Store, clock: Clock, realm: str, key: tuple[str, str], saved: Saved, *, items: str = "", digest: str = ""
) -> None:
    """`key` is the request id and the bId."""
    store.change(
        "INSERT OR REPLACE INTO replay (realm, request_id, b_id, status, content_type, body, items, at, digest) "
        "VALUES (?,?,?,?,?,?,?,?,?)",
        realm,
        *key,
        saved.status,
        saved.content_type,
        saved.body,
        items,
        clock.seconds(),
        digest,
    )
