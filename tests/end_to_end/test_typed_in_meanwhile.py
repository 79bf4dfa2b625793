"""Somebody types a record into QuickBooks between the preview and the run: it is not posted a second time."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from qbsync.bootstrap import App
from qbsync.domain.decide import Action
from qbsync.domain.ledger import BillDocument, Content, Operation, WriteItem
from qbsync.domain.plan import Change, Scope
from qbsync.domain.references import filled, still_new
from qbsync.domain.wanted import SyncKind
from tests.company import Company

BILLS = Scope(kinds=frozenset({SyncKind.BILL}))


def type_in(app: App, change: Change) -> str:
    """A colleague enters the bill by hand, so without our mark; returns its id."""
    ledger = app.ledger_of(app.connection().id)
    content = by_hand(filled(change.content, app.links.targets(app.connection().id)) if change.content else None)
    item = WriteItem(bid="0", kind=change.ledger_kind, operation=Operation.CREATE, content=content)
    (result,) = ledger.send(str(uuid.uuid4()), ledger.render([item]))
    assert result.posted is not None, result.error
    return result.posted.id


def by_hand(content: Content | None) -> BillDocument:
    assert isinstance(content, BillDocument)
    return replace(content, memo="")


@pytest.fixture
def names_only(company: Company) -> Company:
    """All customers, projects and vendors are in QuickBooks, and no bill."""
    app = company.app()
    plan, run_id = company.confirmed_run(Scope(kinds=frozenset(SyncKind) - {SyncKind.BILL, SyncKind.TIME_ENTRY}))
    app.running.push(run_id)
    assert app.runs.get(run_id).status.value == "done", plan.id
    return company


@pytest.mark.promise(16)
def test_a_bill_that_a_colleague_typed_in_is_not_doubled(names_only: Company):
    company = names_only
    app = company.app()
    plan, run_id = company.confirmed_run(BILLS)
    creates = [
        change
        for change in plan.changes
        if change.action is Action.CREATE
        and change.kind is SyncKind.BILL
        and change.content is not None
        and not still_new(change.content)
    ]
    assert len(creates) > 1
    theirs = type_in(app, creates[0])
    asked_before = len(company.books.requests())

    app.running.push(run_id)

    outcomes = {outcome.core_id: outcome for outcome in app.runs.outcomes(run_id)}
    stale = outcomes.pop(creates[0].core_id)
    assert (stale.status.value, stale.ledger_id) == ("stale", theirs)
    assert "entered in QuickBooks meanwhile" in stale.message
    assert {outcome.status.value for outcome in outcomes.values()} == {"done"}
    content = by_hand(creates[0].content)
    same_number = company.books.read_all(creates[0].ledger_kind.value, f"WHERE DocNumber = '{content.number}'")
    assert [bill["Id"] for bill in same_number] == [theirs]
    questions = [row for row in company.books.requests()[asked_before:] if "query" in str(row)]
    assert questions  # it looked …
    again = app.previewing.build(app.connection().id, BILLS, who="controller@ridgeline.example")
    found = next(change for change in again.changes if change.core_id == creates[0].core_id)
    assert found.action in (Action.LINK, Action.CONFLICT)
    assert found.ledger_id == theirs
