"""Classes and departments: two trees of names that exist while the company tracks them, and what may bear them."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, Served, fault_of

PER_TXN, PER_LINE, DEPARTMENTS = "ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "TrackDepartments"
SWITCH = {"Class": PER_TXN, "Department": DEPARTMENTS}
CHILD_FLAG = {"Class": "SubClass", "Department": "SubDepartment"}
BOTH = pytest.mark.parametrize("entity", ["Class", "Department"])
FIRST_CLASS_ID = 5_000_000_000_000_142_240


def track(company: Company, *switches: str) -> None:
    for switch in switches:
        company.served.prefer(company.realm, switch)


@pytest.fixture
def tracking(company: Company) -> Company:
    track(company, PER_TXN, DEPARTMENTS)
    return company


@BOTH
def test_nothing_is_made_while_the_company_does_not_track_it(company: Company, entity: str) -> None:
    assert fault_of(company.post(entity, {"Name": "North"}))["code"] == "5030"
    assert company.rows(f"select * from {entity}") == []
    track(company, SWITCH[entity])
    assert company.create(entity, Name="North")["Name"] == "North"


def test_classes_per_line_are_tracking_too(company: Company) -> None:
    track(company, PER_LINE)
    assert company.create("Class", Name="North")["Active"] is True


def test_a_record_has_the_attributes_of_the_service(tracking: Company) -> None:
    made = tracking.create("Class", Name="North")
    told = tracking.create("Department", Name="Yard")
    for record, flag in ((made, "SubClass"), (told, "SubDepartment")):
        assert set(record) == {
            "Name", "FullyQualifiedName", flag, "Active", "domain", "sparse", "Id", "SyncToken", "MetaData"
        }  # fmt: skip
        assert record[flag] is False
        assert record["FullyQualifiedName"] == record["Name"]
    assert tracking.read("Class", made["Id"]) == made


def test_class_ids_are_larger_than_a_float_can_hold(tracking: Company) -> None:
    ids = [int(tracking.create("Class", Name=name)["Id"]) for name in ("North", "South")]
    assert ids == [FIRST_CLASS_ID, FIRST_CLASS_ID + 1]
    assert tracking.create("Department", Name="Yard")["Id"] == "1"
    assert [row["Name"] for row in tracking.rows(f"select * from Class where Id = '{FIRST_CLASS_ID + 1}'")] == ["South"]
    for unknown in (2**63 - 1, FIRST_CLASS_ID + 2):
        assert fault_of(tracking.call("GET", f"class/{unknown}"))["code"] == "610"
    assert fault_of(tracking.call("GET", f"class/{2**63}"))["code"] == "2030"


REFUSED: list[tuple[str, Json, str, str]] = [
    # entity, body, code, element
    *((entity, body, code, element)
      for entity in ("Class", "Department")
      for body, code, element in (
          ({}, "2020", "Name"),
          ({"Name": ""}, "2020", "Name"),
          ({"Name": "x" * 101}, "2050", "Name"),
          ({"Name": "A:B"}, "2040", "Name"),
          ({"Name": "north"}, "6240", ""),
          ({"Name": "New", "Colour": "red"}, "2010", "Colour"),
          ({"Name": "New", "Level": 1}, "2010", "Level"),
          ({"Name": "New", "Active": "yes"}, "2230", "Active"),
          ({"Name": "New", "ParentRef": {"value": "999"}}, "2500", "ParentRef"),
          ({"Name": "New", "ParentRef": {"value": "9" * 30}}, "2500", "ParentRef"),
          ({"Name": "New", "ParentRef": {"name": "North"}}, "2020", "ParentRef"),
          ({"Id": "77", "SyncToken": "0", "Name": "New"}, "610", ""),
      )),
    ("Class", {"Name": "New", "SubClass": True}, "6150", "ParentRef"),
    ("Class", {"Name": "New", "SubDepartment": True}, "2010", "SubDepartment"),
    ("Department", {"Name": "New", "SubClass": True}, "2010", "SubClass"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    track(company, PER_TXN, DEPARTMENTS)
    for entity in ("Class", "Department"):
        company.create(entity, Name="North")
    return company


@pytest.mark.parametrize(("entity", "body", "code", "element"), REFUSED)
def test_a_name_is_refused(shared: Company, entity: str, body: Json, code: str, element: str) -> None:
    answer = shared.post(entity, body)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert len(shared.applied()) == 2


@BOTH
def test_it_stands_under_its_parent_to_five_levels(tracking: Company, entity: str) -> None:
    top = tracking.create(entity, Name="Level 0")
    parent, name = top["Id"], "Level 0"
    for level in range(1, 5):
        made = tracking.create(entity, Name=f"Level {level}", ParentRef={"value": parent})
        assert made["ParentRef"] == {"value": parent, "name": name}
        name = f"{name}:Level {level}"
        assert (made["FullyQualifiedName"], made[CHILD_FLAG[entity]]) == (name, True)
        parent = made["Id"]
    refused = tracking.post(entity, {"Name": "Level 5", "ParentRef": {"value": parent}})
    assert (fault_of(refused)["code"], fault_of(refused)["element"]) == ("6180", "ParentRef")
    looped = tracking.post(entity, {**top, "ParentRef": {"value": parent}})
    assert fault_of(looped)["code"] == "900"


@BOTH
def test_a_name_is_unique_under_one_parent_only(tracking: Company, entity: str) -> None:
    north, south = (tracking.create(entity, Name=name) for name in ("North", "South"))
    tracking.create(entity, Name="Yard", ParentRef={"value": north["Id"]})
    tracking.create(entity, Name="Yard", ParentRef={"value": south["Id"]})
    error = fault_of(tracking.post(entity, {"Name": "YARD", "ParentRef": {"value": north["Id"]}}))
    assert error["code"] == "6240"
    assert f"Another {entity.lower()} is already using" in error["Detail"]


@BOTH
def test_a_new_name_reaches_the_full_names_below(tracking: Company, entity: str) -> None:
    north = tracking.create(entity, Name="North")
    yard = tracking.create(entity, Name="Yard", ParentRef={"value": north["Id"]})
    tracking.update(entity, **{**north, "Name": "Far North"})
    below = tracking.read(entity, yard["Id"])
    assert (below["FullyQualifiedName"], below["SyncToken"]) == ("Far North:Yard", "0")


@BOTH
def test_it_is_made_inactive_never_deleted(tracking: Company, entity: str) -> None:
    north = tracking.create(entity, Name="North")
    refused = tracking.post(entity, {"Id": north["Id"], "SyncToken": "0"}, operation="delete")
    assert fault_of(refused)["code"] == "500"
    gone = tracking.update(entity, **{**north, "Active": False})
    assert (gone["Name"], gone["FullyQualifiedName"]) == ("North (deleted)", "North (deleted)")
    assert tracking.rows(f"select * from {entity}") == []
    assert tracking.rows(f"select * from {entity} where Active = false") == [gone]
    again = tracking.create(entity, Name="North")
    assert fault_of(tracking.post(entity, {**gone, "Active": True}))["code"] == "6240"
    tracking.update(entity, **{**again, "Name": "Other"})
    assert tracking.update(entity, **{**gone, "Active": True})["Name"] == "North"


@BOTH
def test_what_is_read_can_be_sent_back_whole_but_not_sparse(tracking: Company, entity: str) -> None:
    north = tracking.create(entity, Name="North")
    yard = tracking.create(entity, Name="Yard", ParentRef={"value": north["Id"]})
    sent = tracking.update(entity, **yard)
    volatile = {"SyncToken", "MetaData"}
    assert {name: sent[name] for name in sent.keys() - volatile} == {
        name: yard[name] for name in yard.keys() - volatile
    }
    sparse = tracking.post(entity, {"Id": yard["Id"], "SyncToken": "1", "sparse": True, "Name": "New"})
    assert fault_of(sparse)["code"] == "6000"
    assert fault_of(tracking.post(entity, yard))["code"] == "5010"


@BOTH
def test_it_is_told_by_change_data_capture_and_made_in_a_batch(tracking: Company, entity: str) -> None:
    made = tracking.batch({"bId": "a", "operation": "create", entity: {"Name": "North"}})
    record = made.json()["BatchItemResponse"][0][entity]
    since = record["MetaData"]["CreateTime"]
    told = tracking.call("GET", "cdc", params={"entities": entity, "changedSince": since}).json()
    assert told["CDCResponse"][0]["QueryResponse"][0][entity] == [record]


# the switches


def test_classes_are_on_the_transaction_or_on_its_lines(company: Company) -> None:
    for on, off in ((PER_TXN, PER_LINE), (PER_LINE, PER_TXN)):
        prefs = company.served.prefer(company.realm, on)["AccountingInfoPrefs"]
        assert (prefs[on], prefs[off], prefs[DEPARTMENTS]) == (True, False, False)
    prefs = company.served.prefer(company.realm, PER_LINE, "False")["AccountingInfoPrefs"]
    assert (prefs[PER_TXN], prefs[PER_LINE]) == (False, False)
    shown = company.call("GET", "preferences").json()["Preferences"]
    assert shown["AccountingInfoPrefs"] == prefs


def test_a_switch_is_true_or_false(company: Company) -> None:
    with pytest.raises(AssertionError, match="is true or false"):
        company.served.prefer(company.realm, DEPARTMENTS, "perhaps")


@pytest.fixture
def named(company: Company) -> Company:
    """A class and a department are there, and nothing is tracked any more."""
    track(company, PER_TXN, DEPARTMENTS)
    company.create("Class", Name="North")
    company.create("Department", Name="Yard")
    for switch in (PER_TXN, DEPARTMENTS):
        company.served.prefer(company.realm, switch, "false")
    return company


def bodies(company: Company, bears: str) -> tuple[str, Json]:
    """(entity, a valid body that bears a class or a department)."""
    class_ref: Json = {"ClassRef": company.ref("Class", "North")}
    department_ref = {"DepartmentRef": company.ref("Department", "Yard")}
    credit = company.bill(Line=[company.account_line(10)])
    item = {"Name": "Crane", "IncomeAccountRef": company.ref("Account", "Construction Income")}
    by_item: Json = {
        "Amount": 10,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor"), **class_ref},
    }
    table: dict[str, tuple[str, Json]] = {
        "time with a class": ("TimeActivity", company.time(**class_ref)),
        "time with a department": ("TimeActivity", company.time(**department_ref)),
        "bill line with a class": ("Bill", company.bill(Line=[company.account_line(10, **class_ref)])),
        "item line with a class": ("Bill", company.bill(Line=[by_item])),
        "bill with a department": ("Bill", company.bill(**department_ref)),
        "credit line with a class": (
            "VendorCredit",
            {**credit, "Line": [company.account_line(10, **class_ref)]},
        ),
        "credit with a department": ("VendorCredit", {**credit, **department_ref}),
        "item with a class": ("Item", {**item, **class_ref}),
    }
    return table[bears]


ALLOWED: list[tuple[str, str, set[str]]] = [
    # what bears it, the attribute, the switches of which one must be on
    ("time with a class", "ClassRef", {PER_TXN}),
    ("time with a department", "DepartmentRef", {DEPARTMENTS}),
    ("bill line with a class", "ClassRef", {PER_LINE}),
    ("item line with a class", "ClassRef", {PER_LINE}),
    ("bill with a department", "DepartmentRef", {DEPARTMENTS}),
    ("credit line with a class", "ClassRef", {PER_LINE}),
    ("credit with a department", "DepartmentRef", {DEPARTMENTS}),
    ("item with a class", "ClassRef", {PER_TXN, PER_LINE}),
]


@pytest.mark.parametrize(("bears", "attribute", "switches"), ALLOWED)
def test_a_reference_is_taken_only_where_the_company_tracks_it(
    named: Company, bears: str, attribute: str, switches: set[str]
) -> None:
    entity, body = bodies(named, bears)
    for switch in ("", PER_TXN, PER_LINE, DEPARTMENTS):
        if switch:
            track(named, switch)
        sent = {**body, "Name": f"Crane {switch}"} if entity == "Item" else body
        answer = named.post(entity, sent)
        if switch in switches:
            assert '"name":"North"' in answer.text or '"name":"Yard"' in answer.text
        else:
            assert (fault_of(answer)["code"], fault_of(answer)["element"]) == ("2500", attribute)
        if switch:
            named.served.prefer(named.realm, switch, "false")


def test_a_bill_payment_bears_a_department(named: Company) -> None:
    bill = named.create("Bill", **named.bill())
    payment = {
        "VendorRef": bill["VendorRef"],
        "TotalAmt": 250,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": named.ref("Account", "Checking")},
        "TxnDate": "2026-11-20",
        "Line": [{"Amount": 250, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        "DepartmentRef": named.ref("Department", "Yard"),
    }
    assert fault_of(named.post("BillPayment", payment))["code"] == "2500"
    track(named, DEPARTMENTS)
    assert named.create("BillPayment", **payment)["DepartmentRef"]["name"] == "Yard"


def test_a_reference_shows_the_full_name_and_refuses_an_inactive_one(tracking: Company) -> None:
    north = tracking.create("Class", Name="North")
    yard = tracking.create("Class", Name="Yard", ParentRef={"value": north["Id"]})
    made = tracking.create("TimeActivity", **tracking.time(ClassRef={"value": yard["Id"]}))
    assert made["ClassRef"] == {"value": yard["Id"], "name": "North:Yard"}
    tracking.update("Class", **{**yard, "Active": False})
    error = fault_of(tracking.post("TimeActivity", tracking.time(ClassRef={"value": yard["Id"]})))
    assert (error["code"], error["element"]) == ("2500", "ClassRef")
    assert "made inactive" in error["Detail"]


def test_both_lists_have_their_pages(tracking: Company, served: Served) -> None:
    made = tracking.create("Class", Name="North & South")
    for path in ("Class", f"Class/{made['Id']}", "Department"):
        page = tracking.session.get(f"{served.url}/company/{tracking.realm}/{path}", timeout=10)
        assert page.status_code == 200
        assert ("North &amp; South" in page.text) == path.startswith("Class")
    missing = tracking.session.get(f"{served.url}/company/{tracking.realm}/Class/{'9' * 20}", timeout=10)
    assert missing.status_code == 404
    beyond = tracking.session.get(f"{served.url}/company/{tracking.realm}/Class?page={'9' * 30}", timeout=10)
    assert beyond.status_code == 200
