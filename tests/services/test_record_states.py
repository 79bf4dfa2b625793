"""How the records of each kind stand, over a real store: mapped, sent, changed, taken away."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import Fault
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import CoreKind
from qbsync.services import record_states
from qbsync.services.record_states import Standings
from qbsync.store.database import Database
from qbsync.store.history import History
from tests.domain.samples import WEEK, payroll_row, vendor_bill
from tests.services.desk import Desk, open_desk, to

ROW = payroll_row("8 7 0 0 0 0 0")


@pytest.fixture
def desk(database: Database) -> Desk:
    """Two days of work and a bill."""
    return open_desk(database, ROW, vendor_bill("100.00"))


def states(desk: Desk, kind: CoreKind) -> dict[str, str]:
    """The states of a kind, by Core id."""
    standings = Standings(
        core=desk.core,
        connections=desk.connections,
        mappings=desk.mappings,
        links=desk.links,
        left_alone=desk.left_alone,
        history=History(desk.database),
    )
    return {core_id: stand.state.value for core_id, stand in standings.states(desk.connection.id, kind).of.items()}


def keep_lists(desk: Desk) -> Desk:
    """QuickBooks' lists are read, as when a company is connected or previewed."""
    desk.preview()
    return desk


KINDS: list[tuple[CoreKind, dict[str, str], dict[str, str]]] = [
    # kind                  before the first sync               after it
    (CoreKind.CUSTOMER, {"C1": "Ready"}, {"C1": "Synced"}),
    (CoreKind.PROJECT, {"P1": "Ready"}, {"P1": "Synced"}),
    (CoreKind.VENDOR, {"V1": "Ready"}, {"V1": "Synced"}),
    (CoreKind.EMPLOYEE, {"E1": "Linked", "E9": "Unmapped"}, {"E1": "Linked", "E9": "Unmapped"}),
    (CoreKind.COST_CODE, {"03-300": "Linked", "03-310": "Linked"}, {"03-300": "Linked", "03-310": "Linked"}),
    (CoreKind.PAYROLL_ROW, {ROW.core_id: "Ready"}, {ROW.core_id: "Synced"}),
    (CoreKind.VENDOR_BILL, {"VB-1": "Ready"}, {"VB-1": "Synced"}),
]


@pytest.mark.parametrize(("kind", "before", "after"), KINDS, ids=[row[0] for row in KINDS])
def test_every_kind_tells_how_its_records_stand(
    desk: Desk, kind: CoreKind, before: dict[str, str], after: dict[str, str]
):
    keep_lists(desk)
    assert states(desk, kind) == before
    desk.sync()
    assert states(desk, kind) == after


def test_a_mapped_project_is_linked_though_only_its_bills_were_ever_sent(desk: Desk):
    tower = desk.ledger.add_entry(LedgerKind.CUSTOMER, "Harborview Tower")
    desk.map(to(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER, tower.id))
    desk.sync("vendor:V1", "bill:VB-1")
    assert states(desk, CoreKind.PROJECT) == {"P1": "Linked"}
    assert states(desk, CoreKind.VENDOR_BILL) == {"VB-1": "Synced"}


def test_what_core_changed_since_is_told(desk: Desk):
    desk.sync()
    desk.load(vendor_bill("120.00"), payroll_row("8 0 0 0 0 0 0"))
    assert states(desk, CoreKind.VENDOR_BILL) == {"VB-1": "Changed since sync"}
    assert states(desk, CoreKind.PAYROLL_ROW) == {ROW.core_id: "Changed since sync"}  # a posted day is gone


def test_a_name_that_lost_its_mapping_stays_synced_and_what_was_never_sent_is_unmapped(desk: Desk):
    desk.sync("customer:C1")
    desk.map(without="C1")
    assert states(desk, CoreKind.CUSTOMER) == {"C1": "Synced"}
    desk.map(without="V1")
    assert states(desk, CoreKind.VENDOR) == {"V1": "Unmapped"}
    assert states(desk, CoreKind.VENDOR_BILL) == {"VB-1": "Blocked"}


def test_what_failed_is_told_until_a_later_run_does_it(desk: Desk):
    plan = desk.preview()
    desk.ledger.refuse(Fault(code="6000"), lambda asked: asked.kind is LedgerKind.BILL)
    desk.push(desk.confirm(plan))
    assert states(desk, CoreKind.VENDOR_BILL) == {"VB-1": "Failed"}
    desk.ledger.refuse_nothing()
    desk.sync()
    assert states(desk, CoreKind.VENDOR_BILL) == {"VB-1": "Synced"}


def test_only_the_newest_weeks_are_worked_out_where_there_are_very_many(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    older = payroll_row("8 0 0 0 0 0 0", week_ending=WEEK.replace(day=15))
    desk.load(older)
    keep_lists(desk)
    assert set(states(desk, CoreKind.PAYROLL_ROW)) == {ROW.core_id, older.core_id}
    monkeypatch.setattr(record_states, "ROWS_MAX", 1)
    assert set(states(desk, CoreKind.PAYROLL_ROW)) == {ROW.core_id}
