"""A line of a preview is stale when anything that it is made of is another in Core since."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.book import CoreBook, SourceHashes
from qbsync.domain.decide import Action
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.plan import Change
from qbsync.domain.records import CoreRecord, Employee, Project, Vendor
from qbsync.domain.stale import changed_in_core
from qbsync.domain.wanted import SyncKind
from tests.domain.samples import NAMES, payroll_row, vendor_bill

ROW, OTHERS = payroll_row("8 7 0 0 0 0 0"), payroll_row(employee="E9")
SEEN = (*NAMES, ROW, OTHERS, vendor_bill("100.00"))
MONDAY, TUESDAY, NINTHS, BILL, VENDOR = "Monday", "Tuesday", "the other's Monday", "the bill", "the vendor"
EVERY = {MONDAY, TUESDAY, NINTHS, BILL, VENDOR}


def line(title: str, kind: SyncKind, core_id: str, **given: Any) -> Change:
    """A line of a preview of what Core said then."""
    return Change(
        seq=0,
        kind=kind,
        core_id=core_id,
        title=title,
        action=Action.CREATE,
        reason="",
        ledger_kind=LedgerKind.BILL,
        source_hash=SourceHashes(CoreBook.of(SEEN)).of(kind, core_id),
        **given,
    )


PREVIEW = [
    line(MONDAY, SyncKind.TIME_ENTRY, f"{ROW.core_id}|2026-11-16|regular"),
    line(TUESDAY, SyncKind.TIME_ENTRY, f"{ROW.core_id}|2026-11-17|regular"),
    line(NINTHS, SyncKind.TIME_ENTRY, f"{OTHERS.core_id}|2026-11-16|regular"),
    line(BILL, SyncKind.BILL, "VB-1"),
    line(VENDOR, SyncKind.VENDOR, "V1"),
    line("a name that the mapping ties", SyncKind.EMPLOYEE, "E1", link_only=True),
]

SINCE: dict[str, tuple[tuple[CoreRecord, ...], set[str]]] = {
    # loaded since                           lines that are another
    "nothing": ((), set()),
    "the same once more": (SEEN, set()),
    "an hour of the week": ((payroll_row("8 7.5 0 0 0 0 0"),), {MONDAY, TUESDAY}),
    "another row of the week": ((payroll_row(cost_code="03-310"),), {MONDAY, TUESDAY}),
    "the bill": ((vendor_bill("101.00"),), {BILL}),
    "the vendor's address": ((Vendor(core_id="V1", name="Granite Ready Mix", city="Oakland"),), {VENDOR, BILL}),
    "a worker's rate": ((Employee(core_id="E1", name="Ada Stone", bill_rate=Decimal(99)),), {MONDAY, TUESDAY}),
    "the project's name": ((Project(core_id="P1", name="Tower", customer="C1"),), EVERY - {VENDOR}),
    "a bill of its own": ((vendor_bill("5.00", core_id="VB-2"),), set()),
}


@pytest.mark.parametrize(("loaded", "changed"), SINCE.values(), ids=SINCE)
def test_the_lines_that_core_changed(loaded: tuple[CoreRecord, ...], changed: set[str]):
    now = {(type(one), one.core_id): one for one in (*SEEN, *loaded)}
    stale = changed_in_core(PREVIEW, SourceHashes(CoreBook.of(now.values())))
    assert {one.title for one in stale} == changed


def test_what_is_gone_or_back_again_is_another_too():
    gone, back = SourceHashes(CoreBook.of(NAMES)), SourceHashes(CoreBook.of(SEEN))
    assert {one.title for one in changed_in_core(PREVIEW, gone)} == {MONDAY, TUESDAY, NINTHS, BILL}
    was_gone = replace(PREVIEW[3], source_hash="", action=Action.DELETE)
    assert changed_in_core([was_gone], gone) == []
    assert changed_in_core([was_gone], back) == [was_gone]
