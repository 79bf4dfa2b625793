"""Connecting, staying connected and losing the connection, as QuickBooks has it."""

import base64

import pytest
import requests

from tests.sandbox.sandbox_client import CLIENT, OTHER_REALM, REALM, REDIRECT, Company, Served

DAY = 24 * 3600


@pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_discovery_names_endpoints_on_its_own_host(served: Served, name: str, slash: str) -> None:
    assert requests.get(f"{served.url}/.well-known/{name}{slash}", timeout=10).json() == {
        "issuer": "https://oauth.platform.intuit.com/op/v1",
        "authorization_endpoint": f"{served.url}/connect/oauth2",
        "token_endpoint": f"{served.url}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{served.url}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{served.url}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{served.url}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def test_consent_comes_back_with_code_state_and_company(served: Served) -> None:
    answer = served.consent(realm=OTHER_REALM, state="a b&c")
    assert answer.status_code == 302
    location = answer.headers["location"]
    assert location.startswith(f"{REDIRECT}?code=")
    assert location.endswith(f"&state=a+b%26c&realmId={OTHER_REALM}")


def test_no_thanks_comes_back_as_access_denied(served: Served) -> None:
    location = served.consent(decision="cancel").headers["location"]
    assert location == f"{REDIRECT}?error=access_denied&state=state-1"


@pytest.mark.parametrize(
    "scope", ["com.intuit.quickbooks.everything", "com.intuit.quickbooks.accounting everything", "OpenID", ""]
)
def test_an_unknown_scope_comes_back_as_invalid_scope(served: Served, scope: str) -> None:
    location = served.consent(scope=scope).headers["location"]
    assert location == f"{REDIRECT}?error=invalid_scope&state=state-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "somebody-else"),
        ("redirect_uri", "http://example.com/callback"),
        ("redirect_uri", "https://localhost:8501/callback"),
        ("redirect_uri", "http://localhost:8501/callback?next=1"),
        ("redirect_uri", "http://localhost:8501/callback#there"),
        ("redirect_uri", "http://user@localhost:8501/callback"),
        ("redirect_uri", "http://@localhost:8501/callback"),
        ("response_type", "token"),
        ("state", ""),
    ],
)
def test_a_request_that_cannot_be_trusted_is_never_sent_back(served: Served, name: str, value: str) -> None:
    answer = served.consent(**{name: value})
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_the_consent_page_cannot_be_framed_or_answered_twice(served: Served) -> None:
    asked = {
        "client_id": CLIENT[0],
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "openid",
        "state": "s",
    }
    page = requests.get(f"{served.url}/connect/oauth2", params=asked, timeout=10)
    assert page.headers["X-Frame-Options"] == "DENY"
    ticket = page.text.split('name="request" value="')[1].split('"')[0]
    answers = [
        requests.post(f"{served.url}/connect/oauth2", data={"request": ticket}, allow_redirects=False, timeout=10)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 400]


def test_a_code_becomes_tokens(served: Served) -> None:
    tokens = served.exchange(served.code()).json()
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["x_refresh_token_expires_in"] == 8_726_400
    assert "x_refresh_token_hard_expires_in" not in tokens


def test_the_hard_expiry_is_told_when_asked_for(served: Served) -> None:
    answer = served.token(
        headers={"x-include-refresh-token-hard-expires-in": "true"},
        grant_type="authorization_code",
        code=served.code(),
        redirect_uri=REDIRECT,
    )
    assert answer.json()["x_refresh_token_hard_expires_in"] > 157_000_000


def test_a_code_works_once_and_a_second_use_ends_the_connection(served: Served) -> None:
    code = served.code()
    company = Company(served=served, realm=REALM, tokens=served.exchange(code).json())
    assert company.ask("select * from CompanyInfo").status_code == 200
    assert served.exchange(code).json()["error"] == "invalid_grant"
    assert company.ask("select * from CompanyInfo").status_code == 401


def test_a_code_is_bound_to_its_redirect_uri(served: Served) -> None:
    answer = served.exchange(served.code(), "http://localhost:8501/other")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(("age", "status"), [(299, 200), (300, 400)])
def test_a_code_grows_old(served: Served, age: int, status: int) -> None:
    served.control("clock", {"frozen": True})
    code = served.code()
    served.control("clock", {"advance_seconds": age})
    assert served.exchange(code).status_code == status


def test_an_unknown_grant_type_is_refused(served: Served) -> None:
    assert served.token(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_an_access_token_lasts_an_hour(company: Company) -> None:
    company.served.control("clock", {"advance_seconds": 3599})
    assert company.ask("select * from CompanyInfo").status_code == 200
    company.served.control("clock", {"advance_seconds": 2})
    answer = company.ask("select * from CompanyInfo")
    assert answer.status_code == 401
    assert 'code="3200"' in answer.text
    assert "Token expired" in answer.text


def test_a_refresh_value_stays_for_a_day_and_then_changes(company: Company) -> None:
    served, first = company.served, company.tokens["refresh_token"]
    assert served.refresh(first).json()["refresh_token"] == first
    served.control("clock", {"advance_seconds": DAY})
    second = served.refresh(first).json()["refresh_token"]
    assert second != first
    answer = served.refresh(first)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert served.refresh(second).status_code == 200


def test_every_use_may_rotate_when_switched_on(company: Company) -> None:
    company.served.control("settings", {"rotate": "every-use"})
    first = company.tokens["refresh_token"]
    assert company.served.refresh(first).json()["refresh_token"] != first
    assert company.served.refresh(first).status_code == 400


def test_a_refresh_token_dies_after_its_idle_days_but_each_use_prolongs_it(company: Company) -> None:
    served, value = company.served, company.tokens["refresh_token"]
    for _ in range(2):
        served.control("clock", {"advance_seconds": 90 * DAY})
        value = served.refresh(value).json()["refresh_token"]
    served.control("clock", {"advance_seconds": 102 * DAY})
    assert served.refresh(value).json()["error"] == "invalid_grant"


def test_five_years_end_a_connection_however_often_it_is_refreshed(company: Company) -> None:
    served, value = company.served, company.tokens["refresh_token"]
    for _ in range(20):
        served.control("clock", {"advance_seconds": 95 * DAY})
        answer = served.refresh(value)
        if answer.status_code != 200:
            break
        value = answer.json()["refresh_token"]
    assert answer.json()["error"] == "invalid_grant"


def test_a_reset_of_the_access_tokens_leaves_the_refresh_token(company: Company) -> None:
    company.served.control("expire-tokens", {"kind": "access"})
    assert company.ask("select * from CompanyInfo").status_code == 401
    company.tokens = company.served.refresh(company.tokens["refresh_token"]).json()
    assert company.ask("select * from CompanyInfo").status_code == 200


def test_the_client_may_also_sign_in_its_form(served: Served) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": served.code(),
        "redirect_uri": REDIRECT,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
    }
    assert requests.post(f"{served.url}/oauth2/v1/tokens/bearer", data=form, timeout=10).status_code == 200


def test_a_broken_basic_header_is_an_unknown_client(served: Served) -> None:
    for header in ("Basic ???", "Basic " + base64.b64encode(b"\xff\xfe").decode()):
        answer = requests.post(
            f"{served.url}/oauth2/v1/tokens/bearer",
            data={"grant_type": "refresh_token"},
            headers={"Authorization": header},
            timeout=10,
        )
        assert answer.status_code == 401
