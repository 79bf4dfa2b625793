"""Who may steer: loopback callers, JSON in and out, and a sentence for what makes no sense."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qbsync.sandbox.company.faults import RefusalError, whole_text
from qbsync.sandbox.company.store import to_text
from qbsync.sandbox.oauth.routes import LOOPBACK
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.strict_json import read_json

Body = dict[str, Any]
Handler = Callable[[Sandbox, Request, Body], Any]


class WishError(Exception):
    """The control call itself makes no sense: answered with 400 and a sentence."""


def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Loopback callers only; a JSON body in, JSON out; a refusal by the books comes back as their Fault."""

    async def endpoint(request: Request) -> Response:
        if not is_local(request):
            return JSONResponse({"error": "the control API answers loopback callers only"}, status_code=403)
        raw = await request.body()
        try:
            wish = read_json(raw) if raw else {}
            if not isinstance(wish, dict):
                raise WishError("the body must be a JSON object")
            answer = handler(request.app.state.sandbox, request, wish)
            if isawaitable(answer):
                answer = await answer
        except RefusalError as refusal:
            return JSONResponse({"Fault": refusal.as_json()}, status_code=refusal.http_status)
        except (WishError, ValueError, KeyError, TypeError, ArithmeticError) as trouble:
            return JSONResponse({"error": whole_text(str(trouble))}, status_code=400)
        return Response(to_text(answer), media_type="application/json")

    return endpoint


def is_local(request: Request) -> bool:
    """The caller's address and the name it used are both loopback, and no other site's page sent it here."""
    caller = request.client.host if request.client else ""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return caller in LOOPBACK and request.url.hostname in LOOPBACK and origin in {None, own}
