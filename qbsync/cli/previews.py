"""Commands for previews: build one, look at it, decide on its conflicts, confirm it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

import typer

from qbsync.cli.output import Json, Who, console, quiet_app, show, table
from qbsync.domain.decide import Action, Choice
from qbsync.domain.errors import BadInput
from qbsync.domain.plan import Change, Plan, Scope, totals
from qbsync.domain.texts import hours_text
from qbsync.domain.wanted import TITLES, SyncKind

ONLY = {
    "projects": (SyncKind.CUSTOMER, SyncKind.PROJECT),
    "cost-codes": (SyncKind.ITEM,),  # those whose service item is to be made
    "employees": (SyncKind.EMPLOYEE,),
    "vendors": (SyncKind.VENDOR,),
    "vendor-bills": (SyncKind.BILL,),
    "timesheets": (SyncKind.TIME_ENTRY,),
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
conflict_commands = typer.Typer(help="Records that were changed on both sides, or are gone in QuickBooks.")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (preview, confirm):
        app.command()(command)
    app.add_typer(plan_commands, name="plan")
    app.add_typer(conflict_commands, name="conflicts")


def scope_of(only: str, weeks: Sequence[str], projects: Sequence[str] = ()) -> Scope:
    """The scope that the options ask for. Raises BadInput for a word or date that is not one."""
    kinds: set[SyncKind] = set()
    for word in filter(None, (word.strip() for word in only.split(","))):
        if word not in ONLY:
            raise BadInput(f"--only takes {', '.join(ONLY)}, not {word!r}.")
        kinds.update(ONLY[word])
    try:
        ends = frozenset(date.fromisoformat(week) for week in weeks)
    except ValueError:
        raise BadInput("--week takes the date on which the week ends, such as 2026-11-21.") from None
    return Scope(kinds=frozenset(kinds), weeks=ends, projects=frozenset(projects))


def check_projects(scope: Scope, known: Collection[str]) -> None:
    """Raise BadInput for a project that Core does not have: a slip of the keyboard must not look like nothing to do."""
    unknown = sorted(scope.projects.difference(known))
    if unknown:
        raise BadInput(
            f"Core has no project {unknown[0]!r}. --project takes its number, as the Core data page shows it."
        )


def preview(
    only: Annotated[str, typer.Option(help=f"{', '.join(ONLY)}; separated by commas.")] = "",
    week: Annotated[
        list[str] | None, typer.Option(help="Only this week (the date it ends on); may be repeated.")
    ] = None,
    project: Annotated[
        list[str] | None, typer.Option(help="Only what belongs to this project (its number); may be repeated.")
    ] = None,
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Build a Sync Preview: what would be created, updated, linked, skipped or is blocked. Nothing is sent."""
    app = quiet_app()
    scope = scope_of(only, week or [], project or [])
    connection = app.connection()
    if scope.projects:
        check_projects(scope, app.core.book().projects)
    with console.status("…", spinner="line") as status:
        plan = app.previewing.build(
            connection.id, scope, who=who or app.settings.user, tell=lambda text: status.update(text)
        )
    show_plan(plan, as_json, detail=False)


@plan_commands.command("show")
def plan_show(
    plan_id: str,
    action: Annotated[
        list[Action] | None, typer.Option(help="Only changes with this action, such as create; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a stored preview, line by line: what would be written first."""
    show_plan(quiet_app().plans.get(plan_id), as_json, detail=True, only=action or [*READ_FIRST, Action.SKIP])


def show_plan(plan: Plan, as_json: bool, *, detail: bool, only: Collection[Action] = READ_FIRST) -> None:
    """Print a plan: what would be written first; without `detail` the first lines only."""
    if as_json:
        show(
            True,
            {
                "id": plan.id,
                "digest": plan.digest,
                "status": plan.status,
                "scope": plan.scope.text,
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
            (change.seq, change.action.word, TITLES[change.kind], change.title, _why(change))
            for change in (changes if detail else changes[:60])
        ),
    )
    if not detail and len(changes) > 60:
        show(False, None, f"… and {len(changes) - 60} more: qbsync plan show {plan.id}")
    total = totals(plan.changes)
    counts = ", ".join(f"{count} {action.word}" for action, count in total.by_action.items() if count)
    moving = totals(change for change in plan.changes if change.ticked_by_default)
    show(
        False,
        None,
        f"Plan {plan.id} ({plan.status.value}), {plan.scope.text}: {counts or 'nothing'}",
        f"To move: {hours_text(moving.minutes)}, {moving.amount:,.2f}",
        f"Confirm with: qbsync confirm {plan.id}",
        *_moved_hint(plan),
    )


def _moved_hint(plan: Plan) -> list[str]:
    moved = sum(1 for change in plan.changes if change.together and not change.ticked_by_default)
    if not moved:
        return []
    return [
        f"{moved} rows go together (hours that moved, bills entered again) and are not ticked. Add them with --moved."
    ]


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
    word: Annotated[
        str, typer.Option(help="The word that the company's limits ask for, where no digest is given.")
    ] = "",
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Confirm a preview. The worker sends it."""
    app = quiet_app()
    plan = app.plans.get(plan_id)
    rows = rows_of(only_rows) if only_rows else {one.seq for one in plan.changes if one.ticked_by_default}
    if moved:
        rows |= {one.seq for one in plan.changes if one.together}
    run = app.confirming.confirm(
        plan_id,
        digest or plan.digest,
        rows,
        who=who or app.settings.user,
        typed=None if digest else word,  # who names the digest has looked
    )
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
    rows: Annotated[list[int], typer.Argument(help="Rows of the latest preview, all or none of them.")],
    choice: Annotated[str, typer.Argument(help="keep-core, keep-quickbooks, create-another or leave.")],
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Choose how conflicts end; the next preview acts by it."""
    app = quiet_app()
    plan = app.plans.latest(app.connection().id)
    names = {one.name.lower().replace("_", "-"): one for one in Choice}
    if choice not in names:
        raise BadInput(f"Choose one of {', '.join(names)}, not {choice!r}.")
    if plan is None:
        raise BadInput("There is no preview yet. `qbsync preview` makes one.")
    app.previewing.choose_for_all(plan.id, rows, names[choice], who=who or app.settings.user)
    show(as_json, {"rows": rows, "choice": choice}, "Kept. Build a new preview to act by it.")
