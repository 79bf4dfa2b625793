"""Where the sources disagree or are silent about tokens: each reading of the local QuickBooks, to the second."""

from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.sandbox_client import CLIENT, OTHER_REALM, REALM, REDIRECT, Company, Served

DAY = 24 * 3600
FIVE_YEARS = 5 * 365 * DAY
HARD_EXPIRY = "x_refresh_token_hard_expires_in"
REGISTERED = "https://sync.example.com/callback"


def works(company: Company) -> bool:
    return company.ask("select * from CompanyInfo").status_code == 200


def refused(answer: requests.Response) -> bool:
    return (answer.status_code, answer.json().get("error")) == (400, "invalid_grant")


def revoke(served: Served, token: str, auth: tuple[str, str] = CLIENT) -> requests.Response:
    return requests.post(f"{served.url}/v2/oauth2/tokens/revoke", json={"token": token}, auth=auth, timeout=10)


def wait(served: Served, seconds: int) -> None:
    served.control("clock", {"advance_seconds": seconds})


@pytest.fixture
def frozen(served: Served) -> Served:
    """Its clock moves only when a test moves it."""
    served.control("clock", {"frozen": True})
    return served


# redirects


@pytest.fixture(scope="module")
def exact() -> Iterator[Served]:
    served = Served.start("--redirect-uri", REGISTERED, "--redirect-uri", f"{REGISTERED}?next=1")
    yield served
    served.stop()


@pytest.mark.parametrize(
    ("redirect_uri", "with_loopback", "without_loopback"),
    [
        (REGISTERED, 302, 302),
        (f"{REGISTERED}/", 400, 400),
        (REGISTERED.upper(), 400, 400),
        (f"{REGISTERED}?", 400, 400),
        (f"{REGISTERED}?next=1", 400, 400),
        (f"{REGISTERED}#there", 400, 400),
        ("https://sync.example.com", 400, 400),
        ("http://sync.example.com/callback", 400, 400),
        (REDIRECT, 302, 400),
    ],
)
def test_a_redirect_matches_letter_by_letter_and_loopback_can_be_shut_out(
    exact: Served, redirect_uri: str, with_loopback: int, without_loopback: int
) -> None:
    for allowed, status in ((True, with_loopback), (False, without_loopback)):
        exact.control("settings", {"loopback_redirects": allowed})
        assert exact.consent(redirect_uri=redirect_uri).status_code == status


# codes


@pytest.mark.parametrize(("reading", "goes_on"), [("revoke", False), ("refuse", True)])
def test_a_code_used_twice_is_refused_and_the_switch_says_what_becomes_of_its_connection(
    served: Served, reading: str, goes_on: bool
) -> None:
    served.control("settings", {"code_reuse": reading})
    code = served.code()
    company = Company(served=served, realm=REALM, tokens=served.exchange(code).json())
    assert refused(served.exchange(code))
    assert works(company) is goes_on
    assert (served.refresh(company.tokens["refresh_token"]).status_code == 200) is goes_on


# the client


@pytest.mark.parametrize("status", [401, 400])
@pytest.mark.parametrize("auth", [("local-client", "wrong"), ("wrong", "local-secret"), ("", "")])
def test_a_wrong_client_is_refused_with_the_status_of_the_switch(
    served: Served, auth: tuple[str, str], status: int
) -> None:
    served.control("settings", {"invalid_client_status": status})
    posted = {
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "client_id": auth[0],
        "client_secret": auth[1],
    }
    answers = [
        served.token(auth=auth, grant_type="refresh_token", refresh_token="x"),
        requests.post(f"{served.url}/oauth2/v1/tokens/bearer", data=posted, timeout=10),
        revoke(served, "x", auth),
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(status, {"error": "invalid_client"})] * 3


# refreshing


@pytest.mark.parametrize(
    ("rotate", "age", "changes"),
    [("daily", 0, False), ("daily", DAY - 1, False), ("daily", DAY, True), ("every-use", 0, True)],
)
def test_the_refresh_value_changes_after_a_day_or_with_every_use(
    frozen: Served, rotate: str, age: int, changes: bool
) -> None:
    frozen.control("settings", {"rotate": rotate})
    first = frozen.connect().tokens["refresh_token"]
    wait(frozen, age)
    assert (frozen.refresh(first).json()["refresh_token"] != first) is changes


def test_the_day_of_a_refresh_value_counts_from_its_last_change(frozen: Served) -> None:
    first = frozen.connect().tokens["refresh_token"]
    for _ in range(2):  # neither of these uses begins the day anew
        wait(frozen, DAY // 2 - 1)
        assert frozen.refresh(first).json()["refresh_token"] == first
    wait(frozen, 2)
    assert frozen.refresh(first).json()["refresh_token"] != first


@pytest.mark.parametrize("rotate", ["daily", "every-use"])
@pytest.mark.parametrize(("reading", "goes_on"), [("refuse", True), ("revoke", False)])
def test_a_replaced_refresh_value_is_refused_and_the_switch_says_what_becomes_of_its_connection(
    served: Served, rotate: str, reading: str, goes_on: bool
) -> None:
    served.control("settings", {"rotate": rotate, "refresh_reuse": reading})
    company, other = served.connect(), served.connect(OTHER_REALM)
    wait(served, DAY)
    first = company.tokens["refresh_token"]
    company.tokens = served.refresh(first).json()
    other.tokens = served.refresh(other.tokens["refresh_token"]).json()
    assert refused(served.refresh(first))  # the second of two that refresh at once comes with the value before
    assert works(company) is goes_on
    assert (served.refresh(company.tokens["refresh_token"]).status_code == 200) is goes_on
    assert works(other)


def test_a_value_nobody_was_given_ends_no_connection(company: Company) -> None:
    company.served.control("settings", {"refresh_reuse": "revoke"})
    assert refused(company.served.refresh("RT1-never-given-out"))
    assert works(company)


@pytest.mark.parametrize("days", [101, 100])
def test_a_refresh_token_rolls_on_for_the_days_it_announces(frozen: Served, days: int) -> None:
    frozen.control("settings", {"refresh_days": days})
    tokens = frozen.connect().tokens
    for _ in range(2):
        assert tokens["x_refresh_token_expires_in"] == days * DAY
        wait(frozen, days * DAY - 1)
        tokens = frozen.refresh(tokens["refresh_token"]).json()
    wait(frozen, days * DAY)
    assert refused(frozen.refresh(tokens["refresh_token"]))


def test_five_years_after_consent_no_refresh_helps(frozen: Served) -> None:
    value = frozen.connect().tokens["refresh_token"]
    for _ in range(19):
        wait(frozen, 95 * DAY)
        value = frozen.refresh(value).json()["refresh_token"]
    wait(frozen, FIVE_YEARS - 19 * 95 * DAY - 1)
    value = frozen.refresh(value).json()["refresh_token"]
    wait(frozen, 1)
    assert refused(frozen.refresh(value))


@pytest.mark.parametrize(("asked", "told"), [("true", True), ("false", False), ("1", False), (None, False)])
def test_the_hard_expiry_counts_down_and_is_told_only_when_asked_for(
    frozen: Served, asked: str | None, told: bool
) -> None:
    headers = {} if asked is None else {"x-include-refresh-token-hard-expires-in": asked}
    code = frozen.code()
    first = frozen.token(headers=headers, grant_type="authorization_code", code=code, redirect_uri=REDIRECT).json()
    wait(frozen, 90 * DAY)
    value = first["refresh_token"]
    second = frozen.token(headers=headers, grant_type="refresh_token", refresh_token=value).json()
    expected = [FIVE_YEARS, FIVE_YEARS - 90 * DAY] if told else [None, None]
    assert [first.get(HARD_EXPIRY), second.get(HARD_EXPIRY)] == expected


# revoking


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_every_token_of_the_connection_and_no_other(served: Served, which: str) -> None:
    company, again, other = served.connect(), served.connect(), served.connect(OTHER_REALM)
    older = Company(served=served, realm=REALM, tokens=company.tokens)
    company.tokens = served.refresh(company.tokens["refresh_token"]).json()
    answer = revoke(served, company.tokens[which])
    assert (answer.status_code, answer.content) == (200, b"")
    assert not works(company)
    assert not works(older)
    assert refused(served.refresh(company.tokens["refresh_token"]))
    assert works(again)
    assert works(other)


def test_revoking_what_was_never_given_out_is_refused(served: Served) -> None:
    answer = revoke(served, "nothing")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


# the options of `serve`


def test_the_options_of_serve_are_the_switches() -> None:
    options = "--no-loopback-redirects --rotate every-use --refresh-days 100 --code-reuse refuse"
    served = Served.start(*options.split(), "--refresh-reuse", "revoke", "--invalid-client-status", "400")
    try:
        shown = served.control("settings", method="GET")
    finally:
        served.stop()
    wanted = {
        "loopback_redirects": False,
        "rotate": "every-use",
        "refresh_days": 100,
        "code_reuse": "refuse",
        "refresh_reuse": "revoke",
        "invalid_client_status": 400,
    }
    assert {name: shown[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [("code_reuse", "maybe"), ("refresh_reuse", True), ("refresh_days", 99), ("invalid_client_status", 403)],
)
def test_a_switch_takes_only_its_readings(served: Served, name: str, value: object) -> None:
    answer = requests.post(f"{served.url}/_sandbox/settings", json={name: value}, timeout=10)
    assert answer.status_code == 400
    assert name in answer.json()["error"]
