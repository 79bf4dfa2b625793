"""Somebody saves a record in QuickBooks between our look and our write: theirs stays, and ours follows where it can."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from qbsync.domain.ledger import BillDocument, LedgerKind, Posted
from qbsync.domain.run import Run, RunStatus
from qbsync.store.database import Database
from tests.domain.samples import vendor_bill
from tests.services.desk import Desk, open_desk


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with a bill in QuickBooks that Core has changed since."""
    desk = open_desk(sqlite, vendor_bill("100.00"))
    assert desk.sync().status is RunStatus.DONE
    desk.load(vendor_bill("150.00"))
    return desk


def bill(desk: Desk) -> Posted:
    (found,) = desk.held(LedgerKind.BILL)
    return found


def saved_by_somebody(desk: Desk, times: int, memo: str | None = None) -> None:
    """Right before each of the next writes leaves, somebody saves the bill, perhaps with another memo."""
    left = list(range(times))

    def save(point: str) -> None:
        if point == "before_push" and left:
            left.pop()
            now = bill(desk)
            assert isinstance(now.content, BillDocument)
            desk.ledger.edit(now.kind, now.id, replace(now.content, memo=now.content.memo if memo is None else memo))

    desk.at_point = save


def pushed_twice(desk: Desk) -> Run:
    run = desk.confirm(desk.preview())
    assert desk.push(run).is_open
    return desk.push(run)


def test_a_save_that_changed_nothing_of_ours_is_read_again_and_written_over(desk: Desk):
    saved_by_somebody(desk, 1)
    run = pushed_twice(desk)
    assert run.status is RunStatus.DONE
    assert bill(desk).total == Decimal("150.00")


def test_a_save_that_changed_something_makes_the_row_stale(desk: Desk):
    saved_by_somebody(desk, 1, memo="Looked at by Ann")
    run = pushed_twice(desk)
    assert desk.statuses(run) == {"VB-1": "stale"}
    assert "edited in QuickBooks" in desk.outcomes(run)["VB-1"].message
    assert (bill(desk).total, getattr(bill(desk).content, "memo", "")) == (Decimal("100.00"), "Looked at by Ann")


def test_who_is_overtaken_twice_leaves_it(desk: Desk):
    saved_by_somebody(desk, 2)
    run = pushed_twice(desk)
    assert desk.statuses(run) == {"VB-1": "stale"}
    assert desk.outcomes(run)["VB-1"].code == "5010"
    assert bill(desk).total == Decimal("100.00")
