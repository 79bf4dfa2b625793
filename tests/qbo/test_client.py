"""A batch is done only for the items that QuickBooks confirms; everything else says what it is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.errors import (
    BadInput,
    ConnectionExpired,
    DuplicateName,
    OutcomeUnknown,
    StaleObject,
    Throttled,
    Unavailable,
)
from qbsync.domain.ledger import (
    BillDocument,
    CustomerCard,
    ExpenseLine,
    LedgerKind,
    Operation,
    Posted,
    Reference,
    TimeEntry,
    WriteItem,
)
from qbsync.qbo.client import QboLedger
from qbsync.qbo.wire_json import dumps, loads
from tests.qbo.support import NOW, Reply, harness, serving

HOURS = TimeEntry(
    worker_kind=LedgerKind.EMPLOYEE,
    worker=Reference(id="55"),
    txn_date=date(2026, 11, 20),
    minutes=450,
    customer=Reference(id="8"),
    item=Reference(id="2"),
)
BILL = BillDocument(
    vendor=Reference(id="46"),
    number="A-1",
    txn_date=date(2026, 11, 2),
    due_date=None,
    memo="",
    lines=(ExpenseLine(amount=Decimal("10"), account=Reference(id="64")),),
)
OLD_BILL = Posted(kind=LedgerKind.BILL, id="25", sync_token="2", content=BILL)


def create(bid, content, kind):
    return WriteItem(bid=bid, kind=kind, operation=Operation.CREATE, content=content)


ITEMS = [
    create("0", HOURS, LedgerKind.TIME_ACTIVITY),
    create("1", BILL, LedgerKind.BILL),
    WriteItem(bid="2", kind=LedgerKind.BILL, operation=Operation.DELETE, posted=OLD_BILL),
]
DONE = {
    "0": {
        "TimeActivity": {
            "Id": "901",
            "SyncToken": "0",
            "NameOf": "Employee",
            "EmployeeRef": {"value": "55", "name": "Emily Platt"},
            "TxnDate": "2026-11-20",
            "Hours": 7,
            "Minutes": 30,
            "CustomerRef": {"value": "8"},
            "ItemRef": {"value": "2"},
        }
    },
    "1": {
        "Bill": {
            "Id": "902",
            "SyncToken": "0",
            "VendorRef": {"value": "46"},
            "DocNumber": "A-1",
            "TxnDate": "2026-11-02",
            "DueDate": "2026-11-02",
            "TotalAmt": Decimal("10.00"),
            "Balance": Decimal("10.00"),
            "Line": [
                {
                    "Id": "1",
                    "Amount": Decimal("10.0"),
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "64"}},
                }
            ],
        }
    },
    "2": {"Bill": {"Id": "25", "status": "Deleted", "domain": "QBO"}},
}


def answering(replies, **headers):
    """A batch answer with these replies by bid."""
    members = [{"bId": bid, **reply} for bid, reply in replies.items()]
    return Reply(body=dumps({"BatchItemResponse": members, "time": "t"}), headers={"intuit_tid": "tid-1"})


def send(replies):
    """Send the three items and get these replies; returns the results by bid, and the harness."""
    with serving(answering(replies)) as server:
        talk = harness(server.base)
        ledger = QboLedger(talk.transport)
        results = ledger.send("request-1", ledger.render(ITEMS))
    return {result.bid: result for result in results}, talk


def fault(code):
    return {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": code}], "type": "ValidationFault"}}


def test_every_item_gets_its_own_result_whatever_the_order_of_the_answer():
    results, _ = send(dict(reversed(DONE.items())))
    assert list(results) == ["0", "1", "2"]
    assert results["0"].posted.content == HOURS
    assert results["1"].posted.total == Decimal("10.00")
    assert results["2"].deleted_id == "25"
    assert {result.trace for result in results.values()} == {"tid-1"}
    assert [result.error for result in results.values()] == [None] * 3


@pytest.mark.promise(13)
@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (fault("6240"), DuplicateName),
        (fault("5010"), StaleObject),
        (fault("3001"), Throttled),
        (fault("003001"), Throttled),
        (fault("10000"), OutcomeUnknown),  # it broke, before or after it did it
        (fault("130"), Unavailable),
        (fault("140"), Unavailable),
        (fault("150"), Unavailable),
        (fault("3200"), Unavailable),
        (fault("120"), ConnectionExpired),
        (fault("3100"), ConnectionExpired),
        ({}, OutcomeUnknown),
        ({"Bill": {}}, OutcomeUnknown),
        ({"Bill": {"SyncToken": "0"}}, OutcomeUnknown),
        ({"Invoice": {"Id": "902"}}, OutcomeUnknown),
        ({"Bill": None}, OutcomeUnknown),
    ],
)
def test_an_item_that_was_not_confirmed_carries_its_error_and_spares_the_others(reply, meaning):
    results, talk = send({**DONE, "1": reply})
    assert type(results["1"].error) is meaning
    assert results["1"].posted is None
    assert results["0"].posted.id == "901"
    assert results["2"].deleted_id == "25"
    assert bool(talk.throttle.paused) is (meaning is Throttled)


def test_a_throttled_item_pauses_the_company():
    results, talk = send({**DONE, "1": fault("3001")})
    assert talk.throttle.paused == [results["1"].error.resume_at] == [NOW + timedelta(seconds=60)]


def test_a_delete_counts_only_when_it_says_deleted():
    results, _ = send({**DONE, "2": {"Bill": {"Id": "25", "SyncToken": "3"}}})
    assert isinstance(results["2"].error, OutcomeUnknown)
    assert results["2"].deleted_id == ""


@pytest.mark.promise(13)
@pytest.mark.parametrize(
    "replies",
    [{}, {"0": DONE["0"]}, {**DONE, "3": DONE["0"]}, {"7": DONE["0"], "8": DONE["1"], "9": DONE["2"]}],
)
def test_an_answer_about_other_items_is_no_answer(replies):
    with pytest.raises(OutcomeUnknown):
        send(replies)


def test_an_answer_without_items_is_no_answer():
    with serving(Reply(body='{"time":"t"}')) as server:
        ledger = QboLedger(harness(server.base).transport)
        body = ledger.render(ITEMS)
        with pytest.raises(OutcomeUnknown):
            ledger.send("request-1", body)


def test_the_same_items_render_to_the_same_text():
    ledger = QboLedger(harness("http://127.0.0.1:9").transport)
    assert ledger.render(ITEMS) == ledger.render(list(ITEMS))
    first = loads(ledger.render(ITEMS))["BatchItemRequest"][0]
    assert (first["bId"], first["operation"]) == ("0", "create")
    assert first["TimeActivity"]["BillableStatus"] == "NotBillable"


@pytest.mark.parametrize(
    "items",
    [
        [],
        [ITEMS[0], ITEMS[0]],
        [create(str(number), HOURS, LedgerKind.TIME_ACTIVITY) for number in range(31)],
        [create("12345678901", HOURS, LedgerKind.TIME_ACTIVITY)],
        [create("", HOURS, LedgerKind.TIME_ACTIVITY)],
    ],
    ids=["none", "same bid twice", "31", "long bid", "no bid"],
)
def test_a_batch_that_quickbooks_would_not_take_is_a_mistake_of_ours(items):
    with pytest.raises(ValueError, match="has 1 to"):
        QboLedger(harness("http://127.0.0.1:9").transport).render(items)


@pytest.mark.parametrize("request_id", ["", "x" * 37])
def test_a_request_id_that_quickbooks_would_not_take_is_a_mistake_of_ours(request_id):
    ledger = QboLedger(harness("http://127.0.0.1:9").transport)
    with pytest.raises(ValueError, match="36"):
        ledger.send(request_id, ledger.render(ITEMS))


def test_what_is_no_list_is_not_listed():
    with pytest.raises(BadInput, match="not a list"):
        QboLedger(harness("http://127.0.0.1:9").transport).entries(LedgerKind.BILL)


@pytest.mark.promise(15)
def test_a_name_is_looked_for_with_its_deleted_form_too():
    found = [{"Id": "8", "DisplayName": "O'Brien (deleted)", "Active": False}]
    count = Reply(body='{"QueryResponse":{"totalCount":1}}')
    page = Reply(body=dumps({"QueryResponse": {"Customer": found}}))
    with serving(count, page) as server:
        posted = QboLedger(harness(server.base).transport).by_names(LedgerKind.CUSTOMER, ["O'Brien"])
        statement = server.asked[1].body
    assert "DisplayName IN ('O\\'Brien','O\\'Brien (deleted)') AND Active IN (true,false)" in statement
    assert [(one.active, one.content) for one in posted] == [(False, CustomerCard(display_name="O'Brien (deleted)"))]


def test_a_company_answer_without_the_company_is_no_answer():
    with serving(Reply(body='{"time":"t"}')) as server, pytest.raises(Unavailable, match="CompanyInfo"):
        QboLedger(harness(server.base).transport).company()


def test_no_repr_shows_a_token():
    ledger = QboLedger(harness("http://127.0.0.1:9").transport)
    assert "token" not in repr(ledger)


# records sent singly


SINGLY = [
    # bid  where it goes                     what QuickBooks answers
    ("0", "timeactivity?requestid=attempt-0", DONE["0"]),
    ("1", "bill?requestid=attempt-1", DONE["1"]),
    ("2", "bill?operation=delete&requestid=attempt-2", DONE["2"]),
]


@pytest.mark.parametrize(("bid", "address", "answer"), SINGLY)
def test_a_single_record_leaves_as_it_stands_in_the_body(bid, address, answer):
    with serving(Reply(body=dumps(answer))) as server:
        talk = harness(server.base)
        ledger = QboLedger(talk.transport)
        body = ledger.render(ITEMS)
        result = ledger.send_one(f"attempt-{bid}", body, bid)
    [asked] = server.asked
    assert asked.path == f"/v3/company/{talk.transport.realm_id}/{address}&minorversion=75"
    assert f":{asked.body}" in body  # the very same bytes
    assert talk.throttle.reserved == ["write"]
    assert (result.bid, result.error) == (bid, None)
    assert result.deleted_id or result.posted


@pytest.mark.parametrize("answer", [{}, {"TimeActivity": {}}, {"Bill": {"Id": "1"}}], ids=str)
def test_an_answer_that_says_nothing_of_a_single_record_leaves_it_unknown(answer):
    with serving(Reply(body=dumps(answer))) as server:
        ledger = QboLedger(harness(server.base).transport)
        with pytest.raises(OutcomeUnknown, match="neither confirmed nor refused"):
            ledger.send_one("attempt-0", ledger.render(ITEMS), "0")


def test_a_single_request_id_has_at_most_fifty_characters():
    ledger = QboLedger(harness("http://127.0.0.1:9").transport)
    with pytest.raises(ValueError, match="50"):
        ledger.send_one("r" * 51, ledger.render(ITEMS), "0")
