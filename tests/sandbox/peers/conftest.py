"""QuickBooks clients of other people, unchanged but for the addresses they call, on the stock company."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks

from tests.sandbox.sandbox_client import CLIENT, REDIRECT, Served


@pytest.fixture(scope="session")
def stock() -> Iterator[Served]:
    """The stock company, in a server of its own."""
    served = Served.start("--no-throttle", "--seed", "craigs")
    yield served
    served.stop()


@pytest.fixture
def craigs(stock: Served) -> Served:
    stock.control("reset", {"seed": "craigs"})
    return stock


@pytest.fixture
def auth(craigs: Served) -> AuthClient:
    """An OAuth client that has read the discovery document, and is not connected."""
    return AuthClient(*CLIENT, REDIRECT, f"{craigs.url}/.well-known/openid_sandbox_configuration")


def sign_in(auth: AuthClient, scopes: list[Scopes]) -> dict[str, str]:
    """What a person does in the browser, up to the query of the address that it is sent back to."""
    page = requests.get(auth.get_authorization_url(scopes), timeout=10)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page.text))
    answer = requests.post(auth.auth_endpoint, data=hidden, allow_redirects=False, timeout=10)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


@pytest.fixture
def connected(auth: AuthClient) -> AuthClient:
    back = sign_in(auth, [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL])
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    return auth


@pytest.fixture
def quickbooks(connected: AuthClient, craigs: Served, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    """The address is a class attribute of the library; everything else is as installed."""
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{craigs.url}/v3")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # oauthlib's own switch for http on loopback
    return QuickBooks(
        auth_client=connected,
        refresh_token=connected.refresh_token,
        company_id=connected.realm_id,
        minorversion=75,
    )
