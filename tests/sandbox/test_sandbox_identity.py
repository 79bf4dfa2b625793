"""Id tokens that verify, the key set that proves them, and the user's card by scope."""

from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from tests.sandbox.sandbox_client import CLIENT, OTHER_REALM, REALM, Company, Json, Served

ACCOUNTING = "com.intuit.quickbooks.accounting"
ISSUER = "https://oauth.platform.intuit.com/op/v1"


def key_set(served: Served) -> Json:
    found: Json = requests.get(f"{served.url}/op/v1/jwks", timeout=10).json()
    return found


def verified(token: str, keys: Json) -> Any:
    """Raises when no key of the set made the signature."""
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"])  # type: ignore[arg-type]


def tokens_for(served: Served, scope: str, realm: str = REALM) -> Json:
    found: Json = served.exchange(served.code(realm, scope=scope)).json()
    return found


def userinfo(served: Served, access_token: str) -> requests.Response:
    address = f"{served.url}/v1/openid_connect/userinfo"
    return requests.get(address, headers={"Authorization": f"Bearer {access_token}"}, timeout=10)


@pytest.mark.parametrize("realm", [REALM, OTHER_REALM])
def test_an_id_token_verifies_with_the_published_key_and_says_who_where_and_when(served: Served, realm: str) -> None:
    served.control("clock", {"frozen": True})
    served.control("clock", {"now": "2026-11-20T12:00:00+00:00"})
    tokens = tokens_for(served, f"{ACCOUNTING} openid", realm)
    found = verified(tokens["id_token"], key_set(served))
    issued = found.claims["iat"]
    assert issued in {1_795_176_000, 1_795_175_999}  # whole seconds of the sandbox's clock
    assert found.claims == {
        "sub": userinfo(served, tokens["access_token"]).json()["sub"],
        "aud": [CLIENT[0]],
        "realmid": realm,
        "iss": ISSUER,
        "iat": issued,
        "exp": issued + 3600,
    }


def test_a_changed_id_token_does_not_verify(served: Served) -> None:
    head, _, signature = tokens_for(served, "openid", REALM)["id_token"].split(".")
    other = tokens_for(served, "openid", OTHER_REALM)["id_token"].split(".")[1]
    with pytest.raises(BadSignatureError):
        verified(f"{head}.{other}.{signature}", key_set(served))


@pytest.mark.parametrize(("scope", "given"), [("openid", True), (ACCOUNTING, False), ("profile email", False)])
def test_id_tokens_come_with_openid_only_at_first_and_with_each_refresh(
    served: Served, scope: str, given: bool
) -> None:
    first = tokens_for(served, scope)
    second = served.refresh(first["refresh_token"]).json()
    assert ["id_token" in first, "id_token" in second] == [given, given]


def test_the_key_set_shows_one_public_signing_key(served: Served) -> None:
    (key,) = key_set(served)["keys"]
    assert {**key, "n": "", "kid": ""} == {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "e": "AQAB",
        "n": "",
        "kid": "",
    }
    assert key["kid"]
    assert len(key["n"]) == 342  # 2,048 bits, and none of the private numbers beside it


def test_the_key_survives_a_restart_and_a_reset(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "company.db"))
    first = Served.start(*state)
    token = tokens_for(first, "openid")["id_token"]
    keys = key_set(first)
    first.kill()
    second = Served.start(*state)
    try:
        assert verified(token, key_set(second)).claims["realmid"] == REALM
        second.control("reset", {"seed": "contractor"})
        assert key_set(second) == keys
        assert verified(tokens_for(second, "openid")["id_token"], keys)
    finally:
        second.stop()


def test_each_company_file_has_a_key_of_its_own(served: Served) -> None:
    other = Served.start()
    try:
        with pytest.raises(InvalidKeyIdError):
            verified(tokens_for(other, "openid")["id_token"], key_set(served))
    finally:
        other.stop()


# the user's card

CARD: Json = {
    "sub": str,
    "email": str,
    "emailVerified": bool,
    "givenName": str,
    "familyName": str,
    "phoneNumber": str,
    "phoneNumberVerified": bool,
    "address": dict,
}


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "emailVerified"}),
        ("openid profile", {"sub", "givenName", "familyName"}),
        ("openid phone", {"sub", "phoneNumber", "phoneNumberVerified"}),
        ("openid address", {"sub", "address"}),
        ("openid intuit_name", {"sub"}),
        (f"{ACCOUNTING} openid profile email phone address", set(CARD)),
    ],
)
def test_userinfo_tells_what_the_scopes_allow(served: Served, scope: str, fields: set[str]) -> None:
    told = userinfo(served, tokens_for(served, scope)["access_token"]).json()
    assert set(told) == fields
    assert {name: type(value) for name, value in told.items()} == {name: CARD[name] for name in fields}


def test_the_address_has_its_five_parts(served: Served) -> None:
    told = userinfo(served, tokens_for(served, "openid address")["access_token"]).json()
    assert set(told["address"]) == {"streetAddress", "locality", "region", "postalCode", "country"}
    assert all(told["address"].values())


def test_userinfo_is_closed_without_openid_without_a_token_and_to_an_old_one(company: Company) -> None:
    served = company.served
    without_openid = tokens_for(served, f"{ACCOUNTING} email")["access_token"]
    assert userinfo(served, company.tokens["access_token"]).status_code == 200
    served.control("clock", {"advance_seconds": 3599})
    assert userinfo(served, without_openid).status_code == 401
    served.control("clock", {"advance_seconds": 1})
    assert userinfo(served, company.tokens["access_token"]).status_code == 401
    assert userinfo(served, "nonsense").status_code == 401
    assert requests.get(f"{served.url}/v1/openid_connect/userinfo", timeout=10).status_code == 401
