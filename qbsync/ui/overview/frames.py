"""Where things stand: the first steps, and what needs attention. Pure: facts in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

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
    plan_status: PlanStatus | None = None
    plan_counts: Mapping[Action, int] = field(default_factory=dict)
    runs: Sequence[Run] = ()
    last_not_done: int = 0  # records of the latest ended run that were not done
    scheduled: bool = False
    row_errors: int = 0  # of the latest import
    unread: int = 0
    consent_days: int | None = None  # until the consent ends by itself, where that is near


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
    ended = [run for run in standing.runs if not run.is_open]
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
            title="Read the Sync Log",
            text="Every record, and a remedy for each that did not go.",
            screen="sync_log",
            done=any(run.status is RunStatus.DONE or run.status is RunStatus.PARTLY_FAILED for run in ended),
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
    return [*_connection(standing), *_runs(standing), *_plan(standing), *_data(standing)]


def _connection(standing: Standing) -> list[Attention]:
    if standing.connection is ConnectionState.EXPIRED:
        text = f"The consent for {standing.company} has ended: nothing syncs until it is given again."
        return [Attention(text=text, screen="connection", color="red", icon="link_off", link="Connect again")]
    if standing.consent_days is not None:
        left = plural(standing.consent_days, "day")
        text = f"The consent for {standing.company} ends in {left}: renew it before syncs stop."
        return [Attention(text=text, screen="connection", icon="hourglass_bottom", link="Renew it")]
    return []


def _runs(standing: Standing) -> list[Attention]:
    ended = [run for run in standing.runs if not run.is_open]
    if not ended or not standing.last_not_done:
        return []
    text = f"{plural(standing.last_not_done, 'record')} of the last sync did not go over."
    return [
        Attention(
            text=text,
            screen="sync_log",
            color="red",
            icon="error",
            link="See why",
            params={"run": ended[0].id},
        )
    ]


def _plan(standing: Standing) -> list[Attention]:
    if standing.plan_status is None:
        return []
    counts = standing.plan_counts
    conflicts, blocked = counts.get(Action.CONFLICT, 0), counts.get(Action.BLOCKED, 0)
    is_open = standing.plan_status is PlanStatus.DRAFT  # a run leaves conflicts and blocked records where they are
    ready = sum(counts.get(action, 0) for action in RUNNABLE) if is_open else 0
    found = []
    if conflicts:
        text = f"{plural(conflicts, 'conflict waits', 'conflicts wait')} for a decision."
        found.append(Attention(text=text, screen="sync", icon="call_split", link="Decide"))
    if blocked:
        text = f"{plural(blocked, 'record is', 'records are')} blocked in the latest preview."
        found.append(Attention(text=text, screen="sync", icon="block", link="See what to mend"))
    if ready:
        text = f"A preview with {plural(ready, 'record')} is ready to review and send."
        found.append(Attention(text=text, screen="sync", color="blue", icon="fact_check", link="Review"))
    return found


def _data(standing: Standing) -> list[Attention]:
    found = []
    if standing.unmapped and standing.connection is not None:
        text = f"Still to map: {standing.unmapped}."
        found.append(Attention(text=text, screen="mapping", icon="rule", link="Map them"))
    if standing.row_errors:
        text = f"{plural(standing.row_errors, 'row')} of the latest import had errors."
        found.append(Attention(text=text, screen="core_data", icon="table_rows", link="See the rows"))
    if standing.unread:
        text = plural(standing.unread, "unread notice")
        found.append(Attention(text=f"{text}.", screen="settings", color="blue", icon="notifications", link="Read"))
    return found


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


def done_by_day(found: Iterable[DayCount], first: date, last: date) -> list[int]:
    """How many records were done on each day, first … last."""
    sums = {first + timedelta(days=offset): 0 for offset in range((last - first).days + 1)}
    for count in found:
        if count.status is OutcomeStatus.DONE and count.day in sums:
            sums[count.day] += count.records
    return list(sums.values())


def last_good(runs: Sequence[Run]) -> Run | None:
    """The latest run that ended without a failure."""
    return next((run for run in runs if run.status is RunStatus.DONE), None)
