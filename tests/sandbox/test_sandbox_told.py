"""Which changes webhooks tell of, in which words, for which companies, and what a slow listener does to a delivery."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import parse_headers
from typing import Any
from uuid import UUID

import pytest

from tests.sandbox.sale_bodies import invoice
from tests.sandbox.sandbox_client import OTHER_REALM, REALM, Company, Json
from tests.sandbox.test_sandbox_webhooks import Listener, deliver, operations, subscribe
from tests.sandbox.valid_bodies import valid_bodies
from tests.sandbox.watched import everything_on

DAY_MS = 86_400_000  # nothing is sent before the test asks for it
TOLD = (
    "Account", "Bill", "BillPayment", "Class", "Customer", "Department", "Employee", "Estimate", "Invoice", "Item",
    "JournalEntry", "Payment", "Purchase", "PurchaseOrder", "Term", "TimeActivity", "Vendor", "VendorCredit",
)  # fmt: skip
NOT_TOLD = ("Attachable", "Deposit", "Transfer", "SalesReceipt", "CreditMemo", "RefundReceipt", "PaymentMethod")


@pytest.fixture
def listener(company: Company) -> Iterator[Listener]:
    listening = Listener()
    yield listening
    company.served.control("webhooks", {"url": ""})
    listening.close()


# every entity

Events = list[tuple[str, str, str]]  # entity, operation, id


@pytest.fixture(scope="module")
def made_and_told(running: Any) -> tuple[dict[str, str], Events]:
    """The ids of new records, one of each kind; and what one delivery told of them."""
    company = everything_on(running)
    bodies = valid_bodies(company)
    listening = Listener()
    subscribe(company, listening, delay_ms=DAY_MS)
    made = {entity: company.create(entity, **bodies[entity])["Id"] for entity in (*TOLD, *NOT_TOLD)}
    card = company.call("GET", f"companyinfo/{REALM}").json()["CompanyInfo"]
    company.update("CompanyInfo", Id="1", SyncToken=card["SyncToken"], sparse=True, LegalName="Told To Nobody")
    held = company.call("GET", "preferences").json()["Preferences"]
    wish = {"AccountingInfoPrefs": {"CustomerTerminology": "Clients"}}
    company.update("Preferences", Id="1", SyncToken=held["SyncToken"], sparse=True, **wish)
    deliver(running)
    told = [
        (entity["name"], entity["operation"], entity["id"])
        for body in listening.bodies(len(listening.got))
        for notice in body["eventNotifications"]
        for entity in notice["dataChangeEvent"]["entities"]
    ]
    company.served.control("webhooks", {"url": ""})
    listening.close()
    return made, told


@pytest.mark.parametrize("entity", TOLD)
def test_a_new_record_is_told_once(made_and_told: tuple[dict[str, str], Events], entity: str) -> None:
    made, told = made_and_told
    assert told.count((entity, "Create", made[entity])) == 1


def test_changed_preferences_are_told(made_and_told: tuple[dict[str, str], Events]) -> None:
    assert made_and_told[1].count(("Preferences", "Update", "1")) == 1


@pytest.mark.parametrize("entity", ["CompanyInfo", *NOT_TOLD])
def test_other_records_are_not_told(made_and_told: tuple[dict[str, str], Events], entity: str) -> None:
    made, told = made_and_told
    assert entity == "CompanyInfo" or made[entity]
    assert entity not in {name for name, _, _ in told}


# CloudEvents


def events(company: Company, listener: Listener) -> list[Json]:
    deliver(company.served)
    return [event for body in listener.bodies(len(listener.got)) for event in body]


def end(company: Company, entity: str, held: Json, **parameters: str) -> None:
    body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
    assert company.post(entity, body, **parameters).status_code == 200


def test_cloud_events_have_a_word_for_whatever_happens(company: Company, listener: Listener) -> None:
    sold = invoice(company, 80)
    subscribe(company, listener, form="cloudevents", delay_ms=DAY_MS)
    first, second = (company.create("Vendor", DisplayName=name) for name in ("Told One", "Told Two"))
    company.update("Vendor", **{**first, "AcctNum": "1"})
    company.served.control(f"{REALM}/merge", {"entity": "Vendor", "loser": second["Id"], "winner": first["Id"]})
    entry = company.create("TimeActivity", **company.time())
    end(company, "TimeActivity", entry, operation="delete")
    mail = {"Content-Type": "application/octet-stream"}
    to = {"sendTo": "a@example.com"}
    assert company.call("POST", f"invoice/{sold['Id']}/send", params=to, headers=mail).status_code == 200
    end(company, "Invoice", company.read("Invoice", sold["Id"]), operation="void")
    told = [(event["type"], event["intuitentityid"]) for event in events(company, listener)]
    for word, entity, key in (
        ("created", "vendor", first["Id"]),
        ("updated", "vendor", first["Id"]),
        ("merged", "vendor", first["Id"]),
        ("created", "timeactivity", entry["Id"]),
        ("deleted", "timeactivity", entry["Id"]),
        ("emailed", "invoice", sold["Id"]),
        ("voided", "invoice", sold["Id"]),
    ):
        assert told.count((f"qbo.{entity}.{word}.v1", key)) == 1, (word, told)


def test_the_old_form_has_words_of_its_own(company: Company, listener: Listener) -> None:
    sold = invoice(company, 80)
    subscribe(company, listener, delay_ms=DAY_MS)
    end(company, "Invoice", sold, operation="void")
    deliver(company.served)
    assert operations(listener.bodies(len(listener.got))) == [("Invoice", "Void")]


def test_a_cloud_event_has_an_id_a_time_and_a_content_type(company: Company, listener: Listener) -> None:
    subscribe(company, listener, form="cloudevents", delay_ms=DAY_MS)
    made = [company.create("Vendor", DisplayName=name) for name in ("Timed One", "Timed Two")]
    told = events(company, listener)
    assert len({UUID(event["id"]) for event in told}) == 2
    assert [str(UUID(event["id"])) for event in told] == [event["id"] for event in told]
    assert [event["time"] for event in told] == [record["MetaData"]["LastUpdatedTime"] for record in made]
    assert {event["datacontenttype"] for event in told} == {"application/json"}
    assert all(datetime.fromisoformat(event["time"]).utcoffset() is not None for event in told)


# a listener that answers when the test says so

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def silent(company: Company) -> Iterator[socket.socket]:
    """An address that takes the connection and says nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        yield listening
        company.served.control("webhooks", {"url": ""})
        company.served.control("clock", {"frozen": False})


def listen_at(company: Company, silent: socket.socket, **wish: Any) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/notices"
    company.served.control("webhooks", {"url": url, "form": "cloudevents", **wish})


def taken(silent: socket.socket) -> tuple[socket.socket, list[Json]]:
    """The next delivery, and the connection on which it waits for its answer."""
    connection, _ = silent.accept()
    with connection.makefile("rb") as stream:
        assert stream.readline().startswith(b"POST /notices ")
        length = int(parse_headers(stream)["Content-Length"])
        return connection, json.loads(stream.read(length))


def waiting(company: Company) -> list[Json]:
    found: list[Json] = company.served.control("webhooks", method="GET")["waiting"]
    return found


def test_an_answer_that_is_too_late_is_none_and_the_delivery_waits(company: Company, silent: socket.socket) -> None:
    company.served.control("clock", {"frozen": True})
    listen_at(company, silent, delay_ms=DAY_MS)
    made = company.create("Vendor", DisplayName="Told In Vain")
    deliver(company.served)  # comes back when the three seconds are over
    connection, first = taken(silent)
    with connection:
        connection.sendall(ANSWER)  # nobody listens any more
    (held,) = waiting(company)
    now = datetime.fromisoformat(company.served.control("clock", method="GET")["now"])
    due = datetime.fromisoformat(held["due"])
    assert (held["attempts"], due) == (1, now.replace(microsecond=0) + timedelta(minutes=20))
    company.served.control("clock", {"advance_seconds": 20 * 60 + 1})
    connection, second = taken(silent)
    with connection:
        connection.sendall(ANSWER)
    while waiting(company):
        pass
    assert [event["intuitentityid"] for event in first] == [made["Id"]]
    assert second == first


def test_cloud_events_of_several_companies_stand_in_one_array(company: Company, silent: socket.socket) -> None:
    other = company.served.connect(OTHER_REALM)
    listen_at(company, silent, delay_ms=0)
    company.create("Vendor", DisplayName="Told Before")
    connection, _ = taken(silent)
    with connection:  # until it is answered nothing else is packed
        here = company.create("Vendor", DisplayName="One Of Here")
        there = other.create("Vendor", DisplayName="One Of There")
        connection.sendall(ANSWER)
    connection, told = taken(silent)
    with connection:
        connection.sendall(ANSWER)
    assert [(event["intuitaccountid"], event["intuitentityid"]) for event in told] == [
        (REALM, here["Id"]),
        (OTHER_REALM, there["Id"]),
    ]
    assert len({event["source"] for event in told}) == 2
