"""The pages for people: a colleague edits, pays, voids, merges and deletes there, and sees what was asked."""

import re

import pytest
import requests

from tests.sandbox.sandbox_client import REALM, Company, Json, Served


def act(company: Company, entity: str, key: str, action: str, **form: str) -> requests.Response:
    address = f"{company.served.url}/company/{REALM}/{entity}/{key}/{action}"
    return requests.post(address, data=form, allow_redirects=False, timeout=10)


def page(served: Served, path: str, **asked: str) -> str:
    answer = requests.get(f"{served.url}{path}", params=asked, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.text


def invoice(company: Company) -> Json:
    line = {
        "Amount": 300,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor"), "Qty": 4, "UnitPrice": 75},
    }
    return company.create("Invoice", CustomerRef=company.ref("Customer", "City of Larkspur"), Line=[line])


def test_the_amount_of_a_bills_line_is_changed_and_its_total_follows(company: Company) -> None:
    bill = company.create("Bill", **company.bill(Line=[company.account_line(250), company.account_line(100)]))
    first = bill["Line"][0]["Id"]
    done = act(company, "Bill", bill["Id"], "edit", PrivateNote="less", **{f"amount of line {first}": "240.50"})
    assert done.status_code == 303
    held = company.read("Bill", bill["Id"])
    assert (held["TotalAmt"], held["PrivateNote"], held["SyncToken"]) == (340.5, "less", "1")
    assert [line["Amount"] for line in held["Line"]] == [240.5, 100]


def test_an_invoice_is_paid_in_part_and_then_in_full(company: Company) -> None:
    made = invoice(company)
    assert act(company, "Invoice", made["Id"], "pay", amount="100", date="2026-11-20").status_code == 303
    assert company.read("Invoice", made["Id"])["Balance"] == 200
    assert act(company, "Invoice", made["Id"], "pay").status_code == 303
    assert company.read("Invoice", made["Id"])["Balance"] == 0


def test_what_can_be_voided_is_voided(company: Company) -> None:
    made = invoice(company)
    assert act(company, "Invoice", made["Id"], "void").status_code == 303
    assert company.read("Invoice", made["Id"])["TotalAmt"] == 0
    refused = act(company, "Bill", company.create("Bill", **company.bill())["Id"], "void")
    assert (refused.status_code, "not supported" in refused.text) == (400, True)


def test_a_name_is_made_inactive_and_active_again(company: Company) -> None:
    key = company.id_of("Vendor", "Peninsula Paving")
    act(company, "Vendor", key, "deactivate")
    assert company.read("Vendor", key)["DisplayName"] == "Peninsula Paving (deleted)"
    act(company, "Vendor", key, "activate")
    held = company.read("Vendor", key)
    assert (held["DisplayName"], held["Active"]) == ("Peninsula Paving", True)


def test_two_vendors_are_made_one(company: Company) -> None:
    loser, winner = (company.id_of("Vendor", name) for name in ("J&R Roofing", "Ferguson Masonry"))
    bill = company.create("Bill", **company.bill(VendorRef={"value": loser}))
    assert act(company, "Vendor", loser, "merge", winner=winner).status_code == 303
    assert company.read("Bill", bill["Id"])["VendorRef"]["value"] == winner
    assert company.read("Vendor", loser)["Active"] is False


FORMS = {
    # record                       headings of its cards
    "Bill": ["Edit as another user", "Pay this bill", "Delete"],
    "Invoice": ["Edit as another user", "Receive a payment", "Void", "Delete"],
    "Vendor": ["Edit as another user", "Merge into another", "Make inactive"],
    "TimeActivity": ["Edit as another user", "Delete"],
    "Term": ["Edit as another user", "Make inactive"],
}


@pytest.mark.parametrize("entity", FORMS)
def test_a_record_offers_what_can_be_done_with_it(company: Company, entity: str) -> None:
    invoice(company)
    key = company.rows(f"select Id from {entity}")[-1]["Id"]
    if entity == "Bill":
        key = company.create("Bill", **company.bill())["Id"]
    text = page(company.served, f"/company/{REALM}/{entity}/{key}")
    assert [
        head for head in re.findall(r"<h2>([^<]+)</h2>", text) if head not in {"As the API gives it", "History"}
    ] == (FORMS[entity])


@pytest.mark.parametrize("form", [{"amount": "much"}, {"date": "tomorrow"}, {"amount": "-5"}, {"amount": "NaN"}])
def test_a_payment_that_makes_no_sense_is_explained(company: Company, form: dict[str, str]) -> None:
    bill = company.create("Bill", **company.bill())
    answer = act(company, "Bill", bill["Id"], "pay", **form)
    assert (answer.status_code, "did not work" in answer.text) == (400, True)
    assert company.read("Bill", bill["Id"])["Balance"] == 250


def test_every_page_stands_for_a_company_with_and_without_records(company: Company) -> None:
    front = page(company.served, f"/company/{REALM}/Customer")
    kinds = re.findall(rf'href="/company/{REALM}/(\w+)" class="(\w*)"', front)
    assert {"Bill", "Invoice", "Deposit", "Project"} <= {name for name, _ in kinds}
    for name, style in kinds:
        text = page(company.served, f"/company/{REALM}/{name}")
        assert ("has no record of this kind yet" in text) == (style == "none")


# requests


def test_requests_are_shown_newest_first_and_filtered(company: Company) -> None:
    served = company.served
    served.control("stats", method="DELETE")
    company.post("Vendor", {"DisplayName": "R"}, requestid="r-1")
    company.ask("select * from Term")
    company.ask("select nonsense")
    everything = page(served, "/requests")
    assert re.findall(r"/requests/[0-9a-f-]+\">(\w+)", everything) == ["query", "query", "create"]
    assert "3 calls · 1 metered · 2 free" in everything
    assert "1 create · 2 query" in everything
    for asked, kinds in (
        ({"kind": "create"}, ["create"]),
        ({"outcome": "4xx"}, ["query"]),
        ({"text": "R-1"}, ["create"]),
        ({"text": "nowhere"}, []),
    ):
        assert re.findall(r"/requests/[0-9a-f-]+\">(\w+)", page(served, "/requests", **asked)) == kinds


def test_a_request_is_shown_with_what_was_sent_and_answered(company: Company) -> None:
    answer = company.post("Vendor", {"DisplayName": "<script>alert(1)</script>"}, requestid="<b>")
    text = page(company.served, f"/requests/{answer.headers['intuit_tid']}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text
    assert "<b>" not in text
    assert "&quot;SyncToken&quot;: &quot;0&quot;" in text


def test_a_question_is_shown_as_it_was_asked(company: Company) -> None:
    asked = company.ask("select * from Term where Name = 'Net 30'")
    text = page(company.served, f"/requests/{asked.headers['intuit_tid']}")
    assert "query = select * from Term where Name = &#x27;Net 30&#x27;" in text
    query = {"query": "{ projectManagementProject(id: 1) { id } }"}
    bearer = {"Authorization": f"Bearer {company.tokens['access_token']}"}
    answer = requests.post(f"{company.served.url}/graphql", json=query, headers=bearer, timeout=10)
    shown = page(company.served, f"/requests/{answer.headers['intuit_tid']}")
    assert "projectManagementProject(id: 1)" in shown
    assert "AHZ-0010" in shown


def test_no_token_is_on_the_pages_of_requests(company: Company) -> None:
    company.served.refresh(company.tokens["refresh_token"])
    text = page(company.served, "/requests")
    for tid in re.findall(r"/requests/([0-9a-f-]+)", text):
        text += page(company.served, f"/requests/{tid}")
    for secret in (company.tokens["access_token"], company.tokens["refresh_token"], "local-secret"):
        assert secret not in text


def test_other_names_and_other_sites_do_not_see_the_requests(served: Served) -> None:
    for path in ("/requests", "/requests/any"):
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert requests.get(f"{served.url}{path}", headers=headers, timeout=10).status_code == 403


def test_a_request_that_is_no_longer_known_is_said_so(served: Served) -> None:
    answer = requests.get(f"{served.url}/requests/00000000-0000", timeout=10)
    assert (answer.status_code, "no such request" in answer.text) == (404, True)
