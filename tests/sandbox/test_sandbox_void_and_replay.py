"""Voids by the way that each entity has, alone and in a batch, and request ids on what takes away."""

from typing import Any

import pytest

from tests.sandbox.sale_bodies import invoice, owed, payment
from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_bills import payment_of

Parameters = dict[str, str]
BY_OPERATION: Parameters = {"operation": "void"}
BY_INCLUDE: Parameters = {"operation": "update", "include": "void"}


def mark(record: Json) -> Json:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}


def paid_bill(company: Company) -> Json:
    """The payment of a new bill of 250."""
    bill = company.create("Bill", **company.bill())
    return company.create("BillPayment", **payment_of(company, bill))


def record_of(company: Company, entity: str) -> Json:
    match entity:
        case "Bill":
            return company.create("Bill", **company.bill())
        case "TimeActivity":
            return company.create("TimeActivity", **company.time())
        case "Payment":
            return company.create("Payment", **payment(company, 40))
        case "BillPayment":
            return paid_bill(company)
        case _:
            return invoice(company, 80)


def in_batch(company: Company, operation: str, entity: str, body: Json, **more: str) -> Json:
    item = {"bId": "1", "operation": operation, entity: body, **more}
    (answer,) = company.batch(item).json()["BatchItemResponse"]
    found: Json = answer
    return found


# A batch says it in either way: as an operation, or as an option of an update.
IN_A_BATCH: list[tuple[str, Json]] = [("void", {}), ("update", {"optionsData": "void"})]


@pytest.mark.parametrize("entity", ["Bill", "TimeActivity"])
@pytest.mark.parametrize("parameters", [BY_OPERATION, BY_INCLUDE, {"include": "void"}], ids=str)
def test_a_bill_and_a_time_entry_cannot_be_voided(company: Company, entity: str, parameters: Parameters) -> None:
    made = record_of(company, entity)
    error = fault_of(company.post(entity, {**mark(made), "sparse": True}, **parameters))
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    assert company.read(entity, made["Id"]) == made


@pytest.mark.parametrize("entity", ["Bill", "TimeActivity"])
@pytest.mark.parametrize(("operation", "more"), IN_A_BATCH)
def test_nor_can_they_in_a_batch(company: Company, entity: str, operation: str, more: Json) -> None:
    made = record_of(company, entity)
    answer = in_batch(company, operation, entity, mark(made), **more)
    assert answer["Fault"]["Error"][0]["code"] == "500"
    assert company.read(entity, made["Id"]) == made


@pytest.mark.parametrize(("operation", "more"), IN_A_BATCH)
def test_a_batch_voids_an_invoice(company: Company, operation: str, more: Json) -> None:
    made = record_of(company, "Invoice")
    assert owed(company) == (80, 80)
    voided = in_batch(company, operation, "Invoice", mark(made), **more)["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    assert company.read("Invoice", made["Id"]) == voided
    assert owed(company) == (0, 0)
    assert [row["operation"] for row in company.applied()] == ["create", "void"]


@pytest.mark.parametrize(("operation", "more"), IN_A_BATCH)
def test_a_batch_voids_a_payment_of_a_bill(company: Company, operation: str, more: Json) -> None:
    paid = record_of(company, "BillPayment")
    bill_id = paid["Line"][0]["LinkedTxn"][0]["TxnId"]
    assert company.read("Bill", bill_id)["Balance"] == 0
    voided = in_batch(company, operation, "BillPayment", mark(paid), **more)["BillPayment"]
    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")
    bill = company.read("Bill", bill_id)
    assert (bill["Balance"], "LinkedTxn" in bill) == (250, False)


@pytest.mark.parametrize(
    ("entity", "parameters"),
    [
        ("Invoice", BY_INCLUDE),
        ("Payment", BY_OPERATION),
        ("BillPayment", BY_OPERATION),
    ],
)
def test_alone_each_is_voided_in_its_own_way_only(company: Company, entity: str, parameters: Parameters) -> None:
    made = record_of(company, entity)
    assert fault_of(company.post(entity, {**mark(made), "sparse": True}, **parameters))["code"] == "500"
    assert company.read(entity, made["Id"]) == made


# request ids

TAKES_AWAY: list[tuple[str, Parameters]] = [
    ("TimeActivity", {"operation": "delete"}),
    ("Bill", {"operation": "delete"}),
    ("BillPayment", {"operation": "delete"}),
    ("Invoice", {"operation": "delete"}),
    ("Invoice", BY_OPERATION),
    ("Payment", BY_INCLUDE),
    ("BillPayment", BY_INCLUDE),
]


@pytest.mark.parametrize(("entity", "parameters"), TAKES_AWAY)
def test_what_takes_away_is_done_once_under_its_request_id(
    company: Company, entity: str, parameters: Parameters
) -> None:
    made = record_of(company, entity)
    count = len(company.applied())
    body = {**mark(made), "sparse": True}
    first = company.post(entity, body, requestid="away-1", **parameters)
    company.served.control("clock", {"advance_seconds": 60})
    second = company.post(entity, body, requestid="away-1", **parameters)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    (row,) = company.applied()[count:]
    assert (row["entity"], row["id"], row["requestid"]) == (entity, made["Id"], "away-1")
    assert row["operation"] == ("delete" if parameters["operation"] == "delete" else "void")
    without_id = company.post(entity, body, **parameters)
    assert fault_of(without_id)["code"] == ("610" if row["operation"] == "delete" else "5010")


def test_a_batch_that_takes_away_is_replayed_byte_for_byte(company: Company) -> None:
    sold, entry = record_of(company, "Invoice"), record_of(company, "TimeActivity")
    items: list[Json] = [
        {"bId": "1", "operation": "void", "Invoice": mark(sold)},
        {"bId": "2", "operation": "delete", "TimeActivity": mark(entry)},
    ]
    first = company.batch(*items, requestid="away-2")
    assert company.batch(*items, requestid="away-2").content == first.content
    assert [row["operation"] for row in company.applied()] == ["create", "create", "void", "delete"]


@pytest.mark.parametrize("value", ["first", "first.Id", "$first", "bId:first"])
def test_an_item_cannot_use_what_another_item_makes(company: Company, value: Any) -> None:
    answers = company.batch(
        {"bId": "first", "operation": "create", "Vendor": {"DisplayName": "Made In A Batch"}},
        {"bId": "second", "operation": "create", "Bill": company.bill(VendorRef={"value": value})},
    ).json()["BatchItemResponse"]
    assert "Fault" not in answers[0]
    error = answers[1]["Fault"]["Error"][0]
    assert (error["code"], error["element"]) == ("2500", "VendorRef")
    assert [row["entity"] for row in company.applied()] == ["Vendor"]
