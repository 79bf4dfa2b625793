"""Transactions for a project: their ProjectRef, the customer beside it, and what is filled in."""

from typing import Any

import pytest

from tests.sandbox.graphql_client import FIRST_ID, Projects, connect, done
from tests.sandbox.sale_bodies import payment, sale
from tests.sandbox.sandbox_client import REALM, Json, Served, fault_of

PROJECT = {"value": str(FIRST_ID)}
DELETE = "projectManagementDeleteProject"


@pytest.fixture
def projects(served: Served) -> Projects:
    """Connected, with the project Pier 9 of the City of Larkspur."""
    company = connect(served)
    company.project()
    return company


def row(projects: Projects) -> Json:
    return {"value": projects.row_of("Pier 9")["Id"]}


def for_project(projects: Projects, entity: str, **detail: Any) -> Json:
    """A transaction whose line, or the time entry itself, is for Pier 9."""
    if entity == "TimeActivity":
        return projects.time(ProjectRef=PROJECT, CustomerRef=detail.get("CustomerRef"))
    return projects.bill(Line=[{**projects.account_line(**detail), "ProjectRef": PROJECT}])


def customer_of(entity: str, record: Json) -> Json | None:
    part = record if entity == "TimeActivity" else record["Line"][0]["AccountBasedExpenseLineDetail"]
    found: Json | None = part.get("CustomerRef")
    return found


def project_of(entity: str, record: Json) -> Json | None:
    part = record if entity == "TimeActivity" else record["Line"][0]
    found: Json | None = part.get("ProjectRef")
    return found


ENTITIES = pytest.mark.parametrize("entity", ["TimeActivity", "Bill", "VendorCredit"])


@ENTITIES
def test_a_transaction_is_for_a_project_and_its_row(projects: Projects, entity: str) -> None:
    made = projects.create(entity, **for_project(projects, entity, CustomerRef=row(projects)))
    assert project_of(entity, made) == {**PROJECT, "name": "Pier 9"}
    assert customer_of(entity, made) == {**row(projects), "name": "City of Larkspur:Pier 9"}
    assert projects.read(entity, made["Id"]) == made


@ENTITIES
def test_the_project_alone_is_enough_and_brings_no_customer(projects: Projects, entity: str) -> None:
    made = projects.create(entity, **for_project(projects, entity))
    assert project_of(entity, made) == {**PROJECT, "name": "Pier 9"}
    assert customer_of(entity, made) is None


@ENTITIES
def test_the_project_may_bring_its_customer(projects: Projects, entity: str) -> None:
    projects.served.control("settings", {"project_fills_customer": True})
    made = projects.create(entity, **for_project(projects, entity))
    assert customer_of(entity, made) == {**row(projects), "name": "City of Larkspur:Pier 9"}


@ENTITIES
def test_the_customer_brings_its_project_only_when_asked_to(projects: Projects, entity: str) -> None:
    body = for_project(projects, entity, CustomerRef=row(projects))
    body.pop("ProjectRef", None)
    for line in body.get("Line", []):
        line.pop("ProjectRef")
    assert project_of(entity, projects.create(entity, **body)) is None
    projects.served.control("settings", {"project_from_customer": True})
    assert project_of(entity, projects.create(entity, **body)) == {**PROJECT, "name": "Pier 9"}


@pytest.mark.parametrize(
    ("entity", "customer", "code"),
    [
        ("TimeActivity", "City of Larkspur", None),
        ("TimeActivity", "Westfield School District", "2600"),
        ("Bill", "City of Larkspur", "2600"),
        ("Bill", "Westfield School District", "2600"),
        ("VendorCredit", "City of Larkspur", "2600"),
    ],
)
def test_the_customer_is_the_projects_own(projects: Projects, entity: str, customer: str, code: str | None) -> None:
    body = for_project(projects, entity, CustomerRef=projects.ref("Customer", customer))
    answer = projects.post(entity, body)
    if code is None:
        assert answer.status_code == 200, answer.text
    else:
        assert (fault_of(answer)["code"], fault_of(answer)["element"]) == (code, "ProjectRef")
        assert projects.rows(f"select * from {entity} where TxnDate >= '2026-11-01'") == []


@ENTITIES
@pytest.mark.parametrize("key", ["1", "999999", "9" * 40, "x", ""])
def test_an_unknown_project_is_refused(projects: Projects, entity: str, key: str) -> None:
    body = for_project(projects, entity)
    part = body if entity == "TimeActivity" else body["Line"][0]
    part["ProjectRef"] = {"value": key}
    assert (fault_of(projects.post(entity, body))["code"]) == "2500"


@ENTITIES
def test_a_deleted_project_takes_nothing_more(projects: Projects, entity: str) -> None:
    body = for_project(projects, entity)
    held = projects.create(entity, **body)
    done(projects.mutate(DELETE, id=FIRST_ID))
    error = fault_of(projects.post(entity, body))
    assert error["code"] == "2500"
    assert "made inactive" in error["Detail"]
    assert project_of(entity, projects.read(entity, held["Id"])) == {**PROJECT, "name": "Pier 9"}


def test_a_completed_project_still_takes_what_comes_late(projects: Projects) -> None:
    done(projects.mutate("projectManagementUpdateStatus", id=FIRST_ID, status="COMPLETE"))
    assert projects.create("Bill", **for_project(projects, "Bill"))["TotalAmt"] == 250.0


def test_a_project_means_nothing_while_projects_are_off(projects: Projects) -> None:
    projects.served.prefer(REALM, "ProjectsEnabled", "false")
    assert fault_of(projects.post("Bill", for_project(projects, "Bill")))["code"] == "2500"
    projects.served.control("settings", {"project_from_customer": True})
    made = projects.create("TimeActivity", **projects.time(CustomerRef=row(projects)))
    assert "ProjectRef" not in made


def test_a_bill_as_a_whole_may_be_for_a_project(projects: Projects) -> None:
    made = projects.create("Bill", **projects.bill(ProjectRef=PROJECT))
    assert made["ProjectRef"] == {**PROJECT, "name": "Pier 9"}


def test_time_is_found_by_its_project(projects: Projects) -> None:
    made = projects.create("TimeActivity", **for_project(projects, "TimeActivity"))
    projects.create("TimeActivity", **projects.time())
    found = projects.rows(f"select * from TimeActivity where ProjectRef = '{FIRST_ID}'")
    assert [entry["Id"] for entry in found] == [made["Id"]]


def test_a_filled_in_customer_makes_billable_time_possible(projects: Projects) -> None:
    body = {**for_project(projects, "TimeActivity"), "BillableStatus": "Billable", "HourlyRate": 75}
    assert fault_of(projects.post("TimeActivity", body))["code"] == "6310"
    projects.served.control("settings", {"project_fills_customer": True})
    assert projects.create("TimeActivity", **body)["BillableStatus"] == "Billable"


def test_a_new_name_of_the_project_is_told_in_old_transactions(projects: Projects) -> None:
    made = projects.create("Bill", **for_project(projects, "Bill"))
    done(projects.mutate("projectManagementUpdateName", id=FIRST_ID, name="Pier 10"))
    assert project_of("Bill", projects.read("Bill", made["Id"])) == {**PROJECT, "name": "Pier 10"}


@pytest.mark.parametrize("entity", ["Estimate", "Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Payment"])
def test_a_sale_is_for_a_project_and_its_row(projects: Projects, entity: str) -> None:
    body = payment(projects, 10) if entity == "Payment" else sale(projects)
    if entity == "RefundReceipt":
        body["DepositToAccountRef"] = projects.ref("Account", "Checking")
    body["ProjectRef"] = PROJECT
    assert fault_of(projects.post(entity, body))["code"] == "2600"
    made = projects.create(entity, **{**body, "CustomerRef": row(projects)})
    assert made["ProjectRef"] == {**PROJECT, "name": "Pier 9"}
    found = projects.rows(f"select * from {entity} where ProjectRef = '{FIRST_ID}'")
    assert [each["Id"] for each in found] == [made["Id"]]


def test_a_line_of_a_journal_entry_is_for_the_project_of_its_customer(projects: Projects) -> None:
    def entry(customer: Json) -> Json:
        entity = {"Type": "Customer", "EntityRef": customer}
        sides: tuple[tuple[str, Json], ...] = (("Debit", {"Entity": entity}), ("Credit", {}))
        account = projects.ref("Account", "Job Costs:Job Materials")
        lines = [
            {
                "Amount": 5.0,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": account, **more},
            }
            for side, more in sides
        ]
        return {"TxnDate": "2026-11-10", "Line": [{**lines[0], "ProjectRef": PROJECT}, lines[1]]}

    refused = projects.post("JournalEntry", entry(projects.ref("Customer", "City of Larkspur")))
    assert fault_of(refused)["code"] == "2600"
    made = projects.create("JournalEntry", **entry(row(projects)))
    assert made["Line"][0]["ProjectRef"] == {**PROJECT, "name": "Pier 9"}
