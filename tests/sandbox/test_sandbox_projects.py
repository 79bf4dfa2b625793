"""Projects: made, changed and deleted through GraphQL, with a customer row that follows each of them."""

from typing import Any

import pytest

from tests.sandbox.graphql_client import FIRST_ID, Projects, connect, done, error_of
from tests.sandbox.sandbox_client import REALM, Json, Served, fault_of

CREATE = "projectManagementCreateProject"
UPDATE = "projectManagementUpdateProject"
DELETE = "projectManagementDeleteProject"


@pytest.fixture
def projects(served: Served) -> Projects:
    return connect(served)


def test_a_project_is_told_as_it_was_made(projects: Projects) -> None:
    made = projects.project(
        description="New decking",
        type="Marine",
        status="IN_PROGRESS",
        priority=3,
        startDate="2026-11-01T00:00:00.000Z",
        dueDate="2027-02-01T00:00:00-08:00",
        completionRate=12.5,
        pinned=True,
        emailAddress=[{"email": "pm@example.com", "name": "PM"}],
        addresses=[{"streetAddressLine1": "1 Pier Road", "city": "Larkspur", "country": "USA"}],
        account={"id": REALM},
    )
    assert made == {
        "id": str(FIRST_ID),
        "name": "Pier 9",
        "description": "New decking",
        "type": "Marine",
        "status": "IN_PROGRESS",
        "priority": 3,
        "customer": {"id": projects.id_of("Customer", "City of Larkspur")},
        "account": {"id": REALM},
        "startDate": "2026-11-01T00:00:00.000Z",
        "dueDate": "2027-02-01T08:00:00.000Z",
        "completedDate": None,
        "completedBy": None,
        "completionRate": 12.5,
        "pinned": True,
        "emailAddress": [{"email": "pm@example.com", "name": "PM"}],
        "addresses": [{"streetAddressLine1": "1 Pier Road", "city": "Larkspur", "country": "USA"}],
        "deleted": False,
    }
    told = projects.asked(f"{{ projectManagementProject(id: {FIRST_ID}) {{ id name }} }}")
    assert told == {"projectManagementProject": {"id": str(FIRST_ID), "name": "Pier 9"}}


def test_a_project_needs_a_name_and_a_customer_and_no_more(projects: Projects) -> None:
    made = projects.project()
    assert (made["status"], made["pinned"], made["deleted"]) == ("OTHER", False, False)
    assert [made[name] for name in ("description", "priority", "dueDate", "completionRate")] == [None] * 4


def test_a_numeric_id_is_taken_in_variables(projects: Projects) -> None:
    owner = {"id": int(projects.id_of("Customer", "City of Larkspur"))}
    assert done(projects.mutate(CREATE, name="By number", customer=owner))["customer"] == {"id": str(owner["id"])}


def test_the_documented_mutation_is_understood(projects: Projects) -> None:
    query = """
        mutation Make($name: String!, $dueDate: DateTime!, $status: ProjectManagement_Status,
                      $customer: ProjectManagement_CustomerInput, $priority: Int, $completionRate: Decimal,
                      $emailAddress: [Qb_EmailAddressInput], $addresses: [Qb_PostalAddressInput]) {
          projectManagementCreateProject(input: {name: $name, dueDate: $dueDate, status: $status, customer: $customer,
              priority: $priority, completionRate: $completionRate, emailAddress: $emailAddress,
              addresses: $addresses}) {
            ... on ProjectManagement_Project { __typename id emailAddress { email } }
          }
        }"""
    owner = {"id": projects.id_of("Customer", "City of Larkspur")}
    given = {"name": "Doc", "dueDate": "2024-08-22T00:00:00.000Z", "customer": owner, "status": "OPEN"}
    made = projects.asked(query, given)[CREATE]
    assert made == {"__typename": "ProjectManagement_Project", "id": str(FIRST_ID), "emailAddress": []}


REFUSED: list[tuple[Json, int, str]] = [
    # changes to a valid input, HTTP status, inner code
    ({"name": None}, 400, "BAD_USER_INPUT"),
    ({"name": ""}, 200, "2020"),
    ({"name": "x" * 501}, 200, "2050"),
    ({"name": "A:B"}, 200, "2040"),
    ({"name": "half \ud800"}, 200, "2040"),
    ({"name": "city of larkspur"}, 200, "6240"),
    ({"name": 7}, 400, "BAD_USER_INPUT"),
    ({"customer": None}, 200, "2020"),
    ({"customer": {"id": "999999"}}, 200, "2500"),
    ({"customer": {"id": "x"}}, 200, "2500"),
    ({"customer": {"id": "9" * 60}}, 200, "2500"),
    ({"customer": {"id": 1.5}}, 400, "BAD_USER_INPUT"),
    ({"customer": {}}, 400, "BAD_USER_INPUT"),
    ({"customer": []}, 400, "BAD_USER_INPUT"),
    ({"account": {"id": "1"}}, 200, "2500"),
    ({"status": "DONE"}, 400, "BAD_USER_INPUT"),
    ({"priority": 10}, 200, "2240"),
    ({"priority": -1}, 200, "2240"),
    ({"priority": 10**12}, 400, "BAD_USER_INPUT"),
    ({"completionRate": 101}, 200, "2240"),
    ({"completionRate": 0.000001}, 200, "2110"),
    ({"completionRate": "5"}, 400, "BAD_USER_INPUT"),
    ({"completionRate": True}, 400, "BAD_USER_INPUT"),
    ({"dueDate": "2026-11-01"}, 400, "BAD_USER_INPUT"),
    ({"dueDate": "2026-11-01T00:00:00"}, 400, "BAD_USER_INPUT"),
    ({"dueDate": "0001-01-01T00:00:00+14:00"}, 400, "BAD_USER_INPUT"),
    ({"dueDate": 20261101}, 400, "BAD_USER_INPUT"),
    ({"description": "x" * 4001}, 200, "2050"),
    ({"emailAddress": [{"name": "PM"}]}, 400, "BAD_USER_INPUT"),
    ({"addresses": [{"streetAddressLine1": "1", "country": "us"}]}, 400, "BAD_USER_INPUT"),
    ({"addresses": [{"streetAddressLine1": "x" * 501}]}, 200, "2050"),
    ({"colour": "red"}, 400, "BAD_USER_INPUT"),
]


@pytest.fixture(scope="module")
def shared(running: Any) -> Projects:
    running.control("reset", {"seed": "contractor"})
    return connect(running)


@pytest.mark.parametrize(("changes", "status", "inner"), REFUSED)
def test_a_project_is_refused(shared: Projects, changes: Json, status: int, inner: str) -> None:
    owner = {"id": shared.id_of("Customer", "City of Larkspur")}
    answer = shared.mutate(CREATE, **{"name": "New", "customer": owner, **changes})
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["innerCode"]) == (status, "VAL-0100", inner)
    assert error["classification"] == "VALIDATION_ERROR"
    assert "data" not in answer.json()
    assert shared.applied() == []


def test_a_refusal_by_the_books_may_come_with_http_400(projects: Projects) -> None:
    projects.served.control("settings", {"graphql_refusal_status": 400})
    answer = projects.mutate(CREATE, name="A")
    assert (answer.status_code, error_of(answer)["innerCode"]) == (400, "2020")


# the customer row


def test_a_project_makes_a_customer_row_of_its_name(projects: Projects) -> None:
    made = projects.project()
    row = projects.row_of("Pier 9")
    assert (row["IsProject"], row["Job"], row["FullyQualifiedName"]) == (True, True, "City of Larkspur:Pier 9")
    assert row["ParentRef"]["value"] == made["customer"]["id"]
    assert row["Id"] not in {made["id"], made["customer"]["id"]}
    assert [write["entity"] for write in projects.applied()] == ["Customer", "Project"]


def test_a_new_name_another_customer_and_the_deletion_reach_the_row(projects: Projects) -> None:
    key = projects.project()["id"]
    row = projects.row_of("Pier 9")
    done(projects.mutate("projectManagementUpdateName", id=key, name="Pier 10"))
    renamed = projects.read("Customer", row["Id"])
    assert (renamed["DisplayName"], renamed["SyncToken"], renamed["IsProject"]) == ("Pier 10", "1", True)
    owner = projects.id_of("Customer", "Westfield School District")
    done(projects.mutate("projectManagementUpdateCustomer", id=key, customer={"id": owner}))
    moved = projects.read("Customer", row["Id"])
    assert moved["FullyQualifiedName"] == "Westfield School District:Pier 10"
    gone = projects.asked(f"mutation {{ {DELETE}(input: {{id: {key}}}) {{ id deleted }} }}")
    assert gone == {DELETE: {"id": key, "deleted": True}}
    retired = projects.read("Customer", row["Id"])
    assert (retired["DisplayName"], retired["Active"]) == ("Pier 10 (deleted)", False)
    assert projects.project("Pier 10")["id"] == str(FIRST_ID + 1)


def test_a_status_leaves_the_row_alone(projects: Projects) -> None:
    key = projects.project()["id"]
    done(projects.mutate("projectManagementUpdateStatus", id=key, status="BLOCKED"))
    assert projects.row_of("Pier 9")["SyncToken"] == "0"


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"DisplayName": "Other"}, "DisplayName"),
        ({"Active": False}, "Active"),
        ({"ParentRef": {"value": "1"}}, "ParentRef"),
    ],
)
def test_what_a_project_decides_is_not_changed_through_its_row(projects: Projects, changes: Json, element: str) -> None:
    projects.project()
    row = projects.row_of("Pier 9")
    error = fault_of(projects.post("Customer", {"sparse": True, **_key(row), **changes}))
    assert (error["code"], error["element"]) == ("6000", element)
    assert projects.read("Customer", row["Id"]) == row
    noted = projects.update("Customer", **{**row, "Notes": "gate code 4411"})
    assert (noted["Notes"], noted["IsProject"]) == ("gate code 4411", True)


def _key(row: Json) -> Json:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"]}


def test_a_project_with_unbilled_time_is_not_deleted(projects: Projects) -> None:
    key = projects.project()["id"]
    row = {"value": projects.row_of("Pier 9")["Id"]}
    projects.create("TimeActivity", **projects.time(CustomerRef=row, BillableStatus="Billable", HourlyRate=75))
    assert error_of(projects.mutate(DELETE, id=key))["innerCode"] == "6280"
    assert projects.names() == ["Pier 9"]


def test_a_project_stands_under_no_project(projects: Projects) -> None:
    projects.project()
    owner = {"id": projects.row_of("Pier 9")["Id"]}
    assert error_of(projects.mutate(CREATE, name="Inner", customer=owner))["innerCode"] == "6000"


# changing


def test_an_update_changes_what_it_names_and_empties_what_is_null(projects: Projects) -> None:
    made = projects.project(description="Old", priority=2, pinned=True, dueDate="2027-01-01T00:00:00.000Z")
    changed = done(projects.mutate(UPDATE, id=made["id"], description="New", dueDate=None))
    assert changed == {**made, "description": "New", "dueDate": None}


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("Name", {"name": "Other"}),
        ("Status", {"status": "CANCELED"}),
        ("Description", {"description": "Other"}),
        ("DueDate", {"dueDate": "2027-03-01T00:00:00.000Z"}),
        ("StartDate", {"startDate": "2027-03-01T00:00:00.000Z"}),
        ("CompletionRate", {"completionRate": 50}),
        ("EmailAddress", {"emailAddress": [{"email": "a@example.com", "name": None}]}),
        ("Addresses", {"addresses": [{"streetAddressLine1": "2", "city": None, "country": None}]}),
    ],
)
def test_each_part_has_a_mutation_of_its_own(projects: Projects, what: str, given: Json) -> None:
    made = projects.project()
    assert done(projects.mutate(f"projectManagementUpdate{what}", id=made["id"], **given)) == {**made, **given}


def test_completion_is_dated_when_it_happens_and_forgotten_when_it_is_undone(projects: Projects) -> None:
    projects.served.control("clock", {"now": "2026-12-01T08:00:00-08:00", "frozen": True})
    projects.tokens = connect(projects.served).tokens
    key = projects.project(status="COMPLETE")["id"]
    projects.served.control("clock", {"advance_seconds": 60})
    kept = done(projects.mutate("projectManagementUpdateDescription", id=key, description="Handed over"))
    assert (kept["completedDate"], kept["completedBy"]) == ("2026-12-01T16:00:00.000Z", "API API")
    undone = done(projects.mutate("projectManagementUpdateStatus", id=key, status="OPEN"))
    assert (undone["completedDate"], undone["completedBy"]) == (None, None)


def test_a_deleted_project_is_told_and_no_longer_changed(projects: Projects) -> None:
    key = projects.project()["id"]
    done(projects.mutate(DELETE, id=key))
    assert projects.asked(f"{{ projectManagementProject(id: {key}) {{ deleted }} }}") == {
        "projectManagementProject": {"deleted": True}
    }
    for what, given in ((UPDATE, {"name": "Again"}), (DELETE, {})):
        assert error_of(projects.mutate(what, id=key, **given))["innerCode"] == "6000"
    assert error_of(projects.mutate(DELETE, id="1"))["innerCode"] == "610"


def test_mutations_of_one_document_are_carried_out_one_by_one(projects: Projects) -> None:
    owner = projects.id_of("Customer", "City of Larkspur")
    one, other = (f'{CREATE}(input: {{name: "{name}", customer: {{id: {owner}}}}})' for name in ("One", "Two"))
    answer = projects.graphql(f"mutation {{ a: {one} {{ name }} b: {one} {{ name }} c: {other} {{ name }} }}")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"a": {"name": "One"}, "b": None, "c": {"name": "Two"}}
    assert [error["path"] for error in answer.json()["errors"]] == [["b"]]
    assert projects.names() == ["One", "Two"]


# where projects are, and where they are not


@pytest.mark.parametrize(
    "sku", ["QuickBooks Online Simple Start", "QuickBooks Online Essentials", "QuickBooks Online Advanced"]
)
def test_projects_need_a_product_that_has_them(projects: Projects, sku: str) -> None:
    projects.served.control(f"{REALM}/offering", {"sku": sku})
    owner = {"id": projects.id_of("Customer", "City of Larkspur")}
    answer = projects.mutate(CREATE, name="A", customer=owner)
    if "Advanced" in sku:
        assert done(answer)["name"] == "A"
    else:
        assert error_of(answer)["innerCode"] == "5030"


def test_projects_need_their_preference(projects: Projects) -> None:
    projects.project()
    projects.served.prefer(REALM, "ProjectsEnabled", "false")
    for query in (
        f"{{ projectManagementProject(id: {FIRST_ID}) {{ id }} }}",
        "{ projectManagementProjects(first: 1, filter: {}) { edges { cursor } } }",
        f"mutation {{ {DELETE}(input: {{id: {FIRST_ID}}}) {{ id }} }}",
    ):
        assert error_of(projects.graphql(query))["innerCode"] == "5030"


def test_a_project_is_no_resource_of_the_company_api(projects: Projects) -> None:
    key = projects.project()["id"]
    assert projects.call("GET", f"project/{key}").status_code == 404
    assert projects.post("Project", {"Name": "A"}).status_code == 404
    assert fault_of(projects.ask("select * from Project"))["code"] == "4001"
    asked = {"entities": "Project", "changedSince": "2026-11-01"}
    assert fault_of(projects.call("GET", "cdc", params=asked))["code"] == "500"
    item = {"bId": "1", "operation": "create", "Project": {"Name": "A", "CustomerRef": {"value": "2"}}}
    answer = projects.batch(item).json()["BatchItemResponse"][0]
    assert answer["Fault"]["Error"][0]["code"] == "2010"
    assert projects.names() == ["Pier 9"]


def test_people_see_projects_on_the_website(projects: Projects) -> None:
    key = projects.project(status="OPEN")["id"]
    page = projects.session.get(f"{projects.served.url}/company/{REALM}/Project", timeout=10)
    assert all(word in page.text for word in ("Pier 9", "OPEN", "City of Larkspur", key))
    gone = projects.served.control(f"{REALM}/deactivate", {"entity": "Project", "id": key})
    assert gone["Active"] is False
    assert projects.row_of("Pier 9 (deleted)")["Active"] is False
