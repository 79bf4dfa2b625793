"""Weeks asked for together with bills: the bills dated in them, and the names that nothing else asks for stay out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from qbsync.domain.asked import keys_asked_for
from qbsync.domain.decide import Action
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import SyncKind
from tests.domain.samples import WEEK, book

FIRST = WEEK - timedelta(days=6)
BILLS, HOURS, VENDORS = SyncKind.BILL, SyncKind.TIME_ENTRY, SyncKind.VENDOR


def change(kind: SyncKind, core_id: str, day: date | None = None, *requires: str) -> Change:
    return Change(
        seq=1,
        kind=kind,
        core_id=core_id,
        title=core_id,
        action=Action.CREATE,
        reason="",
        ledger_kind=LedgerKind.BILL,
        scope_date=day,
        requires=requires,
    )


COMPARED = (
    change(SyncKind.CUSTOMER, "C1"),
    change(SyncKind.PROJECT, "P1", None, "customer:C1"),
    change(VENDORS, "V1"),
    change(VENDORS, "V2"),
    change(BILLS, "before", FIRST - timedelta(days=1), "vendor:V2"),
    change(BILLS, "first day", FIRST, "vendor:V1", "project:P1"),
    change(BILLS, "last day", WEEK, "vendor:V1"),
    change(BILLS, "after", WEEK + timedelta(days=1), "vendor:V2"),
    change(HOURS, "hours", WEEK),
)
IN_IT = {"bill:first day", "bill:last day", "vendor:V1", "project:P1", "customer:C1"}
ASKED: list[tuple[dict[str, Any], set[str] | None]] = [
    ({"kinds": {BILLS, HOURS}, "weeks": {WEEK}}, {*IN_IT, "time_entry:hours"}),
    ({"kinds": {BILLS, VENDORS}, "weeks": {WEEK}}, {*IN_IT, "vendor:V2"}),
    ({"kinds": {BILLS}, "weeks": {WEEK + timedelta(days=7)}}, {"bill:after", "vendor:V2"}),
    ({"kinds": {BILLS}}, None),
    ({"kinds": {HOURS}, "weeks": {WEEK}}, {"time_entry:hours"}),  # weeks that overlap it were compared as well
    ({"weeks": {WEEK}}, {*IN_IT, "vendor:V2", "time_entry:hours"}),  # no kind means all of them
    ({"kinds": {BILLS}, "weeks": {WEEK}, "records": {"bill:after"}}, {"bill:after"}),  # tried again, whatever its date
]


@pytest.mark.parametrize(("scope", "keys"), ASKED)
def test_of_bills_those_dated_in_the_weeks_are_asked_for(scope: dict[str, set[Any]], keys: set[str] | None):
    asked = Scope(**{name: frozenset(given) for name, given in scope.items()})  # type: ignore[arg-type]
    assert keys_asked_for(asked, COMPARED, book(), ()) == keys
