"""Whatever is sent, the local QuickBooks answers with a fault of its own and never breaks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.sandbox_client import Company, Json

ENTITIES = (
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "Account",
    "TimeActivity",
    "Bill",
    "BillPayment",
    "Class",
    "Department",
)
NAMES = (
    "DisplayName", "GivenName", "Name", "Type", "Job", "ParentRef", "Active", "Balance", "PrimaryEmailAddr",
    "NameOf",
    "EmployeeRef", "CustomerRef", "Hours", "Minutes", "StartTime", "EndTime", "TxnDate", "VendorRef", "Line",
    "TotalAmt", "PayType", "CheckPayment", "DocNumber", "Id", "SyncToken", "sparse", "MetaData",
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["1", "8", "2026-11-16", "Employee", "Check", "08:00:00"])
    | st.sampled_from([{"value": "8"}, {"value": "1"}, {"value": "x"}])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "Amount", "DetailType", "LinkedTxn", "TxnId"]), inner, max_size=3)
    ),
    max_leaves=6,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entity=st.sampled_from(ENTITIES), body=BODIES)
def test_any_body_is_taken_or_refused_in_order(shared: Company, entity: str, body: Json) -> None:
    answer = shared.post(entity, body) if _can_travel(body) else None
    if answer is not None:
        assert answer.status_code in {200, 400}
        assert (entity if answer.status_code == 200 else "Fault") in answer.json()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.text(max_size=40))
def test_any_statement_is_answered_or_refused_in_order(shared: Company, tail: str) -> None:
    statement = "select * from Bill where DocNumber = " + tail
    try:
        answer = shared.ask(statement)
    except UnicodeEncodeError:
        return
    assert answer.status_code in {200, 400}


HALF = "\ud800"


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("Customer", {"DisplayName": "A", "PrimaryEmailAddr": {"Address": f"a@{HALF}.com"}}),
        ("Customer", {"DisplayName": HALF}),
        ("Customer", {HALF: 1}),
        ("Bill", {"TxnDate": HALF}),
        ("Bill", {"VendorRef": {"value": HALF}}),
        ("batch", {"BatchItemRequest": [{"bId": HALF, "Query": "select * from Bill"}]}),
    ],
)
def test_half_a_character_is_refused(shared: Company, entity: str, body: Json) -> None:
    assert shared.post(entity, body).status_code == 400


def test_half_a_character_in_a_query_of_a_batch_finds_nothing(shared: Company) -> None:
    answer = shared.batch({"bId": "a", "Query": f"select * from Bill where DocNumber = '{HALF}'"})
    assert answer.json()["BatchItemResponse"] == [{"bId": "a", "QueryResponse": {}}]


def _can_travel(value: Any) -> bool:
    """JSON has no infinite numbers, and the client of the test would not send them."""
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    if isinstance(value, dict):
        return all(map(_can_travel, value.values()))
    return not isinstance(value, list) or all(map(_can_travel, value))
