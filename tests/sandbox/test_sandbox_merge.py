"""Two names become one on the website: transactions, balances, names and the word that goes round."""

from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_client import REALM, Company, Json, fault_of
from tests.sandbox.test_sandbox_ledger import Balances, payment
from tests.sandbox.test_sandbox_webhooks import Listener, subscribe
from tests.sandbox.test_sandbox_website import command


def merge(company: Company, entity: str, loser: str, winner: str) -> Json:
    return company.served.control(f"{REALM}/merge", {"entity": entity, "loser": loser, "winner": winner})


def refused(company: Company, entity: str, loser: str, winner: str) -> str:
    body = {"entity": entity, "loser": loser, "winner": winner}
    answer = requests.post(f"{company.served.url}/_sandbox/{REALM}/merge", json=body, timeout=10)
    assert answer.status_code == 400
    return str(fault_of(answer)["code"])


@pytest.fixture
def vendors(company: Company) -> tuple[str, str]:
    """The one that goes, and the one that stays."""
    return company.id_of("Vendor", "Summit Electric"), company.id_of("Vendor", "Peninsula Paving")


def test_the_winner_takes_the_transactions_and_the_balance(company: Company, vendors: tuple[str, str]) -> None:
    loser, winner = vendors
    bill = company.create("Bill", **company.bill())
    paid = company.create("BillPayment", **payment(company, bill, 100))
    order = company.create(
        "PurchaseOrder", **company.bill(APAccountRef=company.ref("Account", "Accounts Payable (A/P)"))
    )
    spent = company.create(
        "Purchase",
        PaymentType="Cash",
        AccountRef=company.ref("Account", "Checking"),
        EntityRef={"value": loser},
        Line=[company.account_line()],
    )
    before = [company.read("Vendor", key)["Balance"] for key in vendors]
    balances = Balances(company)
    kept = merge(company, "Vendor", loser, winner)
    assert kept["Balance"] == sum(before) == 150
    assert company.read("Vendor", loser)["Balance"] == 0
    assert balances.moved() == {}
    for entity, record in (("Bill", bill), ("BillPayment", paid), ("PurchaseOrder", order)):
        held = company.read(entity, record["Id"])
        assert held["VendorRef"] == {"value": winner, "name": "Peninsula Paving"}
        assert int(held["SyncToken"]) > int(record["SyncToken"])
    assert company.read("Bill", bill["Id"])["Balance"] == 150
    assert company.read("Purchase", spent["Id"])["EntityRef"]["value"] == winner
    assert company.rows(f"select * from Bill where VendorRef = '{loser}'") == []
    owed = company.call("GET", "reports/VendorBalance", params={"vendor": winner}).json()
    assert owed["Rows"]["Row"][0]["ColData"][1]["value"] == "150.00"


def test_the_loser_stays_behind_inactive_and_its_name_is_free(company: Company, vendors: tuple[str, str]) -> None:
    loser, winner = vendors
    kept = merge(company, "Vendor", loser, winner)
    gone = company.read("Vendor", loser)
    assert (gone["DisplayName"], gone["Active"]) == ("Summit Electric (deleted)", False)
    assert kept["SyncToken"] == "1"
    assert company.create("Vendor", DisplayName="Summit Electric")["Id"] not in vendors
    assert fault_of(company.post("bill", company.bill(VendorRef={"value": loser})))["code"] == "2500"
    last = company.applied()[-2]
    assert (last["entity"], last["id"], last["operation"]) == ("Vendor", winner, "merge")


def test_a_merge_is_told_to_the_app_as_one(company: Company, vendors: tuple[str, str]) -> None:
    loser, winner = vendors
    listener = Listener()
    try:
        subscribe(company, listener)
        merge(company, "Vendor", loser, winner)
        (body,) = listener.bodies()
        entities = body["eventNotifications"][0]["dataChangeEvent"]["entities"]
        (told,) = [entity for entity in entities if entity["name"] == "Vendor"]  # beside the bills that changed
        del told["lastUpdated"]
        assert told == {"name": "Vendor", "id": winner, "operation": "Merge", "deletedId": loser}
    finally:
        company.served.control("webhooks", {"url": ""})
        listener.close()


def test_customers_merge_with_their_time_and_sales(company: Company) -> None:
    loser = company.create("Customer", DisplayName="City of Larkspurr", Balance=70, OpenBalanceDate="2026-10-01")["Id"]
    winner = company.id_of("Customer", "City of Larkspur")
    worked = company.create("TimeActivity", **company.time(CustomerRef={"value": loser}))
    sale = {
        "Amount": 40,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor")},
    }
    invoice = company.create("Invoice", CustomerRef={"value": loser}, Line=[sale])
    paid = company.create("Payment", CustomerRef={"value": loser}, TotalAmt=15)
    company.create(
        "Deposit",
        DepositToAccountRef=company.ref("Account", "Checking"),
        Line=[{"Amount": 15, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]}],
    )
    before = [company.read("Customer", key)["Balance"] for key in (loser, winner)]
    balances = Balances(company)
    kept = merge(company, "Customer", loser, winner)
    assert (kept["Balance"], kept["BalanceWithJobs"]) == (sum(before), sum(before))
    assert balances.moved() == {}
    for entity, record in (("TimeActivity", worked), ("Invoice", invoice), ("Payment", paid)):
        assert company.read(entity, record["Id"])["CustomerRef"]["value"] == winner
    assert company.read("Payment", paid["Id"])["LinkedTxn"][0]["TxnType"] == "Deposit"
    gone = company.read("Customer", loser)
    assert (gone["FullyQualifiedName"], gone["Balance"]) == ("City of Larkspurr (deleted)", 0)


def test_accounts_of_one_type_merge_with_what_was_posted_to_them(company: Company) -> None:
    loser = company.create("Account", Name="Materials", AccountSubType="SuppliesMaterialsCogs")["Id"]
    winner = company.id_of("Account", "Job Costs:Job Materials")
    item = company.create(
        "Item",
        Name="Sand",
        Type="NonInventory",
        IncomeAccountRef=company.ref("Account", "Construction Income"),
        ExpenseAccountRef={"value": loser},
    )
    detail = {"ItemRef": {"value": item["Id"]}}
    by_item = {"Amount": 30, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    bill = company.create("Bill", **company.bill(Line=[company.account_line(50, "Materials"), by_item]))
    balances = Balances(company)
    merge(company, "Account", loser, winner)
    assert balances.moved() == {"Job Costs:Job Materials": 80}
    gone = company.read("Account", loser)
    assert (gone["Name"], gone["CurrentBalance"]) == ("Materials (deleted)", 0)
    detail = company.read("Bill", bill["Id"])["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"]["value"] == winner
    assert company.read("Item", item["Id"])["ExpenseAccountRef"]["value"] == winner


def test_a_merge_is_refused(company: Company, vendors: tuple[str, str]) -> None:
    loser, winner = vendors
    accounts = {name: company.id_of("Account", name) for name in ("Rent", "Checking", "Job Costs")}
    uncategorized = company.id_of("Account", "Uncategorized Expense")
    parent, other = (
        company.id_of("Customer", "Harborview Medical Center"),
        company.id_of("Customer", "City of Larkspur"),
    )
    table: list[tuple[str, str, str, str]] = [
        ("Vendor", loser, loser, "900"),
        ("Vendor", loser, "999", "610"),
        ("Vendor", "x", winner, "2030"),
        ("Vendor", company.id_of("Vendor", "Old Mill Quarry (deleted)"), winner, "2500"),
        ("Employee", company.id_of("Employee", "Helen Voss"), winner, "500"),
        ("Bill", "1", "2", "500"),
        ("Account", accounts["Rent"], accounts["Checking"], "6000"),
        ("Account", accounts["Job Costs"], company.id_of("Account", "Job Costs:Fuel"), "6000"),
        ("Account", uncategorized, accounts["Rent"], "6000"),
        ("Customer", parent, other, "6000"),
    ]
    for entity, gone, kept, code in table:
        assert refused(company, entity, gone, kept) == code, (entity, gone, kept)
    assert company.applied() == []


def test_an_app_cannot_merge(company: Company, vendors: tuple[str, str]) -> None:
    loser, _ = vendors
    item = {"bId": "1", "operation": "merge", "Vendor": {"Id": loser, "SyncToken": "0"}}
    assert company.batch(item).json()["BatchItemResponse"][0]["Fault"]["Error"][0]["code"] == "500"
    assert fault_of(company.post("vendor", {"Id": loser}, operation="merge"))["code"] == "500"


def test_the_command_line_merges_and_sets_preferences(company: Company, vendors: tuple[str, str]) -> None:
    where = ("--url", company.served.url)
    assert command("merge", "Vendor", *vendors, *where).returncode == 0
    assert company.read("Vendor", vendors[0])["Active"] is False
    assert command("preference", "ClassTrackingPerTxn", "true", *where).returncode == 0
    company.create("Class", Name="North")
    assert command("offering", "QuickBooks Online Essentials", *where).returncode == 0
    assert fault_of(company.post("class", {"Name": "South"}))["code"] == "5030"
    assert command("subscription", "ENDED", *where).returncode == 0
    assert fault_of(company.post("vendor", {"DisplayName": "Late"}))["code"] == "6190"
    assert command("offering", "QuickBooks for Mars", *where).returncode == 1


SETTINGS: list[tuple[str, Any]] = [
    ("offering", {"sku": "Plus"}),
    ("subscription", {"status": "FREE"}),
    ("offering", {}),
]


@pytest.mark.parametrize(("route", "body"), SETTINGS)
def test_a_value_that_is_no_offering_and_no_status_is_refused(company: Company, route: str, body: Json) -> None:
    answer = requests.post(f"{company.served.url}/_sandbox/{REALM}/{route}", json=body, timeout=10)
    assert answer.status_code == 400
    assert "error" in answer.json()


def company_values(company: Company) -> dict[str, str]:
    card = company.call("GET", f"companyinfo/{REALM}").json()["CompanyInfo"]
    return {pair["Name"]: pair["Value"] for pair in card["NameValue"]}


def test_a_small_offering_has_no_classes_and_no_locations(company: Company) -> None:
    served = company.served
    for switch in ("ClassTrackingPerTxn", "TrackDepartments"):
        served.prefer(REALM, switch)
    made = company.create("Class", Name="North")
    served.control(f"{REALM}/offering", {"sku": "QuickBooks Online Simple Start"})
    assert company_values(company)["OfferingSku"] == "QuickBooks Online Simple Start"
    assert fault_of(company.post("class", {"Name": "South"}))["code"] == "5030"
    assert fault_of(company.post("department", {"Name": "Yard"}))["code"] == "5030"
    timed = company.post("timeactivity", company.time(ClassRef={"value": made["Id"]}))
    assert fault_of(timed)["code"] == "2500"
    served.control(f"{REALM}/offering", {"sku": "QuickBooks Online Advanced"})
    company.create("Class", Name="South")


@pytest.mark.parametrize("status", ["EXPIRED", "ENDED"])
def test_a_company_that_does_not_pay_can_be_read_and_not_written(company: Company, status: str) -> None:
    bill = company.create("Bill", **company.bill())
    company.served.control(f"{REALM}/subscription", {"status": status})
    for answer in (
        company.post("vendor", {"DisplayName": "Late"}),
        company.post("bill", bill),
        company.post("bill", bill, operation="delete"),
        company.post("billpayment", {"Id": "1", "SyncToken": "0"}, include="void"),
    ):
        error = fault_of(answer)
        assert error["code"] == "6190"
        assert "your trial or subscription period ended" in error["Detail"]
    item = {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Late"}}
    assert company.batch(item).json()["BatchItemResponse"][0]["Fault"]["Error"][0]["code"] == "6190"
    assert company.read("Bill", bill["Id"]) == bill
    company.served.control(f"{REALM}/subscription", {"status": "PAID"})
    company.create("Vendor", DisplayName="Late")


def test_what_is_attached_to_the_loser_hangs_on_the_winner(company: Company, vendors: tuple[str, str]) -> None:
    loser, winner = vendors
    note = company.create("Attachable", Note="W-9", AttachableRef=[{"EntityRef": {"type": "Vendor", "value": loser}}])
    merge(company, "Vendor", loser, winner)
    held = company.read("Attachable", note["Id"])
    assert held["AttachableRef"][0]["EntityRef"]["value"] == winner
