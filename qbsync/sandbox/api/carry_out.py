"""What a call does to the books: look, or write once and keep the answer for its request id."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from qbsync.sandbox.api import answers, replay
from qbsync.sandbox.api.asked import Asked, UnknownPathError
from qbsync.sandbox.api.batch import has_failed, run_batch
from qbsync.sandbox.api.changes import run_changes
from qbsync.sandbox.api.documents import document
from qbsync.sandbox.api.select import run_query
from qbsync.sandbox.api.services import make_tax_code, read_rate, write_rate
from qbsync.sandbox.attachments.routes import download
from qbsync.sandbox.attachments.upload import upload
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import API_WRITER, Actor, Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Kind, innermost
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.entities import BY_PATH, CATALOGUE
from qbsync.sandbox.reports.run import run_report
from qbsync.sandbox.state import Sandbox

NO_METHOD: Final = "No resource method found for {}, return 405 with Allow header"
DATA_OUT: Final = {"QueryResponse", "CDCResponse", "Report"}
CARDS: Final = {"CompanyInfo", "Preferences"}  # one record each, whatever the path says of an id

# A resource that is no entity: what it answers, without the envelope.
Handler = Callable[[Sandbox, Books, Asked], dict[str, Any]]
Look = Callable[[Sandbox, Books, Asked], dict[str, Any] | replay.Saved]  # or what is no envelope


def carry_out(sandbox: Sandbox, asked: Asked, call: Call, *, half_batch: bool) -> replay.Saved:
    """The answer as it leaves. UnknownPathError: there is no such resource."""
    books = Books(
        catalogue=CATALOGUE,
        store=sandbox.store,
        realm=asked.realm,
        clock=sandbox.clock,
        actor=Actor(writer=API_WRITER, caller=call.caller, request_id=asked.request_id),
        options=frozenset(asked.parameters.get("include", "").split(",")),
        base_url=asked.base_url,
        readings=sandbox.dials,
    )
    try:
        if asked.writes:
            return _write_once(sandbox, books, asked, call, half_batch=half_batch)
        looked = _look(sandbox, books, asked)
        return _wrapped(sandbox, asked, looked)
    except RefusalError as refusal:
        return answers.envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)


def _wrapped(sandbox: Sandbox, asked: Asked, told: dict[str, Any] | replay.Saved) -> replay.Saved:
    return told if isinstance(told, replay.Saved) else answers.envelope(sandbox, asked, told)


# looking


def _query(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    return {"QueryResponse": run_query(books, asked.statement())}


def _changes(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    if asked.key is not None:
        raise UnknownPathError(asked.resource)
    if asked.method != "GET":
        raise faults.unsupported(NO_METHOD.format(asked.method))
    given = asked.parameters
    told = run_changes(
        books,
        given.get("entities", ""),
        given.get("changedSince", ""),
    )
    return {"CDCResponse": [told]}


def _report(sandbox: Sandbox, books: Books, asked: Asked) -> replay.Saved:
    if asked.key is None or asked.tail is not None:
        raise UnknownPathError(asked.resource)
    if asked.method != "GET":
        raise faults.unsupported(NO_METHOD.format(asked.method))
    return answers.report(sandbox, asked, run_report(books, asked.key, asked.parameters))


LOOKS: Final[Mapping[str, Look]] = {
    "query": _query,
    "cdc": _changes,
    "download": download,
    "exchangerate": read_rate,
    "reports": _report,
}


def _look(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any] | replay.Saved:
    special = LOOKS.get(asked.resource)
    if special is not None:
        return special(sandbox, books, asked)
    if asked.tail is not None:
        return document(sandbox, books, asked)
    kind = _kind(asked)
    if kind.name in CARDS:
        if kind.name == "CompanyInfo" and asked.key not in {None, books.realm}:
            raise faults.not_found()
        return {kind.name: books.read(kind, "1")}
    if asked.key is None:
        raise faults.unsupported(NO_METHOD.format("GET"))
    return {kind.name: books.read(kind, asked.key)}


def _kind(asked: Asked) -> Kind:
    kind = BY_PATH.get(asked.resource)
    if kind is None or asked.tail is not None:
        raise UnknownPathError(asked.resource)
    return kind


# writing

# Each is carried out like the write of an entity: replayed by its request id, and undone when it is refused.
WRITES: Final[Mapping[str, Handler]] = {"upload": upload, "taxservice": make_tax_code, "exchangerate": write_rate}


def _write_once(sandbox: Sandbox, books: Books, asked: Asked, call: Call, *, half_batch: bool) -> replay.Saved:
    """The write and its answer are committed together: a repeated request id finds both or neither."""
    is_batch = asked.resource == "batch"
    replay.check_request_id(asked.request_id, is_batch=is_batch)
    batch = asked.payload() if is_batch else {}
    repeated = replay.Repeated(
        realm=asked.realm,
        request_id=asked.request_id,
        digest=call.body_sha256,
        items=replay.batch_keys(batch),
    )
    with sandbox.store.writing():
        refuse_changed = sandbox.dials.changed_request == "refuse"
        held = replay.find(sandbox.store, repeated, refuse_changed=refuse_changed)
        if held is not None:
            call.replayed = True
            return held
        if is_batch:
            answer = _batch(sandbox, books, batch, call, half_batch=half_batch)
            saved = answers.envelope(sandbox, asked, answer)
            is_final = not half_batch and not any(map(has_failed, answer["BatchItemResponse"]))
        else:
            saved = _write_one(sandbox, books, asked)
            is_final = saved.status < 500
        if is_final:
            replay.keep(sandbox.store, sandbox.clock, repeated, saved)
        return saved


def _batch(sandbox: Sandbox, books: Books, payload: dict[str, Any], call: Call, *, half_batch: bool) -> dict[str, Any]:
    answer = run_batch(sandbox, books, payload, half_batch=half_batch)
    call.items = len(answer["BatchItemResponse"])
    call.metered = any(DATA_OUT & item.keys() for item in answer["BatchItemResponse"])
    return answer


def _write_one(sandbox: Sandbox, books: Books, asked: Asked) -> replay.Saved:
    """A refusal is undone, but its answer is kept for the request id like any other."""
    try:
        with sandbox.store.attempt():
            if sandbox.armed.has_poison and sandbox.armed.poisoned(asked.body.decode("utf-8", errors="replace")):
                raise RefusalError("10000", "System Failure Error: poisoned on demand")
            special = WRITES.get(asked.resource)
            if special is not None:
                return answers.envelope(sandbox, asked, special(sandbox, books, asked))
            if asked.tail is not None:
                return _wrapped(sandbox, asked, document(sandbox, books, asked))
            payload, kind = asked.payload(), _kind(asked)
            return answers.envelope(sandbox, asked, {kind.name: _apply(books, kind, asked, payload)})
    except RefusalError as refusal:
        return answers.envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)


def _apply(books: Books, kind: Kind, asked: Asked, payload: dict[str, Any]) -> dict[str, Any]:
    if asked.key is not None:
        raise faults.unsupported(NO_METHOD.format("POST"))
    if kind.wraps and isinstance(payload.get(kind.name), dict):
        payload = payload[kind.name]
    operation, include = asked.parameters.get("operation", ""), asked.parameters.get("include")
    if operation == "delete":
        return books.delete(kind, payload)
    if operation == "void":
        return books.void(kind, payload, by="operation")
    if include == "void":
        return books.void(kind, payload, by="include")
    if operation not in {"", "update"}:
        raise faults.unsupported(operation)
    return books.update(kind, payload) if "Id" in innermost(kind, payload) else books.create(kind, payload)
