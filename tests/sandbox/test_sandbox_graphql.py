"""The GraphQL endpoint: its gateway, its scopes, its errors, and documents that are made to hurt."""

import json
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.graphql_client import PROJECT_SCOPE, Projects, connect, error_of
from tests.sandbox.sandbox_client import OTHER_REALM, REALM, SCOPE, Json, Served

ONE = "{ projectManagementProject(id: 1) { id } }"
LIST = "{ projectManagementProjects(first: 1, filter: {}) { edges { node { id } } } }"
PAY = '{ payrollEmployeeCompensations(filter: {employeeId: "54", active: true}) { edges { node { id } } } }'
CREATE = 'mutation { projectManagementCreateProject(input: {name: "A", customer: {id: 2}}) { id } }'
GATEWAY = {"code", "type", "message", "detail", "moreInfo"}


@pytest.fixture
def projects(served: Served) -> Projects:
    return connect(served)


def test_an_answer_has_the_headers_of_the_service(projects: Projects) -> None:
    answer = projects.graphql(LIST)
    assert answer.json() == {"data": {"projectManagementProjects": {"edges": []}}}
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["intuit_tid"]


# the gateway


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_answered(projects: Projects, method: str) -> None:
    answer = requests.request(method, f"{projects.served.url}/graphql", timeout=10)
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (405, "MethodNotAllowed", GATEWAY)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("", "Bearer token missing"),
        ("Basic abc", "Bearer token missing"),
        ("Bearer short", "Malformed bearer token: too short or too long"),
        (f"Bearer {'x' * 60}", "Token invalid"),
    ],
)
def test_a_call_without_a_good_token_is_refused_at_the_gateway(projects: Projects, header: str, detail: str) -> None:
    answer = projects.graphql(LIST, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "AuthenticationFailed",
        "type": "INPUT",
        "message": None,
        "detail": detail,
        "moreInfo": None,
    }


def test_an_expired_token_is_refused(projects: Projects) -> None:
    projects.served.control("expire-tokens", {"kind": "access"})
    assert projects.graphql(LIST).status_code == 401


def test_the_company_is_the_tokens(projects: Projects) -> None:
    assert projects.graphql(LIST, headers={"intuit-realm-id": REALM}).status_code == 200
    answer = projects.graphql(LIST, headers={"intuit-realm-id": OTHER_REALM})
    assert (answer.status_code, answer.json()["code"]) == (403, "ApplicationAuthorizationFailed")
    projects.project()
    assert connect(projects.served, realm=OTHER_REALM).names() == []


def test_calls_are_throttled_with_the_others(projects: Projects) -> None:
    projects.served.control("clock", {"frozen": True})
    projects.served.control("settings", {"throttle": True})
    answers = [projects.graphql(LIST) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert (answers[-1].json()["code"], answers[-1].headers["retry-after"]) == ("ThrottleExceeded", "1")


def test_a_call_is_in_the_journal_and_only_data_out_is_metered(projects: Projects) -> None:
    owner = projects.id_of("Customer", "City of Larkspur")
    projects.served.control("stats", method="DELETE")
    projects.graphql(LIST)
    projects.graphql(ONE)
    projects.graphql(CREATE.replace("{id: 2}", f"{{id: {owner}}}"))
    calls = projects.served.control("requests?last=9", method="GET")["requests"]
    assert [(call["kind"], call["realm"], call["metered"]) for call in calls] == [
        ("graphql", REALM, True),
        ("graphql", REALM, False),
        ("graphql", REALM, False),
    ]


# scopes


@pytest.mark.parametrize(
    ("scope", "query"),
    [
        (SCOPE, LIST),
        (SCOPE, ONE),
        (SCOPE, CREATE),
        (PROJECT_SCOPE, LIST),
        (PROJECT_SCOPE, CREATE),
        (f"{SCOPE} {PROJECT_SCOPE}", PAY),
    ],
)
def test_a_missing_scope_is_told_by_the_service(served: Served, scope: str, query: str) -> None:
    answer = connect(served, scope=scope).graphql(query)
    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    assert error["message"] == "Authorization error is detected for this request. Do you have sufficient scope?"
    assert error["extensions"] == {
        "code": "AHZ-0010",
        "innerCode": "ACCESS_DENIED",
        "innerMessage": "Access denied; Insufficient Scope",
        "classification": "AUTHORIZATION",
    }
    assert (len(error["path"]), error["locations"][0]["line"]) == (1, 1)
    assert "data" not in answer.json()


def test_nobody_has_a_compensation_here(served: Served) -> None:
    told = connect(served, scope="payroll.compensation.read").asked(PAY)
    assert told == {"payrollEmployeeCompensations": {"edges": []}}


# errors of the service

DEEP = 50
WIDE = 3000
MISUSED: list[tuple[str, Json, str]] = [
    # what is wrong, the body, inner code
    ("empty", {"query": ""}, "GRAPHQL_PARSE_FAILED"),
    ("no text", {"query": 7}, "GRAPHQL_PARSE_FAILED"),
    ("no query", {}, "GRAPHQL_PARSE_FAILED"),
    ("unknown member", {"query": LIST, "batch": True}, "GRAPHQL_PARSE_FAILED"),
    ("unclosed", {"query": "{ projectManagementProject(id: 1) { id }"}, "GRAPHQL_PARSE_FAILED"),
    ("half a character", {"query": '{ projectManagementProject(id: "\ud800") { id } }'}, "GRAPHQL_PARSE_FAILED"),
    ("variables are a list", {"query": LIST, "variables": []}, "BAD_USER_INPUT"),
    ("the name is a number", {"query": LIST, "operationName": 1}, "BAD_USER_INPUT"),
    ("unknown operation", {"query": f"query A {LIST}", "operationName": "B"}, "BAD_USER_INPUT"),
    ("which operation", {"query": f"query A {LIST} query B {LIST}"}, "BAD_USER_INPUT"),
    ("missing variable", {"query": "query($id: ID!) { projectManagementProject(id: $id) { id } }"}, "BAD_USER_INPUT"),
    ("unknown field", {"query": "{ projectManagementProject(id: 1) { colour } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("no selection", {"query": "{ projectManagementProject(id: 1) }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("no filter", {"query": "{ projectManagementProjects(first: 1) { __typename } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("subscription", {"query": "subscription { changed }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("only a fragment", {"query": "fragment A on Query { __typename }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("nested", {"query": "{a" * DEEP + "}" * DEEP}, "GRAPHQL_VALIDATION_FAILED"),
    ("nested beyond reason", {"query": "{a" * 900 + "}" * 900}, "GRAPHQL_PARSE_FAILED"),
    ("nested lists", {"query": f"{{ a(b: {'[' * 900}{']' * 900}) }}"}, "GRAPHQL_PARSE_FAILED"),
    ("a thousand aliases", {"query": f"{{ {' '.join(f'a{n}: __typename' for n in range(WIDE))} }}"},
     "GRAPHQL_PARSE_FAILED"),
    ("a hundred aliases", {"query": f"{{ {' '.join(f'a{n}: __typename' for n in range(100))} }}"},
     "GRAPHQL_VALIDATION_FAILED"),
    ("a circle", {"query": "{ ...A } fragment A on Query { ...A }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("a long circle", {"query": "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }"},
     "GRAPHQL_VALIDATION_FAILED"),
    ("a cascade", {"query": "{ ...F0 } fragment F13 on Query { __typename } " + " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(13))}, "GRAPHQL_VALIDATION_FAILED"),
    ("comments", {"query": "#\n" * 5000 + LIST}, "GRAPHQL_PARSE_FAILED"),
    ("huge number", {"query": f"{{ projectManagementProjects(first: {'9' * 5000}, filter: {{}}) {{ __typename }} }}"},
     "GRAPHQL_VALIDATION_FAILED"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(running: Any) -> Projects:
    running.control("reset", {"seed": "contractor"})
    return connect(running)


@pytest.mark.parametrize(("body", "inner"), [case[1:] for case in MISUSED], ids=[case[0] for case in MISUSED])
def test_a_document_is_refused(shared: Projects, body: Json, inner: str) -> None:
    answer = _post(shared, json.dumps(body))
    assert answer.status_code == 400, answer.text
    for error in answer.json()["errors"]:
        extensions = error["extensions"]
        assert (extensions["code"], extensions["classification"]) == ("VAL-0100", "VALIDATION_ERROR")
        assert (extensions["innerCode"], extensions["innerMessage"]) == (inner, error["message"])
    assert "data" not in answer.json()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"query": 1' + "0" * 5000 + "}", "[" * 100_000, "\x00"])
def test_a_body_that_is_no_question_is_refused(shared: Projects, body: str) -> None:
    answer = _post(shared, body)
    assert (answer.status_code, error_of(answer)["innerCode"]) == (400, "GRAPHQL_PARSE_FAILED")


def test_a_form_is_no_question(shared: Projects) -> None:
    answer = _post(shared, json.dumps({"query": LIST}), "application/x-www-form-urlencoded")
    assert (answer.status_code, error_of(answer)["innerCode"]) == (400, "GRAPHQL_PARSE_FAILED")


def test_a_body_without_end_is_not_read_to_its_end(shared: Projects) -> None:
    answer = _post(shared, json.dumps({"query": LIST, "variables": {"x": "y" * 1024 * 1024}}))
    assert (answer.status_code, answer.json()["code"]) == (413, "RequestTooLarge")


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'])
def test_the_schema_is_not_told(shared: Projects, query: str) -> None:
    answer = shared.graphql(query)
    assert answer.status_code == 400
    assert "introspection has been disabled" in answer.text


def test_an_unknown_project_is_an_error_beside_null(shared: Projects) -> None:
    answer = shared.graphql(f"{{ a: projectManagementProject(id: 1) {{ id }} {LIST[1:]}")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"a": None, "projectManagementProjects": {"edges": []}}
    assert (error_of(answer)["innerCode"], answer.json()["errors"][0]["path"]) == ("610", ["a"])


@pytest.mark.parametrize("key", ['"x"', '""', f'"{"9" * 40}"', "0", "-1"])
def test_an_id_that_is_none_is_not_found(shared: Projects, key: str) -> None:
    answer = shared.graphql(f"{{ projectManagementProject(id: {key}) {{ id }} }}")
    assert (answer.status_code, error_of(answer)["innerCode"]) == (200, "610")


def _post(projects: Projects, body: str, content_type: str = "application/json") -> requests.Response:
    headers = {"Authorization": f"Bearer {projects.tokens['access_token']}", "Content-Type": content_type}
    return projects.session.post(f"{projects.served.url}/graphql", data=body, headers=headers, timeout=30)


NAMES = st.sampled_from([
    "name", "customer", "status", "priority", "dueDate", "completionRate", "pinned", "emailAddress", "addresses",
    "account", "id", "email", "streetAddressLine1", "country",
])  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(["OPEN", "2026-11-01T00:00:00Z", "2", "USA", REALM, "\ud800"])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=8
)


@settings(max_examples=200, deadline=None)
@given(variables=st.dictionaries(NAMES, VALUES, max_size=8))
def test_any_input_is_taken_or_refused_in_order(shared: Projects, variables: Json) -> None:
    query = "mutation($i: ProjectManagement_CreateProjectInput!) { done: projectManagementCreateProject(input: $i) "
    answer = _post(shared, json.dumps({"query": f"{query}{{ id }} }}", "variables": {"i": variables}}))
    assert answer.status_code in {200, 400}
    told = answer.json()
    assert "data" in told or {error["extensions"]["code"] for error in told["errors"]} == {"VAL-0100"}


# faults on demand


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttle", 429, "ThrottleExceeded"),
        ("unauthorized", 401, "AuthenticationFailed"),
        ("wrong_realm", 403, "ApplicationAuthorizationFailed"),
        ("system", 500, "InternalServerError"),
        ("maintenance", 503, "ServiceUnavailable"),
    ],
)
def test_a_fault_of_the_gateway_has_its_shape(projects: Projects, kind: str, status: int, code: str) -> None:
    projects.served.fault(kind, route="graphql", count=1)
    answer = projects.graphql(LIST)
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (status, code, GATEWAY)
    assert projects.graphql(LIST).status_code == 200


def test_a_fault_of_the_service_has_its_shape(projects: Projects) -> None:
    projects.served.fault("subscription", route="graphql", count=1)
    assert error_of(projects.graphql(LIST))["innerCode"] == "6190"


def test_a_fault_for_writes_hits_mutations_only(projects: Projects) -> None:
    owner = projects.id_of("Customer", "City of Larkspur")
    made = CREATE.replace("{id: 2}", f"{{id: {owner}}}")
    projects.served.fault("status", status=503, route="write", count=1)
    assert projects.graphql(LIST).status_code == 200
    assert projects.graphql(made).status_code == 503
    projects.served.fault("poison", match='"A\\"', count=1)
    assert error_of(projects.graphql(made))["code"] == "SYS-0100"
    assert projects.names() == []
    projects.served.fault("drop_after_write", count=1)
    assert projects.graphql(LIST).status_code == 200
    with pytest.raises(requests.ConnectionError):
        projects.graphql(made)
    assert projects.names() == ["A"]


def test_an_answer_is_broken_on_demand(projects: Projects) -> None:
    projects.served.fault("malformed", route="graphql", count=1)
    with pytest.raises(requests.JSONDecodeError):
        projects.graphql(LIST).json()
