"""Both sides' totals after a run: equal, or every difference has its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import BillDocument, Content, ExpenseLine, LedgerKind, Reference, TimeEntry
from qbsync.domain.plan import Change
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.tieout import Carried, TieOut, tie_out
from qbsync.domain.wanted import SyncKind

DAY = date(2026, 11, 20)
NOTHING: Carried = (0, Decimal(0))


def hours(minutes: int) -> TimeEntry:
    return TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=Reference(id="55"),
        txn_date=DAY,
        minutes=minutes,
        customer=None,
        item=None,
    )


def bill(amount: str) -> BillDocument:
    line = ExpenseLine(amount=Decimal(amount), account=Reference(id="7"))
    return BillDocument(vendor=Reference(id="30"), number="A-1", txn_date=DAY, due_date=None, memo="", lines=(line,))


def change(seq: int, content: Content, action: Action = Action.CREATE, **given: Any) -> Change:
    is_time = isinstance(content, TimeEntry)
    values: dict[str, Any] = {
        "kind": SyncKind.TIME_ENTRY if is_time else SyncKind.BILL,
        "ledger_kind": LedgerKind.TIME_ACTIVITY if is_time else LedgerKind.BILL,
        "minutes": content.minutes if isinstance(content, TimeEntry) else 0,
        "amount": content.total if isinstance(content, BillDocument) else Decimal(0),
        "content": content,
        "core_content": content,
        **given,
    }
    return Change(seq=seq, core_id=f"R{seq}", title=f"Row {seq}", action=action, reason="", **values)


def outcome(
    of: Change, status: OutcomeStatus = OutcomeStatus.DONE, message: str = "", posted: Carried = NOTHING
) -> Outcome:
    return Outcome(
        seq=of.seq,
        kind=of.kind,
        core_id=of.core_id,
        title=of.title,
        action=of.action,
        status=status,
        message=message,
        posted_minutes=posted[0],
        posted_amount=posted[1],
    )


def done(of: Change, minutes: int = 0, amount: str = "0") -> Outcome:
    """It was done, and QuickBooks then held this."""
    return outcome(of, posted=(minutes, Decimal(amount)))


def tied(changes: list[Change], outcomes: list[Outcome]) -> TieOut:
    return tie_out(changes, {one.seq: one for one in outcomes})


def test_what_is_left_alone_says_by_whom():
    left = change(1, bill("100.00"), Action.SKIP, left_alone=True)
    left = replace(left, reason="Left alone by clerk: Paid by card.")
    (difference,) = tie_out([left], {}).differences
    assert (difference.reason, difference.amount) == (left.reason, Decimal("100.00"))


def test_what_was_sent_whole_ties_out_without_a_word():
    entry, invoice = change(1, hours(480)), change(2, bill("120.50"))
    tie = tied([entry, invoice], [done(entry, 480), done(invoice, amount="120.50")])
    assert (tie.core_minutes, tie.posted_minutes) == (480, 480)
    assert (tie.core_amount, tie.posted_amount) == (Decimal("120.50"), Decimal("120.50"))
    assert tie.differences == ()
    assert tie.ties


UNMAPPED = Issue(record="R1", field="cost_code", problem="Cost code 99 is not mapped.", remedy="Map it.")
KEPT_OUT = [
    # action          outcome                                             reason
    (Action.BLOCKED, None, "Cost code 99 is not mapped."),
    (Action.CREATE, None, "Not ticked: create."),
    (Action.CREATE, (OutcomeStatus.FAILED, "The books are closed."), "The books are closed."),
    (Action.CREATE, (OutcomeStatus.CANCELLED, ""), "It is cancelled."),
]


@pytest.mark.parametrize(("action", "ended", "reason"), KEPT_OUT, ids=[row[2] for row in KEPT_OUT])
def test_what_was_not_sent_is_a_difference_with_its_reason(
    action: Action, ended: tuple[OutcomeStatus, str] | None, reason: str
):
    entry = change(1, hours(480), action, issues=(UNMAPPED,) if action is Action.BLOCKED else ())
    tie = tied([entry], [outcome(entry, *ended)] if ended else [])
    assert tie.ties
    assert [(one.reason, one.records, one.minutes) for one in tie.differences] == [(reason, 1, 480)]


def test_one_reason_is_said_once_with_all_that_it_keeps_out():
    entries = [change(seq, hours(60), Action.BLOCKED, issues=(UNMAPPED,)) for seq in (1, 2, 3)]
    (found,) = tied(entries, []).differences
    assert (found.records, found.minutes) == (3, 180)


def test_a_total_that_quickbooks_answers_differently_does_not_tie_out():
    invoice = change(1, bill("100.00"))
    tie = tied([invoice], [done(invoice, amount="108.25")])
    assert not tie.ties
    assert tie.unexplained_amount == Decimal("-8.25")


def test_a_credit_counts_against_the_bills():
    credit = change(1, bill("40.00"), amount=Decimal("-40.00"), ledger_kind=LedgerKind.VENDOR_CREDIT)
    tie = tied([credit], [done(credit, amount="-40.00")])
    assert (tie.core_amount, tie.posted_amount, tie.ties) == (Decimal("-40.00"), Decimal("-40.00"), True)


def test_what_is_gone_in_core_and_left_in_quickbooks_is_there_too_much():
    gone = replace(
        change(1, hours(480), Action.DELETE, ledger_id="7", posted=hours(480)), content=None, core_content=None
    )
    tie = tied([gone], [])
    (found,) = tie.differences
    assert (tie.core_minutes, tie.posted_minutes, found.minutes) == (0, 480, -480)
    assert found.reason == "Not ticked: delete."


def test_hours_kept_as_quickbooks_has_them_are_explained():
    entry = change(1, hours(480), Action.PULL)
    tie = tied([entry], [done(entry, 75)])
    (found,) = tie.differences
    assert (found.minutes, found.reason) == (405, "QuickBooks' values are kept, as was chosen.")
    assert tie.ties


def test_names_carry_neither_hours_nor_money():
    customer = replace(change(1, hours(0)), kind=SyncKind.CUSTOMER, ledger_kind=LedgerKind.CUSTOMER)
    assert tied([customer], []).differences == ()


def test_what_was_left_unchanged_counts_as_quickbooks_has_it():
    same = change(1, bill("100.00"), Action.SKIP, ledger_id="7", posted=bill("100.00"), posted_total=Decimal("108.25"))
    (found,) = tied([same], []).differences
    assert found.amount == Decimal("-8.25")  # a tax that somebody added there
