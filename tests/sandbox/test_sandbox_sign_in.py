"""More of signing in: every scope, what else a request may say, how a code and a token request look, and no meter."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.sandbox_client import CLIENT, REDIRECT, Served

SCOPES = [
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    "com.intuit.quickbooks.payroll",
    "com.intuit.quickbooks.payroll.timetracking",
    "com.intuit.quickbooks.payroll.benefits",
    "payroll.compensation.read",
    "project-management.project",
    "app-foundations.custom-field-definitions",
    "app-foundations.custom-field-definitions.read",
    "indirect-tax.tax-calculation.quickbooks",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "intuit_name",
]


@pytest.fixture(scope="module")
def fresh(running: Served) -> Served:
    running.control("reset", {"seed": "contractor"})
    return running


def came_back(answer: requests.Response) -> dict[str, list[str]]:
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)


@pytest.mark.parametrize("scope", [*SCOPES, " ".join(SCOPES), "openid  profile"])
def test_a_scope_is_accepted(fresh: Served, scope: str) -> None:
    told = came_back(fresh.consent(scope=scope))
    assert set(told) == {"code", "state", "realmId"}
    assert fresh.exchange(told["code"][0]).status_code == 200


@pytest.mark.parametrize("scope", [f"{SCOPES[0]}.read", "com.intuit.quickbooks", f"{SCOPES[0]},openid"])
def test_what_only_looks_like_a_scope_is_not(fresh: Served, scope: str) -> None:
    assert came_back(fresh.consent(scope=scope)) == {"error": ["invalid_scope"], "state": ["state-1"]}


def test_a_request_may_name_claims(served: Served) -> None:
    told = came_back(served.consent(claims='{"id_token":{"realmId":null}}', scope="openid"))
    assert served.exchange(told["code"][0]).json()["id_token"]


def test_a_code_is_short_and_never_the_same(served: Served) -> None:
    codes = [served.code(scope=" ".join(SCOPES), state="s" * 400) for _ in range(5)]
    assert len(set(codes)) == 5
    assert all(16 <= len(code) <= 512 for code in codes)


def test_a_token_request_is_a_form_and_not_json(served: Served) -> None:
    asked = {"grant_type": "authorization_code", "code": served.code(), "redirect_uri": REDIRECT}
    refused = requests.post(f"{served.url}/oauth2/v1/tokens/bearer", json=asked, auth=CLIENT, timeout=10)
    assert refused.status_code == 400
    assert set(refused.json()) == {"error", "error_description"}
    assert served.exchange(asked["code"]).status_code == 200  # the code was not used up


def test_a_client_that_signs_in_json_is_not_known(served: Served) -> None:
    asked = {"grant_type": "refresh_token", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    refused = requests.post(f"{served.url}/oauth2/v1/tokens/bearer", json=asked, timeout=10)
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})


def test_signing_in_is_not_metered(served: Served) -> None:
    served.control("settings", {"metered": True})
    served.control("meter", {"app": CLIENT[0], "used": 500_000})
    served.control("stats", method="DELETE")
    tokens = served.exchange(served.code()).json()
    assert served.refresh(tokens["refresh_token"]).status_code == 200
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(f"{served.url}/v1/openid_connect/userinfo", headers=bearer, timeout=10).status_code == 200
    gone = requests.post(
        f"{served.url}/v2/oauth2/tokens/revoke", json={"token": tokens["refresh_token"]}, auth=CLIENT, timeout=10
    )
    assert gone.status_code == 200
    stats = served.control("stats", method="GET")
    served.control("meter", {"app": CLIENT[0], "used": 0})
    assert (stats["kind:token"], stats["kind:revoke"]) == (2, 1)
    assert stats.get("metered", 0) == 0
    assert stats["free"] == 3
