"""What processes beside the worker do in these tests. Each is called with the App of its process."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine

from qbsync.bootstrap import App, now
from qbsync.store.connections import Connections


def ask_at(app: App, moment: float) -> None:
    """Ask QuickBooks a question at a moment of the machine's monotonic clock: all processes at once."""
    ledger = app.ledger_of(app.connection().id)
    time.sleep(max(0.0, moment - time.monotonic()))
    ledger.company()


def ask_on_and_on(app: App, settings: dict[str, Any]) -> None:
    """Ask QuickBooks questions until the process is ended."""
    app.user_agent = "the reader"
    app.settings = app.settings.model_copy(update=settings)
    ledger = app.ledger_of(app.connection().id)
    while True:
        ledger.company()


class DiesBeforeStoring(Connections):
    """The power goes between the answer of QuickBooks' sign-in and our disk."""

    def save_tokens(self, *_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def refresh_and_die(app: App) -> None:
    """Refresh the access token, and be killed before the new pair is stored."""
    kept = app.connections
    app.connections = DiesBeforeStoring(app.database, kept._seal, kept._environment)
    tokens = kept.tokens(app.connection().id)
    assert tokens is not None
    app.ledger_of(app.connection().id).company()


def tick_by(app: App, clock: Path, ahead: timedelta) -> None:
    """A scheduler that lives by the clock in a file, which may be set while it lives."""
    while True:
        moment = datetime.fromisoformat(clock.read_text()) + ahead
        with time_machine.travel(moment.astimezone(UTC), tick=True):
            app.scheduling.tick()
        time.sleep(0.05)


def move(clock: Path, moment: datetime) -> None:
    """Set the clock in a file, at once for whoever reads it."""
    new = clock.with_suffix(".new")
    new.write_text(moment.isoformat())
    new.replace(clock)


def in_minutes(minutes: int) -> datetime:
    """A moment from now."""
    return now() + timedelta(minutes=minutes)
