"""Invoices: lines, totals, numbers, due dates, the time they bill, and how they end."""

from typing import Any

import pytest

from tests.sandbox.sale_bodies import (
    CUSTOMER,
    DAY,
    DISCOUNT,
    INCOME,
    ITEM,
    PARENT,
    RECEIVABLE,
    SUBTOTAL,
    TOWER,
    discount_line,
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
    return company


def line(amount: Any = 100, item: Any = "4", **changes: Any) -> Json:
    body = {"Amount": amount, "DetailType": ITEM, ITEM: {"ItemRef": {"value": item}}, **changes}
    return {name: value for name, value in body.items() if value is not None}


def detailed(**detail: Any) -> Json:
    return line(**{ITEM: {"ItemRef": {"value": "4"}, **detail}})


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid invoice, code, element
    ({"CustomerRef": None}, "2020", "CustomerRef"),
    ({"CustomerRef": {"value": "999"}}, "2500", "CustomerRef"),
    ({"Line": None}, "2250", "Line"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": {}}, "2010", "Line"),
    ({"Line": [{"DetailType": SUBTOTAL, "Amount": 5, SUBTOTAL: {}}]}, "2250", "Line"),
    ({"Line": [line(None)]}, "2020", "Amount"),
    ({"Line": [line("100")]}, "2090", "Amount"),
    ({"Line": [line(10_000_000_000)]}, "2140", "Amount"),
    ({"Line": [line(9_999_999_999), line(1)]}, "2140", "TotalAmt"),
    ({"Line": [line(DetailType=None)]}, "2020", "DetailType"),
    ({"Line": [line(DetailType="ItemBasedExpenseLineDetail")]}, "2170", "DetailType"),
    ({"Line": [{"Amount": 5, "DetailType": ITEM}]}, "6440", ITEM),
    ({"Line": [line(**{ITEM: {}})]}, "6440", "ItemRef"),
    ({"Line": [line(**{DISCOUNT: {"PercentBased": False}})]}, "2600", "DetailType"),
    ({"Line": [line(DetailType="GroupLineDetail")]}, "5030", "DetailType"),
    ({"Line": [line(LinkedTxn=[{"TxnId": "1", "TxnType": "TimeActivity"}])]}, "620", "LinkedTxn"),
    ({"Line": [detailed(Qty=0, UnitPrice=10)]}, "6070", "Amount"),
    ({"Line": [line(item="777")]}, "2500", "ItemRef"),
    ({"Line": [detailed(Qty=8, UnitPrice=10)]}, "6070", "Amount"),
    ({"Line": [detailed(TaxCodeRef={"value": "GST"})]}, "6100", "TaxCodeRef"),
    ({"Line": [detailed(ClassRef={"value": "1"})]}, "2500", "ClassRef"),
    ({"Line": [detailed(ServiceDate="soon")]}, "2060", "ServiceDate"),
    ({"Line": [detailed(Shelf=1)]}, "2010", f"{ITEM}.Shelf"),
    ({"Line": [line(Description="x" * 4001)]}, "2050", "Description"),
    ({"Line": [line(-5)]}, "6000", "TotalAmt"),
    ({"Line": [line(), discount_line(Amount=101)]}, "6090", "Amount"),
    ({"Line": [line(), discount_line(Amount=-1)]}, "6090", "Amount"),
    ({"Line": [line(), discount_line()]}, "2020", "Amount"),
    ({"Line": [line(), discount_line(PercentBased=True)]}, "6090", "DiscountPercent"),
    ({"Line": [line(), discount_line(PercentBased=True, DiscountPercent=101)]}, "6090", "DiscountPercent"),
    ({"Line": [line(), discount_line(Amount=1), discount_line(Amount=1)]}, "6090", "Line"),
    ({"Line": [line(), discount_line(Amount=1, DiscountAccountRef={"value": "1"})]}, "6430", "DiscountAccountRef"),
    ({"DocNumber": "1234567890123456789012"}, "2050", "DocNumber"),
    ({"EmailStatus": "NeedToSend"}, "6420", "BillEmail"),
    ({"EmailStatus": "Later"}, "2170", "EmailStatus"),
    ({"PrintStatus": "Printed"}, "2170", "PrintStatus"),
    ({"BillEmail": {"Address": "nobody"}}, "2210", "Address"),
    ({"SalesTermRef": {"value": "77"}}, "2500", "SalesTermRef"),
    ({"CurrencyRef": {"value": "EUR"}}, "2220", "CurrencyRef"),
    ({"TxnTaxDetail": {"TotalTax": 5}}, "6170", "TxnTaxDetail"),
    ({"Deposit": 101, "DepositToAccountRef": {"value": "3"}}, "6000", "Deposit"),
    ({"Deposit": 10}, "2020", "DepositToAccountRef"),
    ({"LinkedTxn": [{"TxnId": "1", "TxnType": "ReimburseCharge"}]}, "620", "LinkedTxn"),
    ({"LinkedTxn": [{"TxnId": "x", "TxnType": "TimeActivity"}]}, "2030", "TxnId"),
    ({"LinkedTxn": [{"TxnId": "999", "TxnType": "TimeActivity"}]}, "610", ""),
    ({"LinkedTxn": [{"TxnId": "999", "TxnType": "Estimate"}]}, "610", ""),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
    ({"TxnDate": "9999-12-31", "SalesTermRef": {"value": "3"}}, "2060", "TxnDate"),
    ({"DueDate": "soon"}, "2060", "DueDate"),
    ({"Memo": "x"}, "2010", "Memo"),
    ({"CustomerMemo": {"value": "x" * 1001}}, "2050", "value"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_an_invoice_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    answer = shared.post("invoice", sale(shared, **{"Line": [line()], **changes}))
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_an_invoice_comes_back_complete(company: Company) -> None:
    lines = [
        item_line(company, 200),
        item_line(company, 81.25, Qty=2.5, UnitPrice=32.5, ServiceDate="2026-11-02"),
        {"DetailType": "DescriptionOnly", "Description": "Thank you"},
    ]
    made = company.create("Invoice", **sale(company, Line=lines, CustomerMemo={"value": "For November"}))
    assert (made["TotalAmt"], made["Balance"], made["DocNumber"]) == (281.25, 281.25, "1001")
    assert made["CustomerRef"]["name"] == CUSTOMER
    assert made["CurrencyRef"]["value"] == "USD"
    assert made["TxnTaxDetail"] == {"TotalTax": 0}
    assert (made["EmailStatus"], made["PrintStatus"], made["AllowOnlineACHPayment"]) == ("NotSet", "NotSet", False)
    assert [each.get("Id") for each in made["Line"]] == ["1", "2", "3", None]
    assert made["Line"][-1] == {"Amount": 281.25, "DetailType": SUBTOTAL, SUBTOTAL: {}}
    assert made["Line"][0][ITEM]["ItemAccountRef"]["name"] == INCOME
    assert made["Line"][0][ITEM]["TaxCodeRef"] == {"value": "NON"}
    assert "LinkedTxn" not in made
    assert company.read("Invoice", made["Id"]) == made


@pytest.mark.parametrize(
    ("discount", "amount"),
    [
        (discount_line(Amount=15.5), 15.5),
        (discount_line(PercentBased=True, DiscountPercent=12.5), 25.0),
        (discount_line(PercentBased=True, DiscountPercent=100, Amount=3), 200.0),
    ],
)
def test_a_discount_takes_from_the_total_and_has_an_account(company: Company, discount: Json, amount: float) -> None:
    made = company.create("Invoice", **sale(company, Line=[item_line(company, 200), discount]))
    assert made["Line"][1]["Amount"] == amount
    assert made["Line"][1][DISCOUNT]["DiscountAccountRef"]["name"] == "Discounts given"
    assert made["TotalAmt"] == 200 - amount
    assert stands(company, RECEIVABLE, INCOME, "Discounts given") == [200 - amount, 200, -amount]


def test_what_clients_send_without_meaning_it_does_no_harm(company: Company) -> None:
    empty = item_line(company, 100, Qty=0, UnitPrice=0, ServiceDate="") | {"LinkedTxn": [], "CustomField": []}
    subtotal = {"DetailType": SUBTOTAL, "SubtotalLineDetail": {}, "Amount": 3}
    made = company.create("Invoice", **sale(company, Line=[empty, subtotal], ExchangeRate=0, Deposit=0, HomeBalance=0))
    assert (made["TotalAmt"], made["Balance"], len(made["Line"])) == (100, 100, 2)


def test_money_is_kept_in_cents_without_drift(company: Company) -> None:
    lines = [item_line(company, amount) for amount in (0.1, 0.2, 1234567.89)]
    answer = company.post("invoice", sale(company, Line=lines))
    assert '"TotalAmt":1234568.19' in answer.text
    assert stands(company, RECEIVABLE, INCOME) == [1234568.19, 1234568.19]


@pytest.mark.parametrize(
    ("day", "term", "due"),
    [
        ("2026-11-16", {"DueDays": 45}, "2026-12-31"),
        ("2026-11-16", {"DayOfMonthDue": 20}, "2026-11-20"),
        ("2026-11-16", {"DayOfMonthDue": 20, "DueNextMonthDays": 5}, "2026-12-20"),
        ("2026-11-16", {"DayOfMonthDue": 10}, "2026-12-10"),
        ("2027-02-01", {"DayOfMonthDue": 31}, "2027-02-28"),
    ],
)
def test_the_due_date_follows_the_term(company: Company, day: str, term: Json, due: str) -> None:
    made = company.create("Term", Name="Ours", **term)
    body = sale(company, TxnDate=day, SalesTermRef={"value": made["Id"]})
    assert company.create("Invoice", **body)["DueDate"] == due


def test_without_a_term_of_its_own_the_customers_term_holds(company: Company) -> None:
    assert invoice(company)["DueDate"] == DAY
    customer = company.read("Customer", company.id_of("Customer", CUSTOMER))
    company.update("Customer", **{**customer, "SalesTermRef": company.ref("Term", "Net 30")})
    made = invoice(company)
    assert (made["DueDate"], made["SalesTermRef"]["name"]) == ("2026-12-16", "Net 30")
    assert invoice(company, DueDate="2026-11-20")["DueDate"] == "2026-11-20"


# numbers


def test_numbers_rise_by_themselves_and_pass_over_taken_ones(company: Company) -> None:
    assert invoice(company)["DocNumber"] == "1001"
    assert invoice(company, DocNumber="1002")["DocNumber"] == "1002"
    made = invoice(company)
    assert made["DocNumber"] == "1003"
    changed = company.update("Invoice", **{**made, "DocNumber": None})
    assert changed["DocNumber"] == "1003"


def test_with_numbers_of_its_own_a_company_gets_none_by_itself(company: Company) -> None:
    company.served.prefer(company.realm, "CustomTxnNumbers")
    assert "DocNumber" not in invoice(company)
    assert invoice(company, DocNumber="LK-1")["DocNumber"] == "LK-1"


def test_a_number_used_twice_is_refused(company: Company) -> None:
    first = invoice(company, DocNumber="LK-1")
    error = fault_of(company.post("invoice", sale(company, DocNumber="lk-1")))
    assert error["code"] == "6140"
    assert f"DocNumber=lk-1 is assigned to TxnType=Invoice with TxnId={first['Id']}" in error["Detail"]
    assert company.post("invoice", sale(company, DocNumber="LK-1"), include="allowduplicatedocnum").ok
    assert company.create("Estimate", **sale(company, DocNumber="LK-1"))["DocNumber"] == "LK-1"
    assert company.update("Invoice", **{**first, "PrivateNote": "same number"})["DocNumber"] == "LK-1"


# updates


def test_a_sparse_update_changes_only_what_it_names(company: Company) -> None:
    made = invoice(company, PrivateNote="first")
    changed = company.update("Invoice", Id=made["Id"], SyncToken="0", sparse=True, CustomerMemo={"value": "Hello"})
    assert (changed["PrivateNote"], changed["CustomerMemo"]) == ("first", {"value": "Hello"})
    for name in ("TotalAmt", "Balance", "Line", "DueDate", "DocNumber"):
        assert changed[name] == made[name]


def test_line_ids_stay_while_lines_come_and_go(company: Company) -> None:
    made = company.create("Invoice", **sale(company, Line=[item_line(company, 10), item_line(company, 20)]))
    kept = {**made["Line"][1], "Amount": 25}
    changed = company.update("Invoice", **{**made, "Line": [item_line(company, 5), kept, made["Line"][2]]})
    assert [(each.get("Id"), each["Amount"]) for each in changed["Line"]] == [("3", 5), ("2", 25), (None, 30)]
    assert (changed["TotalAmt"], changed["Balance"], owed(company)) == (30, 30, (30, 30))


def test_what_is_read_can_be_sent_back_whole(company: Company) -> None:
    lines = [item_line(company, 90), discount_line(PercentBased=True, DiscountPercent=10)]
    made = company.create("Invoice", **sale(company, Line=lines, BillEmail={"Address": "a@example.com"}))
    company.create("Payment", **payment(company, 20, (made, "Invoice", 20)))
    held = company.read("Invoice", made["Id"])
    sent = company.update("Invoice", **held)
    assert {**sent, "SyncToken": 0, "MetaData": 0} == {**held, "SyncToken": 0, "MetaData": 0}


def test_balances_follow_an_invoice_that_changes_its_customer(company: Company) -> None:
    made = invoice(company, 80)
    assert owed(company) == (80, 80)
    company.update("Invoice", **{**made, "CustomerRef": company.ref("Customer", TOWER)})
    assert (owed(company), owed(company, TOWER), owed(company, PARENT)) == ((0, 0), (80, 80), (0, 80))
    assert stands(company, RECEIVABLE, INCOME) == [80, 80]


def test_a_closed_period_holds_an_invoice(company: Company) -> None:
    made = invoice(company)
    company.served.control(f"{company.realm}/close-books", {"date": "2026-11-20"})
    held = {"Id": made["Id"], "SyncToken": "0"}
    for answer in (
        company.post("invoice", sale(company)),
        company.post("invoice", {**made, "TxnDate": "2026-11-21"}),
        company.post("invoice", held, operation="delete"),
        company.post("invoice", held, operation="void"),
    ):
        assert fault_of(answer)["code"] == "6210"


# time


def entry(company: Company, customer: str = CUSTOMER, **changes: Any) -> Json:
    billable = {"BillableStatus": "Billable", "HourlyRate": 85, "CustomerRef": company.ref("Customer", customer)}
    return company.create("TimeActivity", **company.time(**{**billable, **changes}))


def status(company: Company, time: Json) -> str:
    told: str = company.read("TimeActivity", time["Id"])["BillableStatus"]
    return told


def test_an_invoice_bills_time_and_the_entry_shows_it(company: Company) -> None:
    time = entry(company)
    company.served.control("clock", {"advance_seconds": 5})
    made = invoice(company, LinkedTxn=[link(time, "TimeActivity")])
    assert made["LinkedTxn"] == [link(time, "TimeActivity")]
    billed = company.read("TimeActivity", time["Id"])
    assert (billed["BillableStatus"], billed["SyncToken"]) == ("HasBeenBilled", "1")
    assert billed["MetaData"]["LastUpdatedTime"] > time["MetaData"]["LastUpdatedTime"]
    again = company.update("Invoice", **{**made, "PrivateNote": "checked"})
    assert (again["LinkedTxn"], company.read("TimeActivity", time["Id"])["SyncToken"]) == (made["LinkedTxn"], "1")


@pytest.mark.parametrize("way", ["unlinked", "left out", "voided", "deleted"])
def test_time_is_billable_again_once_the_link_goes(company: Company, way: str) -> None:
    time = entry(company)
    made = invoice(company, LinkedTxn=[link(time, "TimeActivity")])
    ends: dict[str, tuple[Json, Json]] = {
        "unlinked": ({**made, "LinkedTxn": []}, {}),
        "left out": ({name: value for name, value in made.items() if name != "LinkedTxn"}, {}),
        "voided": ({"Id": made["Id"], "SyncToken": "0"}, {"operation": "void"}),
        "deleted": ({"Id": made["Id"], "SyncToken": "0"}, {"operation": "delete"}),
    }
    body, parameters = ends[way]
    assert company.post("invoice", body, **parameters).status_code == 200
    assert status(company, time) == "Billable"
    assert invoice(company, LinkedTxn=[link(time, "TimeActivity")])["LinkedTxn"] == [link(time, "TimeActivity")]


def test_time_that_cannot_be_billed_is_not_linked(company: Company) -> None:
    other = entry(company, "Westfield School District")
    unpaid = entry(company, BillableStatus="NotBillable")
    billed = entry(company)
    invoice(company, LinkedTxn=[link(billed, "TimeActivity")])
    for time in (other, unpaid, billed):
        refused = company.post("invoice", sale(company, LinkedTxn=[link(time, "TimeActivity")]))
        assert (fault_of(refused)["code"], fault_of(refused)["element"]) == ("620", "LinkedTxn")
    assert [status(company, time) for time in (other, unpaid)] == ["Billable", "NotBillable"]


def test_time_of_a_job_is_billed_to_its_parent_but_not_the_other_way(company: Company) -> None:
    below, above = entry(company, TOWER), entry(company, PARENT)
    made = invoice(company, customer=PARENT, LinkedTxn=[link(below, "TimeActivity"), link(above, "TimeActivity")])
    assert (status(company, below), status(company, above)) == ("HasBeenBilled", "HasBeenBilled")
    moved = company.post("invoice", {**made, "CustomerRef": company.ref("Customer", TOWER)})
    assert fault_of(moved)["code"] == "620"


@pytest.mark.parametrize("way", ["changed", "deleted"])
def test_time_that_another_user_took_back_stays_as_it_is(company: Company, way: str) -> None:
    time = entry(company)
    made = invoice(company, LinkedTxn=[link(time, "TimeActivity")])
    wish: Json = {"entity": "TimeActivity", "id": time["Id"]}
    if way == "changed":
        company.served.control(f"{company.realm}/edit", {**wish, "changes": {"BillableStatus": "NotBillable"}})
    else:
        company.served.control(f"{company.realm}/delete", wish)
    company.update("Invoice", **{**made, "LinkedTxn": []})
    held = company.rows(f"select * from TimeActivity where Id = '{time['Id']}'")
    assert [(row["BillableStatus"], row["SyncToken"]) for row in held] == (
        [("NotBillable", "2")] if way == "changed" else []
    )


def test_an_estimate_is_closed_by_its_invoice_and_opens_again(company: Company) -> None:
    estimate = company.create("Estimate", **sale(company, TxnStatus="Accepted"))
    made = invoice(company, LinkedTxn=[link(estimate, "Estimate")])
    closed = company.read("Estimate", estimate["Id"])
    assert (closed["TxnStatus"], closed["LinkedTxn"]) == ("Closed", [link(made, "Invoice")])
    twice = company.post("invoice", sale(company, LinkedTxn=[link(estimate, "Estimate")]))
    held = company.post("estimate", {"Id": estimate["Id"], "SyncToken": "1"}, operation="delete")
    assert (fault_of(twice)["code"], fault_of(held)["code"]) == ("620", "800")
    company.post("invoice", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    opened = company.read("Estimate", estimate["Id"])
    assert (opened["TxnStatus"], "LinkedTxn" in opened) == ("Pending", False)


# voids and deletions


def test_a_void_leaves_the_invoice_without_amounts(company: Company) -> None:
    made = company.create("Invoice", **sale(company, Line=[item_line(company, 100, Qty=4, UnitPrice=25)]))
    answer = company.post("invoice", {"Id": made["Id"], "SyncToken": "0"}, operation="void")
    voided = answer.json()["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"], voided["SyncToken"]) == (0, 0, "Voided", "1")
    assert [(each["Amount"], each.get(ITEM, {}).get("Qty")) for each in voided["Line"]] == [(0, 0), (0, None)]
    assert (voided["DocNumber"], owed(company)) == (made["DocNumber"], (0, 0))
    assert stands(company, RECEIVABLE, INCOME) == [0, 0]
    company.update("Invoice", **voided)


def test_an_invoice_is_voided_in_one_way_only(company: Company) -> None:
    made = invoice(company)
    refused = company.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True}, include="void")
    assert fault_of(refused)["code"] == "500"


def test_a_paid_invoice_is_neither_voided_nor_deleted(company: Company) -> None:
    made = invoice(company)
    paid = company.create("Payment", **payment(company, 100, (made, "Invoice", 100)))
    held = {"Id": made["Id"], "SyncToken": "1"}
    assert fault_of(company.post("invoice", held, operation="delete"))["code"] == "800"
    assert fault_of(company.post("invoice", held, operation="void"))["code"] == "6450"
    company.post("payment", {"Id": paid["Id"], "SyncToken": "0"}, operation="delete")
    gone = company.post("invoice", {"Id": made["Id"], "SyncToken": "2"}, operation="delete")
    assert gone.json()["Invoice"] == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert fault_of(company.call("GET", f"invoice/{made['Id']}"))["code"] == "610"
    assert (owed(company), stands(company, RECEIVABLE, INCOME)) == ((0, 0), [0, 0])


def test_a_paid_invoice_keeps_its_customer_and_covers_what_is_paid(company: Company) -> None:
    made = invoice(company)
    company.create("Payment", **payment(company, 60, (made, "Invoice", 60)))
    held = company.read("Invoice", made["Id"])
    changed = company.update("Invoice", **{**held, "Line": [item_line(company, 70)]})
    assert (changed["Balance"], changed["LinkedTxn"]) == (10, held["LinkedTxn"])
    for changes in ({"Line": [item_line(company, 59.99)]}, {"CustomerRef": company.ref("Customer", PARENT)}):
        assert fault_of(company.post("invoice", {**changed, **changes}))["code"] == "6000"


def test_a_deposit_on_an_invoice_is_money_that_came_with_it(company: Company) -> None:
    checking = company.ref("Account", "Checking")
    made = invoice(company, 100, Deposit=30, DepositToAccountRef=checking)
    assert (made["TotalAmt"], made["Balance"], owed(company)) == (100, 70, (70, 70))
    assert stands(company, RECEIVABLE, INCOME, "Checking")[:2] == [70, 100]


def test_queries_and_changes_tell_of_invoices(company: Company) -> None:
    since = company.served.control("clock", {})["now"]
    made = [invoice(company, amount) for amount in (10, 20, 30)]
    company.create("Payment", **payment(company, 20, (made[1], "Invoice", 20)))
    company.post("invoice", {"Id": made[0]["Id"], "SyncToken": "0"}, operation="delete")
    customer = company.id_of("Customer", CUSTOMER)
    for where, found in (
        ("Balance > '0'", [2]),
        ("TotalAmt < '25'", [1]),
        (f"CustomerRef = '{customer}'", [1, 2]),
        ("DueDate = '2026-11-16'", [1, 2]),
        ("DocNumber in ('1002', '1003')", [1, 2]),
    ):
        rows = company.rows(f"select Id from Invoice where {where}")
        assert [row["Id"] for row in rows] == [made[place]["Id"] for place in found], where
    assert fault_of(company.ask("select * from Invoice where PrivateNote = 'x'"))["code"] == "4001"
    told = company.call("GET", "cdc", params={"entities": "Invoice", "changedSince": since}).json()
    changes = told["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
    assert [row.get("status", row["Id"]) for row in changes] == [made[1]["Id"], made[2]["Id"], "Deleted"]
