"""To a project belong its hours and bills, itself, and the names that these use; what has none belongs to none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.asked import keys_asked_for
from qbsync.domain.book import CoreBook
from qbsync.domain.decide import Action, Agreed
from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, Reference
from qbsync.domain.link import Link
from qbsync.domain.of_projects import keys_of_projects
from qbsync.domain.plan import Change, Scope
from qbsync.domain.records import Project, VendorBill, VendorBillLine
from qbsync.domain.wanted import SyncKind
from tests.domain.samples import NAMES, WEEK, payroll_row, vendor_bill

WEEK_BEFORE = WEEK - timedelta(days=7)


def bill(core_id: str, *projects: str, vendor: str = "V1") -> VendorBill:
    """A bill with a line for each project; "" is a line without one."""
    lines = tuple(VendorBillLine(description="Load", amount=Decimal(10), project=project) for project in projects)
    return vendor_bill(core_id=core_id, vendor=vendor, lines=lines)


def posted(core_id: str, project: str) -> Link:
    """A bill of a project, as it was when both sides last agreed."""
    document = BillDocument(
        vendor=Reference(id="1"),
        number="INV",
        txn_date=WEEK,
        due_date=None,
        memo="",
        lines=(ExpenseLine(amount=Decimal(10), project=project),),
    )
    return Link(
        kind=SyncKind.BILL,
        core_id=core_id,
        title=core_id,
        ledger_kind=LedgerKind.BILL,
        ledger_id="9",
        agreed=Agreed(core=document, posted=document),
    )


def change(kind: SyncKind, core_id: str) -> Change:
    return Change(
        seq=0,
        kind=kind,
        core_id=core_id,
        title=core_id,
        action=Action.CREATE,
        reason="",
        ledger_kind=LedgerKind.TIME_ACTIVITY,
    )


def hours(project: str) -> Change:
    return change(SyncKind.TIME_ENTRY, f"2026-11-22|E1|{project}|03-300|Day|2026-11-16|regular")


P1_HOURS = f"time_entry:{hours('P1').core_id}"
BOOK = CoreBook.of(
    [
        *NAMES,
        Project(core_id="P2", name="Pier 9", customer="C2"),
        payroll_row(project="P1"),
        payroll_row(project="P2", employee="E9", cost_code="03-310", week_ending=WEEK_BEFORE),
        bill("OF-1", "P1"),
        bill("OF-BOTH", "P1", "P2", vendor="V2"),
        bill("OF-NONE", "", vendor="V3"),
        bill("MOVED", "P2", vendor="V4"),
    ]
)
LINKS = (posted("MOVED", "P1"), posted("GONE", "P1"))
CHANGES = (hours("P1"), hours("P2"), hours("GONE"))

P1 = {"project:P1", "customer:C1", "employee:E1", "item:03-300", P1_HOURS}
P1_BILLS = {"bill:OF-1", "bill:OF-BOTH", "bill:MOVED", "bill:GONE", "vendor:V1", "vendor:V2", "vendor:V4"}
P2 = {"project:P2", "customer:C2", "employee:E9", "item:03-310", f"time_entry:{hours('P2').core_id}"}
P2_BILLS = {"bill:OF-BOTH", "bill:MOVED", "vendor:V2", "vendor:V4"}

BELONG = [
    # projects         weeks             belongs to them
    ({"P1"}, set(), P1 | P1_BILLS),
    ({"P2"}, set(), P2 | P2_BILLS),
    ({"P1", "P2"}, set(), P1 | P1_BILLS | P2 | P2_BILLS),
    ({"P2"}, {WEEK}, P2 - {"employee:E9", "item:03-310"} | P2_BILLS),  # nobody worked there in that week
    ({"GONE"}, set(), {"project:GONE", f"time_entry:{hours('GONE').core_id}"}),
]


@pytest.mark.parametrize(
    ("projects", "weeks", "keys"), BELONG, ids=["one", "another", "both", "a week", "gone in Core"]
)
def test_what_belongs_to_projects(projects: set[str], weeks: set[Any], keys: set[str]):
    scope = Scope(projects=frozenset(projects), weeks=frozenset(weeks))
    assert keys_of_projects(scope, CHANGES, BOOK, LINKS) == keys


ASKED_FOR = [
    # asked for                                                               keys that are kept, None for all
    (Scope(), None),
    (Scope(kinds=frozenset({SyncKind.BILL})), None),
    (Scope(records=frozenset({"bill:OF-NONE"})), {"bill:OF-NONE"}),
    (Scope(projects=frozenset({"P9"})), {"project:P9"}),
    (Scope(projects=frozenset({"P1"}), records=frozenset({P1_HOURS, "bill:OF-NONE"})), {P1_HOURS}),
]


@pytest.mark.parametrize(("scope", "keys"), ASKED_FOR, ids=["all", "a kind", "records", "no such project", "both"])
def test_what_is_kept_of_all_that_was_compared(scope: Scope, keys: set[str] | None):
    assert keys_asked_for(scope, CHANGES, BOOK, ()) == keys


TOLD = [
    # projects                             told as
    ("", "everything"),
    ("P1", "everything of project P1"),
    ("P2 P1", "everything of projects P1, P2"),
    ("P1 P2 P3 P4 P5", "everything of 5 projects"),
]


@pytest.mark.parametrize(("projects", "text"), TOLD)
def test_a_scope_tells_its_projects(projects: str, text: str):
    scope = Scope(projects=frozenset(projects.split()))
    assert scope.text == text
    assert replace(scope, weeks=frozenset({WEEK})).text == f"{text}, week ending 22 Nov 2026"
