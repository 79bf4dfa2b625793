"""What happened over time, as series for charts and figures. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from textwrap import wrap

import pandas as pd

from qbsync.domain.errors import Fault
from qbsync.domain.explain import explain, is_explained
from qbsync.domain.history import CauseCount, DayCount
from qbsync.domain.run import Outcome, OutcomeStatus, Run, RunStatus
from qbsync.ui.sync_log.frames import seconds_text

CREATED, UPDATED, LINKED, REMOVED = "Created", "Updated", "Linked or kept", "Removed"
FAILED, HELD = "Failed", "Held back"
SERIES = (CREATED, UPDATED, LINKED, REMOVED, HELD, FAILED)
DONE_AS = {"create": CREATED, "update": UPDATED, "delete": REMOVED, "deactivate": REMOVED}
LINE_LENGTH_MAX = 30  # of a bar's label


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures above the charts."""

    done: int
    failed: int
    held: int
    runs: int
    clean_percent: float | None
    typical: str


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One bar of the causes. `key` is QuickBooks' code, or our own sentence where there is none.

    `share` is the percentage of all failures up to and including this one.
    """

    key: str
    label: str
    message: str
    records: int
    share: int


def series_of(count: DayCount) -> str:
    """The series that a count belongs to."""
    if count.status is OutcomeStatus.DONE:
        return DONE_AS.get(count.action, LINKED)
    return FAILED if count.status is OutcomeStatus.FAILED else HELD  # unanswered is not failed


def per_day(found: Iterable[DayCount], first: date, last: date) -> pd.DataFrame:
    """Day by series, every day of the span present, series without a record left out."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    sums = {day: dict.fromkeys(SERIES, 0) for day in days}
    for count in found:
        if count.day in sums and count.status is not OutcomeStatus.WAITING:
            sums[count.day][series_of(count)] += count.records
    return pd.DataFrame(list(sums.values()), index=pd.Index(days, name="day"))


def causes(found: Sequence[CauseCount]) -> list[Cause]:
    """The causes, most frequent first, with the running share."""
    total = sum(one.records for one in found)
    running = 0
    bars: list[Cause] = []
    for one in found:
        running += one.records
        bars.append(
            Cause(
                key=cause_key(one.code, one.message),
                label=_label(one, {bar.label for bar in bars}),
                message=one.message,
                records=one.records,
                share=round(100 * running / total) if total else 0,
            )
        )
    return bars


def _label(one: CauseCount, taken: set[str]) -> str:
    """A cause in two short lines. What QuickBooks' code means says more than the sentence about one record of many."""
    known = is_explained(one.code)
    text = explain(Fault(code=one.code))[0] if known else one.message or "Changed after the preview"
    short = "<br>".join(wrap(html.escape(text), LINE_LENGTH_MAX, max_lines=2, placeholder=" …"))
    return short if short not in taken else f"{short} ({one.code or len(taken) + 1})"


def figures(table: pd.DataFrame, runs: Sequence[Run]) -> Figures:
    """The figures of a span."""
    ended = [run for run in runs if not run.is_open]
    clean = sum(1 for run in ended if run.status is RunStatus.DONE)
    took = [span for _, span in durations(ended)]
    return Figures(
        done=int(table[[CREATED, UPDATED, LINKED, REMOVED]].to_numpy().sum()),
        failed=int(table[FAILED].sum()),
        held=int(table[HELD].sum()),
        runs=len(runs),
        clean_percent=100 * clean / len(ended) if ended else None,
        typical=seconds_text(timedelta(seconds=median(one.total_seconds() for one in took))) if took else "-",
    )


def success(table: pd.DataFrame) -> pd.Series[float]:
    """Per day, the percentage of records done of those done or failed: what was held back was never refused.

    A day on which nothing was done or failed has no rate, and is left out.
    """
    done = table[[CREATED, UPDATED, LINKED, REMOVED]].sum(axis=1)
    tried = done + table[FAILED]
    return 100 * done[tried > 0] / tried[tried > 0]


def durations(runs: Iterable[Run]) -> list[tuple[datetime, timedelta]]:
    """When each ended run started and how long it took, oldest first."""
    return sorted(
        (run.started_at, run.finished_at - run.started_at)
        for run in runs
        if not run.is_open and run.started_at and run.finished_at
    )


def runs_in(runs: Iterable[Run], first: datetime) -> list[Run]:
    """The runs since a moment."""
    return [run for run in runs if run.created_at >= first]


def runs_on(runs: Iterable[Run], days: set[date]) -> list[Run]:
    """The runs of some days (in UTC, as the chart counts); all when none is given."""
    return [run for run in runs if not days or run.created_at.date() in days]


def cause_key(code: str, message: str) -> str:
    """What makes two failures one cause: see `store.history`."""
    return code or message


def runs_with(runs: Iterable[Run], outcomes: Iterable[Outcome], causes: set[str]) -> list[Run]:
    """The runs in which a record failed for one of these causes; all when none is given."""
    if not causes:
        return list(runs)
    ids = {one.run_id for one in outcomes if cause_key(one.code, one.message) in causes}
    return [run for run in runs if run.id in ids]


def picked_days(points: Iterable[object]) -> set[date]:
    """The days of the bars that were clicked."""
    values = (point.get("x") for point in points if isinstance(point, dict))
    return {date.fromisoformat(str(value)[:10]) for value in values if value}


def picked_labels(points: Iterable[object]) -> set[str]:
    """The labels of the bars that were clicked."""
    return {str(point.get("y")) for point in points if isinstance(point, dict)}
