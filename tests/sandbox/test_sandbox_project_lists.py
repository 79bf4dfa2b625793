"""Reading projects page by page: filters, orders and cursors."""

from typing import Any

import pytest

from tests.sandbox.graphql_client import FIRST_ID, Projects, connect, error_of
from tests.sandbox.sandbox_client import Json

DELETE = "projectManagementDeleteProject"


@pytest.fixture(scope="module")
def listed(running: Any) -> Projects:
    running.control("reset", {"seed": "contractor"})
    company = connect(running)
    for name, customer, status, due, given in (
        ("Alpha", "City of Larkspur", "OPEN", "2027-03-01", {"priority": 1}),
        ("Beta", "Westfield School District", "COMPLETE", "2027-01-01", {"type": "Roof"}),
        ("Gamma", "City of Larkspur", "BLOCKED", None, {"startDate": "2026-11-05T00:00:00.000Z"}),
        ("Delta", "City of Larkspur", "OPEN", "2027-02-01", {}),
    ):
        when = {} if due is None else {"dueDate": f"{due}T00:00:00.000Z"}
        company.project(name, customer, status=status, **when, **given)
    company.mutate(DELETE, id=FIRST_ID + 3)
    return company


ALPHA, BETA, GAMMA = FIRST_ID, str(FIRST_ID + 1), FIRST_ID + 2
# Both ends are the due dates of two projects.
BETWEEN = {"minDate": "2027-01-01T00:00:00.000Z", "maxDate": "2027-02-28T16:00:00-08:00"}
FILTERS: list[tuple[Json, list[str]]] = [
    ({}, ["Alpha", "Beta", "Gamma"]),
    ({"id": {"equals": ALPHA}}, ["Alpha"]),
    ({"id": {"in": [BETA, GAMMA, "x", "9" * 40]}}, ["Beta", "Gamma"]),
    ({"id": {"in": []}}, []),
    ({"status": {"equals": "OPEN"}}, ["Alpha"]),
    ({"status": {"in": ["BLOCKED"]}}, ["Gamma"]),
    ({"status": {"nin": ["OPEN"]}}, ["Beta", "Gamma"]),
    ({"type": {"equals": "Roof"}}, ["Beta"]),
    ({"type": {"in": ["\ud800", "Roof"]}}, ["Beta"]),
    ({"priority": {"in": [1, 2]}}, ["Alpha"]),
    ({"dueDate": {"between": BETWEEN}}, ["Alpha", "Beta"]),
    ({"startDate": {"between": {**BETWEEN, "minDate": "2026-11-01T00:00:00.000Z"}}}, ["Gamma"]),
    ({"deleted": True}, ["Delta"]),
    ({"deleted": False, "includeRecurringProjects": True}, ["Alpha", "Beta", "Gamma"]),
    ({"status": {"equals": "OPEN"}, "type": {"equals": "Roof"}}, []),
    ({"status": None, "id": {"equals": None}}, ["Alpha", "Beta", "Gamma"]),
]


@pytest.mark.parametrize(("wish", "names"), FILTERS)
def test_a_filter_leaves_what_it_says(listed: Projects, wish: Json, names: list[str]) -> None:
    assert listed.names(**wish) == names


def test_a_filter_by_customer_means_the_one_above(listed: Projects) -> None:
    above = listed.id_of("Customer", "City of Larkspur")
    assert listed.names(customer={"equals": above}) == ["Alpha", "Gamma"]
    assert listed.names(customer={"equals": listed.id_of("Customer", "Alpha")}) == []


def test_only_the_filters_of_dates_may_be_heeded(listed: Projects) -> None:
    listed.served.control("settings", {"project_filters": "dates"})
    try:
        assert listed.names(status={"equals": "OPEN"}) == ["Alpha", "Beta", "Gamma"]
        assert listed.names(dueDate={"between": BETWEEN}) == ["Alpha", "Beta"]
    finally:
        listed.served.control("settings", {"project_filters": "all"})


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("orderBy: [DUE_DATE_ASC]", ["Beta", "Alpha", "Gamma"]),
        ("orderBy: DUE_DATE_DESC", ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_projects_come_in_the_order_of_their_due_dates(listed: Projects, order: str, names: list[str]) -> None:
    assert [edge["node"]["name"] for edge in listed.page(order=order)["edges"]] == names


def test_pages_follow_each_other_by_cursor(listed: Projects) -> None:
    first = listed.page(2)
    assert [edge["node"]["name"] for edge in first["edges"]] == ["Alpha", "Beta"]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": "c2ltcGxlLWN1cnNvcjA=",
        "endCursor": "c2ltcGxlLWN1cnNvcjE=",
    }
    rest = listed.page(2, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["Gamma"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    beyond = listed.page(2, after=rest["pageInfo"]["endCursor"])
    assert (beyond["edges"], beyond["pageInfo"]["endCursor"]) == ([], None)


LIST = "query($first: PositiveInt!, $after: String) { projectManagementProjects(first: $first, after: $after, filter: "


@pytest.mark.parametrize(
    ("first", "after", "wish", "status", "inner"),
    [
        (0, None, "{}", 400, "BAD_USER_INPUT"),
        (-1, None, "{}", 400, "BAD_USER_INPUT"),
        (1.0, None, "{}", 400, "BAD_USER_INPUT"),
        (10**30, None, "{}", 400, "BAD_USER_INPUT"),
        (1001, None, "{}", 200, "2240"),
        (1, "", "{}", 200, "2010"),
        (1, "x", "{}", 200, "2010"),
        (1, "\ud800", "{}", 200, "2010"),
        (1, "c2ltcGxlLWN1cnNvcg==", "{}", 200, "2010"),
        (1, "c2ltcGxlLWN1cnNvci0x", "{}", 200, "2010"),
        (1, None, "null", 400, "GRAPHQL_VALIDATION_FAILED"),
        (1, None, "{status: {in: [OPEN, BLOCKED]}}", 200, "2600"),
        (1, None, "{changedSince: 1}", 400, "GRAPHQL_VALIDATION_FAILED"),
        (1, None, '{dueDate: {between: {minDate: "2027-01-01T00:00:00Z"}}}', 400, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_a_listing_is_refused(listed: Projects, first: Any, after: Any, wish: str, status: int, inner: str) -> None:
    answer = listed.graphql(f"{LIST}{wish}) {{ edges {{ cursor }} }} }}", {"first": first, "after": after})
    assert (answer.status_code, error_of(answer)["innerCode"]) == (status, inner)
