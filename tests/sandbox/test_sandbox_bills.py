"""Bills, vendor credits and payments: lines, totals, numbers, closed periods, and balances."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of

BY_ACCOUNT = "AccountBasedExpenseLineDetail"
BY_ITEM = "ItemBasedExpenseLineDetail"


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def account_line(amount: Any = 100, **changes: Any) -> Json:
    line = {
        "Amount": amount,
        "DetailType": BY_ACCOUNT,
        BY_ACCOUNT: {"AccountRef": {"value": "50"}},
        **changes,
    }
    return {name: value for name, value in line.items() if value is not None}


def item_line(amount: float = 100.0, item: str = "3", **detail: Any) -> Json:
    return {"Amount": amount, "DetailType": BY_ITEM, BY_ITEM: {"ItemRef": {"value": item}, **detail}}


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid bill, code, element
    ({"VendorRef": None}, "2020", "VendorRef"),
    ({"VendorRef": {"value": "999"}}, "2500", "VendorRef"),
    ({"Line": None}, "2250", "Line"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": [account_line(None)]}, "2020", "Amount"),
    ({"Line": [account_line("100")]}, "2090", "Amount"),
    ({"Line": [account_line(0.000001)]}, "2110", "Amount"),
    ({"Line": [account_line(10_000_000_000)]}, "2140", "Amount"),
    ({"Line": [account_line(DetailType=None)]}, "2020", "DetailType"),
    ({"Line": [account_line(DetailType="SalesItemLineDetail")]}, "2170", "DetailType"),
    ({"Line": [account_line(DetailType=BY_ITEM)]}, "6440", BY_ITEM),
    ({"Line": [{**account_line(), **item_line()}]}, "2600", "DetailType"),
    ({"Line": [account_line(**{BY_ACCOUNT: {}})]}, "2020", "AccountRef"),
    ({"Line": [account_line(**{BY_ACCOUNT: {"AccountRef": {"value": "777"}}})]}, "2500", "AccountRef"),
    ({"Line": [account_line(**{BY_ACCOUNT: {"AccountRef": {"value": "2"}}})]}, "6430", "AccountRef"),
    ({"Line": [account_line(Description="x" * 4001)]}, "2050", "Description"),
    ({"Line": [account_line(Shelf=1)]}, "2010", "Line.Shelf"),
    ({"Line": [item_line(Qty=8, UnitPrice=10)]}, "6070", "Amount"),
    ({"Line": [item_line(item="1")]}, "6000", "ItemRef"),
    ({"Line": [item_line(item="777")]}, "2500", "ItemRef"),
    ({"Line": [item_line(BillableStatus="Billable")]}, "6310", "CustomerRef"),
    ({"Line": [item_line(TaxCodeRef={"value": "GST"})]}, "6100", "TaxCodeRef"),
    ({"Line": [item_line(ClassRef={"value": "1"})]}, "2500", "ClassRef"),
    ({"Line": [account_line(-5)]}, "6000", "TotalAmt"),
    ({"DocNumber": "1234567890123456789012"}, "2050", "DocNumber"),
    ({"APAccountRef": {"value": "50"}}, "6430", "APAccountRef"),
    ({"CurrencyRef": {"value": "EUR"}}, "2220", "CurrencyRef"),
    ({"TxnTaxDetail": {"TotalTax": 5}}, "6170", "TxnTaxDetail"),
    ({"LinkedTxn": [{"TxnId": "1", "TxnType": "PurchaseOrder"}]}, "610", ""),
    ({"LinkedTxn": [{"TxnId": "1", "TxnType": "ReimburseCharge"}]}, "620", "LinkedTxn"),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
    ({"DueDate": "soon"}, "2060", "DueDate"),
    ({"Memo": "x"}, "2010", "Memo"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_a_bill_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("bill", shared.bill(**changes))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_a_bill_comes_back_complete(company: Company) -> None:
    customer = company.ref("Customer", "City of Larkspur")
    lines = [company.account_line(200, CustomerRef=customer), item_line(81.25, Qty=2.5, UnitPrice=32.5)]
    made = company.create("Bill", **company.bill(Line=lines, DocNumber="SE-2001"))
    assert (made["TotalAmt"], made["Balance"]) == (281.25, 281.25)
    assert made["DueDate"] == "2026-12-10"  # the vendor's term is Net 30
    assert made["APAccountRef"]["name"] == "Accounts Payable (A/P)"
    assert made["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert [line["Id"] for line in made["Line"]] == ["1", "2"]
    assert made["Line"][0][BY_ACCOUNT]["BillableStatus"] == "NotBillable"
    assert made["Line"][0][BY_ACCOUNT]["TaxCodeRef"] == {"value": "NON"}
    assert made["Line"][0][BY_ACCOUNT]["AccountRef"]["name"] == "Job Costs:Job Materials"
    assert "LinkedTxn" not in made


def test_money_comes_back_as_numbers_without_drift(company: Company) -> None:
    lines = [company.account_line(amount) for amount in (0.1, 0.2, 1234567.89)]
    answer = company.post("bill", company.bill(Line=lines))
    assert '"TotalAmt":1234568.19' in answer.text
    assert '"Balance":1234568.19' in answer.text


def test_a_negative_line_is_fine_while_the_total_is_not_negative(company: Company) -> None:
    lines = [company.account_line(100), company.account_line(-40)]
    assert company.create("Bill", **company.bill(Line=lines))["TotalAmt"] == 60.0


def test_line_ids_stay_while_lines_come_and_go(company: Company) -> None:
    lines = [company.account_line(10), company.account_line(20)]
    made = company.create("Bill", **company.bill(Line=lines))
    kept = {**made["Line"][1], "Amount": 25}
    changed = company.update("Bill", **{**made, "Line": [company.account_line(5), kept]})
    assert [(line["Id"], line["Amount"]) for line in changed["Line"]] == [("3", 5.0), ("2", 25.0)]
    assert (changed["TotalAmt"], changed["SyncToken"]) == (30.0, "1")


def test_a_number_used_twice_by_one_vendor_is_refused_while_the_company_warns(company: Company) -> None:
    first = company.create("Bill", **company.bill(DocNumber="SE-2001"))
    error = fault_of(company.post("bill", company.bill(DocNumber="se-2001")))
    assert error["code"] == "6140"
    assert f"DocNumber=se-2001 is assigned to TxnType=Bill with TxnId={first['Id']}" in error["Detail"]
    other = company.bill(DocNumber="SE-2001", VendorRef=company.ref("Vendor", "Peninsula Paving"))
    company.create("Bill", **other)
    allowed = company.post("bill", company.bill(DocNumber="SE-2001"), include="allowduplicatedocnum")
    assert allowed.status_code == 200
    company.served.control(f"{company.realm}/preference", {"name": "WarnDuplicateBillNumber", "value": "false"})
    company.create("Bill", **company.bill(DocNumber="SE-2001"))


def test_a_closed_period_holds_what_posts(company: Company) -> None:
    made = company.create("Bill", **company.bill())
    company.served.control(f"{company.realm}/close-books", {"date": "2026-11-15"})
    preferences = company.call("GET", "preferences").json()["Preferences"]
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2026-11-15"
    for answer in (
        company.post("bill", company.bill()),
        company.post("bill", {**made, "TxnDate": "2026-11-20"}),
        company.post("bill", {"Id": made["Id"], "SyncToken": "0"}, operation="delete"),
        company.post("vendorcredit", company.bill()),
    ):
        error = fault_of(answer)
        assert error["code"] == "6210"
        assert "The account period has closed" in error["Detail"]
    company.served.control(f"{company.realm}/close-books", {"date": None})
    assert company.post("bill", company.bill()).status_code == 200


def test_a_payment_lowers_the_balance_and_raises_the_token(company: Company) -> None:
    made = company.create("Bill", **company.bill())
    company.served.control("clock", {"advance_seconds": 5})
    payment = company.served.control(f"{company.realm}/pay", {"bill_id": made["Id"], "amount": 100})
    paid = company.read("Bill", made["Id"])
    assert (paid["Balance"], paid["TotalAmt"], paid["SyncToken"]) == (150.0, 250.0, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]
    assert paid["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"]
    stale = fault_of(company.post("bill", {**made, "PrivateNote": "mine"}))
    assert (stale["code"], "root" in stale["Detail"]) == ("5010", True)


def test_a_bill_with_a_payment_cannot_be_deleted_until_the_payment_is(company: Company) -> None:
    made = company.create("Bill", **company.bill())
    payment = company.served.control(f"{company.realm}/pay", {"bill_id": made["Id"]})
    refused = company.post("bill", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert fault_of(refused)["code"] == "800"
    company.post("billpayment", {"Id": payment["Id"], "SyncToken": "0"}, operation="delete")
    freed = company.read("Bill", made["Id"])
    assert (freed["Balance"], freed["SyncToken"]) == (250.0, "2")
    assert company.post("bill", freed, operation="delete").json()["Bill"]["status"] == "Deleted"


def test_a_paid_bill_keeps_its_links_and_cannot_shrink_below_what_is_paid(company: Company) -> None:
    made = company.create("Bill", **company.bill())
    company.served.control(f"{company.realm}/pay", {"bill_id": made["Id"], "amount": 100})
    paid = company.read("Bill", made["Id"])
    changed = company.update("Bill", **{**paid, "Line": [company.account_line(180)]})
    assert (changed["Balance"], changed["LinkedTxn"]) == (80.0, paid["LinkedTxn"])
    refused = company.post("bill", {**changed, "Line": [company.account_line(99)]})
    assert fault_of(refused)["code"] == "6000"
    other = company.ref("Vendor", "Peninsula Paving")
    assert fault_of(company.post("bill", {**changed, "VendorRef": other}))["code"] == "6000"


def payment_of(company: Company, bill: Json, **changes: Any) -> Json:
    body = {
        "VendorRef": {"value": bill["VendorRef"]["value"]},
        "TotalAmt": 250.0,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": company.ref("Account", "Checking")},
        "TxnDate": "2026-11-20",
        "Line": [{"Amount": 250.0, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def test_a_payment_is_refused(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    link = {"TxnId": bill["Id"], "TxnType": "Bill"}
    wrong_bank = {"BankAccountRef": company.ref("Account", "Company Credit Card")}
    table: list[tuple[Json, str]] = [
        ({"Line": []}, "2250"),
        ({"PayType": "Cash"}, "2170"),
        ({"PayType": None}, "2020"),
        ({"TotalAmt": None}, "2020"),
        ({"CheckPayment": None}, "2020"),
        ({"CheckPayment": wrong_bank}, "6430"),
        ({"PayType": "CreditCard"}, "2020"),
        ({"TotalAmt": 249.99}, "6000"),
        ({"Line": [{"Amount": 250.0, "LinkedTxn": []}]}, "2020"),
        ({"Line": [{"Amount": 250.01, "LinkedTxn": [link]}], "TotalAmt": 250.01}, "6000"),
        ({"Line": [{"Amount": 250, "LinkedTxn": [{"TxnId": "999", "TxnType": "Bill"}]}]}, "610"),
        ({"Line": [{"Amount": 250, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}]}, "620"),
        ({"Line": [{"Amount": 250, "LinkedTxn": [{"TxnId": "x", "TxnType": "Bill"}]}]}, "2030"),
        ({"Line": [{"Amount": 250, "LinkedTxn": [link]}] * 2, "TotalAmt": 500}, "6000"),
        ({"VendorRef": company.ref("Vendor", "Peninsula Paving")}, "6000"),
        ({"TxnDate": "2026-08-01"}, "6210"),
    ]
    for changes, code in table:
        assert fault_of(company.post("billpayment", payment_of(company, bill, **changes)))["code"] == code, changes
    assert company.read("Bill", bill["Id"])["SyncToken"] == "0"


def test_a_credit_card_payment_and_a_void(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    card = {"CCAccountRef": company.ref("Account", "Company Credit Card")}
    payment = company.create(
        "BillPayment",
        **payment_of(company, bill, PayType="CreditCard", CheckPayment=None, CreditCardPayment=card),
    )
    assert company.read("Bill", bill["Id"])["LinkedTxn"][0]["TxnType"] == "BillPaymentCreditCard"
    voided = company.post(
        "billpayment",
        {"Id": payment["Id"], "SyncToken": "0", "sparse": True},
        operation="update",
        include="void",
    )
    assert voided.json()["BillPayment"]["TotalAmt"] == 0
    freed = company.read("Bill", bill["Id"])
    assert (freed["Balance"], "LinkedTxn" in freed) == (250.0, False)


def test_a_payment_can_use_up_a_credit(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    credit = company.create("VendorCredit", **company.bill(Line=[company.account_line(90)]))
    lines = [
        {"Amount": 250, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]},
        {"Amount": 90, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]},
    ]
    company.create("BillPayment", **payment_of(company, bill, TotalAmt=160, Line=lines))
    assert company.read("Bill", bill["Id"])["Balance"] == 0
    assert company.read("VendorCredit", credit["Id"])["Balance"] == 0
    vendor = company.read("Vendor", bill["VendorRef"]["value"])
    assert vendor["Balance"] == 0


def test_the_vendors_balance_follows_bills_and_credits(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    company.create("VendorCredit", **company.bill(Line=[company.account_line(90)]))
    vendor_id = bill["VendorRef"]["value"]
    assert company.read("Vendor", vendor_id)["Balance"] == 160.0
    company.post("bill", bill, operation="delete")
    vendor = company.read("Vendor", vendor_id)
    assert (vendor["Balance"], vendor["SyncToken"]) == (-90.0, "0")


def test_what_is_read_of_a_transaction_can_be_sent_back_whole(company: Company) -> None:
    company.served.control(f"{company.realm}/close-books", {"date": None})
    for entity in ("Bill", "BillPayment"):
        for key in [row["Id"] for row in company.rows(f"select Id from {entity}")]:
            held = company.read(entity, key)
            sent = company.update(entity, **held)
            assert int(sent["SyncToken"]) == int(held["SyncToken"]) + 1
            for name in ("TotalAmt", "Balance", "Line", "LinkedTxn", "DueDate", "VendorRef"):
                assert sent.get(name) == held.get(name)
