"""What can go wrong on the way: limits, wrong tokens, cut connections and pages from a proxy."""

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.sandbox_client import OTHER_REALM, Company, Json, Served, fault_of
from tests.waiting import wait_for


def test_an_answer_carries_the_headers_of_the_service(company: Company) -> None:
    answer = company.ask("select * from CompanyInfo")
    for name in ("intuit_tid", "QBO-Version", "Service-Time", "Date"):
        assert answer.headers[name]
    assert (answer.headers["Server"], answer.headers["Cache-Control"]) == ("nginx", "no-store")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.json()["time"][-6:] in {"-08:00", "-07:00"}


def test_long_answers_are_compressed_only_when_that_is_accepted(company: Company) -> None:
    statement = "select * from Account"
    packed = company.ask(statement)
    plain = company.call("GET", "query", params={"query": statement}, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json()["QueryResponse"] == plain.json()["QueryResponse"]


def test_without_asking_for_json_the_answer_is_xml(company: Company) -> None:
    answer = company.call("GET", "bill/1", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert '<VendorRef name="Granite Ready Mix">' in answer.text


def test_a_wrong_token_is_refused_by_the_gateway_in_xml(company: Company) -> None:
    for header in ("", "Bearer short", "Basic x", "Bearer " + "x" * 200):
        answer = company.call("GET", "bill/1", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert "message=AuthenticationFailed; errorCode=003200; statusCode=401" in answer.text


def test_another_companys_token_is_refused(company: Company) -> None:
    stranger = Company(served=company.served, realm=OTHER_REALM, tokens=company.tokens)
    answer = stranger.ask("select * from Bill")
    assert answer.status_code == 403
    assert "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403" in answer.text


def test_a_token_without_the_accounting_scope_is_refused(served: Served) -> None:
    tokens = served.exchange(served.code(scope="openid")).json()
    assert Company(served=served, realm="9130357766900100", tokens=tokens).ask("select * from Bill").status_code == 403


def test_the_gateway_may_answer_in_its_own_json(company: Company) -> None:
    company.served.control("settings", {"gateway_format": "json"})
    answer = company.call("GET", "bill/1", headers={"Authorization": "Bearer x"})
    assert answer.json()["fault"]["error"][0]["code"] == "3200"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "castle/1", 404, None),
        ("GET", "bill", 400, "500"),
        ("GET", "bill/999", 400, "610"),
        ("GET", "bill/x", 400, "2030"),
        ("POST", "bill/1", 400, "500"),
        ("POST", "preferences", 400, "500"),
        ("POST", "bill?operation=explode", 400, "500"),
        ("GET", "companyinfo/1", 400, "610"),
    ],
)
def test_a_wrong_address_is_refused(company: Company, method: str, path: str, status: int, code: str | None) -> None:
    answer = company.call(method, path, json={} if method == "POST" else None)
    assert answer.status_code == status
    if code is not None:
        assert fault_of(answer)["code"] == code


def test_a_body_must_be_json_and_say_so(company: Company) -> None:
    wrong_type = company.call("POST", "vendor", data='{"DisplayName":"x"}', headers={"Content-Type": "text/plain"})
    assert fault_of(wrong_type)["code"] == "1050"
    for text in ("{", "[]", "7"):
        answer = company.call("POST", "vendor", data=text, headers={"Content-Type": "application/json"})
        assert fault_of(answer)["code"] == "2010"


# limits


def call_until_refused(company: Company, most: int, path: str = "companyinfo/9130357766900100") -> int:
    for number in range(most + 1):
        if company.call("GET", path).status_code == 429:
            return number
    return most + 1


def test_ten_calls_a_second_and_no_more(company: Company) -> None:
    company.served.control("settings", {"throttle": True})
    company.served.control("clock", {"frozen": True})
    assert call_until_refused(company, 15) == 10
    answer = company.call("GET", "companyinfo/9130357766900100")
    assert answer.headers["Retry-After"] == "1"
    assert '<Fault type="SERVICE"><Error code="3001">' in answer.text
    assert "message=ThrottleExceeded; errorCode=003001; statusCode=429" in answer.text
    assert "The request limit was reached.  Try again later" in answer.text
    company.served.control("clock", {"advance_seconds": 1.001})
    assert company.call("GET", "companyinfo/9130357766900100").status_code == 200


def test_five_hundred_calls_a_minute_and_no_more(company: Company) -> None:
    served = company.served
    served.control("settings", {"throttle": True, "retry_after": False})
    served.control("clock", {"frozen": True})
    for _ in range(50):
        assert call_until_refused(company, 9) == 10
        served.control("clock", {"advance_seconds": 1.001})
    answer = company.call("GET", "companyinfo/9130357766900100")
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers
    served.control("clock", {"advance_seconds": 10})
    assert company.call("GET", "companyinfo/9130357766900100").status_code == 200


def test_forty_batches_a_minute_and_no_more(company: Company) -> None:
    served = company.served
    served.control("settings", {"throttle": True})
    served.control("clock", {"frozen": True})
    query = {"bId": "1", "Query": "select Id from Term"}
    statuses = []
    for _ in range(41):
        served.control("clock", {"advance_seconds": 0.2})
        statuses.append(company.batch(query).status_code)
    assert statuses == [200] * 40 + [429]
    assert company.ask("select * from Term").status_code == 200


def test_one_companys_limit_leaves_the_other_alone(company: Company) -> None:
    other = company.served.connect(OTHER_REALM)
    company.served.control("settings", {"throttle": True})
    company.served.control("clock", {"frozen": True})
    assert call_until_refused(company, 15) == 10
    assert other.ask("select * from Term").status_code == 200


# faults on demand


def test_an_answer_lost_after_the_write_is_a_write(company: Company) -> None:
    company.served.fault("drop_after_write", count=1)
    body = company.time()
    with pytest.raises(requests.ConnectionError):
        company.post("timeactivity", body, requestid="lost")
    assert [write["requestid"] for write in company.applied()] == ["lost"]
    found = company.post("timeactivity", body, requestid="lost")
    assert found.status_code == 200
    assert found.json()["TimeActivity"]["Id"] == company.applied()[0]["id"]
    assert len(company.applied()) == 1


def test_a_connection_cut_before_the_write_leaves_nothing(company: Company) -> None:
    company.served.fault("drop_before", count=1, route="timeactivity")
    with pytest.raises(requests.ConnectionError):
        company.post("timeactivity", company.time(), requestid="lost")
    assert company.applied() == []


def test_the_client_sees_a_reset_and_not_one_byte(company: Company) -> None:
    company.served.fault("drop_after_write", count=1)
    address = urlsplit(company.served.url)
    body = b'{"DisplayName":"Reset Me"}'
    request = (
        f"POST /v3/company/{company.realm}/vendor HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {company.tokens['access_token']}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as line:
        line.sendall(request)
        with pytest.raises(ConnectionResetError):
            line.recv(4096)
    assert len(company.rows("select * from Vendor where DisplayName = 'Reset Me'")) == 1


def test_half_a_batch_is_finished_by_its_repetition(company: Company) -> None:
    company.served.fault("half_batch", count=1)
    items: list[Json] = [
        {"bId": str(number), "operation": "create", "TimeActivity": company.time()} for number in range(10)
    ]
    with pytest.raises(requests.ConnectionError):
        company.batch(*items, requestid="half")
    assert len(company.applied()) == 5
    answer = company.batch(*items, requestid="half")
    results = answer.json()["BatchItemResponse"]
    assert [result["bId"] for result in results] == [entry["bId"] for entry in items]
    assert len({result["TimeActivity"]["Id"] for result in results}) == 10
    assert [write["bId"] for write in company.applied()] == [entry["bId"] for entry in items]
    assert company.batch(*items, requestid="half").content == answer.content


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_proxy_answers_in_html_and_nothing_is_done(company: Company, status: int) -> None:
    company.served.fault("status", status=status, count=1, route="create")
    answer = company.post("vendor", {"DisplayName": "New"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert company.applied() == []
    assert company.post("vendor", {"DisplayName": "New"}).status_code == 200


def test_an_answer_can_be_cut_in_the_middle_or_be_nonsense(company: Company) -> None:
    company.served.fault("truncated", count=1, route="query")
    with pytest.raises(requests.RequestException):
        company.call("GET", "query", params={"query": "select * from Bill"}, headers={"Accept-Encoding": "identity"})
    company.served.fault("malformed", count=1, route="query")
    answer = company.ask("select * from Term")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()


def test_an_answer_can_be_slow(company: Company) -> None:
    company.served.fault("slow_after", ms=700, count=1)
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{company.served.url}/v3/company/{company.realm}/vendor",
            json={"DisplayName": "Slow One"},
            headers={"Authorization": f"Bearer {company.tokens['access_token']}"},
            timeout=0.3,
        )
    assert len(company.applied()) == 1


def test_the_first_calls_can_pass_before_a_fault_begins(company: Company) -> None:
    company.served.fault("status", status=503, skip=2, count=1, route="vendor")
    statuses = [company.post("vendor", {"DisplayName": f"Vendor {number}"}).status_code for number in range(4)]
    assert statuses == [200, 200, 503, 200]


def test_a_slow_call_goes_on_when_the_fault_is_cleared(company: Company) -> None:
    company.served.fault("slow", ms=60_000, route="vendor")
    with ThreadPoolExecutor() as aside:
        sent = aside.submit(company.post, "vendor", {"DisplayName": "Held Back"})
        wait_for(lambda: company.served.control("faults", method="GET")["armed"][0]["hits"], "the call to be held")
        assert not sent.done()
        assert company.applied() == []
        company.served.control("faults", method="DELETE")
        assert sent.result(timeout=20).status_code == 200


def test_the_token_endpoint_can_fail_too(company: Company) -> None:
    served, value = company.served, company.tokens["refresh_token"]
    served.fault("drop_after_write")
    assert served.refresh(value).status_code == 200
    served.control("faults", method="DELETE")
    served.fault("status", status=503, route="token", count=1)
    assert served.refresh(value).status_code == 503
    served.control("settings", {"rotate": "every-use"})
    served.fault("drop_after_write", route="token", count=1)
    with pytest.raises(requests.ConnectionError):
        served.refresh(value)
    assert served.refresh(value).json()["error"] == "invalid_grant"


def test_a_poisoned_record_is_refused_wherever_it_comes(company: Company) -> None:
    company.served.fault("poison", match="TS-2041")
    bad, good = company.time(Description="TS-2041"), company.time(Description="TS-2042")
    alone = company.post("timeactivity", bad)
    assert (alone.status_code, fault_of(alone)["code"]) == (500, "10000")
    results = company.batch(
        {"bId": "1", "operation": "create", "TimeActivity": good},
        {"bId": "2", "operation": "create", "TimeActivity": bad},
    ).json()["BatchItemResponse"]
    assert ["Fault" in result for result in results] == [False, True]
    assert len(company.applied()) == 1


def test_a_rate_hits_about_its_share_and_the_same_ones_each_time(company: Company) -> None:
    def pattern() -> list[int]:
        company.served.control("faults", method="DELETE")
        company.served.fault("status", rate=0.3, seed=7, route="query")
        return [company.ask("select Id from Term").status_code for _ in range(40)]

    first = pattern()
    assert 4 <= first.count(503) <= 20
    assert pattern() == first


def test_a_fault_that_is_not_known_is_refused(served: Served) -> None:
    for wish in ({"kind": "meteor"}, {"kind": "slow", "speed": 3}):
        answer = requests.post(f"{served.url}/_sandbox/faults", json=wish, timeout=10)
        assert answer.status_code == 400


def test_an_expired_token_or_a_limit_can_be_played(company: Company) -> None:
    company.served.fault("unauthorized", count=1)
    company.served.fault("throttle", count=1)
    company.served.fault("system", count=1)
    statuses = [company.ask("select Id from Term").status_code for _ in range(4)]
    assert statuses == [401, 429, 500, 200]


ON_DEMAND = [
    # kind, status, code, message, type
    ("maintenance", 503, "150", "Service under maintenance", "SystemFault"),
    ("subscription", 400, "6190", "Invalid Company Status", "ValidationFault"),
    ("authentication", 401, "100", "General Authentication Error", "AuthenticationFault"),
    ("user_removed", 401, "120", "Authorization Failure", "AuthorizationFault"),
    ("period_closed", 400, "5010", "Account Period Closed", "ValidationFault"),
]


@pytest.mark.parametrize(("kind", "status", "code", "message", "sort"), ON_DEMAND, ids=[row[0] for row in ON_DEMAND])
def test_a_fault_on_demand_is_worded_as_the_service_words_it(
    company: Company, kind: str, status: int, code: str, message: str, sort: str
) -> None:
    body = company.bill()
    company.served.fault(kind, count=1)
    answer = company.post("Bill", body)
    error = fault_of(answer)
    assert (answer.status_code, error["code"], error["Message"]) == (status, code, message)
    assert answer.json()["Fault"]["type"] == sort
    assert company.applied() == []
    assert company.post("Bill", body).status_code == 200


def test_another_companys_realm_on_demand_is_the_gateways_refusal(company: Company) -> None:
    company.served.fault("wrong_realm", count=1)
    answer = company.ask("select * from Term")
    assert (answer.status_code, "errorCode=003100" in answer.text) == (403, True)


def test_a_body_larger_than_any_call_needs_is_refused_before_it_is_read(company: Company) -> None:
    answer = company.call("POST", "bill", data=b" " * (17 * 1024 * 1024), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert company.rows("select * from Term")
