"""Sign in to QuickBooks: the addresses, the consent link, and tokens got, renewed and ended (OAuth 2.0)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
import structlog
from oauthlib.oauth2 import OAuth2Error
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from qbsync.domain.connection import TokenSet
from qbsync.domain.errors import BadInput, ConnectionExpired, QbsyncError, Unavailable
from qbsync.domain.ports import Clock
from qbsync.qbo.endpoints import is_loopback, is_safe
from qbsync.qbo.transport import USER_AGENT
from qbsync.qbo.wire_json import Json, loads

ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting"
TIMEOUTS_SECONDS = (10.0, 30.0)  # to connect, to answer
REFRESH_SECONDS = 100 * 24 * 3600  # how long a refresh token lasts when QuickBooks does not say

_HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
_SETTINGS = "QBSYNC_QBO_CLIENT_ID and QBSYNC_QBO_CLIENT_SECRET"
_CODE_SPENT = (
    "The consent could not be completed: its code was used before or has run out. "
    "Press Connect on the Connection page and consent again."
)
_CONSENT_ENDED = (
    "The consent for this QuickBooks company has ended: it ran out, was withdrawn in QuickBooks, or was "
    "replaced by a newer one. Press Connect on the Connection page to give it again."
)

log = structlog.get_logger(__name__)


def _quiet(record: logging.LogRecord) -> bool:
    """The library's debug lines hold whole token answers; they must reach no handler."""
    return record.levelno >= logging.WARNING


logging.getLogger("requests_oauthlib.oauth2_session").addFilter(_quiet)


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """The sign-in addresses that a QuickBooks publishes."""

    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str


class OAuthClient:
    """Our app's side of the consent. Knows the app's id and secret; keeps no tokens."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        discovery_url: str,
        clock: Clock,
        scopes: Sequence[str] = (ACCOUNTING_SCOPE,),
        user_agent: str = USER_AGENT,
        timeouts_seconds: tuple[float, float] = TIMEOUTS_SECONDS,
    ) -> None:
        if not client_id or not client_secret:
            raise BadInput(f"QuickBooks cannot be connected yet: set {_SETTINGS}.")
        self._client_id, self._basic = client_id, HTTPBasicAuth(client_id, client_secret)
        self._discovery_url, self._scopes, self._clock = discovery_url, tuple(scopes), clock
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._timeouts = timeouts_seconds
        self._discovered: Discovery | None = None

    def __repr__(self) -> str:
        return f"OAuthClient(discovery_url={self._discovery_url!r})"

    def discovery(self) -> Discovery:
        """The sign-in addresses, fetched once. Raises Unavailable, or BadInput for unsafe addresses."""
        if self._discovered is None:
            self._discovered = _read_discovery(self._get_discovery())
        return self._discovered

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Where to send the person who consents. They come back to `redirect_uri` with this `state`."""
        address = self.discovery().authorization_endpoint
        session = self._session(address, redirect_uri=redirect_uri, scope=list(self._scopes))
        url, _ = session.authorization_url(_as_https(address), state=state)
        return _as_given(str(url), address)

    def exchange(self, code: str, redirect_uri: str) -> TokenSet:
        """Tokens for a consent's code; a code works once.

        Raises ConnectionExpired for a spent code, BadInput for wrong settings, else Unavailable.
        """
        address = self.discovery().token_endpoint
        with self._session(address, redirect_uri=redirect_uri) as session:
            _watch(session, _CODE_SPENT)
            return self._tokens(
                "exchange",
                lambda: session.fetch_token(
                    _as_https(address),
                    code=code,
                    auth=self._basic,
                    include_client_id=False,
                    timeout=self._timeouts,
                    headers=self._token_headers(),
                ),
            )

    def refresh(self, refresh_token: str) -> TokenSet:
        """A newer pair of tokens; store both, for the old refresh token may have ended.

        Raises ConnectionExpired when a person must consent again, BadInput for wrong settings,
        else Unavailable.
        """
        address = self.discovery().token_endpoint
        with self._session(address) as session:
            _watch(session, _CONSENT_ENDED)
            return self._tokens(
                "refresh",
                lambda: session.refresh_token(
                    _as_https(address),
                    refresh_token=refresh_token,
                    auth=self._basic,
                    timeout=self._timeouts,
                    headers=self._token_headers(),
                ),
            )

    def revoke(self, token: str) -> None:
        """End the whole consent, given either of its tokens. One that has ended already is no error.

        Raises Unavailable when QuickBooks did not confirm, BadInput for wrong settings.
        """
        response = self._request("POST", self.discovery().revocation_endpoint, json={"token": token})
        if response.status_code < 300 or _error_name(response) in ("invalid_grant", "invalid_token"):
            log.info("oauth_revoked", status=response.status_code)
            return
        raise _refusal(response, _CONSENT_ENDED)

    def _get_discovery(self) -> Json:
        response = self._request("GET", self._discovery_url)
        found = _json(response)
        if response.status_code != 200 or not found:
            raise Unavailable("QuickBooks' sign-in addresses could not be read. Try again in a few minutes.")
        return found

    def _request(self, method: str, url: str, json: Json | None = None) -> requests.Response:
        """A plain request of ours. The app's secret goes along with a POST only."""
        try:
            return requests.request(
                method,
                url,
                json=json,
                auth=self._basic if method == "POST" else _no_auth,
                headers=self._headers,
                timeout=self._timeouts,
                allow_redirects=method == "GET",
            )
        except (requests.RequestException, ValueError):
            raise _unreachable() from None

    def _session(self, address: str, **given: Any) -> OAuth2Session:
        session = OAuth2Session(self._client_id, **given)
        session.max_redirects = 0
        session.headers.update(self._headers)
        if is_loopback(address) and address.startswith("http://"):
            session.mount(_origin(_as_https(address)), _PlainLoopback())
        return session

    def _token_headers(self) -> dict[str, str]:
        return {
            **self._headers,
            "Content-Type": "application/x-www-form-urlencoded",
            _HARD_EXPIRY_HEADER: "true",
        }

    def _tokens(self, what: str, ask: Callable[[], Mapping[str, Any]]) -> TokenSet:
        asked_at = self._clock()
        try:
            found = _token_set(ask(), asked_at)
        except requests.RequestException:
            raise _unreachable() from None
        except (OAuth2Error, KeyError, TypeError, ValueError):
            raise Unavailable("The answer of QuickBooks' sign-in could not be read. Try again.") from None
        log.info("oauth_tokens", what=what, access_expires_at=found.access_expires_at.isoformat())
        return found


class _PlainLoopback(HTTPAdapter):
    """Speaks plain http where the library insists on writing https: to the QuickBooks on this machine.

    The library's own switch for this is an environment variable, which would open every address.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = "http://" + (request.url or "").removeprefix("https://")
        return super().send(request, *args, **kwargs)


def _as_https(address: str) -> str:
    return "https://" + address.partition("://")[2]


def _as_given(url: str, address: str) -> str:
    return address.partition("://")[0] + "://" + url.partition("://")[2]


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3]) + "/"


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps a .netrc file from adding credentials of its own."""
    return request


def _watch(session: OAuth2Session, sentence: str) -> None:
    """Let us judge the answer before the library does: it knows neither time-outs nor our exceptions."""

    def judge(response: requests.Response) -> requests.Response:
        if response.status_code != 200 or not _json(response).get("access_token"):
            raise _refusal(response, sentence)
        return response

    session.register_compliance_hook("access_token_response", judge)
    session.register_compliance_hook("refresh_token_response", judge)


def _refusal(response: requests.Response, sentence: str) -> QbsyncError:
    name = _error_name(response)
    if name == "invalid_grant":
        return ConnectionExpired(sentence, trace=str(response.headers.get("intuit_tid", "")))
    if name == "invalid_client" or (response.status_code == 401 and not name):
        return BadInput(f"QuickBooks does not know our app by its id and secret. Check {_SETTINGS}.")
    if name and 400 <= response.status_code < 500 and response.status_code not in (408, 429):
        return BadInput(f"QuickBooks' sign-in turned the request away ({name}). Check the app's settings.")
    return Unavailable("QuickBooks' sign-in is not working just now. Try again in a few minutes.")


def _unreachable() -> Unavailable:
    return Unavailable("QuickBooks' sign-in could not be reached. Try again in a few minutes.")


def _json(response: requests.Response) -> Json:
    try:
        found = loads(response.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error_name(response: requests.Response) -> str:
    """The error's name, such as invalid_grant; anything that does not look like a name is dropped."""
    name = str(_json(response).get("error", ""))
    return name if name.replace("_", "").isalpha() and len(name) <= 40 else ""


def _read_discovery(found: Json) -> Discovery:
    names = ("authorization_endpoint", "token_endpoint", "revocation_endpoint")
    unsafe = [name for name in names if not is_safe(str(found.get(name, "")))]
    if unsafe:
        raise BadInput(f"QuickBooks' sign-in document has no safe {unsafe[0]}. Check QBSYNC_QBO_DISCOVERY_URL.")
    return Discovery(**{name: str(found[name]) for name in names})


def _token_set(found: Mapping[str, Any], asked_at: datetime) -> TokenSet:
    """Tokens with the times at which they end, reckoned from when they were asked for."""
    hard_seconds = found.get("x_refresh_token_hard_expires_in")
    return TokenSet(
        access_token=str(found["access_token"]),
        refresh_token=str(found["refresh_token"]),
        access_expires_at=asked_at + timedelta(seconds=int(found["expires_in"])),
        refresh_expires_at=asked_at
        + timedelta(seconds=int(found.get("x_refresh_token_expires_in") or REFRESH_SECONDS)),
        hard_expires_at=asked_at + timedelta(seconds=int(hard_seconds)) if hard_seconds else None,
    )
