"""Commands for runs: watch them, stop them, look back, try again, and pull what happened in QuickBooks."""

from __future__ import annotations

from typing import Annotated

import typer

from qbsync.bootstrap import now
from qbsync.cli.output import WITH_FAILURES, Json, Who, console, quiet_app, show, table
from qbsync.cli.previews import READ_FIRST, show_plan
from qbsync.domain.decide import Action
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.texts import hours_text
from qbsync.domain.tieout import TieOut

run_commands = typer.Typer(help="Runs of confirmed plans.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (cancel, log, pull):
        app.command()(command)
    app.add_typer(run_commands, name="run")


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
    show_plan(plan, as_json, detail=True, only=[*READ_FIRST, Action.SKIP])


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
                    one.action.word,
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
