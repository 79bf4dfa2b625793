"""Sync Now for some projects: all is compared, and what belongs to them is kept, with what it cannot go without."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind
from qbsync.domain.plan import Plan
from qbsync.domain.records import Project, VendorBillLine
from qbsync.domain.run import RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import Desk, actions, create, open_desk, the_change

P1_HOURS = "time_entry:2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
P2_HOURS = "time_entry:2026-11-22|E1|P2|03-300|Day|2026-11-17|regular"
LOOSE = vendor_bill(
    core_id="VB-2",
    number="INV-8",
    total=Decimal(9),
    lines=(VendorBillLine(description="Stamps", amount=Decimal(9), cost_code="03-310"),),
)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A day of work on each of two projects, a bill of the first, and a bill of none."""
    desk = open_desk(
        sqlite,
        Project(core_id="P2", name="Pier 9", customer="C1"),
        payroll_row("8 0 0 0 0 0 0"),
        payroll_row("0 7 0 0 0 0 0", project="P2"),
        vendor_bill("100.00"),
        LOOSE,
    )
    desk.map(create(MapKind.PROJECT, "P2", LedgerKind.CUSTOMER))
    return desk


def of(desk: Desk, *projects: str, **scope: Any) -> Plan:
    return desk.preview(projects=frozenset(projects), **scope)


KEPT = [
    # projects      more of the scope                             keys
    (["P1"], {}, {"customer:C1", "project:P1", "vendor:V1", "employee:E1", "bill:VB-1", P1_HOURS}),
    (["P2"], {}, {"customer:C1", "project:P2", "employee:E1", P2_HOURS}),
    (["P2"], {"kinds": frozenset({SyncKind.TIME_ENTRY})}, {"customer:C1", "project:P2", P2_HOURS}),
    (["P1"], {"kinds": frozenset({SyncKind.VENDOR})}, {"vendor:V1"}),
    (["P9"], {}, set()),
]


@pytest.mark.parametrize(("projects", "scope", "keys"), KEPT)
def test_what_belongs_to_the_projects_is_kept_with_the_names_that_it_needs(
    desk: Desk, projects: list[str], scope: dict[str, Any], keys: set[str]
):
    assert set(actions(of(desk, *projects, **scope))) == keys


def test_the_preview_of_a_project_can_be_sent_by_itself(desk: Desk):
    plan = of(desk, "P2")
    assert desk.plans.get(plan.id).scope == plan.scope
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
    assert actions(of(desk, "P2"))[P2_HOURS] == "skip"
    assert actions(desk.preview())[P1_HOURS] == "create"


def test_hours_that_moved_to_a_project_bring_what_they_moved_from(desk: Desk):
    assert desk.sync().status is RunStatus.DONE
    desk.load(payroll_row("0 0 0 0 0 0 0"), payroll_row("8 7 0 0 0 0 0", project="P2"))
    plan = of(desk, "P2")
    moved = {change.key: change.action.value for change in plan.changes if change.together}
    assert moved == {P1_HOURS: "delete", P2_HOURS.replace("11-17", "11-16"): "create"}


def test_a_bill_that_moved_away_is_seen_from_either_project(desk: Desk):
    assert desk.sync().status is RunStatus.DONE
    bill = vendor_bill("100.00")
    desk.load(replace(bill, lines=tuple(replace(line, project="P2") for line in bill.lines)))
    for project in ("P1", "P2"):
        assert the_change(of(desk, project), "VB-1").action.value == "update"
