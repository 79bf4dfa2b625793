"""Odd calls to the control API and odd visits to the website: taken or explained, and never a breakdown."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.odd_input import HALF, SHORT_TEXTS, as_sent, spoiled, tried
from tests.sandbox.sandbox_client import CLIENT, REALM, Company, Json
from tests.sandbox.valid_bodies import PATHS, valid_bodies
from tests.sandbox.watched import COUNTED, Watched, everything_on, in_order


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    watched = Watched.start("--no-throttle")
    try:
        yield watched
        assert watched.is_well()
    finally:
        watched.stop()


@pytest.fixture(scope="module")
def shared(server: Watched) -> Company:
    """With a record of each kind."""
    company = everything_on(server)
    for kind, body in valid_bodies(company).items():
        company.post(PATHS.get(kind, kind), body).raise_for_status()
    return company


@pytest.fixture(scope="module")
def steered() -> Iterator[Watched]:
    """Another one, which control calls may leave in any state."""
    watched = Watched.start("--no-throttle")
    try:
        yield watched
    finally:
        watched.stop()


@pytest.fixture(autouse=True)
def _unbroken(server: Watched, steered: Watched) -> Iterator[None]:
    yield
    assert server.is_well()
    assert steered.is_well()


CONTROL: list[tuple[str, Json]] = [
    (f"{REALM}/edit", {"entity": "Bill", "id": "1",
                       "changes": {"PrivateNote": "x", "Line": [{"Id": "1", "Amount": 5}]}}),
    (f"{REALM}/edit", {"entity": "Customer", "id": "2", "changes": {"DisplayName": "y", "Active": True}}),
    (f"{REALM}/delete", {"entity": "TimeActivity", "id": "3"}),
    (f"{REALM}/deactivate", {"entity": "Employee", "id": "12"}),
    (f"{REALM}/pay", {"bill_id": "9", "amount": 1.5, "date": "2026-11-20"}),
    (f"{REALM}/close-books", {"date": "2026-08-31"}),
    (f"{REALM}/preference", {"name": "WarnDuplicateBillNumber", "value": "true"}),
    (f"{REALM}/merge", {"entity": "Vendor", "loser": "30", "winner": "31"}),
    (f"{REALM}/offering", {"sku": "QuickBooks Online Plus"}),
    (f"{REALM}/subscription", {"status": "PAID"}),
    ("settings", {"rotate": "daily", "latency_ms": 0}),
    ("faults", {"kind": "poison", "match": "never sent", "count": 1, "rate": 0.5, "seed": 1, "status": 503, "ms": 0,
                "route": "nothing"}),
    ("expire-tokens", {"kind": "refresh"}),
    ("meter", {"app": CLIENT[0], "used": 0}),
    ("snapshots", {"name": "odd"}),
    ("restore", {"name": "none"}),
    ("webhooks", {"url": "", "verifier": "v", "form": "events", "delay_ms": 0, "repeat": 1, "order": "kept"}),
]  # fmt: skip


@tried(300)
@given(data=st.data())
def test_an_odd_control_call_is_taken_or_explained(steered: Watched, data: st.DataObject) -> None:
    path, body = data.draw(st.sampled_from(CONTROL))
    sent = as_sent(data.draw(spoiled(body)))
    method = data.draw(st.sampled_from(["POST", "POST", "POST", "DELETE", "GET", "PUT"]))
    if b"latency_ms" in sent:
        sent = sent.replace(b'"latency_ms"', b'"latency"')
    answer = in_order(requests.request(method, f"{steered.url}/_sandbox/{path}", data=sent, timeout=10))
    assert answer.status_code in {200, 400, 405}
    requests.delete(f"{steered.url}/_sandbox/faults", timeout=10)


FOUND_ODD: list[tuple[str, Any]] = [
    ("webhooks", {"url": True}), ("webhooks", {"verifier": 5}), ("webhooks", {"verifier": HALF}),
    ("webhooks", {HALF: 1}),
    ("settings", {HALF: 1}), ("faults", {"kind": "status", HALF: 1}),
    ("snapshots", {"name": HALF}), ("seed", {"seed": []}),
    ("faults", {"kind": "slow", "ms": "x"}), ("faults", {"kind": "slow", "count": "x"}), ("snapshots", []),
    (f"{REALM}/pay", {"bill_id": "9", "amount": "much"}), (f"{REALM}/pay", {"bill_id": "9", "amount": "NaN"}),
    (f"{REALM}/pay", {"bill_id": "9", "amount": "1e999999999"}), (f"{REALM}/pay", {"bill_id": [], "amount": {}}),
    (f"{REALM}/edit", {"entity": "Bill", "id": "1", "changes": 5}),
    (f"{REALM}/edit", {"entity": [], "id": 1, "changes": {}}),
    (f"{REALM}/edit", {"entity": "Preferences", "id": "1", "changes": {"AccountingInfoPrefs": []}}),
    (f"{REALM}/close-books", {"date": 5}), (f"{REALM}/close-books", {"date": HALF}), (f"{HALF}/pay", {}),
    (f"{REALM}/merge", {"entity": HALF, "loser": HALF, "winner": "1"}), ("1/applied", {}),
    (f"{REALM}/offering", {"sku": []}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "wish"), FOUND_ODD, ids=range(len(FOUND_ODD)))
def test_a_control_call_that_once_was_too_odd_is_explained(steered: Watched, path: str, wish: Any) -> None:
    address = f"{steered.url}/_sandbox/{path.encode(errors='replace').decode()}"
    answer = in_order(requests.post(address, data=json.dumps(wish), timeout=10))
    assert answer.status_code in {400, 404, 405}, answer.text


FOUND_FORMS: list[tuple[str, Json]] = [
    ("TimeActivity/4", {"amount of line 1": "5"}), ("Castle/1", {"amount of line 1": "5"}),
    ("Bill/9", {"amount of line 1": "x"}),
    ("Bill/999", {"amount of line 1": "5"}), ("TimeActivity/4", {"Hours": "9" * 40}),
    ("TimeActivity/4", {"Hours": "9" * 5000}),
]  # fmt: skip


@pytest.mark.parametrize(("record", "form"), FOUND_FORMS, ids=range(len(FOUND_FORMS)))
def test_a_form_that_once_was_too_odd_is_explained(shared: Company, record: str, form: Json) -> None:
    address = f"{shared.served.url}/company/{REALM}/{record}/edit"
    assert in_order(requests.post(address, data=form, timeout=10, allow_redirects=False)).status_code in {303, 400}


CLOCKS: list[Json] = [
    {"advance_seconds": 10**12}, {"advance_seconds": -(10**12)}, {"advance_seconds": 10**400}, {"advance_seconds": "x"},
    {"advance_seconds": None}, {"advance_seconds": []}, {"now": 5}, {"now": "noon"},
    {"now": "0001-01-01T00:00:00+14:00"}, {"now": "9999-12-31T23:59:59-12:00"}, {"now": "9999-01-01"}, {"now": HALF},
    {"frozen": "perhaps", "advance_seconds": {}}, {"advance_seconds": "1e300"}, {"advance_seconds": "nan"},
]  # fmt: skip


@pytest.mark.parametrize("wish", CLOCKS, ids=str)
def test_the_clock_goes_nowhere_that_it_cannot_tell(steered: Watched, wish: Json) -> None:
    before = steered.control("clock", method="GET")["offset_seconds"]
    answer = in_order(requests.post(f"{steered.url}/_sandbox/clock", data=json.dumps(wish), timeout=10))
    assert answer.status_code == 400, answer.text
    assert steered.control("clock", method="GET")["offset_seconds"] == before


@pytest.mark.parametrize(
    "path",
    ["applied?after=x", "applied?after=" + "9" * 30, "applied?after=" + "9" * 9000, "../requests?last=x",
     "../requests?last=-5", "../requests?last=" + "9" * 30, "../stats?x=%ED%A0%80"],
)  # fmt: skip
def test_odd_numbers_in_control_addresses_are_explained(steered: Watched, path: str) -> None:
    prefix = "" if path.startswith("../") else f"{REALM}/"
    address = f"{steered.url}/_sandbox/{prefix}{path.removeprefix('../')}"
    assert in_order(requests.get(address, timeout=10)).status_code in {200, 400}


PAGES = ("", "requests", "requests/x", f"company/{REALM}/Bill", f"company/{REALM}/Castle", "company/1/Bill")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("asked", ["", "?page=-1", "?page=" + "9" * 40, "?page=x", "?kind=%00&text=%ff&outcome=<b>"])
def test_a_page_with_odd_wishes_shows_or_says_that_there_is_none(server: Watched, page: str, asked: str) -> None:
    assert in_order(requests.get(f"{server.url}/{page}{asked}", timeout=10)).status_code in {200, 404}


@pytest.mark.parametrize("kind", [*COUNTED, "Project", "Castle", "%00"])
def test_odd_pages_and_forms_of_each_kind(shared: Company, kind: str) -> None:
    at = f"{shared.served.url}/company/{REALM}/{kind}"
    assert in_order(requests.get(at, timeout=10)).status_code in {200, 404}
    for key in ("1", "0", "%00", "9" * 40, "%D9%A3"):
        assert in_order(requests.get(f"{at}/{key}", timeout=10)).status_code in {200, 404}
    for act in ("pay", "merge", "void", "odd", "edit"):
        for key in ("0", "%00", "9" * 40):
            for form in ({}, {"amount": "NaN", "date": "\x00", "winner": HALF.encode(errors="replace")}):
                sent = requests.post(f"{at}/{key}/{act}", data=form, timeout=10, allow_redirects=False)
                assert in_order(sent).status_code in {400, 404, 303}


FORM_FIELDS = ("amount", "date", "winner", "PrivateNote", "DocNumber", "TxnDate", "DueDate", "Hours", "Minutes",
               "Description", "amount of line 1", "amount of line x", "DisplayName", "Active", "Name")  # fmt: skip


@tried(200)
@given(
    kind=st.sampled_from(["Bill", "Invoice", "TimeActivity", "Customer", "Vendor", "Item", "Payment", "JournalEntry"]),
    key=st.sampled_from(["1", "2", "3", "9"]),
    act=st.sampled_from(["edit", "pay", "merge", "void", "activate"]),
    form=st.dictionaries(st.sampled_from(FORM_FIELDS), SHORT_TEXTS | st.integers() | st.floats(), max_size=4),
)
def test_odd_forms_of_a_record_are_done_or_explained(
    shared: Company, kind: str, key: str, act: str, form: dict[str, Any]
) -> None:
    address = f"{shared.served.url}/company/{REALM}/{kind}/{key}/{act}"
    answer = in_order(requests.post(address, data=form, timeout=10, allow_redirects=False))
    assert answer.status_code in {303, 400, 404}
