"""The way back: the envelope in JSON or XML, its headers, and the errors of the gateway."""

import gzip
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from qbsync.sandbox.api.asked import Asked
from qbsync.sandbox.api.gateway import common_headers, gateway_error
from qbsync.sandbox.api.replay import Saved
from qbsync.sandbox.api.wire import as_xml
from qbsync.sandbox.clock import envelope_time
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import to_text
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.state import Sandbox

GZIP_FROM_BYTES: Final = 1400
JSON: Final = "application/json;charset=UTF-8"
XML: Final = "application/xml;charset=UTF-8"


def envelope(sandbox: Sandbox, asked: Asked, answer: dict[str, Any], status: int = 200) -> Saved:
    """The answer with its time, in the form that the caller accepts."""
    answer = {**answer, "time": envelope_time(sandbox.clock.seconds())}
    if asked.wants_json:
        return Saved(status=status, content_type=JSON, body=to_text(answer).encode())
    return Saved(status=status, content_type=XML, body=as_xml(answer))


def report(sandbox: Sandbox, asked: Asked, told: dict[str, Any]) -> Saved:
    """A report in JSON is the whole answer, without an envelope and its time."""
    if asked.wants_json:
        return Saved(status=200, content_type=JSON, body=to_text(told).encode())
    return envelope(sandbox, asked, {"Report": told})


def response(sandbox: Sandbox, request: Request, call: Call, saved: Saved) -> Response:
    """The saved bytes with the headers of this call, zipped when that is accepted and worth it."""
    service_seconds = sandbox.clock.seconds() - call.started
    headers = {**common_headers(call.tid, service_seconds), "Content-Type": saved.content_type}
    body = saved.body
    if len(body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, saved.status, headers=headers)


def fault_response(sandbox: Sandbox, call: Call, refusal: RefusalError) -> Response:
    answer = {"Fault": refusal.as_json(), "time": envelope_time(sandbox.clock.seconds())}
    return Response(to_text(answer), refusal.http_status, headers={**common_headers(call.tid, 0), "Content-Type": JSON})


def gateway_fault(sandbox: Sandbox, call: Call, status: int, code: str, name: str, detail: str) -> Response:
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


def too_many(sandbox: Sandbox, call: Call, wait_seconds: int) -> Response:
    detail = "The request limit was reached.  Try again later"
    refused = gateway_fault(sandbox, call, 429, "3001", "ThrottleExceeded", detail)
    if sandbox.dials.retry_after:
        refused.headers["Retry-After"] = str(wait_seconds)
    return refused
