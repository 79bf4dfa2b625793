"""A record's story: a row of hours becomes several entries, and QuickBooks is asked for what it has on demand only."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.records import CoreKind
from qbsync.domain.run import OutcomeStatus
from qbsync.services.story import Telling
from qbsync.store.database import Database
from qbsync.store.history import History
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import Desk, open_desk

ROW = payroll_row("8 7 0 0 0 0 0")


@pytest.fixture
def desk(database: Database) -> Desk:
    """Two days of work and a bill."""
    return open_desk(database, ROW, vendor_bill("100.00"))


@pytest.fixture
def telling(desk: Desk) -> Telling:
    return Telling(links=desk.links, history=History(desk.database), ledger_of=lambda _: desk.ledger)


def test_before_the_first_run_there_is_nothing_to_tell(desk: Desk, telling: Telling):
    story = telling.story(desk.connection.id, CoreKind.VENDOR_BILL, "VB-1")
    assert (story.links, story.touched) == ((), ())


def test_a_bill_is_told_with_every_run_that_touched_it_newest_first(desk: Desk, telling: Telling):
    first = desk.sync()
    desk.load(vendor_bill("120.00"))
    second = desk.sync()
    story = telling.story(desk.connection.id, CoreKind.VENDOR_BILL, "VB-1")
    assert [one.core_id for one in story.links] == ["VB-1"]
    assert [(one.run_id, one.action.value) for one in story.touched] == [(second.id, "update"), (first.id, "create")]


def test_a_payroll_row_is_told_with_all_its_entries_and_no_other_rows(desk: Desk, telling: Telling):
    desk.load(payroll_row("1 0 0 0 0 0 0", cost_code="03-310"))
    desk.sync()
    story = telling.story(desk.connection.id, CoreKind.PAYROLL_ROW, ROW.core_id)
    assert len(story.links) == len(story.touched) == 2
    assert all(one.core_id.startswith(f"{ROW.core_id}|") for one in story.links)


def test_what_stands_there_now_is_seen_and_what_is_gone_is_missing(desk: Desk, telling: Telling):
    desk.sync()
    story = telling.story(desk.connection.id, CoreKind.VENDOR_BILL, "VB-1")
    (link,) = story.links
    now = telling.now(desk.connection.id, story)
    assert now[LedgerKind.BILL, link.ledger_id].home_total == Decimal("100.00")
    desk.ledger.delete(LedgerKind.BILL, link.ledger_id)
    assert telling.now(desk.connection.id, story) == {}


def test_a_cost_code_has_no_story(desk: Desk, telling: Telling):
    desk.sync()
    story = telling.story(desk.connection.id, CoreKind.COST_CODE, "03-300")
    assert (story.links, story.touched) == ((), ())


def test_a_record_that_was_refused_is_told_too(desk: Desk, telling: Telling):
    desk.sync("customer:C1", "project:P1", "vendor:V1", "employee:E1")
    run = desk.confirm(desk.preview())
    desk.runs.cancel(run.id, "somebody", desk.clock())
    desk.push(run)
    story = telling.story(desk.connection.id, CoreKind.VENDOR_BILL, "VB-1")
    assert story.links == ()
    assert [one.status for one in story.touched] == [OutcomeStatus.CANCELLED]
