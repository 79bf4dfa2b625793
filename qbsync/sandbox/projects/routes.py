"""`/graphql`: the gateway before the service, with faults on demand and a line in the journal."""

import asyncio
import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qbsync.sandbox.api import trouble
from qbsync.sandbox.api.answers import JSON
from qbsync.sandbox.api.gateway import common_headers, new_tid
from qbsync.sandbox.api.routes import admit, note
from qbsync.sandbox.api.wire import CutOff
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import to_text
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.control.mischief import Mischief
from qbsync.sandbox.oauth.grants import Access
from qbsync.sandbox.projects import service
from qbsync.sandbox.projects.bounds import BODY_BYTES_MAX
from qbsync.sandbox.projects.context import Context
from qbsync.sandbox.projects.service import Question
from qbsync.sandbox.state import Sandbox

METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ON_DEMAND: Final = {
    "throttle": (429, "ThrottleExceeded", "The request limit was reached.  Try again later"),
    "unauthorized": (401, "AuthenticationFailed", "Token expired: on demand"),
    "wrong_realm": (403, "ApplicationAuthorizationFailed", "The token is for another company: on demand"),
    "authentication": (401, "AuthenticationFailed", "AuthenticationErrorGeneral: on demand"),
    "user_removed": (403, "AuthorizationFailed", "The connecting user was removed: on demand"),
    "system": (500, "InternalServerError", "System Failure Error: on demand"),
    "maintenance": (503, "ServiceUnavailable", "The service is under maintenance. Try again later"),
}

BY_THE_BOOKS: Final = {"subscription", "period_closed"}


async def graphql(request: Request) -> Response:
    """One call, from the socket to the answer."""
    sandbox: Sandbox = request.app.state.sandbox
    body = await _body(request)
    question = service.read(request.headers.get("content-type", ""), body or b"")
    call = _open_call(sandbox, request, body or b"", question)
    if sandbox.dials.latency_ms:
        await asyncio.sleep(sandbox.dials.latency_ms / 1000)
    fault = sandbox.armed.strike(("graphql", *(("write",) if question.writes else ()), "/graphql"))
    call.fault = fault.kind if fault else None
    if body is None:
        answer: Response = _gateway_error(call, 413, "RequestTooLarge", f"At most {BODY_BYTES_MAX} bytes")
    else:
        answer = await _answer(sandbox, request, body, question, call, fault)
    call.status = 0 if isinstance(answer, CutOff) else answer.status_code
    sandbox.journal.keep_bodies(call.tid, body or b"", bytes(answer.body))
    note(sandbox, call)
    return answer


async def _body(request: Request) -> bytes | None:
    """None: more than this server is willing to read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            return None
    return bytes(body)


def _open_call(sandbox: Sandbox, request: Request, body: bytes, question: Question) -> Call:
    return Call(
        method=request.method,
        path=request.url.path,
        kind="graphql",
        tid=new_tid(),
        body_sha256=hashlib.sha256(body).hexdigest(),
        started=sandbox.clock.seconds(),
        caller=request.headers.get("user-agent", ""),
        metered=not question.writes,
    )


async def _answer(
    sandbox: Sandbox, request: Request, body: bytes, question: Question, call: Call, fault: Mischief | None
) -> Response:
    if fault is not None and (early := await _trouble_before(sandbox, call, fault)) is not None:
        return early
    access = _gateway(sandbox, request, call)
    if isinstance(access, Response):
        return access
    context = Context(sandbox=sandbox, access=access, caller=call.caller)
    status, told = service.answer(context, question, refusal=_refusal(sandbox, body, question, fault))
    call.metered = call.metered and "data" in told  # a call that failed is free
    headers = {**common_headers(call.tid, sandbox.clock.seconds() - call.started), "Content-Type": JSON}
    answer = Response(to_text(told).encode(errors="replace"), status, headers=headers)
    return answer if fault is None else await trouble.after(answer, fault)


async def _trouble_before(sandbox: Sandbox, call: Call, fault: Mischief) -> Response | None:
    if fault.kind in ON_DEMAND:
        return _gateway_error(call, *ON_DEMAND[fault.kind])
    return None if fault.kind in BY_THE_BOOKS else await trouble.before(sandbox, call, fault)


def _refusal(sandbox: Sandbox, body: bytes, question: Question, fault: Mischief | None) -> RefusalError | None:
    if fault is not None and fault.kind in BY_THE_BOOKS:
        return trouble.REFUSALS[fault.kind]
    if question.writes and sandbox.armed.poisoned(body.decode(errors="replace")):
        return RefusalError("10000", "System Failure Error: poisoned on demand")
    return None


def _gateway(sandbox: Sandbox, request: Request, call: Call) -> Access | Response:
    """Who calls, for which company, and how often. The company is the token's."""
    if request.method != "POST":
        return _gateway_error(call, 405, "MethodNotAllowed", f"{request.method} is not supported, use POST")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = sandbox.grants.check(token) if scheme.lower() == "bearer" else "Bearer token missing"
    if not isinstance(access, Access):
        return _gateway_error(call, 401, "AuthenticationFailed", access)
    if request.headers.get("intuit-realm-id", access.realm) != access.realm:
        return _gateway_error(call, 403, "ApplicationAuthorizationFailed", "The token is for another company")
    call.realm, call.app = access.realm, access.app
    refused = admit(sandbox, call)
    if refused is None:
        return access
    name = "ThrottleExceeded" if refused.status_code == 429 else "ApplicationAuthorizationFailed"
    answer = _gateway_error(call, refused.status_code, name, "The request limit was reached.  Try again later")
    if "Retry-After" in refused.headers:
        answer.headers["Retry-After"] = refused.headers["Retry-After"]
    return answer


def _gateway_error(call: Call, status: int, code: str, detail: str) -> Response:
    told = {"code": code, "type": "INPUT", "message": None, "detail": detail, "moreInfo": None}
    return JSONResponse(told, status_code=status, headers=common_headers(call.tid, 0))
