"""Where things stand: the first steps, and what needs attention. Pure: facts in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qbsync.domain.book import PayrollWeek
from qbsync.domain.connection import ConnectionState
from qbsync.domain.decide import RUNNABLE, Action
from qbsync.domain.history import DayCount
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import OutcomeStatus, Run, RunStatus
from qbsync.domain.tieout import WeekTotals
from qbsync.ui.text import day, hours, money, plural


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The facts that the Overview is drawn from."""

    core_records: int = 0
    connection: ConnectionState | None = None
    company: str = ""
    mapping_version: int = 0
    unmapped: str = ""  # such as "12 cost codes, 1 employee"; "" when all are mapped
    unmapped_tab: str = ""  # of the Mapping page, with the first of them
    plan_status: PlanStatus | None = None
    plan_counts: Mapping[Action, int] = field(default_factory=dict)
    plan_scope: str = ""  # what the latest preview was asked for; "" for everything
    counts_before: Mapping[Action, int] = field(default_factory=dict)  # of the preview that a retry began with
    runs: Sequence[Run] = ()
    not_done: Mapping[str, int] = field(default_factory=dict)  # ended run → records that still are not over
    scheduled: bool = False
    row_errors: int = 0  # rows of any import whose errors still stand
    unread: int = 0
    consent_days: int | None = None  # until the consent ends by itself, where that is near
    held_back: Sequence[str] = ()  # why the company cannot take some kinds of record
    failed_preview: str = ""  # why the last preview that was asked for is not there
    overdue: bool = False  # a schedule is due, and no worker has begun it


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first steps."""

    title: str
    text: str
    screen: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class Attention:
    """Something to see to, and the screen where it is mended."""

    text: str
    screen: str
    color: str = "orange"
    icon: str = "warning"
    link: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def steps(standing: Standing) -> list[Step]:
    """The way from nothing to a synced company."""
    return [
        Step(
            title="Load Core data",
            text="Exports from ProForge Core, or the sample contractor.",
            screen="core_data",
            done=standing.core_records > 0,
        ),
        Step(
            title="Connect QuickBooks",
            text="Sign in at QuickBooks and choose the company.",
            screen="connection",
            done=standing.connection is ConnectionState.CONNECTED,
        ),
        Step(
            title="Accept the sure suggestions",
            text="Codes whose QuickBooks record is certain are mapped in one go.",
            screen="mapping",
            done=standing.mapping_version > 0,
        ),
        Step(
            title="Map the rest",
            text="Choose a record for each code that is left, and how hours and bills are posted.",
            screen="mapping",
            done=standing.mapping_version > 0 and not standing.unmapped,
        ),
        Step(
            title="Build a Sync Preview",
            text="See what would be created and changed. Nothing is sent.",
            screen="sync",
            done=standing.plan_status is not None,
        ),
        Step(
            title="Review and send",
            text="Tick what is to go, and confirm.",
            screen="sync",
            done=bool(standing.runs),
        ),
        Step(
            title="Finish a sync without a failure",
            text="The Sync Log has a remedy for each record that did not go, and both systems' totals.",
            screen="sync_log",
            done=any(run.status is RunStatus.DONE for run in standing.runs),
        ),
        Step(
            title="Set a schedule",
            text="Let a preview be prepared by itself.",
            screen="schedule",
            done=standing.scheduled,
        ),
    ]


def attention(standing: Standing) -> list[Attention]:
    """What needs somebody, the most urgent first."""
    return [*_connection(standing), *_company(standing), *_runs(standing), *_plan(standing), *_data(standing)]


def _connection(standing: Standing) -> list[Attention]:
    if standing.connection is ConnectionState.EXPIRED:
        text = f"The consent for {standing.company} has ended: nothing syncs until it is given again."
        return [Attention(text=text, screen="connection", color="red", icon="link_off", link="Connect again")]
    if standing.consent_days is not None:
        left = plural(standing.consent_days, "day")
        text = f"The consent for {standing.company} ends in {left}: renew it before syncs stop."
        return [Attention(text=text, screen="connection", icon="hourglass_bottom", link="Renew it")]
    return []


def _company(standing: Standing) -> list[Attention]:
    if standing.connection is not ConnectionState.CONNECTED:
        return []
    held = [
        Attention(text=why, screen="connection", color="red", icon="block", link="See what to do")
        for why in standing.held_back
    ]
    if standing.overdue:
        text = "Automatic sync was due, and no worker has begun it."
        held.append(Attention(text=text, screen="schedule", color="red", icon="schedule", link="See what to do"))
    return held


def _runs(standing: Standing) -> list[Attention]:
    ended = [run.id for run in standing.runs if not run.is_open]
    failed = [run_id for run_id in ended if standing.not_done.get(run_id)]
    if not failed:
        return []
    records = plural(sum(standing.not_done[run_id] for run_id in failed), "record")
    which = f"{len(failed)} syncs" if len(failed) > 1 else "the last sync" if failed == ended[:1] else "an earlier sync"
    text = f"{records} of {which} did not go over."
    return [
        Attention(
            text=text,
            screen="sync_log",
            color="red",
            icon="error",
            link="See why",
            params={"run": failed[0]},
        )
    ]


def _plan(standing: Standing) -> list[Attention]:
    found = []
    if standing.failed_preview:
        text = f"The last preview could not be built: {standing.failed_preview}"
        found.append(Attention(text=text, screen="sync", icon="sync_problem", link="Try again"))
    counts = standing.plan_counts
    conflicts, blocked = counts.get(Action.CONFLICT, 0), counts.get(Action.BLOCKED, 0)
    is_open = standing.plan_status is PlanStatus.DRAFT  # a run leaves conflicts and blocked records where they are
    ready = sum(counts.get(action, 0) for action in RUNNABLE) if is_open else 0
    if conflicts:
        text = f"{plural(conflicts, 'conflict waits', 'conflicts wait')} for a decision."
        found.append(Attention(text=text, screen="sync", icon="call_split", link="Decide", params={"tab": "conflict"}))
    if blocked:
        of = f" ({standing.plan_scope})" if standing.plan_scope else ""
        text = f"{plural(blocked, 'record is', 'records are')} blocked in the latest preview{of}."
        there = {"tab": "blocked"}
        found.append(Attention(text=text, screen="sync", icon="block", link="See what to fix", params=there))
    before = standing.counts_before.get(Action.BLOCKED, 0)
    if before:
        text = f"{plural(before, 'record was', 'records were')} blocked in the preview before the retry."
        found.append(Attention(text=text, screen="sync", icon="block", link="Preview again"))
    if ready:
        text = f"A preview with {plural(ready, 'record')} is ready to review and send."
        found.append(Attention(text=text, screen="sync", color="blue", icon="fact_check", link="Review"))
    return found


def _data(standing: Standing) -> list[Attention]:
    found = []
    if standing.unmapped and standing.connection is not None:
        text = f"Still to map: {standing.unmapped}."
        tab = {"tab": standing.unmapped_tab} if standing.unmapped_tab else {}
        found.append(Attention(text=text, screen="mapping", icon="rule", link="Map them", params=tab))
    if standing.row_errors:
        rows = plural(standing.row_errors, "row from Core is", "rows from Core are")
        text = f"{rows} left out, and nobody has mended {'it' if standing.row_errors == 1 else 'them'} yet."
        found.append(
            Attention(text=text, screen="core_data", icon="table_rows", link="See the rows", params={"view": "errors"})
        )
    if standing.unread:
        text = plural(standing.unread, "unread notice")
        found.append(Attention(text=f"{text}.", screen="settings", color="blue", icon="notifications", link="Read"))
    return found


def week_to_show(weeks: Sequence[PayrollWeek]) -> date | None:
    """The newest week that was submitted, for a draft is in no other system yet; the newest draft where all are."""
    newest = next((week for week in weeks if not week.is_draft), next(iter(weeks), None))
    return newest.ending if newest else None


def sides(week: WeekTotals) -> list[dict[str, str]]:
    """Both systems' totals of a week, a line each for hours and bills."""
    title = f"Week ending {day(week.week_ending)}"
    minutes, amount = week.core_minutes - week.posted_minutes, week.core_amount - week.posted_amount
    return [
        {
            title: "Hours",
            "Core": hours(week.core_minutes),
            "QuickBooks": hours(week.posted_minutes),
            "Difference": hours(minutes),
        },
        {
            title: "Bills dated in it",
            "Core": money(week.core_amount),
            "QuickBooks": money(week.posted_amount),
            "Difference": money(amount),
        },
    ]


def is_even(week: WeekTotals) -> bool:
    """Whether both systems have the same hours and money of a week."""
    return (week.core_minutes, week.core_amount) == (week.posted_minutes, week.posted_amount)


def done_by_day(found: Iterable[DayCount], first: date, last: date) -> list[int]:
    """How many records were done on each day, first … last."""
    sums = {first + timedelta(days=offset): 0 for offset in range((last - first).days + 1)}
    for count in found:
        if count.status is OutcomeStatus.DONE and count.day in sums:
            sums[count.day] += count.records
    return list(sums.values())


def ended_at(run: Run) -> datetime:
    """When a run ended; when it was confirmed, as long as it has not."""
    return run.finished_at or run.created_at


def last_good(runs: Sequence[Run]) -> Run | None:
    """The latest run that ended without a failure."""
    return next((run for run in runs if run.status is RunStatus.DONE), None)
