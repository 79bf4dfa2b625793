"""What the tests of the QuickBooks edge share: a tiny server with a script, and small honest doubles."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from qbsync.domain.connection import Environment
from qbsync.qbo.endpoints import endpoints_for
from qbsync.qbo.transport import Transport

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REALM = "9130357766900100"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server answers. `manner` may be "whole", "truncated", "reset" or "silent"."""

    status: int = 200
    body: str = "{}"
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "whole"


class ScriptedServer(ThreadingHTTPServer):
    """Answers with the replies of its script, one after the other; the last one stays."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: list[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.asked = script, list[Asked]()
        self.answer: Callable[[Asked], Reply] | None = None
        self.released = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.answer is not None:
            return self.answer(asked)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
        self._give(self.server.reply_to(asked))

    def _give(self, reply: Reply) -> None:
        if reply.manner == "silent":
            self.server.released.wait(5)
            self.close_connection = True
            return
        if reply.manner == "reset":
            self._reset()
            return
        data = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(data) + (50 if reply.manner == "truncated" else 0)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = reply.manner == "truncated"

    def _reset(self) -> None:
        linger_off = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        if not self.wfile.closed:
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(*script: Reply) -> Iterator[ScriptedServer]:
    """A running server with this script."""
    server = ScriptedServer(list(script) or [Reply()])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


@dataclass
class CountingTokens:
    """Tokens token-1, token-2, …: each rejection gives the next."""

    number: int = 1

    def access_token(self) -> str:
        return f"token-{self.number}"

    def access_rejected(self, token: str) -> str:
        assert token == self.access_token()
        self.number += 1
        return self.access_token()


@dataclass
class RecordingThrottle:
    """Lets everybody through after `seconds`, and remembers what it was asked and told."""

    seconds: float = 0.0
    reserved: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    paused: list[datetime] = field(default_factory=list)

    def reserve(self, channel: str) -> float:
        self.reserved.append(channel)
        return self.seconds

    def not_answered(self, channel: str) -> None:
        self.unanswered.append(channel)

    def pause_until(self, moment: datetime) -> None:
        self.paused.append(moment)


@dataclass
class Harness:
    """A transport with everything it leans on in view."""

    transport: Transport
    tokens: CountingTokens
    throttle: RecordingThrottle
    slept: list[float]
    accepted: list[str]


def harness(
    base: str,
    *,
    read_seconds: float = 5.0,
    clock: Callable[[], datetime] = lambda: NOW,
    sleeper: Callable[[float], None] | None = None,
) -> Harness:
    """A transport towards `base` whose clock stands still and whose sleep takes no time."""
    tokens, throttle, slept, accepted = CountingTokens(), RecordingThrottle(), list[float](), list[str]()
    transport = Transport(
        endpoints=endpoints_for(Environment.LOCAL, local_base=base),
        realm_id=REALM,
        tokens=tokens,
        throttle=throttle,
        clock=clock,
        sleeper=sleeper or slept.append,
        accepted=accepted.append,
        read_seconds=read_seconds,
    )
    return Harness(transport, tokens, throttle, slept, accepted)
