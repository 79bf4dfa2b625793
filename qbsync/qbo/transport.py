"""The only socket to QuickBooks' books: send a request, and turn each way it can fail into one exception.

A read that fails on the way, or meets a short "too many requests", is tried again a few times. A write never is:
when its answer is lost, it raises OutcomeUnknown, and whoever made the request id sends the very same body again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError
from typing import Any

import requests
import structlog
import tenacity
from requests.auth import AuthBase
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from qbsync.domain.errors import (
    ConnectionExpired,
    Fault,
    OutcomeUnknown,
    QbsyncError,
    Refused,
    Throttled,
    TransientError,
    Unavailable,
)
from qbsync.domain.ports import Clock, LastLook, Sleeper, Throttle, Tokens, no_last_look
from qbsync.qbo.endpoints import Endpoints
from qbsync.qbo.faults import THROTTLED, classify, faults_in, is_plain_refusal, parse_faults, rejects_our_token
from qbsync.qbo.wire_json import Json, loads

USER_AGENT = "qbsync/0.1 (QuickBooks Sync for ProForge Core)"
MINOR_VERSION = "75"
CONNECT_SECONDS = 10.0
READ_SECONDS = 130.0  # QuickBooks itself gives up after 120
READ_ATTEMPTS_MAX = 4
READ_PAUSE_SECONDS_MAX = 20.0
LATE_MAX = timedelta(milliseconds=100)  # how late a place of a request may be used
PLACES_MISSED_MAX = 3  # then the machine is so busy that requests hardly come at once
SHORT_PAUSE = timedelta(seconds=5)  # a read waits this long by itself when QuickBooks asks to slow down
THROTTLE_PAUSE = timedelta(seconds=60)  # when QuickBooks does not say how long
THROTTLE_PAUSE_MAX = timedelta(hours=1)

_LOST = (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, ContentDecodingError)
_NEVER_LEFT = (NewConnectionError, ConnectTimeoutError, ProxyError, SSLCertVerificationError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A good answer: its JSON object, and QuickBooks' own id of it (intuit_tid)."""

    body: Json = field(repr=False)
    trace: str


@dataclass(frozen=True, kw_only=True)
class _Call:
    """One request. `writes` says whether losing its answer may leave something behind in QuickBooks."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: str = field(default="", repr=False)
    content_type: str = "application/json"
    places: tuple[str, ...] = ("request",)  # taken from the throttle one after another
    writes: bool = False
    last_look: LastLook = no_last_look

    def lost(self, what: str, trace: str = "", code: str = "", faults: Sequence[Fault] = ()) -> QbsyncError:
        """The exception for an answer that did not come, or cannot be read."""
        if self.writes:
            return OutcomeUnknown(
                f"{what} QuickBooks may have done this already; it is asked again before anything else.",
                trace=trace,
                code=code,
                faults=faults,
            )
        sentence = f"{what} Nothing was changed. Try again in a few minutes."
        return Unavailable(sentence, trace=trace, code=code, faults=faults)


class Transport:
    """Talks to one QuickBooks company (`realm_id`), in each thread over a kept-alive connection of its own."""

    def __init__(
        self,
        *,
        endpoints: Endpoints,
        realm_id: str,
        tokens: Tokens,
        throttle: Throttle,
        clock: Clock,
        sleeper: Sleeper,
        accepted: Callable[[str], None] = lambda _: None,
        user_agent: str = USER_AGENT,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        read_attempts_max: int = READ_ATTEMPTS_MAX,
    ) -> None:
        """`accepted` is told each new access token that brought a good answer."""
        self.endpoints, self.realm_id = endpoints, realm_id
        self._accepted, self._last_accepted = accepted, ""
        self._tokens, self._throttle, self._clock, self._sleeper = tokens, throttle, clock, sleeper
        self._timeouts = (connect_seconds, read_seconds)
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._here = threading.local()
        self._sessions: list[requests.Session] = []
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._passes_soon),
            stop=tenacity.stop_after_attempt(read_attempts_max),
            wait=tenacity.wait_exponential(multiplier=1, max=READ_PAUSE_SECONDS_MAX),
            sleep=sleeper,
            reraise=True,
        )

    def __repr__(self) -> str:
        return f"Transport({self.endpoints.api_base!r}, realm_id={self.realm_id!r})"

    def close(self) -> None:
        """End the kept-alive connections."""
        while self._sessions:
            self._sessions.pop().close()

    def get(self, path: str) -> Answer:
        """Read a path of the company. Raises Unavailable, Throttled, Refused or ConnectionExpired."""
        return self._retrying(self._carry_out, _Call(method="GET", path=path))

    def query(self, statement: str) -> Answer:
        """Ask a query statement. Raises what `get` raises."""
        call = _Call(method="POST", path="query", body=statement, content_type="application/text")
        return self._retrying(self._carry_out, call)

    def write_batch(self, request_id: str, body: str, *, last_look: LastLook = no_last_look) -> Answer:
        """Post a batch once under a request id. Raises OutcomeUnknown too, when its answer is lost.

        `last_look` is called when the waiting for a place and a token is over, and what it raises keeps the request
        from leaving.
        """
        call = _Call(
            method="POST",
            path="batch",
            parameters={"requestid": request_id},
            body=body,
            places=("batch", "write"),
            writes=True,
            last_look=last_look,
        )
        return self._carry_out(call)

    def write_one(
        self, path: str, request_id: str, body: str, *, operation: str = "", last_look: LastLook = no_last_look
    ) -> Answer:
        """Post one record once under a request id. Raises what `write_batch` raises."""
        asked = {"operation": operation} if operation else {}
        call = _Call(
            method="POST",
            path=path,
            parameters={**asked, "requestid": request_id},
            body=body,
            places=("write",),
            writes=True,
            last_look=last_look,
        )
        return self._carry_out(call)

    def pause(self, retry_after: str | None = None) -> datetime:
        """Stop everybody's requests to this company for as long as QuickBooks asked; returns until when."""
        resume_at = self.resume_at(retry_after)
        self._throttle.pause_until(resume_at)
        return resume_at

    def resume_at(self, retry_after: str | None = None) -> datetime:
        """When to go on after "too many requests". `retry_after` is that header: seconds or a date."""
        now = self._clock()
        return min(max(now, _resume_time(retry_after, now)), now + THROTTLE_PAUSE_MAX)

    def _passes_soon(self, error: BaseException) -> bool:
        """Whether a read may simply be tried again; the throttle holds it back until a pause is over."""
        if isinstance(error, Throttled):
            return error.resume_at - self._clock() <= SHORT_PAUSE
        return isinstance(error, Unavailable)

    def _carry_out(self, call: _Call) -> Answer:
        token = self._tokens.access_token()
        response = self._exchange(call, token)
        if response.status_code == 401 or (response.status_code >= 400 and rejects_our_token(_named(response))):
            token = self._tokens.access_rejected(token)
            response = self._exchange(call, token)
        answer = self._judge(call, response)
        if token != self._last_accepted:
            self._last_accepted = token
            self._accepted(token)
        return answer

    def _exchange(self, call: _Call, token: str) -> requests.Response:
        for place in call.places:
            self._wait_for(place)
        status = 0
        try:
            call.last_look()
            response = self._sent(call, token)
            status = response.status_code
        finally:
            if status != 200:
                self._throttle.not_answered(call.places[-1])
        return response

    def _wait_for(self, place: str) -> None:
        """Wait for a place in the throttle.

        A place that a busy machine slept past is given up for another one: several late requests at once are more than
        QuickBooks takes in a second.
        """
        for missed in range(PLACES_MISSED_MAX + 1):
            wait = max(0.0, self._throttle.reserve(place))
            due = self._clock() + timedelta(seconds=wait)
            try:
                self._sleeper(wait)
            except QbsyncError:
                self._throttle.not_answered(place)
                raise
            is_late = place != "batch" and self._clock() > due + LATE_MAX
            if not is_late or missed == PLACES_MISSED_MAX:
                return
            self._throttle.not_answered(place)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._here, "session", None)
        if session is None:
            session = self._here.session = requests.Session()
            session.headers.update(self._headers)
            self._sessions.append(session)
        return session

    def _sent(self, call: _Call, token: str) -> requests.Response:
        try:
            response = self._session().request(
                call.method,
                f"{self.endpoints.api_base}/v3/company/{self.realm_id}/{call.path}",
                params={**call.parameters, "minorversion": MINOR_VERSION},
                data=call.body.encode() or None,
                headers={"Content-Type": call.content_type},
                auth=_Bearer(token),
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except _LOST as error:
            log.info("qbo_unanswered", method=call.method, path=call.path, error=type(error).__name__)
            raise _failure(call, error) from None
        _log_answer(call, response)
        return response

    def _judge(self, call: _Call, response: requests.Response) -> Answer:
        """The answer, when it is one; else raises what it means."""
        status, trace = response.status_code, _trace(response)
        body = _object(response) if status < 300 else None
        faults = faults_in(body) if body is not None else _named(response)
        if status == 429 or any(fault.code == THROTTLED for fault in faults):
            raise Throttled(self.pause(response.headers.get("Retry-After")), trace=trace)
        if faults:
            raise self._meaning(call, status, faults, trace)
        if status >= 500 or status == 408:
            raise call.lost(f"QuickBooks is in trouble (it answered with status {status}).", trace)
        if status == 401:  # a hiccup of the gateway: the token is a new one
            raise Unavailable("QuickBooks turned our sign-in away; nothing was carried out.", trace=trace)
        if status >= 400:
            raise Unavailable(
                f"QuickBooks turned the request away with status {status} and gave no reason; nothing was carried "
                "out. Try again in a few minutes.",
                trace=trace,
            )
        if body is None:
            raise call.lost("The answer of QuickBooks could not be read.", trace)
        return Answer(body=body, trace=trace)

    def _meaning(self, call: _Call, status: int, faults: Sequence[Fault], trace: str) -> QbsyncError:
        """The exception for errors that were named; beside a status of trouble only plain ones are believed."""
        error = classify(faults, resume_at=self.resume_at(), trace=trace, writes=call.writes)
        if status == 401 and isinstance(error, Refused):
            return Unavailable("QuickBooks turned our sign-in away; nothing was carried out.", trace=trace)
        if (status < 500 and status != 408) or isinstance(error, ConnectionExpired) or is_plain_refusal(error):
            return error
        code = error.code if isinstance(error, TransientError) else ""
        return call.lost(f"QuickBooks is in trouble (it answered with status {status}).", trace, code, faults)


class _Bearer(AuthBase):
    """Puts the access token on a request. Given as `auth`, because else a .netrc file would overrule it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _failure(call: _Call, error: requests.RequestException) -> QbsyncError:
    if _never_left(error):
        return Unavailable("QuickBooks could not be reached; nothing was sent. Try again in a few minutes.")
    return call.lost("QuickBooks did not answer.")


def _never_left(error: BaseException) -> bool:
    """Whether the connection was never made, so that QuickBooks cannot have seen the request."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return isinstance(reason, _NEVER_LEFT) or isinstance(getattr(reason, "args", [None])[0], _NEVER_LEFT)


def _resume_time(retry_after: str | None, now: datetime) -> datetime:
    if not retry_after:
        return now + THROTTLE_PAUSE
    if retry_after.strip().isdecimal():
        return now + timedelta(seconds=min(float(retry_after), THROTTLE_PAUSE_MAX.total_seconds()))
    try:
        found = parsedate_to_datetime(retry_after)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return now + THROTTLE_PAUSE


def _object(response: requests.Response) -> Json | None:
    """The JSON object of a body, or None when there is none to be read."""
    try:
        found: Any = loads(response.content.decode(response.encoding or "utf-8"))
    except (ValueError, LookupError):
        return None
    return found if isinstance(found, dict) else None


def _text(response: requests.Response) -> str:
    return response.content.decode("utf-8", errors="replace")


def _named(response: requests.Response) -> list[Fault]:
    """The errors that a body names."""
    return parse_faults(_text(response))


def _trace(response: requests.Response) -> str:
    return str(response.headers.get("intuit_tid", ""))


def _log_answer(call: _Call, response: requests.Response) -> None:
    """Say what was asked and how it went: never a parameter, a body or a token."""
    say = log.info if call.writes or response.status_code >= 400 else log.debug
    say(
        "qbo_answered",
        method=call.method,
        path=call.path,
        status=response.status_code,
        trace=_trace(response),
        milliseconds=round(response.elapsed.total_seconds() * 1000),
    )
