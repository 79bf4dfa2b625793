"""A preview as tables and totals: which rows share a tab, which stay ticked, and what they come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.decide import RUNNABLE, Action
from qbsync.domain.fields import FieldChange
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.plan import Change
from qbsync.domain.wanted import SyncKind
from qbsync.ui.sync import frames


def change(seq: int, action: Action = Action.CREATE, title: str = "", **given: Any) -> Change:
    values: dict[str, Any] = {"kind": SyncKind.TIME_ENTRY, "core_id": f"T-{seq}", "reason": "New in Core.", **given}
    return Change(seq=seq, action=action, title=title or f"Row {seq}", ledger_kind=LedgerKind.TIME_ACTIVITY, **values)


def test_every_action_has_exactly_one_tab():
    shown = [action for group in frames.GROUPS for action in group.actions]
    assert sorted(shown) == sorted(Action)


def test_only_tabs_of_what_can_run_have_ticks():
    for group in frames.GROUPS:
        assert group.ticks is (group.actions <= RUNNABLE), group.name


TICKS = [
    # ticked before   rows on screen   ticked on screen    ticked afterwards
    ({1, 2, 3}, [1, 2, 3], [0, 1, 2], {1, 2, 3}),
    ({1, 2, 3}, [1, 2, 3], [], set()),
    ({1, 2, 3}, [2], [], {1, 3}),
    ({1, 3}, [2], [0], {1, 2, 3}),
    ({1, 3}, [], [], {1, 3}),
    ({1, 3}, [2], [0, 7], {1, 2, 3}),
    (set(), [5, 4], [1], {4}),
]


@pytest.mark.parametrize(("before", "shown", "rows", "afterwards"), TICKS)
def test_a_row_that_a_filter_hides_keeps_its_tick(
    before: set[int], shown: list[int], rows: list[int], afterwards: set[int]
):
    assert frames.merged_ticks(before, shown, rows) == afterwards


def test_deletions_conflicts_and_blocked_rows_are_never_ticked_for_you():
    changes = [change(seq, action) for seq, action in enumerate(Action)]
    ticked = frames.default_ticks(changes)
    assert {one.action for one in changes if one.seq in ticked} == {
        Action.CREATE,
        Action.UPDATE,
        Action.LINK,
        Action.PULL,
    }


def test_the_totals_are_those_of_the_ticked_rows_that_can_run():
    changes = [
        change(1, minutes=90),
        change(2, minutes=60),
        change(3, Action.UPDATE, kind=SyncKind.BILL, amount=Decimal("1840.25")),
        change(4, Action.BLOCKED, minutes=600),
        change(5, Action.CREATE, kind=SyncKind.BILL, amount=Decimal("-40.25")),
    ]
    total = frames.moving(changes, {1, 3, 4, 5})
    assert (total.records, total.minutes, total.amount) == (3, 90, Decimal("1800.00"))
    assert frames.moved_text(total) == "1.50 h and $1,800.00"
    assert [(group.name, count) for group, count in frames.action_counts(total)] == [("create", 2), ("update", 1)]
    assert frames.moved_text(frames.moving(changes, set())) == "no hours or money"


def test_the_consequences_say_what_cannot_be_undone():
    changes = [change(1), change(2, Action.DELETE), change(3, Action.DELETE), change(4, Action.PULL)]
    said = frames.consequences(frames.moving(changes, {1, 2, 3, 4}))
    assert said == [
        "1 record is made in QuickBooks.",
        "1 record is settled as QuickBooks has it; nothing is written for these.",
        "2 records are **deleted** in QuickBooks, which cannot be undone there.",
    ]


FILTERS = [
    # kinds                   text            rows left
    ((), "", [1, 2, 3]),
    ((SyncKind.BILL,), "", [3]),
    ((), "sam", [1]),
    ((), "  SAM ", [1]),
    ((), "t-2", [2]),
    ((), "not mapped", [3]),
    ((SyncKind.BILL,), "sam", []),
]


@pytest.mark.parametrize(("kinds", "text", "left"), FILTERS)
def test_a_search_looks_at_title_core_id_and_reason(kinds: tuple[SyncKind, ...], text: str, left: list[int]):
    changes = [
        change(1, title="Sam Rivera · 8 h"),
        change(2, title="Ada Stone · 8 h"),
        change(3, Action.BLOCKED, kind=SyncKind.BILL, reason="Vendor V-9 is not mapped."),
    ]
    assert [one.seq for one in frames.narrowed(changes, kinds, text)] == left


def test_a_record_shows_its_hours_or_its_money():
    rows = frames.records([change(1, minutes=450), change(2, kind=SyncKind.BILL, amount=Decimal("-12.5")), change(3)])
    assert list(rows["Carries"]) == ["7.50 h", "-$12.50", ""]
    assert list(rows["Type"]) == [["Time entry"], ["Vendor bill"], ["Time entry"]]


def test_field_changes_show_both_values_of_each_field():
    fields = (
        FieldChange(field="Hours", before="8 h", after="7 h"),
        FieldChange(field="Item", before="", after="Labor"),
    )
    frame = frames.field_changes([change(1, Action.UPDATE, "Sam", fields=fields), change(2)])
    assert frame[["Record", "Field", "In QuickBooks now", "After the sync"]].values.tolist() == [
        ["Sam", "Hours", "8 h", "7 h"],
        ["Sam", "Item", "", "Labor"],
    ]


def test_an_empty_preview_is_an_empty_table_with_its_headings():
    assert list(frames.records([]).columns)[:3] == ["seq", "Type", "Record"]
    assert frames.field_changes([]).empty
    assert frames.kinds_in([]) == []
