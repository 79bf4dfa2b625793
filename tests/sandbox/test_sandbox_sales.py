"""Estimates, sales receipts, credit memos, refund receipts and payment methods: one set of rules, and what differs."""

from typing import Any

import pytest

from tests.sandbox.sale_bodies import (
    INCOME,
    ITEM,
    RECEIVABLE,
    SUBTOTAL,
    UNDEPOSITED,
    discount_line,
    item_line,
    owed,
    payment,
    sale,
    stands,
)
from tests.sandbox.sandbox_client import Company, Json, fault_of

FORMS = ("Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt")
EACH = pytest.mark.parametrize("kind", FORMS)


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def body_of(company: Company, kind: str, **changes: Any) -> Json:
    """A valid body; a refund says which account the money leaves."""
    account = {"DepositToAccountRef": company.ref("Account", "Checking")} if kind == "RefundReceipt" else {}
    return sale(company, **{**account, **changes})


@EACH
@pytest.mark.parametrize(
    ("changes", "code", "element"),
    [
        ({"CustomerRef": None}, "2020", "CustomerRef"),
        ({"Line": None}, "2250", "Line"),
        ({"Line": [{"Amount": 5, "DetailType": ITEM}]}, "6440", ITEM),
        ({"Line": [{"Amount": 5, "DetailType": ITEM, ITEM: {"ItemRef": {"value": "777"}}}]}, "2500", "ItemRef"),
        ({"Line": [{"Amount": -5, "DetailType": ITEM, ITEM: {"ItemRef": {"value": "4"}}}]}, "6000", "TotalAmt"),
        ({"EmailStatus": "NeedToSend"}, "6420", "BillEmail"),
        ({"PrivateNote": "x" * 4001}, "2050", "PrivateNote"),
        ({"ProjectRef": {"value": "1"}}, "2500", "ProjectRef"),
        ({"Shelf": 1}, "2010", "Shelf"),
    ],
)
def test_every_sale_is_refused_for(shared: Company, kind: str, changes: Json, code: str, element: str) -> None:
    error = fault_of(shared.post(kind, body_of(shared, kind, **changes)))
    assert (error["code"], error["element"]) == (code, element)


@pytest.mark.parametrize(
    ("kind", "changes", "code", "element"),
    [
        ("Estimate", {"TxnStatus": "Open"}, "2170", "TxnStatus"),
        ("Estimate", {"ExpirationDate": "soon"}, "2060", "ExpirationDate"),
        ("Estimate", {"DepositToAccountRef": {"value": "3"}}, "2010", "DepositToAccountRef"),
        ("SalesReceipt", {"DepositToAccountRef": {"value": "1"}}, "6430", "DepositToAccountRef"),
        ("SalesReceipt", {"PaymentMethodRef": {"value": "99"}}, "2500", "PaymentMethodRef"),
        ("SalesReceipt", {"DueDate": "2026-12-01"}, "2010", "DueDate"),
        ("CreditMemo", {"DepositToAccountRef": {"value": "3"}}, "2010", "DepositToAccountRef"),
        ("RefundReceipt", {"DepositToAccountRef": None}, "2020", "DepositToAccountRef"),
        ("RefundReceipt", {"PaymentRefNum": "x" * 22}, "2050", "PaymentRefNum"),
    ],
)
def test_one_kind_is_refused_for(shared: Company, kind: str, changes: Json, code: str, element: str) -> None:
    error = fault_of(shared.post(kind, body_of(shared, kind, **changes)))
    assert (error["code"], error["element"]) == (code, element)


@pytest.mark.parametrize(
    ("kind", "receivable", "money", "income"),
    [
        ("Invoice", 100, 0, 100),
        ("Estimate", 0, 0, 0),
        ("SalesReceipt", 0, 100, 100),
        ("CreditMemo", -100, 0, -100),
        ("RefundReceipt", 0, -100, -100),
    ],
)
def test_a_sale_posts_and_moves_the_balance(
    company: Company, kind: str, receivable: float, money: float, income: float
) -> None:
    account: Json = {"DepositToAccountRef": company.ref("Account", UNDEPOSITED)} if kind == "RefundReceipt" else {}
    made = company.create(kind, **sale(company, **account))
    assert (made["TotalAmt"], made["Line"][-1]["DetailType"], made["DocNumber"]) == (100, SUBTOTAL, "1001")
    assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [receivable, money, income]
    assert owed(company) == (receivable, receivable)
    changed = company.update(kind, **{**made, "Line": [item_line(company, 40)]})
    assert changed["TotalAmt"] == 40
    assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [receivable * 0.4, money * 0.4, income * 0.4]
    company.post(kind, {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert (owed(company), stands(company, RECEIVABLE, UNDEPOSITED, INCOME)) == ((0, 0), [0, 0, 0])


@pytest.mark.parametrize(
    ("kind", "is_held"),
    [("Invoice", True), ("Estimate", False), ("SalesReceipt", True), ("CreditMemo", True), ("RefundReceipt", True)],
)
def test_only_what_posts_is_held_by_the_closing_date(company: Company, kind: str, is_held: bool) -> None:
    answer = company.post(kind, body_of(company, kind, TxnDate="2026-08-31"))
    assert answer.status_code == (400 if is_held else 200)
    assert not is_held or fault_of(answer)["code"] == "6210"


@pytest.mark.parametrize(
    ("kind", "is_sparse"),
    [("Invoice", True), ("Estimate", True), ("SalesReceipt", True), ("CreditMemo", False), ("RefundReceipt", True)],
)
def test_sparse_updates_are_for_the_documented_kinds(company: Company, kind: str, is_sparse: bool) -> None:
    made = company.create(kind, **body_of(company, kind))
    answer = company.post(kind, {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert answer.status_code == (200 if is_sparse else 400)
    assert company.read(kind, made["Id"]).get("PrivateNote") == ("x" if is_sparse else None)


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("Invoice", "operation"),
        ("SalesReceipt", "include"),
        ("Estimate", ""),
        ("CreditMemo", ""),
        ("RefundReceipt", ""),
    ],
)
def test_a_kind_is_voided_in_its_own_way_or_not_at_all(company: Company, kind: str, by: str) -> None:
    made = company.create(kind, **body_of(company, kind))
    stub = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    for way, parameters in (
        ("operation", {"operation": "void"}),
        ("include", {"operation": "update", "include": "void"}),
    ):
        if way != by:
            assert fault_of(company.post(kind, stub, **parameters))["code"] == "500"
    if by:
        asked = {"operation": "void"} if by == "operation" else {"operation": "update", "include": "void"}
        voided = company.post(kind, stub, **asked).json()[kind]
        assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")
        assert stands(company, RECEIVABLE, UNDEPOSITED, INCOME) == [0, 0, 0]


@EACH
def test_a_sale_stands_in_a_batch_a_query_and_the_changes(company: Company, kind: str) -> None:
    since = company.served.control("clock", {})["now"]
    answer = company.batch({"bId": "a", "operation": "create", kind: body_of(company, kind, DocNumber="B-1")})
    made = answer.json()["BatchItemResponse"][0][kind]
    customer = made["CustomerRef"]["value"]
    for where in ("DocNumber = 'b-1'", f"CustomerRef = '{customer}'", "TotalAmt = '100'", "TxnDate = '2026-11-16'"):
        assert [row["Id"] for row in company.rows(f"select Id from {kind} where {where}")] == [made["Id"]]
    told = company.call("GET", "cdc", params={"entities": kind, "changedSince": since}).json()
    assert told["CDCResponse"][0]["QueryResponse"][0][kind] == [company.read(kind, made["Id"])]


@EACH
def test_a_sale_has_a_page_and_can_be_printed(company: Company, kind: str) -> None:
    made = company.create(kind, **body_of(company, kind))
    page = company.session.get(f"{company.served.url}/company/{company.realm}/{kind}/{made['Id']}", timeout=10)
    listing = company.session.get(f"{company.served.url}/company/{company.realm}/{kind}", timeout=10)
    assert (page.status_code, "City of Larkspur" in listing.text) == (200, True)
    printed = company.call("GET", f"{kind.lower()}/{made['Id']}/pdf", headers={"Accept": "application/pdf"})
    assert f"({kind} 1001)".encode() in printed.content


def test_an_estimate_has_a_status_of_its_own(company: Company) -> None:
    made = company.create("Estimate", **sale(company, ExpirationDate="2026-12-31"))
    assert (made["TxnStatus"], "Balance" in made) == ("Pending", False)
    accepted = company.update(
        "Estimate", Id=made["Id"], SyncToken="0", sparse=True, TxnStatus="Accepted", AcceptedBy="Mayor",
        AcceptedDate="2026-11-20",
    )  # fmt: skip
    kept = company.update("Estimate", **{name: value for name, value in accepted.items() if name != "TxnStatus"})
    assert (kept["TxnStatus"], kept["AcceptedBy"]) == ("Accepted", "Mayor")
    assert [row["Id"] for row in company.rows("select Id from Estimate where TxnStatus = 'accepted'")] == [made["Id"]]


def test_a_receipt_says_how_and_where_the_money_came(company: Company) -> None:
    checking = company.ref("Account", "Checking")
    made = company.create(
        "SalesReceipt", **sale(company, PaymentMethodRef={"value": "1"}, DepositToAccountRef=checking)
    )
    assert (made["PaymentMethodRef"]["name"], made["DepositToAccountRef"]["name"]) == ("Cash", "Checking")
    assert (made["Balance"], stands(company, UNDEPOSITED)) == (0, [0])
    by_itself = company.create("SalesReceipt", **sale(company))
    assert by_itself["DepositToAccountRef"]["name"] == UNDEPOSITED


def test_a_credit_is_open_until_it_is_used(company: Company) -> None:
    made = company.create("CreditMemo", **sale(company))
    assert (made["Balance"], made["RemainingCredit"]) == (100, 100)
    assert company.update("CreditMemo", **{**made, "Balance": 7, "RemainingCredit": 7})["RemainingCredit"] == 100


def test_the_accounts_balance_after_sales_of_every_kind(company: Company) -> None:
    """Debits and credits are equal whatever is taxed, discounted, prepaid, abroad, changed or voided."""
    for switch in ("UsingSalesTax", "MultiCurrencyEnabled"):
        company.served.prefer(company.realm, switch)
    agency = company.create("TaxAgency", DisplayName="Board")["Id"]
    rates = [{"TaxRateName": "State", "RateValue": 7.25, "TaxAgencyId": agency}]
    code = company.call("POST", "taxservice/taxcode", json={"TaxCode": "CA", "TaxRateDetails": rates}).json()
    company.create("CompanyCurrency", Code="EUR")
    company.create("Customer", DisplayName="Hafen GmbH", CurrencyRef={"value": "EUR"})
    lines = [item_line(company, amount, TaxCodeRef={"value": "TAX"}) for amount in (33.33, 0.07, 1234.56)]
    lines.append(discount_line(PercentBased=True, DiscountPercent=3.7))
    made = {}
    for kind in FORMS:
        for customer, rate in (("City of Larkspur", None), ("Hafen GmbH", 1.313155)):
            body = body_of(company, kind, Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": code["TaxCodeId"]}})
            body |= {"CustomerRef": company.ref("Customer", customer)} | ({"ExchangeRate": rate} if rate else {})
            made[kind, customer] = company.create(kind, **body)
    assert difference(company) == 0
    abroad = made["Invoice", "Hafen GmbH"]
    company.update("Invoice", **{**abroad, "Deposit": 10.01, "DepositToAccountRef": company.ref("Account", "Checking")})
    settled = payment(company, 77.77, (abroad, "Invoice", 33.33), CustomerRef=abroad["CustomerRef"], ExchangeRate=1.31)
    company.create("Payment", **settled)
    company.post("invoice", made["Invoice", "City of Larkspur"], operation="void")
    company.post("salesreceipt", made["SalesReceipt", "Hafen GmbH"], operation="delete")
    assert difference(company) == 0
    assert stands(company, "Board Payable")[0] != 0


def difference(company: Company) -> float:
    """Debits less credits over all accounts."""
    rows = company.rows("select * from Account where Active in (true, false) maxresults 1000")
    signs = {"Asset": 1, "Expense": 1, "Liability": -1, "Equity": -1, "Revenue": -1}
    return round(sum(signs[row["Classification"]] * row["CurrentBalance"] for row in rows), 2)


# payment methods


def test_every_company_knows_the_usual_payment_methods(company: Company) -> None:
    rows = company.rows("select * from PaymentMethod")
    kinds = {row["Name"]: row["Type"] for row in rows}
    assert kinds["Cash"] == kinds["Check"] == "NON_CREDIT_CARD"
    assert kinds["Visa"] == kinds["MasterCard"] == "CREDIT_CARD"


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        ({}, "2020", "Name"),
        ({"Name": "x" * 32}, "2050", "Name"),
        ({"Name": "cash"}, "6240", ""),
        ({"Name": "Barter", "Type": "GOODS"}, "2170", "Type"),
        ({"Name": "Barter", "Fee": 1}, "2010", "Fee"),
    ],
)
def test_a_payment_method_is_refused(company: Company, body: Json, code: str, element: str) -> None:
    error = fault_of(company.post("paymentmethod", body))
    assert (error["code"], error["element"]) == (code, element)


def test_a_retired_payment_method_frees_its_name(company: Company) -> None:
    made = company.create("PaymentMethod", Name="Barter")
    gone = company.update("PaymentMethod", **{**made, "Active": False})
    assert gone["Name"] == "Barter (deleted)"
    refused = company.post("payment", {**sale(company, Line=None), "TotalAmt": 1, "PaymentMethodRef": {"value": "8"}})
    assert (made["Id"], fault_of(refused)["code"]) == ("8", "2500")
    assert company.create("PaymentMethod", Name="Barter")["Name"] == "Barter"
    assert fault_of(company.post("paymentmethod", {"Id": "8", "SyncToken": "1"}, operation="delete"))["code"] == "500"
