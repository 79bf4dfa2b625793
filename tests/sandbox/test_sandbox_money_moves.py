"""Deposits, transfers and payments of the card: which accounts, how much, and what waits to be deposited."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_ledger import CARD, Balances

DETAIL = "DepositLineDetail"
UNDEPOSITED = "Undeposited Funds"
INCOME = "Construction Income"


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def line(company: Company, amount: Any = 100, account: str = INCOME, **detail: Any) -> Json:
    return {"Amount": amount, "DetailType": DETAIL, DETAIL: {"AccountRef": company.ref("Account", account), **detail}}


def link(sale: Json, entity: str, amount: Any = None) -> Json:
    linked = {"TxnId": sale["Id"], "TxnType": entity}
    return {"Amount": sale["TotalAmt"] if amount is None else amount, "LinkedTxn": [linked]}


def deposit(company: Company, **changes: Any) -> Json:
    body = {
        "DepositToAccountRef": company.ref("Account", "Checking"),
        "TxnDate": "2026-11-10",
        "Line": [line(company)],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def payment(company: Company, amount: float = 80, **changes: Any) -> Json:
    customer = company.ref("Customer", "City of Larkspur")
    return company.create("Payment", CustomerRef=customer, TotalAmt=amount, TxnDate="2026-11-09", **changes)


def sales_receipt(company: Company, amount: float = 20) -> Json:
    sale = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor")},
    }
    customer = company.ref("Customer", "City of Larkspur")
    return company.create("SalesReceipt", CustomerRef=customer, TxnDate="2026-11-09", Line=[sale])


DEPOSITS_REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid deposit, code, element
    ({"DepositToAccountRef": None}, "2020", "DepositToAccountRef"),
    ({"DepositToAccountRef": {"value": "50"}}, "6430", "DepositToAccountRef"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": [{"DetailType": DETAIL, DETAIL: {"AccountRef": {"value": "28"}}}]}, "2020", "Amount"),
    ({"Line": [{"Amount": 5}]}, "2020", DETAIL),
    ({"Line": [{"Amount": 5, DETAIL: {}}]}, "2020", "AccountRef"),
    ({"Line": [{"Amount": 5, DETAIL: {"AccountRef": {"value": "1"}}}]}, "6430", "AccountRef"),
    ({"Line": [{"Amount": -5, DETAIL: {"AccountRef": {"value": "28"}}}]}, "6000", "TotalAmt"),
    ({"Line": [{"Amount": 5, "DetailType": "DiscountLineDetail"}]}, "2170", "DetailType"),
    ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "1", "TxnType": "Bill"}]}]}, "620", "TxnType"),
    ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "x", "TxnType": "Payment"}]}]}, "2030", "TxnId"),
    ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "777", "TxnType": "Payment"}]}]}, "610", ""),
    ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "1", "TxnType": "Payment"}] * 2}]}, "2600", "LinkedTxn"),
    ({"CashBack": {"Amount": 5}}, "2020", "CashBack.AccountRef"),
    ({"CashBack": {"Amount": 500, "AccountRef": {"value": "13"}}}, "6000", "TotalAmt"),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
]


@pytest.mark.parametrize(("changes", "code", "element"), DEPOSITS_REFUSED)
def test_a_deposit_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("deposit", deposit(shared, **changes))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


TRANSFER = {"FromAccountRef": {"value": "12"}, "ToAccountRef": {"value": "13"}, "Amount": 40, "TxnDate": "2026-11-10"}
MOVES_REFUSED: list[tuple[str, Json, str, str]] = [
    # entity, changes to a valid body, code, element
    ("transfer", {"FromAccountRef": None}, "2020", "FromAccountRef"),
    ("transfer", {"ToAccountRef": None}, "2020", "ToAccountRef"),
    ("transfer", {"Amount": None}, "2020", "Amount"),
    ("transfer", {"Amount": 0}, "2140", "Amount"),
    ("transfer", {"Amount": 0.001}, "2140", "Amount"),
    ("transfer", {"Amount": -40}, "2140", "Amount"),
    ("transfer", {"Amount": "40"}, "2090", "Amount"),
    ("transfer", {"FromAccountRef": {"value": "50"}}, "6430", "FromAccountRef"),
    ("transfer", {"FromAccountRef": {"value": "1"}}, "6430", "FromAccountRef"),
    ("transfer", {"ToAccountRef": {"value": "2"}}, "6430", "ToAccountRef"),
    ("transfer", {"ToAccountRef": {"value": "12"}}, "6000", "ToAccountRef"),
    ("transfer", {"TxnDate": "2026-08-31"}, "6210", ""),
    ("transfer", {"Memo": "x"}, "2010", "Memo"),
    ("creditcardpayment", {"CreditCardAccountRef": None}, "2020", "CreditCardAccountRef"),
    ("creditcardpayment", {"CreditCardAccountRef": {"value": "12"}}, "6430", "CreditCardAccountRef"),
    ("creditcardpayment", {"BankAccountRef": None}, "2020", "BankAccountRef"),
    ("creditcardpayment", {"BankAccountRef": {"value": "50"}}, "6430", "BankAccountRef"),
    ("creditcardpayment", {"Amount": 0}, "2140", "Amount"),
    ("creditcardpayment", {"VendorRef": {"value": "1"}}, "2500", "VendorRef"),
    ("creditcardpayment", {"TxnDate": "2026-08-31"}, "6210", ""),
]


def card_payment(company: Company) -> Json:
    return {
        "CreditCardAccountRef": company.ref("Account", CARD),
        "BankAccountRef": company.ref("Account", "Checking"),
        "Amount": 55.5,
        "TxnDate": "2026-11-10",
    }


@pytest.mark.parametrize(("entity", "changes", "code", "element"), MOVES_REFUSED)
def test_a_move_is_refused(shared: Company, entity: str, changes: Json, code: str, element: str) -> None:
    valid = TRANSFER if entity == "transfer" else card_payment(shared)
    body = {name: value for name, value in {**valid, **changes}.items() if value is not None}
    answer = shared.post(entity, body)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_a_deposit_debits_the_bank_and_credits_where_it_comes_from(company: Company) -> None:
    balances = Balances(company)
    vendor = company.ref("Vendor", "Office Depot")
    cash = {"Amount": 30, "AccountRef": company.ref("Account", "Savings"), "Memo": "till"}
    lines = [line(company, 100, Entity=vendor), line(company, 5, "Other Income")]
    made = company.create("Deposit", **deposit(company, Line=lines, CashBack=cash))
    assert made["TotalAmt"] == 75.0
    assert made["Line"][0][DETAIL]["Entity"] == {**vendor, "type": "Vendor", "name": "Office Depot"}
    assert balances.moved() == {"Checking": 75, "Savings": 30, INCOME: 100, "Other Income": 5}
    changed = company.update("Deposit", Id=made["Id"], SyncToken="0", sparse=True, PrivateNote="counted")
    assert (changed["TotalAmt"], changed["CashBack"], balances.moved()) == (75.0, made["CashBack"], {})
    company.post("deposit", changed, operation="delete")
    assert balances.moved() == {"Checking": -75, "Savings": -30, INCOME: -100, "Other Income": -5}


def test_what_waits_in_undeposited_funds_is_deposited_and_waits_again(company: Company) -> None:
    paid, sold = payment(company), sales_receipt(company)
    balances = Balances(company)
    lines = [link(paid, "Payment"), link(sold, "SalesReceipt")]
    made = company.create("Deposit", **deposit(company, Line=lines))
    assert made["TotalAmt"] == 100.0
    assert balances.moved() == {"Checking": 100, UNDEPOSITED: -100}
    mark = {"TxnId": made["Id"], "TxnType": "Deposit"}
    for entity, sale in (("Payment", paid), ("SalesReceipt", sold)):
        held = company.read(entity, sale["Id"])
        assert (held["LinkedTxn"], held["SyncToken"]) == ([mark], "1")
        assert fault_of(company.post(entity, held, operation="delete"))["code"] == "6540"
    company.post("deposit", made, operation="delete")
    assert balances.moved() == {"Checking": -100, UNDEPOSITED: 100}
    for entity, sale in (("Payment", paid), ("SalesReceipt", sold)):
        assert "LinkedTxn" not in company.read(entity, sale["Id"])


def test_an_update_of_a_deposit_lets_go_of_what_it_leaves_out(company: Company) -> None:
    first, second = payment(company, 80), payment(company, 60)
    lines = [link(first, "Payment"), link(second, "Payment")]
    made = company.create("Deposit", **deposit(company, Line=lines))
    changed = company.update("Deposit", **{**made, "Line": made["Line"][1:]})
    assert changed["TotalAmt"] == 60.0
    assert "LinkedTxn" not in company.read("Payment", first["Id"])
    assert company.read("Payment", second["Id"])["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]


def test_a_payment_is_deposited_whole_once_and_only_from_undeposited_funds(company: Company) -> None:
    paid = payment(company)
    at_the_bank = payment(company, DepositToAccountRef=company.ref("Account", "Checking"))
    table = [
        ([link(paid, "Payment", 79.99)], "2140"),
        ([link(paid, "Payment")] * 2, "620"),
        ([link(at_the_bank, "Payment")], "620"),
        ([{**link(paid, "Payment"), DETAIL: {"AccountRef": company.ref("Account", INCOME)}}], "2600"),
    ]
    for lines, code in table:
        assert fault_of(company.post("deposit", deposit(company, Line=lines)))["code"] == code, lines
    company.create("Deposit", **deposit(company, Line=[link(paid, "Payment")]))
    again = company.post("deposit", deposit(company, Line=[link(paid, "Payment")]))
    assert fault_of(again)["code"] == "620"


def test_a_transfer_moves_money_between_two_accounts(company: Company) -> None:
    balances = Balances(company)
    made = company.create("Transfer", **TRANSFER)
    assert balances.moved() == {"Checking": -40, "Savings": 40}
    changed = company.update("Transfer", Id=made["Id"], SyncToken="0", sparse=True, Amount=15)
    assert balances.moved() == {"Checking": 25, "Savings": -25}
    assert company.rows("select * from Transfer where Amount = '15'") == [changed]
    company.post("transfer", changed, operation="delete")
    assert balances.moved() == {"Checking": 15, "Savings": -15}


def test_a_payment_of_the_card_takes_off_what_is_owed_on_it(company: Company) -> None:
    balances = Balances(company)
    answer = company.post("creditcardpayment", card_payment(company))
    made = answer.json()["CreditCardPaymentTxn"]
    assert balances.moved() == {"Checking": -55.5, CARD: -55.5}
    assert company.call("GET", f"creditcardpayment/{made['Id']}").json()["CreditCardPaymentTxn"] == made
    assert company.rows("select * from CreditCardPayment") == [made]
    changed = company.post("creditcardpayment", {**made, "Amount": 50}).json()["CreditCardPaymentTxn"]
    assert balances.moved() == {"Checking": 5.5, CARD: 5.5}
    gone = company.post("creditcardpayment", changed, operation="delete").json()
    assert gone["CreditCardPaymentTxn"]["status"] == "Deleted"
    assert balances.moved() == {"Checking": 50, CARD: 50}
