"""Names from the books are data: on no screen do they become a picture, a link, a colour or a formula."""

from __future__ import annotations

import re

import pytest

from qbsync.domain.intake import SourceFile
from qbsync.ui.screens import SCREENS
from tests.company import WHO
from tests.ui.conftest import Open
from tests.ui.support import Dashboard, connect
from tests.ui.test_sync_page import build, send

IMAGE, TAG, LINK = "![x](//evil.example/a)", "<img src=x onerror=alert(1)>", "[pay](//evil.example/b)"
BLOCKED = ":red[Overdue] ![x](http://evil.example/c)"  # QuickBooks takes no colon in a name
VENDORS = f"Vendor Number,Vendor Name\nV-1,{IMAGE}\nV-2,{TAG}\nV-3,{LINK}\nV-4,{BLOCKED}\n"
BILLS = (
    "Bill ID,Vendor,Invoice Number,Invoice Date,Due Date,Description,Amount,Total Amount,Status\n"
    f"B-1,V-4,{TAG},2026-10-01,2026-11-01,{IMAGE},100.00,100.00,Submitted\n"
)
LIVE = [re.compile(rf"(?<!\\){mark}") for mark in (r"!\[x", r"<img", r"\[pay", r":red\[O", r"http:/", r"evil\.ex")]


@pytest.fixture
def hostile(nothing: Dashboard, open_dashboard: Open) -> Dashboard:
    """Vendors of hostile names are loaded by somebody of a hostile name, and previewed."""
    connect(nothing.company)
    app = nothing.app
    files = [SourceFile(name=f"{name}-{TAG}.csv", data=data.encode()) for name, data in (("v", VENDORS), ("b", BILLS))]
    app.intake.load(files, who=IMAGE)
    app.mapping.accept(app.connection().id, 90, who=IMAGE)
    return open_dashboard(nothing.company, QBSYNC_USER=IMAGE)


def drawn(dashboard: Dashboard) -> str:
    """Everything on the screen that Streamlit reads as Markdown."""
    at = dashboard.at
    texts = [dashboard.markup, *(f"{one.label} {one.delta}" for one in at.metric), *(tab.label for tab in at.tabs)]
    texts += [str(block.label) for block in at.expander]
    for table in at.table:
        frame = table.value
        texts += [*map(str, frame.index), *map(str, frame.columns), *frame.astype(str).to_numpy().ravel()]
    return "\n".join(texts)


def assert_inert(dashboard: Dashboard) -> None:
    found = drawn(dashboard)
    assert [mark.pattern for mark in LIVE if mark.search(found)] == []


def test_no_screen_draws_a_name_as_markup(hostile: Dashboard):
    build(hostile, "Vendors")
    for screen in SCREENS:
        assert_inert(hostile.open(screen))


def test_each_hostile_record_is_inert_beside_its_table(hostile: Dashboard):
    build(hostile, "Vendors")
    names = hostile.table("sync_table")["Record"].tolist()
    assert set(names) == {IMAGE, TAG, LINK}
    for row, name in enumerate(names):
        hostile.look_at("sync_table", row)
        assert name in hostile.said
        assert_inert(hostile)


def test_a_blocked_record_of_a_hostile_name_is_inert_too(hostile: Dashboard):
    build(hostile, "Vendors", "Vendor bills")
    head = hostile.app.plans.head(hostile.app.connection().id)
    assert head is not None
    hostile.switch_tab(f"sync_tabs_{head.id}", "Blocked")
    for view in next(one.options for one in hostile.at.button_group if one.key == "sync_view_blocked"):
        hostile.choose("sync_view_blocked", view)
        assert_inert(hostile)
    assert BLOCKED in hostile.said


def test_confirming_and_the_run_are_inert_too(hostile: Dashboard):
    build(hostile, "Vendors")
    hostile.press("sync_confirm")
    assert_inert(hostile)
    hostile.press("sync_confirm", "sync_send")
    assert_inert(hostile)
    (run,) = hostile.app.runs.latest(hostile.app.connection().id)
    assert run.confirmed_by == IMAGE
    hostile.app.runs.cancel(run.id, WHO, run.created_at)
    hostile.app.worker().once()
    hostile.open("sync_log", run=run.id)
    assert "records" in hostile.said
    assert_inert(hostile)


def test_a_search_for_markup_is_only_a_search(hostile: Dashboard):
    build(hostile, "Vendors").type("sync_search_create", IMAGE)
    assert hostile.table("sync_table")["Record"].tolist() == [IMAGE]
    assert_inert(hostile)


def test_sending_is_possible_all_the_same(hostile: Dashboard):
    send(build(hostile, "Vendors"))
    (run,) = hostile.app.runs.latest(hostile.app.connection().id)
    assert len(hostile.app.runs.outcomes(run.id)) == 3
