"""Purchase orders: they post nothing, a bill closes them, and they are open again when the bill lets go."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_bills import account_line
from tests.sandbox.test_sandbox_ledger import Balances


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def order_body(company: Company, **changes: Any) -> Json:
    body = {
        "VendorRef": company.ref("Vendor", "Summit Electric"),
        "APAccountRef": company.ref("Account", "Accounts Payable (A/P)"),
        "TxnDate": "2026-11-02",
        "Line": [account_line()],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def link_to(order: Json) -> list[Json]:
    return [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]


def state_of(company: Company, order: Json) -> tuple[str, list[Json]]:
    held = company.read("PurchaseOrder", order["Id"])
    return held["POStatus"], held.get("LinkedTxn", [])


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid order, code, element
    ({"VendorRef": None}, "2020", "VendorRef"),
    ({"APAccountRef": None}, "2020", "APAccountRef"),
    ({"APAccountRef": {"value": "50"}}, "6430", "APAccountRef"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": [account_line(-1)]}, "6000", "TotalAmt"),
    ({"Line": [account_line(LinkedTxn=[{"TxnId": "1", "TxnType": "Bill"}])]}, "620", "LinkedTxn"),
    ({"POStatus": "Lost"}, "2170", "POStatus"),
    ({"DueDate": "soon"}, "2060", "DueDate"),
    ({"Memo": "x" * 4001}, "2050", "Memo"),
    ({"POEmail": {"Address": "nobody"}}, "2210", "Address"),
    ({"ShipTo": {"value": "777"}}, "2500", "ShipTo"),
    ({"ClassRef": {"value": "1"}}, "2500", "ClassRef"),
    ({"Balance": 5}, "2010", "Balance"),
]


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_an_order_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("purchaseorder", order_body(shared, **changes))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_an_order_is_open_and_posts_nothing_not_even_in_a_closed_period(company: Company) -> None:
    balances = Balances(company)
    made = company.create("PurchaseOrder", **order_body(company, TxnDate="2026-08-01", DocNumber="PO-9"))
    assert (made["POStatus"], made["TotalAmt"]) == ("Open", 100.0)
    assert balances.moved() == {}
    assert company.rows("select * from PurchaseOrder where POStatus = 'Open'") == [made]


@pytest.mark.parametrize("place", ["on the bill", "on a line"])
def test_a_bill_closes_the_order_that_it_fills(company: Company, place: str) -> None:
    order = company.create("PurchaseOrder", **order_body(company))
    on_bill = {"LinkedTxn": link_to(order)}
    changes = on_bill if place == "on the bill" else {"Line": [{**company.account_line(), **on_bill}]}
    bill = company.create("Bill", **company.bill(**changes))
    assert bill["LinkedTxn"] == link_to(order)
    assert state_of(company, order) == ("Closed", [{"TxnId": bill["Id"], "TxnType": "Bill"}])
    assert company.read("PurchaseOrder", order["Id"])["SyncToken"] == "1"
    company.post("bill", bill, operation="delete")
    assert state_of(company, order) == ("Open", [])


def test_an_update_that_leaves_the_link_out_opens_the_order_and_keeps_the_payment(company: Company) -> None:
    order = company.create("PurchaseOrder", **order_body(company))
    bill = company.create("Bill", **company.bill(LinkedTxn=link_to(order)))
    company.served.control(f"{company.realm}/pay", {"bill_id": bill["Id"], "amount": 50})
    paid = company.read("Bill", bill["Id"])
    assert [link["TxnType"] for link in paid["LinkedTxn"]] == ["PurchaseOrder", "BillPaymentCheck"]
    changed = company.update("Bill", **{**paid, "LinkedTxn": paid["LinkedTxn"][1:]})
    assert changed["LinkedTxn"] == paid["LinkedTxn"][1:]
    assert state_of(company, order) == ("Open", [])


def test_a_link_is_refused(company: Company) -> None:
    order = company.create("PurchaseOrder", **order_body(company))
    closed = company.create("PurchaseOrder", **order_body(company, POStatus="Closed"))
    paving = company.ref("Vendor", "Peninsula Paving")
    table: list[tuple[str, Json, str]] = [
        ("Bill", {"LinkedTxn": [{"TxnId": "777", "TxnType": "PurchaseOrder"}]}, "610"),
        ("Bill", {"LinkedTxn": [{"TxnId": "x", "TxnType": "PurchaseOrder"}]}, "2030"),
        ("Bill", {"LinkedTxn": [{"TxnId": order["Id"], "TxnType": "Estimate"}]}, "620"),
        ("Bill", {"LinkedTxn": link_to(closed)}, "620"),
        ("Bill", {"LinkedTxn": link_to(order), "VendorRef": paving}, "6000"),
        ("VendorCredit", {"LinkedTxn": link_to(order)}, "620"),
    ]
    for entity, changes, code in table:
        assert fault_of(company.post(entity, company.bill(**changes)))["code"] == code, changes
    company.create("Bill", **company.bill(LinkedTxn=link_to(order)))
    assert fault_of(company.post("bill", company.bill(LinkedTxn=link_to(order))))["code"] == "620"


def test_a_filled_order_stays_until_the_bill_is_gone(company: Company) -> None:
    order = company.create("PurchaseOrder", **order_body(company))
    bill = company.create("Bill", **company.bill(LinkedTxn=link_to(order)))
    held = company.read("PurchaseOrder", order["Id"])
    assert fault_of(company.post("purchaseorder", held, operation="delete"))["code"] == "800"
    other = {**held, "VendorRef": company.ref("Vendor", "Peninsula Paving")}
    assert fault_of(company.post("purchaseorder", other))["code"] == "6000"
    noted = company.update("PurchaseOrder", **{**held, "PrivateNote": "arrived"})
    assert (noted["POStatus"], noted["LinkedTxn"]) == ("Closed", held["LinkedTxn"])
    company.post("bill", bill, operation="delete")
    freed = company.read("PurchaseOrder", order["Id"])
    assert company.post("purchaseorder", freed, operation="delete").json()["PurchaseOrder"]["status"] == "Deleted"
