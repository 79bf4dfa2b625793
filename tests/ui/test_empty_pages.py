"""Before anything is there: each screen opens, says what is missing, and shows the way to the next step."""

from __future__ import annotations

import pytest

from qbsync.domain.intake import SourceFile
from qbsync.ui.screens import SCREENS
from tests.company import WHO, Company, sample_files
from tests.ui.conftest import Open
from tests.ui.support import Dashboard, connect

OF_ANOTHER = b"Project Number,Project Name,Customer\n24-999,Somewhere else,C-1\n"
EMPTY = [
    # screen         said while there is nothing                     the way on
    ("overview", "Load Core data", ""),
    ("connection", "Connect to QuickBooks Online", ""),
    ("mapping", "No QuickBooks company is connected", "connection"),
    ("sync", "No QuickBooks company is connected", "connection"),
    ("sync_log", "Nothing was synced yet", "connection"),
    ("history", "There is no history yet", "connection"),
    ("schedule", "Automatic sync needs a connection", "connection"),
    ("core_data", "Nothing is loaded yet", ""),
    ("settings", "Nothing yet.", "connection"),
]


def test_every_screen_is_looked_at_here():
    assert [row[0] for row in EMPTY] == list(SCREENS)


@pytest.mark.parametrize(("screen", "said", "way"), EMPTY, ids=[row[0] for row in EMPTY])
def test_a_screen_without_data_says_what_to_do_next(nothing: Dashboard, screen: str, said: str, way: str):
    nothing.open(screen)
    assert SCREENS[screen].title in [one.value for one in nothing.at.title]
    assert said in nothing.said
    assert [link for link in nothing.links if link] == ([way] if way else [])
    assert not nothing.at.error


def test_the_first_of_the_first_steps_is_a_press_away(nothing: Dashboard):
    nothing.open("overview").press("overview_do_core_data")
    assert "Nothing is loaded yet" in nothing.said


def test_the_sidebar_says_that_no_company_is_connected(nothing: Dashboard):
    assert "Not connected" in nothing.said
    assert WHO in nothing.said


def test_without_a_connection_one_link_begins_the_consent(nothing: Dashboard):
    nothing.open("connection")
    (button,) = nothing.at.get("html")
    assert 'href="/oauth/qbo/start"' in button.proto.body
    assert 'target="_self"' in button.proto.body


CONNECTED_ONLY = [
    # screen       said while Core has nothing                    the way on
    ("mapping", "There is nothing to map yet", "core_data"),
    ("sync", "There is nothing from ProForge Core yet", "core_data"),
    ("sync_log", "Nothing was synced yet", "sync"),
    ("history", "There is no history yet", "sync"),
]


@pytest.mark.parametrize(("screen", "said", "way"), CONNECTED_ONLY, ids=[row[0] for row in CONNECTED_ONLY])
def test_a_connected_company_without_core_data_is_sent_to_load_it(nothing: Dashboard, screen: str, said: str, way: str):
    connect(nothing.company)
    nothing.open(screen)
    assert said in nothing.said
    assert way in nothing.links


def test_data_without_a_connection_can_be_browsed_and_leads_to_connecting(nothing: Dashboard):
    nothing.app.intake.load(sample_files(), who=WHO)
    nothing.open("core_data")
    assert nothing.card("Employees") == "46"
    assert "connection" in nothing.links
    nothing.open("overview")
    assert "overview_do_connection" in nothing.buttons


def test_what_pages_keep_of_one_database_is_never_shown_for_another(
    nothing: Dashboard, open_dashboard: Open, synced_company: Company
):
    nothing.app.intake.load([SourceFile(name="projects.csv", data=OF_ANOTHER)], who=WHO)
    assert list(nothing.open("core_data").table("core_table").index) == ["24-999"]
    other = open_dashboard(synced_company, keep=True).open("core_data")
    assert set(other.table("core_table").index) == set(other.app.core.book().projects)
    assert "24-999" not in other.app.core.book().projects
