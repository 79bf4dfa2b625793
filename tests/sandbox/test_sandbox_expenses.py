"""Purchases: how they were paid, of whom, and what they post."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_bills import account_line, item_line
from tests.sandbox.test_sandbox_ledger import CARD, MATERIALS, Balances


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def expense(company: Company, **changes: Any) -> Json:
    body = {
        "PaymentType": "Check",
        "AccountRef": company.ref("Account", "Checking"),
        "TxnDate": "2026-11-10",
        "Line": [account_line()],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid purchase, code, element
    ({"PaymentType": None}, "2020", "PaymentType"),
    ({"PaymentType": "Barter"}, "2170", "PaymentType"),
    ({"PaymentType": "CreditCard"}, "6430", "AccountRef"),
    ({"AccountRef": None}, "2020", "AccountRef"),
    ({"AccountRef": {"value": "50"}}, "6430", "AccountRef"),
    ({"AccountRef": {"value": "777"}}, "2500", "AccountRef"),
    ({"Credit": True}, "6000", "Credit"),
    ({"EntityRef": {"value": "777"}}, "2500", "EntityRef"),
    ({"EntityRef": {"value": "1", "type": "Vendor"}}, "2500", "EntityRef"),
    ({"EntityRef": {"value": "1", "type": "Owner"}}, "2170", "EntityRef.type"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": [account_line(-5)]}, "6000", "TotalAmt"),
    ({"Line": [account_line(None)]}, "2020", "Amount"),
    ({"Line": [item_line(Qty=8, UnitPrice=10)]}, "6070", "Amount"),
    ({"LinkedTxn": [{"TxnId": "1", "TxnType": "PurchaseOrder"}]}, "620", "LinkedTxn"),
    ({"VendorRef": {"value": "1"}}, "2010", "VendorRef"),
    ({"PrintStatus": "Lost"}, "2170", "PrintStatus"),
    ({"DocNumber": "x" * 22}, "2050", "DocNumber"),
    ({"DepartmentRef": {"value": "1"}}, "2500", "DepartmentRef"),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
]


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_a_purchase_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("purchase", expense(shared, **changes))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


@pytest.mark.parametrize(
    ("sort", "name"),
    [("Vendor", "Office Depot"), ("Customer", "City of Larkspur"), ("Employee", "Maria Gonzalez")],
)
def test_a_purchase_names_a_vendor_a_customer_or_an_employee(shared: Company, sort: str, name: str) -> None:
    key = shared.id_of(sort, name)
    made = shared.create("Purchase", **expense(shared, EntityRef={"value": key}, DocNumber="1042"))
    assert made["EntityRef"] == {"value": key, "type": sort, "name": name}
    assert (made["TotalAmt"], made["Credit"], made["PrintStatus"]) == (100.0, False, "NotSet")
    assert shared.update("Purchase", **made)["EntityRef"] == made["EntityRef"]
    text = shared.call("GET", f"purchase/{made['Id']}", headers={"Accept": "application/xml"}).text
    assert f'type="{sort}">{key}</EntityRef>' in text


def test_a_purchase_takes_the_money_at_once(company: Company) -> None:
    balances = Balances(company)
    made = company.create("Purchase", **expense(company, PaymentType="Cash", Line=[company.account_line(60)]))
    assert balances.moved() == {MATERIALS: 60, "Checking": -60}
    company.post("purchase", made, operation="delete")
    assert balances.moved() == {MATERIALS: -60, "Checking": 60}


def test_a_card_purchase_is_owed_on_the_card_and_its_refund_is_not(company: Company) -> None:
    balances = Balances(company)
    by_card = expense(company, PaymentType="CreditCard", AccountRef=company.ref("Account", CARD))
    by_card["Line"] = [company.account_line(60)]
    company.create("Purchase", **by_card)
    assert balances.moved() == {MATERIALS: 60, CARD: 60}
    company.create("Purchase", **by_card, Credit=True)
    assert balances.moved() == {MATERIALS: -60, CARD: -60}


def test_a_purchase_can_be_deleted_and_not_voided(company: Company) -> None:
    made = company.create("Purchase", **expense(company))
    for parameters in ({"operation": "void"}, {"include": "void"}):
        assert fault_of(company.post("purchase", made, **parameters))["code"] == "500"
    assert fault_of(company.post("purchase", {**made, "sparse": True}))["code"] == "6000"
    assert company.post("purchase", made, operation="delete").json()["Purchase"]["status"] == "Deleted"


def test_purchases_are_found_by_their_attributes(company: Company) -> None:
    made = company.create("Purchase", **expense(company, DocNumber="1042"))
    for condition in ("PaymentType = 'Check'", "TotalAmt > '99'", "TxnDate = '2026-11-10'", "DocNumber = '1042'"):
        assert company.rows(f"select * from Purchase where {condition}") == [made]
    assert fault_of(company.ask("select * from Purchase where EntityRef = '1'"))["code"] == "4001"
