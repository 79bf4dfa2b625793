"""Connection: what the company is, its lists, how a consent ended, and ending it with a typed word."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from qbsync.bootstrap import now
from qbsync.domain.connection import ConnectionState
from qbsync.domain.ledger import LedgerKind
from qbsync.ui.connection.view import DECLINED, REASONS, START
from qbsync.ui.text import moment
from tests.local_books import REALM
from tests.ui.support import Dashboard, as_read, connect


@pytest.fixture
def connected(nothing: Dashboard) -> Dashboard:
    connect(nothing.company)
    return nothing.open("connection")


def state(dashboard: Dashboard) -> ConnectionState:
    known = dashboard.app.connections.current()
    assert known is not None
    return known.state


def ways_to_consent(dashboard: Dashboard) -> list[str]:
    """The labels of the buttons that lead to QuickBooks' consent for a first company, or for the same one again."""
    return [label for one in dashboard.at.get("html") for label in re.findall(f'href="{START}">(.*?)<', one.proto.body)]


def test_the_connected_company_is_shown_with_its_lists(connected: Dashboard):
    assert "Ridgeline Builders, Inc." in connected.said
    assert f"company id {REALM}" in connected.said
    assert ways_to_consent(connected) == []
    lists = connected.app.connections.lists(connected.app.connection().id)
    active = [entry for entry in lists[LedgerKind.VENDOR] if entry.active]
    assert connected.card("Vendors") == str(len(active))


def test_refreshing_reads_the_lists_again(connected: Dashboard):
    app = connected.app
    app.connections.save_lists(app.connection().id, {kind: [] for kind in LedgerKind})
    connected.run()
    assert connected.card("Vendors") == "0"
    connected.press("connection_refresh")
    assert "lists were read again" in connected.said
    assert connected.card("Vendors") != "0"


def open_and_type(dashboard: Dashboard, word: str) -> Dashboard:
    dashboard.press("connection_disconnect")
    dashboard.at.button(key="connection_disconnect").click()
    return dashboard.type("connection_word", word)


@pytest.mark.parametrize("word", ["", "disconnect", "DISCONNECT ", "YES"])
def test_disconnecting_wants_the_exact_word(connected: Dashboard, word: str):
    open_and_type(connected, word)
    assert connected.is_disabled("connection_really")
    assert state(connected) is ConnectionState.CONNECTED


def test_the_typed_word_disconnects_and_the_way_back_is_shown(connected: Dashboard):
    open_and_type(connected, "DISCONNECT")
    connected.press("connection_disconnect", "connection_really")
    assert state(connected) is ConnectionState.DISCONNECTED
    assert connected.app.connections.tokens(connected.app.connecting.known().id) is None
    assert "**Ridgeline Builders, Inc.** is disconnected." in connected.said
    assert "connect the same company again" in connected.said
    assert ways_to_consent(connected)


@pytest.mark.promise(4)
def test_an_expired_consent_asks_to_connect_again(connected: Dashboard):
    connected.app.connections.set_state(connected.app.connection().id, ConnectionState.EXPIRED)
    connected.run()
    assert "has ended" in connected.said
    assert connected.is_disabled("connection_refresh")
    assert ways_to_consent(connected) == ["Connect again"]


@pytest.mark.parametrize("reason", list(REASONS))
def test_a_refused_return_is_explained_once(nothing: Dashboard, reason: str):
    nothing.open("connection", result="refused", reason=reason)
    assert [error.value for error in nothing.at.error] == [REASONS[reason]]
    assert not nothing.at.query_params
    nothing.run()
    assert not nothing.at.error


def test_no_thanks_at_quickbooks_is_no_error(nothing: Dashboard):
    nothing.open("connection", result="refused", reason="declined")
    assert [info.value for info in nothing.at.info] == [DECLINED]
    assert not nothing.at.error


@pytest.mark.parametrize("reason", ["", "<img src=x>", "no_such_reason"])
def test_an_unknown_reason_is_not_repeated(nothing: Dashboard, reason: str):
    nothing.open("connection", result="refused", reason=reason)
    (error,) = nothing.at.error
    assert "did not complete the connection" in error.value
    assert "img" not in error.value


def test_a_link_cannot_claim_a_connection_that_is_not_there(nothing: Dashboard):
    nothing.open("connection", result="ok")
    assert not nothing.at.success
    assert not nothing.at.query_params
    assert "Not connected" in nothing.said
    assert ways_to_consent(nothing) == ["Connect to QuickBooks"]


def test_coming_back_connected_names_the_company(connected: Dashboard):
    connected.open("connection", result="ok")
    (success,) = connected.at.success
    assert "Ridgeline Builders" in success.value


@pytest.mark.promise(23)
def test_the_checklist_says_what_is_different_and_why(connected: Dashboard):
    assert "Books: closed through" in connected.said.replace("\\", "")
    assert "are blocked in the preview" in connected.said.replace("\\", "")


def test_time_tracking_that_is_off_stands_on_the_page_after_a_refresh(connected: Dashboard):
    app = connected.app
    facts = app.connecting.facts(app.connection().id)
    app.connections.save_company(app.connection().id, replace(facts, time_tracking=False))
    connected.run()
    assert "Time tracking: off" in connected.said.replace("\\", "")
    connected.press("connection_refresh")
    assert "Time tracking: off" not in connected.said.replace("\\", "")


def test_the_reads_that_quickbooks_meters_are_shown(connected: Dashboard):
    app = connected.app
    reads = app.connections.metered_reads(app.connection().id, now())
    assert reads > 0  # the lists were read when it was connected
    tables = "\n".join(table.value.to_string() for table in connected.at.table)
    assert f"{reads:,} (Intuit counts what is read, and never what is sent)" in tables


def test_the_usual_service_item_is_named_and_when_the_lists_were_read(connected: Dashboard):
    app = connected.app
    facts = app.connecting.facts(app.connection().id)
    items = app.connections.lists(app.connection().id)[LedgerKind.ITEM]
    item = next(one for one in items if one.id == facts.default_time_item_id)
    assert f'Usual service item of hours: "{item.name}"' in connected.said
    assert facts.lists_read_at is not None
    read_at = moment(facts.lists_read_at, ZoneInfo("UTC"))
    tables = as_read("\n".join(table.value.to_string() for table in connected.at.table))
    assert f"{read_at}; again every day and with every preview" in tables
