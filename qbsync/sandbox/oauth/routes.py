"""OAuth 2.0 as QuickBooks does it: discovery, the consent page, tokens, revocation and the user's card."""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from qbsync.sandbox.api.gateway import STATUS_TITLES, common_headers, html_page, new_tid
from qbsync.sandbox.api.wire import CutOff
from qbsync.sandbox.control.journal import Call
from qbsync.sandbox.control.mischief import Mischief
from qbsync.sandbox.oauth.grants import Access, GrantError
from qbsync.sandbox.oauth.identity import ISSUER, card
from qbsync.sandbox.state import Dials, Sandbox
from qbsync.sandbox.strict_json import read_json
from qbsync.sandbox.website.html import consent_page, refusal_page

SCOPES: Final = frozenset({
    "com.intuit.quickbooks.accounting", "com.intuit.quickbooks.payment",
    "com.intuit.quickbooks.payroll", "com.intuit.quickbooks.payroll.timetracking",
    "com.intuit.quickbooks.payroll.benefits", "payroll.compensation.read",
    "project-management.project", "app-foundations.custom-field-definitions",
    "app-foundations.custom-field-definitions.read", "indirect-tax.tax-calculation.quickbooks",
    "openid", "profile", "email", "phone", "address", "intuit_name",
})  # fmt: skip
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HARD_EXPIRY_HEADER: Final = "x-include-refresh-token-hard-expires-in"
PENDING_MAX: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A consent page that was shown and not yet answered."""

    app: str
    scope: str
    redirect_uri: str
    state: str


async def discovery(request: Request) -> Response:
    base = str(request.base_url).rstrip("/")
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}/connect/oauth2",
            "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{base}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }
    )


# consent


def is_registered(redirect_uri: str, dials: Dials) -> bool:
    """Letter by letter one of the app's own, or any loopback http address. Never with a query or a fragment."""
    if "?" in redirect_uri or "#" in redirect_uri:
        return False
    return redirect_uri in dials.redirect_uris or (dials.loopback_redirects and _is_loopback(redirect_uri))


def _is_loopback(redirect_uri: str) -> bool:
    try:
        parts = urlsplit(redirect_uri)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in LOOPBACK and parts.username is None and port_is_valid


async def consent(request: Request) -> Response:
    """GET: show who asks for what. POST: the user's answer goes back to the app."""
    if request.method == "POST":
        return await _answer_consent(request)
    sandbox: Sandbox = request.app.state.sandbox
    asked = request.query_params
    redirect_uri, state = asked.get("redirect_uri", ""), asked.get("state", "")
    app = asked.get("client_id", "")
    if app not in sandbox.dials.apps():
        return refusal_page("The app is not known: check its client id.")
    if not is_registered(redirect_uri, sandbox.dials):
        return refusal_page("The redirect_uri is not registered for this app, or carries query parameters.")
    if asked.get("response_type") != "code":
        return refusal_page("The response_type must be code.")
    if not state:
        return refusal_page("The state is missing: without it the app cannot tell its own request from a forged one.")
    scopes = asked.get("scope", "").split()
    if not scopes or not SCOPES.issuperset(scopes):
        return _back(redirect_uri, {"error": "invalid_scope", "state": state})
    pending: dict[str, Pending] = request.app.state.pending
    while len(pending) >= PENDING_MAX:
        pending.pop(next(iter(pending)))
    ticket = secrets.token_urlsafe(24)
    pending[ticket] = Pending(app=app, scope=" ".join(scopes), redirect_uri=redirect_uri, state=state)
    return consent_page(ticket, scopes, sandbox.store.companies())


async def _answer_consent(request: Request) -> Response:
    """Without a chosen company the first is meant; without a chosen button *Connect* is."""
    sandbox: Sandbox = request.app.state.sandbox
    form = await request.form()
    pending: Pending | None = request.app.state.pending.pop(str(form.get("request", "")), None)
    if pending is None:
        return refusal_page("This page has been answered before or is too old. Start again from the app.")
    if form.get("decision", "connect") != "connect":
        return _back(pending.redirect_uri, {"error": "access_denied", "state": pending.state})
    realms = [realm for realm, _ in sandbox.store.companies()]
    realm = str(form.get("realmId", realms[0]))
    if realm not in realms:
        return refusal_page("There is no such company.")
    code = sandbox.grants.authorize(
        app=pending.app, realm=realm, scope=pending.scope, redirect_uri=pending.redirect_uri
    )
    return _back(pending.redirect_uri, {"code": code, "state": pending.state, "realmId": realm})


def _back(redirect_uri: str, answer: dict[str, str]) -> Response:
    return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", status_code=302)


# tokens


async def token(request: Request) -> Response:
    return await _recorded(request, "token", ("token",), _token)


async def revoke(request: Request) -> Response:
    return await _recorded(request, "revoke", ("revoke",), _revoke)


async def _recorded(request: Request, kind: str, labels: tuple[str, ...], handler: Any) -> Response:
    """Faults on demand and the journal's line, which never holds a code or a token."""
    sandbox: Sandbox = request.app.state.sandbox
    body = await request.body()
    fault = sandbox.armed.strike((*labels, request.url.path))
    call = Call(
        method=request.method,
        path=request.url.path,
        kind=kind,
        tid=new_tid(),
        started=sandbox.clock.seconds(),
        caller=request.headers.get("user-agent", ""),
        fault=fault.kind if fault else None,
    )
    response = await _with_fault(request, sandbox, body, fault, handler)
    for name, value in common_headers(call.tid, 0).items():
        response.headers[name] = value
    call.status = 0 if isinstance(response, CutOff) else response.status_code
    call.ended = sandbox.clock.seconds()
    sandbox.journal.add(call)
    return response


async def _with_fault(
    request: Request, sandbox: Sandbox, body: bytes, fault: Mischief | None, handler: Any
) -> Response:
    kind = fault.kind if fault else ""
    if fault and kind == "drop_before":
        return CutOff()
    if fault and kind in {"status", "throttle", "system"}:
        status = {"status": fault.status, "throttle": 429, "system": 500}[kind]
        return html_page(status, STATUS_TITLES.get(status, "Error"), {})
    if fault and kind == "slow":
        await fault.wait()
    response: Response = await handler(request, sandbox, body)
    if fault and kind == "slow_after":
        await fault.wait()
    if kind == "drop_after_write":
        return CutOff()
    if kind == "truncated":
        return CutOff(response, 0.5)
    if kind == "malformed":
        return Response(bytes(response.body)[:-2] + b',"', media_type="application/json")
    return response


async def _token(request: Request, sandbox: Sandbox, body: bytes) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    app = _known_client(request, sandbox, form)
    if app is None:
        return _invalid_client(sandbox)
    try:
        answer = _grant(sandbox, app, form)
    except GrantError as refused:
        return JSONResponse({"error": refused.error, "error_description": refused.description}, status_code=400)
    if request.headers.get(HARD_EXPIRY_HEADER) != "true":
        del answer["x_refresh_token_hard_expires_in"]
    access = sandbox.grants.check(answer["access_token"])
    if isinstance(access, Access) and "openid" in access.scopes:
        answer["id_token"] = sandbox.identity.id_token(app, access.realm)
    return JSONResponse(answer)


def _invalid_client(sandbox: Sandbox) -> Response:
    return JSONResponse({"error": "invalid_client"}, status_code=sandbox.dials.invalid_client_status)


def _grant(sandbox: Sandbox, app: str, form: dict[str, str]) -> dict[str, Any]:
    rules = sandbox.dials.grant_rules()
    match form.get("grant_type"):
        case "authorization_code":
            return sandbox.grants.exchange(app, form.get("code", ""), form.get("redirect_uri", ""), rules)
        case "refresh_token":
            return sandbox.grants.refresh(app, form.get("refresh_token", ""), rules)
        case _:
            raise GrantError("unsupported_grant_type", "Use authorization_code or refresh_token")


def _known_client(request: Request, sandbox: Sandbox, form: dict[str, str]) -> str | None:
    """The app that authenticates, by Basic or by id and secret in the form; its secret is compared in constant time."""
    given = _basic(request.headers.get("authorization", ""))
    client_id, secret = given or (form.get("client_id", ""), form.get("client_secret", ""))
    held = sandbox.dials.apps().get(client_id)
    right = hmac.compare_digest(secret.encode(), (held or "").encode())
    return client_id if held is not None and right else None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    return client_id, secret


async def _revoke(request: Request, sandbox: Sandbox, body: bytes) -> Response:
    """JSON `{"token": …}`; a form is accepted too. An unknown token is refused with 400."""
    form: dict[str, Any] = {}
    if "json" in request.headers.get("content-type", ""):
        try:
            form = read_json(body)
        except ValueError:
            form = {}
    else:
        form = dict(await request.form())
    app = _known_client(request, sandbox, {})
    if app is None:
        return _invalid_client(sandbox)
    if not isinstance(form, dict) or not sandbox.grants.revoke(app, str(form.get("token", ""))):
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    return Response(status_code=200)


async def userinfo(request: Request) -> Response:
    """The fields of the scopes that were granted, `openid` among them."""
    sandbox: Sandbox = request.app.state.sandbox
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    access = sandbox.grants.check(bearer) if scheme.lower() == "bearer" else None
    if not isinstance(access, Access) or "openid" not in access.scopes:
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    return JSONResponse(card(access.scopes))


async def jwks(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    return JSONResponse(sandbox.identity.key_set())
