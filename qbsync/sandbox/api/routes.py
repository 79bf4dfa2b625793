"""The company API under /v3/company: latency, faults on demand, gateway, books, and a line in the journal."""

import asyncio
import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from qbsync.sandbox.api.answers import fault_response, gateway_fault, response, too_many
from qbsync.sandbox.api.asked import Asked, UnknownPathError, take_apart
from qbsync.sandbox.api.carry_out import carry_out
from qbsync.sandbox.api.gateway import STATUS_TITLES, common_headers, html_page, new_tid
from qbsync.sandbox.api.wire import CutOff
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.control.journal import METERED, Call
from qbsync.sandbox.control.mischief import Mischief
from qbsync.sandbox.oauth.grants import Access
from qbsync.sandbox.state import Sandbox

ACCOUNTING_SCOPE: Final = "com.intuit.quickbooks.accounting"


async def company_api(request: Request) -> Response:
    """One call, from the socket to the answer."""
    sandbox: Sandbox = request.app.state.sandbox
    asked = take_apart(request, await request.body())
    call = _open_call(sandbox, request, asked)
    if sandbox.dials.latency_ms:
        await asyncio.sleep(sandbox.dials.latency_ms / 1000)
    fault = sandbox.armed.strike(asked.labels)
    call.fault = fault.kind if fault else None
    answer = await _answer(sandbox, request, asked, call, fault)
    call.status = 0 if isinstance(answer, CutOff) else answer.status_code
    call.ended = sandbox.clock.seconds()
    sandbox.journal.add(call)
    return answer


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
    try:
        saved = carry_out(sandbox, asked, call, half_batch=fault is not None and fault.kind == "half_batch")
    except UnknownPathError:
        return html_page(404, "Not Found", common_headers(call.tid, 0))
    answer = response(sandbox, request, call, saved)
    return answer if fault is None else await _trouble_after(answer, fault)


def _gateway(sandbox: Sandbox, request: Request, asked: Asked, call: Call) -> Response | None:
    """Who calls, for which company, and how often: None lets the call through."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = sandbox.grants.check(token) if scheme.lower() == "bearer" else "Bearer token missing"
    if not isinstance(access, Access):
        return gateway_fault(sandbox, call, 401, "3200", "AuthenticationFailed", access)
    if access.realm != asked.realm or ACCOUNTING_SCOPE not in access.scopes:
        detail = "The token is for another company, or without the accounting scope"
        return gateway_fault(sandbox, call, 403, "3100", "ApplicationAuthorizationFailed", detail)
    if sandbox.dials.throttle:
        wait = sandbox.throttle.admit(asked.realm, is_batch=asked.kind == "batch")
        if wait is not None:
            return too_many(sandbox, call, wait)
    return None


# faults on demand


async def _trouble_before(sandbox: Sandbox, call: Call, fault: Mischief) -> Response | None:
    match fault.kind:
        case "drop_before":
            return CutOff()
        case "slow":
            await asyncio.sleep(fault.ms / 1000)
        case "status":
            return html_page(fault.status, STATUS_TITLES.get(fault.status, "Error"), common_headers(call.tid, 0))
        case "throttle":
            return too_many(sandbox, call, 60)
        case "unauthorized":
            return gateway_fault(sandbox, call, 401, "3200", "AuthenticationFailed", "Token expired: on demand")
        case "system":
            return fault_response(sandbox, call, RefusalError("10000", "System Failure Error: on demand"))
    return None


async def _trouble_after(answer: Response, fault: Mischief) -> Response:
    match fault.kind:
        case "drop_after_write" | "half_batch":
            return CutOff()
        case "slow_after":
            await asyncio.sleep(fault.ms / 1000)
        case "truncated":
            return CutOff(answer, 0.5)
        case "malformed":
            broken = bytes(answer.body)[:-2] + b',"'
            return Response(broken, status_code=answer.status_code, media_type="application/json")
    return answer
