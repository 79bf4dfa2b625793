"""The company API under /v3/company: latency, faults on demand, gateway, books, and a line in the journal."""

import asyncio
import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from qbsync.sandbox.api import trouble
from qbsync.sandbox.api.answers import gateway_fault, response, too_many
from qbsync.sandbox.api.asked import Asked, UnknownPathError, take_apart
from qbsync.sandbox.api.carry_out import carry_out
from qbsync.sandbox.api.gateway import common_headers, html_page, new_tid
from qbsync.sandbox.api.wire import CutOff
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
    note(sandbox, call)
    return answer


def note(sandbox: Sandbox, call: Call) -> None:
    """A line in the journal, and one call less of the month when data went out."""
    call.ended = sandbox.clock.seconds()
    sandbox.journal.add(call)
    if sandbox.dials.metered and call.metered:
        sandbox.meter.count(call.app)


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
    if fault is not None and (early := await trouble.before(sandbox, call, fault)) is not None:
        return early
    if (refused := _gateway(sandbox, request, asked, call)) is not None:
        return refused
    try:
        saved = carry_out(sandbox, asked, call, half_batch=fault is not None and fault.kind == "half_batch")
    except UnknownPathError:
        return html_page(404, "Not Found", common_headers(call.tid, 0))
    if sandbox.recorder is not None:
        sandbox.recorder.add(asked, saved)
    sandbox.journal.keep_bodies(call.tid, asked.body, saved.body, asked.parameters)
    answer = response(sandbox, request, call, saved)
    return answer if fault is None else await trouble.after(answer, fault)


def _gateway(sandbox: Sandbox, request: Request, asked: Asked, call: Call) -> Response | None:
    """Who calls, for which company, and how often: None lets the call through."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = sandbox.grants.check(token) if scheme.lower() == "bearer" else "Bearer token missing"
    if not isinstance(access, Access):
        return gateway_fault(sandbox, call, 401, "3200", "AuthenticationFailed", access)
    if access.realm != asked.realm or ACCOUNTING_SCOPE not in access.scopes:
        detail = "The token is for another company, or without the accounting scope"
        return gateway_fault(sandbox, call, 403, "3100", "ApplicationAuthorizationFailed", detail)
    call.app = access.app
    return admit(sandbox, call)


def admit(sandbox: Sandbox, call: Call) -> Response | None:
    """The limits and the month's allowance: None lets the call through."""
    dials = sandbox.dials
    if dials.throttle:
        wait = sandbox.throttle.admit(call.realm, call.app, call.kind, factor=dials.throttle_factor)
        if wait is not None:
            return too_many(sandbox, call, wait)
    if dials.metered and call.metered and sandbox.meter.is_spent(call.app):
        detail = "The app has used up the calls of this month"
        return gateway_fault(sandbox, call, 403, "3100", "ApplicationAuthorizationFailed", detail)
    return None
