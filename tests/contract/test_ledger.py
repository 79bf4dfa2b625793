"""What every `Ledger` promises: the double in memory and the client on a running local QuickBooks alike."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.errors import BadInput, OutcomeUnknown, Refused
from qbsync.domain.ledger import (
    LIST_KINDS,
    BillDocument,
    CustomerCard,
    EmployeeCard,
    ExpenseLine,
    ItemCard,
    LedgerKind,
    Operation,
    Reference,
    TimeEntry,
    VendorCard,
    WriteItem,
)
from qbsync.domain.run import single_request_id
from qbsync.qbo.faults import REFUSAL_OF

DAY = date(2026, 11, 20)


# --- what the tests say


def write(world, *items):
    """Send these writes in one batch under a fresh request id."""
    return world.ledger.send(str(uuid.uuid4()), world.ledger.render(items))


def item(kind, operation, content=None, posted=None, bid="0"):
    return WriteItem(bid=bid, kind=kind, operation=operation, content=content, posted=posted)


def create(world, kind, content):
    """Create one record that must succeed."""
    [result] = write(world, item(kind, Operation.CREATE, content))
    assert result.error is None, result.error
    return result.posted


def refused(world, write_item):
    """The code with which a write is refused."""
    [result] = write(world, write_item)
    assert isinstance(result.error, Refused), result
    assert result.posted is None
    assert result.deleted_id == ""
    assert type(result.error) is REFUSAL_OF[result.error.code]
    return result.error.code


def hours(world, **changes):
    entry = TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=world.employee,
        txn_date=DAY,
        minutes=450,
        customer=world.customer,
        item=world.item,
        description=world.fresh("Framing"),
    )
    return replace(entry, **changes)


def bill(world, **changes):
    document = BillDocument(
        vendor=world.vendor,
        number=world.fresh("B"),
        txn_date=DAY,
        due_date=DAY + timedelta(days=30),
        memo="",
        lines=(ExpenseLine(amount=Decimal("250.00"), account=world.account, customer=world.customer),),
    )
    return replace(document, **changes)


def customer(world, **changes):
    return replace(CustomerCard(display_name=world.fresh("Customer")), **changes)


CONTENTS = {
    "customer": (
        LedgerKind.CUSTOMER,
        lambda world: customer(
            world,
            email="ap@example.com",
            phone="(415) 555-0100",
            line1="1 Main St",
            city="Larkspur",
            state="CA",
            postal_code="94939",
        ),
    ),
    "job": (LedgerKind.CUSTOMER, lambda world: customer(world, parent=world.customer)),
    "customer with odd letters": (
        LedgerKind.CUSTOMER,
        lambda world: customer(world, display_name=world.fresh("O'Brien \\ Söhne & 🏗️ שלום")),
    ),
    "vendor": (
        LedgerKind.VENDOR,
        lambda world: VendorCard(display_name=world.fresh("Vendor"), email="v@example.com", is_1099=True),
    ),
    "employee": (
        LedgerKind.EMPLOYEE,
        lambda world: EmployeeCard(display_name=world.fresh("Ada Stone"), given_name="Ada", family_name="Stone"),
    ),
    "service item": (
        LedgerKind.ITEM,
        lambda world: ItemCard(
            display_name=world.fresh("03-300 Concrete labor"),
            income_account=world.income_account,
            description="Concrete labor",
        ),
    ),
    "hours": (LedgerKind.TIME_ACTIVITY, hours),
    "billable hours": (
        LedgerKind.TIME_ACTIVITY,
        lambda world: hours(world, billable=True, hourly_rate=Decimal("87.50")),
    ),
    "hours of a vendor": (
        LedgerKind.TIME_ACTIVITY,
        lambda world: hours(world, worker_kind=LedgerKind.VENDOR, worker=world.vendor),
    ),
    "bill": (LedgerKind.BILL, lambda world: bill(world, memo="PO 77")),
    "bill with an item and an account": (
        LedgerKind.BILL,
        lambda world: bill(
            world,
            lines=(
                ExpenseLine(amount=Decimal("0.10"), account=world.account, description="Nails"),
                ExpenseLine(amount=Decimal("1234567.89"), item=world.item, customer=world.customer),
            ),
        ),
    ),
    "vendor credit": (LedgerKind.VENDOR_CREDIT, lambda world: bill(world, due_date=None)),
}
EVERY_CONTENT = pytest.mark.parametrize(("kind", "content_of"), CONTENTS.values(), ids=CONTENTS.keys())


# --- writing and reading back


@EVERY_CONTENT
def test_what_is_created_reads_back_as_it_was_meant(world, kind, content_of):
    content = content_of(world)
    posted = create(world, kind, content)
    assert posted.content == content
    assert world.ledger.by_ids(kind, [posted.id])[posted.id].content == content


@EVERY_CONTENT
def test_an_update_keeps_the_id_and_moves_the_version(world, kind, content_of):
    posted = create(world, kind, content_of(world))
    wanted = content_of(world)
    [result] = write(world, item(kind, Operation.UPDATE, wanted, posted))
    assert result.error is None
    assert result.posted.content == wanted
    assert result.posted.id == posted.id
    assert result.posted.sync_token != posted.sync_token


@pytest.mark.promise(7)
@EVERY_CONTENT
def test_a_stale_update_is_refused_and_changes_nothing(world, kind, content_of):
    stale = create(world, kind, content_of(world))
    [newer] = write(world, item(kind, Operation.UPDATE, content_of(world), stale))
    assert refused(world, item(kind, Operation.UPDATE, content_of(world), stale)) == "5010"
    assert world.ledger.by_ids(kind, [stale.id])[stale.id].content == newer.posted.content


@pytest.mark.parametrize("kind", [LedgerKind.TIME_ACTIVITY, LedgerKind.BILL, LedgerKind.VENDOR_CREDIT])
def test_a_deleted_record_is_gone(world, kind):
    content = hours(world) if kind is LedgerKind.TIME_ACTIVITY else bill(world)
    posted = create(world, kind, content)
    [result] = write(world, item(kind, Operation.DELETE, posted=posted))
    assert (result.deleted_id, result.posted, result.error) == (posted.id, None, None)
    assert world.ledger.by_ids(kind, [posted.id]) == {}
    assert refused(world, item(kind, Operation.DELETE, posted=posted)) == "610"


def test_a_deactivated_name_stays_listed_and_frees_its_name(world):
    card = customer(world)
    posted = create(world, LedgerKind.CUSTOMER, card)
    [result] = write(world, item(LedgerKind.CUSTOMER, Operation.DEACTIVATE, posted=posted))
    assert result.error is None
    assert not result.posted.active
    [entry] = [entry for entry in world.ledger.entries(LedgerKind.CUSTOMER) if entry.id == posted.id]
    assert (entry.name, entry.active) == (f"{card.display_name} (deleted)", False)
    assert world.ledger.by_ids(LedgerKind.CUSTOMER, [posted.id])[posted.id].active is False
    again = create(world, LedgerKind.CUSTOMER, card)
    found = world.ledger.by_names(LedgerKind.CUSTOMER, [card.display_name])
    assert {one.id: one.active for one in found} == {posted.id: False, again.id: True}


@pytest.mark.promise(13)
def test_one_bad_item_does_not_stop_the_others(world):
    results = write(
        world,
        item(LedgerKind.BILL, Operation.CREATE, bill(world), bid="a"),
        item(LedgerKind.BILL, Operation.CREATE, bill(world, vendor=Reference(id="987654")), bid="b"),
        item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, hours(world), bid="c"),
    )
    assert [result.bid for result in results] == ["a", "b", "c"]
    assert [result.error is None for result in results] == [True, False, True]


# --- what QuickBooks refuses


@pytest.mark.promise(15)
def test_one_name_serves_customers_vendors_and_employees(world):
    name = create(world, LedgerKind.CUSTOMER, customer(world)).content.display_name
    for kind, content in (
        (LedgerKind.CUSTOMER, CustomerCard(display_name=name)),
        (LedgerKind.VENDOR, VendorCard(display_name=name)),
        (LedgerKind.EMPLOYEE, EmployeeCard(display_name=name, given_name="A", family_name="B")),
    ):
        assert refused(world, item(kind, Operation.CREATE, content)) == "6240"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"billable": True, "hourly_rate": Decimal(80), "customer": None}, "6310"),
        ({"billable": True, "hourly_rate": None}, "6330"),
    ],
)
def test_billable_hours_need_a_customer_and_a_rate(world, changes, code):
    assert refused(world, item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, hours(world, **changes))) == code


def test_what_is_pointed_at_must_exist(world):
    missing = hours(world, customer=Reference(id="987654"))
    assert refused(world, item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, missing)) in ("2500", "610")


@pytest.mark.promise(14)
def test_what_is_pointed_at_must_be_active(world):
    job = create(world, LedgerKind.CUSTOMER, customer(world))
    world.others.deactivate(LedgerKind.CUSTOMER, job.id)
    entry = hours(world, customer=Reference(id=job.id))
    assert refused(world, item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)) in ("2500", "610")


@pytest.mark.promise(17)
def test_closed_books_take_no_bill(world):
    through = world.ledger.company().books_closed_through
    assert through is not None
    assert refused(world, item(LedgerKind.BILL, Operation.CREATE, bill(world, txn_date=through))) == "6210"


def test_a_bill_needs_lines(world):
    empty = item(LedgerKind.BILL, Operation.CREATE, bill(world, lines=()))
    assert refused(world, empty) in ("2020", "2250")


def test_a_record_still_to_be_made_is_not_sent(world):
    entry = hours(world, customer=Reference(id="new:P-100"))
    with pytest.raises(BadInput):
        world.ledger.render([item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)])


# --- lost answers and repeated requests


def test_the_same_items_render_to_the_same_text(world):
    items = [item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, hours(world))]
    assert world.ledger.render(items) == world.ledger.render(list(items))


def test_a_repeated_request_gives_the_same_answer_and_no_second_record(world):
    entry = hours(world)
    request_id = str(uuid.uuid4())
    body = world.ledger.render([item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)])
    [one], [two] = world.ledger.send(request_id, body), world.ledger.send(request_id, body)
    assert (one.posted, one.bid) == (two.posted, two.bid)
    assert with_description(world, entry.description) == [one.posted.id]


@pytest.mark.promise(1)
@pytest.mark.parametrize("after_write", [True, False])
def test_a_lost_answer_never_posts_twice(world, after_write):
    entry = hours(world)
    request_id = str(uuid.uuid4())
    body = world.ledger.render([item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)])
    world.others.lose_next_answer(after_write=after_write)
    with pytest.raises(OutcomeUnknown):
        world.ledger.send(request_id, body)
    assert len(with_description(world, entry.description)) == int(after_write)
    [result] = world.ledger.send(request_id, body)
    assert with_description(world, entry.description) == [result.posted.id]


# --- records sent singly


def single_id():
    return single_request_id(str(uuid.uuid4()), "29")


@EVERY_CONTENT
def test_a_record_sent_singly_is_what_it_would_be_in_a_batch(world, kind, content_of):
    content, wanted = content_of(world), content_of(world)
    made = world.ledger.send_one(single_id(), world.ledger.render([item(kind, Operation.CREATE, content)]), "0")
    assert (made.bid, made.error, made.posted.content) == ("0", None, content)
    body = world.ledger.render([item(kind, Operation.UPDATE, wanted, made.posted)])
    changed = world.ledger.send_one(single_id(), body, "0")
    assert (changed.posted.id, changed.posted.content) == (made.posted.id, wanted)


@pytest.mark.parametrize("kind", [LedgerKind.TIME_ACTIVITY, LedgerKind.BILL])
def test_a_record_is_deleted_singly(world, kind):
    posted = create(world, kind, hours(world) if kind is LedgerKind.TIME_ACTIVITY else bill(world))
    body = world.ledger.render([item(kind, Operation.DELETE, posted=posted)])
    assert world.ledger.send_one(single_id(), body, "0").deleted_id == posted.id
    assert world.ledger.by_ids(kind, [posted.id]) == {}


def test_of_a_body_only_the_named_record_leaves(world):
    entries = [hours(world) for _ in range(3)]
    items = [item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry, bid=str(at)) for at, entry in enumerate(entries)]
    body = world.ledger.render(items)
    assert world.ledger.bids(body) == ["0", "1", "2"]
    sent = world.ledger.send_one(single_id(), body, "1")
    assert sent.posted.content == entries[1]
    assert with_description(world, entries[0].description) == with_description(world, entries[2].description) == []


def test_a_record_refused_singly_says_why(world):
    entry = hours(world, billable=True, hourly_rate=None)
    body = world.ledger.render([item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)])
    with pytest.raises(Refused) as refusal:
        world.ledger.send_one(single_id(), body, "0")
    assert refusal.value.code == "6330"


@pytest.mark.promise(1)
@pytest.mark.parametrize("after_write", [True, False])
def test_a_lost_answer_to_a_single_record_never_posts_twice(world, after_write):
    entry, request_id = hours(world), single_id()
    body = world.ledger.render([item(LedgerKind.TIME_ACTIVITY, Operation.CREATE, entry)])
    world.others.lose_next_answer(after_write=after_write, single=True)
    with pytest.raises(OutcomeUnknown):
        world.ledger.send_one(request_id, body, "0")
    assert len(with_description(world, entry.description)) == int(after_write)
    result, again = (world.ledger.send_one(request_id, body, "0") for _ in range(2))
    assert result.posted == again.posted
    assert with_description(world, entry.description) == [result.posted.id]


def with_description(world, description):
    found = world.ledger.time_entries(DAY, DAY)
    return [posted.id for posted in found if posted.content.description == description]


# --- reading


@pytest.mark.promise(23)
def test_a_company_says_who_it_is(world):
    company = world.ledger.company()
    assert (company.realm_id, company.home_currency) == ("9130357766900100", "USD")
    assert company.name


@pytest.mark.parametrize("kind", LIST_KINDS)
def test_lists_hold_what_bills_and_hours_point_at(world, kind):
    wanted = {
        LedgerKind.ACCOUNT: world.account,
        LedgerKind.ITEM: world.item,
        LedgerKind.CUSTOMER: world.customer,
        LedgerKind.VENDOR: world.vendor,
        LedgerKind.EMPLOYEE: world.employee,
    }[kind]
    entries = {entry.id: entry for entry in world.ledger.entries(kind)}
    assert entries[wanted.id].active
    assert entries[wanted.id].name
    assert {entry.kind for entry in entries.values()} == {kind}


def test_bills_are_no_list(world):
    with pytest.raises(BadInput):
        world.ledger.entries(LedgerKind.BILL)


def test_an_item_is_listed_found_by_its_name_and_its_name_can_be_used_once(world):
    card = ItemCard(display_name=world.fresh("Crew labor"), income_account=world.income_account)
    posted = create(world, LedgerKind.ITEM, card)
    listed = {entry.id: entry for entry in world.ledger.entries(LedgerKind.ITEM)}[posted.id]
    assert (listed.name, listed.type, listed.active) == (card.display_name, "Service", True)
    assert [one.content for one in world.ledger.by_names(LedgerKind.ITEM, [card.display_name])] == [card]
    assert world.ledger.by_ids(LedgerKind.ITEM, [posted.id])[posted.id].content == card
    assert refused(world, item(LedgerKind.ITEM, Operation.CREATE, card)) == "6240"


@pytest.mark.promise(22)
def test_a_job_is_listed_below_its_customer(world):
    parent = create(world, LedgerKind.CUSTOMER, customer(world))
    card = customer(world, parent=Reference(id=parent.id))
    job = create(world, LedgerKind.CUSTOMER, card)
    [entry] = [entry for entry in world.ledger.entries(LedgerKind.CUSTOMER) if entry.id == job.id]
    assert (entry.is_job, entry.parent_id) == (True, parent.id)
    assert entry.full_name == f"{parent.content.display_name}:{card.display_name}"


@pytest.mark.promise(19)
def test_both_ends_of_a_window_are_inside(world):
    days = [DAY + timedelta(days=offset) for offset in range(-1, 4)]
    ids = [create(world, LedgerKind.TIME_ACTIVITY, hours(world, txn_date=day)).id for day in days]
    bills = [create(world, LedgerKind.BILL, bill(world, txn_date=day)).id for day in days]
    found = {posted.id for posted in world.ledger.time_entries(days[1], days[3])}
    assert found & set(ids) == set(ids[1:4])
    found = {posted.id for posted in world.ledger.bills(LedgerKind.BILL, days[1], days[3])}
    assert found & set(bills) == set(bills[1:4])


def test_bills_are_found_by_their_number_whatever_their_date(world):
    first = create(world, LedgerKind.BILL, bill(world))
    other = create(world, LedgerKind.BILL, bill(world, txn_date=DAY + timedelta(days=200)))
    create(world, LedgerKind.VENDOR_CREDIT, bill(world, number=other.content.number))
    numbers = [other.content.number, other.content.number, "no such number", "O'Brien\\4"]
    assert [posted.id for posted in world.ledger.bills_numbered(LedgerKind.BILL, numbers)] == [other.id]
    assert first.id != other.id
    assert world.ledger.bills_numbered(LedgerKind.BILL, []) == []


def test_bills_and_credits_are_kept_apart(world):
    credit = create(world, LedgerKind.VENDOR_CREDIT, bill(world, due_date=None))
    assert credit.id in {one.id for one in world.ledger.bills(LedgerKind.VENDOR_CREDIT, DAY, DAY)}
    numbers = {one.content.number for one in world.ledger.bills(LedgerKind.BILL, DAY, DAY)}
    assert credit.content.number not in numbers


def test_a_missing_id_is_left_out(world):
    posted = create(world, LedgerKind.BILL, bill(world))
    assert set(world.ledger.by_ids(LedgerKind.BILL, [posted.id, "987654"])) == {posted.id}
    assert world.ledger.by_ids(LedgerKind.BILL, []) == {}


@pytest.mark.promise(24)
@pytest.mark.parametrize("name", ["O'Brien", "A\\B", "Smith & Sons", "Crane 🏗️", "שלום", "100%", '"Q"'])
def test_a_name_is_found_however_odd_it_is(world, name):
    card = customer(world, display_name=world.fresh(name))
    posted = create(world, LedgerKind.CUSTOMER, card)
    assert [one.id for one in world.ledger.by_names(LedgerKind.CUSTOMER, [card.display_name])] == [posted.id]
    assert world.ledger.by_names(LedgerKind.VENDOR, [card.display_name]) == []


def test_several_names_are_found_at_once_whatever_their_capitals(world):
    cards = [customer(world) for _ in range(3)]
    ids = [create(world, LedgerKind.CUSTOMER, card).id for card in cards]
    names = [cards[0].display_name.upper(), cards[2].display_name, cards[2].display_name, "no such name"]
    assert {one.id for one in world.ledger.by_names(LedgerKind.CUSTOMER, names)} == {ids[0], ids[2]}
    assert world.ledger.by_names(LedgerKind.CUSTOMER, []) == []


def test_a_bill_without_a_due_date_gets_one(world):
    posted = create(world, LedgerKind.BILL, bill(world, due_date=None))
    assert posted.content.due_date >= DAY


# --- what other people do


@pytest.mark.promise(7)
def test_an_edit_by_somebody_else_is_seen_and_blocks_a_stale_write(world):
    before = create(world, LedgerKind.BILL, bill(world))
    world.others.edit_memo(before.id, "checked by Ann")
    after = world.ledger.by_ids(LedgerKind.BILL, [before.id])[before.id]
    assert after.content == replace(before.content, memo="checked by Ann")
    assert refused(world, item(LedgerKind.BILL, Operation.DELETE, posted=before)) == "5010"


def test_a_deletion_by_somebody_else_is_seen(world):
    posted = create(world, LedgerKind.TIME_ACTIVITY, hours(world))
    world.others.delete(LedgerKind.TIME_ACTIVITY, posted.id)
    assert world.ledger.by_ids(LedgerKind.TIME_ACTIVITY, [posted.id]) == {}
    assert refused(world, item(LedgerKind.TIME_ACTIVITY, Operation.UPDATE, hours(world), posted)) == "610"


def test_a_payment_shows_on_its_bill_and_protects_it(world):
    posted = create(world, LedgerKind.BILL, bill(world))
    assert (posted.total, posted.balance, posted.payment_ids) == (Decimal("250.00"), Decimal("250.00"), ())
    world.others.pay(posted.id, Decimal("100.00"))
    paid = world.ledger.by_ids(LedgerKind.BILL, [posted.id])[posted.id]
    assert (paid.total, paid.balance) == (Decimal("250.00"), Decimal("150.00"))
    [payment] = world.ledger.payments(paid.payment_ids)
    assert payment.amounts == {posted.id: Decimal("100.00")}
    assert refused(world, item(LedgerKind.BILL, Operation.DELETE, posted=paid))


def test_a_record_has_a_place_where_people_see_it(world):
    assert world.vendor.id in world.ledger.web_link(LedgerKind.VENDOR, world.vendor.id)
    assert world.ledger.web_link(LedgerKind.VENDOR, "") == ""
