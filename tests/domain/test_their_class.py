"""A class that people give to hours in QuickBooks is neither an edit nor overwritten, unless the mapping gives one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qbsync.domain.decide import Action, Agreed, State, decide
from qbsync.domain.ledger import LedgerKind, Posted, Reference, TimeEntry
from qbsync.domain.their_class import is_edited, with_their_class
from tests.domain.tables import cases

HOURS = TimeEntry(
    worker_kind=LedgerKind.EMPLOYEE,
    worker=Reference(id="55"),
    txn_date=date(2026, 11, 16),
    minutes=480,
    customer=None,
    item=None,
)


def classed(name: str, minutes: int = 480) -> TimeEntry:
    return replace(HOURS, minutes=minutes, class_ref=Reference(id=name) if name else None)


def held(name: str) -> Posted:
    return Posted(kind=LedgerKind.TIME_ACTIVITY, id="9", sync_token="1", content=classed(name))


LINKED = """
wanted   core   then   now   hours   action     class written
-        -      -      -     480     skip       -
-        -      -      X     480     skip       -
-        -      X      Y     480     skip       -
-        -      X      -     480     skip       -
-        -      -      X     450     update     X
-        A      A      A     480     skip       -
-        A      A      A     450     update     A
A        -      -      -     480     update     A
A        -      -      X     480     conflict   -
A        -      -      A     480     link       -
A        -      X      X     480     update     A
A        A      A      A     480     skip       -
A        A      A      X     480     conflict   -
B        A      A      A     480     update     B
"""


@pytest.mark.parametrize(("wanted", "core", "then", "now", "hours", "action", "written"), cases(LINKED))
def test_the_class_is_ours_only_where_the_mapping_gives_one(
    wanted: str, core: str, then: str, now: str, hours: str, action: str, written: str
):
    posted = held(now)
    content, agreed = with_their_class(
        classed(wanted, int(hours)), Agreed(core=classed(core), posted=classed(then)), posted
    )
    verdict = decide(State(wanted=content, linked=True, agreed=agreed, posted=posted))
    assert verdict is not None
    assert verdict.action is Action(action)
    if verdict.action is Action.UPDATE:
        assert isinstance(verdict.content, TimeEntry)
        assert verdict.content.class_ref == (Reference(id=written) if written else None)


def test_hours_that_somebody_typed_in_with_a_class_are_linked_as_they_are():
    posted = held("X")
    content, agreed = with_their_class(HOURS, None, posted)
    verdict = decide(State(wanted=content, agreed=agreed, match=posted))
    assert verdict is not None
    assert verdict.action is Action.LINK


def test_hours_that_are_gone_in_core_are_deleted_whatever_their_class():
    posted = held("X")
    content, agreed = with_their_class(None, Agreed(core=HOURS, posted=HOURS), posted)
    verdict = decide(State(wanted=content, linked=True, agreed=agreed, posted=posted))
    assert verdict is not None
    assert (content, verdict.action) == (None, Action.DELETE)


EDITS = [
    # core, then, now, minutes now, edited
    ("", "", "X", 480, False),
    ("", "", "X", 450, True),
    ("A", "A", "X", 480, True),
    ("A", "A", "A", 480, False),
]


@pytest.mark.parametrize(("core", "then", "now", "minutes", "edited"), EDITS)
def test_a_pull_tells_of_a_class_only_where_it_is_ours(core: str, then: str, now: str, minutes: int, edited: bool):
    posted = replace(held(now), content=classed(now, minutes))
    assert is_edited(Agreed(core=classed(core), posted=classed(then)), posted) is edited
