"""intuit-oauth, Intuit's own Python library: the whole life of a connection."""

from __future__ import annotations

import jwt
import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from intuitlib.utils import validate_id_token

from tests.sandbox.peers.conftest import sign_in
from tests.sandbox.sandbox_client import CLIENT, REALM, Served


def test_it_reads_the_endpoints_from_the_discovery_document(auth: AuthClient, craigs: Served) -> None:
    assert auth.token_endpoint == f"{craigs.url}/oauth2/v1/tokens/bearer"
    assert auth.revoke_endpoint == f"{craigs.url}/v2/oauth2/tokens/revoke"


def test_it_connects_and_comes_back_with_its_state_and_the_company(auth: AuthClient) -> None:
    back = sign_in(auth, [Scopes.ACCOUNTING])
    assert (back["state"], back["realmId"]) == (auth.state_token, REALM)
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    assert (auth.expires_in, auth.x_refresh_token_expires_in) == (3600, 8_726_400)
    assert auth.access_token


def test_it_refreshes(connected: AuthClient) -> None:
    before = connected.access_token
    connected.refresh()
    assert connected.access_token != before


def test_after_a_day_the_refresh_token_is_another_one(connected: AuthClient, craigs: Served) -> None:
    before = connected.refresh_token
    craigs.control("clock", {"advance_seconds": 86_500})
    connected.refresh()
    assert connected.refresh_token != before
    with pytest.raises(AuthClientError) as refused:
        connected.refresh(refresh_token=before)
    assert (refused.value.status_code, b"invalid_grant" in refused.value.content) == (400, True)


def test_it_revokes(connected: AuthClient) -> None:
    assert connected.revoke() is True
    with pytest.raises(AuthClientError):
        connected.refresh()


def test_it_reads_who_the_user_is(connected: AuthClient) -> None:
    told = connected.get_user_info().json()
    assert "@" in told["email"]


def test_the_id_token_is_signed_with_a_key_of_the_published_set(connected: AuthClient) -> None:
    key = jwt.PyJWKClient(connected.jwks_uri).get_signing_key_from_jwt(connected.id_token)
    claims = jwt.decode(connected.id_token, key.key, algorithms=["RS256"], audience=CLIENT[0])
    assert (claims["realmid"], claims["iss"]) == (REALM, connected.issuer_uri)


def test_its_own_check_of_the_id_token_agrees(connected: AuthClient) -> None:
    assert validate_id_token(connected.id_token, CLIENT[0], connected.issuer_uri, connected.jwks_uri) is True


def test_a_wrong_secret_is_told(auth: AuthClient) -> None:
    back = sign_in(auth, [Scopes.ACCOUNTING])
    auth.client_secret = "wrong"
    with pytest.raises(AuthClientError) as refused:
        auth.get_bearer_token(back["code"])
    assert refused.value.status_code == 401
