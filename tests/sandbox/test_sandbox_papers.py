"""The papers of a sale: the PDF that is printed, and the e-mail that takes it to the customer."""

import re

import pytest
import requests

from tests.sandbox.sale_bodies import invoice, item_line, sale
from tests.sandbox.sandbox_client import Company, Json, fault_of


def pdf(company: Company, path: str, accept: str = "application/pdf") -> requests.Response:
    return company.call("GET", path, headers={"Accept": accept})


def test_an_invoice_is_printed_as_a_pdf(company: Company) -> None:
    lines = [item_line(company, 1250.5), {"DetailType": "DescriptionOnly", "Description": "Two (2) days \\ nights"}]
    made = company.create("Invoice", **sale(company, Line=lines))
    answer = pdf(company, f"invoice/{made['Id']}/pdf")
    body = answer.content
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert (body[:8], body[-6:]) == (b"%PDF-1.4", b"%%EOF\n")
    assert b"(Ridgeline Builders, Inc.)" in body
    assert b"Two \\(2\\) days \\\\ nights" in body
    assert b"1,250.50" in body
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n", body)]
    assert all(body[at:].startswith(b"%d 0 obj" % number) for number, at in enumerate(offsets, start=1))
    assert body[int(re.findall(rb"startxref\n(\d+)", body)[0]) :].startswith(b"xref")
    for length, text in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", body, re.DOTALL):
        assert int(length) == len(text)


@pytest.mark.parametrize("accept", ["application/pdf, application/json", "*/*"])
def test_who_accepts_a_pdf_among_others_gets_it(company: Company, accept: str) -> None:
    made = invoice(company)
    assert pdf(company, f"invoice/{made['Id']}/pdf", accept=accept).content[:5] == b"%PDF-"


def test_many_lines_take_several_pages(company: Company) -> None:
    lines = [{"DetailType": "DescriptionOnly", "Description": f"row {number}"} for number in range(120)]
    made = company.create("Invoice", **sale(company, Line=lines))
    body = pdf(company, f"invoice/{made['Id']}/pdf").content
    assert body.count(b"/Type /Page ") == 3
    assert all(b"(row %d)" % number in body for number in range(120))


def test_what_cannot_be_printed_is_refused(company: Company) -> None:
    made = invoice(company)
    refused = pdf(company, f"invoice/{made['Id']}/pdf", accept="application/json")
    assert (refused.status_code, fault_of(refused)["code"]) == (400, "1050")
    assert pdf(company, "invoice/999/pdf").status_code == 400
    for path in (f"invoice/{made['Id']}/png", "bill/1/pdf", "customer/1/pdf", "invoices/1/pdf"):
        assert pdf(company, path).status_code == 404, path


def send(company: Company, made: Json, **parameters: str) -> requests.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return company.call("POST", f"invoice/{made['Id']}/send", params=parameters, headers=headers)


def test_an_invoice_is_sent_to_the_given_address_or_its_own(company: Company) -> None:
    made = invoice(company, BillEmail={"Address": "city@example.com"}, EmailStatus="NeedToSend")
    sent = send(company, made).json()["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"]["Address"], sent["SyncToken"]) == (
        "EmailSent", "city@example.com", "1",
    )  # fmt: skip
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    other = send(company, made, sendTo="mayor@example.com").json()["Invoice"]
    assert (other["BillEmail"]["Address"], other["SyncToken"]) == ("mayor@example.com", "2")
    assert company.update("Invoice", **other)["DeliveryInfo"] == other["DeliveryInfo"]
    assert [row["operation"] for row in company.applied()] == ["create", "send", "send", "update"]


def test_an_invoice_without_an_address_is_not_sent(company: Company) -> None:
    made = invoice(company)
    assert fault_of(send(company, made))["code"] == "6420"
    assert fault_of(send(company, made, sendTo="nobody"))["code"] == "2210"
    assert company.read("Invoice", made["Id"]) == made


def test_a_repeated_request_sends_once(company: Company) -> None:
    made = invoice(company)
    answers = [send(company, made, sendTo="a@example.com", requestid="mail-1").content for _ in range(2)]
    assert answers[0] == answers[1]
    assert company.read("Invoice", made["Id"])["SyncToken"] == "1"


def test_a_sandbox_sends_forty_mails_a_day(company: Company) -> None:
    company.served.control("clock", {"now": "2026-12-01T09:00:00-08:00"})
    again = company.served.connect()
    made = invoice(again)
    for _ in range(40):
        assert send(again, made, sendTo="a@example.com").status_code == 200
    refused = fault_of(send(again, made, sendTo="a@example.com"))
    assert (refused["code"], "40 e-mails a day" in refused["Detail"]) == ("6000", True)
    again.served.control("clock", {"now": "2026-12-02T00:01:00-08:00"})
    tomorrow = again.served.connect()
    assert send(tomorrow, made, sendTo="a@example.com").status_code == 200
