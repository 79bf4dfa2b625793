"""Mapping: accept suggestions, type in the table, filter, and save over what others saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import streamlit as st

from qbsync.bootstrap import now
from qbsync.domain.connection import Connection
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, Placement, Posting, Preferences, ShiftTarget
from qbsync.domain.plan import Scope
from qbsync.domain.records import Shift
from qbsync.domain.wanted import SyncKind
from qbsync.ui.mapping import drafts
from qbsync.ui.mapping.frames import table
from qbsync.ui.mapping.grid import commit
from qbsync.ui.mapping.lines import lines
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping
from tests.company import WHO
from tests.ui.support import Dashboard, connect

OTHER = "ada@ridgeline.example"


def known(dashboard: Dashboard) -> Connection:
    return dashboard.app.connection()


def unsaved(dashboard: Dashboard) -> PendingMapping:
    kept: PendingMapping = dashboard.at.session_state[f"qbsync_mapping_{known(dashboard).id}"]
    return kept


def type_into(dashboard: Dashboard, kind: MapKind, typed: Mapping[str, Mapping[str, Any]]) -> Dashboard:
    """Type into the table: what the browser reports is the position on the screen and what was typed."""
    key = dashboard.table_key(f"mapping_grid_{kind}")
    ids = [str(core_id) for core_id in dashboard.table(key).index]
    view = dashboard.app.mapping.view(known(dashboard).id)
    st.session_state[key] = {"edited_rows": {ids.index(core_id): dict(cells) for core_id, cells in typed.items()}}
    pending = unsaved(dashboard)
    commit(key, ids, lines(view, kind, pending.of(kind)), view, pending)
    return dashboard.run()


def unmapped(dashboard: Dashboard, kind: MapKind) -> list[str]:
    return [row.core_id for row in dashboard.app.mapping.view(known(dashboard).id).of(kind) if row.state == "Unmapped"]


def some_item(dashboard: Dashboard) -> str:
    """A cost code's target that QuickBooks has."""
    rows = dashboard.app.mapping.view(known(dashboard).id).of(MapKind.COST_CODE)
    return next(f"{row.rule.ledger_kind.value}:{row.rule.ledger_id}" for row in rows if row.rule is not None)


@pytest.fixture
def fresh(nothing: Dashboard) -> Dashboard:
    """A connected company with the sample loaded and nothing mapped."""
    connect(nothing.company)
    return nothing.open("core_data").press("core_sample").open("mapping")


@pytest.fixture
def half_mapped(ready: Dashboard) -> Dashboard:
    return ready.open("mapping")


def test_an_address_opens_the_tab_at_its_row(half_mapped: Dashboard):
    vendor = half_mapped.app.mapping.view(known(half_mapped).id).of(MapKind.VENDOR)[-1].core_id
    half_mapped.open("mapping", tab="vendor", find=vendor)
    assert list(half_mapped.table("mapping_grid_vendor").index) == [vendor]
    half_mapped.type("mapping_search_vendor", "")  # the address has said it once
    assert len(half_mapped.table("mapping_grid_vendor")) > 1


def test_an_address_of_a_tab_without_a_row_shows_what_is_still_to_map(half_mapped: Dashboard):
    half_mapped.open("mapping").type("mapping_search_cost_code", "nothing is called so")
    half_mapped.open("mapping", tab="cost_code")
    assert list(half_mapped.table("mapping_grid_cost_code").index) == unmapped(half_mapped, MapKind.COST_CODE)


@pytest.mark.parametrize("button", ["mapping_save", "mapping_discard"])
def test_no_tab_goes_on_looking_for_edits_that_were_saved_or_discarded(half_mapped: Dashboard, button: str):
    (code, *left), (person, *_) = unmapped(half_mapped, MapKind.COST_CODE), unmapped(half_mapped, MapKind.EMPLOYEE)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": some_item(half_mapped)}})
    half_mapped.choose("mapping_state_cost_code", "Edited")
    half_mapped.switch_tab("mapping_tabs", "Employees")
    type_into(half_mapped, MapKind.EMPLOYEE, {person: {"new_name": "A. New Person"}})
    half_mapped.choose("mapping_state_employee", "Edited").press(button)
    assert len(half_mapped.table("mapping_grid_employee")) > 1
    half_mapped.switch_tab("mapping_tabs", "Cost codes")
    assert {code, *left} < set(half_mapped.table("mapping_grid_cost_code").index)


def test_where_nothing_is_edited_it_is_said_what_is_still_unmapped(half_mapped: Dashboard):
    half_mapped.choose("mapping_state_cost_code", "Edited")
    count = len(unmapped(half_mapped, MapKind.COST_CODE))
    assert f"Nothing is edited. {count} lines of this tab are still unmapped" in half_mapped.said


@pytest.mark.parametrize(
    ("tab", "said"), [("timesheet", "Description of a time entry"), ("bills", "fallback"), ("<b>", "cost codes")]
)
def test_an_address_opens_a_tab(half_mapped: Dashboard, tab: str, said: str):
    assert said.lower() in half_mapped.open("mapping", tab=tab, find="x").said.lower()


def test_every_sure_suggestion_is_accepted_with_one_click_and_saved_with_another(fresh: Dashboard):
    accept = fresh.at.button(key="mapping_accept")
    fresh.press("mapping_accept")
    edits = [edit for edits in unsaved(fresh).edits.values() for edit in edits.values()]
    entered, made = unsaved(fresh).count, sum(edit["target"].endswith(":") for edit in edits)
    assert entered > 100
    assert accept.label == f"Accept all suggestions of 90+: {entered - made} linked, {made} to be made"
    assert f"{entered} unsaved changes**: {entered - made} linked, {made} to be made in QuickBooks" in fresh.said
    assert fresh.app.mappings.current(known(fresh).id).version == 0  # nothing is saved by accepting
    fresh.press("mapping_save")
    saved = fresh.app.mappings.current(known(fresh).id)
    assert (saved.version, len(saved.rules), saved.saved_by) == (1, entered, WHO)
    assert f"Saved {entered} changes as version 1" in fresh.said
    assert "mapping_save" not in fresh.buttons


def test_accepting_leaves_for_a_person_what_is_not_sure(fresh: Dashboard):
    fresh.press("mapping_accept").press("mapping_save")
    assert "Still to map: 1 customer, 2 projects, 3 employees, 2 cost codes, 1 vendor." in fresh.said
    assert "mapping_accept" not in fresh.buttons


def test_an_edit_survives_a_search_a_filter_and_leaving_the_page(half_mapped: Dashboard):
    (code, *_), item = unmapped(half_mapped, MapKind.COST_CODE), some_item(half_mapped)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": item}})
    half_mapped.type("mapping_search_cost_code", "nothing is called so")
    assert "No code matches" in half_mapped.said
    assert "1 unsaved change" in half_mapped.said
    half_mapped.open("sync").open("mapping").type("mapping_search_cost_code", "")
    half_mapped.choose("mapping_state_cost_code", "Edited")
    assert half_mapped.table("mapping_grid_cost_code")["target"].to_dict() == {code: item}


def loaded_anew(dashboard: Dashboard) -> Dashboard:
    """The page in a new session, as after a reload of the browser."""
    return Dashboard.opened(dashboard.company).open("mapping")


AGAIN = "1 unsaved change of yours from before"


def test_an_edit_is_there_again_when_the_browser_is_loaded_anew(half_mapped: Dashboard):
    (code, *_), item = unmapped(half_mapped, MapKind.COST_CODE), some_item(half_mapped)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": item}})
    again = loaded_anew(half_mapped)
    assert AGAIN in again.said
    assert again.table("mapping_grid_cost_code")["target"].to_dict()[code] == item
    assert AGAIN not in again.run().said  # that is said once
    again.press("mapping_save")
    assert again.app.mappings.current(known(again).id).rule(MapKind.COST_CODE, code) is not None
    assert "unsaved" not in loaded_anew(half_mapped).said


def test_a_preference_is_there_again_and_a_discard_ends_it(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    toggle = next(one for one in half_mapped.at.toggle if str(one.key).startswith("preference_billable"))
    toggle.set_value(not toggle.value)
    half_mapped.run()
    again = loaded_anew(half_mapped)
    assert AGAIN in again.said
    again.press("mapping_discard")
    assert "unsaved" not in loaded_anew(half_mapped).said


def test_a_window_without_edits_leaves_those_of_another_one_alone(half_mapped: Dashboard):
    idle = loaded_anew(half_mapped)
    type_into(
        half_mapped,
        MapKind.COST_CODE,
        {unmapped(half_mapped, MapKind.COST_CODE)[0]: {"target": some_item(half_mapped)}},
    )
    assert "unsaved" not in idle.run().said
    assert AGAIN in loaded_anew(half_mapped).said


def test_edits_are_a_person_s_own_and_a_company_s(half_mapped: Dashboard):
    company = known(half_mapped)
    page = Page(name="mapping", app=half_mapped.app, who=WHO, zone=ZoneInfo("UTC"), now=now())
    drafts.keep(page, company, PendingMapping(version=1, edits={MapKind.COST_CODE: {"310": {"target": "Item:1"}}}))
    assert drafts.take_up(page, company, PendingMapping()) == 1
    assert drafts.take_up(replace(page, who=OTHER), company, PendingMapping()) == 0
    assert drafts.take_up(page, replace(company, id=company.id + 1), PendingMapping()) == 0


def test_an_edit_goes_to_the_code_that_was_on_the_screen_not_to_its_place(half_mapped: Dashboard):
    codes, item = unmapped(half_mapped, MapKind.COST_CODE), some_item(half_mapped)
    half_mapped.type("mapping_search_cost_code", codes[1])
    type_into(half_mapped, MapKind.COST_CODE, {codes[1]: {"target": item}})
    half_mapped.press("mapping_save")
    rule = half_mapped.app.mappings.current(known(half_mapped).id).rule(MapKind.COST_CODE, codes[1])
    assert rule is not None
    assert f"{rule.ledger_kind.value}:{rule.ledger_id}" == item
    assert unmapped(half_mapped, MapKind.COST_CODE) == [codes[0], *codes[2:]]


def tick(dashboard: Dashboard, kind: MapKind, *lines: str) -> Dashboard:
    """Tick lines in front."""
    return type_into(dashboard, kind, {line: {"tick": True} for line in lines})


def choose_target(dashboard: Dashboard, kind: MapKind, target: str, project: str = "") -> Dashboard:
    """Choose what the ticked lines are set to, and for which project."""
    dashboard.at.selectbox(key=f"mapping_target_{kind}").set_value(target)
    if project:
        dashboard.at.selectbox(key="mapping_project").set_value(project)
    return dashboard.run()


def test_ticked_codes_are_set_together_and_a_tick_is_no_edit(half_mapped: Dashboard):
    codes, item = unmapped(half_mapped, MapKind.COST_CODE), some_item(half_mapped)
    tick(half_mapped, MapKind.COST_CODE, *codes)
    assert "unsaved" not in half_mapped.said
    assert f"{len(codes)} ticked" in half_mapped.said
    assert half_mapped.is_disabled("mapping_set_cost_code")
    choose_target(half_mapped, MapKind.COST_CODE, item).press("mapping_set_cost_code")
    assert f"{len(codes)} unsaved changes" in half_mapped.said
    assert "ticked" not in half_mapped.said
    half_mapped.press("mapping_save")
    assert unmapped(half_mapped, MapKind.COST_CODE) == []


def test_a_ticked_suggestion_is_accepted_and_its_line_stays_under_the_filter_until_another_is_chosen(
    fresh: Dashboard,
):
    fresh.choose("mapping_state_cost_code", "Unmapped")
    rows = fresh.app.mapping.view(known(fresh).id).of(MapKind.COST_CODE)
    code = next(row.core_id for row in rows if row.suggestion is not None and row.suggestion.rule is not None)
    none = next(row.core_id for row in rows if row.suggestion is not None and row.suggestion.rule is None)
    tick(fresh, MapKind.COST_CODE, code, none)
    assert "1 of the ticked lines has no suggestion to accept." in fresh.said
    fresh.press("mapping_take_cost_code")
    shown = fresh.table("mapping_grid_cost_code")
    assert list(shown["state"].to_dict()[code]) == ["Edited"]
    assert len(shown) == len(rows)
    fresh.choose("mapping_state_cost_code", "Edited").choose("mapping_state_cost_code", "Unmapped")
    assert code not in fresh.table("mapping_grid_cost_code").index
    fresh.press("mapping_save")
    assert "Saved 1 change as version 1." in fresh.said
    assert fresh.said.count("9 customers") == 1  # what is still to map is said once


def test_all_lines_that_a_filter_leaves_are_ticked_at_once(half_mapped: Dashboard):
    count = len(unmapped(half_mapped, MapKind.COST_CODE))
    half_mapped.choose("mapping_state_cost_code", "Unmapped").press("mapping_tick_all_cost_code")
    assert f"{count} ticked" in half_mapped.said
    half_mapped.press("mapping_untick_cost_code")
    assert "ticked" not in half_mapped.said


def test_a_code_is_set_for_one_project_only_and_cleared_again(half_mapped: Dashboard):
    (code, *_), item = unmapped(half_mapped, MapKind.COST_CODE), some_item(half_mapped)
    project = next(iter(half_mapped.app.mapping.view(known(half_mapped).id).projects))
    tick(half_mapped, MapKind.COST_CODE, code)
    choose_target(half_mapped, MapKind.COST_CODE, item, project).press("mapping_set_cost_code")
    line = f"{code} ▸ {project}"
    assert half_mapped.table("mapping_grid_cost_code").loc[line, "target"] == item
    half_mapped.press("mapping_save")
    saved = half_mapped.app.mappings.current(known(half_mapped).id)
    assert saved.rule(MapKind.COST_CODE, code) is None
    assert saved.rule(MapKind.COST_CODE, code, project=project) is not None
    tick(half_mapped, MapKind.COST_CODE, line).press("mapping_clear_cost_code").press("mapping_save")
    assert (
        half_mapped.app.mappings.current(known(half_mapped).id).rule(MapKind.COST_CODE, code, project=project) is None
    )


def test_before_saving_it_is_said_how_many_lines_change(half_mapped: Dashboard):
    code = next(row.cost_code for row in half_mapped.app.core.book().payroll_rows)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": None}})
    told = re.search(r"Changes (\d+) waiting lines, 0 already posted · :red\[(\d+) are blocked then", half_mapped.said)
    assert told is not None
    assert int(told[1]) >= int(told[2]) > 0  # some of them were blocked before, as drafts
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": some_item(half_mapped)}})
    assert "are blocked then" not in half_mapped.said


def test_the_history_goes_back_to_an_earlier_version(half_mapped: Dashboard):
    app, (code, *_) = half_mapped.app, unmapped(half_mapped, MapKind.COST_CODE)
    first = app.mappings.current(known(half_mapped).id)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": some_item(half_mapped)}}).press("mapping_save")
    half_mapped.press("mapping_history")
    assert f"What version {first.version + 1} changed" in half_mapped.said
    half_mapped.at.selectbox(key="mapping_version").set_value(first.version)
    half_mapped.press("mapping_history")
    assert f"What going back to version {first.version} would change" in half_mapped.said
    half_mapped.press("mapping_history", "mapping_restore")
    current = app.mappings.current(known(half_mapped).id)
    assert (current.version, current.rules) == (first.version + 2, first.rules)
    assert f"as in version {first.version} again, saved as version {current.version}" in half_mapped.said


def test_nobody_goes_back_over_unsaved_edits(half_mapped: Dashboard):
    app, codes = half_mapped.app, unmapped(half_mapped, MapKind.COST_CODE)
    first = app.mappings.current(known(half_mapped).id).version
    item = some_item(half_mapped)
    type_into(half_mapped, MapKind.COST_CODE, {codes[0]: {"target": item}}).press("mapping_save")
    type_into(half_mapped, MapKind.COST_CODE, {codes[1]: {"target": item}})
    half_mapped.press("mapping_history")
    half_mapped.at.selectbox(key="mapping_version").set_value(first)
    half_mapped.press("mapping_history")
    assert "Save or discard your unsaved changes first." in half_mapped.said
    assert half_mapped.is_disabled("mapping_restore")


def test_edits_of_several_tabs_are_saved_together(half_mapped: Dashboard):
    (code, *_), (person, *_) = unmapped(half_mapped, MapKind.COST_CODE), unmapped(half_mapped, MapKind.EMPLOYEE)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": some_item(half_mapped)}})
    half_mapped.switch_tab("mapping_tabs", "Employees")
    type_into(half_mapped, MapKind.EMPLOYEE, {person: {"new_name": "A. New Person"}})
    assert "2 unsaved changes" in half_mapped.said
    half_mapped.press("mapping_save")
    saved = half_mapped.app.mappings.current(known(half_mapped).id)
    made = saved.rule(MapKind.EMPLOYEE, person)
    assert made is not None
    assert (made.creates, made.create_name) == (True, "A. New Person")
    assert saved.rule(MapKind.COST_CODE, code) is not None


def test_discarding_leaves_what_is_saved(half_mapped: Dashboard):
    before = half_mapped.app.mappings.current(known(half_mapped).id)
    code = next(rule.core_id for rule in before.rules if rule.kind is MapKind.COST_CODE)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": None}})
    half_mapped.press("mapping_discard")
    assert "unsaved" not in half_mapped.said
    assert half_mapped.app.mappings.current(known(half_mapped).id) == before


def test_a_target_that_quickbooks_does_not_have_is_refused_and_the_edit_stays(half_mapped: Dashboard):
    (code, *_) = unmapped(half_mapped, MapKind.COST_CODE)
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": "Item:99999"}})
    half_mapped.press("mapping_save")
    assert "Nothing was saved." in half_mapped.said
    assert "1 unsaved change" in half_mapped.said
    assert unmapped(half_mapped, MapKind.COST_CODE)[0] == code


def test_saving_over_somebody_elses_newer_mapping_is_refused_first_and_loses_nothing(half_mapped: Dashboard):
    app, (mine, theirs, *_) = half_mapped.app, unmapped(half_mapped, MapKind.COST_CODE)
    item = some_item(half_mapped)
    type_into(half_mapped, MapKind.COST_CODE, {mine: {"target": item}})

    current = app.mappings.current(known(half_mapped).id)
    copied = next(rule for rule in current.rules if rule.kind is MapKind.COST_CODE)
    newer = app.mapping.save(
        known(half_mapped).id,
        [replace(copied, core_id=theirs)],
        current.preferences,
        over_version=current.version,
        who=OTHER,
    )
    half_mapped.press("mapping_save")
    assert f"{OTHER} saved version {newer}" in half_mapped.said
    assert app.mappings.current(known(half_mapped).id).version == newer
    assert table(app.mapping.view(known(half_mapped).id).of(MapKind.COST_CODE), {}).loc[theirs, "state"] == ["Mapped"]

    half_mapped.press("mapping_save")  # having looked at it
    saved = app.mappings.current(known(half_mapped).id)
    assert saved.version == newer + 1
    assert saved.rule(MapKind.COST_CODE, mine) is not None
    assert saved.rule(MapKind.COST_CODE, theirs) is not None


def test_a_preference_waits_for_saving_like_any_edit(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    toggle = next(one for one in half_mapped.at.toggle if str(one.key).startswith("preference_billable"))
    before = half_mapped.app.mappings.current(known(half_mapped).id).preferences.billable
    toggle.set_value(not before)
    half_mapped.run()
    assert "1 unsaved change" in half_mapped.said
    half_mapped.press("mapping_save")
    assert half_mapped.app.mappings.current(known(half_mapped).id).preferences.billable is not before


def test_a_preference_set_back_is_no_change(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    key = next(str(one.key) for one in half_mapped.at.toggle if str(one.key).startswith("preference_billable"))
    for _ in range(2):
        toggle = half_mapped.at.toggle(key=key)
        toggle.set_value(not toggle.value)
        half_mapped.run()
    assert "unsaved" not in half_mapped.said


def preferred(dashboard: Dashboard) -> Preferences:
    return dashboard.app.mappings.current(known(dashboard).id).preferences


def field(dashboard: Dashboard, kind: str, begins: str) -> Any:
    """A field of the preferences, by how its key begins."""
    return next(one for one in getattr(dashboard.at, kind) if str(one.key).startswith(f"preference_{begins}_"))


def test_hours_are_posted_by_the_week_when_somebody_says_so(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    field(half_mapped, "radio", "posting").set_value(Posting.WEEKLY)
    half_mapped.run()
    assert "Weeks that are posted stay as they are" in half_mapped.said
    assert re.search(r"Changes [\d,]+ waiting lines, 0 already posted$", half_mapped.said, re.MULTILINE)
    field(half_mapped, "selectbox", "week_end").set_value("Saturday")
    half_mapped.run().press("mapping_save")
    assert (preferred(half_mapped).posting, preferred(half_mapped).week_end) == (Posting.WEEKLY, "Saturday")


def test_a_shift_gets_an_item_of_its_own(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    field(half_mapped, "radio", "shift_target").set_value(ShiftTarget.ITEM)
    half_mapped.run()
    items = half_mapped.app.connections.lists(known(half_mapped).id)[LedgerKind.ITEM]
    labor = next(entry.id for entry in items if entry.name == "General Labor")
    field(half_mapped, "selectbox", "ITEM_NIGHT").set_value(labor)
    half_mapped.run().press("mapping_save")
    found = preferred(half_mapped)
    assert (found.shift_target, found.shift_item_ids) == (ShiftTarget.ITEM, {Shift.NIGHT: labor})


def test_an_item_that_a_code_lacks_is_asked_for_and_shown_in_the_preview(half_mapped: Dashboard):
    (code, *_) = unmapped(half_mapped, MapKind.COST_CODE)
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    accounts = half_mapped.app.connections.lists(known(half_mapped).id)[LedgerKind.ACCOUNT]
    income = next(entry.id for entry in accounts if entry.type == "Income")
    field(half_mapped, "selectbox", "income_account").set_value(income)
    half_mapped.run().switch_tab("mapping_tabs", "Cost codes")
    type_into(half_mapped, MapKind.COST_CODE, {code: {"target": "Item:"}}).press("mapping_save")
    app = half_mapped.app
    plan = app.previewing.build(app.connection().id, Scope(kinds=frozenset({SyncKind.ITEM})), who=WHO)
    assert [(change.key, change.action.value) for change in plan.changes] == [(f"item:{code}", "create")]


def test_a_class_is_offered_for_the_shift_only_where_the_company_has_them(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Timesheet")
    assert "A class" not in field(half_mapped, "radio", "shift_target").options
    assert "classes are off in this company" in half_mapped.said
    company = half_mapped.app.connections.company(known(half_mapped).id)
    half_mapped.app.connections.save_company(known(half_mapped).id, replace(company, classes_per_transaction=True))
    half_mapped.run()
    assert "A class" in field(half_mapped, "radio", "shift_target").options
    assert "classes are off" not in half_mapped.said


def test_a_project_is_placed_otherwise_than_the_others(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Projects")
    assert "A QuickBooks project" in half_mapped.said
    project = next(iter(half_mapped.app.mapping.view(known(half_mapped).id).projects))
    field(half_mapped, "multiselect", "placements_SUB_CUSTOMER").set_value([project])
    half_mapped.run().press("mapping_save")
    assert preferred(half_mapped).project_placements == {project: Placement.CUSTOMER}
    half_mapped.switch_tab("mapping_tabs", "Projects")
    assert field(half_mapped, "multiselect", "placements_SUB_CUSTOMER").value == [project]
    assert "unsaved" not in half_mapped.said


def test_the_bills_tab_tells_of_an_account_that_holds_no_cost(half_mapped: Dashboard):
    accounts = half_mapped.app.connections.lists(known(half_mapped).id)[LedgerKind.ACCOUNT]
    income = next(one.id for one in accounts if one.type == "Income")
    half_mapped.switch_tab("mapping_tabs", "Bills")
    assert "is not an account for costs" not in half_mapped.said
    field(half_mapped, "selectbox", "fallback_account").set_value(income)
    assert "is not an account for costs" in half_mapped.run().said


def test_the_bills_tab_offers_only_accounts_that_quickbooks_has(half_mapped: Dashboard):
    half_mapped.switch_tab("mapping_tabs", "Bills")
    accounts = half_mapped.app.connections.lists(known(half_mapped).id)[LedgerKind.ACCOUNT]
    names = sorted(f"{entry.number} {entry.full_name}".strip() for entry in accounts)
    boxes = [box for box in half_mapped.at.selectbox if "category" in str(box.key) or "fallback" in str(box.key)]
    assert len(boxes) >= 2
    for box in boxes:
        none, *offered = box.options
        assert (none, sorted(offered)) == ("(none)", names)
