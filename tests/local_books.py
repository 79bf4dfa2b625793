"""A local QuickBooks as a real process, spoken to over plain HTTP: the tests' own reading of what it holds."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

REALM = "9130357766900100"
START_SECONDS_MAX = 30


@dataclass
class LocalBooks:
    """One running local QuickBooks."""

    port: int
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    @contextmanager
    def running(cls, state: Path, *options: str, throttled: bool = False) -> Iterator[LocalBooks]:
        """Serve the company file `state` on a free port, without limits unless they are what is tested."""
        command = [sys.executable, "-m", "qbsync.sandbox", "serve", "--port", "0"]
        if not throttled:
            command.append("--no-throttle")
        process = subprocess.Popen(
            [*command, "--state", str(state), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield cls(_port_of(process), process)
        finally:
            process.terminate()
            process.wait(timeout=10)
            if process.stdout:
                process.stdout.close()

    def control(self, path: str, **body: Any) -> Any:
        """Ask the control API: with a body it changes something, without one it tells."""
        address = f"{self.base}/_sandbox/{path}"
        answer = requests.post(address, json=body, timeout=10) if body else requests.get(address, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def disarm(self) -> None:
        """Take back all faults that are armed."""
        requests.delete(f"{self.base}/_sandbox/faults", timeout=10).raise_for_status()

    def applied(self, realm: str = REALM) -> list[dict[str, Any]]:
        """Every write that was carried out in a company."""
        found = self.control(f"{realm}/applied")
        rows: list[dict[str, Any]] = found["applied"] if isinstance(found, dict) else found
        return rows

    def requests(self) -> list[dict[str, Any]]:
        """The requests it received, oldest first."""
        found = self.control("requests?last=100000")
        rows: list[dict[str, Any]] = found["requests"] if isinstance(found, dict) else found
        return rows

    def token(self, realm: str = REALM) -> str:
        """A consent of the tests' own, so that reading does not depend on the product."""
        page = requests.get(
            f"{self.base}/connect/oauth2",
            params={
                "client_id": "local-client",
                "response_type": "code",
                "scope": "com.intuit.quickbooks.accounting",
                "redirect_uri": "http://127.0.0.1/tests",
                "state": "tests",
            },
            timeout=10,
        )
        hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        given = requests.post(
            f"{self.base}/connect/oauth2",
            data=hidden | {"realmId": realm, "decision": "connect"},
            allow_redirects=False,
            timeout=10,
        )
        code = parse_qs(urlsplit(given.headers["Location"]).query)["code"][0]
        answer = requests.post(
            f"{self.base}/oauth2/v1/tokens/bearer",
            data={"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1/tests"},
            auth=("local-client", "local-secret"),
            timeout=10,
        )
        token: str = answer.json()["access_token"]
        return token

    def make(self, entity: str, **body: Any) -> dict[str, Any]:
        """Make a record, as another program of the company's would."""
        answer = requests.post(
            f"{self.base}/v3/company/{REALM}/{entity.lower()}",
            json=body,
            headers={"Authorization": f"Bearer {self.token()}", "Accept": "application/json"},
            timeout=10,
        )
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()[entity]
        return made

    def read_all(self, entity: str, where: str = "", realm: str = REALM) -> list[dict[str, Any]]:
        """Every record of an entity, page by page."""
        headers = {"Authorization": f"Bearer {self.token(realm)}", "Accept": "application/json"}
        rows: list[dict[str, Any]] = []
        while True:
            statement = f"SELECT * FROM {entity} {where} ORDERBY Id STARTPOSITION {len(rows) + 1} MAXRESULTS 1000"
            answer = requests.get(
                f"{self.base}/v3/company/{realm}/query", params={"query": statement}, headers=headers, timeout=30
            )
            answer.raise_for_status()
            page = answer.json()["QueryResponse"].get(entity, [])
            rows += page
            if len(page) < 1000:
                return rows


def _port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://[^:]+:(\d+)", process.stdout.readline())
        if found:
            return int(found.group(1))
    raise AssertionError("the local QuickBooks did not start")
