"""How commands speak: tables for people, one JSON object for scripts, one sentence for a refusal."""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qbsync.bootstrap import App, build
from qbsync.domain.errors import LedgerError, NotConnected, QbsyncError, StoreUnavailable
from qbsync.settings import Settings

DONE, WITH_FAILURES, BAD_INPUT, NOT_CONNECTED = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Who = Annotated[str, typer.Option("--as", help="Your e-mail address, for the log.", envvar="QBSYNC_USER")]

_meant = [""]  # one command a process

console = Console(highlight=False, soft_wrap=True, emoji=False)


def quiet_app() -> App:
    """The product for a command that answers at once: only warnings are logged."""
    return build(Settings(company=_meant[0]), log_level=logging.WARNING)


def work_with(company: str) -> None:
    """The company that this command works with, by its id; "" where there is only one."""
    _meant[:] = [company]


def exit_code(error: QbsyncError) -> int:
    """The exit code of a refusal."""
    if isinstance(error, NotConnected):
        return NOT_CONNECTED
    return WITH_FAILURES if isinstance(error, LedgerError | StoreUnavailable) else BAD_INPUT


def fail(sentence: str) -> None:
    """Say why nothing was done."""
    print(sentence, file=sys.stderr)


def show(as_json: bool, value: Any, *lines: str) -> None:
    """Print a value as JSON, or the lines for people."""
    if as_json:
        print(json.dumps(plain(value), ensure_ascii=False, indent=2))
        return
    for line in lines:
        console.print(line, markup=False)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for people; text is shown as it is."""
    grid = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(grid)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: money as text, dates in ISO form."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    match value:
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case date() | datetime() | time():
            return value.isoformat()
        case dict():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return value
