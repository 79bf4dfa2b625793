"""Commands for the sync itself: preview, confirm, watch, look back, pull, and the schedule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Annotated

import typer

from qbsync.bootstrap import now
from qbsync.cli.output import WITH_FAILURES, Json, Who, console, quiet_app, show, table
from qbsync.domain.decide import Action, Choice
from qbsync.domain.errors import BadInput
from qbsync.domain.payroll import hours_text
from qbsync.domain.plan import Change, Plan, Scope, totals
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.schedule import Frequency, Policy, Schedule
from qbsync.domain.tieout import TieOut
from qbsync.domain.wanted import TITLES, SyncKind

ONLY = {
    "projects": (SyncKind.CUSTOMER, SyncKind.PROJECT),
    "timesheets": (SyncKind.TIME_ENTRY,),
    "vendor-bills": (SyncKind.BILL,),
    "cost-codes": (),  # cost codes are mapped, never written
}

READ_FIRST = (
    Action.DELETE,
    Action.DEACTIVATE,
    Action.UPDATE,
    Action.CREATE,
    Action.CONFLICT,
    Action.PULL,
    Action.LINK,
    Action.BLOCKED,
)

plan_commands = typer.Typer(help="Stored previews.", no_args_is_help=True)
run_commands = typer.Typer(help="Runs of confirmed plans.", no_args_is_help=True)
schedule_commands = typer.Typer(help="Automatic sync.", no_args_is_help=True)
conflict_commands = typer.Typer(help="Records that were changed on both sides, or are gone in QuickBooks.")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (preview, confirm, cancel, log, pull):
        app.command()(command)
    app.add_typer(plan_commands, name="plan")
    app.add_typer(run_commands, name="run")
    app.add_typer(schedule_commands, name="schedule")
    app.add_typer(conflict_commands, name="conflicts")


def scope_of(only: str, weeks: Sequence[str]) -> Scope:
    """The scope that the options ask for. Raises BadInput for a word or date that is not one."""
    kinds: set[SyncKind] = set()
    for word in filter(None, (word.strip() for word in only.split(","))):
        if word not in ONLY:
            raise BadInput(f"--only takes {', '.join(ONLY)}, not {word!r}.")
        kinds.update(ONLY[word])
    try:
        return Scope(kinds=frozenset(kinds), weeks=frozenset(date.fromisoformat(week) for week in weeks))
    except ValueError:
        raise BadInput("--week takes the date on which the week ends, such as 2026-11-21.") from None


def preview(
    only: Annotated[str, typer.Option(help="projects, timesheets, vendor-bills; separated by commas.")] = "",
    week: Annotated[
        list[str] | None, typer.Option(help="Only this week (the date it ends on); may be repeated.")
    ] = None,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Build a Sync Preview: what would be created, updated, linked, skipped or is blocked. Nothing is sent."""
    app = quiet_app()
    scope = scope_of(only, week or [])
    connection = app.connection()
    with console.status("…", spinner="line") as status:
        plan = app.previewing.build(
            connection.id, scope, who=who or app.settings.user, tell=lambda text: status.update(text)
        )
    _show_plan(plan, as_json, detail=False)


@plan_commands.command("show")
def plan_show(
    plan_id: str,
    action: Annotated[
        list[Action] | None, typer.Option(help="Only changes with this action, such as create; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a stored preview, line by line: what would be written first."""
    _show_plan(quiet_app().plans.get(plan_id), as_json, detail=True, only=action or [*READ_FIRST, Action.SKIP])


def _show_plan(plan: Plan, as_json: bool, *, detail: bool, only: Collection[Action] = READ_FIRST) -> None:
    if as_json:
        show(
            True,
            {
                "id": plan.id,
                "digest": plan.digest,
                "status": plan.status,
                "counts": totals(plan.changes).by_action,
                "changes": [_brief(one) for one in plan.changes],
            },
        )
        return
    rank = {action: place for place, action in enumerate((*READ_FIRST, Action.SKIP))}
    changes = sorted(
        (change for change in plan.changes if change.action in only),
        key=lambda change: (rank[change.action], change.seq),
    )
    table(
        ("Row", "Action", "Kind", "Record", "Why"),
        (
            (change.seq, change.action.value, TITLES[change.kind], change.title, _why(change))
            for change in (changes if detail else changes[:60])
        ),
    )
    if not detail and len(changes) > 60:
        show(False, None, f"… and {len(changes) - 60} more: qbsync plan show {plan.id}")
    total = totals(plan.changes)
    counts = ", ".join(f"{count} {action.value}" for action, count in total.by_action.items() if count)
    moving = totals(change for change in plan.changes if change.ticked_by_default)
    show(
        False,
        None,
        f"Plan {plan.id} ({plan.status.value}): {counts or 'nothing'}",
        f"To move: {hours_text(moving.minutes)}, {moving.amount:,.2f}",
        f"Confirm with: qbsync confirm {plan.id}",
        *_moved_hint(plan),
    )


def _moved_hint(plan: Plan) -> list[str]:
    moved = sum(1 for change in plan.changes if change.together)
    if not moved:
        return []
    return [f"Hours moved within a week: {moved} rows go together and are not ticked. Add them with --moved."]


def _brief(change: Change) -> dict[str, object]:
    return {
        "row": change.seq,
        "action": change.action,
        "kind": change.kind,
        "core_id": change.core_id,
        "title": change.title,
        "reason": change.reason,
        "ledger_id": change.ledger_id,
        "fields": change.fields,
        "issues": change.issues,
        "minutes": change.minutes,
        "amount": change.amount,
        "ticked": change.ticked_by_default,
        "together": change.together,
    }


def _why(change: Change) -> str:
    fields = ", ".join(one.field for one in change.fields)
    return f"{change.reason} ({fields})" if change.action is Action.UPDATE else change.reason


def confirm(
    plan_id: str,
    only_rows: Annotated[str, typer.Option(help="Rows to run, such as 1-20,34; else all that are ticked.")] = "",
    moved: Annotated[bool, typer.Option("--moved", help="Also the rows of hours that moved within a week.")] = False,
    digest: Annotated[str, typer.Option(help="The digest of the plan you looked at.")] = "",
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Confirm a preview. The worker sends it."""
    app = quiet_app()
    plan = app.plans.get(plan_id)
    rows = rows_of(only_rows) if only_rows else {one.seq for one in plan.changes if one.ticked_by_default}
    if moved:
        rows |= {one.seq for one in plan.changes if one.together}
    run = app.confirming.confirm(plan_id, digest or plan.digest, rows, who=who or app.settings.user)
    show(as_json, run, f"Confirmed as run {run.id}. Watch it with: qbsync run show {run.id}")


def rows_of(text: str) -> set[int]:
    """Row numbers and spans: "1-3,7" is 1, 2, 3 and 7. Raises BadInput."""
    rows: set[int] = set()
    try:
        for part in text.split(","):
            first, _, last = part.strip().partition("-")
            rows.update(range(int(first), int(last or first) + 1))
    except ValueError:
        raise BadInput(f"--only-rows takes numbers such as 1-20,34, not {text!r}.") from None
    return rows


@run_commands.command("show")
def run_show(run_id: str, as_json: Json = False) -> None:
    """Show how far a run is."""
    app = quiet_app()
    run, progress, tie = app.runs.get(run_id), app.runs.progress(run_id), app.tying_out.run(run_id)
    counts = ", ".join(f"{count} {status.value}" for status, count in progress.counts.items())
    show(
        as_json,
        {"run": run, "counts": progress.counts, "tie_out": tie, "ties": tie.ties},
        f"Run {run.id}: {run.status.value}. {counts}",
        *([run.note] if run.note else []),
        f"Core:       {hours_text(tie.core_minutes)}, {tie.core_amount:,.2f}",
        f"QuickBooks: {hours_text(tie.posted_minutes)}, {tie.posted_amount:,.2f}",
        *(
            f"  {hours_text(one.minutes)}, {one.amount:,.2f} in {one.records} records: {one.reason}"
            for one in tie.differences
        ),
        _verdict(tie, is_open=run.is_open),
    )


@run_commands.command("retry")
def run_retry(
    run_id: str,
    row: Annotated[
        list[int] | None, typer.Option(help="Only this row of the run (see qbsync log --run); may be repeated.")
    ] = None,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Preview again what a run did not do: just those records, as they are now. Nothing is sent before you confirm."""
    app = quiet_app()
    with console.status("…", spinner="line") as status:
        plan = app.retrying.build(
            run_id, row or (), who=who or app.settings.user, tell=lambda text: status.update(text)
        )
    _show_plan(plan, as_json, detail=True, only=[*READ_FIRST, Action.SKIP])


def _verdict(tie: TieOut, *, is_open: bool) -> str:
    if is_open:
        return "The run has not ended: these totals are not its last."
    if not tie.ties:
        return "There is a difference that nothing explains: look at these records."
    return "Both sides tie out: every difference is explained." if tie.differences else "Both sides are equal."


def cancel(run_id: str, who: Who = "", as_json: Json = False) -> None:
    """Stop a run between two writes. What is in QuickBooks stays there."""
    app = quiet_app()
    app.runs.cancel(run_id, who or app.settings.user, now())
    show(as_json, {"cancelling": run_id}, f"Run {run_id} stops before its next write.")


def log(
    run: Annotated[str, typer.Option(help="One run's records.")] = "",
    errors: Annotated[bool, typer.Option("--errors", help="Only what was not done.")] = False,
    as_json: Json = False,
) -> None:
    """The Sync Log: runs, or the records of one."""
    app = quiet_app()
    connection = app.known_connection()
    if not run:
        runs = app.runs.latest(connection.id)
        if as_json:
            show(True, {"runs": runs})
            return
        table(
            ("Run", "When (UTC)", "Result", "Records", "Confirmed by"),
            (
                (
                    one.id,
                    f"{one.created_at:%Y-%m-%d %H:%M}",
                    one.status.value,
                    app.runs.progress(one.id).total,
                    one.confirmed_by,
                )
                for one in runs
            ),
        )
        return
    outcomes = [one for one in app.runs.outcomes(run) if not errors or one.status is not OutcomeStatus.DONE]
    if as_json:
        show(True, {"run": app.runs.get(run), "records": outcomes})
    else:
        table(
            ("Row", "Result", "Action", "Record", "QuickBooks id", "What happened"),
            (
                (
                    one.seq,
                    one.status.value,
                    one.action.value,
                    one.title,
                    one.ledger_id,
                    f"{one.message} {one.remedy}".strip(),
                )
                for one in outcomes
            ),
        )
    if any(one.status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING) for one in outcomes):
        raise typer.Exit(WITH_FAILURES)


def pull(as_json: Json = False) -> None:
    """Bring back payments, and report what was edited or deleted in QuickBooks. Nothing is overwritten."""
    app = quiet_app()
    report = app.pulling.pull(app.connection().id)
    show(
        as_json,
        {"report": report, "bills": app.pulling.payment_status(app.connection().id)},
        f"{report.bills_checked} bills checked; payments moved on {len(report.payments_moved)}.",
        *(f"paid: {title}" for title in report.payments_moved),
        *(f"edited in QuickBooks: {title}" for title in report.edited),
        *(f"gone in QuickBooks: {title}" for title in report.orphaned),
    )


@conflict_commands.callback(invoke_without_command=True)
def conflicts(context: typer.Context, as_json: Json = False) -> None:
    """List the conflicts of the latest preview."""
    if context.invoked_subcommand:
        return
    app = quiet_app()
    plan = app.plans.latest(app.connection().id)
    found = [change for change in plan.changes if change.action is Action.CONFLICT] if plan else []
    if as_json:
        show(True, {"plan": plan.id if plan else "", "conflicts": [_brief(change) for change in found]})
        return
    for change in found:
        show(False, None, f"Row {change.seq}: {change.title}. {change.reason}")
        table(("Field", "QuickBooks", "Core"), ((one.field, one.before, one.after) for one in change.fields))
    show(False, None, f"{len(found)} conflicts.")


@conflict_commands.command("resolve")
def conflicts_resolve(
    row: Annotated[int, typer.Argument(help="The row in the latest preview.")],
    choice: Annotated[str, typer.Argument(help="keep-core, keep-quickbooks, create-another or leave.")],
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Choose how a conflict ends; the next preview acts by it."""
    app = quiet_app()
    plan = app.plans.latest(app.connection().id)
    names = {one.name.lower().replace("_", "-"): one for one in Choice}
    if choice not in names:
        raise BadInput(f"Choose one of {', '.join(names)}, not {choice!r}.")
    if plan is None:
        raise BadInput("There is no preview yet. `qbsync preview` makes one.")
    app.previewing.choose(plan.id, row, names[choice], who=who or app.settings.user)
    show(as_json, {"row": row, "choice": choice}, "Kept. Build a new preview to act by it.")


@schedule_commands.command("list")
def schedule_list(as_json: Json = False) -> None:
    """Show the schedule and what its firings came to."""
    app = quiet_app()
    connection = app.known_connection()
    found, firings = app.scheduling.all(connection.id), app.scheduling.firings(connection.id)
    if as_json:
        show(True, {"schedules": found, "firings": firings})
        return
    for one in found:
        state = f"next {one.next_due:%Y-%m-%d %H:%M} UTC" if one.next_due else "paused"
        show(
            False,
            None,
            f"{one.frequency.value} at {one.at:%H:%M} {one.time_zone}, {one.policy.value}: {state}",
        )
    table(("Due (UTC)", "Result"), ((f"{due:%Y-%m-%d %H:%M}", result) for due, _, result in firings))


@schedule_commands.command("set")
def schedule_set(
    frequency: Annotated[Frequency, typer.Argument()],
    at: Annotated[str, typer.Option(help="HH:MM in the time zone; for hourly only the minute counts.")] = "06:00",
    zone: Annotated[str, typer.Option(help="Such as America/Denver.")] = "America/Los_Angeles",
    weekday: Annotated[int, typer.Option(help="0 is Monday; for weekly.", min=0, max=6)] = 0,
    month_day: Annotated[int, typer.Option(help="For monthly.", min=1, max=31)] = 1,
    policy: Annotated[str, typer.Option(help="prepare, create-only or create-and-update.")] = "prepare",
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Turn automatic sync on."""
    app = quiet_app()
    names = {one.name.lower().replace("_", "-"): one for one in Policy}
    if policy not in names:
        raise BadInput(f"--policy takes {', '.join(names)}, not {policy!r}.")
    try:
        moment = time.fromisoformat(at)
    except ValueError:
        raise BadInput(f"--at takes a time such as 06:30, not {at!r}.") from None
    schedule = Schedule(frequency=frequency, at=moment, time_zone=zone, weekday=weekday, month_day=month_day)
    connection = app.connection()
    saved = app.scheduling.save(
        replace(schedule, policy=names[policy], connection_id=connection.id), who=who or app.settings.user
    )
    show(as_json, saved, f"Next due {saved.next_due:%Y-%m-%d %H:%M} UTC." if saved.next_due else "Paused.")


@schedule_commands.command("pause")
def schedule_pause(who: Who = "", as_json: Json = False) -> None:
    """Turn automatic sync off."""
    app = quiet_app()
    saved = app.scheduling.pause(app.known_connection().id, who=who or app.settings.user)
    show(as_json, saved, "Paused." if saved else "There is no schedule.")
