"""Skip: a record that somebody leaves alone is set aside by every preview until it is taken up again."""

from __future__ import annotations

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.left_alone import REASON_MAX
from qbsync.domain.schedule import Policy
from qbsync.domain.wanted import SyncKind
from qbsync.services.leaving import Leaving
from qbsync.services.retry import Retrying
from qbsync.store.database import Database
from qbsync.store.history import History
from tests.domain.samples import payroll_row, vendor_bill
from tests.doubles.ledger import CLOSED
from tests.services.desk import WHO, Desk, actions, open_desk, the_change
from tests.services.test_scheduling import hourly

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
TUESDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-17|regular"
HOURS, MOVED = f"time_entry:{MONDAY}", f"time_entry:{TUESDAY}"
NAMES = ("customer:C1", "project:P1", "vendor:V1", "employee:E1")
SAID = f"Left alone by {WHO}: Paid by card."


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A day of work and a bill."""
    return open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))


def leaving(desk: Desk) -> Leaving:
    return Leaving(
        left=desk.left_alone, runs=desk.runs, history=History(desk.database), plans=desk.plans, clock=desk.clock
    )


def leave(desk: Desk, kind: SyncKind, core_id: str, reason: str = "Paid by card") -> None:
    leaving(desk).leave(desk.connection.id, kind, core_id, reason=reason, who=WHO)


def take_up(desk: Desk, kind: SyncKind, core_id: str) -> None:
    leaving(desk).take_up(desk.connection.id, kind, core_id, who=WHO)


def test_a_preview_shows_who_left_it_alone_and_why_and_never_ticks_it(desk: Desk):
    desk.sync(*NAMES)
    leave(desk, SyncKind.BILL, "VB-1")
    plan = desk.preview()
    change = the_change(plan, "VB-1")
    assert (change.action, change.reason, change.ticked_by_default) == (Action.SKIP, SAID, False)
    assert desk.plans.get(plan.id).changes == plan.changes
    with pytest.raises(BadInput, match="cannot be confirmed"):
        desk.confirm(plan, "bill:VB-1")


@pytest.mark.promise(1)
def test_what_is_skipped_after_a_preview_was_built_is_not_sent_from_it(desk: Desk):
    plan = desk.preview()
    leave(desk, SyncKind.BILL, "VB-1")
    run = desk.push(desk.confirm(plan))
    assert desk.statuses(run)["VB-1"] == "stale"
    assert desk.outcomes(run)["VB-1"].message.endswith(SAID)
    assert desk.statuses(run)[MONDAY] == "done"
    assert desk.held(LedgerKind.BILL) == []


def test_what_needs_a_record_that_was_skipped_after_the_preview_is_held_back_with_it(desk: Desk):
    plan = desk.preview()
    leave(desk, SyncKind.VENDOR, "V1")
    run = desk.push(desk.confirm(plan))
    assert (desk.statuses(run)["V1"], desk.statuses(run)["VB-1"]) == ("stale", "skipped")


def test_what_is_taken_up_again_is_offered_as_before(desk: Desk):
    desk.sync(*NAMES)
    leave(desk, SyncKind.BILL, "VB-1")
    take_up(desk, SyncKind.BILL, "VB-1")
    assert actions(desk.preview())["bill:VB-1"] == "create"


def test_a_failed_record_that_is_left_alone_is_no_longer_to_do(desk: Desk):
    desk.ledger.refuse(CLOSED, lambda asked: asked.kind is LedgerKind.BILL)
    run = desk.sync()
    assert leaving(desk).still_to_do(run.id) == 1
    leave(desk, SyncKind.BILL, "VB-1")
    assert leaving(desk).still_to_do(run.id) == 0
    retrying = Retrying(runs=desk.runs, plans=desk.plans, previewing=desk.previewing)
    with pytest.raises(BadInput, match="or is left alone"):
        retrying.scope(run.id)


def test_what_needs_a_record_that_is_not_there_is_blocked_and_says_so(desk: Desk):
    desk.preview()
    leave(desk, SyncKind.VENDOR, "V1")
    change = the_change(desk.preview(), "VB-1")
    assert change.action is Action.BLOCKED
    assert SAID in change.reason


def test_what_needs_a_record_that_is_there_goes_on(desk: Desk):
    desk.sync(*NAMES)
    leave(desk, SyncKind.VENDOR, "V1")
    found = actions(desk.preview())
    assert (found["vendor:V1"], found["bill:VB-1"]) == ("skip", "create")


def test_hours_that_moved_from_an_entry_that_is_left_alone_are_not_counted_twice(desk: Desk):
    desk.sync()
    leave(desk, SyncKind.TIME_ENTRY, MONDAY)
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    found = actions(desk.preview())
    assert (found[HOURS], found[MOVED]) == ("skip", "blocked")


def test_a_schedule_leaves_it_out(desk: Desk):
    desk.sync(*NAMES)
    leave(desk, SyncKind.BILL, "VB-1")
    automatic = hourly(desk, Policy.CREATE_AND_UPDATE)
    desk.clock.forward(hours=1)
    automatic.tick()
    run = desk.runs.open_run(desk.connection.id)
    assert run
    assert list(desk.outcomes(run)) == [MONDAY]


WRONG = [
    (SyncKind.BILL, "VB-1", "  ", "Say why"),
    (SyncKind.BILL, "VB-1", "x" * (REASON_MAX + 1), "it may have"),
    (SyncKind.BILL, "VB-99", "Paid", "has met vendor bill VB-99"),
]


@pytest.mark.parametrize(("kind", "core_id", "reason", "said"), WRONG)
def test_it_wants_a_reason_and_a_record_that_was_met(desk: Desk, kind: SyncKind, core_id: str, reason: str, said: str):
    desk.preview()
    with pytest.raises(BadInput, match=said):
        leave(desk, kind, core_id, reason)
    assert leaving(desk).all(desk.connection.id) == {}


def test_only_what_is_left_alone_can_be_taken_up(desk: Desk):
    with pytest.raises(BadInput, match="Vendor bill VB-1 is not left alone"):
        take_up(desk, SyncKind.BILL, "VB-1")
