"""Whatever is sent to whichever address: an answer in order, nothing half done, and a server that does not complain."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.odd_input import SHORT_TEXTS, as_sent, spoiled, tried
from tests.sandbox.sandbox_client import CLIENT, REALM, REDIRECT, Company, Json
from tests.sandbox.upload_client import pair
from tests.sandbox.valid_bodies import PATHS, valid_bodies
from tests.sandbox.watched import COUNTED, Watched, counts, everything_on, in_order

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    watched = Watched.start("--no-throttle")
    try:
        yield watched
        assert watched.is_well()
    finally:
        watched.stop()


@pytest.fixture(scope="module")
def shared(server: Watched) -> Company:
    return everything_on(server)


@pytest.fixture(scope="module")
def bodies(shared: Company) -> dict[str, Json]:
    """Of new records, and under `… again` of records that there are."""
    new = valid_bodies(shared)
    held = {}
    for kind, body in new.items():
        answer = shared.post(PATHS.get(kind, kind), body)
        assert answer.status_code == 200, answer.text
        if kind in COUNTED:
            held[f"{kind} again"] = answer.json()[kind]
    return new | held


@pytest.fixture(autouse=True)
def _unbroken(server: Watched) -> Iterator[None]:
    yield
    assert server.is_well()


PARAMETERS: list[dict[str, str]] = [
    {}, {}, {}, {"operation": "delete"}, {"operation": "void"}, {"operation": "update", "include": "void"},
    {"operation": "\x00"}, {"include": "allowduplicatedocnum"}, {"requestid": "x" * 60}, {"requestid": ""},
    {"minorversion": "x"},
]  # fmt: skip
ACCEPTS = ("application/json", "application/xml", "*/*", "", "text/html;q=0.1,\x7f")


READINGS: list[Json] = [
    {"sparse": "documented", "text_numbers": False},
    {"sparse": "all", "text_numbers": True},
]


@pytest.mark.parametrize("readings", READINGS, ids=["strict", "wide"])
@tried(150)
@given(data=st.data())
def test_a_spoiled_body_is_taken_or_refused_and_a_refusal_changes_nothing(
    shared: Company, bodies: dict[str, Json], readings: Json, data: st.DataObject
) -> None:
    shared.served.control("settings", readings)
    kind = data.draw(st.sampled_from(sorted(bodies)))
    sent = as_sent(data.draw(spoiled(bodies[kind])))
    name = kind.removesuffix(" again")
    headers = {**JSON, "Accept": data.draw(st.sampled_from(ACCEPTS))}
    before = counts(shared)
    parameters = data.draw(st.sampled_from(PARAMETERS))
    path = PATHS.get(name, name).lower()
    answer = in_order(shared.call("POST", path, data=sent, headers=headers, params=parameters))
    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        assert "Fault" in answer.text
        assert counts(shared) == before


@tried(120)
@given(data=st.data())
def test_the_items_of_a_spoiled_batch_are_answered_one_by_one(
    shared: Company, bodies: dict[str, Json], data: st.DataObject
) -> None:
    kinds = sorted(kind for kind in bodies if "/" not in kind and kind != "ExchangeRate" and kind != "Attachable")
    kind = data.draw(st.sampled_from(kinds))
    name = kind.removesuffix(" again")
    items = [
        {"bId": "1", "operation": "update" if kind != name else "create", name: bodies[kind], "optionsData": ""},
        {"bId": "2", "Query": "select * from Bill where TotalAmt > '1' orderby TxnDate"},
        {"bId": "3", "CDCQuery": {"Entities": "Bill,Vendor", "ChangedSince": "2026-11-20T00:00:00-08:00"}},
        {"bId": "4", "ReportQuery": "reportname=TrialBalance"},
    ]
    sent = data.draw(spoiled({"BatchItemRequest": items}))
    answer = in_order(shared.call("POST", "batch", data=as_sent(sent), headers=JSON))
    told = answer.json()
    if answer.status_code == 200:
        assert len(told["BatchItemResponse"]) == len(sent["BatchItemRequest"])
    else:
        assert told["Fault"]["Error"][0]["code"] in {"1040", "2010", "2020", "2040", "600"}


def test_no_total_grows_beyond_what_the_ledger_can_add_up(shared: Company, bodies: dict[str, Json]) -> None:
    vendor = shared.create("Vendor", DisplayName="In euros", CurrencyRef={"value": "EUR"})
    euros = {"VendorRef": {"value": vendor["Id"]}, "CurrencyRef": {"value": "EUR"}, "ExchangeRate": 1_000_000}
    (line,) = bodies["Bill"]["Line"]
    for lines in (1, 20):
        much = [{**line, "Amount": 9_999_999_999}] * lines
        body = {**bodies["Bill"], **euros, "DocNumber": f"L-{lines}", "Line": much}
        before = counts(shared)
        answer = in_order(shared.post("Bill", body))
        assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2140")
        assert counts(shared) == before


RAW = [
    b"", b"{", b"[]", b"null", b"true", b"0", b'"x"', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{}{}", b"\x00" * 64,
    b'{"a":' * 5000, b"[" * 100_000, b'{"Id":"1","Id":"2"}', b'{"x":"\xc3"}', b"<Bill/>", b"NaN", b'{"a":1,}',
    b'{"DisplayName":"\\ud800"}', b'{"TotalAmt":1e999999999999999999999}', b'{"Id":' + b"9" * 9000 + b"}",
]  # fmt: skip
WRITES = ("bill", "timeactivity", "customer", "batch", "upload", "invoice", "exchangerate", "taxservice/taxcode")


@pytest.mark.parametrize("path", WRITES)
def test_a_body_that_is_no_object_is_refused(shared: Company, path: str) -> None:
    before = counts(shared)
    for raw in RAW:
        for content_type in ("application/json", "application/json; charset=utf-16", "text/plain", "", "multipart/"):
            headers = {"Content-Type": content_type}
            answer = in_order(shared.call("POST", path, data=raw, headers=headers))
            assert answer.status_code == 400, (raw[:40], answer.text)
    assert counts(shared) == before


ODD_KEYS = ("0", "%00", "9" * 30, "-1", "1.0", "007", "%D9%A3", "%ED%A0%80", "9" * 3000, "..%2f..", "'", "%25s", "+1")


@pytest.mark.parametrize("kind", COUNTED)
def test_an_odd_id_finds_nothing_at_any_address(shared: Company, kind: str) -> None:
    path = PATHS.get(kind, kind).lower()
    for key in ODD_KEYS:
        assert in_order(shared.call("GET", f"{path}/{key}")).status_code in {400, 404}
        assert in_order(shared.call("POST", f"{path}/{key}", json={})).status_code in {400, 404}
    for tail, key, method in itertools.product(("pdf", "send", "odd"), ODD_KEYS[:3], ("GET", "POST")):
        answer = shared.call(method, f"{path}/{key}/{tail}", json={}, headers={"Accept": "application/pdf"})
        assert in_order(answer).status_code in {400, 404}
    for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        assert in_order(shared.call(method, path)).status_code in {400, 405}


LOOKS = ("query", "cdc", "download", "exchangerate", "preferences", "companyinfo", "upload", "batch", "castle")
REPORTS = ("TrialBalance", "ProfitAndLoss", "VendorBalance", "TimeActivities", "GeneralLedger", "AgedPayables", "Odd")
NAMES = ("query", "entities", "changedSince", "sourcecurrencycode", "asofdate", "start_date", "end_date",
         "accounting_method", "date_macro", "vendor", "customer", "columns", "summarize_column_by", "report_date",
         "sort_by",
         "sendTo")  # fmt: skip


@tried(250)
@given(
    path=st.sampled_from([*LOOKS, *(f"reports/{name}" for name in REPORTS)]),
    asked=st.dictionaries(
        st.sampled_from(NAMES), SHORT_TEXTS | st.text(st.characters(codec="utf-8"), max_size=9), max_size=4
    ),
    method=st.sampled_from(["GET", "GET", "POST"]),
    accept=st.sampled_from(ACCEPTS),
)
def test_odd_parameters_are_taken_or_refused(
    shared: Company, path: str, asked: dict[str, str], method: str, accept: str
) -> None:
    answer = in_order(shared.call(method, path, params=asked, headers={"Accept": accept}))
    assert answer.status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x y", "Basic eDp5", "Basic \xff", "bearer " + "x" * 4000]
)
def test_an_odd_authorization_is_turned_away(shared: Company, header: str) -> None:
    for path in ("bill/1", "query?query=select", "castle"):
        answer = in_order(shared.call("GET", path, headers={"Authorization": header.encode("latin-1")}))
        assert (answer.status_code, "3200" in answer.text) == (401, True)
    graphql = requests.post(
        f"{shared.served.url}/graphql", headers={"Authorization": header.encode("latin-1")}, timeout=9
    )
    assert in_order(graphql).status_code == 401


@tried(60)
@given(data=st.data())
def test_an_odd_upload_is_taken_or_refused(shared: Company, data: st.DataObject) -> None:
    metadata = data.draw(spoiled({"FileName": "a.pdf", "ContentType": "application/pdf", "Note": "n", "AttachableRef": [
        {"EntityRef": {"type": "Vendor", "value": "1"}, "IncludeOnSend": True}]}))  # fmt: skip
    parts = pair()
    parts["file_metadata_01"] = (None, as_sent(metadata), "application/json")
    answer = in_order(shared.call("POST", "upload", files=parts))
    assert ("AttachableResponse" if answer.status_code == 200 else "Fault") in answer.json()


FORM_NAMES = ("grant_type", "code", "refresh_token", "redirect_uri", "client_id", "client_secret", "token", "request",
              "realmId", "decision", "scope", "state", "response_type")  # fmt: skip
FORM_VALUES = SHORT_TEXTS | st.sampled_from(
    ["authorization_code", "refresh_token", "code", CLIENT[0], CLIENT[1], REDIRECT, REALM]
)
AT_SIGN_IN = ("/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke", "/v1/openid_connect/userinfo",
              "/op/v1/jwks", "/.well-known/openid_configuration")  # fmt: skip


@tried(150)
@given(
    path=st.sampled_from(AT_SIGN_IN),
    form=st.dictionaries(st.sampled_from(FORM_NAMES), FORM_VALUES, max_size=6),
    method=st.sampled_from(["GET", "POST", "PUT"]),
    content=st.sampled_from(["form", "json", "broken", "parts"]),
    auth=st.sampled_from([CLIENT, ("x", "\xff"), None]),
)
def test_odd_forms_at_sign_in_are_turned_away(
    server: Watched, path: str, form: dict[str, str], method: str, content: str, auth: tuple[str, str] | None
) -> None:
    ways: dict[str, dict[str, Any]] = {
        "form": {"data": form},
        "json": {"json": form},
        "broken": {"data": b'{"token": [\xff', "headers": JSON},
        "parts": {"data": b"--x\r\nodd", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    }
    answer = requests.request(
        method, server.url + path, params=form, auth=auth, timeout=10, allow_redirects=False, **ways[content]
    )
    in_order(answer)


@pytest.mark.parametrize("raw", RAW, ids=range(len(RAW)))
def test_an_odd_body_at_sign_in_and_graphql_is_refused(shared: Company, raw: bytes) -> None:
    token = {"Authorization": f"Bearer {shared.tokens['access_token']}", **JSON}
    graphql = requests.post(f"{shared.served.url}/graphql", data=raw, headers=token, timeout=10)
    assert in_order(graphql).status_code == 400
    revoke = requests.post(f"{shared.served.url}{AT_SIGN_IN[2]}", data=raw, auth=CLIENT, headers=JSON, timeout=10)
    assert in_order(revoke).status_code == 400
    exchange = requests.post(f"{shared.served.url}{AT_SIGN_IN[1]}", data=raw, auth=CLIENT, headers=JSON, timeout=10)
    assert in_order(exchange).status_code == 400


CREATE = (
    "mutation($i: ProjectManagement_CreateProjectInput!) { done: projectManagementCreateProject(input: $i) "
    "{ ... on ProjectManagement_Project { id name } } }"
)
LIST = (
    "query($first: PositiveInt!, $filter: ProjectManagement_ProjectFilter!) { found: projectManagementProjects("
    "first: $first, filter: $filter) { edges { node { id } } } }"
)
QUESTIONS: list[Json] = [
    {"query": CREATE, "variables": {"i": {"name": "Pier", "customer": {"id": "2"}, "dueDate": "2027-01-01T00:00:00Z"}}},
    {"query": LIST, "variables": {"first": 5, "filter": {"status": {"equals": "OPEN"}, "dueDate": {"between": {
        "minDate": "2026-01-01T00:00:00Z", "maxDate": "2028-01-01T00:00:00Z"}}}}},
]  # fmt: skip


@tried(120)
@given(data=st.data())
def test_an_odd_question_of_graphql_is_answered_in_its_own_form(shared: Company, data: st.DataObject) -> None:
    scope = "com.intuit.quickbooks.accounting project-management.project"
    tokens = data.draw(st.just(_project_tokens(shared, scope)))
    body = data.draw(st.sampled_from(QUESTIONS).flatmap(spoiled))
    headers = {"Authorization": f"Bearer {tokens}", **JSON}
    answer = in_order(requests.post(f"{shared.served.url}/graphql", data=as_sent(body), headers=headers, timeout=10))
    assert answer.status_code in {200, 400, 413}
    assert {"data", "errors", "code"} & answer.json().keys()


_held: dict[str, str] = {}


def _project_tokens(shared: Company, scope: str) -> str:
    if shared.served.url not in _held:
        told = shared.served.exchange(shared.served.code(scope=scope)).json()
        _held[shared.served.url] = told["access_token"]
    return _held[shared.served.url]


@tried(100)
@given(statement=st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from([
    "select * from Bill where TotalAmt > 'nan'", "select * from Bill where TotalAmt > '1e5'",
    "select * from Bill where TxnDate = '2026-W01-1'", "select * from Bill where TxnDate > '9999-99-99'",
    "select * from Bill where Id = '٣'", "select * from Bill where Id = '007'",
    "select * from Vendor where " + " and ".join(["DisplayName = 'a'"] * 1500),
    "select * from Vendor where Id in (" + ",".join(["'1'"] * 40_000) + ")",
    "select * from Vendor orderby " + ",".join(["DisplayName"] * 3000),
    "select * from Vendor maxresults -1", "select * from Vendor startposition 1.5",
    "select " + "Id," * 2000 + "Id from Vendor where X = 1", "(" * 5000, "select * from " + "a." * 5000 + "a",
]))  # fmt: skip
def test_an_odd_statement_is_a_parser_or_validation_fault(shared: Company, statement: str) -> None:
    headers = {"Content-Type": "application/text"}
    answer = in_order(shared.call("POST", "query", data=statement.encode(), headers=headers))
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] in {"4000", "4001"}


@pytest.mark.parametrize(
    "pattern", ["%" + "a%" * 200 + "b", "a" * 60_000, "%" * 60_000, "\x00%", "%\x00%", "_%", "[a-z]%", "\\\\%"]
)
def test_no_pattern_takes_long_or_means_more_than_its_letters(shared: Company, pattern: str) -> None:
    held = shared.create("Vendor", DisplayName=f"{'a' * 400} {len(pattern)}{pattern[:3]!r}")
    try:
        statement = f"select Id from Vendor where DisplayName like '{pattern}'"
        headers = {"Content-Type": "application/text"}
        answer = in_order(shared.call("POST", "query", data=statement.encode(), headers=headers))
        found = len(answer.json()["QueryResponse"].get("Vendor", []))
        assert (answer.status_code, found > 0) == (200, set(pattern) == {"%"})
    finally:
        shared.update("Vendor", **{**held, "Active": False})
