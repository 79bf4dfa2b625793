"""What the gateway before the books says: its headers, its errors that are not JSON, and its pages."""

import uuid
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.responses import JSONResponse, Response

from qbsync.sandbox.clock import Clock, envelope_time

QBO_VERSION: Final = "1802.1292"
STATUS_TITLES: Final = {
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"
}  # fmt: skip


def common_headers(tid: str, service_seconds: float) -> dict[str, str]:
    return {
        "intuit_tid": tid,
        "QBO-Version": QBO_VERSION,
        "Service-Time": str(int(service_seconds * 1000)),
        "Server": "nginx",
        "Cache-Control": "no-store",
    }


def new_tid() -> str:
    return str(uuid.uuid4())


def gateway_error(
    clock: Clock,
    status: int,
    *,
    code: str,
    name: str,
    detail: str,
    kind: str,
    style: str,
    headers: Mapping[str, str],
) -> Response:
    """401, 403 and 429 as the gateway writes them: XML whatever was asked for, or its own lower-case JSON."""
    message = f"message={name}; errorCode={int(code):06d}; statusCode={status}"
    if style == "json":
        return JSONResponse(
            _gateway_json(clock, message, detail, code, kind), status_code=status, headers=dict(headers)
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time="{envelope_time(clock.seconds())}" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="{kind}"><Error code="{code}"><Message>{escape(message)}</Message>'
        f"<Detail>{escape(detail)}</Detail></Error></Fault></IntuitResponse>"
    )
    return Response(text, status_code=status, media_type="application/xml", headers=dict(headers))


def _gateway_json(clock: Clock, message: str, detail: str, code: str, kind: str) -> dict[str, Any]:
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "cdcresponse": [],
        "requestId": None,
        "time": int(clock.seconds() * 1000),
        "status": None,
    }


def html_page(status: int, title: str, headers: Mapping[str, str]) -> Response:
    """What a proxy says when the service behind it is away."""
    text = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center>"
    text += f"<h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    return Response(text, status_code=status, media_type="text/html", headers=dict(headers))
