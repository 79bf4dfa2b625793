"""A bill that is voided in Core and entered there again under another id is one invoice, and is owed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from qbsync.domain.decide import Action, Choice
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import BillDocument, LedgerKind
from qbsync.domain.records import Status
from qbsync.domain.run import RunStatus
from qbsync.domain.schedule import Policy
from qbsync.store.database import Database
from tests.domain.samples import vendor_bill
from tests.services.desk import WHO, Desk, actions, open_desk, the_change
from tests.services.test_scheduling import hourly

OLD, NEW = "bill:VB-1", "bill:VB-2"


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A bill in QuickBooks."""
    desk = open_desk(sqlite, vendor_bill("100.00"))
    assert desk.sync().status is RunStatus.DONE
    return desk


def enter_again(desk: Desk, number: str = "INV-7", amount: str = "120.00") -> None:
    desk.load(replace(vendor_bill("100.00"), status=Status.CANCELLED))
    desk.load(vendor_bill(amount, core_id="VB-2", number=number))


def owed(desk: Desk) -> list[tuple[str, Decimal]]:
    bills = [one.content for one in desk.held(LedgerKind.BILL)]
    return [(bill.number, bill.total) for bill in bills if isinstance(bill, BillDocument)]


@pytest.mark.promise(1)
def test_neither_half_is_ticked_by_itself_and_both_go_together(desk: Desk):
    enter_again(desk)
    plan = desk.preview()
    assert (actions(plan)[OLD], actions(plan)[NEW]) == ("delete", "create")
    assert not any(change.ticked_by_default for change in plan.changes if change.key in (OLD, NEW))
    assert "bill VB-2 has its number now" in the_change(plan, "VB-1").reason
    for half in (OLD, NEW):
        with pytest.raises(BadInput, match="go together"):
            desk.confirm(plan, half)
    assert desk.push(desk.confirm(plan, OLD, NEW)).status is RunStatus.DONE
    assert owed(desk) == [("INV-7", Decimal("120.00"))]
    assert set(actions(desk.preview()).values()) == {"skip"}


@pytest.mark.promise(1)
def test_the_new_one_is_not_made_where_the_old_one_stays(desk: Desk):
    enter_again(desk)
    run = desk.confirm(desk.preview(), OLD, NEW)
    edit(desk)
    desk.push(run)
    assert desk.statuses(run) == {"VB-1": "stale", "VB-2": "stale"}
    assert owed(desk) == [("INV-7", Decimal("100.00"))]


@pytest.mark.promise(1)
@pytest.mark.parametrize("policy", [Policy.CREATE_ONLY, Policy.CREATE_AND_UPDATE])
def test_a_schedule_leaves_both_to_people(desk: Desk, policy: Policy):
    enter_again(desk)
    automatic = hourly(desk, policy)
    desk.clock.forward(hours=1)
    automatic.tick()
    assert desk.runs.open_run(desk.connection.id) is None
    assert owed(desk) == [("INV-7", Decimal("100.00"))]


def pay(desk: Desk) -> None:
    (bill,) = desk.held(LedgerKind.BILL)
    desk.ledger.pay(bill.id, Decimal("100.00"))


def edit(desk: Desk) -> None:
    (bill,) = desk.held(LedgerKind.BILL)
    assert isinstance(bill.content, BillDocument)
    desk.ledger.edit(bill.kind, bill.id, replace(bill.content, memo="Asked about it"))


def keep(desk: Desk) -> None:
    edit(desk)
    enter_again(desk)
    plan = desk.preview()
    desk.previewing.choose(plan.id, the_change(plan, "VB-1").seq, Choice.KEEP_QUICKBOOKS, who=WHO)


STAYING = {"has a payment": pay, "was edited there": edit, "is kept in QuickBooks": keep}


@pytest.mark.promise(1)
@pytest.mark.parametrize("stays", STAYING.values(), ids=STAYING.keys())
def test_while_the_old_one_stays_the_new_one_is_blocked_and_says_why(desk: Desk, stays: Callable[[Desk], None]):
    stays(desk)
    enter_again(desk)
    change = the_change(desk.preview(), "VB-2")
    assert change.action is Action.BLOCKED
    assert change.reason.startswith("QuickBooks has this invoice as bill VB-1, which is gone in Core")


def test_another_invoice_goes_by_itself(desk: Desk):
    enter_again(desk, number="INV-8")
    change = the_change(desk.preview(), "VB-2")
    assert (change.action, change.together) == (Action.CREATE, "")
