"""Payments of customers: what they settle, what is left, and how balances and accounts follow."""

from typing import Any

import pytest

from tests.sandbox.sale_bodies import (
    CUSTOMER,
    INCOME,
    PARENT,
    RECEIVABLE,
    TOWER,
    UNDEPOSITED,
    invoice,
    item_line,
    link,
    owed,
    payment,
    sale,
    stands,
)
from tests.sandbox.sandbox_client import Company, Json, fault_of


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    invoice(company, 250)
    return company


def settle(key: str, kind: str = "Invoice", amount: Any = 100) -> Json:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": key, "TxnType": kind}]}


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid payment, code, element; an invoice named $ is open with 250
    ({"CustomerRef": None}, "2020", "CustomerRef"),
    ({"CustomerRef": {"value": "999"}}, "2500", "CustomerRef"),
    ({"TotalAmt": None}, "2020", "TotalAmt"),
    ({"TotalAmt": -1}, "2140", "TotalAmt"),
    ({"TotalAmt": "100"}, "2090", "TotalAmt"),
    ({"TotalAmt": 99.99}, "6000", "TotalAmt"),
    ({"TotalAmt": 251, "Line": [settle("$", amount=250.01)]}, "6000", "Amount"),
    ({"TotalAmt": 300, "Line": [settle("$", amount=150), settle("$", amount=150)]}, "6000", "Amount"),
    ({"Line": [settle("$", amount=-1)]}, "2140", "Amount"),
    ({"Line": [{"Amount": 100}]}, "2020", "LinkedTxn"),
    ({"Line": [{"Amount": 100, "LinkedTxn": []}]}, "2020", "LinkedTxn"),
    ({"Line": [{"LinkedTxn": [{"TxnId": "$", "TxnType": "Invoice"}]}]}, "2020", "Amount"),
    ({"Line": [settle("$", "Bill")]}, "620", "TxnType"),
    ({"Line": [settle("x")]}, "2030", "TxnId"),
    ({"Line": [settle("999")]}, "610", ""),
    ({"Line": [settle("$", "CreditMemo")]}, "610", ""),
    ({"Line": {"Amount": 100}}, "2010", "Line"),
    ({"DepositToAccountRef": {"value": "1"}}, "6430", "DepositToAccountRef"),
    ({"ARAccountRef": {"value": "3"}}, "6430", "ARAccountRef"),
    ({"PaymentMethodRef": {"value": "99"}}, "2500", "PaymentMethodRef"),
    ({"CurrencyRef": {"value": "EUR"}}, "2220", "CurrencyRef"),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
    ({"CreditCardPayment": {"CreditChargeInfo": {"CcExpiryMonth": 13}}}, "2240", "CcExpiryMonth"),
    ({"CreditCardPayment": {"Number": "4111"}}, "2010", "CreditCardPayment.Number"),
    ({"Memo": "x"}, "2010", "Memo"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_a_payment_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    key = shared.rows("select Id from Invoice")[0]["Id"]
    body = {**payment(shared, 100), "Line": [settle(key)], **changes}
    sent = _named({name: value for name, value in body.items() if value is not None}, key)
    error = fault_of(shared.post("payment", sent))
    assert (error["code"], error["element"]) == (code, element)
    assert shared.read("Invoice", key)["SyncToken"] == "0"


def _named(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _named(part, key) for name, part in value.items()}
    if isinstance(value, list):
        return [_named(part, key) for part in value]
    return key if value == "$" else value


def test_a_payment_settles_an_invoice(company: Company) -> None:
    made = invoice(company, 250)
    company.served.control("clock", {"advance_seconds": 5})
    body = payment(company, 100, (made, "Invoice", 100), PaymentMethodRef={"value": "2"}, PaymentRefNum="0071")
    paid = company.create("Payment", **body)
    assert (paid["TotalAmt"], paid["UnappliedAmt"], paid["PaymentMethodRef"]["name"]) == (100, 0, "Check")
    assert paid["DepositToAccountRef"]["name"] == UNDEPOSITED
    held = company.read("Invoice", made["Id"])
    assert (held["Balance"], held["TotalAmt"], held["SyncToken"]) == (150, 250, "1")
    assert held["LinkedTxn"] == [link(paid, "Payment")]
    assert held["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"]
    assert owed(company) == (150, 150)
    assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [150, 100, 250]
    assert fault_of(company.post("invoice", made))["code"] == "5010"


def test_what_is_not_applied_is_left_for_later(company: Company) -> None:
    paid = company.create("Payment", **payment(company, 100))
    assert (paid["UnappliedAmt"], "Line" in paid, owed(company)) == (100, False, (-100, -100))
    made = invoice(company, 60)
    applied = company.update("Payment", **{**paid, "Line": [settle(made["Id"], amount=60)]})
    assert (applied["UnappliedAmt"], owed(company)) == (40, (-40, -40))
    assert company.read("Invoice", made["Id"])["Balance"] == 0
    assert stands(company, RECEIVABLE, UNDEPOSITED) == [-40, 100]


def test_a_payment_that_changes_moves_what_it_settles(company: Company) -> None:
    first, second = invoice(company, 100), invoice(company, 100)
    paid = company.create("Payment", **payment(company, 100, (first, "Invoice", 100)))
    company.update("Payment", **{**paid, "Line": [settle(second["Id"], amount=70), settle(first["Id"], amount=30)]})
    held = [company.read("Invoice", made["Id"]) for made in (first, second)]
    assert [each["Balance"] for each in held] == [70, 30]
    assert [each["LinkedTxn"] for each in held] == [[link(paid, "Payment")]] * 2
    moved = company.update("Payment", **{**paid, "SyncToken": "1", "Line": [settle(second["Id"])]})
    assert (moved["UnappliedAmt"], owed(company)) == (0, (100, 100))
    freed = company.read("Invoice", first["Id"])
    assert (freed["Balance"], "LinkedTxn" in freed) == (100, False)


def test_an_unchanged_payment_leaves_its_invoice_alone(company: Company) -> None:
    made = invoice(company, 100)
    paid = company.create("Payment", **payment(company, 100, (made, "Invoice", 100)))
    sent = company.update("Payment", **{**paid, "PrivateNote": "checked"})
    assert (sent["Line"], sent["SyncToken"]) == (paid["Line"], "1")
    assert company.read("Invoice", made["Id"])["SyncToken"] == "1"


@pytest.mark.parametrize("way", ["void", "delete"])
def test_a_payment_that_goes_opens_its_invoice_again(company: Company, way: str) -> None:
    made = invoice(company, 100)
    paid = company.create("Payment", **payment(company, 130, (made, "Invoice", 100)))
    held: Json = {"Id": paid["Id"], "SyncToken": "0"}
    if way == "void":
        answer = company.post("payment", {**held, "sparse": True}, operation="update", include="void")
        voided = answer.json()["Payment"]
        assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["PrivateNote"]) == (0, 0, "Voided")
        assert "Line" not in voided
    else:
        assert company.post("payment", held, operation="delete").status_code == 200
    freed = company.read("Invoice", made["Id"])
    assert (freed["Balance"], "LinkedTxn" in freed, owed(company)) == (100, False, (100, 100))
    assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [100, 0, 100]


@pytest.mark.parametrize(("parameters", "code"), [({"operation": "void"}, "500"), ({"operation": "update"}, "6000")])
def test_a_payment_is_voided_by_include_and_never_updated_sparsely(
    company: Company, parameters: Json, code: str
) -> None:
    paid = company.create("Payment", **payment(company, 10))
    refused = company.post("payment", {"Id": paid["Id"], "SyncToken": "0", "sparse": True}, **parameters)
    assert fault_of(refused)["code"] == code


def test_a_parent_pays_for_its_jobs_but_nobody_else_does(company: Company) -> None:
    made = invoice(company, 100, customer=TOWER)
    assert (owed(company, TOWER), owed(company, PARENT)) == ((100, 100), (0, 100))
    parent = company.ref("Customer", PARENT)
    refused = company.post("payment", payment(company, 100, (made, "Invoice", 100)))
    assert (fault_of(refused)["code"], fault_of(refused)["element"]) == ("6000", "CustomerRef")
    company.create("Payment", **payment(company, 120, (made, "Invoice", 100), CustomerRef=parent))
    assert (owed(company, TOWER), owed(company, PARENT)) == ((0, 0), (-20, -20))
    own = invoice(company, 50, customer=PARENT)
    job = payment(company, 50, (own, "Invoice", 50), CustomerRef=company.ref("Customer", TOWER))
    assert fault_of(company.post("payment", job))["code"] == "6000"


def test_a_payment_uses_up_a_credit(company: Company) -> None:
    made = invoice(company, 100)
    credit = company.create("CreditMemo", **sale(company, Line=[item_line(company, 30)]))
    assert (credit["Balance"], credit["RemainingCredit"], owed(company)) == (30, 30, (70, 70))
    body = payment(company, 50, (made, "Invoice", 75), (credit, "CreditMemo", 25))
    paid = company.create("Payment", **body)
    used = company.read("CreditMemo", credit["Id"])
    assert (used["RemainingCredit"], used["LinkedTxn"]) == (5, [link(paid, "Payment")])
    assert (company.read("Invoice", made["Id"])["Balance"], owed(company)) == (25, (20, 20))
    assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [20, 50, 70]
    too_much = payment(company, 0, (credit, "CreditMemo", 6), (made, "Invoice", 6))
    assert fault_of(company.post("payment", too_much))["code"] == "6000"
    held = company.post("creditmemo", {"Id": credit["Id"], "SyncToken": "1"}, operation="delete")
    assert fault_of(held)["code"] == "800"


def test_a_credit_settles_an_invoice_without_money(company: Company) -> None:
    made = invoice(company, 100)
    credit = company.create("CreditMemo", **sale(company, Line=[item_line(company, 100)]))
    company.create("Payment", **payment(company, 0, (made, "Invoice", 100), (credit, "CreditMemo", 100)))
    assert company.read("Invoice", made["Id"])["Balance"] == 0
    assert company.read("CreditMemo", credit["Id"])["Balance"] == 0
    assert (owed(company), stands(company, RECEIVABLE, UNDEPOSITED, INCOME)) == ((0, 0), [0, 0, 0])
    more = payment(company, 5, (credit, "CreditMemo", 10))
    assert fault_of(company.post("payment", more))["code"] == "6000"


@pytest.mark.parametrize("kind", ["Payment", "SalesReceipt"])
def test_what_is_deposited_cannot_be_changed(company: Company, kind: str) -> None:
    body = payment(company, 100) if kind == "Payment" else sale(company)
    made = company.create(kind, **body)
    taken = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": kind, "TxnLineId": "0"}]}
    deposit = company.create(
        "Deposit", DepositToAccountRef=company.ref("Account", "Checking"), TxnDate="2026-11-17", Line=[taken]
    )
    held = company.read(kind, made["Id"])
    assert [each["TxnType"] for each in held["LinkedTxn"]] == ["Deposit"]
    stub = {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True}
    for sent, parameters in (
        (held, {}),
        (stub, {"operation": "update", "include": "void"}),
        (stub, {"operation": "delete"}),
    ):
        assert fault_of(company.post(kind, sent, **parameters))["code"] == "6540"
    company.post("deposit", {"Id": deposit["Id"], "SyncToken": deposit["SyncToken"]}, operation="delete")
    freed = company.read(kind, made["Id"])
    assert company.update(kind, **{**freed, "PrivateNote": "free again"})["PrivateNote"] == "free again"


# customers


def test_a_customer_who_owes_stays(company: Company) -> None:
    made = invoice(company, 100)
    customer = company.read("Customer", company.id_of("Customer", CUSTOMER))
    leave = {**customer, "Active": False}
    assert fault_of(company.post("customer", leave))["code"] == "6220"
    company.create("Payment", **payment(company, 100, (made, "Invoice", 100)))
    assert company.update("Customer", **leave)["Active"] is False


def test_a_job_takes_its_balance_to_its_new_parent(company: Company) -> None:
    invoice(company, 100, customer=TOWER)
    job = company.read("Customer", company.id_of("Customer", TOWER))
    company.update("Customer", **{**job, "ParentRef": company.ref("Customer", CUSTOMER)})
    assert [owed(company, name) for name in (TOWER, PARENT, CUSTOMER)] == [(100, 100), (0, 0), (0, 100)]
    company.create("Customer", DisplayName="Annex", Job=True, ParentRef=company.ref("Customer", TOWER), Balance=40)
    assert [owed(company, name) for name in (TOWER, CUSTOMER)] == [(100, 140), (0, 140)]


def test_an_update_of_a_customer_keeps_its_balances(company: Company) -> None:
    invoice(company, 100, customer=TOWER)
    parent = company.read("Customer", company.id_of("Customer", PARENT))
    changed = company.update("Customer", **{**parent, "Notes": "x", "Balance": 7})
    assert (changed["Balance"], changed["BalanceWithJobs"]) == (0, 100)


def test_payments_are_found_by_customer_and_amount(company: Company) -> None:
    made = [company.create("Payment", **payment(company, amount, PaymentRefNum=f"{amount}")) for amount in (10, 20)]
    customer = company.id_of("Customer", CUSTOMER)
    for where, found in (
        (f"CustomerRef = '{customer}'", [0, 1]),
        ("TotalAmt > '10'", [1]),
        ("UnappliedAmt = '10'", [0]),
        ("PaymentRefNum = '20'", [1]),
        ("TxnDate = '2026-11-16'", [0, 1]),
    ):
        rows = company.rows(f"select Id from Payment where {where}")
        assert [row["Id"] for row in rows] == [made[place]["Id"] for place in found], where
