"""Recurring transactions: templates in their wrapper, good by their own rules, and never carried out."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_bills import account_line
from tests.sandbox.test_sandbox_ledger import Balances

INFO = {
    "Name": "Rent of the yard",
    "RecurType": "Automated",
    "ScheduleInfo": {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "StartDate": "2027-01-01"},
}


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def template(company: Company, **changes: Any) -> Json:
    vendor = company.ref("Vendor", "Office Depot")
    body = {"VendorRef": vendor, "Line": [account_line()], "RecurringInfo": INFO, **changes}
    return {name: value for name, value in body.items() if value is not None}


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a good template of a bill, code, element
    ({"RecurringInfo": None}, "2020", "RecurringInfo"),
    ({"RecurringInfo": {"RecurType": "Automated"}}, "2020", "Name"),
    ({"RecurringInfo": {"Name": "x"}}, "2020", "RecurType"),
    ({"RecurringInfo": {**INFO, "RecurType": "Sometimes"}}, "2170", "RecurType"),
    ({"RecurringInfo": {**INFO, "ScheduleInfo": {"IntervalType": "Hourly"}}}, "2170", "IntervalType"),
    ({"RecurringInfo": {**INFO, "ScheduleInfo": {"DayOfMonth": 32}}}, "2240", "DayOfMonth"),
    ({"VendorRef": None}, "2020", "VendorRef"),
    ({"Line": []}, "2250", "Line"),
    ({"Memo": "x"}, "2010", "Bill.Memo"),
]


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_a_template_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("recurringtransaction", {"Bill": template(shared, **changes)})
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


@pytest.mark.parametrize("body", [{}, {"TimeActivity": {}}, {"RecurringTransaction": {}}, {"Bill": []}])
def test_a_wrapper_holds_one_known_transaction(shared: Company, body: Json) -> None:
    assert fault_of(shared.post("recurringtransaction", body))["code"] in {"2010", "2020"}


def test_a_wrapper_with_two_transactions_is_refused(shared: Company) -> None:
    body = {"Bill": template(shared), "VendorCredit": template(shared)}
    assert fault_of(shared.post("recurringtransaction", body))["code"] == "2010"


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_template_is_kept_and_not_carried_out(company: Company, wrapped: bool) -> None:
    balances, bills = Balances(company), len(company.rows("select Id from Bill"))
    body: Json = {"Bill": template(company)}
    answer = company.post("recurringtransaction", {"RecurringTransaction": body} if wrapped else body)
    made = answer.json()["RecurringTransaction"]["Bill"]
    assert (made["TotalAmt"], made["SyncToken"], made["RecurringInfo"]) == (100.0, "0", {**INFO, "Active": True})
    assert made["VendorRef"]["name"] == "Office Depot"
    assert (balances.moved(), len(company.rows("select Id from Bill"))) == ({}, bills)
    read = company.call("GET", f"recurringtransaction/{made['Id']}").json()["RecurringTransaction"]
    assert read == {"Bill": made}
    assert company.rows("select * from RecurringTransaction") == [read]


def test_a_template_is_deleted_and_not_changed(company: Company) -> None:
    made = company.post("recurringtransaction", {"Bill": template(company)}).json()["RecurringTransaction"]["Bill"]
    mark = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    assert fault_of(company.post("recurringtransaction", {"Bill": made}))["code"] == "500"
    stale = {"Bill": {**mark, "SyncToken": "7"}}
    assert fault_of(company.post("recurringtransaction", stale, operation="delete"))["code"] == "5010"
    gone = company.post("recurringtransaction", {"Bill": mark}, operation="delete").json()
    assert gone["RecurringTransaction"]["status"] == "Deleted"
    assert fault_of(company.call("GET", f"recurringtransaction/{made['Id']}"))["code"] == "610"


def test_a_template_goes_through_a_batch(company: Company) -> None:
    item = {"bId": "1", "operation": "create", "RecurringTransaction": {"Bill": template(company)}}
    made = company.batch(item).json()["BatchItemResponse"][0]["RecurringTransaction"]["Bill"]
    item = {"bId": "1", "operation": "delete", "RecurringTransaction": {"Bill": made}}
    assert company.batch(item).json()["BatchItemResponse"][0]["RecurringTransaction"]["status"] == "Deleted"
