"""Signing in: what is asked of QuickBooks, what its answers mean, and that no secret gets out."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from qbsync.domain.errors import BadInput, ConnectionExpired, Unavailable
from qbsync.qbo.auth import OAuthClient
from qbsync.qbo.wire_json import dumps
from tests.qbo.support import NOW, Asked, Reply, serving

SECRETS = ("the-client-secret", "access-1", "refresh-1", "refresh-0", "code-1")
TOKENS = {
    "token_type": "bearer",
    "expires_in": 3600,
    "access_token": "access-1",
    "refresh_token": "refresh-1",
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 157494248,
}


class SignIn:
    """A sign-in server: its discovery document, and one reply for everything else."""

    def __init__(self, server):
        self.server, self.reply = server, Reply(body=dumps(TOKENS))
        self.document = {
            "authorization_endpoint": f"{server.base}/connect/oauth2",
            "token_endpoint": f"{server.base}/oauth2/v1/tokens/bearer",
            "revocation_endpoint": f"{server.base}/v2/oauth2/tokens/revoke",
        }
        server.answer = self

    def __call__(self, asked: Asked) -> Reply:
        return Reply(body=dumps(self.document)) if "openid" in asked.path else self.reply

    @property
    def last(self) -> Asked:
        return self.server.asked[-1]


@pytest.fixture
def sign_in():
    with serving() as server:
        yield SignIn(server)


@pytest.fixture
def client(sign_in):
    return OAuthClient(
        client_id="the-client-id",
        client_secret="the-client-secret",
        discovery_url=f"{sign_in.server.base}/.well-known/openid_sandbox_configuration",
        clock=lambda: NOW,
        timeouts_seconds=(1.0, 0.3),
    )


CALLS = {
    "exchange": lambda client: client.exchange("code-1", "http://127.0.0.1:8501/callback"),
    "refresh": lambda client: client.refresh("refresh-0"),
}
BOTH = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


def test_the_consent_link_carries_what_quickbooks_wants(client, sign_in):
    url = client.authorize_url("state-1", "http://127.0.0.1:8501/callback")
    assert url.startswith(f"{sign_in.server.base}/connect/oauth2?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["the-client-id"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["http://127.0.0.1:8501/callback"],
        "state": ["state-1"],
    }


def test_the_addresses_are_fetched_once(client, sign_in):
    for _ in range(3):
        client.authorize_url("s", "http://127.0.0.1/")
    assert len(sign_in.server.asked) == 1
    assert "authorization" not in sign_in.last.headers


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (
            CALLS["exchange"],
            {
                "grant_type": ["authorization_code"],
                "code": ["code-1"],
                "redirect_uri": ["http://127.0.0.1:8501/callback"],
            },
        ),
        (CALLS["refresh"], {"grant_type": ["refresh_token"], "refresh_token": ["refresh-0"]}),
    ],
    ids=CALLS.keys(),
)
def test_tokens_are_asked_for_as_quickbooks_wants(client, sign_in, call, fields):
    call(client)
    basic = base64.b64encode(b"the-client-id:the-client-secret").decode()
    assert parse_qs(sign_in.last.body) == fields
    assert sign_in.last.headers["authorization"] == f"Basic {basic}"
    assert sign_in.last.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert sign_in.last.headers["content-type"] == "application/x-www-form-urlencoded"


@BOTH
def test_tokens_say_when_they_end(client, call):
    tokens = call(client)
    assert (tokens.access_token, tokens.refresh_token) == ("access-1", "refresh-1")
    assert tokens.access_expires_at == NOW + timedelta(hours=1)
    assert tokens.refresh_expires_at == NOW + timedelta(seconds=8726400)
    assert tokens.hard_expires_at == NOW + timedelta(seconds=157494248)


@BOTH
def test_without_a_word_a_refresh_token_lasts_a_hundred_days(client, sign_in, call):
    few = {key: TOKENS[key] for key in ("access_token", "refresh_token", "expires_in", "token_type")}
    sign_in.reply = Reply(body=dumps(few))
    tokens = call(client)
    assert tokens.refresh_expires_at == NOW + timedelta(days=100)
    assert tokens.hard_expires_at is None


ANSWERS = [
    (
        400,
        '{"error":"invalid_grant","error_description":"Invalid refresh token"}',
        ConnectionExpired,
    ),
    (401, '{"error":"invalid_grant"}', ConnectionExpired),
    (401, '{"error":"invalid_client"}', BadInput),
    (400, '{"error":"invalid_client"}', BadInput),
    (401, "", BadInput),
    (400, '{"error":"unsupported_grant_type"}', BadInput),
    (400, '{"error":"<b>odd</b>"}', Unavailable),
    (429, '{"error":"too_many"}', Unavailable),
    (500, '{"error":"server_error"}', Unavailable),
    (503, "<html>maintenance</html>", Unavailable),
    (200, "<html>maintenance</html>", Unavailable),
    (200, "{}", Unavailable),
    (200, '{"access_token":"a","refresh_token":"r","token_type":"bearer"}', Unavailable),
    (200, '{"access_token":"a","expires_in":"soon","refresh_token":"r","token_type":"bearer"}', Unavailable),
    (302, "", Unavailable),
]


@BOTH
@pytest.mark.parametrize(("status", "body", "meaning"), ANSWERS)
def test_each_answer_has_one_meaning(client, sign_in, call, status, body, meaning):
    sign_in.reply = Reply(status=status, body=body, headers={"Location": "/x"} if status == 302 else {})
    with pytest.raises(meaning) as caught:
        call(client)
    assert type(caught.value) is meaning
    assert "<" not in str(caught.value)
    assert len(sign_in.server.asked) == 2


def test_wrong_settings_are_named(client, sign_in):
    sign_in.reply = Reply(status=401, body='{"error":"invalid_client"}')
    with pytest.raises(BadInput, match="QBSYNC_QBO_CLIENT_ID and QBSYNC_QBO_CLIENT_SECRET"):
        client.refresh("refresh-0")


@BOTH
@pytest.mark.parametrize("manner", ["reset", "silent", "truncated"])
def test_a_broken_line_is_unavailable(client, sign_in, call, manner):
    sign_in.reply = Reply(manner=manner, body=dumps(TOKENS))
    with pytest.raises(Unavailable, match="could not be reached"):
        call(client)


def test_a_consent_can_be_ended(client, sign_in):
    sign_in.reply = Reply(body="")
    client.revoke("refresh-1")
    assert sign_in.last.path == "/v2/oauth2/tokens/revoke"
    assert sign_in.last.body == '{"token": "refresh-1"}'
    assert sign_in.last.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_token"])
def test_a_consent_that_ended_already_is_ended(client, sign_in, error):
    sign_in.reply = Reply(status=400, body=dumps({"error": error}))
    client.revoke("refresh-1")  # which is no failure: nothing is left to end
    assert sign_in.last.path == "/v2/oauth2/tokens/revoke"


def test_an_end_that_was_not_confirmed_is_said(client, sign_in):
    sign_in.reply = Reply(status=503)
    with pytest.raises(Unavailable):
        client.revoke("refresh-1")


def test_sign_in_addresses_must_be_safe(client, sign_in):
    sign_in.document["token_endpoint"] = "http://oauth.example/token"
    with pytest.raises(BadInput, match="no safe token_endpoint"):
        client.refresh("refresh-0")
    assert len(sign_in.server.asked) == 1


def test_missing_settings_are_named():
    with pytest.raises(BadInput, match="QBSYNC_QBO_CLIENT_ID"):
        OAuthClient(client_id="", client_secret="", discovery_url="https://x.example", clock=lambda: NOW)


@pytest.mark.parametrize("status", [200, 400, 503])
def test_no_secret_reaches_a_log_a_repr_or_an_exception(client, sign_in, caplog, capfd, status):
    caplog.set_level(logging.DEBUG)
    sign_in.reply = Reply(status=status, body=dumps({**TOKENS, "error": "invalid_grant"}))
    seen = [repr(client)]
    for call in (*CALLS.values(), lambda client: client.revoke("refresh-1")):
        try:
            seen.append(repr(call(client)))
        except (ConnectionExpired, Unavailable) as error:
            seen += [repr(error), repr(error.__cause__), repr(error.__context__)]
    seen += [caplog.text, *capfd.readouterr()]
    assert not [secret for secret in SECRETS if secret in "".join(seen)]
