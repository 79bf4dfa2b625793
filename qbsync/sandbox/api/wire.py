"""The last step to the socket: break a connection on purpose, or write an answer as XML."""

import asyncio
import contextlib
import re
import signal
import socket
import struct
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_transports: dict[tuple[str, int], asyncio.Transport] = {}


class SandboxProtocol(H11Protocol):
    """Remembers each client's transport so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            _transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _transports.pop(self.client, None)
        super().connection_lost(exc)


class SandboxServer(uvicorn.Server):
    """Ends quietly on SIGTERM and SIGINT: a stop that was asked for is not an error."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self.should_exit = True

        handlers = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


def cut(client: tuple[str, int]) -> None:
    """Close the client's connection with a reset; what was not sent is lost."""
    transport = _transports.get(client)
    if transport is None:
        return
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class CutOff(Response):
    """Sends the headers and a share of the body of an answer (nothing if it is 0), then cuts."""

    def __init__(self, answer: Response | None = None, share: float = 0.0) -> None:
        super().__init__()
        self.answer = answer
        self.share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.answer is not None and self.share:
            body = bytes(self.answer.body)
            headers = self.answer.raw_headers
            await send({"type": "http.response.start", "status": self.answer.status_code, "headers": headers})
            part = body[: int(len(body) * self.share)]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0.05)  # lets the first part leave before the reset
        cut((scope["client"][0], scope["client"][1]))
        while (await receive())["type"] != "http.disconnect":
            pass


def as_xml(answer: Mapping[str, Any]) -> bytes:
    """The same answer as the service gives it without `Accept: application/json`."""
    time = str(answer.get("time", ""))
    parts = "".join(_element(name, value) for name, value in answer.items() if name != "time")
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time={quoteattr(time)}>'
        f"{parts}</IntuitResponse>"
    )
    return NOT_IN_XML.sub("\ufffd", text).encode(errors="replace")


FIRST = ("Id", "SyncToken", "MetaData")
ATTRIBUTES = (
    "domain",
    "sparse",
    "status",
    "startPosition",
    "maxResults",
    "totalCount",
    "type",
    "code",
    "element",
    "bId",
    "group",
)


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(_text(value))}</{name}>"
    if name == "ColData":
        return f"<{name}{''.join(f' {key}={quoteattr(_text(part))}' for key, part in value.items())}/>"
    if value.keys() <= {"value", "name", "type"}:
        label = "".join(f" {key}={quoteattr(_text(value[key]))}" for key in ("name", "type") if key in value)
        return f"<{name}{label}>{escape(str(value.get('value', '')))}</{name}>"
    marks = "".join(f" {key}={quoteattr(_text(value[key]))}" for key in ATTRIBUTES if key in value)
    inner = "".join(_element(key, value[key]) for key in sorted(value, key=_place) if key not in ATTRIBUTES)
    return f"<{name}{marks}>{inner}</{name}>"


def _place(name: str) -> int:
    """In the schema these three stand before all others, which keep their order."""
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
