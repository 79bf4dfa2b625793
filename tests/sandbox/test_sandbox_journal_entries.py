"""Journal entries: sides, sums, names on payables and receivables, and what they post."""

from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_ledger import PAYABLES, Balances, payment

DETAIL = "JournalEntryLineDetail"
RECEIVABLES = "Accounts Receivable (A/R)"


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def line(side: str | None, amount: Any = 100, account: str | None = "12", **changes: Any) -> Json:
    detail = {"PostingType": side, "AccountRef": {"value": account} if account else None, **changes.pop("detail", {})}
    made = {
        "Amount": amount,
        "DetailType": DETAIL,
        DETAIL: {name: value for name, value in detail.items() if value is not None},
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def entry(*lines: Json, **changes: Any) -> Json:
    return {"TxnDate": "2026-11-10", "Line": list(lines) or [line("Debit"), line("Credit", account="13")], **changes}


def named(sort: str | None, key: str, **ref: str) -> Json:
    made = {"Type": sort, "EntityRef": {"value": key, **ref}}
    return {"Entity": {name: value for name, value in made.items() if value is not None}}


def pair(first: Json) -> list[Json]:
    return [first, line("Credit", account="13")]


REFUSED: list[tuple[Json, str, str]] = [
    # changes to a valid entry, code, element
    ({"Line": None}, "2250", "Line"),
    ({"Line": []}, "2250", "Line"),
    ({"Line": pair(line(None))}, "2260", "PostingType"),
    ({"Line": pair(line("Left"))}, "2260", "PostingType"),
    ({"Line": pair(line("Debit", -100))}, "2290", "Amount"),
    ({"Line": pair(line("Debit", 100.01))}, "2300", "Line"),
    ({"Line": [line("Debit")]}, "2300", "Line"),
    ({"Line": [line("Debit"), line("Debit", account="13")]}, "2300", "Line"),
    ({"Line": pair(line("Debit", None))}, "2020", "Amount"),
    ({"Line": pair(line("Debit", "100"))}, "2090", "Amount"),
    ({"Line": pair(line("Debit", account=None))}, "2020", "AccountRef"),
    ({"Line": pair(line("Debit", account="777"))}, "2500", "AccountRef"),
    ({"Line": pair(line("Debit", DetailType=None))}, "2020", "DetailType"),
    ({"Line": pair(line("Debit", DetailType="SalesItemLineDetail"))}, "2170", "DetailType"),
    ({"Line": pair({"Amount": 100, "DetailType": DETAIL})}, "2020", DETAIL),
    ({"Line": pair(line("Debit", account="1"))}, "6000", "Entity"),
    ({"Line": pair(line("Debit", account="2"))}, "6000", "Entity"),
    ({"Line": pair(line("Debit", account="2", detail=named("Customer", "1")))}, "6000", "Entity"),
    ({"Line": pair(line("Debit", account="2", detail=named("Vendor", "1")))}, "2500", "EntityRef"),
    ({"Line": pair(line("Debit", detail=named("Vendor", "777")))}, "2500", "EntityRef"),
    ({"Line": pair(line("Debit", detail=named("Owner", "1")))}, "2170", "Type"),
    ({"Line": pair(line("Debit", detail={"Entity": {"Type": "Vendor"}}))}, "2020", "EntityRef"),
    ({"Line": pair(line("Debit", detail={"ClassRef": {"value": "1"}}))}, "2500", "ClassRef"),
    ({"Line": pair(line("Debit", detail={"DepartmentRef": {"value": "1"}}))}, "2500", "DepartmentRef"),
    ({"Line": pair(line("Debit", detail={"TaxCodeRef": {"value": "GST"}}))}, "6100", "TaxCodeRef"),
    ({"Line": pair(line("Debit", ProjectRef={"value": "777"}))}, "2500", "ProjectRef"),
    ({"Line": pair(line("Debit", Description="x" * 4001))}, "2050", "Description"),
    ({"Line": "all"}, "2010", "Line"),
    ({"DocNumber": "x" * 22}, "2050", "DocNumber"),
    ({"Adjustment": "yes"}, "2230", "Adjustment"),
    ({"TxnDate": "2026-08-31"}, "6210", ""),
    ({"TxnTaxDetail": {"TotalTax": 1}}, "6170", "TxnTaxDetail"),
    ({"CurrencyRef": {"value": "EUR"}}, "2220", "CurrencyRef"),
]


@pytest.mark.parametrize(("changes", "code", "element"), REFUSED)
def test_an_entry_is_refused(shared: Company, changes: Json, code: str, element: str) -> None:
    body = {name: value for name, value in entry(**changes).items() if value is not None}
    answer = shared.post("journalentry", body)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_an_entry_comes_back_complete(company: Company) -> None:
    vendor = company.id_of("Vendor", "Summit Electric")
    lines = [
        line("Debit", 75.5, Description="moved"),
        line("Credit", 75.5, "13", detail=named(None, vendor)),
        {"DetailType": "DescriptionOnly", "Description": "a remark", "DescriptionLineDetail": {}},
    ]
    made = company.create("JournalEntry", **entry(*lines, DocNumber="JE-7", PrivateNote="why"))
    assert (made["TotalAmt"], made["Adjustment"], made["DocNumber"]) == (75.5, False, "JE-7")
    assert [held["Id"] for held in made["Line"]] == ["1", "2", "3"]
    assert made["Line"][0][DETAIL]["AccountRef"] == {"value": "12", "name": "Checking"}
    told = {"Type": "Vendor", "EntityRef": {"value": vendor, "name": "Summit Electric"}}
    assert made["Line"][1][DETAIL]["Entity"] == told
    assert company.rows("select * from JournalEntry where DocNumber = 'JE-7'") == [made]


def test_an_entry_moves_its_accounts_and_gives_back_when_it_is_deleted(company: Company) -> None:
    balances = Balances(company)
    made = company.create("JournalEntry", **entry())
    assert balances.moved() == {"Checking": 100, "Savings": -100}
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": [line("Debit", 30), line("Credit", 30, "13")]}
    changed = company.update("JournalEntry", **body)
    assert balances.moved() == {"Checking": -70, "Savings": 70}
    assert changed["TxnDate"] == "2026-11-10"  # what a sparse update does not name stays
    company.post("journalentry", changed, operation="delete")
    assert balances.moved() == {"Checking": -30, "Savings": 30}
    assert fault_of(company.call("GET", f"journalentry/{made['Id']}"))["code"] == "610"


def test_lines_of_payables_and_receivables_move_the_balances_of_their_names(company: Company) -> None:
    vendor = company.id_of("Vendor", "Summit Electric")
    customer = company.id_of("Customer", "City of Larkspur")
    before = (company.read("Vendor", vendor)["Balance"], company.read("Customer", customer)["Balance"])
    balances = Balances(company)
    lines = [
        line("Debit", 40, company.id_of("Account", RECEIVABLES), detail=named("Customer", customer)),
        line("Credit", 40, company.id_of("Account", PAYABLES), detail=named("Vendor", vendor)),
    ]
    made = company.create("JournalEntry", **entry(*lines))
    assert balances.moved() == {RECEIVABLES: 40, PAYABLES: 40}
    assert company.read("Vendor", vendor)["Balance"] == before[0] + 40
    assert company.read("Customer", customer)["Balance"] == before[1] + 40
    company.post("journalentry", made, operation="delete")
    assert company.read("Vendor", vendor)["Balance"] == before[0]
    assert company.read("Customer", customer)["Balance"] == before[1]


def test_a_stale_entry_and_a_void_are_refused(company: Company) -> None:
    made = company.create("JournalEntry", **entry())
    company.update("JournalEntry", **made)
    assert fault_of(company.post("journalentry", made))["code"] == "5010"
    gone = {"Id": made["Id"], "SyncToken": "1"}
    assert fault_of(company.post("journalentry", gone, operation="void"))["code"] == "500"


def test_an_entry_is_told_by_change_data_capture(company: Company) -> None:
    made = company.create("JournalEntry", **entry())
    company.post("journalentry", company.create("JournalEntry", **entry()), operation="delete")
    since = made["MetaData"]["CreateTime"]
    answer = company.call("GET", "cdc", params={"entities": "JournalEntry", "changedSince": since}).json()
    held, gone = answer["CDCResponse"][0]["QueryResponse"][0]["JournalEntry"]
    assert (held, gone["status"]) == (made, "Deleted")


def test_a_person_sees_an_entry_on_the_website(company: Company) -> None:
    made = company.create("JournalEntry", **entry(DocNumber="JE-77"))
    for path, part in (("JournalEntry", "JE-77"), (f"JournalEntry/{made['Id']}", "PostingType")):
        page = requests.get(f"{company.served.url}/company/{company.realm}/{path}", timeout=10)
        assert (page.status_code, part in page.text) == (200, True)


def test_what_an_entry_owes_a_vendor_is_settled_by_a_payment(company: Company) -> None:
    vendor = company.id_of("Vendor", "Summit Electric")
    payables, rent = company.id_of("Account", PAYABLES), company.id_of("Account", "Rent")
    owes = line("Credit", 90, payables, detail=named("Vendor", vendor))
    made = company.create("JournalEntry", **entry(line("Debit", 90, rent), owes))

    def settling(amount: float, **changes: Any) -> Json:
        links = [{"TxnId": made["Id"], "TxnType": "JournalEntry"}]
        bill = {"VendorRef": {"value": vendor}, "Id": "0"}
        return payment(company, bill, amount, Line=[{"Amount": amount, "LinkedTxn": links}], **changes)

    other = company.ref("Vendor", "Peninsula Paving")
    assert fault_of(company.post("billpayment", settling(90.01)))["code"] == "6000"
    assert fault_of(company.post("billpayment", settling(50, VendorRef=other)))["code"] == "6000"
    balances = Balances(company)
    before = company.read("Vendor", vendor)["Balance"]
    paid = company.create("BillPayment", **settling(60))
    assert balances.moved() == {PAYABLES: -60, "Checking": -60}
    assert company.read("Vendor", vendor)["Balance"] == before - 60
    held = company.read("JournalEntry", made["Id"])
    assert held["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
    assert fault_of(company.post("billpayment", settling(30.01)))["code"] == "6000"
    assert fault_of(company.post("journalentry", held, operation="delete"))["code"] == "800"
    less = {**held, "Line": [line("Debit", 50, rent), {**owes, "Amount": 50}]}
    assert fault_of(company.post("journalentry", less))["code"] == "6000"
    noted = company.update("JournalEntry", **{**held, "PrivateNote": "partly paid"})
    assert noted["LinkedTxn"] == held["LinkedTxn"]
    company.update("BillPayment", **{**paid, **settling(90), "Id": paid["Id"], "SyncToken": "0"})
    assert company.read("Vendor", vendor)["Balance"] == before - 90
    gone = {"Id": paid["Id"], "SyncToken": "1"}
    assert company.post("billpayment", gone, operation="delete").status_code == 200
    assert company.read("Vendor", vendor)["Balance"] == before
    freed = company.read("JournalEntry", made["Id"])
    assert "LinkedTxn" not in freed
    assert company.post("journalentry", freed, operation="delete").status_code == 200
