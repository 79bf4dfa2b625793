"""The company API under /v3/company: which call is meant, carried out once, answered in one envelope."""

import asyncio
import gzip
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from qbsync.sandbox import faults, replay
from qbsync.sandbox.batch import run_batch
from qbsync.sandbox.books import API_WRITER, Actor, Books
from qbsync.sandbox.changes import run_changes
from qbsync.sandbox.clock import envelope_time
from qbsync.sandbox.entities import BY_PATH
from qbsync.sandbox.entities.kind import Kind
from qbsync.sandbox.faults import RefusalError
from qbsync.sandbox.gateway import common_headers, gateway_error, html_page, new_tid
from qbsync.sandbox.grants import Access
from qbsync.sandbox.journal import METERED, Call
from qbsync.sandbox.mischief import Mischief
from qbsync.sandbox.select import run_query
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.store import to_text
from qbsync.sandbox.wire import CutOff, as_xml

ACCOUNTING_SCOPE: Final = "com.intuit.quickbooks.accounting"
GZIP_FROM_BYTES: Final = 1400
NO_METHOD: Final = "No resource method found for {}, return 405 with Allow header"
JSON: Final = "application/json;charset=UTF-8"
XML: Final = "application/xml;charset=UTF-8"
STATUS_TITLES: Final = {
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"
}  # fmt: skip
DATA_OUT: Final = {"QueryResponse", "CDCResponse"}
LOOKS: Final = {"read", "query", "cdc"}  # what a call may do without writing
QUERY_TYPES: Final = ("application/text", "text/plain")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call to the company API, taken apart."""

    method: str
    realm: str
    resource: str  # bill, query, batch, …
    key: str | None  # what follows it in the path
    parameters: dict[str, str]
    content_type: str
    body: bytes
    wants_json: bool
    kind: str  # read, query, cdc, batch, create, update, delete, void

    @property
    def labels(self) -> tuple[str, ...]:
        """The names by which a fault may aim at this call."""
        sides = () if self.kind in LOOKS else ("write",)
        return (self.kind, self.resource, *sides, f"/v3/company/{self.realm}/{self.resource}")

    @property
    def request_id(self) -> str | None:
        return self.parameters.get("requestid") if self.method == "POST" and self.kind not in LOOKS else None


async def company_api(request: Request) -> Response:
    """Latency, faults on demand, gateway, books, and a line in the journal, in this order."""
    sandbox: Sandbox = request.app.state.sandbox
    body = await request.body()
    asked = take_apart(request, body)
    call = _open_call(sandbox, request, asked)
    if sandbox.dials.latency_ms:
        await asyncio.sleep(sandbox.dials.latency_ms / 1000)
    fault = sandbox.armed.strike(asked.labels)
    call.fault = fault.kind if fault else None
    response = await _answer(sandbox, request, asked, call, fault)
    call.status = 0 if isinstance(response, CutOff) else response.status_code
    call.ended = sandbox.clock.seconds()
    sandbox.journal.add(call)
    return response


def take_apart(request: Request, body: bytes) -> Asked:
    parameters = {name: values[0] for name, values in parse_qs(request.url.query, keep_blank_values=True).items()}
    resource = str(request.path_params["resource"])
    return Asked(
        method=request.method,
        realm=str(request.path_params["realm"]),
        resource=resource,
        key=request.path_params.get("key"),
        parameters=parameters,
        content_type=request.headers.get("content-type", "").split(";")[0].strip().lower(),
        body=body,
        wants_json="application/json" in request.headers.get("accept", ""),
        kind=_kind_of_call(request.method, resource, parameters, body),
    )


def _kind_of_call(method: str, resource: str, parameters: dict[str, str], body: bytes) -> str:
    if resource in {"query", "cdc", "batch"}:
        return resource
    if method == "GET":
        return "read"
    if parameters.get("operation") == "delete":
        return "delete"
    if "void" in (parameters.get("include"), parameters.get("operation")):
        return "void"
    return "update" if b'"SyncToken"' in body else "create"


def _open_call(sandbox: Sandbox, request: Request, asked: Asked) -> Call:
    return Call(
        method=asked.method,
        path=request.url.path,
        kind=asked.kind,
        realm=asked.realm,
        request_id=asked.request_id,
        tid=new_tid(),
        body_sha256=hashlib.sha256(asked.body).hexdigest(),
        started=sandbox.clock.seconds(),
        caller=request.headers.get("user-agent", ""),
        metered=asked.kind in METERED,
    )


async def _answer(sandbox: Sandbox, request: Request, asked: Asked, call: Call, fault: Mischief | None) -> Response:
    if fault is not None and (early := await _trouble_before(sandbox, call, fault)) is not None:
        return early
    if (refused := _gateway(sandbox, request, asked, call)) is not None:
        return refused
    response = _carry_out(sandbox, request, asked, call, half_batch=fault is not None and fault.kind == "half_batch")
    return response if fault is None else await _trouble_after(response, fault)


async def _trouble_before(sandbox: Sandbox, call: Call, fault: Mischief) -> Response | None:
    match fault.kind:
        case "drop_before":
            return CutOff()
        case "slow":
            await asyncio.sleep(fault.ms / 1000)
        case "status":
            return html_page(fault.status, STATUS_TITLES.get(fault.status, "Error"), common_headers(call.tid, 0))
        case "throttle":
            return _too_many(sandbox, call, 60)
        case "unauthorized":
            return _gateway_fault(sandbox, call, 401, "3200", "AuthenticationFailed", "Token expired: on demand")
        case "system":
            return _fault_response(sandbox, call, RefusalError("10000", "System Failure Error: on demand"))
    return None


async def _trouble_after(response: Response, fault: Mischief) -> Response:
    match fault.kind:
        case "drop_after_write" | "half_batch":
            return CutOff()
        case "slow_after":
            await asyncio.sleep(fault.ms / 1000)
        case "truncated":
            return CutOff(response, 0.5)
        case "malformed":
            broken = bytes(response.body)[:-2] + b',"'
            return Response(broken, status_code=response.status_code, media_type="application/json")
    return response


# the gateway


def _gateway(sandbox: Sandbox, request: Request, asked: Asked, call: Call) -> Response | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = sandbox.grants.check(token) if scheme.lower() == "bearer" else "Bearer token missing"
    if not isinstance(access, Access):
        return _gateway_fault(sandbox, call, 401, "3200", "AuthenticationFailed", access)
    if access.realm != asked.realm or ACCOUNTING_SCOPE not in access.scopes:
        detail = "The token is for another company, or without the accounting scope"
        return _gateway_fault(sandbox, call, 403, "3100", "ApplicationAuthorizationFailed", detail)
    if sandbox.dials.throttle:
        wait = sandbox.throttle.admit(asked.realm, is_batch=asked.kind == "batch")
        if wait is not None:
            return _too_many(sandbox, call, wait)
    return None


def _too_many(sandbox: Sandbox, call: Call, wait_seconds: int) -> Response:
    detail = "The request limit was reached.  Try again later"
    response = _gateway_fault(sandbox, call, 429, "3001", "ThrottleExceeded", detail)
    if sandbox.dials.retry_after:
        response.headers["Retry-After"] = str(wait_seconds)
    return response


def _gateway_fault(sandbox: Sandbox, call: Call, status: int, code: str, name: str, detail: str) -> Response:
    return gateway_error(
        sandbox.clock,
        status,
        code=code,
        name=name,
        detail=detail,
        kind="AUTHENTICATION" if status == 401 else "SERVICE",
        style=sandbox.dials.gateway_format,
        headers=common_headers(call.tid, 0),
    )


# the books


def _carry_out(sandbox: Sandbox, request: Request, asked: Asked, call: Call, *, half_batch: bool) -> Response:
    books = Books(
        store=sandbox.store,
        realm=asked.realm,
        clock=sandbox.clock,
        actor=Actor(writer=API_WRITER, caller=call.caller, request_id=asked.request_id),
        options=frozenset(asked.parameters.get("include", "").split(",")),
    )
    saved = replay.Saved(status=404, content_type="text/html", body=b"")
    try:
        if asked.method == "POST" and asked.kind not in LOOKS:
            saved = _write_once(sandbox, books, asked, call, half_batch=half_batch)
        else:
            saved = _envelope(sandbox, asked, _look(sandbox, books, asked))
    except UnknownPathError:
        return html_page(404, "Not Found", common_headers(call.tid, 0))
    except RefusalError as refusal:
        saved = _envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)
    return _response(sandbox, request, call, saved)


class UnknownPathError(Exception):
    """No such resource: answered with 404 by the web server, not by the books."""


def _kind(asked: Asked) -> Kind:
    kind = BY_PATH.get(asked.resource)
    if kind is None:
        raise UnknownPathError(asked.resource)
    return kind


def _look(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    if asked.resource == "query":
        return {"QueryResponse": run_query(books, _statement(asked))}
    if asked.resource == "cdc":
        return {"CDCResponse": [_changes(sandbox, books, asked)]}
    kind = _kind(asked)
    if kind.name == "CompanyInfo":
        if asked.key not in {None, books.realm}:
            raise faults.not_found()
        return {kind.name: books.read(kind, "1")}
    if kind.name == "Preferences":
        return {kind.name: books.read(kind, "1")}
    if asked.key is None:
        raise faults.unsupported(NO_METHOD.format("GET"))
    return {kind.name: books.read(kind, asked.key)}


def _changes(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    if asked.key is not None:
        raise UnknownPathError(asked.resource)
    if asked.method != "GET":
        raise faults.unsupported(NO_METHOD.format(asked.method))
    given = asked.parameters
    return run_changes(
        books,
        given.get("entities", ""),
        given.get("changedSince", ""),
        time_activity=sandbox.dials.cdc_time_activity,
    )


def _statement(asked: Asked) -> str:
    if asked.method == "GET":
        return asked.parameters.get("query", "")
    if asked.content_type not in QUERY_TYPES:
        raise RefusalError("1050", f"Invalid content type {asked.content_type}, use application/text")
    return asked.body.decode("utf-8", errors="replace")


def _write_once(sandbox: Sandbox, books: Books, asked: Asked, call: Call, *, half_batch: bool) -> replay.Saved:
    """The write and its answer are committed together: a repeated request id finds both or neither."""
    is_batch = asked.resource == "batch"
    replay.check_request_id(asked.request_id, is_batch=is_batch)
    payload = _payload(asked)
    items = replay.batch_keys(payload) if is_batch else ()
    with sandbox.store.writing():
        held = replay.find(sandbox.store, asked.realm, asked.request_id, items)
        if held is not None:
            call.replayed = True
            return held
        if is_batch:
            answer = run_batch(sandbox, books, payload, half_batch=half_batch)
            call.items = len(answer["BatchItemResponse"])
            call.metered = any(DATA_OUT & item.keys() for item in answer["BatchItemResponse"])
            saved = _envelope(sandbox, asked, answer)
        else:
            saved = _write_one(sandbox, books, asked, payload)
        if not half_batch:
            replay.keep(sandbox.store, sandbox.clock, asked.realm, asked.request_id, saved, items)
        return saved


def _write_one(sandbox: Sandbox, books: Books, asked: Asked, payload: dict[str, Any]) -> replay.Saved:
    """A refusal is undone, but its answer is kept for the request id like any other."""
    try:
        with sandbox.store.attempt():
            if sandbox.armed.poisoned(asked.body.decode("utf-8", errors="replace")):
                raise RefusalError("10000", "System Failure Error: poisoned on demand")
            kind = _kind(asked)
            return _envelope(sandbox, asked, {kind.name: _apply(books, kind, asked, payload)})
    except RefusalError as refusal:
        return _envelope(sandbox, asked, {"Fault": refusal.as_json()}, refusal.http_status)


def _apply(books: Books, kind: Kind, asked: Asked, payload: dict[str, Any]) -> dict[str, Any]:
    if asked.key is not None:
        raise faults.unsupported(NO_METHOD.format("POST"))
    operation = asked.parameters.get("operation", "")
    if operation == "delete":
        return books.delete(kind, payload)
    if "void" in (asked.parameters.get("include"), operation):
        return books.void(kind, payload)
    if operation not in {"", "update"}:
        raise faults.unsupported(operation)
    return books.update(kind, payload) if "Id" in payload else books.create(kind, payload)


def _payload(asked: Asked) -> dict[str, Any]:
    if asked.content_type != "application/json":
        raise RefusalError("1050", f"Invalid content type {asked.content_type}, use application/json")
    try:
        payload = json.loads(asked.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise faults.unknown_property("body") from None
    if not isinstance(payload, dict):
        raise faults.unknown_property("body")
    return payload


# the envelope


def _envelope(sandbox: Sandbox, asked: Asked, answer: dict[str, Any], status: int = 200) -> replay.Saved:
    answer = {**answer, "time": envelope_time(sandbox.clock.seconds())}
    if asked.wants_json:
        return replay.Saved(status=status, content_type=JSON, body=to_text(answer).encode())
    return replay.Saved(status=status, content_type=XML, body=as_xml(answer))


def _fault_response(sandbox: Sandbox, call: Call, refusal: RefusalError) -> Response:
    answer = {"Fault": refusal.as_json(), "time": envelope_time(sandbox.clock.seconds())}
    return Response(to_text(answer), refusal.http_status, headers={**common_headers(call.tid, 0), "Content-Type": JSON})


def _response(sandbox: Sandbox, request: Request, call: Call, saved: replay.Saved) -> Response:
    service_seconds = sandbox.clock.seconds() - call.started
    headers = {**common_headers(call.tid, service_seconds), "Content-Type": saved.content_type}
    body = saved.body
    if len(body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 4)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, status_code=saved.status, headers=headers)
