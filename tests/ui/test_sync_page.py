"""Sync: build a preview, tick, search, confirm exactly what is ticked, once, and watch it go over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from streamlit.testing.v1 import AppTest

from qbsync.bootstrap import now
from qbsync.domain.connection import ConnectionState
from qbsync.domain.decide import Action
from qbsync.domain.intake import Reading
from qbsync.domain.plan import Change, Plan, PlanStatus, Scope
from qbsync.domain.run import OutcomeStatus, RunStatus, Settled
from qbsync.domain.wanted import SyncKind
from qbsync.ui.sync.frames import beside_its_day
from qbsync.ui.text import money
from tests.company import WHO
from tests.ui.support import Dashboard

CREATE, VENDORS, BILLS, TIMESHEETS = "sync_table", "Vendors", "Vendor bills", "Timesheets"


def build(dashboard: Dashboard, *kinds: str, projects: tuple[str, ...] = ()) -> Dashboard:
    """Press *Sync Now*, choose what to compare, and let the worker build it."""
    dashboard.open("sync").press("sync_now")
    dashboard.fill_in("sync_kinds", list(kinds)).fill_in("sync_projects", list(projects))
    return dashboard.press("sync_now", "sync_build").let_the_worker_build()


def head(dashboard: Dashboard) -> Plan:
    plan = dashboard.app.plans.head(dashboard.app.connection().id)
    assert plan is not None
    return dashboard.app.plans.get(plan.id)


def ticked(dashboard: Dashboard) -> tuple[int, int]:
    """What the bar says: how many are ticked, of how many that can be."""
    found = re.search(r"\*\*([\d,]+) of ([\d,]+) ticked", dashboard.said)
    assert found, dashboard.said
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def send(dashboard: Dashboard) -> Dashboard:
    return dashboard.press("sync_confirm").press("sync_confirm", "sync_send")


def test_sync_now_builds_a_preview_and_sends_nothing(ready: Dashboard):
    before = len(ready.company.books.applied())
    build(ready, VENDORS)
    plan = head(ready)
    assert (plan.status, plan.built_by) == (PlanStatus.DRAFT, WHO)
    assert f"The preview is ready: {len(plan.changes)} records were compared." in ready.said
    assert "vendors" in ready.said
    assert len(ready.company.books.applied()) == before
    assert ready.app.runs.latest(plan.connection_id) == []


def test_sync_now_of_a_project_shows_what_belongs_to_it_and_says_so(ready: Dashboard):
    plan = head(build(ready, TIMESHEETS, projects=("24-101",)))
    assert plan.scope == Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), projects=frozenset({"24-101"}))
    hours = [change.core_id for change in plan.changes if change.kind is SyncKind.TIME_ENTRY]
    assert {core_id.split("|")[2] for core_id in hours} == {"24-101"}
    assert "timesheets of project 24-101" in ready.said


def test_the_figures_on_top_follow_the_ticks(ready: Dashboard):
    plan = head(build(ready, VENDORS, BILLS))
    can_run = [change for change in plan.changes if change.can_run]
    blocked = sum(1 for change in plan.changes if change.action is Action.BLOCKED)
    assert ready.card("Blocked") == str(blocked)
    assert ready.card("To send") == str(len(can_run))
    assert ticked(ready) == (len(can_run), len(can_run))
    bills = [change for change in can_run if change.kind is SyncKind.BILL]
    total = sum((bill.amount for bill in bills), Decimal(0))
    assert total > 1_000_000  # a card has no room for its cents
    assert ready.card("Money on bills") == money(total)[: -len(".00")]

    ready.tick(CREATE, [])

    left = [change for change in can_run if change.action is not Action.CREATE]
    assert ready.card("To send") == str(len(left))
    assert ready.card("Money on bills") == "$0.00"


def test_a_search_never_drops_a_tick(ready: Dashboard):
    build(ready, VENDORS)
    before, _ = ticked(ready)
    some = ready.table(CREATE)["Record"].iloc[0]
    ready.type("sync_search_create", some)
    assert len(ready.table(CREATE)) < before
    assert ticked(ready)[0] == before
    ready.tick(CREATE, [])
    after, _ = ticked(ready)
    assert before - after == len(ready.table(CREATE))
    ready.type("sync_search_create", "nothing is called so")
    assert "No record matches." in ready.said
    assert ticked(ready)[0] == after
    ready.type("sync_search_create", "")
    assert ticked(ready)[0] == after


def test_ticks_survive_another_tab_and_leaving_the_page(ready: Dashboard):
    build(ready, VENDORS)
    ready.tick(CREATE, [0, 1])
    chosen = ticked(ready)
    ready.switch_tab(f"sync_tabs_{head(ready).id}", "Link")
    assert ticked(ready) == chosen
    ready.open("history").open("sync")
    assert ticked(ready) == chosen


def test_of_rows_that_go_together_the_missing_ones_are_offered_at_once(ready: Dashboard):
    """Hours that moved stand here for any: two rows of a preview that go all or none."""
    build(ready, VENDORS)
    plan = head(ready)
    first, second, *_ = (change.seq for change in plan.changes if change.action is Action.CREATE)
    tied = (
        replace(change, together="E1|week", deletes_none=True) if change.seq in (first, second) else change
        for change in plan.changes
    )
    ready.app.plans.save(replace(plan, id="tied", built_at=plan.built_at + timedelta(seconds=1), changes=tuple(tied)))
    ready.open("sync")
    before = ticked(ready)
    assert "sync_moved" not in ready.buttons
    ready.tick(CREATE, range(1, len(ready.table(CREATE))))
    assert "tick all of these 2 rows, or none" in ready.said
    ready.press("sync_moved")
    assert ticked(ready) == before
    assert "sync_moved" not in ready.buttons


def test_rows_that_are_ticked_in_vain_are_told_with_what_they_wait_for(ready: Dashboard):
    """A vendor that needs another stands here for any: hours of a project that is not ticked."""
    build(ready, VENDORS)
    plan = head(ready)
    first, second, *_ = (change for change in plan.changes if change.action is Action.CREATE)
    needing = (replace(one, requires=(first.key,)) if one == second else one for one in plan.changes)
    at = plan.built_at + timedelta(seconds=1)
    ready.app.plans.save(replace(plan, id="needing", built_at=at, changes=tuple(needing)))
    ready.open("sync")
    before = ticked(ready)
    assert "sync_needed" not in ready.buttons
    ready.tick(CREATE, range(1, len(ready.table(CREATE))))
    assert f"1 ticked row needs {first.title}, which is not ticked." in ready.said
    ready.press("sync_confirm")
    assert "They will be held back." in ready.said
    ready.open("sync").press("sync_needed")
    assert ticked(ready) == before
    assert "sync_needed" not in ready.buttons


@pytest.mark.promise(1)
def test_a_row_that_somebody_skips_while_the_preview_is_open_is_held_back(ready: Dashboard):
    build(ready, VENDORS)
    first = next(change for change in head(ready).changes if change.action is Action.CREATE)
    ready.app.leaving.leave(ready.app.connection().id, first.kind, first.core_id, reason="By hand", who=WHO)
    ready.press("sync_confirm")
    assert "1 ticked row was skipped since the preview: held back." in ready.said
    ready.press("sync_confirm", "sync_send")
    (run,) = ready.app.runs.latest(ready.app.connection().id)
    held = {one.core_id: one.message for one in ready.app.runs.outcomes(run.id) if one.status is OutcomeStatus.STALE}
    assert list(held) == [first.core_id]
    assert held[first.core_id].endswith(f"Left alone by {WHO}: By hand.")


def test_confirming_enqueues_exactly_the_ticked_rows(ready: Dashboard):
    build(ready, VENDORS)
    ready.switch_tab(f"sync_tabs_{head(ready).id}", "Link")
    ready.tick(CREATE, [])
    ready.switch_tab(f"sync_tabs_{head(ready).id}", "Create")
    seqs = ready.table(CREATE)["seq"].tolist()
    ready.tick(CREATE, [0, 2])
    assert ticked(ready)[0] == 2
    send(ready)
    (run,) = ready.app.runs.latest(ready.app.connection().id)
    assert (run.status, run.confirmed_by) == (RunStatus.QUEUED, WHO)
    assert sorted(one.seq for one in ready.app.runs.outcomes(run.id)) == sorted([seqs[0], seqs[2]])
    assert "Confirmed as run" in ready.said
    assert "Waiting for the worker" in ready.said


def test_the_dialog_says_what_will_happen_before_anything_is_sent(ready: Dashboard):
    build(ready, VENDORS)
    count, _ = ticked(ready)
    ready.press("sync_confirm")
    assert f"{count} records go to **Ridgeline Builders, Inc.**" in ready.said
    assert "made in QuickBooks." in ready.said
    assert ready.app.runs.latest(ready.app.connection().id) == []


def test_more_than_five_hundred_records_want_a_typed_word(ready: Dashboard):
    build(ready)
    ready.press("sync_confirm")
    assert ready.is_disabled("sync_send")
    ready.at.button(key="sync_confirm").click()
    ready.type("sync_word", "send")
    assert ready.is_disabled("sync_send")
    ready.at.button(key="sync_confirm").click()
    ready.type("sync_word", "SEND")
    assert not ready.is_disabled("sync_send")


def second_click() -> None:
    """A script: the button in the dialog was pressed, over the preview that was on the screen then."""
    import streamlit as st

    from qbsync.ui import page, state
    from qbsync.ui.sync import confirm, frames

    said = state.take_flashes()
    for flash in said:
        page.FLASHES[flash.kind](flash.text)
    if not said:
        here = page.open_page("sync")
        plan = here.app.plans.get(st.query_params["plan"])
        confirm.send(here, plan, frozenset(frames.default_ticks(plan.changes)))


def click(plan: Plan) -> AppTest:
    at = AppTest.from_function(second_click)
    at.query_params["plan"] = plan.id
    return at.run(timeout=60)


def test_a_second_click_on_send_is_refused_with_an_explanation_and_sends_nothing(ready: Dashboard):
    plan = head(build(ready, VENDORS))
    first, second = click(plan), click(plan)
    assert (len(first.success), len(first.error)) == (1, 0)
    assert (len(second.success), len(second.error)) == (0, 1)
    assert "confirmed" in second.error[0].value
    assert len(ready.app.runs.latest(plan.connection_id)) == 1


def test_a_preview_that_somebody_else_confirmed_says_so_and_cannot_be_sent(writing: Dashboard):
    build(writing, VENDORS).press("sync_confirm")
    plan, app = head(writing), writing.app
    app.confirming.confirm(plan.id, plan.digest, who="ada@ridgeline.example")
    writing.run()
    assert "confirmed by ada@ridgeline.example" in writing.said
    assert "sync_confirm" not in writing.buttons
    app.worker().once()
    assert "It cannot be sent again: press **Sync Now** for a new one." in writing.run().said


def test_a_preview_older_than_the_mapping_is_marked_and_cannot_be_sent(ready: Dashboard):
    build(ready, VENDORS)
    plan, app = head(ready), ready.app
    current = app.mappings.current(plan.connection_id)
    app.mapping.save(plan.connection_id, [], current.preferences, over_version=current.version, who=WHO)
    ready.run()
    assert "The mapping was saved after this preview was built." in ready.said
    assert ready.is_disabled("sync_confirm")
    ready.press("sync_rebuild").let_the_worker_build()
    assert not ready.is_disabled("sync_confirm")


def move_vendors(dashboard: Dashboard, count: int) -> list[Change]:
    """Core says since the preview that so many of its vendors are elsewhere; returns their lines."""
    plan, book = head(dashboard), dashboard.app.core.book()
    moved = [one for one in plan.changes if one.kind is SyncKind.VENDOR and not one.link_only][:count]
    vendors = [replace(book.vendors[one.core_id], city="Elsewhere") for one in moved]
    reading = Reading(sheets=(), records=tuple(vendors), issues=(), stated_weeks=frozenset())
    dashboard.app.core.save(reading, at=plan.built_at + timedelta(seconds=1), loaded_by=WHO)
    dashboard.run()
    return moved


def test_lines_that_core_changed_since_are_named_and_rebuilding_takes_them_up(ready: Dashboard):
    build(ready, VENDORS)
    plan = head(ready)
    moved = move_vendors(ready, 2)
    named = "; ".join(one.title for one in moved)
    assert f"**2 lines changed in Core since this preview** and cannot be sent as shown: :gray[{named}" in ready.said

    ready.press("sync_rebuild").let_the_worker_build()

    assert head(ready).scope == plan.scope
    assert "changed in Core since" not in ready.said


def test_more_lines_than_are_named_can_all_be_seen(ready: Dashboard):
    build(ready, VENDORS)
    moved = move_vendors(ready, 5)
    assert "and 3 more" in ready.said
    (listed,) = [one.dataframe[0].value for one in ready.at.expander if one.label == "See all 5 lines"]
    assert listed["Record"].tolist() == [beside_its_day(one) for one in moved]


def test_rebuilding_keeps_the_scope_and_starts_with_fresh_ticks(ready: Dashboard):
    build(ready, VENDORS)
    everything = ticked(ready)
    ready.tick(CREATE, [0])
    first = head(ready)
    ready.press("sync_again").let_the_worker_build()
    again = head(ready)
    assert again.id != first.id
    assert again.scope == first.scope
    assert ticked(ready) == everything
    assert ready.app.plans.get(first.id).status is PlanStatus.SUPERSEDED


def test_an_address_opens_a_tab_of_the_preview_once(ready: Dashboard):
    build(ready, VENDORS, BILLS)
    assert "causes for" not in ready.open("sync").said
    assert "causes for" in ready.open("sync", tab="blocked").said
    assert "tab" not in ready.at.query_params


def test_a_blocked_row_can_be_left_alone_and_taken_up_again_where_it_is_shown(ready: Dashboard):
    build(ready, TIMESHEETS)
    tab = f"sync_tabs_{head(ready).id}"
    ready.switch_tab(tab, "Blocked").choose("sync_view_blocked", "Records")
    (leave,) = [key for key in ready.buttons if "_leave_" in key]
    assert ready.is_disabled(leave)
    ready.type(leave.replace("_leave_", "_why_"), "Payroll posts *these*").press(leave)
    (left,) = ready.app.leaving.all(ready.app.connection().id).values()
    assert "is left alone. Press **Rebuild**" in ready.said
    assert f"Left alone by {WHO}" in ready.said
    assert "Payroll posts *these*." in ready.said

    ready.press("sync_again").let_the_worker_build()

    plan = head(ready)
    (change,) = [one for one in plan.changes if one.left_alone]
    assert (change.key, change.action) == (left.key, Action.SKIP)
    ready.switch_tab(f"sync_tabs_{plan.id}", "Skipped").type("sync_search_left_alone", "Payroll posts")
    (again,) = [key for key in ready.buttons if "_unskip_" in key]
    ready.press(again)
    assert ready.app.leaving.all(plan.connection_id) == {}
    assert "It is taken up again" in ready.said


def test_a_run_is_watched_until_it_ends(writing: Dashboard):
    build(writing, VENDORS)
    count, _ = ticked(writing)
    send(writing)
    assert f"0 of {count}" in writing.progress
    assert writing.app.worker().once() == 1
    writing.run()
    assert f"This preview was sent (done): {count} records done." in writing.said
    for screen, said in (
        ("sync_log", "1 run. *Open* shows"),
        ("history", f"Records done: {count} (in 1 run)"),
        ("overview", "Last good sync: just now"),
    ):
        assert said in writing.open(screen).said


def test_a_run_that_is_watched_tells_its_pace_once_it_can_be_told(ready: Dashboard):
    build(ready, VENDORS)
    send(ready)
    runs, began = ready.app.runs, now()
    (run,) = runs.latest(ready.app.connection().id)
    fence, total = runs.take(run.id, began), runs.progress(run.id).total
    with time_machine.travel(began, tick=False):
        assert "a minute, " not in ready.run().said
    linked = runs.waiting_local(run.id)
    settled = [Settled(seq=seq, status=OutcomeStatus.DONE) for seq in linked]
    runs.record_local(run.id, fence, settled, began)
    with time_machine.travel(began + timedelta(seconds=30), tick=False):
        said = ready.run().said
    assert f"{2 * len(linked)} records a minute, about 2 min left." in said
    assert f"{len(linked)} of {total}" in ready.progress


def test_a_run_that_rests_says_why_and_when_it_goes_on(ready: Dashboard):
    build(ready, VENDORS)
    send(ready)
    (run,) = ready.app.runs.latest(ready.app.connection().id)
    ready.company.books.control("faults", kind="throttle", count=1)
    ready.app.running.push(run.id)
    assert ready.app.runs.get(run.id).status is RunStatus.PAUSED
    ready.run()
    assert re.search(r"The sync goes on by itself at .+\*\* \(in (less than a minute|about \d+ min)\)\.", ready.said)
    assert "a minute, " not in ready.said


def test_a_run_can_be_stopped_before_it_is_sent(ready: Dashboard):
    build(ready, VENDORS)
    before = len(ready.company.books.applied())
    send(ready)
    (run,) = ready.app.runs.latest(ready.app.connection().id)
    ready.press(f"sync_cancel_{run.id}")
    assert ready.app.runs.get(run.id).cancel_requested or not ready.app.runs.get(run.id).is_open
    ready.app.worker().once()
    assert ready.app.runs.get(run.id).status is RunStatus.CANCELLED
    assert len(ready.company.books.applied()) == before


def test_nothing_can_be_sent_while_nothing_is_ticked(ready: Dashboard):
    build(ready, VENDORS)
    for tab in ("Link", "Create"):
        ready.switch_tab(f"sync_tabs_{head(ready).id}", tab)
        ready.tick(CREATE, [])
    assert ticked(ready)[0] == 0
    assert ready.is_disabled("sync_confirm")


def test_sync_now_has_what_was_chosen_last(ready: Dashboard):
    build(ready, VENDORS, BILLS)
    ready.open("overview").open("sync").press("sync_now")
    (kinds,) = (one for one in ready.at.button_group if one.key == "sync_kinds")
    assert kinds.value == [VENDORS, BILLS]


def test_a_preview_that_quickbooks_does_not_answer_is_one_sentence_and_the_old_one_stays(ready: Dashboard):
    build(ready, VENDORS)
    first = head(ready)
    ready.company.books.control("faults", kind="throttle", route="query", count=1)
    ready.press("sync_again").let_the_worker_build()
    (error,) = ready.at.error
    assert "QuickBooks" in error.value
    assert "Traceback" not in error.value
    assert head(ready).id == first.id


def test_a_preview_that_is_built_can_be_cancelled_and_is_not_asked_for_twice(ready: Dashboard):
    ready.open("sync").press("sync_now").press("sync_now", "sync_build")
    assert "Nothing is sent. You may leave this page" in ready.said
    ready.press("sync_now").press("sync_now", "sync_build")
    assert "is being built already" in ready.said
    ready.press("sync_build_cancel")
    assert "The preview was cancelled." in ready.said
    assert ready.app.asking.work() == 0
    assert ready.app.plans.head(ready.app.connection().id) is None


def test_the_preview_before_stays_while_another_is_built(ready: Dashboard):
    first = head(build(ready, VENDORS))
    ready.press("sync_again")
    assert "Building the preview" in ready.said
    assert first.id in ready.said


def test_why_a_preview_could_not_be_built_stays_until_another_is(ready: Dashboard):
    ready.company.books.control("faults", kind="status", status=503, route="query", count=9)
    ready.open("sync").press("sync_now").press("sync_now", "sync_build").let_the_worker_build()
    for _ in range(2):
        (error,) = ready.run().at.error
        assert error.value.startswith("The preview could not be built. QuickBooks")
    ready.company.books.disarm()
    build(ready, VENDORS)
    assert list(ready.at.error) == []


def test_an_expired_consent_leads_to_connecting_again(ready: Dashboard):
    connection = ready.app.connection()
    ready.app.connections.set_state(connection.id, ConnectionState.EXPIRED)
    ready.open("sync")
    assert "connection" in ready.links
    assert "sync_now" not in ready.buttons
