"""How many calls are let through: windows per company and app, and the month of a metered app."""

import pytest

from qbsync.sandbox.api.throttle import Throttle
from tests.sandbox.sandbox_client import OTHER_REALM, REDIRECT, Company, Served

REALM, APP = "1", "app-a"


class Watch:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def admitted(throttle: Throttle, watch: Watch, kind: str, *, calls: int, apps: int = 1, gap: float = 0.11) -> int:
    """How many of these calls, one after the other and spread over apps, are let through."""
    passed = 0
    for number in range(calls):
        watch.now += gap
        passed += throttle.admit(REALM, f"app-{number % apps}", kind) is None
    return passed


@pytest.mark.parametrize(
    ("kind", "apps", "most"),
    [
        pytest.param("query", 1, 500, id="500 calls a minute of a company"),
        pytest.param("query", 3, 500, id="500 calls a minute of a company, however many apps"),
        pytest.param("batch", 1, 40, id="40 batches a minute of one app"),
        pytest.param("batch", 2, 80, id="40 batches a minute of each of two apps"),
        pytest.param("batch", 5, 120, id="120 batches a minute of a company, however many apps"),
        pytest.param("report", 1, 200, id="200 reports a minute of a company"),
    ],
)
def test_a_minute_has_room_for_so_many_calls(watch: Watch, kind: str, apps: int, most: int) -> None:
    gap = 0.11 if apps * 0.11 <= 0.5 else 0.05
    throttle = Throttle(watch)
    calls = int(55 / gap)
    assert admitted(throttle, watch, kind, calls=calls, apps=apps, gap=gap) == most


def test_a_second_has_room_for_ten_calls_of_one_app(watch: Watch) -> None:
    throttle = Throttle(watch)
    assert [throttle.admit(REALM, APP, "query") for _ in range(11)] == [None] * 10 + [1]
    assert throttle.admit(REALM, "app-b", "query") is None
    assert throttle.admit("2", APP, "query") is None


def test_graphql_calls_share_the_second_with_the_others_but_not_the_minute(watch: Watch) -> None:
    throttle = Throttle(watch)
    assert admitted(throttle, watch, "query", calls=495) == 495
    watch.now += 1
    assert [throttle.admit(REALM, "app-0", "graphql") for _ in range(8)] == [None] * 8
    assert [throttle.admit(REALM, "app-0", "query") for _ in range(3)] == [None, None, 1]
    watch.now += 1
    assert [throttle.admit(REALM, "app-0", "query") for _ in range(4)].count(None) == 3


def test_a_refused_call_does_not_count_and_is_told_when_there_is_room(watch: Watch) -> None:
    throttle = Throttle(watch)
    assert admitted(throttle, watch, "batch", calls=40, gap=0.125) == 40
    first = watch.now - 39 * 0.125
    assert throttle.admit(REALM, "app-0", "batch") == 56
    watch.now = first + 59.9
    assert throttle.admit(REALM, "app-0", "batch") == 1
    watch.now = first + 60
    assert throttle.admit(REALM, "app-0", "batch") is None


def test_a_factor_shortens_the_minute(watch: Watch) -> None:
    throttle = Throttle(watch)
    for _ in range(40):
        watch.now += 0.011
        assert throttle.admit(REALM, APP, "batch", factor=10) is None
    assert throttle.admit(REALM, APP, "batch", factor=10) == 6
    watch.now += 6
    assert throttle.admit(REALM, APP, "batch", factor=10) is None


def test_a_clock_that_is_set_back_does_not_lock_the_company_out(watch: Watch) -> None:
    throttle = Throttle(watch)
    admitted(throttle, watch, "batch", calls=40)
    watch.now -= 86_400
    assert throttle.admit(REALM, "app-0", "batch") is None


# the month


def test_what_gives_data_out_is_counted_for_a_metered_app(company: Company) -> None:
    company.served.control("settings", {"metered": True})
    company.rows("select * from Bill")
    company.create("Bill", **company.bill())
    company.ask("select nonsense")
    company.call("GET", "bill/999999")
    told = company.served.control("meter", method="GET")
    # bill() looks up a vendor and an account by query, the refused calls are free
    assert told == {"used": {"local-client": 3}, "most": 500_000}


def test_after_the_allowance_data_no_longer_goes_out_until_the_next_month(company: Company) -> None:
    company.served.control("settings", {"metered": True})
    company.served.control("meter", {"app": "local-client", "used": 500_000})
    bill = company.bill
    refused = company.ask("select * from Bill")
    assert (refused.status_code, "used up" in refused.text) == (403, True)
    company.served.control("settings", {"metered": False})
    body = bill()
    company.served.control("settings", {"metered": True})
    assert company.post("Bill", body).status_code == 200
    company.served.control("clock", {"now": "2027-01-05T09:00:00-08:00"})
    again = company.served.connect()
    assert again.ask("select * from Bill").status_code == 200


def test_a_sandbox_app_is_not_metered(company: Company) -> None:
    company.rows("select * from Bill")
    assert company.served.control("meter", method="GET")["used"] == {"local-client": 0}


# several apps


def test_each_app_has_its_own_secret_tokens_and_limits() -> None:
    served = Served.start("--app", "second-app:second-secret")
    try:
        code = served.code(client_id="second-app")
        assert served.exchange(code).json()["error"] == "invalid_grant"  # another app's code
        tokens = served.token(
            auth=("second-app", "second-secret"),
            grant_type="authorization_code",
            redirect_uri=REDIRECT,
            code=served.code(client_id="second-app"),
        ).json()
        assert served.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert served.token(auth=("second-app", "local-secret"), grant_type="refresh_token").status_code == 401
        first, other = served.connect(), served.connect(OTHER_REALM)
        statuses = [first.call("GET", "preferences").status_code for _ in range(12)]
        assert statuses.count(429) == 2
        mine = Company(served=served, realm=first.realm, tokens=tokens)
        assert mine.call("GET", "preferences").status_code == 200
        assert other.call("GET", "preferences").status_code == 200
    finally:
        served.stop()
