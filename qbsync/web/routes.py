"""The addresses beside the dashboard: QuickBooks' consent, there and back, and the health check."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qbsync.bootstrap import App
from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import (
    BadInput,
    ConsentRefused,
    LedgerError,
    QbsyncError,
    StoreUnavailable,
    WrongCompany,
)

COOKIE = "qbsync_consent"
COOKIE_SECONDS = 600  # as long as a consent may take
COOKIE_PATH = "/oauth/qbo"
SEE_OTHER = 303

log = structlog.get_logger(__name__)

Product = Callable[[], App]


def routes(product: Product) -> list[BaseRoute]:
    """Our own routes. Handlers are plain functions, so they run in threads and may wait."""
    return [
        Route("/oauth/qbo/start", lambda request: start(request, product()), methods=["GET"]),
        Route("/oauth/qbo/callback", lambda request: come_back(request, product()), methods=["GET"]),
        Route("/healthz", lambda request: health(request, product()), methods=["GET"]),
    ]


def start(request: Request, app: App) -> Response:
    """Begin a consent: this browser is remembered by a cookie, then sent to QuickBooks.

    `?beside=1` asks for one more company beside those that are connected.
    """
    try:
        address = app.connecting.begin(app.settings.user, beside=request.query_params.get("beside") == "1")
    except QbsyncError as error:
        return _back(_reason(error), error)
    state = parse_qs(urlsplit(address).query).get("state", [""])[0]
    answer = RedirectResponse(address, SEE_OTHER)
    answer.set_cookie(COOKIE, digest(state), max_age=COOKIE_SECONDS, path=COOKIE_PATH, httponly=True, samesite="lax")
    return answer


def come_back(request: Request, app: App) -> Response:
    """Take back a consent from the browser that began it. The code never reaches the dashboard."""
    given = request.query_params
    state = given.get("state", "")
    if not state or not hmac.compare_digest(digest(state), request.cookies.get(COOKIE, "")):
        return _back("other_browser")
    try:
        app.connecting.finish(
            state=state,
            code=given.get("code", ""),
            realm_id=given.get("realmId", ""),
            error=given.get("error", ""),
        )
    except LedgerError as error:
        if not _is_connected(app, given.get("realmId", "")):
            return _back("unavailable", error)
        log.warning("consent.lists_missing", error=str(error), trace=error.trace)
        return _to_connection(result="ok", reason="lists")
    except QbsyncError as error:
        return _back("declined" if given.get("error") else _reason(error), error)
    return _to_connection(result="ok")


def _is_connected(app: App, realm_id: str) -> bool:
    """Whether the consent itself was kept, although QuickBooks did not give its lists."""
    return any(one.realm_id == realm_id and one.state is ConnectionState.CONNECTED for one in app.connections.ours())


def health(_request: Request, app: App) -> Response:
    """Whether the dashboard can serve: the database answers."""
    try:
        app.notices.unread()
    except (StoreUnavailable, OSError) as error:
        log.warning("health.database", error=str(error))
        return JSONResponse({"database": "unavailable"}, status_code=503)
    return JSONResponse({"database": "ok"})


def digest(state: str) -> str:
    """What the cookie holds: it proves that this browser knows the state, and does not give it away."""
    return hashlib.sha256(state.encode()).hexdigest()


def _reason(error: QbsyncError) -> str:
    match error:
        case WrongCompany():
            return "other_company"
        case ConsentRefused():
            return "too_old"
        case LedgerError():
            return "unavailable"
        case BadInput():
            return "not_set_up"
        case _:
            return "failed"


def _back(reason: str, error: QbsyncError | None = None) -> Response:
    log.info("consent.refused", reason=reason, error=str(error or ""))
    return _to_connection(result="refused", reason=reason)


def _to_connection(**outcome: str) -> Response:
    answer = RedirectResponse(f"/connection?{urlencode(outcome)}", SEE_OTHER)
    answer.delete_cookie(COOKIE, path=COOKIE_PATH)
    return answer
