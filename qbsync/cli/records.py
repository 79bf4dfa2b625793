"""Commands for single records: leave one alone, take it up again, list those that are left alone."""

from __future__ import annotations

from typing import Annotated

import typer

from qbsync.cli.output import Json, Who, quiet_app, show, table
from qbsync.domain.wanted import TITLES, SyncKind

record_commands = typer.Typer(help="Records that a sync leaves alone.", no_args_is_help=True)

Kind = Annotated[SyncKind, typer.Argument(help="What it is, such as bill or time_entry.")]
CoreId = Annotated[str, typer.Argument(help="Its id in Core, as the Sync Log has it.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(record_commands, name="record")


@record_commands.command("skip")
def record_skip(
    kind: Kind,
    core_id: CoreId,
    reason: Annotated[str, typer.Option(help="Why, for whoever meets it later.")],
    who: Who = "",
    as_json: Json = False,
) -> None:
    """Leave a record alone: from the next preview on nothing is written of it, until it is taken up again."""
    app = quiet_app()
    one = app.leaving.leave(app.known_connection().id, kind, core_id, reason=reason, who=who or app.settings.user)
    show(as_json, one, f"{one.title}: {one.sentence}", "The next preview shows it under Skipped.")


@record_commands.command("unskip")
def record_unskip(kind: Kind, core_id: CoreId, who: Who = "", as_json: Json = False) -> None:
    """Take a record up again: the next preview compares it like any other."""
    app = quiet_app()
    app.leaving.take_up(app.known_connection().id, kind, core_id, who=who or app.settings.user)
    show(
        as_json,
        {"taken_up": {"kind": kind, "core_id": core_id}},
        f"{TITLES[kind]} {core_id} is taken up again. Build a new preview to see what it would do.",
    )


@record_commands.command("list")
def record_list(as_json: Json = False) -> None:
    """List the records that are left alone, with who decided so, when and why."""
    app = quiet_app()
    found = list(app.leaving.all(app.known_connection().id).values())
    if as_json:
        show(True, {"left_alone": found})
        return
    table(
        ("Kind", "Core id", "Record", "By", "On", "Why"),
        ((one.kind.value, one.core_id, one.title, one.who, f"{one.at:%Y-%m-%d}", one.reason) for one in found),
    )
    show(False, None, f"{len(found)} records are left alone.")
