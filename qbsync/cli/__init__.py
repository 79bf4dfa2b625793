"""The command line: the same use cases as the dashboard, for terminals and scripts.

Exit codes: 0 done, 1 finished with failures, 2 bad input, 3 not connected.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qbsync.cli import books, doctor, house_rules, previews, processes, records, runs, schedules
from qbsync.cli.output import exit_code, fail, work_with
from qbsync.domain.errors import QbsyncError

app = typer.Typer(
    name="qbsync",
    help="Keep ProForge Core and QuickBooks Online the same: nothing moves without your review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def of_company(
    company: Annotated[
        str, typer.Option(help="The id of the company, where several are connected.", envvar="QBSYNC_COMPANY")
    ] = "",
) -> None:
    """Keep ProForge Core and QuickBooks Online the same: nothing moves without your review."""
    work_with(company)


books.add_to(app)
previews.add_to(app)
runs.add_to(app)
schedules.add_to(app)
records.add_to(app)
house_rules.add_to(app)
doctor.add_to(app)
processes.add_to(app)


def main() -> None:
    """Run one command; a refusal is one clear sentence on standard error."""
    try:
        app()
    except QbsyncError as error:
        fail(str(error))
        sys.exit(exit_code(error))
