"""Time entries: the table of what QuickBooks refuses, and what it fills in."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of

REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid entry, code, element
    ({"Hours": None, "Minutes": None, "StartTime": "2026-10-01", "EndTime": "2026-10-02"}, "2060", "StartTime"),
    ({"Hours": None, "Minutes": None, "StartTime": "2026-10-01 08:00", "EndTime": "09:00"}, "2060", "StartTime"),
    ({"PayrollItemRef": {"value": "1"}}, "5030", "PayrollItemRef"),
    ({"NameOf": None}, "6300", "NameOf"),
    ({"NameOf": "Other"}, "6300", "NameOf"),
    ({"EmployeeRef": None}, "6300", "EmployeeRef"),
    ({"VendorRef": {"value": "42"}}, "6290", "NameOf"),
    ({"NameOf": "Vendor"}, "6290", "NameOf"),
    ({"EmployeeRef": {"value": "9999"}}, "2500", "EmployeeRef"),
    ({"CustomerRef": {"value": "9999"}}, "2500", "CustomerRef"),
    ({"CustomerRef": {"name": "City of Larkspur"}}, "2020", "CustomerRef"),
    ({"CustomerRef": {"value": 2}}, "2010", "CustomerRef.value"),
    ({"CustomerRef": "2"}, "2010", "CustomerRef"),
    ({"ItemRef": {"value": "9999"}}, "2500", "ItemRef"),
    ({"ClassRef": {"value": "5000000000000142510"}}, "2500", "ClassRef"),
    ({"DepartmentRef": {"value": "1"}}, "2500", "DepartmentRef"),
    ({"ProjectRef": {"value": "647933362"}}, "2500", "ProjectRef"),
    ({"Hours": None, "Minutes": None}, "6340", "Hours"),
    ({"Hours": 0, "Minutes": 0}, "6340", "Hours"),
    ({"Hours": -1}, "6380", "Hours"),
    ({"Hours": 8761}, "6380", "Hours"),
    ({"Hours": 8760, "Minutes": 1}, "6380", "Minutes"),
    ({"Minutes": 60}, "6380", "Minutes"),
    ({"Seconds": 60}, "6380", "Seconds"),
    ({"Hours": 7.5}, "2090", "Hours"),
    ({"Hours": "7"}, "2090", "Hours"),
    ({"BreakHours": 1}, "6360", "BreakHours"),
    ({"StartTime": "08:00:00-08:00", "EndTime": "16:00:00-08:00"}, "6390", ""),
    ({"Hours": None, "Minutes": None, "StartTime": "08:00:00-08:00"}, "6350", "StartTime"),
    ({"Hours": None, "Minutes": None, "StartTime": "16:00:00", "EndTime": "08:00:00"}, "6370", "StartTime"),
    ({"Hours": None, "Minutes": None, "StartTime": "soon", "EndTime": "08:00:00"}, "2060", "StartTime"),
    ({"Hours": None, "Minutes": None, "StartTime": "08:00:00", "EndTime": "09:00:00", "BreakMinutes": 59,
      "BreakHours": 1}, "6360", "BreakHours"),
    ({"TxnDate": "11/16/2026"}, "2060", "TxnDate"),
    ({"TxnDate": "2026-02-30"}, "2060", "TxnDate"),
    ({"BillableStatus": "Sometimes"}, "2170", "BillableStatus"),
    ({"BillableStatus": "HasBeenBilled"}, "2170", "BillableStatus"),
    ({"BillableStatus": "Billable", "HourlyRate": 85, "CustomerRef": None}, "6310", "CustomerRef"),
    ({"BillableStatus": "Billable"}, "6330", "HourlyRate"),
    ({"HourlyRate": -1}, "6330", "HourlyRate"),
    ({"Description": "x" * 4001}, "2050", "Description"),
    ({"Taxable": "no"}, "2230", "Taxable"),
    ({"Foreman": "Bob"}, "2010", "Foreman"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_a_time_entry_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("timeactivity", shared.time(**changes))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_the_texts_are_those_of_the_service(shared: Company) -> None:
    too_long = fault_of(shared.post("timeactivity", shared.time(Description="x" * 4006)))
    assert too_long["Detail"] == (
        "String length specified does not match the supported length. Min:0 Max:4,000 supported. Supplied length: 4,006"
    )
    billed = fault_of(shared.post("timeactivity", shared.time(BillableStatus="HasBeenBilled")))
    assert billed["Detail"] == "Invalid Enumeration : HAS_BEEN_BILLED"
    unknown = fault_of(shared.post("timeactivity", shared.time(ClassRef={"value": "7"})))
    assert unknown["Detail"] == "Invalid Reference Id : Klasses element id 7 not found"


def test_an_entry_comes_back_with_names_and_defaults(company: Company) -> None:
    made = company.create("TimeActivity", **company.time(ItemRef=None))
    assert made["EmployeeRef"]["name"] == "Maria Gonzalez"
    assert made["CustomerRef"]["name"] == "City of Larkspur"
    assert made["ItemRef"]["name"] == "Hours"
    assert (made["Hours"], made["Minutes"]) == (7, 30)
    assert (made["BillableStatus"], made["HourlyRate"], made["Taxable"]) == ("NotBillable", 0, False)
    assert (made["SyncToken"], made["domain"], made["sparse"]) == ("0", "QBO", False)
    assert "Description" not in made


def test_the_date_defaults_to_today_in_pacific_time(company: Company) -> None:
    company.served.control("clock", {"now": "2026-11-22T04:00:00+00:00"})
    company.tokens = company.served.refresh(company.tokens["refresh_token"]).json()
    assert company.create("TimeActivity", **company.time(TxnDate=None))["TxnDate"] == "2026-11-21"


def test_clock_times_become_full_date_times(company: Company) -> None:
    made = company.create(
        "TimeActivity",
        **company.time(Hours=None, Minutes=None, StartTime="08:00:00-08:00", EndTime="16:30:00", BreakMinutes=30),
    )
    assert made["StartTime"] == "2026-11-16T08:00:00-08:00"
    assert made["EndTime"] == "2026-11-16T16:30:00-08:00"
    assert "Hours" not in made


def test_only_service_items_can_be_worked(company: Company) -> None:
    nails = company.create(
        "Item",
        Name="Nails",
        Type="NonInventory",
        IncomeAccountRef=company.ref("Account", "Construction Income"),
    )
    answer = company.post("timeactivity", company.time(ItemRef={"value": nails["Id"]}))
    assert fault_of(answer)["code"] == "6000"


def test_a_vendor_works_too(company: Company) -> None:
    vendor = company.ref("Vendor", "Tomás Vega")
    made = company.create("TimeActivity", **company.time(NameOf="Vendor", VendorRef=vendor, EmployeeRef=None))
    assert made["VendorRef"]["name"] == "Tomás Vega"


def test_the_closing_date_does_not_hold_time_entries(company: Company) -> None:
    assert company.create("TimeActivity", **company.time(TxnDate="2026-07-01"))["TxnDate"] == "2026-07-01"


def test_an_update_replaces_the_whole_entry(company: Company) -> None:
    made = company.create("TimeActivity", **company.time(Description="old"))
    changed = company.update("TimeActivity", **company.time(Hours=8, Minutes=0), Id=made["Id"], SyncToken="0")
    assert (changed["Hours"], changed["Minutes"], changed["SyncToken"]) == (8, 0, "1")
    assert "Description" not in changed


def test_a_deleted_entry_is_gone(company: Company) -> None:
    made = company.create("TimeActivity", **company.time())
    answer = company.post("timeactivity", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert answer.json()["TimeActivity"] == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert fault_of(company.call("GET", f"timeactivity/{made['Id']}"))["code"] == "610"
    assert fault_of(company.post("timeactivity", made))["code"] == "610"


def test_a_company_without_time_tracking_takes_no_entries(company: Company) -> None:
    company.served.control(f"{company.realm}/preference", {"name": "TimeTrackingFeatureEnabled", "value": "false"})
    assert fault_of(company.post("timeactivity", company.time()))["code"] == "5030"


def billed_entry(company: Company) -> tuple[Json, Json]:
    """A time entry and the invoice that it is on."""
    entry = company.create("TimeActivity", **company.time(BillableStatus="Billable", HourlyRate=85))
    invoice = company.create(
        "Invoice",
        CustomerRef=company.ref("Customer", "City of Larkspur"),
        LinkedTxn=[{"TxnId": entry["Id"], "TxnType": "TimeActivity"}],
        Line=[
            {
                "Amount": 600,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor")},
            }
        ],
    )
    return company.read("TimeActivity", entry["Id"]), invoice


def test_a_billed_entry_stays_billed_when_an_update_does_not_say_so(company: Company) -> None:
    billed, _ = billed_entry(company)
    sent = {name: value for name, value in billed.items() if name != "BillableStatus"}
    changed = company.update("TimeActivity", **{**sent, "Description": "looked at"})
    assert (changed["BillableStatus"], changed["Description"]) == ("HasBeenBilled", "looked at")


def test_a_billed_entry_cannot_be_deleted_until_its_invoice_lets_it_go(company: Company) -> None:
    billed, invoice = billed_entry(company)
    body = {"Id": billed["Id"], "SyncToken": billed["SyncToken"]}
    assert fault_of(company.post("TimeActivity", body, operation="delete"))["code"] == "800"
    assert company.post("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="void").status_code == 200
    body["SyncToken"] = company.read("TimeActivity", billed["Id"])["SyncToken"]
    assert company.post("TimeActivity", body, operation="delete").status_code == 200
