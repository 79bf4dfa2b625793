"""A clerk's first day in a real browser: from an empty screen to a week of hours in QuickBooks, and what came back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.driver import RUN_SECONDS_MAX, Dashboard
from tests.browser.product import Running
from tests.local_books import REALM

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEEK = "3 Oct 2026"
FIRST_DAY, LAST_DAY = date(2026, 9, 27), date(2026, 10, 3)


def test_a_clerk_gets_from_nothing_to_a_synced_week(dashboard: Dashboard, running: Running):
    load_the_sample(dashboard)
    connect(dashboard, running)
    map_the_codes(dashboard)
    preview_the_week(dashboard)
    records, hours = confirm(dashboard)

    posted = time_in_quickbooks(running)
    assert hours_of(posted) == hours  # what the dialog said is what QuickBooks has, to the minute
    assert 200 < len(posted) <= records

    read_the_log(dashboard)
    look_back(dashboard)
    turn_on_the_schedule(dashboard)
    decide_on_an_edit(dashboard, running, posted[0])
    assert dashboard.strangers == []  # nothing was asked of any other host or port …
    assert dashboard.complaints == []  # … and the browser blocked nothing


def load_the_sample(dashboard: Dashboard) -> None:
    dashboard.open("core_data")
    dashboard.press("Load the sample contractor")
    dashboard.sees("3 problems keep rows out")
    dashboard.sees("How the files were read")
    dashboard.picture("1-core-data")


def connect(dashboard: Dashboard, running: Running) -> None:
    dashboard.open("connection")
    with dashboard.visiting(running.books.base):
        dashboard.page.get_by_role("link", name="Connect to QuickBooks").click()
        dashboard.page.wait_for_url("**/connect/oauth2?*")
        dashboard.page.get_by_role("button", name="Connect", exact=True).click()
        dashboard.page.wait_for_url(f"{running.base}/connection*")
    dashboard.sees("is connected. Next: map your codes")
    dashboard.picture("2-connection")


def map_the_codes(dashboard: Dashboard) -> None:
    dashboard.open("mapping")
    dashboard.press("Accept all suggestions")
    dashboard.sees("unsaved changes")
    dashboard.search("Code or name", "99-999")
    dashboard.edit_cell(across=0.62, row=0, typed="General Labor")
    dashboard.search("Code or name", "")  # an edit survives the filter that hides it
    dashboard.tab("Timesheet")
    dashboard.sees("Overtime rule")
    dashboard.press("Save Mapping")
    dashboard.sees("as version 1")
    dashboard.tab("Cost codes")
    dashboard.sees("1 cost code, 1 vendor")  # 01-320 is left; 99-999 was mapped by hand
    dashboard.picture("3-mapping")


def preview_the_week(dashboard: Dashboard) -> None:
    dashboard.open("sync")
    build_the_week(dashboard)
    dashboard.picture("4-sync-preview")
    dashboard.tab("Blocked")
    dashboard.sees("causes for")


def build_the_week(dashboard: Dashboard) -> None:
    """Build a preview of the timesheets of one week."""
    dashboard.press("Sync Now")
    dashboard.dialog.get_by_text("Timesheets", exact=True).click()
    weeks = dashboard.dialog.get_by_role("combobox", name="Weeks ending")
    weeks.fill(WEEK)
    week = dashboard.page.get_by_role("option", name=WEEK, exact=True)
    expect(week).to_be_visible()
    expect(dashboard.page.get_by_role("option")).to_have_count(1)  # and not the 31st, nor all that match
    dashboard.settle()  # a list moves from under the pointer while it opens
    week.click()
    weeks.press("Tab")  # which closes the list
    expect(dashboard.dialog.get_by_text(WEEK, exact=True)).to_be_visible()
    dashboard.press("Build the preview", within=dashboard.dialog)
    dashboard.sees("The preview is ready", 60)
    dashboard.settle()


def confirm(dashboard: Dashboard) -> tuple[int, Decimal]:
    """Send what is ticked; returns how many records and hours the dialog said."""
    dashboard.tab("Create")
    dashboard.press("Review and send")
    expect(dashboard.dialog.get_by_role("button", name="Send")).to_be_visible()  # its last piece
    said = dashboard.dialog.inner_text()
    dashboard.press("Send", within=dashboard.dialog)
    dashboard.sees("This preview was sent (done)", RUN_SECONDS_MAX)
    dashboard.picture("5-sync-finished")
    return int(number(r"([\d,]+) records go", said)), number(r"Hours\s+([\d,.]+) h", said)


def number(pattern: str, text: str) -> Decimal:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in {text!r}"
    return Decimal(found[1].replace(",", ""))


def time_in_quickbooks(running: Running) -> list[dict[str, Any]]:
    return running.books.read_all("TimeActivity", f"WHERE TxnDate >= '{FIRST_DAY}' AND TxnDate <= '{LAST_DAY}'")


def hours_of(posted: list[dict[str, Any]]) -> Decimal:
    minutes = sum(int(one.get("Hours", 0)) * 60 + int(one.get("Minutes", 0)) for one in posted)
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def read_the_log(dashboard: Dashboard) -> None:
    dashboard.press_link("See its records in the Sync Log")
    dashboard.sees("The whole difference is explained")
    dashboard.page.keyboard.press("Escape")
    dashboard.open("sync_log")
    dashboard.click_cell(across=0.94, row=0)
    dashboard.sees("The whole difference is explained")
    dashboard.sees("It was made in QuickBooks.")
    dashboard.picture("6-sync-log")
    dashboard.page.keyboard.press("Escape")


def look_back(dashboard: Dashboard) -> None:
    dashboard.open("history")
    dashboard.page.wait_for_selector(".barlayer .point path", state="attached")
    dashboard.sees("Nothing failed in this time.")
    dashboard.picture("7-history")


def turn_on_the_schedule(dashboard: Dashboard) -> None:
    dashboard.open("schedule")
    dashboard.page.get_by_text("Automatic sync", exact=True).first.click()
    dashboard.settle()
    dashboard.press("Save Schedule")
    dashboard.sees("Automatic sync is on. Next:")
    dashboard.picture("8-schedule")


def decide_on_an_edit(dashboard: Dashboard, running: Running, entry: dict[str, Any]) -> None:
    """Somebody changes an entry in QuickBooks: it is shown, never overwritten, and a choice settles it."""
    running.books.control(f"{REALM}/edit", entity="TimeActivity", id=entry["Id"], changes={"Hours": 1, "Minutes": 15})
    dashboard.open("sync")
    dashboard.press("Pull", exact=True)
    dashboard.sees("Edited in QuickBooks since the last sync")
    build_the_week(dashboard)
    dashboard.tab("Conflicts")
    dashboard.sees("Edited in QuickBooks since the last sync: Hours.")
    dashboard.picture("9-conflict")
    dashboard.page.get_by_text("Keep QuickBooks", exact=True).first.click()
    dashboard.sees("to apply your choices")
    dashboard.press("Rebuild")
    dashboard.sees("The preview is ready", 60)
    dashboard.sees("1 of 1 ticked")
    assert time_in_quickbooks_by_id(running, entry["Id"]) == (1, 15)


def time_in_quickbooks_by_id(running: Running, record_id: str) -> tuple[int, int]:
    found = next(one for one in time_in_quickbooks(running) if one["Id"] == record_id)
    return found["Hours"], found["Minutes"]
