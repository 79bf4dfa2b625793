"""The mapping as a table: pending edits laid over what is saved, and the edits as rules again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qbsync.domain.effect import Effect
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, Placement, Preferences
from qbsync.domain.suggest import Suggestion
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.bar import effect_text
from qbsync.ui.mapping.widths import NARROWEST, Needs, needs_of, widths_of
from qbsync.ui.parts import row_pixels
from tests.domain.samples import lists, mapping, rule

LABOR = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "2")
ADA = rule(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, "55")


def code(
    core_id: str,
    kind: MapKind = MapKind.COST_CODE,
    saved: MappingRule | None = None,
    suggested: MappingRule | None = None,
    score: int = 95,
    **given: str,
) -> CodeRow:
    suggestion = None
    if suggested is not None:
        suggestion = Suggestion(
            kind=kind, core_id=core_id, name=core_id, rule=suggested, target="Labor", score=score, reason="same name"
        )
    values = {
        "name": f"Code {core_id}",
        "detail": "",
        "state": "Mapped" if saved else "Unmapped",
        "target": "",
        **given,
    }
    return CodeRow(kind=kind, core_id=core_id, rule=saved, suggestion=suggestion, **values)


def view(*rows: CodeRow, more: tuple[ListEntry, ...] = ()) -> MappingView:
    return MappingView(mapping=mapping(), rows=rows, lists=lists(*more))


MAPPED = code("03-300", saved=LABOR)
UNMAPPED = code("03-310", suggested=rule(MapKind.COST_CODE, "03-310", LedgerKind.ITEM, "2"))
PERSON = code("E1", MapKind.EMPLOYEE)

TYPED = [
    # row       pending edit                              what was typed                 the edit afterwards
    (UNMAPPED, {}, {"target": "Item:3"}, {"target": "Item:3", "new_name": ""}),
    (UNMAPPED, {"target": "Item:3", "new_name": ""}, {"target": None}, {}),
    (MAPPED, {}, {"target": "Item:2"}, {}),
    (UNMAPPED, {}, {"new_name": "Ready mix"}, {"target": "Item:", "new_name": "Ready mix"}),
    (MAPPED, {}, {"target": None}, {"target": None, "new_name": ""}),
    (MAPPED, {"target": None, "new_name": ""}, {"target": "Item:2"}, {}),
    (PERSON, {}, {"new_name": "Ada S."}, {"target": "Employee:", "new_name": "Ada S."}),
    (
        PERSON,
        {"target": "Vendor:", "new_name": ""},
        {"new_name": "Ada S."},
        {"target": "Vendor:", "new_name": "Ada S."},
    ),
]


@pytest.mark.parametrize(("row", "pending", "typed", "afterwards"), TYPED)
def test_typing_makes_an_edit_unless_it_says_again_what_is_saved(
    row: CodeRow, pending: dict[str, Any], typed: dict[str, Any], afterwards: dict[str, Any]
):
    assert frames.changed(row, pending, typed) == afterwards


def test_a_pending_edit_is_seen_over_what_is_saved():
    frame = frames.table([MAPPED, UNMAPPED], {"03-300": {"target": "Item:3", "new_name": ""}})
    assert frame.loc["03-300", "target"] == "Item:3"
    assert frame.loc["03-300", "state"] == ["Edited"]
    assert frame.loc["03-310", "state"] == ["Unmapped"]
    assert frames.state_counts(frame) == {"Unmapped": 1, "Inactive": 0, "Edited": 1, "Mapped": 0}


def test_a_suggestion_is_offered_until_it_is_chosen_and_a_mapped_line_has_none():
    rows = {"03-300": MAPPED, "03-310": UNMAPPED}
    taken = frames.suggested_edits(rows, {})
    assert taken == {"03-310": {"target": "Item:2", "new_name": ""}}
    assert frames.suggested_edits(rows, taken) == {}
    assert list(frames.suggested_edits(rows, {"03-310": {"target": "Item:3", "new_name": ""}})) == ["03-310"]


INCOME = ListEntry(kind=LedgerKind.ACCOUNT, id="70", name="Design income", full_name="Design income", type="Income")
VENDOR = code("V9", MapKind.VENDOR, name="Granite: North")
WHY: list[tuple[CodeRow, dict[str, Any], str]] = [
    # row, its pending edit, and what stands under Why
    (UNMAPPED, {}, "same name"),
    (UNMAPPED, {"target": "Item:2", "new_name": ""}, "same name"),
    (MAPPED, {}, ""),
    (MAPPED, {"target": None, "new_name": ""}, ""),
    (MAPPED, {"target": "Account:70", "new_name": ""}, '⚠ "Design income" is not an account for costs'),
    (UNMAPPED, {"target": "Account:70", "new_name": ""}, '⚠ "Design income" is not an account for costs'),
    (VENDOR, {}, ""),
    (VENDOR, {"target": "Vendor:", "new_name": ""}, '⚠ Cannot be made yet. The name "Granite: North" has a colon'),
    (VENDOR, {"target": "Vendor:", "new_name": "Granite North"}, ""),
]


@pytest.mark.parametrize(("row", "edit", "why"), WHY)
def test_a_line_says_what_is_odd_about_its_choice_else_why_something_is_suggested(
    row: CodeRow, edit: dict[str, Any], why: str
):
    frame = frames.table([row], {row.core_id: edit} if edit else {}, lists=lists(INCOME))
    said = str(frame.loc[row.core_id, "why"])
    assert said.startswith(why)
    assert bool(said) == bool(why)
    found = frames.remarks({row.core_id: row}, {row.core_id: edit} if edit else {}, lists(INCOME))
    assert [one.partition(": ")[2] for one in found] == ([said[2:]] if why.startswith("⚠") else [])


def test_edited_lines_stay_in_sight_under_the_filter_they_were_edited_in():
    edited = frames.table([MAPPED, UNMAPPED], {"03-310": {"target": "Item:3", "new_name": ""}})
    assert list(frames.narrowed(edited, "Unmapped", "").index) == []
    assert list(frames.narrowed(edited, "Unmapped", "", {"03-310"}).index) == ["03-310"]
    assert list(frames.narrowed(edited, "Unmapped", "03-3009", {"03-310"}).index) == []


def test_only_sure_suggestions_of_untouched_codes_are_accepted_in_bulk():
    unsure = code("03-320", suggested=LABOR, score=89)
    saved = code("03-330", saved=LABOR, suggested=LABOR)
    touched = code("03-340", suggested=LABOR)
    rows = [UNMAPPED, unsure, saved, touched, code("03-350")]
    assert frames.sure_edits(rows, {"03-340": {"target": "Item:3"}}, 90) == {
        "03-310": {"target": "Item:2", "new_name": ""}
    }


COUNTED = [
    ([], ""),
    (["Item:2", "Account:5"], "2 linked"),
    (["Item:2", "Vendor:", "Customer:"], "1 linked, 2 to be made in QuickBooks"),
    ([None], "1 cleared"),
]


@pytest.mark.parametrize(("targets", "text"), COUNTED)
def test_edits_are_counted_by_what_they_do(targets: list[str | None], text: str):
    assert frames.counts_text({"target": one, "new_name": ""} for one in targets) == text


TOLD = [
    (Effect(waiting=2), "Changes 2 waiting lines, 0 already posted"),
    (Effect(held=1, held_first="Vendor V1: No [a]"), r"1 record cannot be linked or made yet: Vendor V1\: No \[a\]]"),
    (Effect(held=2, held_first="Vendor V1: No"), r"2 records cannot be linked or made yet, first Vendor V1\: No]"),
]


@pytest.mark.parametrize(("effect", "text"), TOLD)
def test_an_effect_tells_which_record_cannot_be_made_and_why(effect: Effect, text: str):
    assert text in effect_text(effect)


def test_edits_become_rules_and_emptied_codes_lose_theirs():
    edits: dict[str, dict[str, Any]] = {
        "E1": {"target": "Employee:55", "new_name": "ignored"},
        "E2": {"target": "Vendor:", "new_name": "  Pole LLC "},
        "E3": {"target": None, "new_name": ""},
    }
    saved = frames.as_rules(MapKind.EMPLOYEE, edits)
    assert saved.rules == (
        ADA,
        MappingRule(kind=MapKind.EMPLOYEE, core_id="E2", ledger_kind=LedgerKind.VENDOR, create_name="Pole LLC"),
    )
    assert saved.removed == ((MapKind.EMPLOYEE, "E3", ""),)


def test_two_records_of_one_name_can_be_told_apart():
    twin = ListEntry(kind=LedgerKind.EMPLOYEE, id="77", name="Ada Stone", full_name="Ada Stone")
    choices = frames.options(view(PERSON, more=(twin,)), MapKind.EMPLOYEE)
    assert choices["Employee:55"] != choices["Employee:77"]
    assert "(id 77)" in choices["Employee:77"]


def test_a_target_that_became_inactive_stays_in_sight():
    row = code("C9", MapKind.CUSTOMER, rule(MapKind.CUSTOMER, "C9", LedgerKind.CUSTOMER, "60"), target="Old Mill")
    assert frames.options(view(row), MapKind.CUSTOMER)["Customer:60"] == "⚠ inactive: Old Mill"


def test_items_are_chosen_or_made_and_accounts_never_made():
    choices = frames.options(view(MAPPED), MapKind.COST_CODE)
    assert [one for one in choices if one.endswith(":")] == ["Item:"]
    assert choices["Item:"] == "✚ Create a new service item"
    assert {"Employee:", "Vendor:"} <= frames.options(view(PERSON), MapKind.EMPLOYEE).keys()


def test_lines_that_ask_for_a_record_to_be_made_are_noticed():
    assert not frames.makes_any(frames.table([MAPPED, UNMAPPED], {}))
    assert frames.makes_any(frames.table([MAPPED], {"03-300": {"target": "Item:", "new_name": ""}}))


FILTERS = [
    # state         text         codes left
    (None, "", ["03-300", "03-310"]),
    ("Unmapped", "", ["03-310"]),
    ("Inactive", "", []),
    (None, "CODE 03-31", ["03-310"]),
    ("Mapped", "03-310", []),
    ("Inactive", "x", []),
]


@pytest.mark.parametrize(("state", "text", "left"), FILTERS)
def test_a_filter_leaves_the_codes_in_a_state_that_have_the_text(state: str | None, text: str, left: list[str]):
    assert list(frames.narrowed(frames.table([MAPPED, UNMAPPED], {}), state, text).index) == left


def test_what_is_left_to_map_is_said_by_kind():
    assert frames.unmapped_text(view(MAPPED, UNMAPPED, code("03-311"), PERSON)) == "1 employee, 2 cost codes"
    assert frames.unmapped_text(view(MAPPED)) == ""


@pytest.mark.parametrize("kind", list(MapKind))
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("suggests", [False, True])
@pytest.mark.parametrize("makes", [False, True])
def test_the_columns_fill_a_narrow_window_and_none_falls_off(kind: MapKind, *, wide: bool, suggests: bool, makes: bool):
    only_codes_have_projects = wide and kind is MapKind.COST_CODE
    widths = widths_of(kind, wide=only_codes_have_projects, makes=makes, reasons=suggests, suggests=suggests)
    assert NARROWEST - len(widths) < sum(widths.values()) <= NARROWEST
    assert ("new_name" in widths, "why" in widths) == (makes, suggests)


def test_no_word_is_broken_and_the_choice_is_read_whole_where_there_is_room():
    needs = Needs(words={"detail": 107, "suggested": 114}, name=110, target=175)
    widths = widths_of(MapKind.COST_CODE, wide=False, makes=False, reasons=True, suggests=True, needs=needs)
    assert (widths["detail"] >= 107, widths["suggested"] >= 114, widths["target"] >= 145) == (True, True, True)
    assert sum(widths.values()) <= NARROWEST


def test_a_choice_to_make_a_record_is_read_whole_before_names_and_other_choices():
    needs = Needs(words={"suggested": 100}, name=200, target=400, made=188)
    widths = widths_of(MapKind.PROJECT, wide=False, makes=True, reasons=True, suggests=True, needs=needs)
    assert widths["target"] >= 188


def test_the_lines_that_are_shown_say_what_their_columns_need():
    shown = frames.table([MAPPED, code("03-310", detail="Subcontractor")], {})
    needs = needs_of(shown, {"Item:2": "x" * 30})
    assert needs.target > needs_of(shown, {"Item:2": "x"}).target
    assert needs.words["detail"] > needs.words["name"]


def test_a_suggestion_takes_no_room_where_every_line_has_a_target():
    assert frames.helps(frames.table([MAPPED, UNMAPPED], {}))
    assert not frames.helps(frames.table([MAPPED, UNMAPPED], {"03-310": {"target": "Item:3", "new_name": ""}}))


PROJECT = code("P1", MapKind.PROJECT)
MADE_OF_PROJECTS = [
    (Preferences(), "sub-customer"),
    (Preferences(project_placement=Placement.CUSTOMER), "customer"),
    (Preferences(project_placements={"P1": Placement.CUSTOMER}), "sub-customer or customer"),
]


@pytest.mark.parametrize(("preferences", "made"), MADE_OF_PROJECTS)
def test_what_a_project_becomes_is_said_where_it_is_chosen(preferences: Preferences, made: str):
    seen = replace(view(PROJECT), projects={"P1": "Tower", "P2": "Lofts"})
    assert frames.options(seen, MapKind.PROJECT, preferences)["Customer:"] == f"✚ Create a new {made}"


SHORT, LONG, LONGEST = "x" * 10, "x" * 45, "x" * 90
REASONS = [
    # reasons in a column of 200 pixels             all whole?  pixels of a row
    ([SHORT, ""], True, 35),
    ([SHORT, LONG], True, 58),
    ([SHORT, LONG, LONGEST], True, 76),
    ([SHORT] * 19 + [LONG], False, 35),
    ([SHORT] * 9 + [LONG] * 2, False, 58),
    ([LONG], False, 58),
    ([""], False, 35),
]


@pytest.mark.parametrize(("reasons", "whole", "pixels"), REASONS)
def test_rows_are_as_high_as_their_reasons_need(reasons: list[str], whole: bool, pixels: int):
    assert row_pixels(reasons, 200, whole=whole) == pixels
