"""The mapping as a table: pending edits laid over what is saved, and the edits as rules again."""

from __future__ import annotations

from typing import Any

import pytest

from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule
from qbsync.domain.suggest import Suggestion
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping import frames
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
    (UNMAPPED, {}, {"accept": True}, {"target": "Item:2", "new_name": ""}),
    (UNMAPPED, {"target": "Item:2", "new_name": ""}, {"accept": False}, {}),
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


def test_accept_is_ticked_while_the_edit_is_the_suggestion():
    taken = frames.changed(UNMAPPED, {}, {"accept": True})
    assert frames.table([UNMAPPED], {"03-310": taken}).loc["03-310", "accept"]
    assert not frames.table([UNMAPPED], {"03-310": {"target": "Item:3", "new_name": ""}}).loc["03-310", "accept"]
    assert not frames.table([UNMAPPED], {}).loc["03-310", "accept"]


def test_only_sure_suggestions_of_untouched_codes_are_accepted_in_bulk():
    unsure = code("03-320", suggested=LABOR, score=frames.SURE - 1)
    saved = code("03-330", saved=LABOR, suggested=LABOR)
    touched = code("03-340", suggested=LABOR)
    rows = [UNMAPPED, unsure, saved, touched, code("03-350")]
    assert frames.sure_edits(rows, {"03-340": {"target": "Item:3"}}) == {"03-310": {"target": "Item:2", "new_name": ""}}


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
