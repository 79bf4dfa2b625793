"""What only a running QuickBooks can show: tokens that end, faults on the wire, fields that are not ours."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import requests

from qbsync.domain.errors import (
    ConnectionExpired,
    ConsentRefused,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unavailable,
)
from qbsync.domain.ledger import (
    BillDocument,
    ExpenseLine,
    LedgerKind,
    Operation,
    TimeEntry,
    WriteItem,
)
from qbsync.qbo.auth import OAuthClient
from qbsync.qbo.client import QboLedger
from qbsync.qbo.consent import consent_locally
from tests.contract.worlds import REALM, REDIRECT_URI, now

DAY = date(2026, 11, 18)
OTHER_REALM = "9130357766900200"


@pytest.fixture
def armed(local):
    """A function that arms a fault; whatever is left of it is cleared afterwards."""
    yield lambda kind, **given: local.control("faults", kind=kind, **given)
    requests.delete(f"{local.base}/_sandbox/faults", timeout=10)
    local.transport._throttle.paused.clear()


def hours_of(world, bid="0", **changes):
    entry = TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=world.employee,
        txn_date=DAY,
        minutes=60,
        customer=world.customer,
        item=world.item,
        description=world.fresh("Local"),
    )
    content = replace(entry, **changes)
    return WriteItem(bid=bid, kind=LedgerKind.TIME_ACTIVITY, operation=Operation.CREATE, content=content)


def send(ledger, *items, request_id=None):
    return ledger.send(request_id or str(uuid.uuid4()), ledger.render(items))


def bill_in(world):
    content = BillDocument(
        vendor=world.vendor,
        number=world.fresh("L"),
        txn_date=DAY,
        due_date=DAY,
        memo="",
        lines=(
            ExpenseLine(amount=Decimal("100"), account=world.account, customer=world.customer),
            ExpenseLine(amount=Decimal("50"), item=world.item, description="Hours of a sub"),
        ),
    )
    write = WriteItem(bid="0", kind=LedgerKind.BILL, operation=Operation.CREATE, content=content)
    [result] = send(world.ledger, write)
    return result.posted


# --- fields that are not ours


@pytest.mark.promise(8)
def test_what_people_added_to_a_bill_survives_our_update(local, local_world):
    posted = bill_in(local_world)
    local.control(f"{REALM}/edit", entity="Bill", id=posted.id, changes={"SalesTermRef": {"value": "1"}})
    fresh = local_world.ledger.by_ids(LedgerKind.BILL, [posted.id])[posted.id]
    assert "SalesTermRef" in fresh.raw
    wanted = replace(fresh.content, memo="ours")
    update = WriteItem(bid="0", kind=LedgerKind.BILL, operation=Operation.UPDATE, content=wanted, posted=fresh)
    [result] = send(local_world.ledger, update)
    assert result.error is None
    after = result.posted.raw
    ours = {"PrivateNote", "SyncToken", "MetaData"}
    assert {key for key in fresh.raw.keys() | after.keys() if fresh.raw.get(key) != after.get(key)} <= ours


@pytest.mark.promise(8)
def test_lines_keep_their_ids_through_an_update(local_world):
    posted = bill_in(local_world)
    ids = [line["Id"] for line in posted.raw["Line"]]
    first, second = posted.content.lines
    wanted = replace(posted.content, lines=(replace(first, amount=Decimal("120")), second))
    update = WriteItem(bid="0", kind=LedgerKind.BILL, operation=Operation.UPDATE, content=wanted, posted=posted)
    [result] = send(local_world.ledger, update)
    assert [line["Id"] for line in result.posted.raw["Line"]] == ids
    assert result.posted.total == Decimal("170.00")


@pytest.mark.parametrize("kind", [LedgerKind.BILL, LedgerKind.VENDOR, LedgerKind.CUSTOMER, LedgerKind.ACCOUNT])
def test_a_link_opens_the_record_in_the_local_quickbooks(local_world, kind):
    ids = {
        LedgerKind.VENDOR: local_world.vendor.id,
        LedgerKind.CUSTOMER: local_world.customer.id,
        LedgerKind.ACCOUNT: local_world.account.id,
    }
    record_id = ids.get(kind) or bill_in(local_world).id
    page = requests.get(local_world.ledger.web_link(kind, record_id), timeout=10)
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]


def test_hundreds_of_ids_are_read(local_world):
    items = [hours_of(local_world, bid=str(bid)) for bid in range(30)]
    ids = [result.posted.id for _ in range(5) for result in send(local_world.ledger, *items)]
    found = local_world.ledger.by_ids(LedgerKind.TIME_ACTIVITY, [*ids, "987654"])
    assert set(found) == set(ids)


# --- tokens


def test_an_expired_access_token_is_renewed_by_the_way(local, local_world):
    before = local.tokens.rejections
    local.control("expire-tokens", kind="access")
    assert local_world.ledger.company().realm_id == REALM
    [result] = send(local_world.ledger, hours_of(local_world))
    assert result.error is None
    assert local.tokens.rejections == before + 1


@pytest.fixture
def client(local):
    return OAuthClient(
        client_id="local-client",
        client_secret="local-secret",
        discovery_url=local.endpoints.discovery_url,
        clock=now,
    )


def code_for(client, company):
    return consent_locally(client.authorize_url("state-2", REDIRECT_URI), company)


@pytest.mark.parametrize("company", [OTHER_REALM, "Ridgeline Service Co"])
def test_consent_is_given_for_the_company_that_was_meant(client, company):
    _, state, realm_id = code_for(client, company)
    assert (state, realm_id) == ("state-2", OTHER_REALM)


def test_a_code_works_once(client):
    code, _, _ = code_for(client, OTHER_REALM)
    client.exchange(code, REDIRECT_URI)
    with pytest.raises(ConnectionExpired, match="used before"):
        client.exchange(code, REDIRECT_URI)


def test_a_consent_that_was_ended_cannot_be_renewed(client):
    code, _, _ = code_for(client, OTHER_REALM)
    tokens = client.exchange(code, REDIRECT_URI)
    client.revoke(tokens.refresh_token)
    with pytest.raises(ConnectionExpired, match="Press Connect"):
        client.refresh(tokens.refresh_token)


def test_a_foreign_redirect_is_refused(client):
    url = client.authorize_url("s", "http://127.0.0.1:1/elsewhere?x=1")
    with pytest.raises(ConsentRefused):
        consent_locally(url, None)


# --- faults on the wire


@pytest.mark.parametrize("kind", ["drop_after_write", "truncated", "malformed"])
def test_an_answer_lost_after_the_write_is_found_again_under_its_request_id(local_world, armed, kind):
    write, request_id = hours_of(local_world), str(uuid.uuid4())
    armed(kind, route="batch", count=1)
    with pytest.raises(OutcomeUnknown):
        send(local_world.ledger, write, request_id=request_id)
    [result] = send(local_world.ledger, write, request_id=request_id)
    found = local_world.ledger.time_entries(DAY, DAY)
    same = [posted.id for posted in found if posted.content.description == write.content.description]
    assert same == [result.posted.id]


@pytest.mark.promise(12)
def test_a_fault_of_the_gateway_leaves_a_write_unsettled_and_a_read_repeated(local_world, armed):
    armed("status", status=503, count=1)
    with pytest.raises(OutcomeUnknown):
        send(local_world.ledger, hours_of(local_world))
    armed("status", status=503, count=2)
    assert local_world.ledger.company().name
    armed("status", status=503, count=50)
    with pytest.raises(Unavailable):
        local_world.ledger.company()


def test_throttling_pauses_the_company(local, local_world, armed):
    armed("throttle", count=1)
    with pytest.raises(Throttled) as caught:
        local_world.ledger.company()
    assert local.transport._throttle.paused == [caught.value.resume_at]
    assert local_world.ledger.company().name


def test_a_rejected_token_is_renewed_once(local, local_world, armed):
    before = local.tokens.rejections
    armed("unauthorized", count=1)
    assert local_world.ledger.company().name
    assert local.tokens.rejections == before + 1


def test_an_unknown_property_is_refused_and_named(local):
    ledger = QboLedger(local.transport)
    body = '{"BatchItemRequest":[{"bId":"0","operation":"create","Vendor":{"DisplayName":"Q","Nonsense":1}}]}'
    [result] = ledger.send(str(uuid.uuid4()), body)
    assert isinstance(result.error, Refused)
    assert result.error.code == "2010"
