"""Somebody else's server on a port of its own: whoever asks it for anything has taken the bait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Bait(ThreadingHTTPServer):
    """Keeps what it is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taken)
        self.taken: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Taken(BaseHTTPRequestHandler):
    server: Bait

    def do_GET(self) -> None:
        self.server.taken.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def laid() -> Iterator[Bait]:
    """A bait that listens meanwhile."""
    with Bait() as bait:
        thread = threading.Thread(target=bait.serve_forever, daemon=True)
        thread.start()
        yield bait
        bait.shutdown()
        thread.join()
