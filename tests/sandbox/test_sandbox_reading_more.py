"""More of reading: what a statement cannot say, full pages, filters of employees, paths, minor versions, projects."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.graphql_client import Projects, connect
from tests.sandbox.sandbox_client import Company, Json, Served, fault_of


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    company.create(
        "Employee", GivenName="Ida", MiddleName="Marit", FamilyName="Solberg", Suffix="III", PrintOnCheckName="I. Solb"
    )
    return company


# statements

NO_STATEMENT = [
    "select * from Bill group by VendorRef",
    "select VendorRef, count(*) from Bill group by VendorRef",
    "select * from Bill where TotalAmt > '5' group by TxnDate orderby TxnDate",
    "select * from Bill where DocNumber = '1' or DocNumber = '2'",
    "select * from Bill where (DocNumber = '1' OR DocNumber = '2')",
    "select * from Bill where VendorRef in (select Id from Vendor)",
    "select * from Bill where VendorRef = (select Id from Vendor where DisplayName = 'Summit Electric')",
    "select * from (select * from Bill)",
    "select * from Bill join Vendor on Bill.VendorRef = Vendor.Id",
    "select * from Bill inner join Vendor",
    "select * from Bill, Vendor",
    "select * from Bill where TotalAmt != '5'",
    "select * from Bill where TotalAmt <> '5'",
    "select * from Customer where not Job = true",
    "select distinct VendorRef from Bill",
    "select * from Bill limit 5",
    "select * from Bill; select * from Vendor",
    "delete from Bill",
]


@pytest.mark.parametrize("statement", NO_STATEMENT)
def test_the_language_has_no_more_than_it_has(shared: Company, statement: str) -> None:
    answer = shared.ask(statement)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith("QueryParserError: Encountered ")


EMPLOYEES = [
    "GivenName = 'ida'",
    "GivenName LIKE 'Id%'",
    "MiddleName = 'Marit'",
    "MiddleName LIKE '%rit'",
    "FamilyName = 'SOLBERG'",
    "FamilyName IN ('Solberg', 'Nobody')",
    "Suffix = 'III'",
    "Suffix LIKE 'I%'",
    "PrintOnCheckName = 'I. Solb'",
    "PrintOnCheckName LIKE 'I.%'",
    "GivenName = 'Ida' and Suffix = 'III' and Active = true",
]


@pytest.mark.parametrize("condition", EMPLOYEES)
def test_an_employee_is_found_by_each_part_of_the_name(shared: Company, condition: str) -> None:
    rows = shared.rows(f"select * from Employee where {condition}")
    assert [row["DisplayName"] for row in rows] == ["Ida Marit Solberg III"]


@pytest.mark.parametrize("name", ["Title", "CompanyName", "PrimaryPhone", "EmployeeNumber", "SSN", "HiredDate"])
def test_an_employee_is_not_found_by_other_attributes(shared: Company, name: str) -> None:
    error = fault_of(shared.ask(f"select * from Employee where {name} = 'x'"))
    assert error["code"] == "4001"
    assert f"Property {name} not found for Entity Employee" in error["Detail"]


# pages


@pytest.fixture(scope="module")
def large() -> Iterator[Company]:
    """A company with 1,520 time entries."""
    served = Served.start("--size", "1500", "--no-throttle")
    yield served.connect()
    served.stop()


def test_a_page_is_never_more_than_a_thousand_rows(large: Company) -> None:
    total = large.ask("select count(*) from TimeActivity").json()["QueryResponse"]["totalCount"]
    assert total > 1500
    seen: list[str] = []
    for most in (5000, 1001, 1000):
        told = large.ask(f"select * from TimeActivity orderby Id maxresults {most}").json()["QueryResponse"]
        assert (told["startPosition"], told["maxResults"], len(told["TimeActivity"])) == (1, 1000, 1000)
        assert "totalCount" not in told
        seen = [row["Id"] for row in told["TimeActivity"]]
    rest = large.ask("select * from TimeActivity orderby Id startposition 1001 maxresults 5000").json()["QueryResponse"]
    assert (rest["startPosition"], rest["maxResults"]) == (1001, total - 1000)
    ids = seen + [row["Id"] for row in rest["TimeActivity"]]
    assert len(set(ids)) == total


def test_changes_are_never_more_than_a_thousand_objects(large: Company) -> None:
    large.served.control("settings", {"cdc_time_activity": True})
    since = large.read("Vendor", large.id_of("Vendor", "Summit Electric"))["MetaData"]["CreateTime"]
    answer = large.call("GET", "cdc", params={"entities": "TimeActivity", "changedSince": since})
    (group,) = answer.json()["CDCResponse"][0]["QueryResponse"]
    assert (group["maxResults"], len(group["TimeActivity"]), "totalCount" in group) == (1000, 1000, False)


# resources


@pytest.mark.parametrize("entities", ["JournalCode", "journalcode", "Vendor,JournalCode", "TaxAgency", "TimeActivity"])
def test_changes_of_some_entities_are_not_told(shared: Company, entities: str) -> None:
    since = shared.read("Vendor", shared.id_of("Vendor", "Summit Electric"))["MetaData"]["CreateTime"]
    answer = shared.call("GET", "cdc", params={"entities": entities, "changedSince": since})
    assert answer.status_code == 400
    assert fault_of(answer)["code"] == "500"
    assert fault_of(answer)["Detail"].startswith("Operation cdc for entity ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "Bill/1"),
        ("GET", "BILL/1"),
        ("GET", "CompanyInfo"),
        ("GET", "Query?query=select * from Bill"),
        ("GET", "CDC?entities=Bill&changedSince=2026-11-01"),
        ("POST", "Vendor"),
        ("POST", "timeActivity"),
        ("POST", "Batch"),
    ],
)
def test_a_path_in_capitals_is_no_path(shared: Company, method: str, path: str) -> None:
    before = shared.applied()
    answer = shared.call(method, path, **({"json": {"DisplayName": "In Capitals"}} if method == "POST" else {}))
    assert answer.status_code == 404
    assert shared.applied() == before


LOOKS: list[tuple[str, Json]] = [
    ("query", {"query": "select * from TimeActivity maxresults 5"}),
    ("query", {"query": "select * from Customer where Job = true"}),
    ("query", {"query": "select * from Castle"}),
    ("companyinfo", {}),
    ("preferences", {}),
    ("bill/1", {}),
    ("bill/999999", {}),
]


@pytest.mark.parametrize(("path", "parameters"), LOOKS, ids=lambda part: str(part)[:40])
def test_every_minor_version_answers_as_the_newest(shared: Company, path: str, parameters: Json) -> None:
    bodies: list[Json] = []
    for version in ({}, *({"minorversion": str(number)} for number in (1, 4, 69, 74, 75, 100))):
        body = shared.call("GET", path, params={**parameters, **version}).json()
        assert body.pop("time")
        bodies.append(body)
    assert bodies[0]
    assert all(body == bodies[0] for body in bodies)


def test_an_old_minor_version_writes_as_the_newest(shared: Company) -> None:
    answers = [
        shared.post("TimeActivity", shared.time(ItemRef=None, Seconds=5, CostRate=2), minorversion=number)
        for number in ("1", "61", "75", "100")
    ]
    own = {"Id", "MetaData"}
    made = [
        {name: value for name, value in answer.json()["TimeActivity"].items() if name not in own} for answer in answers
    ]
    assert made[0]["ItemRef"]["name"] == "Hours"
    assert (made[0]["Seconds"], made[0]["CostRate"]) == (5, 2)
    assert all(each == made[0] for each in made)


# projects


@pytest.fixture(scope="module")
def listed(running: Any) -> Projects:
    running.control("reset", {"seed": "contractor"})
    company = connect(running)
    for name, customer, given in (
        ("Alpha", "City of Larkspur", {"priority": 1, "type": "Roof"}),
        ("Beta", "Westfield School District", {"priority": 2}),
        ("Gamma", "Delgado Family Trust", {"priority": 0, "type": "Deck"}),
    ):
        company.project(name, customer, **given)
    return company


@pytest.mark.parametrize(
    ("customers", "names"),
    [
        (["City of Larkspur"], ["Alpha"]),
        (["Delgado Family Trust", "City of Larkspur"], ["Alpha", "Gamma"]),
        (["Pacific Coast Credit Union"], []),
        (["Pacific Coast Credit Union", "Westfield School District"], ["Beta"]),
        ([], []),
    ],
)
def test_projects_are_found_by_any_of_some_customers(listed: Projects, customers: list[str], names: list[str]) -> None:
    assert listed.names(customer={"in": [listed.id_of("Customer", name) for name in customers]}) == names


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ({"customer": {"in": ["999999", "x", "9" * 40]}}, []),
        ({"type": {"in": ["Roof", "Deck"]}}, ["Alpha", "Gamma"]),
        ({"type": {"in": ["Garage"]}}, []),
        ({"type": {"in": []}}, []),
        ({"type": {"equals": "Garage"}}, []),
        ({"priority": {"equals": 0}}, ["Gamma"]),
        ({"priority": {"equals": 1}}, ["Alpha"]),
        ({"priority": {"equals": 9}}, []),
        ({"priority": {"equals": 2}, "type": {"equals": "Roof"}}, []),
    ],
)
def test_a_filter_of_projects_leaves_what_it_says(listed: Projects, wish: Json, names: list[str]) -> None:
    assert listed.names(**wish) == names
