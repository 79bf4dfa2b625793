"""Commands for the schedule: automatic sync on, off, and what it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Annotated

import typer

from qbsync.cli.output import Json, Who, quiet_app, show, table
from qbsync.domain.errors import BadInput
from qbsync.domain.schedule import Frequency, Policy, Schedule, first_zone

schedule_commands = typer.Typer(help="Automatic sync.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(schedule_commands, name="schedule")


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
    zone: Annotated[
        str, typer.Option(help="Such as America/Denver; by default a time zone of the company's country.")
    ] = "",
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
    connection = app.connection()
    zone = zone or first_zone("", app.connections.company(connection.id).country).name
    schedule = Schedule(frequency=frequency, at=moment, time_zone=zone, weekday=weekday, month_day=month_day)
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
