"""Change data capture over HTTP: which changes are told, in which shape and order, and what is refused."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_client import Company, Json, Served, fault_of

HOUR = 3600
DAY = 86_400


def now(company: Company) -> datetime:
    return datetime.fromisoformat(company.served.control("clock", method="GET")["now"])


def advance(company: Company, seconds: float) -> None:
    """Move the clock, and get a token that is good for what follows."""
    company.served.control("clock", {"advance_seconds": seconds})
    company.tokens = company.served.refresh(company.tokens["refresh_token"]).json()


def later(company: Company) -> str:
    """A moment after all that the seed wrote, from which a test's own changes are asked."""
    advance(company, HOUR)
    return now(company).isoformat()


def ask(company: Company, entities: str, since: str, **headers: str) -> requests.Response:
    return company.call("GET", "cdc", params={"entities": entities, "changedSince": since}, headers=headers)


def groups(company: Company, entities: str, since: str) -> list[Json]:
    answer = ask(company, entities, since)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told) == {"CDCResponse", "time"}
    assert len(told["CDCResponse"]) == 1
    found: list[Json] = told["CDCResponse"][0]["QueryResponse"]
    return found


def delete(company: Company, entity: str, held: Json) -> None:
    body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
    assert company.post(entity, body, operation="delete").status_code == 200


def test_changed_objects_come_whole_in_the_asked_order_of_entities(company: Company) -> None:
    since = later(company)
    vendor = company.create("Vendor", DisplayName="Quarry Two")
    bill = company.create("Bill", **company.bill())
    assert groups(company, "Vendor,Item,Bill", since) == [
        {"Vendor": [company.read("Vendor", vendor["Id"])], "startPosition": 1, "maxResults": 1, "totalCount": 1},
        {},
        {"Bill": [company.read("Bill", bill["Id"])], "startPosition": 1, "maxResults": 1, "totalCount": 1},
    ]
    assert [next(iter(group)) for group in groups(company, "bill, VENDOR,Bill", since)] == ["Bill", "Vendor"]


def test_objects_stand_by_their_last_change_and_deleted_ones_last(company: Company) -> None:
    since = later(company)
    made = []
    for number in range(4):
        made.append(company.create("Bill", **company.bill(DocNumber=f"C-{number}")))
        advance(company, 60)
    delete(company, "Bill", made[2])
    gone_at = now(company).isoformat(timespec="seconds")
    advance(company, 60)
    delete(company, "Bill", made[1])
    advance(company, 60)
    company.update("Bill", **made[0], PrivateNote="looked at again")
    rows = groups(company, "Bill", since)[0]["Bill"]
    assert [row["Id"] for row in rows] == [made[place]["Id"] for place in (3, 0, 2, 1)]
    assert rows[1]["PrivateNote"] == "looked at again"
    assert rows[2] == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": made[2]["Id"],
        "MetaData": {"LastUpdatedTime": rows[2]["MetaData"]["LastUpdatedTime"]},
    }
    told = datetime.fromisoformat(rows[2]["MetaData"]["LastUpdatedTime"])
    assert abs(told - datetime.fromisoformat(gone_at)) <= timedelta(seconds=2)


def test_side_effects_are_changes_too(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    since = later(company)
    company.served.control(f"{company.realm}/pay", {"bill_id": bill["Id"]})
    told = groups(company, "Bill,BillPayment,Vendor", since)
    assert [row["Id"] for row in told[0]["Bill"]] == [bill["Id"]]
    assert told[0]["Bill"][0]["Balance"] == 0
    assert told[1]["BillPayment"][0]["TotalAmt"] == bill["TotalAmt"]
    assert told[2] == {}  # a balance is derived: the vendor itself was not changed


def test_a_name_made_inactive_is_told_as_an_object_not_as_a_stub(company: Company) -> None:
    since = later(company)
    key = company.id_of("Employee", "Helen Voss")
    company.served.control(f"{company.realm}/deactivate", {"entity": "Employee", "id": key})
    rows = groups(company, "Employee", since)[0]["Employee"]
    assert [(row["DisplayName"], row["Active"]) for row in rows] == [("Helen Voss (deleted)", False)]


@pytest.mark.parametrize("entities", ["Bill", "Bill,Vendor,Item"])
def test_nothing_changed_is_one_empty_group(company: Company, entities: str) -> None:
    assert groups(company, entities, later(company)) == [{}]
    assert groups(company, entities, (now(company) + timedelta(days=400)).isoformat()) == [{}]


def test_the_second_that_is_asked_for_is_included(company: Company) -> None:
    later(company)
    made = company.create("Vendor", DisplayName="Just Now")
    at = datetime.fromisoformat(made["MetaData"]["LastUpdatedTime"])
    assert groups(company, "Vendor", (at + timedelta(milliseconds=900)).isoformat())[0]["maxResults"] == 1
    assert groups(company, "Vendor", (at + timedelta(seconds=1)).isoformat()) == [{}]


def test_the_answer_in_xml_has_the_shape_of_the_service(company: Company) -> None:
    since = later(company)
    bill = company.create("Bill", **company.bill())
    delete(company, "Bill", bill)
    text = ask(company, "Item,Bill", since, Accept="application/xml").text
    assert "<CDCResponse><QueryResponse></QueryResponse><QueryResponse startPosition" in text
    assert f'<Bill domain="QBO" status="Deleted"><Id>{bill["Id"]}</Id><MetaData><LastUpdatedTime>' in text


REFUSED: list[tuple[Json, str, str]] = [
    # parameters, code, words of the Detail; SINCE stands for an hour ago
    ({}, "2020", "entities"),
    ({"entities": "", "changedSince": "SINCE"}, "2020", "entities"),
    ({"entities": "Bill"}, "2020", "changedSince"),
    ({"entities": "Bill", "changedSince": ""}, "2020", "changedSince"),
    ({"entities": "Bill", "changedSince": "yesterday"}, "2060", "yesterday"),
    ({"entities": "Bill", "changedSince": "2026-13-01T00:00:00Z"}, "2060", "2026-13-01"),
    ({"entities": "Bill,Castle", "changedSince": "SINCE"}, "500", "castle"),
    ({"entities": "Bill,,Item", "changedSince": "SINCE"}, "500", "cdc"),
    ({"entities": "TimeActivity", "changedSince": "SINCE"}, "500", "TimeActivity"),
    ({"entities": "Bill,timeactivity", "changedSince": "SINCE"}, "500", "TimeActivity"),
    ({"entities": "Bill", "changedSince": "0001-01-01T00:00:00+10:00"}, "500", "older than fixed days"),
]


@pytest.mark.parametrize(("parameters", "code", "words"), REFUSED)
def test_a_question_is_refused(company: Company, parameters: Json, code: str, words: str) -> None:
    hour_ago = (now(company) - timedelta(hours=1)).isoformat()
    sent = {name: value.replace("SINCE", hour_ago) for name, value in parameters.items()}
    answer = company.call("GET", "cdc", params=sent)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert error["code"] == code
    assert words in error["Detail"]


def test_the_look_back_is_thirty_days_and_refused_in_the_words_of_the_service(company: Company) -> None:
    company.create("Vendor", DisplayName="A Month Ago")
    told = now(company)
    advance(company, 30 * DAY - HOUR)
    assert groups(company, "Vendor", told.isoformat())[0]["Vendor"][-1]["DisplayName"] == "A Month Ago"
    advance(company, 2 * HOUR)
    error = fault_of(ask(company, "Vendor", told.isoformat()))
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    assert error["Detail"] == (
        f"Operation cdc with changedSince date {told.isoformat()} which is older than fixed days is not supported."
    )


def test_only_get_is_allowed_and_nothing_stands_below(company: Company) -> None:
    assert fault_of(company.call("POST", "cdc", json={}))["code"] == "500"
    assert company.call("GET", "cdc/1").status_code == 404


def test_time_entries_are_told_only_when_switched_on(company: Company) -> None:
    since = later(company)
    assert fault_of(ask(company, "TimeActivity", since))["code"] == "500"
    company.served.control("settings", {"cdc_time_activity": True})
    kept = company.create("TimeActivity", **company.time())
    gone = company.create("TimeActivity", **company.time(Hours=1))
    delete(company, "TimeActivity", gone)
    rows = groups(company, "TimeActivity", since)[0]["TimeActivity"]
    assert [(row["Id"], row.get("status")) for row in rows] == [(kept["Id"], None), (gone["Id"], "Deleted")]


def test_the_switch_for_time_entries_is_an_option_of_serve_too() -> None:
    served = Served.start("--no-throttle", "--cdc-time-activity")
    try:
        company = served.connect()
        since = (now(company) - timedelta(hours=1)).isoformat()
        assert groups(company, "TimeActivity", since)[0]["maxResults"] == 20
    finally:
        assert served.stop() == 0


def test_at_most_a_thousand_objects_are_told_and_the_rest_is_left_out(company: Company) -> None:
    gone = company.create("Bill", **company.bill())
    since = later(company)
    for start in range(0, 990, 30):
        made = company.batch(
            *(
                {"bId": str(n), "operation": "create", "Vendor": {"DisplayName": f"V {n}"}}
                for n in range(start, start + 30)
            )
        )
        assert "Fault" not in made.text
    terms = [company.create("Term", Name=f"Net {days}", DueDays=days) for days in range(61, 75)]
    delete(company, "Bill", gone)
    vendors, some_terms, bills = groups(company, "Vendor,Term,Bill", since)
    assert (vendors["maxResults"], vendors["totalCount"]) == (990, 990)
    assert [row["Id"] for row in some_terms["Term"]] == [term["Id"] for term in terms[:10]]
    assert some_terms["maxResults"] == 10
    assert "totalCount" not in some_terms  # cut: there are no pages, the window must be narrowed
    assert bills == {}
    assert groups(company, "Bill,Term", since)[1]["totalCount"] == 14


def test_it_is_metered_when_it_is_answered(company: Company) -> None:
    since = later(company)
    company.served.control("stats", method="DELETE")
    groups(company, "Bill", since)
    ask(company, "Castle", since)
    company.batch({"bId": "a", "CDCQuery": {"Entities": "Bill", "ChangedSince": since}})
    stats = company.served.control("stats", method="GET")
    assert (stats["kind:cdc"], stats["metered"], stats["free"]) == (2, 2, 1)
    calls = company.served.control("requests", method="GET")["requests"]
    assert [(call["kind"], call["metered"]) for call in calls] == [("cdc", True), ("cdc", False), ("batch", True)]


def test_a_batch_may_ask_for_changes(company: Company) -> None:
    since = later(company)
    vendor = company.create("Vendor", DisplayName="In A Batch")
    answer = company.batch(
        {"bId": "a", "CDCQuery": {"Entities": "Bill,Vendor", "ChangedSince": since}},
        {"bId": "b", "CDCQuery": {"Entities": "TimeActivity", "ChangedSince": since}},
        {"bId": "c", "CDCQuery": {"Entities": "Bill", "ChangedSince": since, "Pages": "2"}},
        {"bId": "d", "CDCQuery": "Bill"},
        {"bId": "e", "CDCQuery": {"Entities": 7, "ChangedSince": since}},
        {"bId": "f", "CDCQuery": {"ChangedSince": since}},
        {"bId": "g", "CDCQuery": {"Entities": "Bill", "ChangedSince": "\ud800"}},
    )
    assert answer.status_code == 200
    first, *refused = answer.json()["BatchItemResponse"]
    told = first["CDCResponse"]["QueryResponse"]
    assert told[0] == {}
    assert [row["Id"] for row in told[1]["Vendor"]] == [vendor["Id"]]
    codes = [item["Fault"]["Error"][0]["code"] for item in refused]
    assert codes == ["500", "2010", "2010", "2010", "2020", "2060"]


def test_deletions_are_remembered_in_the_company_file(tmp_path: Path) -> None:
    state = str(tmp_path / "company.db")
    served = Served.start("--state", state, "--no-throttle")
    company = served.connect()
    since = later(company)
    bill = company.create("Bill", **company.bill())
    delete(company, "Bill", bill)
    before = groups(company, "Bill", since)
    served.kill()
    again = Served.start("--state", state, "--no-throttle")
    try:
        same: Any = Company(served=again, realm=company.realm, tokens=company.tokens)
        assert groups(same, "Bill", since) == before
        assert before[0]["Bill"][0]["status"] == "Deleted"
    finally:
        assert again.stop() == 0


def test_what_a_refused_item_deleted_is_not_told(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    since = later(company)
    company.served.control(f"{company.realm}/pay", {"bill_id": bill["Id"]})
    token = company.read("Bill", bill["Id"])["SyncToken"]
    refused = company.post("Bill", {"Id": bill["Id"], "SyncToken": token}, operation="delete")
    assert fault_of(refused)["code"] == "800"
    assert [row.get("status") for row in groups(company, "Bill", since)[0]["Bill"]] == [None]
