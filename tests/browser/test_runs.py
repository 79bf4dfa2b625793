"""Sending in a real browser: hidden ticks, a double click, a window that is closed or loaded anew, and a cancel.

QuickBooks' own record of what was written is what counts, not what the screen says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from qbsync.bootstrap import App
from qbsync.domain.decide import Action
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.run import OutcomeStatus, Run, RunStatus
from qbsync.domain.wanted import SyncKind
from tests.browser.driver import RUN_SECONDS_MAX, Dashboard, window
from tests.browser.product import Running
from tests.company import WHO, Company
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VENDORS = Scope(kinds=frozenset({SyncKind.VENDOR}))
CUSTOMERS = Scope(kinds=frozenset({SyncKind.CUSTOMER}))
WATCHED_WEEK, CANCELLED_WEEK = date(2026, 9, 26), date(2026, 10, 10)
DONE, CANCELLED = OutcomeStatus.DONE, OutcomeStatus.CANCELLED
MARK = re.compile(r"\[PF-\w+\]")
BEGUN, HELD_MS = 4, 100_000  # batches that pass before the others are held; less than the client waits for an answer


def hours(week: date) -> Scope:
    return Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({week}))


@dataclass(frozen=True)
class Office:
    """The product's data as another process has it, and what QuickBooks received."""

    running: Running
    app: App

    @property
    def connection(self) -> int:
        return self.app.connection().id

    def preview(self, scope: Scope) -> Plan:
        return self.app.previewing.build(self.connection, scope, who=WHO)

    def runs_of(self, plan: Plan) -> list[Run]:
        return [run for run in self.app.runs.latest(self.connection) if run.plan_id == plan.id]

    def hold_the_next_run(self) -> None:
        """QuickBooks keeps the batches after the first ones waiting until `let_go`: the run stands in its middle."""
        self.running.books.control("faults", kind="slow", route="batch", skip=BEGUN, ms=HELD_MS)

    def let_go(self) -> None:
        self.running.books.disarm()

    def ended(self, plan: Plan) -> Run:
        """The one run of a preview, when it has ended."""
        wait_for(lambda: not any(run.is_open for run in self.runs_of(plan)), f"the run of {plan.id} to end")
        (run,) = self.runs_of(plan)
        return run

    def wait_until_some_hours_are_done(self, plan: Plan) -> None:
        wait_for(lambda: self._hours_done(plan), f"hours of {plan.id} to be posted")

    def _hours_done(self, plan: Plan) -> int:
        outcomes = [one for run in self.runs_of(plan) for one in self.app.runs.outcomes(run.id)]
        return sum(one.kind is SyncKind.TIME_ENTRY and one.status is DONE for one in outcomes)

    def entries_in_quickbooks(self, last_day: date) -> Counter[str]:
        """How often each of our entries of a week is there, by its mark."""
        first_day = last_day - timedelta(days=6)
        days = f"WHERE TxnDate >= '{first_day}' AND TxnDate <= '{last_day}'"
        said = [one.get("Description", "") for one in self.running.books.read_all("TimeActivity", days)]
        return Counter(found[0] for text in said if (found := MARK.search(text)))

    def names_in_quickbooks(self, entity: str) -> Counter[str]:
        return Counter(one["DisplayName"] for one in self.running.books.read_all(entity))


@pytest.fixture
def office(contractor: Running) -> Iterator[Office]:
    app = Company(folder=contractor.folder, books=contractor.books).app()
    yield Office(contractor, app)
    app.database.close()


def to_create(plan: Plan, kind: SyncKind) -> list[Change]:
    """The rows of a kind in the tab Create, in its order."""
    return [change for change in plan.changes if change.action is Action.CREATE and change.kind is kind]


@pytest.mark.promise(25)
def test_a_row_unticked_and_filtered_away_is_not_sent_and_the_hidden_ticked_ones_are(clerk: Dashboard, office: Office):
    plan = office.preview(VENDORS)
    unticked, looked_at, *_ = rows = to_create(plan, SyncKind.VENDOR)
    clerk.open("sync")
    clerk.tick_row(0)
    clerk.search("Search record or reason", looked_at.title)
    clerk.press("Review and send")
    clerk.press("Send", within=clerk.dialog)
    clerk.sees("This preview was sent (done)", RUN_SECONDS_MAX)

    vendors = office.names_in_quickbooks("Vendor")
    assert {change.title: vendors[change.title] for change in rows} == {
        change.title: int(change is not unticked) for change in rows
    }


@pytest.mark.promise(25)
def test_a_double_click_on_send_makes_one_run_and_each_record_once(clerk: Dashboard, office: Office):
    plan = office.preview(CUSTOMERS)
    names = [change.title for change in to_create(plan, SyncKind.CUSTOMER)]
    clerk.open("sync")
    clerk.press("Review and send")
    clerk.dialog.get_by_role("button", name="Send").dblclick()
    clerk.settle()
    clerk.sees("This preview was sent (done)", RUN_SECONDS_MAX)
    clerk.picture("double-click")

    assert len(office.runs_of(plan)) == 1
    customers = office.names_in_quickbooks("Customer")
    assert names
    assert {name: customers[name] for name in names} == dict.fromkeys(names, 1)


@pytest.mark.promise(25)
def test_a_run_is_found_again_after_a_reload_and_in_a_second_window_and_ends_once_with_both_closed(
    clerk: Dashboard, contractor: Running, browser: Browser, office: Office
):
    plan = office.preview(hours(WATCHED_WEEK))
    office.hold_the_next_run()
    clerk.open("sync")
    clerk.press("Review and send")
    clerk.press("Send", within=clerk.dialog)
    office.wait_until_some_hours_are_done(plan)

    clerk.page.reload()
    clerk.settle()
    expect(clerk.sees("Sending to QuickBooks")).to_be_visible()
    with window(browser, contractor.base) as second:
        second.open("sync")
        expect(second.sees("Sending to QuickBooks")).to_be_visible()
        assert [run.is_open for run in office.runs_of(plan)] == [True]  # what both showed was the run under way
    clerk.page.close()

    office.let_go()
    run = office.ended(plan)
    assert run.status is RunStatus.DONE
    entries = office.entries_in_quickbooks(WATCHED_WEEK)
    assert len(entries) == len(to_create(plan, SyncKind.TIME_ENTRY)) > 100
    assert set(entries.values()) == {1}
    with window(browser, contractor.base) as later:
        later.open("sync")
        later.sees("This preview was sent (done)")


@pytest.mark.promise(25)
def test_a_cancelled_run_stops_between_writes_and_the_log_says_what_was_and_what_was_not_done(
    clerk: Dashboard, office: Office
):
    plan = office.preview(hours(CANCELLED_WEEK))
    office.hold_the_next_run()
    clerk.open("sync")
    clerk.press("Review and send")
    clerk.press("Send", within=clerk.dialog)
    office.wait_until_some_hours_are_done(plan)
    clerk.press("Cancel")
    office.let_go()
    clerk.sees("Sync cancelled", RUN_SECONDS_MAX)

    run = office.ended(plan)
    assert run.status is RunStatus.CANCELLED
    outcomes = office.app.runs.outcomes(run.id)
    done, cancelled = (sum(one.status is status for one in outcomes) for status in (DONE, CANCELLED))
    assert min(done, cancelled) > 0
    assert done + cancelled == len(outcomes)  # each was either done or not begun
    logged = sum(one.kind is SyncKind.TIME_ENTRY for one in outcomes if one.status is DONE)
    assert sum(office.entries_in_quickbooks(CANCELLED_WEEK).values()) == logged > 0

    clerk.open(f"sync_log?run={run.id}")
    clerk.sees(f"Done {done}")
    clerk.sees(f"Cancelled {cancelled}")
    clerk.sees(f"Cancelled. Done until then: {done}.")
    clerk.picture("cancelled-run")
    clerk.press(f"Retry all {cancelled}")
    clerk.sees(f"{cancelled} records of run {run.id}")  # the preview of just these, on the Sync page
