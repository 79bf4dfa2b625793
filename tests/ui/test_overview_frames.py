"""Where things stand: the first steps in their order, and what needs attention with the screen that mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbsync.domain.book import PayrollWeek
from qbsync.domain.connection import ConnectionState
from qbsync.domain.decide import Action
from qbsync.domain.history import DayCount
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import OutcomeStatus, RunStatus
from qbsync.domain.tieout import WeekTotals
from qbsync.ui.overview import frames
from qbsync.ui.overview.frames import Standing
from qbsync.ui.screens import SCREENS
from tests.ui.test_log_frames import AT, run

DONE = Standing(
    core_records=1323,
    connection=ConnectionState.CONNECTED,
    company="Ridgeline Builders, Inc.",
    mapping_version=3,
    plan_status=PlanStatus.DONE,
    runs=(run(1),),
    scheduled=True,
)
NOT_DONE = [
    # what is missing                                                      the steps still to do
    ({}, []),
    ({"core_records": 0}, ["Load Core data"]),
    ({"connection": None}, ["Connect QuickBooks"]),
    ({"connection": ConnectionState.EXPIRED}, ["Connect QuickBooks"]),
    ({"mapping_version": 0}, ["Accept the sure suggestions", "Map the rest"]),
    ({"unmapped": "1 employee"}, ["Map the rest"]),
    ({"plan_status": None}, ["Build a Sync Preview"]),
    ({"runs": ()}, ["Review and send", "Finish a sync without a failure"]),
    ({"runs": (run(status=RunStatus.QUEUED),)}, ["Finish a sync without a failure"]),
    ({"runs": (run(status=RunStatus.FAILED),)}, ["Finish a sync without a failure"]),
    ({"runs": (run(2, status=RunStatus.PARTLY_FAILED),)}, ["Finish a sync without a failure"]),
    ({"runs": (run(2, status=RunStatus.PARTLY_FAILED), run(1))}, []),
    ({"scheduled": False}, ["Set a schedule"]),
]


@pytest.mark.parametrize(("missing", "left"), NOT_DONE)
def test_a_step_is_done_when_what_it_asks_for_is_there(missing: dict[str, object], left: list[str]):
    steps = frames.steps(replace(DONE, **missing))  # type: ignore[arg-type]
    assert [step.title for step in steps if not step.done] == left


def test_the_steps_lead_to_screens_that_exist():
    assert {step.screen for step in frames.steps(Standing())} <= set(SCREENS)
    assert not any(step.done for step in frames.steps(Standing()))


ATTENTION = [
    # what is the matter                                                        said                              screen
    ({}, "", ""),
    ({"connection": ConnectionState.EXPIRED}, "The consent for Ridgeline", "connection"),
    ({"consent_days": 7}, "The consent for Ridgeline Builders, Inc. ends in 7 days", "connection"),
    ({"not_done": {"run-1": 1}}, "1 record of the last sync did not go over.", "sync_log"),
    ({"not_done": {"run-1": 1}, "runs": (run(2), run(1))}, "1 record of an earlier sync did not go over.", "sync_log"),
    ({"not_done": {"run-1": 3, "run-2": 4}, "runs": (run(2), run(1))}, "7 records of 2 syncs did", "sync_log"),
    ({"not_done": {"run-1": 1}, "runs": (run(status=RunStatus.RUNNING),)}, "", ""),
    ({"unmapped": "1 employee"}, "Still to map: 1 employee.", "mapping"),
    ({"unmapped": "1 employee", "connection": None}, "", ""),
    ({"held_back": ("Time tracking is off.",)}, "Time tracking is off.", "connection"),
    ({"held_back": ("Time tracking is off.",), "connection": ConnectionState.DISCONNECTED}, "", ""),
    ({"overdue": True}, "Automatic sync was due, and no worker has begun it.", "schedule"),
    ({"failed_preview": "QuickBooks is down."}, "The last preview could not be built: QuickBooks is down.", "sync"),
    ({"row_errors": 3}, "3 rows from Core are left out, and nobody has mended them yet.", "core_data"),
    ({"unread": 2}, "2 unread notices.", "settings"),
]


@pytest.mark.parametrize(("matter", "said", "screen"), ATTENTION)
def test_what_needs_somebody_is_said_with_the_screen_that_mends_it(matter: dict[str, object], said: str, screen: str):
    found = frames.attention(replace(DONE, **matter))  # type: ignore[arg-type]
    assert [one.screen for one in found] == ([screen] if screen else [])
    assert all(one.text.startswith(said) and one.link for one in found)


def test_what_is_to_map_opens_the_tab_with_the_first_of_it():
    (one,) = frames.attention(replace(DONE, unmapped="1 vendor", unmapped_tab="vendor"))
    assert one.params == {"tab": "vendor"}


WEEKS = [
    # rows and drafts of the weeks, newest first       the week that is shown
    ([], None),
    ([(3, 0), (3, 0)], 0),
    ([(3, 3), (3, 0)], 1),
    ([(3, 1), (3, 0)], 0),
    ([(3, 3), (3, 3)], 0),
]


@pytest.mark.parametrize(("weeks", "shown"), WEEKS)
def test_the_newest_week_that_is_not_all_a_draft_is_shown(weeks: list[tuple[int, int]], shown: int | None):
    endings = [date(2026, 11, 21) - timedelta(weeks=number) for number in range(len(weeks))]
    found = [
        PayrollWeek(ending=ending, rows=rows, drafts=drafts)
        for ending, (rows, drafts) in zip(endings, weeks, strict=True)
    ]
    assert frames.week_to_show(found) == (None if shown is None else endings[shown])


def test_an_open_preview_says_what_waits_in_it():
    waiting = {Action.CONFLICT: 1, Action.BLOCKED: 2, Action.CREATE: 3, Action.LINK: 1, Action.SKIP: 50}
    found = frames.attention(replace(DONE, plan_status=PlanStatus.DRAFT, plan_counts=waiting))
    assert [one.text for one in found] == [
        "1 conflict waits for a decision.",
        "2 records are blocked in the latest preview.",
        "A preview with 4 records is ready to review and send.",
    ]
    assert [one.params for one in found] == [{"tab": "conflict"}, {"tab": "blocked"}, {}]
    after = frames.attention(replace(DONE, plan_status=PlanStatus.DONE, plan_counts=waiting))
    assert [one.link for one in after] == ["Decide", "See what to fix"]  # a run leaves these where they are


def test_a_preview_of_some_kinds_says_that_it_looked_at_no_others():
    some = replace(DONE, plan_counts={Action.BLOCKED: 1}, plan_scope="vendor bills")
    (found,) = frames.attention(some)
    assert found.text == "1 record is blocked in the latest preview (vendor bills)."


def test_what_was_blocked_before_a_retry_is_not_forgotten():
    before = {Action.BLOCKED: 93, Action.CREATE: 5}
    (found,) = frames.attention(replace(DONE, plan_counts={Action.CREATE: 1}, counts_before=before))
    assert (found.text, found.screen) == ("93 records were blocked in the preview before the retry.", "sync")


def test_a_preview_that_could_not_be_built_hides_nothing_of_the_one_before():
    waiting = {Action.CONFLICT: 1, Action.BLOCKED: 2}
    found = frames.attention(replace(DONE, plan_counts=waiting, failed_preview="QuickBooks is down."))
    assert [one.link for one in found] == ["Try again", "Decide", "See what to fix"]


def test_the_most_urgent_comes_first():
    everything = replace(
        DONE,
        connection=ConnectionState.EXPIRED,
        not_done={"run-1": 4},
        plan_status=PlanStatus.DRAFT,
        plan_counts={Action.CONFLICT: 1},
        unread=1,
    )
    assert [one.screen for one in frames.attention(everything)] == ["connection", "sync_log", "sync", "settings"]


def test_the_link_to_the_log_opens_the_newest_run_with_something_left_to_do():
    runs = (run(4, status=RunStatus.RUNNING), run(3), run(2, status=RunStatus.PARTLY_FAILED), run(1))
    (found,) = frames.attention(replace(DONE, runs=runs, not_done={"run-1": 1, "run-2": 2}))
    assert found.params == {"run": "run-2"}


def test_a_sync_is_as_old_as_its_end():
    ended = run(1, finished_at=AT + timedelta(hours=3))
    assert frames.ended_at(ended) == AT + timedelta(hours=3)


def test_the_last_good_sync_is_one_without_a_failure():
    runs = [run(3, status=RunStatus.PARTLY_FAILED), run(2), run(1)]
    assert frames.last_good(runs) == runs[1]
    assert frames.last_good(runs[:1]) is None


def test_both_sides_of_a_week_stand_beside_each_other():
    week = WeekTotals(
        week_ending=date(2026, 11, 14),
        core_minutes=2430,
        posted_minutes=2400,
        core_amount=Decimal("1250.00"),
        posted_amount=Decimal("1300.50"),
    )
    assert [list(row.values()) for row in frames.sides(week)] == [
        ["Hours", "40.50 h", "40.00 h", "0.50 h"],
        ["Bills dated in it", "$1,250.00", "$1,300.50", "-$50.50"],
    ]
    assert list(frames.sides(week)[0]) == ["Week ending 14 Nov 2026", "Core", "QuickBooks", "Difference"]


def test_the_days_of_the_sparkline_have_no_gap_and_count_what_was_done():
    first = date(2026, 11, 1)
    found = [
        DayCount(day=first, action="create", status=OutcomeStatus.DONE, records=3),
        DayCount(day=first, action="update", status=OutcomeStatus.DONE, records=2),
        DayCount(day=first, action="create", status=OutcomeStatus.FAILED, records=9),
        DayCount(day=first + timedelta(days=2), action="create", status=OutcomeStatus.DONE, records=1),
        DayCount(day=first + timedelta(days=7), action="create", status=OutcomeStatus.DONE, records=1),
    ]
    assert frames.done_by_day(found, first, first + timedelta(days=2)) == [5, 0, 1]
