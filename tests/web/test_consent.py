"""The consent, there and back: what connects a company, and everything that must connect nothing."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
import time_machine

from qbsync.bootstrap import App
from qbsync.domain.connection import ConnectionState
from qbsync.domain.ledger import LIST_KINDS
from qbsync.logs import configure_logs
from qbsync.web.routes import COOKIE
from tests.company import Company
from tests.local_books import REALM, LocalBooks
from tests.web.support import HERE, OTHER_REALM, Browser, consent, query_of, served


def is_connected(company: Company) -> bool:
    known = company.app().connections.current()
    return known is not None and known.state is ConnectionState.CONNECTED


def calls(books: LocalBooks, kind: str) -> int:
    """How many calls of a kind QuickBooks has received."""
    return sum(1 for call in books.requests() if call["kind"] == kind)


def test_connecting_begins_with_a_cookie_that_does_not_give_the_state_away(browser: Browser, unconnected: Company):
    answer = browser.open("/oauth/qbo/start")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{unconnected.books.base}/connect/oauth2?")
    state = query_of(answer.headers["location"])["state"]
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie.value == hashlib.sha256(state.encode()).hexdigest()
    assert state not in answer.headers["set-cookie"]
    assert (cookie["httponly"], cookie["samesite"].lower()) == (True, "lax")
    assert (cookie["path"], cookie["max-age"]) == ("/oauth/qbo", "600")


def test_each_consent_has_a_state_of_its_own(browser: Browser):
    states = [query_of(browser.begin())["state"] for _ in range(5)]
    assert len(set(states)) == 5
    assert min(len(state) for state in states) >= 32


def test_a_full_consent_connects_the_company_and_reads_its_lists(browser: Browser, unconnected: Company):
    assert browser.connect() == {"result": "ok"}
    app = unconnected.app()
    connection = app.connection()
    assert (connection.realm_id, connection.company_name) == (REALM, "Ridgeline Builders, Inc.")
    lists = app.connections.lists(connection.id)
    assert all(lists[kind] for kind in LIST_KINDS)
    assert browser.cookie is None


STRANGERS = [
    # name                  the cookie that the stranger's browser has; {state} is the state of the consent
    ("no cookie", None),
    ("an empty cookie", ""),
    ("a false cookie", "0" * 64),
    ("the state itself", "{state}"),
    ("a cookie of its own consent", "own"),
]


@pytest.mark.parametrize(("name", "cookie"), STRANGERS, ids=[row[0] for row in STRANGERS])
def test_a_return_into_another_browser_is_refused_and_connects_nothing(
    browser: Browser, unconnected: Company, name: str, cookie: str | None
):
    address = consent(browser.begin())
    stranger = served(unconnected.app())
    if cookie == "own":
        stranger.begin()
    elif cookie is not None:
        stranger.client.cookies.set(COOKIE, cookie.format(**query_of(address)), path="/oauth/qbo")
    assert stranger.come_back(address) == {"result": "refused", "reason": "other_browser"}
    assert not is_connected(unconnected)
    # The stranger spent nothing: the browser that began it can still finish.
    assert browser.come_back(address) == {"result": "ok"}
    assert is_connected(unconnected)


def test_a_person_who_says_no_connects_nothing(browser: Browser, unconnected: Company):
    address = consent(browser.begin(), decision="cancel")
    assert browser.come_back(address) == {"result": "refused", "reason": "declined"}
    assert not is_connected(unconnected)
    assert browser.connect() == {"result": "ok"}


def test_a_used_return_cannot_be_used_again(browser: Browser, unconnected: Company):
    address = consent(browser.begin())
    cookie = browser.cookie
    assert cookie is not None
    assert browser.come_back(address) == {"result": "ok"}
    before = calls(unconnected.books, "token")
    assert browser.come_back(address) == {"result": "refused", "reason": "other_browser"}  # the cookie has gone
    browser.client.cookies.set(COOKIE, cookie, path="/oauth/qbo")
    assert browser.come_back(address) == {"result": "refused", "reason": "too_old"}  # and the state is spent
    assert calls(unconnected.books, "token") == before
    assert is_connected(unconnected)


def test_a_return_after_ten_minutes_is_too_old(browser: Browser, unconnected: Company):
    address = consent(browser.begin())
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1)):
        browser.client.cookies.set(COOKIE, _digest(address), path="/oauth/qbo")  # a cookie that outlived its time
        assert browser.come_back(address) == {"result": "refused", "reason": "too_old"}
    assert not is_connected(unconnected)


def _digest(address: str) -> str:
    return hashlib.sha256(query_of(address)["state"].encode()).hexdigest()


@pytest.mark.promise(5)
def test_consenting_for_another_company_keeps_the_connected_one_and_gives_the_consent_back(
    browser: Browser, unconnected: Company
):
    assert browser.connect() == {"result": "ok"}
    before = calls(unconnected.books, "revoke")
    assert browser.connect(OTHER_REALM) == {"result": "refused", "reason": "other_company"}
    assert unconnected.app().connection().realm_id == REALM
    assert calls(unconnected.books, "revoke") == before + 1


def test_after_disconnecting_another_company_can_be_connected(browser: Browser, unconnected: Company):
    browser.connect()
    app = unconnected.app()
    app.connecting.disconnect(app.connection().id, "tests")
    assert browser.connect(OTHER_REALM) == {"result": "ok"}
    assert unconnected.app().connection().realm_id == OTHER_REALM


INCOMPLETE = [
    # name            what the return lacks or has wrong             reason
    ("no code", {"code": ""}, "too_old"),
    ("no company", {"realmId": ""}, "too_old"),
    ("a false code", {"code": "x" * 40}, "failed"),
    ("no state", {"state": ""}, "other_browser"),
    ("another state", {"state": "y" * 43}, "other_browser"),
]


@pytest.mark.parametrize(("name", "changed", "reason"), INCOMPLETE, ids=[row[0] for row in INCOMPLETE])
def test_an_incomplete_return_connects_nothing(
    browser: Browser, unconnected: Company, name: str, changed: dict[str, str], reason: str
):
    given = query_of(consent(browser.begin())) | changed
    found = browser.come_back(f"/oauth/qbo/callback?{urlencode(given)}")
    assert found["result"] == "refused"
    assert found["reason"] == reason
    assert not is_connected(unconnected)


def test_a_company_whose_lists_cannot_be_read_is_connected_all_the_same(browser: Browser, unconnected: Company):
    address = consent(browser.begin())
    unconnected.books.control("faults", kind="throttle", route="query", count=1)
    assert browser.come_back(address) == {"result": "ok", "reason": "lists"}
    assert is_connected(unconnected)


def test_connecting_says_so_when_quickbooks_is_away(unconnected: Company):
    nowhere = served(unconnected.app(qbo_discovery_url="http://127.0.0.1:9/discovery"))
    answer = nowhere.open("/oauth/qbo/start")
    assert query_of(answer.headers["location"]) == {"result": "refused", "reason": "unavailable"}


def test_connecting_says_so_when_the_apps_id_and_secret_are_not_set(unconnected: Company):
    app = unconnected.app(qbo_environment="production", qbo_discovery_url=f"{unconnected.books.base}/discovery")
    answer = served(app).open("/oauth/qbo/start")
    assert query_of(answer.headers["location"]) == {"result": "refused", "reason": "not_set_up"}


@pytest.mark.parametrize("path", ["/oauth/qbo/start", "/oauth/qbo/callback", "/healthz"])
def test_nothing_is_done_by_a_form_that_another_site_posts(browser: Browser, path: str):
    assert browser.client.post(path).status_code == 405


def test_no_secret_reaches_the_log_or_the_address_bar(
    browser: Browser, unconnected: Company, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    stranger = served(unconnected.app())
    configure_logs("json", logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx")  # the tests' own browser tells which addresses it opens
    caplog.set_level(logging.DEBUG)
    address = consent(browser.begin())
    caplog.clear()  # so does the tests' own walk to QuickBooks
    cookie, given = browser.cookie or "", query_of(address)
    shown = [stranger.open(address).headers["location"], browser.open(address).headers["location"]]
    browser.client.cookies.set(COOKIE, cookie, path="/oauth/qbo")
    shown.append(browser.open(address).headers["location"])
    said = capsys.readouterr()
    everything = "\n".join([said.out, said.err, caplog.text, *shown])
    assert "consent.refused" in everything
    assert "/oauth2/v1/tokens/bearer" in everything
    for secret in (given["code"], given["state"], *_tokens(unconnected.app()), "local-secret"):
        assert len(secret) > 10
        assert secret not in everything


def _tokens(app: App) -> tuple[str, str]:
    tokens = app.connections.tokens(app.connection().id)
    assert tokens is not None
    return tokens.access_token, tokens.refresh_token


def test_the_return_address_is_the_one_of_the_settings(unconnected: Company):
    app = unconnected.app(public_url="http://localhost:9999/")
    begun = served(app).begin()
    assert query_of(begun)["redirect_uri"] == "http://localhost:9999/oauth/qbo/callback"
    assert query_of(served(unconnected.app()).begin())["redirect_uri"] == f"{HERE}/oauth/qbo/callback"


def test_another_company_is_connected_beside_the_first_when_that_was_asked_for(browser: Browser, unconnected: Company):
    browser.connect()
    assert browser.connect(OTHER_REALM, beside=True) == {"result": "ok"}
    assert {one.realm_id: one.state for one in unconnected.app().connections.ours()} == {
        REALM: ConnectionState.CONNECTED,
        OTHER_REALM: ConnectionState.CONNECTED,
    }
