"""The query language over HTTP: what each statement finds, and what is refused with which words."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, fault_of


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    """The contractor's company, with a few names that are hard to quote."""
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    for name in (r"A\B Paving", "100% Concrete", "Under_score Ltd", "Smith & Sons #4", "Ärger 🚧 GmbH"):
        company.create("Vendor", DisplayName=name)
    return company


FINDS: list[tuple[str, list[str]]] = [
    # statement, names or dates found, in order
    (r"select * from Customer where DisplayName = 'O\'Brien Development Group'",
     ["O'Brien Development Group"]),
    ("select * from Customer where DisplayName = 'o\\'brien development GROUP'",
     ["O'Brien Development Group"]),
    (r"select * from Vendor where DisplayName = 'A\\B Paving'", [r"A\B Paving"]),
    ("select * from Vendor where DisplayName = 'Ärger 🚧 GmbH'", ["Ärger 🚧 GmbH"]),
    ("select * from Vendor where DisplayName = 'ärger 🚧 gmbh'", ["Ärger 🚧 GmbH"]),
    ("select * from Vendor where DisplayName LIKE '%concrete'", ["100% Concrete"]),
    ("select * from Vendor where DisplayName LIKE 'under_score%'", ["Under_score Ltd"]),
    ("select * from Vendor where DisplayName LIKE 'under-score%'", []),
    ("select * from Vendor where DisplayName LIKE 'Smith & Sons #_'", []),
    ("SELECT * FROM customer WHERE displayname LIKE '%school%'", ["Westfield School District"]),
    ("select * from Customer where Job = true", ["Harborview Tower Renovation"]),
    ("select * from Customer where Job = 'true' and Active = true", ["Harborview Tower Renovation"]),
    ("select * from Customer where FullyQualifiedName = "
     "'Harborview Medical Center:Harborview Tower Renovation'",
     ["Harborview Tower Renovation"]),
    ("select * from Customer where Id = '2'", ["City of Larkspur"]),
    ("select * from Customer where Id IN ('3', '2', '999')",
     ["City of Larkspur", "O'Brien Development Group"]),
    ("select * from Employee where DisplayName LIKE 'Marcus%'", []),
    ("select * from Employee where Active = false", ["Marcus Webb (deleted)"]),
    ("select * from Employee where Active IN (true, false) and FamilyName = 'Webb'",
     ["Marcus Webb (deleted)"]),
    ("select * from Employee where GivenName = 'hector'", ["Hector Ramírez"]),
    ("select * from Employee where FamilyName IN ('Voss','Park') ORDERBY DisplayName DESC",
     ["Stephen Park", "Helen Voss"]),
    ("select * from Employee order by DisplayName asc startposition 2 maxresults 2",
     ["Alicia Fuentes", "Benjamin Oyelaran"]),
    ("select * from Customer orderby DisplayName maxresults 1", ["City of Larkspur"]),
    ("select * from Customer where Active = true orderby Balance desc, DisplayName desc maxresults 2",
     ["Westfield School District", "Pacific Coast Credit Union"]),
    ("select * from Customer where MiddleName = ' ' and GivenName = ' ' maxresults 1",
     ["Harborview Medical Center"]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "names"), FINDS)
def test_a_statement_finds(shared: Company, statement: str, names: list[str]) -> None:
    assert [row["DisplayName"] for row in shared.rows(statement)] == names


COUNTS: list[tuple[str, int]] = [
    ("select count(*) from Employee", 23),
    ("select COUNT(*) from Employee where Active IN (true,false)", 24),
    ("select count(*) from Bill", 8),
    ("select count(*) from Bill where Balance > '0'", 4),
    ("select count(*) from Bill where Balance = 0", 4),
    ("select count(*) from Bill where TotalAmt >= 5750 and TotalAmt < '8420.50'", 2),
    ("select count(*) from Bill where TotalAmt <= '8420.5'", 6),
    ("select count(*) from Bill where TxnDate >= '2026-05-06' and TxnDate <= '2026-05-21'", 2),
    ("select count(*) from Bill where TxnDate < CURRENT_DATE", 8),
    ("select count(*) from Bill where VendorRef = '32'", 1),
    ("select count(*) from Bill where DocNumber LIKE 'PCR%'", 1),
    ("select count(*) from Bill where SalesTermRef = ' '", 8),
    ("select count(*) from TimeActivity where TxnDate = '2026-05-04'", 1),
    ("select count(*) from TimeActivity where BillableStatus = 'notbillable'", 20),
    ("select count(*) from TimeActivity where MetaData.LastUpdatedTime > '2026-01-01'", 20),
    ("select count(*) from TimeActivity where MetaData.CreateTime < '2026-01-01T00:00:00-08:00'", 0),
    ("select count(*) from Account where AccountType = 'Cost of Goods Sold' and SubAccount = true", 13),
    ("select count(*) from Item where Type = 'Service' and Active = false", 1),
    ("select count(*) from Preferences", 1),
]


@pytest.mark.parametrize(("statement", "number"), COUNTS)
def test_a_statement_counts(shared: Company, statement: str, number: int) -> None:
    answer = shared.ask(statement)
    assert answer.json()["QueryResponse"] == {"totalCount": number}


REFUSED: list[tuple[str, str, str]] = [
    # statement, code, part of the detail
    ("", "4000", "The query provided was empty"),
    ("   ", "4000", "The query provided was empty"),
    ("drop table Bill", "4000", 'Encountered " '),
    ("select * from Bill where R R", "4000", 'Encountered " <IDENTIFIER> "R "" at line 1, column 28.'),
    ("select * from Bill where DocNumber = '1' or DocNumber = '2'", "4000", "line 1, column 42"),
    ("select * from Bill where DocNumber != '1'", "4000", "line 1, column 36"),
    ("select * from Bill where DocNumber = 'unfinished", "4000", "QueryParserError"),
    ("select * from Bill, Vendor", "4000", "QueryParserError"),
    ("select * from Customer where DisplayName = 'O''Brien'", "4000", "QueryParserError"),
    ("select * from Bill maxresults 5 startposition 1", "4000", "QueryParserError"),
    ("select sum(TotalAmt) from Bill", "4000", "QueryParserError"),
    ("select * from Bill startposition 0", "4001",
     "QueryValidationError: value 0 is too small. Min allowed value is 1"),
    ("select * from Bill maxresults 0", "4001", "Min allowed value is 1"),
    ("select * from Castle", "4001", "Castle"),
    ("select * from TimeActivity where EmployeeRef = '8'", "4001",
     "Property EmployeeRef not found for Entity TimeActivity"),
    ("select * from TimeActivity where CustomerRef = '2'", "4001", "CustomerRef"),
    ("select * from TimeActivity orderby EmployeeRef", "4001", "EmployeeRef"),
    ("select * from Customer where ParentRef = '1'", "4001", "ParentRef"),
    ("select * from Bill where PrivateNote = 'x'", "4001", "PrivateNote"),
    ("select Shoe from Bill", "4001", "Property Shoe not found for Entity Bill"),
    ("select * from Bill where Id > '1'", "4001", "operator > is not supported for Id"),
    ("select * from Bill where Id LIKE '1%'", "4001", "LIKE"),
    ("select * from Bill where TotalAmt LIKE '1%'", "4001", "LIKE"),
    ("select * from Bill where TotalAmt > 'much'", "4001", "value much is not valid"),
    ("select * from Bill where TxnDate > '11/16/2026'", "4001", "TxnDate"),
    ("select * from Bill where MetaData.CreateTime > 'noon'", "4001", "noon"),
    ("select * from Customer where Active = 'perhaps'", "4001", "perhaps"),
    ("select * from Customer where DisplayName = Smith", "4000", "QueryParserError"),
    ("select * from Customer where DisplayName = 5", "4001", "5"),
    ("select * from Bill where Id = '99999999999999999999'", "4001", "99999999999999999999"),
    ("select * from Bill where VendorRef = 'x'", "4001", "VendorRef"),
    ("select * from Bill startposition 99999999999999999999", "4001", "QueryValidationError"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "code", "part"), REFUSED)
def test_a_statement_is_refused(shared: Company, statement: str, code: str, part: str) -> None:
    answer = shared.ask(statement)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert error["code"] == code
    assert part in error["Detail"]
    assert answer.json()["Fault"]["type"] == "ValidationFault"


def test_a_projection_gives_sparse_rows(shared: Company) -> None:
    rows = shared.rows("select Id, DisplayName, ParentRef, MetaData.CreateTime from Customer where Job = true")
    assert rows[0] == {
        "domain": "QBO",
        "sparse": True,
        "Id": "7",
        "DisplayName": "Harborview Tower Renovation",
        "ParentRef": {"value": "1", "name": "Harborview Medical Center"},
        "MetaData": {"CreateTime": rows[0]["MetaData"]["CreateTime"]},
    }


def test_a_query_may_be_posted_as_text(shared: Company) -> None:
    statement = "select * from Vendor where DisplayName = 'Ärger 🚧 GmbH'"
    answer = shared.call("POST", "query", data=statement.encode(), headers={"Content-Type": "application/text"})
    assert len(answer.json()["QueryResponse"]["Vendor"]) == 1
    wrong = shared.call("POST", "query", json={"query": statement})
    assert fault_of(wrong)["code"] == "1050"


def test_nothing_found_is_an_empty_answer(shared: Company) -> None:
    answer = shared.ask("select * from Bill where DocNumber = 'none'")
    assert answer.json()["QueryResponse"] == {}


def test_a_page_has_100_rows_unless_asked_and_never_more_than_1000(company: Company) -> None:
    body = company.time()
    for _ in range(4):
        items = [{"bId": str(number), "operation": "create", "TimeActivity": body} for number in range(30)]
        assert company.batch(*items).status_code == 200
    first = company.ask("select * from TimeActivity orderby Id").json()["QueryResponse"]
    assert (first["startPosition"], first["maxResults"], "totalCount" in first) == (1, 100, False)
    rest = company.ask("select * from TimeActivity orderby Id startposition 101").json()["QueryResponse"]
    assert (rest["startPosition"], rest["maxResults"]) == (101, 40)
    ids = [row["Id"] for row in first["TimeActivity"] + rest["TimeActivity"]]
    assert len(set(ids)) == 140
    assert company.ask("select * from TimeActivity maxresults 5000").status_code == 200


def test_what_changed_since_a_moment_is_found_by_its_time(company: Company) -> None:
    company.served.control("clock", {"advance_seconds": 60})
    made = company.create("TimeActivity", **company.time())
    moment = made["MetaData"]["LastUpdatedTime"]
    rows = company.rows(f"select * from TimeActivity where MetaData.LastUpdatedTime >= '{moment}'")
    assert [row["Id"] for row in rows] == [made["Id"]]
    assert company.rows(f"select * from TimeActivity where MetaData.LastUpdatedTime > '{moment}'") == []
