"""A browser in front of our routes: it keeps cookies, follows nothing by itself, and consents at the real page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx
import requests
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from qbsync.bootstrap import App
from qbsync.web.headers import SecurityHeaders
from qbsync.web.routes import COOKIE, routes
from tests.local_books import REALM

HERE = "http://127.0.0.1:8501"  # the address that the settings give QuickBooks to send people back to
OTHER_REALM = "9130357766900200"
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def query_of(address: str) -> dict[str, str]:
    """What an address carries."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


@dataclass
class Browser:
    """One person's browser."""

    client: TestClient

    def open(self, address: str, **headers: str) -> httpx.Response:
        return self.client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def begin(self, *, beside: bool = False) -> str:
        """Press *Connect to QuickBooks*, or *Connect another company*; returns where the browser is sent."""
        answer = self.open(f"/oauth/qbo/start{'?beside=1' if beside else ''}")
        assert answer.status_code == 303
        return answer.headers["location"]

    def come_back(self, address: str) -> dict[str, str]:
        """Open the address that QuickBooks sent us to; returns what the Connection page is told."""
        answer = self.open(address)
        assert answer.status_code == 303
        assert urlsplit(answer.headers["location"]).path == "/connection"
        return query_of(answer.headers["location"])

    def connect(self, realm: str = REALM, *, beside: bool = False) -> dict[str, str]:
        """The whole way there and back."""
        return self.come_back(consent(self.begin(beside=beside), realm=realm))

    @property
    def cookie(self) -> str | None:
        """The cookie that remembers a consent which was begun here."""
        return self.client.cookies.get(COOKIE)


def served(app: App) -> Browser:
    """A new browser in front of the routes, with the headers of the dashboard."""
    site = Starlette(routes=routes(lambda: app), middleware=[Middleware(SecurityHeaders)])
    return Browser(TestClient(site, base_url=HERE, follow_redirects=False))


def consent(address: str, *, realm: str = REALM, decision: str = "connect") -> str:
    """Answer QuickBooks' consent page as a person would; returns the address it sends the browser back to."""
    page = requests.get(address, timeout=10)
    assert page.status_code == 200, page.text
    target = urlsplit(address)._replace(path="/connect/oauth2", query="").geturl()
    form = dict(HIDDEN.findall(page.text)) | {"realmId": realm, "decision": decision}
    answer = requests.post(target, data=form, allow_redirects=False, timeout=10)
    return answer.headers["Location"]
