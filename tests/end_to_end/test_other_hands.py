"""What other people do in QuickBooks comes back: payments, edits, deletions; nothing of theirs is overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from qbsync.bootstrap import App
from qbsync.domain.decide import Action, Choice
from qbsync.domain.link import Link, PaymentState
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company, copied
from tests.local_books import REALM

WEEK = date(2026, 10, 3)
SCOPE = Scope(kinds=frozenset({SyncKind.TIME_ENTRY, SyncKind.BILL}), weeks=frozenset({WEEK}))


@pytest.fixture
def synced(ready_template: Path, tmp_path: Path) -> Iterator[Company]:
    """A company with one week of hours and all bills in QuickBooks."""
    with copied(ready_template, tmp_path / "company") as company:
        _, run_id = company.confirmed_run(SCOPE)
        app = company.app()
        app.running.push(run_id)
        assert app.runs.get(run_id).status.value == "done"
        yield company


def preview(app: App) -> Plan:
    return app.previewing.build(app.connection().id, SCOPE, who=WHO)


def the_change(app: App, link: Link) -> Change:
    """What a preview says of one record."""
    return next(change for change in preview(app).changes if change.key == link.key)


def some_link(app: App, ledger_kind: str) -> Link:
    return next(link for link in app.links.all(app.connection().id) if link.ledger_kind.value == ledger_kind)


def run_only(app: App, link: Link) -> None:
    """Preview again, and carry out what it says of one record."""
    plan = preview(app)
    seqs = [change.seq for change in plan.changes if change.key == link.key]
    run = app.confirming.confirm(plan.id, plan.digest, seqs, who=WHO)
    app.running.push(run.id)
    assert [one.status.value for one in app.runs.outcomes(run.id)] == ["done"]


def test_a_payment_comes_back_with_its_date_and_what_is_still_owed(synced: Company):
    app = synced.app()
    bill = some_link(app, "Bill")
    assert bill.total is not None
    part = (bill.total / 4).quantize(Decimal("0.01"))
    synced.books.control(f"{REALM}/pay", bill_id=bill.ledger_id, amount=float(part), date="2026-11-20")

    done = synced.command("pull", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["report"]["payments_moved"] == [bill.title]
    paid = next(link for link in app.links.all(app.connection().id) if link.key == bill.key)
    assert (paid.payment_state, paid.balance) == (PaymentState.PARTLY_PAID, bill.total - part)
    assert paid.paid_on == date(2026, 11, 20)

    synced.books.control(f"{REALM}/pay", bill_id=bill.ledger_id, amount=float(bill.total - part), date="2026-11-21")
    app.pulling.pull(app.connection().id)
    paid = next(link for link in app.links.all(app.connection().id) if link.key == bill.key)
    assert (paid.payment_state, paid.paid_on) == (PaymentState.PAID, date(2026, 11, 21))
    assert the_change(app, bill).action is Action.SKIP  # a payment is no conflict


EDITED = [
    # choice                    hours in QuickBooks afterwards
    (Choice.KEEP_CORE, "core"),
    (Choice.KEEP_QUICKBOOKS, "theirs"),
    (Choice.LEAVE, "theirs"),
]


@pytest.mark.promise(9)
@pytest.mark.parametrize(("choice", "winner"), EDITED, ids=[str(row[0]) for row in EDITED])
def test_hours_edited_in_quickbooks_are_a_conflict_with_both_values(synced: Company, choice: Choice, winner: str):
    app = synced.app()
    entry = some_link(app, "TimeActivity")
    synced.books.control(f"{REALM}/edit", entity="TimeActivity", id=entry.ledger_id, changes={"Hours": 1, "Minutes": 5})
    report = app.pulling.pull(app.connection().id)
    assert report.edited == (entry.title,)

    plan = preview(app)
    change = next(change for change in plan.changes if change.key == entry.key)
    assert change.action is Action.CONFLICT
    assert [(one.field, one.before) for one in change.fields] == [("Hours", "1 h 5 min")]
    app.previewing.choose(plan.id, change.seq, choice, who=WHO)
    if choice is Choice.LEAVE:
        assert the_change(app, entry).action is Action.CONFLICT
    else:
        run_only(app, entry)
        assert the_change(app, entry).action is Action.SKIP
    held = app.ledger_of(app.connection().id).by_ids(entry.ledger_kind, [entry.ledger_id])[entry.ledger_id]
    agreed = entry.agreed
    assert agreed is not None
    assert (held.content == agreed.posted) is (winner == "core")


DELETED = [
    # choice                    afterwards
    (Choice.KEEP_CORE, "made again under a new id"),
    (Choice.KEEP_QUICKBOOKS, "stays out"),
]


@pytest.mark.promise(10)
@pytest.mark.parametrize(("choice", "afterwards"), DELETED, ids=[str(row[0]) for row in DELETED])
def test_a_bill_deleted_in_quickbooks_is_orphaned_and_never_made_again_by_itself(
    synced: Company, choice: Choice, afterwards: str
):
    app = synced.app()
    bill = some_link(app, "Bill")
    synced.books.control(f"{REALM}/delete", entity="Bill", id=bill.ledger_id)
    assert app.pulling.pull(app.connection().id).orphaned == (bill.title,)

    plan = preview(app)
    change = next(change for change in plan.changes if change.key == bill.key)
    assert (change.action, change.ticked_by_default) == (Action.CONFLICT, False)
    assert change.reason.startswith("Deleted in QuickBooks")
    app.previewing.choose(plan.id, change.seq, choice, who=WHO)
    run_only(app, bill)
    now = next(link for link in app.links.all(app.connection().id) if link.key == bill.key)
    if afterwards == "stays out":
        assert now.dropped
    else:
        assert now.ledger_id != bill.ledger_id
        assert now.generation == bill.generation + 1
    assert the_change(app, bill).action is Action.SKIP


@pytest.mark.promise(16)
def test_a_bill_that_was_deleted_and_typed_in_anew_is_not_made_a_second_time(synced: Company):
    app = synced.app()
    bill = some_link(app, "Bill")
    theirs = synced.books.read_all("Bill", f"WHERE Id = '{bill.ledger_id}'")[0]
    synced.books.control(f"{REALM}/delete", entity="Bill", id=bill.ledger_id)
    change = the_change(app, bill)
    app.previewing.choose(app.plans.latest(app.connection().id).id, change.seq, Choice.KEEP_CORE, who=WHO)  # type: ignore[union-attr]
    assert the_change(app, bill).action is Action.CREATE

    told = ("Amount", "DetailType", "Description", "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
    lines = [{key: line[key] for key in told if key in line} for line in theirs["Line"]]
    anew = synced.books.make(
        "Bill", VendorRef=theirs["VendorRef"], DocNumber=theirs["DocNumber"], TxnDate="2026-11-20", Line=lines
    )
    change = the_change(app, bill)
    assert (change.action, change.ledger_id) == (Action.CONFLICT, anew["Id"])
    assert change.reason.startswith("It was deleted in QuickBooks and entered there anew.")


@pytest.mark.promise(7)
def test_an_edit_between_preview_and_run_is_refused_as_stale(synced: Company):
    app = synced.app()
    entry = some_link(app, "TimeActivity")
    synced.books.control(f"{REALM}/edit", entity="TimeActivity", id=entry.ledger_id, changes={"Hours": 11})
    plan = preview(app)
    change = next(change for change in plan.changes if change.key == entry.key)
    app.previewing.choose(plan.id, change.seq, Choice.KEEP_CORE, who=WHO)
    plan = preview(app)
    run = app.confirming.confirm(
        plan.id, plan.digest, [one.seq for one in plan.changes if one.key == entry.key], who=WHO
    )
    synced.books.control(f"{REALM}/edit", entity="TimeActivity", id=entry.ledger_id, changes={"Hours": 12})
    app.running.push(run.id)
    (outcome,) = app.runs.outcomes(run.id)
    assert outcome.status.value == "stale"
    assert "edited in QuickBooks after the preview" in outcome.message


@pytest.mark.promise(1)
@pytest.mark.parametrize(("single_writes", "first"), [(0, ("paused", 1)), (4, ("done", 0))], ids=["batches", "both"])
def test_a_lost_answer_posts_nothing_twice(synced: Company, single_writes: int, first: tuple[str, int]):
    """The local QuickBooks carries out the write and drops the line (fault 2); both channels ask again in its place."""
    synced.single_writes = single_writes
    app = synced.app()
    before = len(synced.books.applied())
    synced.books.control("faults", kind="drop_after_write", route="batch", count=2)
    scope = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 10)}))
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    app.running.push(run.id)
    paused = app.runs.get(run.id)
    assert (paused.status.value, paused.failures) == first
    assert (paused.retry_at is not None) is (first[0] == "paused")
    for _ in range(3):
        app.running.push(run.id)
    assert app.runs.get(run.id).status.value == "done"
    written = [one for one in plan.changes if one.operation and one.ticked_by_default]
    assert len(synced.books.applied()) - before == len(written)
    assert len({one.ledger_id for one in app.runs.outcomes(run.id)}) == len(app.runs.outcomes(run.id))


@pytest.mark.promise(11)
def test_a_slow_down_pauses_the_company_until_the_time_that_quickbooks_said(synced: Company):
    app = synced.app()
    scope = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 10)}))
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    synced.books.control("faults", kind="throttle", route="batch", count=1)
    app.running.push(run.id)
    paused = app.runs.get(run.id)
    assert (paused.status.value, paused.failures) == ("paused", 0)
    assert "slow down" in paused.note
    assert paused.retry_at is not None
    assert [one.id for one in app.runs.due(paused.retry_at)] == [run.id]
    assert app.runs.due(paused.retry_at - timedelta(seconds=1)) == []
