"""A ledger that costs nearly nothing, over real HTTP: it takes batches of any company, and notes what came twice.

The local QuickBooks is strict, and spends more on a batch than the product does; where a thousand companies are pushed
at once, it would be what is measured. `python -m bench.ledger --latency-ms 50` prints its address; `/stats` tells.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Books:
    """All companies' writes."""

    latency: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: dict[tuple[str, str], bytes] = field(default_factory=dict)  # realm and request id → its first answer
    names: Counter[tuple[str, str]] = field(default_factory=Counter)  # realm and name → how often it was made
    under_way: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    reads: int = 0
    overlapping: int = 0
    last_id: int = 0

    def batch(self, realm: str, request_id: str, body: dict[str, Any]) -> bytes:
        """Carry a batch out, once a request id."""
        with self.lock:
            self.batches += 1
            self.under_way[realm] += 1
            self.overlapping += self.under_way[realm] > 1
        time.sleep(self.latency)
        with self.lock:
            self.under_way[realm] -= 1
            key = (realm, request_id)
            if key not in self.answers:
                items = [self._made(realm, item) for item in body["BatchItemRequest"]]
                self.answers[key] = json.dumps({"BatchItemResponse": items}).encode()
            return self.answers[key]

    def _made(self, realm: str, item: dict[str, Any]) -> dict[str, Any]:
        entity = next(key for key in item if key not in ("bId", "operation"))
        self.last_id += 1
        self.names[realm, item[entity]["DisplayName"]] += 1
        return {"bId": item["bId"], entity: {**item[entity], "Id": str(self.last_id), "SyncToken": "0", "Active": True}}

    def query(self, statement: str) -> bytes:
        """Nothing is ever found: no colleague is at work here."""
        with self.lock:
            self.reads += 1
        time.sleep(self.latency)
        counted = "COUNT(*)" in statement.upper()
        return json.dumps({"QueryResponse": {"totalCount": 0} if counted else {}}).encode()

    def stats(self) -> bytes:
        with self.lock:
            doubled = sum(count - 1 for count in self.names.values())
            told = {"records": len(self.names), "doubled": doubled, "overlapping": self.overlapping}
            return json.dumps({**told, "batches": self.batches, "reads": self.reads}).encode()


class Handler(BaseHTTPRequestHandler):
    """`/v3/company/{realm}/batch` and `…/query`, and `/stats`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    books = Books()

    def do_GET(self) -> None:
        self._answer(self.books.stats())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        address = urlsplit(self.path)
        realm, what = address.path.split("/")[3:5]
        if what == "query":
            self._answer(self.books.query(body))
        else:
            self._answer(self.books.batch(realm, parse_qs(address.query)["requestid"][0], json.loads(body)))

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    options.add_argument("--latency-ms", type=int, default=0)
    Handler.books.latency = options.parse_args().latency_ms / 1000
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
