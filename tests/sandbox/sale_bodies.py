"""Bodies of sales and payments for the tests, and what the books say afterwards."""

from typing import Any

from tests.sandbox.sandbox_client import Company, Json

ITEM = "SalesItemLineDetail"
DISCOUNT = "DiscountLineDetail"
SUBTOTAL = "SubTotalLineDetail"
CUSTOMER = "City of Larkspur"
PARENT = "Harborview Medical Center"
TOWER = "Harborview Tower Renovation"
INCOME = "Construction Income"
RECEIVABLE = "Accounts Receivable (A/R)"
UNDEPOSITED = "Undeposited Funds"
DAY = "2026-11-16"


def item_line(company: Company, amount: Any = 100.0, item: str = "Carpentry Labor", **detail: Any) -> Json:
    return {"Amount": amount, "DetailType": ITEM, ITEM: {"ItemRef": company.ref("Item", item), **detail}}


def discount_line(**detail: Any) -> Json:
    amount = {"Amount": detail.pop("Amount")} if "Amount" in detail else {}
    return {"DetailType": DISCOUNT, **amount, DISCOUNT: detail}


def sale(company: Company, customer: str = CUSTOMER, **changes: Any) -> Json:
    """A valid sale's body, with changes laid over it; None takes an attribute out."""
    body = {
        "CustomerRef": company.ref("Customer", customer),
        "TxnDate": DAY,
        "Line": [item_line(company)],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def invoice(company: Company, amount: float = 100.0, customer: str = CUSTOMER, **changes: Any) -> Json:
    """A new invoice of one line."""
    return company.create("Invoice", **sale(company, customer, **{"Line": [item_line(company, amount)], **changes}))


def link(record: Json, kind: str) -> Json:
    return {"TxnId": record["Id"], "TxnType": kind}


def payment(company: Company, total: Any, *settled: tuple[Json, str, Any], **changes: Any) -> Json:
    """The body of a payment over (record, its kind, amount) of what it settles or uses."""
    lines = [{"Amount": amount, "LinkedTxn": [link(record, kind)]} for record, kind, amount in settled]
    body = {
        "CustomerRef": company.ref("Customer", CUSTOMER),
        "TotalAmt": total,
        "TxnDate": DAY,
        "Line": lines or None,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def owed(company: Company, customer: str = CUSTOMER) -> tuple[float, float]:
    """(Balance, BalanceWithJobs)."""
    body = company.read("Customer", company.id_of("Customer", customer))
    return body["Balance"], body["BalanceWithJobs"]


def stand(company: Company, account: str) -> float:
    """The balance of an account, as its classification reads it."""
    balance: float = company.read("Account", company.id_of("Account", account))["CurrentBalance"]
    return balance


def stands(company: Company, *accounts: str) -> list[float]:
    return [stand(company, account) for account in accounts]
