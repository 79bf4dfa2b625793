"""Webhooks: signed notices in both forms, on request late, repeated and out of order, and again after a failure."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

import pytest

from tests.sandbox.sandbox_client import OTHER_REALM, REALM, Company, Served

VERIFIER = "verifier-of-the-test"


class Listener:
    """An app's own address: keeps what it gets and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.news = Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with listener.news:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    listener.got.append((headers, body))
                    listener.news.notify_all()
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notices"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self, count: int = 1) -> list[Any]:
        """The first so many bodies, waited for."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.got) >= count, timeout=10), f"{len(self.got)} of {count} came"
            return [json.loads(body) for _, body in self.got[:count]]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listener(company: Company) -> Iterator[Listener]:
    listening = Listener()
    yield listening
    company.served.control("webhooks", {"url": ""})
    listening.close()


def subscribe(company: Company, listener: Listener, **wish: Any) -> None:
    company.served.control("webhooks", {"url": listener.url, "verifier": VERIFIER, **wish})


def deliver(served: Served) -> Any:
    return served.control("webhooks/deliver")


def test_a_write_is_told_in_the_old_form(company: Company, listener: Listener) -> None:
    subscribe(company, listener)
    made = company.create("Vendor", DisplayName="Told Tales LLC")
    (body,) = listener.bodies()
    (told,) = body["eventNotifications"]
    (entity,) = told["dataChangeEvent"]["entities"]
    assert told["realmId"] == REALM
    assert entity.pop("lastUpdated")[-5:] in {"-0800", "-0700"}
    assert entity == {"name": "Vendor", "id": made["Id"], "operation": "Create"}


def test_a_write_is_told_as_a_cloud_event(company: Company, listener: Listener) -> None:
    subscribe(company, listener, form="cloudevents")
    made = company.create("TimeActivity", **company.time())
    ((event,),) = listener.bodies()
    assert listener.got[0][0]["content-type"] == "application/cloudevents+json"
    assert {name: event[name] for name in ("specversion", "type", "intuitentityid", "intuitaccountid", "data")} == {
        "specversion": "1.0",
        "type": "qbo.timeactivity.created.v1",
        "intuitentityid": made["Id"],
        "intuitaccountid": REALM,
        "data": {},
    }
    assert event["source"].startswith("intuit.")


@pytest.mark.parametrize("form", ["events", "cloudevents"])
def test_the_signature_is_over_the_raw_body(company: Company, listener: Listener, form: str) -> None:
    subscribe(company, listener, form=form)
    company.create("Vendor", DisplayName="Signed Sealed")
    listener.bodies()
    headers, body = listener.got[0]
    digest = hmac.new(VERIFIER.encode(), body, hashlib.sha256).digest()
    assert headers["intuit-signature"] == base64.b64encode(digest).decode()
    assert headers["user-agent"] == "intuit_notification_server/0.1"
    assert headers["intuit-notification-schema-version"] == "0.1"
    assert headers["intuit-t-id"]
    assert headers["intuit-created-time"]


def operations(bodies: list[Any]) -> list[tuple[str, str]]:
    return [
        (entity["name"], entity["operation"])
        for body in bodies
        for told in body["eventNotifications"]
        for entity in told["dataChangeEvent"]["entities"]
    ]


def test_every_change_is_told_and_side_effects_on_neighbours_too(company: Company, listener: Listener) -> None:
    bill = company.create("Bill", **company.bill())
    subscribe(company, listener, delay_ms=86_400_000)
    company.served.control(f"{REALM}/pay", {"bill_id": bill["Id"], "amount": 10})
    entry = company.create("TimeActivity", **company.time())
    company.post("TimeActivity", {"Id": entry["Id"], "SyncToken": "0"}, operation="delete")
    company.served.prefer(REALM, "WarnDuplicateBillNumber", "false")
    deliver(company.served)
    assert sorted(operations(listener.bodies(len(listener.got)))) == [
        ("Bill", "Update"),
        ("BillPayment", "Create"),
        ("Preferences", "Update"),
        ("TimeActivity", "Create"),
        ("TimeActivity", "Delete"),
    ]


def test_several_companies_may_stand_in_one_delivery(company: Company, listener: Listener) -> None:
    other = company.served.connect(OTHER_REALM)
    subscribe(company, listener, delay_ms=60_000)
    company.create("Vendor", DisplayName="One of Here")
    other.create("Vendor", DisplayName="One of There")
    deliver(company.served)
    told = [entry["realmId"] for body in listener.bodies(len(listener.got)) for entry in body["eventNotifications"]]
    assert sorted(told) == sorted([REALM, OTHER_REALM])


def test_a_refused_write_is_not_told(company: Company, listener: Listener) -> None:
    subscribe(company, listener)
    assert company.post("Vendor", {"DisplayName": "a:b"}).status_code == 400
    company.create("Vendor", DisplayName="The Only One")
    assert operations(listener.bodies()) == [("Vendor", "Create")]


def test_a_late_notice_comes_when_its_time_has_come(company: Company, listener: Listener) -> None:
    subscribe(company, listener, delay_ms=300_000)
    company.create("Vendor", DisplayName="Late Comers")
    company.served.control("clock", {"frozen": True})
    waiting: list[Any] = []
    while not waiting:
        waiting = company.served.control("webhooks", method="GET")["waiting"]
    assert listener.got == []
    company.served.control("clock", {"advance_seconds": 301})
    assert operations(listener.bodies()) == [("Vendor", "Create")]
    company.served.control("clock", {"frozen": False})


def test_a_repeated_notice_has_the_same_ids(company: Company, listener: Listener) -> None:
    subscribe(company, listener, form="cloudevents", repeat=3)
    company.create("Vendor", DisplayName="Three Times")
    bodies = listener.bodies(3)
    assert len({event["id"] for body in bodies for event in body}) == 1


@pytest.mark.parametrize("noticed", ["apart", "together"])
def test_out_of_order_the_last_change_is_told_first(company: Company, listener: Listener, noticed: str) -> None:
    subscribe(company, listener, order="reversed", delay_ms=60_000)
    entry = company.create("TimeActivity", **company.time())
    while noticed == "apart" and not company.served.control("webhooks", method="GET")["waiting"]:
        pass
    company.post("TimeActivity", {"Id": entry["Id"], "SyncToken": "0"}, operation="delete")
    deliver(company.served)
    told = [operation for _, operation in operations(listener.bodies(2))]
    assert told == ["Delete", "Create"]


@pytest.mark.parametrize("status", [400, 408, 500, 502, 503, 504])
def test_a_failed_delivery_is_tried_again_after_twenty_thirty_and_fifty_minutes(
    company: Company, listener: Listener, status: int
) -> None:
    listener.status = status
    subscribe(company, listener)
    made = company.create("Vendor", DisplayName=f"Try Again {status}")
    for number, minutes in enumerate((20, 30, 50), start=1):
        listener.bodies(number)
        wait_until(company, attempts=number)
        company.served.control("clock", {"advance_seconds": minutes * 60 - 30})
        assert len(listener.got) == number
        company.served.control("clock", {"advance_seconds": 60})
    listener.bodies(4)
    while (told := company.served.control("webhooks", method="GET"))["active"]:
        pass
    assert told["waiting"] == []  # given up: nothing more is told until the address is set again
    company.served.control(f"{REALM}/edit", {"entity": "Vendor", "id": made["Id"], "changes": {"AcctNum": "1"}})
    deliver(company.served)
    assert len(listener.got) == 4


def wait_until(company: Company, *, attempts: int) -> None:
    for _ in range(500):
        waiting = company.served.control("webhooks", method="GET")["waiting"]
        if [row["attempts"] for row in waiting] == [attempts]:
            return
    raise AssertionError(f"no delivery waits after {attempts} attempts")


@pytest.mark.parametrize("status", [401, 404, 410])
def test_a_delivery_that_was_refused_for_good_is_not_tried_again(
    company: Company, listener: Listener, status: int
) -> None:
    listener.status = status
    subscribe(company, listener)
    company.create("Vendor", DisplayName=f"Once {status}")
    listener.bodies()
    while company.served.control("webhooks", method="GET")["waiting"]:
        pass
    assert len(listener.got) == 1


def test_nothing_is_told_without_an_address_nor_later_of_that_time(company: Company, listener: Listener) -> None:
    company.create("Vendor", DisplayName="Before Listening")
    subscribe(company, listener)
    company.create("Vendor", DisplayName="While Listening")
    deliver(company.served)
    assert operations(listener.bodies()) == [("Vendor", "Create")]


@pytest.mark.parametrize(
    "wish",
    [
        {"url": "http://example.com/notices"},
        {"url": "https://127.0.0.1/notices"},
        {"url": "file:///etc/passwd"},
        {"form": "xml"},
        {"order": "random"},
        {"delay_ms": -1},
        {"delay_ms": "soon"},
        {"repeat": 0},
        {"repeat": 11},
        {"colour": "green"},
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sense_is_refused(company: Company, wish: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="error"):
        company.served.control("webhooks", wish)
