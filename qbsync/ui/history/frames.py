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
from qbsync.domain.run import OutcomeStatus, Run, RunStatus
from qbsync.ui.sync_log.frames import seconds_text

CREATED, UPDATED, LINKED, REMOVED = "Created", "Updated", "Linked or kept", "Removed"
FAILED, HELD = "Failed", "Held back"
SERIES = (CREATED, UPDATED, LINKED, REMOVED, HELD, FAILED)
DONE_AS = {"create": CREATED, "update": UPDATED, "delete": REMOVED, "deactivate": REMOVED}
LINE_LENGTH_MAX, LABEL_LINES_MAX = 30, 3  # of a bar's label
HOVER_LENGTH_MAX = 60
TICKS_MAX = 8  # dates below a chart


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures above the charts. `clean_percent` is of the runs that `ended`: those that go on say nothing yet."""

    done: int
    failed: int
    held: int
    runs: int
    ended: int
    clean_percent: float | None
    typical: str


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One bar of the causes. `key` is QuickBooks' code, or our own sentence where there is none.

    `label` is short, `text` the whole sentence, `example` what was said of one record where that says more; `hover` is
    all of it in lines. `share` is the percentage of all failures up to and including this one.
    """

    key: str
    label: str
    text: str
    example: str
    hover: str
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
        text = _text(one)
        example = one.message if one.message != text else ""
        bars.append(
            Cause(
                key=one.key,
                label=_label(one, text, {bar.label for bar in bars}),
                text=text,
                example=example,
                hover=_lines(f"{text} Such as: {example}" if example else text, HOVER_LENGTH_MAX),
                records=one.records,
                share=round(100 * running / total) if total else 0,
            )
        )
    return bars


def _text(one: CauseCount) -> str:
    """A cause in a sentence. What QuickBooks' code means says more than the sentence about one record of many."""
    if is_explained(one.code):
        return explain(Fault(code=one.code)).message
    return one.message or "Changed after the preview"


def _label(one: CauseCount, text: str, taken: set[str]) -> str:
    """A cause in a few short lines; the whole stands in the list."""
    short = _lines(text, LINE_LENGTH_MAX, LABEL_LINES_MAX)
    return short if short not in taken else f"{short} ({one.code or len(taken) + 1})"


def _lines(text: str, length: int, lines_max: int | None = None) -> str:
    """A text as a chart has it: in lines, and no markup."""
    return "<br>".join(html.escape(line) for line in wrap(text, length, max_lines=lines_max, placeholder=" …"))


def days_between_ticks(days: int) -> int:
    """How far apart the dates below a chart stand, so that each is there once and none is in another's way."""
    return -(-days // TICKS_MAX)


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
        ended=len(ended),
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


def runs_on(runs: Iterable[Run], days: set[date]) -> list[Run]:
    """The runs of some days (in UTC, as the chart counts); all when none is given."""
    return [run for run in runs if not days or run.created_at.date() in days]


def picked_days(points: Iterable[object]) -> set[date]:
    """The days of the bars that were clicked."""
    values = (point.get("x") for point in points if isinstance(point, dict))
    return {date.fromisoformat(str(value)[:10]) for value in values if value}


def picked_labels(points: Iterable[object]) -> set[str]:
    """The labels of the bars that were clicked."""
    return {str(point.get("y")) for point in points if isinstance(point, dict)}
