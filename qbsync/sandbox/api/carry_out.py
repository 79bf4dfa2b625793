"""What a call does to the books: look, or write once and keep the answer for its request id."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from qbsync.sandbox.api import answers, replay
from qbsync.sandbox.api.asked import Asked, UnknownPathError
from qbsync.sandbox.api.batch import run_batch
from qbsync.sandbox.api.changes import run_changes
from qbsync.sandbox.api.select import run_query
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import API_WRITER, Actor, Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.entities import BY_PATH
from qbsync.sandbox.state import Sandbox

NO_METHOD: Final = "No resource method found for {}, return 405 with Allow header"
DATA_OUT: Final = {"QueryResponse", "CDCResponse"}
CARDS: Final = {"CompanyInfo", "Preferences"}  # one record each, whatever the path says of an id

# A resource that is no entity: what it answers, without the envelope.
Handler = Callable[[Sandbox, Books, Asked], dict[str, Any]]


def carry_out(sandbox: Sandbox, asked: Asked, call: Call, *, half_batch: bool) -> replay.Saved:
    """The answer as it leaves. UnknownPathError: there is no such resource."""
    books = Books(
        store=sandbox.store,
        realm=asked.realm,
        clock=sandbox.clock,
        actor=Actor(writer=API_WRITER, caller=call.caller, request_id=asked.request_id),
        options=frozenset(asked.parameters.get("include", "").split(",")),
    )
    try:
        if asked.writes:
            return _write_once(sandbox, books, asked, call, half_batch=half_batch)
        return answers.envelope(sandbox, asked, _look(sandbox, books, asked))
    except RefusalError as refusal:
        return answers.envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)


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
        time_activity=sandbox.dials.cdc_time_activity,
    )
    return {"CDCResponse": [told]}


LOOKS: Final[Mapping[str, Handler]] = {"query": _query, "cdc": _changes}


def _look(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    special = LOOKS.get(asked.resource)
    if special is not None:
        return special(sandbox, books, asked)
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
WRITES: Final[Mapping[str, Handler]] = {}


def _write_once(sandbox: Sandbox, books: Books, asked: Asked, call: Call, *, half_batch: bool) -> replay.Saved:
    """The write and its answer are committed together: a repeated request id finds both or neither."""
    is_batch = asked.resource == "batch"
    replay.check_request_id(asked.request_id, is_batch=is_batch)
    batch = asked.payload() if is_batch else {}
    items = replay.batch_keys(batch)
    with sandbox.store.writing():
        held = replay.find(sandbox.store, asked.realm, asked.request_id, items)
        if held is not None:
            call.replayed = True
            return held
        if is_batch:
            saved = answers.envelope(sandbox, asked, _batch(sandbox, books, batch, call, half_batch=half_batch))
        else:
            saved = _write_one(sandbox, books, asked)
        if not half_batch:
            replay.keep(sandbox.store, sandbox.clock, asked.realm, asked.request_id, saved, items)
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
            if sandbox.armed.poisoned(asked.body.decode("utf-8", errors="replace")):
                raise RefusalError("10000", "System Failure Error: poisoned on demand")
            special = WRITES.get(asked.resource)
            if special is not None:
                return answers.envelope(sandbox, asked, special(sandbox, books, asked))
            payload, kind = asked.payload(), _kind(asked)
            return answers.envelope(sandbox, asked, {kind.name: _apply(books, kind, asked, payload)})
    except RefusalError as refusal:
        return answers.envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)


def _apply(books: Books, kind: Kind, asked: Asked, payload: dict[str, Any]) -> dict[str, Any]:
    if asked.key is not None:
        raise faults.unsupported(NO_METHOD.format("POST"))
    operation, include = asked.parameters.get("operation", ""), asked.parameters.get("include")
    if operation == "delete":
        return books.delete(kind, payload)
    if operation == "void":
        return books.void(kind, payload, by="operation")
    if include == "void":
        return books.void(kind, payload, by="include")
    if operation not in {"", "update"}:
        raise faults.unsupported(operation)
    return books.update(kind, payload) if "Id" in payload else books.create(kind, payload)
