"""Whole answers, written by hand: envelopes, pages, batches, changes, faults, XML and tokens."""

from typing import Any

import pytest
import requests

from tests.sandbox.golden import ID, MOMENT, REFRESH, SIGNED, TIME, TOKEN, settled, tree
from tests.sandbox.golden_shapes import ATTACHABLE_XML, BILL_XML, FAULT_XML, SHAPES, START, TIME_XML
from tests.sandbox.sandbox_client import CLIENT, OTHER_REALM, REALM, Company, Json, fault_of
from tests.sandbox.upload_client import note, on

NOW = {"CreateTime": MOMENT, "LastUpdatedTime": MOMENT}
MADE_INACTIVE = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


def marks(token: str = "0") -> Json:
    return {"domain": "QBO", "sparse": False, "Id": ID, "SyncToken": token, "MetaData": NOW}


# the objects of each family


@pytest.mark.parametrize("kind", SHAPES)
def test_an_object_is_answered_whole_when_made_read_changed_and_removed(company: Company, kind: str) -> None:
    shape = SHAPES[kind]
    made = company.post(kind, shape.sent(company)).json()
    assert settled(made) == {kind: {**shape.told, **marks()}, "time": TIME}
    key = made[kind]["Id"]
    assert settled(company.call("GET", f"{kind.lower()}/{key}").json()) == settled(made)
    changed = company.post(kind, {**made[kind], **shape.change}).json()
    assert settled(changed) == {kind: {**shape.told, **shape.change, **shape.follows, **marks("1")}, "time": TIME}
    if shape.is_name:
        gone = company.post(kind, {**changed[kind], "Active": False}).json()
        told = {**shape.told, **shape.change, **shape.follows, **shape.inactive, "Active": False}
        assert settled(gone) == {kind: {**told, **marks("2")}, "time": TIME}
    else:
        gone = company.post(kind, {"Id": key, "SyncToken": "1"}, operation="delete").json()
        assert settled(gone) == {kind: {"status": "Deleted", "domain": "QBO", "Id": ID}, "time": TIME}


# queries


def test_a_page_an_empty_page_a_count_and_a_projection(company: Company) -> None:
    def told(statement: str) -> Any:
        return settled(company.ask(statement).json())

    row = {"Name": "Net 15", "DueDays": 15, "Type": "STANDARD", "Active": True, **marks()}
    named = "select * from Term where Name = 'net 15'"
    page = {"Term": [row], "startPosition": 1, "maxResults": 1}
    assert told(named) == {"QueryResponse": {**page, "totalCount": 1}, "time": TIME}
    assert told(f"{named} maxresults 1") == {"QueryResponse": page, "time": TIME}
    assert told(f"{named} startposition 2") == {"QueryResponse": {}, "time": TIME}
    assert told("select count(*) from Term") == {"QueryResponse": {"totalCount": 4}, "time": TIME}
    short = {"domain": "QBO", "sparse": True, "Name": "Net 15", "MetaData": NOW}
    assert told("select Name, MetaData from Term where Name = 'Net 15'") == {
        "QueryResponse": {"Term": [short], "startPosition": 1, "maxResults": 1, "totalCount": 1},
        "time": TIME,
    }


# batch and changes


def error(code: str, message: str, detail: str, element: str = "", kind: str = "ValidationFault") -> Json:
    return {"Error": [{"Message": message, "Detail": detail, "code": code, "element": element}], "type": kind}


def test_a_batch_answers_item_by_item_with_faults_beside_objects(company: Company) -> None:
    answer = company.batch(
        {"bId": "a", "operation": "create", "Term": {"Name": "Net 45", "DueDays": 45}},
        {"bId": "b", "operation": "create", "Vendor": {"DisplayName": "summit electric"}},
        {"bId": "c", "operation": "delete", "Bill": {"Id": "999", "SyncToken": "0"}},
        {"bId": "d", "Query": "select count(*) from Term"},
        {"bId": "e", "operation": "delete", "TimeActivity": {"Id": "3", "SyncToken": "0"}},
        {"bId": "f", "Query": "select * from Term where Name = 'none'"},
    )
    assert answer.status_code == 200
    taken = (
        "The name supplied already exists. : Another customer, vendor or employee is already using this \n"
        "name. Please use a different name."
    )
    missing = error("610", "Object Not Found", f"Object Not Found : {MADE_INACTIVE}")
    assert settled(answer.json()) == {
        "BatchItemResponse": [
            {"bId": "a", "Term": {"Name": "Net 45", "DueDays": 45, "Type": "STANDARD", "Active": True, **marks()}},
            {"bId": "b", "Fault": error("6240", "Duplicate Name Exists Error", taken)},
            {"bId": "c", "Fault": missing},
            {"bId": "d", "QueryResponse": {"totalCount": 5}},
            {"bId": "e", "TimeActivity": {"status": "Deleted", "domain": "QBO", "Id": ID}},
            {"bId": "f", "QueryResponse": {}},
        ],
        "time": TIME,
    }


def test_changes_are_told_by_kind_with_stubs_of_what_was_deleted(company: Company) -> None:
    since = company.served.control("clock", {"advance_seconds": 100})["now"]
    kept, gone = (company.create("VendorCredit", **SHAPES["VendorCredit"].sent(company)) for _ in range(2))
    company.post("VendorCredit", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    asked = {"entities": "Term,VendorCredit", "changedSince": since}
    stub = {"domain": "QBO", "status": "Deleted", "Id": ID, "MetaData": {"LastUpdatedTime": MOMENT}}
    told = [{**SHAPES["VendorCredit"].told, **marks()}, stub]
    group = {"VendorCredit": told, "startPosition": 1, "maxResults": 2, "totalCount": 2}
    answer = company.call("GET", "cdc", params=asked).json()
    assert settled(answer) == {"CDCResponse": [{"QueryResponse": [{}, group]}], "time": TIME}
    assert answer["CDCResponse"][0]["QueryResponse"][1]["VendorCredit"][0]["Id"] == kept["Id"]
    nothing = company.call("GET", "cdc", params={**asked, "entities": "Term"}).json()
    assert settled(nothing) == {"CDCResponse": [{"QueryResponse": [{}]}], "time": TIME}


# faults


def _stale(company: Company) -> requests.Response:
    company.served.control(f"{REALM}/edit", {"entity": "Bill", "id": "9", "changes": {"PrivateNote": "x"}})
    return company.post("Bill", {**company.read("Bill", "9"), "SyncToken": "0"})


def _second_number(company: Company) -> requests.Response:
    company.create("Bill", **company.bill(DocNumber="18696"))
    return company.post("Bill", company.bill(DocNumber="18696"))


def _ended(company: Company) -> requests.Response:
    company.served.control(f"{REALM}/subscription", {"status": "EXPIRED"})
    return company.post("Term", {"Name": "Late", "DueDays": 1})


def _system(company: Company) -> requests.Response:
    company.served.fault("system", count=1)
    return company.post("Term", {"Name": "Late", "DueDays": 1})


def _billed(company: Company) -> requests.Response:
    return company.post("TimeActivity", company.time(BillableStatus="HasBeenBilled", HourlyRate=5))


def _no_account(company: Company) -> requests.Response:
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {}}
    return company.post("Bill", company.bill(Line=[line]))


FAULTS: list[tuple[str, Any, int, Json]] = [
    ("500", lambda c: c.call("POST", "bill/9", json={}), 400,
     error("500", "Unsupported Operation",
           "Operation No resource method found for POST, return 405 with Allow header is not supported.")),
    ("610", lambda c: c.call("GET", "bill/999"), 400,
     error("610", "Object Not Found", f"Object Not Found : {MADE_INACTIVE}")),
    ("2010", lambda c: c.post("Bill", c.bill(Shoe=1)), 400,
     error("2010", "Request has invalid or unsupported property",
           "Property Name:failed to parse json object; a property specified is unsupported or invalid", "Shoe")),
    ("2020", _no_account, 400,
     error("2020", "Required param missing, need to supply the required value for the API",
           "Required parameter AccountRef is missing in the request", "AccountRef")),
    ("2050", lambda c: c.post("TimeActivity", c.time(Description="x" * 4006)), 400,
     error("2050", "String length is either shorter or longer than supported by specification",
           "String length specified does not match the supported length. Min:0 Max:4,000 supported. "
           "Supplied length: 4,006", "Description")),
    ("2170", _billed, 400, error("2170", "Invalid Enumeration", "Invalid Enumeration : HAS_BEEN_BILLED",
                                 "BillableStatus")),
    ("2500 accounts", lambda c: c.post("Bill", c.bill(APAccountRef={"value": "777"})), 400,
     error("2500", "Invalid Reference Id", "Invalid Reference Id : Accounts element id 777 not found", "APAccountRef")),
    ("2500 names", lambda c: c.post("Bill", c.bill(VendorRef={"value": "777"})), 400,
     error("2500", "Invalid Reference Id", "Invalid Reference Id : Names element id 777 not found", "VendorRef")),
    ("2500 classes", lambda c: c.post("TimeActivity", c.time(ClassRef={"value": "777"})), 400,
     error("2500", "Invalid Reference Id", "Invalid Reference Id : Klasses element id 777 not found", "ClassRef")),
    ("2500 departments", lambda c: c.post("Bill", c.bill(DepartmentRef={"value": "777"})), 400,
     error("2500", "Invalid Reference Id", "Invalid Reference Id : Depts element id 777 not found", "DepartmentRef")),
    ("2500 inactive", lambda c: c.post("Bill", c.bill(VendorRef=c.ref("Vendor", "Old Mill Quarry (deleted)"))), 400,
     error("2500", "Invalid Reference Id", f"Invalid Reference Id : {MADE_INACTIVE}", "VendorRef")),
    ("4000", lambda c: c.ask(""), 400, error("4000", "Error parsing query", "The query provided was empty")),
    ("4001 position", lambda c: c.ask("select * from Bill startposition 0"), 400,
     error("4001", "Invalid query", "QueryValidationError: value 0 is too small. Min allowed value is 1")),
    ("4001 property", lambda c: c.ask("select * from Bill where Shoe = '1'"), 400,
     error("4001", "Invalid query", "QueryValidationError: Property Shoe not found for Entity Bill")),
    ("5010", _stale, 400,
     error("5010", "Stale Object Error",
           "Stale Object Error : You and root were working on this at the same time. "
           "root finished before you did, so your work was not saved.")),
    ("6190", _ended, 400,
     error("6190", "Invalid Company Status",
           "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
           "QuickBooks Online Plus because your trial or subscription period ended, or there was a billing problem.")),
    ("6210", lambda c: c.post("Bill", c.bill(TxnDate="2026-08-31")), 400,
     error("6210", "Account Period Closed, Cannot Update Through Services API",
           "The account period has closed and the account books cannot be updated through through the QBO Services "
           "API. Please use the QBO website to make these changes.")),
    ("10000", _system, 500,
     error("10000", "An application error has occurred while processing your request",
           "System Failure Error: on demand", kind="SystemFault")),
]  # fmt: skip


@pytest.mark.parametrize(("provoke", "status", "fault"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_told_in_these_words(company: Company, provoke: Any, status: int, fault: Json) -> None:
    answer = provoke(company)
    assert (answer.status_code, settled(answer.json())) == (status, {"Fault": fault, "time": TIME})


def test_a_second_number_is_refused_with_the_first_ones_id(company: Company) -> None:
    told = fault_of(_second_number(company))
    first = company.rows("select Id from Bill where DocNumber = '18696'")[0]["Id"]
    assert told == {
        "Message": "Duplicate Document Number Error",
        "Detail": "Duplicate Document Number Error : You must specify a different number. This number has already "
        f"been used. DocNumber=18696 is assigned to TxnType=Bill with TxnId={first}",
        "code": "6140",
        "element": told["element"],
    }


def test_the_parser_says_where_it_stumbled(company: Company) -> None:
    told = fault_of(company.ask("select * from Bill where R R"))
    assert told["Message"] == "Error parsing query"
    assert told["Detail"].startswith('QueryParserError: Encountered " <')
    assert "at line 1, column 28.\nWas expecting one of:\n" in told["Detail"]


# the gateway

GATEWAY: list[tuple[str, Json, int, str, str, str, str]] = [
    # fault on demand or header, status, code, name, kind, detail
    ("", {"Authorization": "Bearer x"}, 401, "3200", "AuthenticationFailed", "AUTHENTICATION",
     "Malformed bearer token: too short or too long"),
    ("unauthorized", {}, 401, "3200", "AuthenticationFailed", "AUTHENTICATION", "Token expired: on demand"),
    ("throttle", {}, 429, "3001", "ThrottleExceeded", "SERVICE", "The request limit was reached.  Try again later"),
    ("wrong_realm", {}, 403, "3100", "ApplicationAuthorizationFailed", "SERVICE",
     "The token is for another company: on demand"),
]  # fmt: skip


@pytest.mark.parametrize("style", ["xml", "json"])
@pytest.mark.parametrize(("fault", "headers", "status", "code", "name", "kind", "detail"), GATEWAY)
def test_the_gateway_writes_its_own_form(
    company: Company, style: str, fault: str, headers: Json, status: int, code: str, name: str, kind: str, detail: str
) -> None:
    company.served.control("settings", {"gateway_format": style})
    if fault:
        company.served.fault(fault, count=1)
    answer = company.call("GET", "bill/9", headers=headers)
    assert answer.status_code == status
    message = f"message={name}; errorCode=00{code}; statusCode={status}"
    if style == "xml":
        assert tree(answer.text) == tree(
            f'{START}<Fault type="{kind}">'
            f'<Error code="{code}"><Message>{message}</Message><Detail>{detail}</Detail></Error>'
            "</Fault></IntuitResponse>"
        )
        return
    told = answer.json()
    assert told.pop("time") > 10**12
    assert told == {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": message, "detail": detail, "code": code, "element": None}],
            "type": kind,
        },
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "cdcresponse": [],
        "requestId": None,
        "status": None,
    }


# XML


def as_xml(company: Company, path: str) -> Any:
    return tree(company.call("GET", path, headers={"Accept": "application/xml"}).text)


def test_a_bill_a_time_entry_a_note_and_a_fault_in_xml(company: Company) -> None:
    bill = company.create("Bill", **SHAPES["Bill"].sent(company))
    entry = company.create("TimeActivity", **SHAPES["TimeActivity"].sent(company))
    vendor = company.id_of("Vendor", "Summit Electric")
    paper = company.create("Attachable", **note(**on("Vendor", vendor)))
    names = {
        "bill": bill["Id"], "entry": entry["Id"], "paper": paper["Id"], "vendor": vendor,
        "account": company.id_of("Account", "Job Costs:Job Materials"), "term": company.id_of("Term", "Net 30"),
        "payables": company.id_of("Account", "Accounts Payable (A/P)"),
        "worker": company.id_of("Employee", "Maria Gonzalez"),
        "customer": company.id_of("Customer", "City of Larkspur"),
        "item": company.id_of("Item", "Carpentry Labor"),
    }  # fmt: skip
    assert as_xml(company, f"bill/{bill['Id']}") == tree(BILL_XML.format(**names))
    assert as_xml(company, f"timeactivity/{entry['Id']}") == tree(TIME_XML.format(**names))
    assert as_xml(company, f"attachable/{paper['Id']}") == tree(ATTACHABLE_XML.format(**names))
    assert as_xml(company, "bill/999") == tree(FAULT_XML)


# sign-in


def test_tokens_are_answered_so(company: Company) -> None:
    served = company.served
    told = {
        "token_type": "bearer", "expires_in": 3600, "access_token": TOKEN, "refresh_token": REFRESH,
        "x_refresh_token_expires_in": 8726400, "id_token": SIGNED,
    }  # fmt: skip
    first = served.exchange(served.code(OTHER_REALM))
    assert (first.status_code, settled(first.json())) == (200, told)
    second = served.refresh(first.json()["refresh_token"])
    assert (second.status_code, settled(second.json())) == (200, told)
    assert second.json()["refresh_token"] == first.json()["refresh_token"]
    wrong = served.refresh("none")
    description = "Incorrect or invalid refresh token"
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_grant", "error_description": description})
    address = f"{served.url}/v2/oauth2/tokens/revoke"
    ended = requests.post(address, json={"token": first.json()["refresh_token"]}, auth=CLIENT, timeout=10)
    assert (ended.status_code, ended.content) == (200, b"")
