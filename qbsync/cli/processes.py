"""Commands that start things: all at once, the worker, the local QuickBooks; and the upkeep of database and keys."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from qbsync.bootstrap import build, now
from qbsync.cli.output import Json, show
from qbsync.cli.together import run_together
from qbsync.services.keys import rotate_keys
from qbsync.store.upgrade import backup, upgrade, version

database_commands = typer.Typer(help="The database's upkeep.", no_args_is_help=True)
key_commands = typer.Typer(help="The keys that QuickBooks' tokens are sealed with.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(up)
    app.command()(worker)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(
        sandbox
    )
    app.add_typer(database_commands, name="db")
    app.add_typer(key_commands, name="keys")


def up() -> None:
    """Start the local QuickBooks (where it is used), the worker and the dashboard. Ctrl-C stops them."""
    raise typer.Exit(run_together(build()))


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    as_json: Json = False,
) -> None:
    """Build the previews that were asked for, push confirmed runs, fire schedules, and do the daily upkeep."""
    app = build()
    if not once:
        app.worker().run()
        return
    pushed = app.worker().once()
    show(as_json, {"pushed": pushed}, f"{pushed} runs pushed.")


def sandbox(context: typer.Context) -> None:
    """The local QuickBooks: serve, reset, fault, clock … (it has its own help: qbsync sandbox --help)."""
    command = [sys.executable, "-m", "qbsync.sandbox", *context.args]
    os.execv(sys.executable, command)  # noqa: S606  (it becomes that program, so that signals reach it)


@database_commands.command("upgrade")
def database_upgrade(as_json: Json = False) -> None:
    """Bring the database to this version (done at every start anyway)."""
    app = build()
    upgrade(app.database)
    step = version(app.database)
    show(as_json, {"version": step}, f"The database is at step {step}.")


@database_commands.command("backup")
def database_backup(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to put the copy; by default `backups` in QBSYNC_DATA_DIR.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a consistent copy of the database while it is in use."""
    app = build()
    target = backup(app.database, folder or app.settings.data_dir / "backups", now())
    show(as_json, {"file": str(target)}, f"Written to {target}.")


@database_commands.command("export")
def database_export(
    file: Annotated[Path, typer.Argument(help="The zip file to write, such as qbsync.zip.")],
    as_json: Json = False,
) -> None:
    """Write everything but the secrets (records, mapping, links, previews, runs, audit) as CSV files in a zip."""
    counts = build().export(file)
    rows = sum(counts.values())
    show(as_json, {"file": str(file), "tables": counts}, f"{rows:,} rows of {len(counts)} tables written to {file}.")


@key_commands.command("rotate")
def keys_rotate(as_json: Json = False) -> None:
    """Seal all stored tokens with the first key of QBSYNC_ENCRYPTION_KEYS; then the older keys can go."""
    app = build()
    done = rotate_keys(app.connections, app.notices, app.database.lock, who=app.settings.user, clock=now)
    sentence = f"{done.pairs} sealed pairs of tokens are sealed with the first key now."
    if done.unopened:
        sentence += (
            f" Those of {', '.join(done.unopened)} cannot be opened with any of the keys: put the earlier key back "
            "(after the new one) and rotate again, or connect again."
        )
    show(as_json, done, sentence)
    raise typer.Exit(1 if done.unopened else 0)
