"""What happened over time: days without a gap, causes with their running share, and what a clicked bar selects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qbsync.domain.history import CauseCount, DayCount
from qbsync.domain.run import OutcomeStatus, Run, RunStatus
from qbsync.ui.history import frames, trends
from tests.ui.test_log_frames import AT, run

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 22)

SERIES = [
    # action        status                      series
    ("create", OutcomeStatus.DONE, frames.CREATED),
    ("update", OutcomeStatus.DONE, frames.UPDATED),
    ("link", OutcomeStatus.DONE, frames.LINKED),
    ("pull", OutcomeStatus.DONE, frames.LINKED),
    ("delete", OutcomeStatus.DONE, frames.REMOVED),
    ("deactivate", OutcomeStatus.DONE, frames.REMOVED),
    ("create", OutcomeStatus.FAILED, frames.FAILED),
    ("create", OutcomeStatus.UNANSWERED, frames.HELD),
    ("create", OutcomeStatus.STALE, frames.HELD),
    ("create", OutcomeStatus.SKIPPED, frames.HELD),
    ("create", OutcomeStatus.CANCELLED, frames.HELD),
]


@pytest.mark.parametrize(("action", "status", "series"), SERIES)
def test_each_record_belongs_to_one_series(action: str, status: OutcomeStatus, series: str):
    assert frames.series_of(DayCount(day=FIRST, action=action, status=status, records=1)) == series


def counts(*rows: tuple[date, str, OutcomeStatus, int]) -> list[DayCount]:
    return [DayCount(day=day, action=action, status=status, records=records) for day, action, status, records in rows]


def test_days_without_a_record_are_there_and_days_outside_are_not():
    found = counts(
        (FIRST, "create", OutcomeStatus.DONE, 3),
        (FIRST, "create", OutcomeStatus.DONE, 2),
        (LAST, "create", OutcomeStatus.FAILED, 1),
        (LAST, "create", OutcomeStatus.WAITING, 9),
        (LAST + timedelta(days=1), "create", OutcomeStatus.DONE, 7),
    )
    table = frames.per_day(found, FIRST, LAST)
    assert list(table.index) == [FIRST, FIRST + timedelta(days=1), LAST]
    assert table[frames.CREATED].tolist() == [5, 0, 0]
    assert table[frames.FAILED].tolist() == [0, 0, 1]
    assert int(table.to_numpy().sum()) == 6


def test_causes_carry_the_share_of_all_failures_up_to_them():
    found = [
        CauseCount(code="6140", message="The bill number exists.", records=6),
        CauseCount(code="6210", message="The books are closed.", records=3),
        CauseCount(code="", message="", records=1),
    ]
    bars = frames.causes(found)
    assert [(bar.records, bar.share) for bar in bars] == [(6, 60), (3, 90), (1, 100)]
    assert bars[2].label == "Changed after the preview"
    assert frames.causes([]) == []


def test_a_cause_is_named_by_what_the_code_means_and_not_by_one_of_its_records():
    found = [CauseCount(code="610", message="It posts to item Carpentry, which is inactive.", records=9)]
    (bar,) = frames.causes(found)
    assert "Carpentry" not in bar.label
    assert bar.label.replace("<br>", " ").startswith("A record that is needed is gone")


def test_a_cause_is_told_whole_when_it_is_pointed_at_and_in_the_list():
    message = "It posts to item Carpentry, which is inactive."
    (bar,) = frames.causes([CauseCount(code="610", message=message, records=9)])
    assert bar.example == message
    assert bar.hover.replace("<br>", " ") == f"{bar.text} Such as: {message}"
    assert all(len(line) <= frames.HOVER_LENGTH_MAX for line in bar.hover.split("<br>"))
    (own,) = frames.causes([CauseCount(code="", message="The books are closed.", records=1)])
    assert (own.text, own.example, own.hover) == ("The books are closed.", "", "The books are closed.")


TICKS = [
    # days  between two dates
    (1, 1),
    (7, 1),
    (8, 1),
    (30, 4),
    (90, 12),
]


@pytest.mark.parametrize(("days", "between"), TICKS)
def test_a_date_stands_below_a_chart_once(days: int, between: int):
    assert frames.days_between_ticks(days) == between


def test_a_name_in_a_cause_is_no_markup():
    (bar,) = frames.causes([CauseCount(code="", message="<b>Bold</b> Bros", records=1)])
    assert bar.label.replace("<br>", " ") == "&lt;b&gt;Bold&lt;/b&gt; Bros"


def test_causes_of_one_wording_can_be_told_apart():
    long = "QuickBooks refused the bill because one of its accounts is not of the type that is needed here."
    labels = [bar.label for bar in frames.causes([CauseCount(code=c, message=long, records=1) for c in ("1", "2")])]
    assert len(set(labels)) == 2
    assert all(label.replace("<br>", " ").startswith("QuickBooks refused the bill") for label in labels)


def ended(status: RunStatus, seconds: int) -> Run:
    return run(status=status, started_at=AT, finished_at=AT + timedelta(seconds=seconds))


def test_the_figures_of_a_span():
    table = frames.per_day(
        counts(
            (LAST, "create", OutcomeStatus.DONE, 5),
            (LAST, "link", OutcomeStatus.DONE, 2),
            (LAST, "create", OutcomeStatus.FAILED, 1),
            (LAST, "create", OutcomeStatus.STALE, 4),
        ),
        FIRST,
        LAST,
    )
    runs = [ended(RunStatus.DONE, 10), ended(RunStatus.PARTLY_FAILED, 30), run(status=RunStatus.RUNNING)]
    figures = frames.figures(table, runs)
    assert (figures.done, figures.failed, figures.held, figures.runs) == (7, 1, 4, 3)
    assert (figures.ended, figures.clean_percent, figures.typical) == (2, 50, "20 s")


def test_a_span_without_an_ended_run_has_no_percentage():
    figures = frames.figures(frames.per_day([], FIRST, LAST), [run(status=RunStatus.QUEUED)])
    assert (figures.ended, figures.clean_percent, figures.typical) == (0, None, "-")


def test_runs_are_chosen_by_day_and_by_cause():
    runs = [run(1), run(2, created_at=AT - timedelta(days=3))]
    assert frames.runs_on(runs, {AT.date()}) == [runs[0]]
    assert frames.runs_on(runs, set()) == runs


MOMENTS = [
    # of a run                                       whether its dot is on the chart
    (datetime(2026, 11, 19, 11, 59), False),
    (datetime(2026, 11, 20, 0, 0), True),
    (datetime(2026, 11, 22, 12, 1), True),
    (datetime(2026, 11, 22, 23, 59), True),
    (datetime(2026, 11, 23, 0, 1), False),
]


@pytest.mark.parametrize(("at", "there"), MOMENTS)
def test_every_hour_of_the_days_is_on_the_chart_of_how_long_runs_took(at: datetime, there: bool):
    start, end = trends.time_axis(FIRST, LAST)["range"]
    assert (start <= at <= end) is there


POINTS: list[tuple[list[Any], set[date]]] = [
    ([], set()),
    ([{"x": "2026-11-22"}], {date(2026, 11, 22)}),
    ([{"x": "2026-11-22 00:00"}, {"x": "2026-11-22"}, {"x": None}, {}, "?"], {date(2026, 11, 22)}),
]


@pytest.mark.parametrize(("points", "days"), POINTS)
def test_a_clicked_bar_is_its_day(points: list[Any], days: set[date]):
    assert frames.picked_days(points) == days
    assert frames.picked_labels([{"y": "A"}, 3]) == {"A"}


def test_a_moment_before_midnight_counts_to_its_day_in_utc():
    late = run(1, created_at=datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
    assert frames.runs_on([late], {date(2026, 11, 21)}) == [late]


def test_the_success_rate_leaves_out_what_was_held_back_and_days_on_which_nothing_was_tried():
    found = counts(
        (FIRST, "create", OutcomeStatus.DONE, 3),
        (FIRST, "create", OutcomeStatus.FAILED, 1),
        (FIRST, "create", OutcomeStatus.SKIPPED, 50),
        (LAST, "create", OutcomeStatus.FAILED, 2),
    )
    rate = frames.success(frames.per_day(found, FIRST, LAST))
    assert rate.to_dict() == {FIRST: 75.0, LAST: 0.0}
    assert frames.success(frames.per_day([], FIRST, LAST)).empty


def test_each_ended_run_has_a_duration_oldest_first_and_open_ones_have_none():
    later = run(status=RunStatus.DONE, started_at=AT + timedelta(days=1), finished_at=AT + timedelta(days=1, seconds=5))
    open_run = run(status=RunStatus.RUNNING, started_at=AT, finished_at=None)
    assert frames.durations([later, open_run, ended(RunStatus.DONE, 90)]) == [
        (AT, timedelta(seconds=90)),
        (AT + timedelta(days=1), timedelta(seconds=5)),
    ]
