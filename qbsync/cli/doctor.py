"""The command that says what the connected company allows, and what would be in the way of a sync."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from qbsync.cli.output import WITH_FAILURES, Json, quiet_app, show
from qbsync.domain.capability import Finding, blocking


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(doctor)


def doctor(as_json: Json = False) -> None:
    """Check the connected company: what is off or different, why it matters, and where to change it."""
    app = quiet_app()
    found = app.examining.examine(app.connection().id)
    if as_json:
        show(
            True,
            {
                "company": found.company,
                "findings": found.findings,
                "blocks": found.blocks,
                "metered_reads": found.metered_reads,
            },
        )
    else:
        _print(found.findings)
        show(False, None, f"{found.metered_reads:,} reads this month; Intuit counts those, and no writes.")
    if found.blocks:
        raise typer.Exit(WITH_FAILURES)


def _print(findings: Sequence[Finding]) -> None:
    """A line a finding, with its reason below it where there is one."""
    for finding in findings:
        show(False, None, f"{finding.standing.value:<7} {finding.topic}: {finding.state}")
        reason = f"{finding.why} {finding.where}".strip()
        if reason:
            show(False, None, f"        {reason}")
    count = len(blocking(findings))
    show(False, None, f"{count} of {len(findings)} findings block a sync." if count else "Nothing blocks a sync.")
