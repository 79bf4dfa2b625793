"""Sync: build a preview, tick, search, confirm exactly what is ticked, once, and watch it go over."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.plan import Plan, PlanStatus
from qbsync.domain.run import RunStatus
from tests.company import WHO
from tests.ui.support import Dashboard

CREATE, VENDORS, BILLS = "sync_table", "Vendors", "Vendor bills"


def build(dashboard: Dashboard, *kinds: str) -> Dashboard:
    """Press *Sync Now*, choose what to compare, and let the worker build it."""
    dashboard.open("sync").press("sync_now")
    dashboard.at.button(key="sync_now").click()
    dashboard.choose("sync_kinds", list(kinds))
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


def test_the_cards_count_what_the_preview_holds(ready: Dashboard):
    plan = head(build(ready, VENDORS, BILLS))
    actions = [change.action.value for change in plan.changes]
    assert ready.card("To create") == str(actions.count("create"))
    assert ready.card("Blocked") == str(actions.count("blocked"))
    can_run = sum(1 for change in plan.changes if change.can_run)
    assert ticked(ready) == (can_run, can_run)


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


def test_a_preview_older_than_the_mapping_is_marked_and_refused(ready: Dashboard):
    build(ready, VENDORS)
    plan, app = head(ready), ready.app
    current = app.mappings.current(plan.connection_id)
    app.mapping.save(plan.connection_id, [], current.preferences, over_version=current.version, who=WHO)
    ready.run()
    assert "The mapping was saved after this preview was built." in ready.said
    send(ready)
    (error,) = ready.at.error
    assert "Build a new preview" in error.value
    assert app.runs.latest(plan.connection_id) == []


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


def test_a_run_is_watched_until_it_ends(writing: Dashboard):
    build(writing, VENDORS)
    count, _ = ticked(writing)
    send(writing)
    assert f"0 of {count}" in writing.progress
    assert writing.app.worker().once() == 1
    writing.run()
    assert f"This preview was sent (done): {count} records done." in writing.said
    for screen, said in (
        ("sync_log", "1 of the latest 1 runs"),
        ("history", f"Records done: {count} (in 1 run)"),
        ("overview", "Last good sync: just now"),
    ):
        assert said in writing.open(screen).said


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
