"""Runs and outcomes as tables. Pure: values in, frames and words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd

from qbsync.domain.decide import Action
from qbsync.domain.errors import Fault
from qbsync.domain.explain import explain, is_explained
from qbsync.domain.run import Outcome, OutcomeStatus, Progress, Run, RunStatus
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.text import heading, local

RESULTS = {
    RunStatus.QUEUED: ("Waiting", "gray"),
    RunStatus.RUNNING: ("Running", "blue"),
    RunStatus.PAUSED: ("Paused", "orange"),
    RunStatus.DONE: ("Done", "green"),
    RunStatus.PARTLY_FAILED: ("Partly failed", "orange"),
    RunStatus.FAILED: ("Failed", "red"),
    RunStatus.CANCELLED: ("Cancelled", "gray"),
}
OUTCOMES = {
    OutcomeStatus.DONE: ("Done", "green"),
    OutcomeStatus.FAILED: ("Failed", "red"),
    OutcomeStatus.UNANSWERED: ("Unanswered", "violet"),
    OutcomeStatus.STALE: ("Stale", "orange"),
    OutcomeStatus.SKIPPED: ("Skipped", "orange"),
    OutcomeStatus.CANCELLED: ("Cancelled", "gray"),
    OutcomeStatus.WAITING: ("Waiting", "gray"),
}
MEANINGS = {
    OutcomeStatus.UNANSWERED: (
        "It was sent and no answer came: QuickBooks may have it. The next preview settles it first."
    ),
    OutcomeStatus.STALE: "It was held back, because Core or QuickBooks changed after the preview.",
    OutcomeStatus.SKIPPED: "It was held back, because something it needs is not in QuickBooks.",
    OutcomeStatus.CANCELLED: "The run was cancelled before it was sent.",
    OutcomeStatus.WAITING: "It has not been sent yet.",
}
DONE_WORDS = {
    Action.CREATE: "It was made in QuickBooks.",
    Action.UPDATE: "It was changed in QuickBooks.",
    Action.LINK: "It was linked; nothing was written.",
    Action.DELETE: "It was deleted in QuickBooks.",
    Action.DEACTIVATE: "It was made inactive in QuickBooks.",
    Action.PULL: "QuickBooks' values are kept.",
    Action.SKIP: "",
    Action.CONFLICT: "",
    Action.BLOCKED: "",
}
SINCE = {"Today": 0, "7 days": 7, "30 days": 30, "90 days": 90}
EXPORT_HEADINGS = (
    "Run",
    "Confirmed by",
    "When (UTC)",
    "Result",
    "Action",
    "Type",
    "Core id",
    "Record",
    "QuickBooks id",
    "Hours in QuickBooks",
    "Amount in QuickBooks",
    "What happened",
    "What to do",
    "Code",
    "Trace id",
)


def runs(found: Sequence[Run], progress: Sequence[Progress], zone: ZoneInfo) -> pd.DataFrame:
    """One row a run."""
    return pd.DataFrame(
        [
            {
                "Started": local(run.created_at, zone),
                "Result": [RESULTS[run.status][0]],
                **_ended_counts(run, counts),
                "Trigger": [heading(run.trigger)],
                "Confirmed by": run.confirmed_by,
                "Took": duration(run),
                "Note": run.note,
                "Run": run.id,
                "open": ":material/open_in_full: Open",
            }
            for run, counts in zip(found, progress, strict=True)
        ]
    )


def _ended_counts(run: Run, counts: Progress) -> dict[str, int | None]:
    """None while a run is open: its card counts on above the table, and two numbers would not agree."""
    failed = counts.counts.get(OutcomeStatus.FAILED, 0)
    found = {"Done": counts.done, "Failed": failed, "Held back": counts.not_done - failed}
    return dict.fromkeys(found) if run.is_open else dict(found)


def duration(run: Run) -> str:
    """How long a run took: `12 s`, `3 min 5 s`; "" while it is open."""
    if run.started_at is None or run.finished_at is None:
        return ""
    return seconds_text(run.finished_at - run.started_at)


def seconds_text(took: timedelta) -> str:
    """A span as people say it."""
    if took < timedelta(seconds=1):
        return "under 1 s"
    minutes, seconds = divmod(round(took.total_seconds()), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def narrowed(
    found: Iterable[Outcome], statuses: Collection[OutcomeStatus], kinds: Collection[SyncKind], text: str
) -> list[Outcome]:
    """The outcomes of these results and kinds (all when none is given) that have the text."""
    wanted = text.casefold().strip()
    return [
        one
        for one in found
        if (not statuses or one.status in statuses)
        and (not kinds or one.kind in kinds)
        and (not wanted or wanted in f"{one.title} {one.core_id} {one.message} {one.ledger_id}".casefold())
    ]


def can_retry(one: Outcome) -> bool:
    """Whether a record may be offered again: its run did not do it."""
    return one.status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING)


def since(span: str | None, now: datetime) -> datetime | None:
    """The first moment of a span of days that ends now; None for all time."""
    if span is None:
        return None
    return (now - timedelta(days=SINCE[span])).replace(hour=0, minute=0, second=0, microsecond=0)


def code_text(code: str) -> str:
    """A code of QuickBooks' with what it means: `6210: The books are closed …`."""
    return f"{code}: {explain(Fault(code=code)).message}" if is_explained(code) else code


def worst_first(found: Iterable[Outcome]) -> list[Outcome]:
    """What was not done first, then by the order of the run."""
    return sorted(found, key=lambda one: (one.status is OutcomeStatus.DONE, one.seq))


def counts(found: Iterable[Outcome]) -> Mapping[OutcomeStatus, int]:
    """How many outcomes of each result, those that occur."""
    return Counter(one.status for one in found)


def outcomes(found: Sequence[Outcome], zone: ZoneInfo) -> pd.DataFrame:
    """One row a record."""
    return pd.DataFrame(
        [
            {
                "Result": [OUTCOMES[one.status][0]],
                "Type": [TITLES[one.kind]],
                "Record": one.title,
                "Action": heading(one.action.word),
                "QuickBooks id": one.ledger_id,
                "What happened": one.message,
                "When": local(one.at, zone),
                "Run": one.run_id,
            }
            for one in found
        ]
    )


def columns_of(found: Sequence[Outcome]) -> list[str]:
    """The columns that say something about these records, in their order."""
    wanted = {
        "Result": True,
        "Type": True,
        "Record": True,
        "QuickBooks id": any(one.ledger_id for one in found),
        "What happened": any(one.message for one in found),
    }
    return [name for name, is_shown in wanted.items() if is_shown]


def export_rows(found: Iterable[Outcome], people: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The records as a file has them, all as text; `people` says who confirmed each run.

    Hours and amounts are what QuickBooks held of a record when it was done: a deleted one has none.
    """
    return [
        (
            one.run_id,
            people.get(one.run_id, ""),
            f"{one.at:%Y-%m-%d %H:%M:%S}" if one.at else "",
            OUTCOMES[one.status][0],
            one.action.word,
            TITLES[one.kind],
            one.core_id,
            one.title,
            one.ledger_id,
            f"{Decimal(one.posted_minutes) / 60:.2f}" if one.posted_minutes else "",
            f"{one.posted_amount:.2f}" if one.posted_amount else "",
            one.message,
            one.remedy,
            one.code,
            one.trace,
        )
        for one in found
    ]
