"""A row that is ticked in vain is told with what it waits for, before anything is sent."""

from __future__ import annotations

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.plan import Change, numbered
from qbsync.domain.unticked import waiting
from qbsync.domain.wanted import SyncKind
from tests.domain.test_plan import change

C1, P1, E1 = "customer:C1", "project:P1", "employee:E1"


def named(kind: SyncKind, core_id: str, *requires: str, action: Action = Action.CREATE) -> Change:
    return change(kind=kind, core_id=core_id, title=core_id, action=action, requires=requires)


PLAN = numbered(
    [
        named(SyncKind.CUSTOMER, "C1"),
        named(SyncKind.PROJECT, "P1", C1),
        named(SyncKind.EMPLOYEE, "E1", action=Action.LINK),
        named(SyncKind.BILL, "B1", P1),
        named(SyncKind.BILL, "B2"),
        named(SyncKind.TIME_ENTRY, "T1", P1, E1),
        named(SyncKind.TIME_ENTRY, "T2", P1, "project:elsewhere"),
    ]
)
TICKED = [
    # not ticked       waits in vain              for
    ((), [], []),
    (("C1",), ["P1", "B1", "T1", "T2"], ["C1"]),  # what waits for one that waits waits for the same
    (("P1",), ["B1", "T1", "T2"], ["P1"]),
    (("E1",), ["T1"], ["E1"]),
    (("P1", "E1"), ["B1", "T1", "T2"], ["P1", "E1"]),
    (("C1", "P1"), ["B1", "T1", "T2"], ["P1"]),  # once that is ticked, it is told of what it needs itself
    (("C1", "P1", "B1", "T1", "T2"), [], []),
    (("B2",), [], []),
]


@pytest.mark.parametrize(("left_out", "rows", "needed"), TICKED)
def test_what_is_ticked_in_vain_names_what_it_waits_for(left_out: tuple[str, ...], rows: list[str], needed: list[str]):
    ticked = [one.seq for one in PLAN if one.core_id not in left_out]
    waits = waiting(PLAN, ticked)
    assert [one.core_id for one in waits.rows] == rows
    assert [one.core_id for one in waits.needed] == needed
