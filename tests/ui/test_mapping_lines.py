"""The lines of a tab, the projects' own rules among them, and setting several of them together."""

from __future__ import annotations

from typing import Any

import pytest

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule
from qbsync.services.mapping_view import CodeRow, MappingView, view_of
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.lines import blank, for_project, key_of, line_id, lines
from tests.domain.samples import book, lists, mapping, rule

OWN = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3", project="P1")
ON_P1 = "03-300 ▸ P1"
SET = {"target": "Item:3", "new_name": ""}


def view(*rules: MappingRule, without: str = "") -> MappingView:
    return view_of(mapping(*rules, without=without), book(), lists())


def shown(found: dict[str, CodeRow]) -> dict[str, str]:
    return {line: row.target for line, row in found.items()}


def test_a_projects_own_rule_stands_after_its_code():
    assert shown(lines(view(OWN), MapKind.COST_CODE, ())) == {
        "03-300": "Labor",
        ON_P1: "Overtime",
        "03-310": "Job Materials",
    }
    assert list(lines(view(OWN), MapKind.PROJECT, ())) == ["P1"]


def test_an_edit_for_a_project_has_a_line_before_it_is_saved():
    found = lines(view(), MapKind.COST_CODE, ["03-310 ▸ P1", "03-999 ▸ P1", "03-300"])
    assert list(found) == ["03-300", "03-310", "03-310 ▸ P1"]
    new = found["03-310 ▸ P1"]
    assert (new.rule, new.state, new.suggestion, new.project_name) == (None, "Unmapped", None, "Harborview Tower")
    frame = frames.table(found.values(), {"03-310 ▸ P1": SET})
    drawn = frame.to_dict("index")["03-310 ▸ P1"]
    assert (drawn["state"], drawn["target"], drawn["name"]) == (["Edited"], "Item:3", "only on Harborview Tower")


@pytest.mark.parametrize(
    ("kind", "line", "key"),
    [
        (MapKind.COST_CODE, "03-300", (MapKind.COST_CODE, "03-300", "")),
        (MapKind.COST_CODE, ON_P1, (MapKind.COST_CODE, "03-300", "P1")),
        (MapKind.VENDOR, "V1 ▸ P1", (MapKind.VENDOR, "V1 ▸ P1", "")),
    ],
)
def test_a_line_stands_for_one_rule(kind: MapKind, line: str, key: tuple[MapKind, str, str]):
    assert key_of(kind, line) == key
    assert line_id(key[1], key[2]) == line


def test_setting_ticked_codes_for_a_project_means_lines_of_that_project():
    assert for_project(["03-300", "03-310"], MapKind.COST_CODE, "") == ["03-300", "03-310"]
    assert for_project(["03-300", "03-300 ▸ P2", "03-310"], MapKind.COST_CODE, "P1") == [ON_P1, "03-310 ▸ P1"]


def test_a_line_that_is_not_there_yet_starts_without_a_rule():
    seen = view(OWN)
    known = lines(seen, MapKind.COST_CODE, ())
    assert blank(seen, MapKind.COST_CODE, ON_P1, known).rule == OWN
    assert blank(seen, MapKind.COST_CODE, "03-310 ▸ P1", known).rule is None


TOGETHER: list[tuple[str | None, dict[str, Any], dict[str, Any]]] = [
    # target     pending                    the edits afterwards: of a code that has Item:2, and of one with an account
    ("Item:3", {}, {"03-300": SET, "03-310": SET}),
    ("Item:2", {"03-300": SET}, {"03-300": {}, "03-310": {"target": "Item:2", "new_name": ""}}),
    (None, {}, {"03-300": {"target": None, "new_name": ""}, "03-310": {"target": None, "new_name": ""}}),
]


@pytest.mark.parametrize(("target", "pending", "edits"), TOGETHER)
def test_ticked_lines_get_one_target(target: str | None, pending: dict[str, Any], edits: dict[str, Any]):
    assert frames.set_edits(lines(view(), MapKind.COST_CODE, ()), pending, target) == edits


def test_the_suggestions_of_ticked_lines_are_accepted_whatever_their_scores():
    seen = view(without="E9")
    found = frames.suggested_edits(lines(seen, MapKind.EMPLOYEE, ()), {})
    assert found == {"E9": {"target": "Vendor:", "new_name": ""}}


def test_edits_of_a_project_become_its_own_rule_or_take_it_away():
    saved = frames.as_rules(MapKind.COST_CODE, {ON_P1: SET, "03-310 ▸ P1": {"target": None, "new_name": ""}})
    assert saved.rules == (OWN,)
    assert saved.removed == ((MapKind.COST_CODE, "03-310", "P1"),)


def test_an_own_rule_whose_target_is_gone_is_still_to_do():
    gone = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "99", project="P1")
    assert frames.unmapped_text(view(gone, rule(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR))) == "1 cost code"
    choices = frames.options(view(gone), MapKind.COST_CODE)
    assert choices["Item:99"] == "⚠ inactive: no longer in QuickBooks (99)"
