"""What others did in QuickBooks: a pull tells it, the preview asks about it, and a choice is kept."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.decide import Action, Choice
from qbsync.domain.link import Link
from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import SyncKind
from tests.local_books import REALM
from tests.ui.conftest import Open
from tests.ui.support import Dashboard

WEEK = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 3)}))


@pytest.fixture
def posted(writing: Dashboard) -> Dashboard:
    """One week of hours is in QuickBooks, and one entry was edited there."""
    writing.company.confirmed_run(WEEK)
    writing.app.worker().once()
    return edited(writing)


def edited(dashboard: Dashboard) -> Dashboard:
    dashboard.company.books.control(
        f"{REALM}/edit", entity="TimeActivity", id=an_entry(dashboard).ledger_id, changes={"Hours": 1, "Minutes": 5}
    )
    return dashboard


def an_entry(dashboard: Dashboard) -> Link:
    links = dashboard.app.links.all(dashboard.app.connection().id)
    return next(link for link in links if link.ledger_kind.value == "TimeActivity")


def the_conflict(dashboard: Dashboard) -> Change:
    plan = dashboard.app.plans.head(dashboard.app.connection().id)
    assert plan is not None
    (found,) = [one for one in dashboard.app.plans.get(plan.id).changes if one.action is Action.CONFLICT]
    return found


def test_a_pull_tells_what_was_edited_and_changes_nothing(posted: Dashboard):
    entry, before = an_entry(posted), len(posted.company.books.applied())
    posted.open("sync").press("sync_pull")
    assert "Edited in QuickBooks since the last sync" in posted.said
    assert entry.title in posted.said
    assert len(posted.company.books.applied()) == before


def test_a_pull_without_news_says_so(ready: Dashboard):
    ready.open("sync").press("sync_pull")
    assert "Nothing moved in QuickBooks since the last sync." in ready.said


def test_a_choice_on_a_conflict_is_kept_and_the_next_preview_acts_by_it(posted: Dashboard, open_dashboard: Open):
    posted.open("sync").press("sync_again").let_the_worker_build()
    conflict, head = the_conflict(posted), posted.app.plans.head(posted.app.connection().id)
    assert head is not None
    posted.switch_tab(f"sync_tabs_{head.id}", "Conflicts")
    assert "What shall be done?" in [one.proto.label for one in posted.at.button_group]
    assert "1 h 5 min" in str([table.value.to_dict() for table in posted.at.table])
    key = f"sync_choice_{head.id}_{conflict.seq}"
    posted.choose(key, Choice.KEEP_CORE)
    assert "Kept: **Keep Core**" in posted.said

    elsewhere = open_dashboard(posted.company).open("sync")
    elsewhere.switch_tab(f"sync_tabs_{head.id}", "Conflicts")
    assert next(one.value for one in elsewhere.at.button_group if one.key == key) == Choice.KEEP_CORE

    elsewhere.press("sync_again").let_the_worker_build()
    newer = elsewhere.app.plans.head(head.connection_id)
    assert newer is not None
    changes = {change.key: change for change in elsewhere.app.plans.get(newer.id).changes}
    assert changes[conflict.key].action is Action.UPDATE


def test_one_choice_is_made_for_all_conflicts_that_are_shown(posted: Dashboard):
    entries = [one for one in posted.app.links.all(posted.app.connection().id) if one.kind is SyncKind.TIME_ENTRY]
    for entry in entries[1:3]:
        change = {"entity": "TimeActivity", "id": entry.ledger_id, "changes": {"Hours": 2, "Minutes": 10}}
        posted.company.books.control(f"{REALM}/edit", **change)
    posted.open("sync").press("sync_again").let_the_worker_build()
    head = posted.app.plans.head(posted.app.connection().id)
    assert head is not None
    conflicts = [one for one in posted.app.plans.get(head.id).changes if one.action is Action.CONFLICT]
    posted.switch_tab(f"sync_tabs_{head.id}", "Conflicts")
    posted.type("sync_search_conflict", conflicts[0].title)
    assert not [key for key in posted.buttons if key.startswith("sync_all_")]  # one is decided in the panel
    posted.type("sync_search_conflict", "")
    assert f"**{len(conflicts)} records edited in both systems**" in posted.said
    posted.press(f"sync_all_edited in both systems_{Choice.KEEP_QUICKBOOKS.name}")
    assert f"Kept: **Keep QuickBooks** for {len(conflicts)} records" in posted.said
    chosen = posted.app.links.choices(head.connection_id)
    assert {chosen[one.decision_key] for one in conflicts} == {Choice.KEEP_QUICKBOOKS}


def test_a_conflict_can_never_be_ticked(posted: Dashboard):
    posted.open("sync").press("sync_again").let_the_worker_build()
    head = posted.app.plans.head(posted.app.connection().id)
    assert head is not None
    posted.switch_tab(f"sync_tabs_{head.id}", "Conflicts")
    assert posted.table("sync_table")["seq"].tolist() == [the_conflict(posted).seq]
    assert "sync_confirm" not in posted.buttons  # there is nothing to send
