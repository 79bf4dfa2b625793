"""Links: one for each Core record, renewed as a whole by a run, and only in its payments by a pull."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbsync.domain.decide import Action, Agreed, Choice
from qbsync.domain.ledger import Company, LedgerKind
from qbsync.domain.link import Link, PaymentState, PaymentStatus
from qbsync.domain.plan import Change
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.links import Links
from tests.store.stored import NOW, WHO, bill, change, connected, later, link, vendor


def bill_link(**given: object) -> Link:
    """A bill of 100.00 in QuickBooks."""
    return link(
        7,
        **{
            "kind": SyncKind.BILL,
            "core_id": "VB-7",
            "ledger_kind": LedgerKind.BILL,
            "agreed": Agreed(core=bill(), posted=bill()),
            "total": Decimal("100.00"),
            "balance": Decimal("100.00"),
            "scope_date": date(2026, 11, 3),
            "run_id": "run-1",
            **given,
        },
    )


def test_a_link_comes_back_exactly_as_it_was_saved(database: Database):
    connection = connected(database)
    links = [link(1), bill_link(paid_on=date(2026, 11, 20), generation=2), link(2, agreed=None, link_only=True)]
    Links(database).save(connection.id, links, NOW)
    assert Links(database).all(connection.id) == links


def test_saving_a_link_again_renews_it(database: Database):
    connection, store = connected(database), Links(database)
    store.save(connection.id, [link(1), link(2)], NOW)
    newer = link(1, ledger_id="999", sync_token="4", agreed=Agreed(core=vendor("New"), posted=vendor("Newer")))
    store.save(connection.id, [newer], later(1))
    assert store.all(connection.id) == [newer, link(2)]


@pytest.mark.promise(5)
def test_each_company_has_links_of_its_own(database: Database):
    first = connected(database)
    second = connected(database, Company(realm_id="2", name="Bayline"))
    store = Links(database)
    store.save(first.id, [link(1)], NOW)
    store.save(second.id, [link(1, ledger_id="555")], NOW)
    assert [one.ledger_id for one in store.all(first.id)] == ["101"]
    assert [one.ledger_id for one in store.all(second.id)] == ["555"]


def test_references_resolve_to_names_that_we_made_or_matched(database: Database):
    connection, store = connected(database), Links(database)
    store.save(
        connection.id,
        [
            link(1),
            link(2, link_only=True, agreed=None),  # the mapping itself says which it is
            link(3, dropped=True),  # its deletion was accepted
            bill_link(),  # no name
            link(4, kind=SyncKind.EMPLOYEE, core_id="E4", ledger_kind=LedgerKind.VENDOR),
        ],
        NOW,
    )
    assert store.targets(connection.id) == {
        "vendor:V1": (LedgerKind.VENDOR, "101"),
        "employee:E4": (LedgerKind.VENDOR, "104"),
    }


PAYMENTS = [
    # balance       paid on             state
    ("100.00", None, PaymentState.UNPAID),
    ("40.00", date(2026, 11, 20), PaymentState.PARTLY_PAID),
    ("0.00", date(2026, 11, 21), PaymentState.PAID),
]


@pytest.mark.parametrize(("balance", "paid_on", "state"), PAYMENTS, ids=[row[2].value for row in PAYMENTS])
def test_a_pull_notes_how_far_a_bill_is_paid(
    database: Database, balance: str, paid_on: date | None, state: PaymentState
):
    connection, store = connected(database), Links(database)
    store.save(connection.id, [bill_link(), link(1)], NOW)
    status = PaymentStatus(core_id="VB-7", total=Decimal("100.00"), balance=Decimal(balance), paid_on=paid_on)
    store.save_payments(connection.id, [(bill_link(), status)], later(1))
    paid, other = store.all(connection.id)
    assert (paid.payment_state, str(paid.balance), paid.paid_on) == (state, balance, paid_on)
    assert other == link(1)


def test_a_pull_touches_nothing_that_a_run_renewed_meanwhile(database: Database):
    connection, store = connected(database), Links(database)
    store.save(connection.id, [bill_link()], NOW)
    renewed = bill_link(ledger_id="888", sync_token="3", run_id="run-2", agreed=Agreed(core=bill("90"), posted=bill()))
    store.save(connection.id, [renewed], later(1))
    status = PaymentStatus(core_id="VB-7", total=Decimal("100.00"), balance=Decimal("30.00"), paid_on=None)
    store.save_payments(connection.id, [(bill_link(), status)], later(2))
    assert store.all(connection.id) == [renewed]


def test_a_payment_of_a_bill_that_is_not_linked_makes_no_link(database: Database):
    connection, store = connected(database), Links(database)
    status = PaymentStatus(core_id="VB-9", total=Decimal(1), balance=Decimal(0), paid_on=None)
    store.save_payments(connection.id, [(bill_link(core_id="VB-9"), status)], NOW)
    assert store.all(connection.id) == []


def conflict(seq: int) -> Change:
    return change(seq, Action.CONFLICT, decision_key=f"key-{seq}")


def test_the_last_choice_for_a_conflict_counts(database: Database):
    connection, store = connected(database), Links(database)
    for choice in (Choice.KEEP_CORE, Choice.KEEP_CORE, Choice.LEAVE):
        store.choose(connection.id, [conflict(1), conflict(2)], choice, who=WHO, at=NOW)
    store.choose(connection.id, [conflict(3)], Choice.CREATE_ANOTHER, who=WHO, at=NOW)
    assert store.choices(connection.id) == {
        "key-1": Choice.LEAVE,
        "key-2": Choice.LEAVE,
        "key-3": Choice.CREATE_ANOTHER,
    }
    assert store.choices(connection.id + 1) == {}


def test_the_links_of_some_records_are_found_however_many_are_asked_for(database: Database):
    connection, store = connected(database), Links(database)
    store.save(connection.id, [bill_link(core_id=f"VB-{number}", ledger_id=str(number)) for number in range(3)], NOW)
    found = store.of_records(connection.id, SyncKind.BILL, {f"VB-{number}" for number in range(1, 1200)})
    assert sorted(one.core_id for one in found) == ["VB-1", "VB-2"]
    assert store.of_records(connection.id, SyncKind.VENDOR, {"VB-1"}) == []
    assert store.of_records(connection.id + 1, SyncKind.BILL, {"VB-1"}) == []


def test_of_some_records_those_are_told_that_were_posted_and_not_taken_out(database: Database):
    connection, store = connected(database), Links(database)
    store.save(connection.id, [bill_link(), bill_link(core_id="VB-8", dropped=True), link(1, core_id="VB-9")], NOW)
    asked = [f"VB-{number}" for number in range(1200)]
    assert store.posted(connection.id, SyncKind.BILL, asked) == {"VB-7"}
    assert store.posted(connection.id, SyncKind.BILL, []) == set()
