"""When something is wrong, each page says so in a sentence, and what to do about it."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from qbsync.bootstrap import now
from qbsync.domain.connection import ConnectionState
from qbsync.domain.decide import Action
from qbsync.domain.plan import Plan
from qbsync.domain.schedule import Frequency, Schedule
from qbsync.ui.screens import SCREENS
from tests.company import WHO, Company
from tests.local_books import REALM, LocalBooks
from tests.ui.conftest import Open
from tests.ui.support import Dashboard, as_read
from tests.ui.test_sync_page import VENDORS, build, head, send

NO_WORKER = "No worker has begun yet. It starts with the product, or by itself with `qbsync worker`."
LATER = timedelta(minutes=10)


def turn_on_the_schedule(dashboard: Dashboard, at: datetime) -> None:
    with time_machine.travel(at):
        schedule = Schedule(frequency=Frequency.DAILY, enabled=True, connection_id=dashboard.app.connection().id)
        dashboard.app.scheduling.save(schedule, who=WHO)


# The database cannot be reached.


def test_every_page_says_that_the_database_does_not_answer_and_what_to_do(
    open_dashboard: Open, idle_books: LocalBooks, tmp_path: Path
):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        url = f"postgresql://qbsync:very-secret@127.0.0.1:{nobody.getsockname()[1]}/books"
        dashboard = open_dashboard(Company(folder=tmp_path / "data", books=idle_books, database_url=url))
        for screen in SCREENS:
            dashboard.open(screen)
            for error in dashboard.at.error:
                said = as_read(error.value)
                assert said.startswith("The database cannot be used: connection failed"), screen
                assert "Start the PostgreSQL server, or check what QBSYNC_DATABASE_URL names" in said
                assert "very-secret" not in said
            assert len(dashboard.at.error) == 2, screen  # the page's, and the sidebar's


# The consent of the connected company has ended.

EXPIRED = [
    # screen        what it says
    ("overview", "The consent for Ridgeline Builders, Inc. has ended: nothing syncs until it is given again."),
    ("connection", "Nothing syncs until it is given again"),
    ("sync", "The consent of QuickBooks has ended"),
    ("schedule", "Automatic sync is on, and waits until QuickBooks is connected again."),
]


@pytest.fixture
def expired(ready: Dashboard) -> Dashboard:
    turn_on_the_schedule(ready, now())
    ready.app.connections.set_state(ready.app.connection().id, ConnectionState.EXPIRED)
    return ready


@pytest.mark.parametrize(("screen", "said"), EXPIRED, ids=[row[0] for row in EXPIRED])
def test_a_page_that_needs_the_consent_says_that_it_has_ended(expired: Dashboard, screen: str, said: str):
    assert said in expired.open(screen).said


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_shows_that_the_consent_has_ended_and_the_way_to_give_it_again(expired: Dashboard, screen: str):
    expired.open(screen)
    assert "Expired" in expired.said
    assert ("connection", "Connect again") in [(one.proto.page, one.proto.label) for one in expired.at.get("page_link")]
    assert not expired.at.error


# QuickBooks does not answer.


@pytest.fixture
def down(writing: Dashboard) -> Dashboard:
    """A company whose vendors are in QuickBooks, which is out of order now."""
    build(writing, VENDORS)
    send(writing)
    writing.app.worker().once()
    writing.company.books.control("faults", kind="status", status=503)
    return writing


@pytest.mark.parametrize(("screen", "button"), [("connection", "connection_refresh"), ("sync", "sync_pull")])
def test_asking_quickbooks_while_it_is_down_is_one_sentence_with_what_to_do(down: Dashboard, screen: str, button: str):
    down.open(screen).press(button)
    (error,) = down.at.error
    assert error.value.startswith("QuickBooks is in trouble")
    assert "Try again in a few minutes" in error.value


def test_a_records_story_says_that_quickbooks_is_down_and_stays(down: Dashboard):
    down.open("core_data").choose("core_kind", "vendor").tick("core_table", [0]).press("core_look")
    (error,) = down.at.error
    assert "Try again in a few minutes" in error.value
    assert "core_look" in down.buttons


# The company's subscription has ended.


def test_a_company_without_subscription_is_named_on_its_page_and_every_record_is_held_back(writing: Dashboard):
    writing.company.books.control(f"{REALM}/subscription", status="EXPIRED")
    writing.open("connection").press("connection_refresh")
    assert "Subscription: ended (EXPIRED)." in writing.said
    assert "Renew it in QuickBooks" in writing.said
    assert "subscription or trial has ended, so QuickBooks takes no entries." in writing.open("overview").said
    plan = head(build(writing, VENDORS))
    assert {change.action for change in plan.changes} == {Action.LINK, Action.BLOCKED}  # a link writes nothing
    assert "subscription" in causes(writing, plan)


def causes(dashboard: Dashboard, plan: Plan) -> str:
    """What stands under Blocked: the cause, what to do, and how many records it holds."""
    dashboard.switch_tab(f"sync_tabs_{plan.id}", "Blocked")
    return "\n".join(one.value.to_string() for one in dashboard.at.dataframe)


# No worker runs.


@pytest.mark.parametrize("screen", ["sync", "overview", "sync_log"])
def test_a_run_that_no_worker_has_begun_says_how_one_is_started(ready: Dashboard, screen: str):
    send(build(ready, VENDORS))
    assert "Waiting for the worker" in ready.open(screen).said
    assert NO_WORKER not in ready.said  # a moment is no fault
    with time_machine.travel(now() + LATER):
        assert NO_WORKER in ready.open(screen).said


def test_a_preview_that_no_worker_has_begun_says_how_one_is_started(ready: Dashboard):
    ready.open("sync").press("sync_now").press("sync_now", "sync_build")
    assert NO_WORKER not in ready.said
    with time_machine.travel(now() + LATER):
        assert NO_WORKER in ready.open("sync").said


def test_a_preview_that_could_not_be_built_stays_on_the_overview_until_one_is(down: Dashboard):
    build_in_vain(down)
    assert "The last preview could not be built: QuickBooks is in trouble" in down.open("overview").said
    down.company.books.disarm()
    build(down, VENDORS)
    assert "could not be built" not in down.open("overview").said


def build_in_vain(dashboard: Dashboard) -> None:
    dashboard.open("sync").press("sync_now").press("sync_now", "sync_build").let_the_worker_build()


def test_a_schedule_that_is_overdue_says_since_when_and_how_a_worker_is_started(ready: Dashboard):
    turn_on_the_schedule(ready, now() - timedelta(days=3))
    ready.open("schedule")
    assert "Automatic sync is on, and was due on" in ready.said
    assert NO_WORKER in ready.said
    assert "Next: **" not in ready.said
    ready.open("overview")
    assert "Automatic sync was due, and no worker has begun it." in ready.said
    assert "· overdue)" in ready.said
