"""The switches: where the facts leave two readings, each of them can be had."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import REALM, Company, Json, fault_of


def read_as(company: Company, **settings: Any) -> None:
    company.served.control("settings", settings)


def test_every_switch_tells_its_values_and_refuses_others(company: Company) -> None:
    told = company.served.control("settings", method="GET")
    assert len(told) >= 20
    for name in told.keys() - {"latency_ms"}:
        with pytest.raises(AssertionError, match=f"{name} cannot be set"):
            read_as(company, **{name: "sideways"})
    assert company.served.control("settings", method="GET") == told


SPARSE: list[tuple[str, Json]] = [
    # entity         what alone is sent
    ("Bill", {"PrivateNote": "only this"}),
    ("TimeActivity", {"Description": "only this"}),
    ("Vendor", {"AcctNum": "only this"}),
    ("Item", {"Description": "only this"}),
]


@pytest.mark.parametrize(("entity", "change"), SPARSE, ids=[row[0] for row in SPARSE])
def test_a_sparse_update_is_taken_where_it_is_documented_or_everywhere(
    company: Company, entity: str, change: Json
) -> None:
    held = company.rows(f"select * from {entity} maxresults 1")[0]
    sent = {**change, "Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True}
    website = {"PrivateNote": "x"} if entity == "Bill" else {}
    if entity == "Bill":  # the seed's bills lie in the closed period
        company.served.control(f"{REALM}/close-books", {"date": None})
    assert fault_of(company.post(entity, sent))["code"] == "6000"
    read_as(company, sparse="all")
    changed = company.create(entity, **sent)
    kept = {name: value for name, value in held.items() if name not in {*change, *website, "SyncToken", "MetaData"}}
    assert {**kept, **change}.items() <= changed.items()


def test_numbers_written_as_text_are_refused_or_taken(company: Company) -> None:
    body = company.bill(Line=[company.account_line("250.25")])  # type: ignore[arg-type]
    assert fault_of(company.post("Bill", body))["code"] == "2090"
    read_as(company, text_numbers=True)
    assert company.create("Bill", **body)["TotalAmt"] == 250.25
    assert company.create("TimeActivity", **company.time(Hours="7", Minutes="15"))["Hours"] == 7
    for odd in ("1e3", "abc", "NaN", "7.5", "٧", "--7", ""):
        answer = company.post("TimeActivity", company.time(Hours=odd, Minutes=1))
        assert answer.status_code == (200 if odd == "" else 400), odd


def test_a_billable_time_entry_may_be_asked_for_or_only_read(company: Company) -> None:
    body = company.time(BillableStatus="Billable", HourlyRate=85)
    assert company.create("TimeActivity", **body)["BillableStatus"] == "Billable"
    read_as(company, billable_status="read-only")
    assert company.create("TimeActivity", **body)["BillableStatus"] == "NotBillable"


def test_classes_on_lines_may_or_may_not_reach_time_entries(company: Company) -> None:
    company.served.prefer(REALM, "ClassTrackingPerTxnLine")
    made = company.create("Class", Name="Residential")
    body = company.time(ClassRef={"value": made["Id"]})
    assert fault_of(company.post("TimeActivity", body))["code"] == "2500"
    read_as(company, time_class="always")
    assert company.create("TimeActivity", **body)["ClassRef"]["name"] == "Residential"


def pay(company: Company, bill: Json) -> None:
    payment = {
        "VendorRef": {"value": bill["VendorRef"]["value"]},
        "TotalAmt": 100,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": company.ref("Account", "Checking")},
        "Line": [{"Amount": 100, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    }
    company.create("BillPayment", **payment)


@pytest.mark.parametrize(("reading", "token"), [("raise", "1"), ("keep", "0")])
def test_a_payment_raises_the_token_of_its_bill_or_not(company: Company, reading: str, token: str) -> None:
    read_as(company, neighbours=reading)
    bill = company.create("Bill", **company.bill())
    pay(company, bill)
    held = company.read("Bill", bill["Id"])
    assert (held["SyncToken"], held["Balance"], len(held["LinkedTxn"])) == (token, 150, 1)


def test_a_request_id_with_another_body_is_replayed_or_refused(company: Company) -> None:
    first = company.post("Vendor", {"DisplayName": "First Body"}, requestid="same")
    other = company.post("Vendor", {"DisplayName": "Other Body"}, requestid="same")
    assert other.content == first.content
    read_as(company, changed_request="refuse")
    assert fault_of(company.post("Vendor", {"DisplayName": "Other Body"}, requestid="same"))["code"] == "600"
    assert company.post("Vendor", {"DisplayName": "First Body"}, requestid="same").content == first.content


@pytest.mark.parametrize("most", [10, 25, 30, 50])
def test_a_batch_holds_as_many_items_as_is_read(company: Company, most: int) -> None:
    read_as(company, batch_most=most)
    items = [{"bId": str(number), "Query": "select count(*) from Term"} for number in range(most + 1)]
    assert company.batch(*items[:most]).status_code == 200
    assert fault_of(company.batch(*items))["code"] == "1040"


@pytest.mark.parametrize(("reading", "winner"), [("sent", "first"), ("reversed", "second")])
def test_the_items_of_a_batch_are_carried_out_in_either_order(company: Company, reading: str, winner: str) -> None:
    read_as(company, batch_order=reading)
    vendor = {"operation": "create", "Vendor": {"DisplayName": "Only One Of Us"}}
    answers = company.batch({"bId": "first", **vendor}, {"bId": "second", **vendor}).json()["BatchItemResponse"]
    assert [item["bId"] for item in answers if "Vendor" in item] == [winner]


def test_more_than_a_thousand_rows_are_capped_or_refused(company: Company) -> None:
    assert company.ask("select * from Term maxresults 1001").status_code == 200
    read_as(company, page_over="refuse")
    assert fault_of(company.ask("select * from Term maxresults 1001"))["code"] == "4001"
    assert company.ask("select * from Term maxresults 1000").status_code == 200
