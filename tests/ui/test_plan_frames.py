"""A preview as tables and totals: which rows share a tab, which stay ticked, and what they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.decide import RUNNABLE, Action
from qbsync.domain.errors import Issue
from qbsync.domain.fields import FieldChange
from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, Reference, TimeEntry
from qbsync.domain.place import Place
from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import SyncKind
from qbsync.ui.sync import figures, frames
from qbsync.ui.sync.stale import stale_text
from qbsync.ui.text import scope_text
from tests.ui.support import as_read


def change(seq: int, action: Action = Action.CREATE, title: str = "", **given: Any) -> Change:
    values: dict[str, Any] = {"kind": SyncKind.TIME_ENTRY, "core_id": f"T-{seq}", "reason": "New in Core.", **given}
    return Change(seq=seq, action=action, title=title or f"Row {seq}", ledger_kind=LedgerKind.TIME_ACTIVITY, **values)


def test_every_action_has_exactly_one_tab():
    shown = [action for group in frames.GROUPS for action in group.actions]
    assert sorted(shown) == sorted(Action)


def test_only_tabs_of_what_can_run_have_ticks():
    for group in frames.GROUPS:
        assert group.ticks is (bool(group.actions) and group.actions <= RUNNABLE), group.name


def issue(problem: str, screen: str = "", tab: str = "", row: str = "") -> Issue:
    return Issue.at(Place(screen, tab, row), record="", field="", problem=problem, remedy="Mend it.")


def test_causes_lead_to_where_they_are_mended_most_records_first():
    unmapped = issue("Project P1 is not mapped.", screen="mapping", tab="project", row="P1")
    week = issue("The week is a draft.", screen="core_data")
    drafts = [issue("The bill is a draft.", "core_data", "vendor_bill", f"VB-{number}") for number in range(3)]
    later = issue("It waits for another.", screen="sync")
    follows = replace(issue("Its customer is blocked."), follows=True)
    blocked = [
        change(1, Action.BLOCKED, issues=(unmapped, follows)),
        change(2, Action.BLOCKED, issues=(unmapped, week)),
        change(3, Action.BLOCKED, issues=(later,)),
        change(4, Action.BLOCKED, reason="Left alone."),
        *(change(5 + number, Action.BLOCKED, issues=(draft,)) for number, draft in enumerate(drafts)),
    ]
    waits = change(20, Action.BLOCKED, issues=(follows,), requires=(blocked[0].key,))
    waits_too = change(21, Action.BLOCKED, issues=(follows,), requires=(waits.key,))
    table = frames.causes([*blocked[1:], waits, waits_too], [*blocked, waits, waits_too])  # a filter hides the first
    assert table[["Records", "What is wrong", "place", "mend"]].to_numpy().tolist() == [
        [3, "Project P1 is not mapped.", "mapping/project/P1", ":material/arrow_forward: Fix"],
        [3, "The bill is a draft.", "core_data/vendor_bill", ":material/arrow_forward: See"],
        [1, "The week is a draft.", "core_data", ":material/arrow_forward: See"],
        [1, "It waits for another.", "sync", ""],
        [1, "Left alone.", "", ""],
    ]


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
    moves = figures.moving(changes, {1, 3, 4, 5})
    total = moves.total
    assert (total.records, total.minutes, total.amount) == (3, 90, Decimal("1800.00"))
    assert figures.moved_text(moves) == "1.50 h and $1,800.00"
    assert [(group.name, count) for group, count in figures.action_counts(total)] == [("create", 2), ("update", 1)]
    assert figures.moved_text(figures.moving(changes, set())) == "no hours or money"


def posted(minutes: int) -> TimeEntry:
    """What QuickBooks has of a day."""
    worker = Reference(id="1", name="Ada")
    day = date(2026, 11, 16)
    return TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE, worker=worker, txn_date=day, minutes=minutes, customer=None, item=None
    )


NETS = [
    # minutes of an entry that goes and of one that comes    by how much QuickBooks' hours change
    (120, 60, "-1.00 h in all"),
    (60, 150, "+1.50 h in all"),
    (480, 480, "as many hours as before"),
]


@pytest.mark.parametrize(("goes", "comes", "said"), NETS)
def test_hours_that_go_together_say_what_they_come_to(goes: int, comes: int, said: str):
    rows = [
        change(1, Action.DELETE, posted=posted(goes)),
        change(2, content=posted(comes), minutes=comes),
    ]
    assert figures.net_text(rows) == said


ALL_OR_NONE = [
    # ticked     offered: 1 and 2 go together, so do 3 and 4, and 5 goes alone
    ({1, 2, 3, 4, 5}, []),
    ({1, 2, 5}, [3, 4]),
    ({1, 3, 4}, [1, 2]),
    (set(), [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("ticked", "offered"), ALL_OR_NONE)
def test_moved_hours_are_offered_where_not_all_of_them_are_ticked(ticked: set[int], offered: list[int]):
    groups = {1: "E1|a", 2: "E1|a", 3: "E1|b", 4: "E1|b", 5: ""}
    changes = [replace(change(seq), together=group) for seq, group in groups.items()]
    assert [one.seq for one in frames.moved(changes, ticked)] == offered


MOVED = [
    # what is ticked, what the bar says, what the dialog lists of hours
    ([change(1, minutes=90)], "1.50 h", {"Hours": "1.50 h"}),
    (
        [change(1, Action.UPDATE, minutes=480, posted=posted(420))],
        "8.00 h; QuickBooks changes by +1.00 h",
        {"Hours made or changed": "8.00 h", "Hours in QuickBooks change by": "+1.00 h"},
    ),
    (
        [change(1, minutes=60), change(2, Action.DELETE, minutes=165, posted=posted(165))],
        "1.00 h; QuickBooks changes by -1.75 h",
        {"Hours made or changed": "1.00 h", "Hours removed": "-2.75 h", "Hours in QuickBooks change by": "-1.75 h"},
    ),
    (
        [change(1, minutes=60), change(2, Action.DELETE, minutes=60, posted=posted(60))],
        "1.00 h; QuickBooks changes by 0.00 h",
        {"Hours made or changed": "1.00 h", "Hours removed": "-1.00 h", "Hours in QuickBooks change by": "0.00 h"},
    ),
]


@pytest.mark.parametrize(("changes", "said", "listed"), MOVED)
def test_what_is_changed_or_removed_counts_by_what_quickbooks_gains(
    changes: list[Change], said: str, listed: dict[str, str]
):
    moves = figures.moving(changes, {one.seq for one in changes})
    assert figures.moved_text(moves) == said
    assert figures.moved_rows(moves) == {**listed, "Money on bills": "$0.00"}


def test_a_changed_credit_moves_money_by_the_difference():
    line = ExpenseLine(amount=Decimal(100), description="", account=None, item=None, customer=None)
    credit = BillDocument(
        vendor=Reference(id="9", name="Acme"),
        number="CM-1",
        txn_date=date(2026, 11, 16),
        due_date=None,
        memo="",
        lines=(line,),
    )
    one = change(
        1, Action.UPDATE, kind=SyncKind.BILL, amount=Decimal(-120), posted=credit, posted_total=Decimal("108.25")
    )
    changes = [replace(one, ledger_kind=LedgerKind.VENDOR_CREDIT)]
    moves = figures.moving(changes, {1})
    assert figures.moved_text(moves) == "-$120.00; QuickBooks changes by -$20.00"
    assert figures.moved_rows(moves) == {
        "Hours": "0.00 h",
        "Money on bills made or changed": "-$120.00",
        "Money on bills in QuickBooks change by": "-$20.00",
    }


FIGURES = [
    # ticked          records      hours      money       notes
    ({1, 2, 3}, ["3", "9.50 h", "$120.50", "ticked of 3", "in 2 time entries", "on 1 vendor bill"]),
    ({1}, ["1", "8.00 h", "$0.00", "ticked of 3", "in 1 time entry", "on 0 vendor bills"]),
    (set(), ["0", "0.00 h", "$0.00", "ticked of 3", "in 0 time entries", "on 0 vendor bills"]),
    ({1, 5}, ["1", "8.00 h", "$0.00", "ticked of 3", "in 1 time entry", "on 0 vendor bills"]),  # 5 is blocked
]


@pytest.mark.parametrize(("ticked", "shown"), FIGURES)
def test_the_figures_on_top_are_of_the_ticked_rows(ticked: set[int], shown: list[str]):
    changes = [
        change(1, minutes=480),
        change(2, Action.UPDATE, minutes=90),
        change(3, kind=SyncKind.BILL, amount=Decimal("120.50")),
        change(4, Action.CONFLICT, minutes=60),
        change(5, Action.BLOCKED, minutes=60),
        change(6, Action.SKIP, minutes=60),
    ]
    cards = figures.cards(changes, figures.moving(changes, ticked))
    assert [card.figure for card in cards[:3]] + [card.note for card in cards[:3]] == shown
    assert [(card.title, card.figure) for card in cards[3:]] == [("Conflicts", "1"), ("Blocked", "1")]


def test_large_figures_leave_out_their_decimals_which_the_bar_has():
    changes = [change(1, minutes=13_816 * 60 + 45), change(2, kind=SyncKind.BILL, amount=Decimal("3431116.30"))]
    moves = figures.moving(changes, {1, 2})
    assert [card.figure for card in figures.cards(changes, moves)[1:3]] == ["13,816 h", "$3,431,116"]
    assert figures.moved_text(moves) == "13,816.75 h and $3,431,116.30"


def test_what_a_person_skips_has_a_tab_of_its_own():
    changes = [change(1, Action.SKIP), change(2, Action.SKIP, left_alone=True), change(3)]
    tabs = [(group.name, [one.seq for one in found]) for group, found in frames.by_tab(changes)]
    assert tabs == [("create", [3]), ("left_alone", [2]), ("skip", [1])]
    assert [frames.badge_of(one) for one in changes] == ["Unchanged", "Skipped", "Create"]


def test_a_value_that_is_not_written_is_only_what_core_says():
    written = {action for action in Action if frames.after_title([change(1, action)]) == frames.AFTER}
    assert written == {Action.CREATE, Action.UPDATE, Action.DELETE, Action.DEACTIVATE}


DECISIONS = [
    # conflicts with a choice     what the card says
    (set(), "need a decision"),
    ({"a"}, "1 still to decide"),
    ({"a", "b"}, "decided: Rebuild"),
]


@pytest.mark.parametrize(("decided", "said"), DECISIONS)
def test_a_conflict_with_a_choice_needs_no_decision_any_more(decided: set[str], said: str):
    changes = [change(1, Action.CONFLICT, decision_key="a"), change(2, Action.CONFLICT, decision_key="b")]
    (card,) = [one for one in figures.cards(changes, figures.moving(changes, ()), decided) if one.title == "Conflicts"]
    assert (card.figure, card.note) == ("2", said)


def test_the_consequences_say_what_cannot_be_undone():
    changes = [change(1), change(2, Action.DELETE), change(3, Action.DELETE), change(4, Action.PULL)]
    said = figures.consequences(figures.moving(changes, {1, 2, 3, 4}).total)
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
    assert list(rows[frames.CARRIED]) == ["7.50 h", "-$12.50", ""]
    assert list(rows["Type"]) == [["Time entry"], ["Vendor bill"], ["Time entry"]]


HOURS, DATED = {"minutes": 480}, {"kind": SyncKind.BILL, "amount": Decimal(9), "scope_date": date(2026, 10, 3)}
NAME = {"kind": SyncKind.VENDOR}
ON_A_DAY = {"minutes": 480, "content": posted(480)}
COLUMNS = [
    # tab        records               columns                                          what the figures are
    ("create", [HOURS, HOURS], ["Record", frames.CARRIED], "Hours"),
    ("create", [DATED], ["Record", frames.DATE, frames.CARRIED], "Amount"),
    ("create", [DATED, NAME], ["Type", "Record", frames.DATE, frames.CARRIED], "Amount"),
    ("create", [HOURS, DATED], ["Type", "Record", frames.DATE, frames.CARRIED], "Hours / $"),
    ("create", [NAME], ["Record"], "Hours / $"),
    ("create", [NAME, {**NAME, "reason": "Again."}], ["Record", "Why"], "Hours / $"),
    ("update", [HOURS], ["Record", frames.CARRIED, "Fields"], "Hours"),
    ("link", [NAME], ["Record", "Why"], "Hours / $"),
    ("create", [ON_A_DAY, DATED], ["Type", "Record", frames.DATE, frames.CARRIED], "Hours / $"),
    ("blocked", [DATED], ["Record", frames.DATE, "Why"], "Amount"),
    ("blocked", [ON_A_DAY], ["Record", frames.DATE, "Why"], "Hours"),
    ("blocked", [NAME], ["Record", "Why"], "Hours / $"),
    ("conflict", [ON_A_DAY], ["Record", "Why"], "Hours"),
]


@pytest.mark.parametrize(("tab", "given", "columns", "figures_are"), COLUMNS)
def test_a_table_has_the_columns_that_say_something_about_its_records(
    tab: str, given: list[dict[str, Any]], columns: list[str], figures_are: str
):
    group = next(one for one in frames.GROUPS if one.name == tab)
    table = frames.table(group, [change(seq, **values) for seq, values in enumerate(given)])
    assert (table.columns, table.carried_title) == (columns, figures_are)


DAYS = [
    # title                                                          in the column Record beside the column Date
    ("Ada Stone · Tue 17 Nov 2026 · P1 · 03-300 · 8 h", "Ada Stone · P1 · 03-300 · 8 h"),
    ("Ada Stone · week ending Tue 17 Nov 2026 · P1 · 03-300 · 8 h", "Ada Stone · P1 · 03-300 · 8 h"),
    ("Ada · Tue 17 Nov 2026 · Stone · Mon 16 Nov 2026 · P1 · 8 h", "Ada · Stone · Mon 16 Nov 2026 · P1 · 8 h"),
    ("Ada Stone · Mon 16 Nov 2026 · P1 · 03-300 · 8 h", "Ada Stone · Mon 16 Nov 2026 · P1 · 03-300 · 8 h"),
]


@pytest.mark.parametrize(("title", "beside"), DAYS)
def test_hours_stand_beside_their_day_and_are_sorted_by_it(title: str, beside: str):
    one = change(1, title=title, content=replace(posted(480), txn_date=date(2026, 11, 17)))
    frame = frames.records([one])
    assert (frame["Record"].iloc[0], frame[frames.DATE].iloc[0]) == (beside, date(2026, 11, 17))
    plain = frames.records([one], dated=False)
    assert (plain["Record"].iloc[0], plain[frames.DATE].iloc[0]) == (title, None)


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


PAIRED = [
    # in QuickBooks     in Core         rows of the field
    ("8 h", "7 h", [("Lines", "8 h", "7 h")]),
    ("", "7 h", [("Lines", "", "7 h")]),
    ("a\nb\nc", "a\nX\nb\nc", [("Lines", "a", "a"), ("", "", "X"), ("", "b", "b"), ("", "c", "c")]),
    ("a\nb", "a\nB", [("Lines", "a", "a"), ("", "b", "B")]),
    ("a\nb", "b", [("Lines", "a", ""), ("", "b", "b")]),
]


@pytest.mark.parametrize(("before", "after", "rows"), PAIRED)
def test_lines_of_a_field_stand_beside_their_like(before: str, after: str, rows: list[tuple[str, str, str]]):
    found = frames.paired(FieldChange(field="Lines", before=before, after=after))
    assert [(row.field, row.before, row.after) for row in found] == rows


def test_an_empty_preview_is_an_empty_table_with_its_headings():
    assert list(frames.records([]).columns)[:3] == ["seq", "Type", "Record"]
    assert frames.field_changes([]).empty
    assert frames.kinds_in([]) == []


STALE = [
    # lines that Core changed     said of them
    (0, "None of these lines changed"),
    (1, "**1 line changed in Core since this preview** and cannot be sent as shown: :gray[Row 1 (loaded"),
    (2, "**2 lines changed in Core since this preview** and cannot be sent as shown: :gray[Row 1; Row 2 (loaded"),
    (1200, ":gray[Row 1; Row 2 and 1,198 more (loaded"),
]


@pytest.mark.parametrize(("count", "said"), STALE)
def test_a_few_stale_lines_are_named_and_the_others_counted(count: int, said: str):
    text = as_read(stale_text([change(seq + 1) for seq in range(count)], "25 Nov 2026, 13:40"))
    assert said in text
    assert "25 Nov 2026, 13:40" in text


WEEKS = [date(2026, 10, 3) + timedelta(weeks=number) for number in range(5)]
ASKED_FOR = [
    # scope                                                          read as
    (Scope(), "everything"),
    (Scope(kinds=frozenset({SyncKind.TIME_ENTRY})), "timesheets"),
    (Scope(weeks=frozenset(WEEKS[:2])), "everything, week ending 3 Oct 2026, 10 Oct 2026"),
    (Scope(weeks=frozenset(WEEKS)), "everything, 5 weeks"),
    (Scope(kinds=frozenset({SyncKind.BILL}), projects=frozenset({"24-101"})), "vendor bills of project 24-101"),
    (Scope(records=frozenset({"a", "b"}), retries="run-1"), "2 records of run run-1"),
]


@pytest.mark.parametrize(("scope", "read"), ASKED_FOR)
def test_what_a_preview_was_asked_for_reads_as_people_chose_it(scope: Scope, read: str):
    assert scope_text(scope) == read
