"""The runs that are broken here, and how a run must have ended."""

from __future__ import annotations

from datetime import date

from qbsync.bootstrap import App
from qbsync.domain.plan import Scope
from qbsync.domain.run import RunStatus
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company
from tests.faults.invariants import Invariants
from tests.waiting import wait_for

WEEK = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 3)}))
POINTS = ("before_sending", "before_push", "after_push", "inside_record", "after_record")
SINGLE_POINTS = ("before_single", "after_single")
SOME = 120  # changes of a small run: four batches and a bit


def confirm_some(company: Company, changes: int = SOME) -> str:
    """Confirm the first changes of a week; returns the run's id."""
    app = company.app()
    plan = app.previewing.build(app.connection().id, WEEK, who=WHO)
    ticked = [change.seq for change in plan.changes if change.ticked_by_default][:changes]
    run = app.confirming.confirm(plan.id, plan.digest, ticked, who=WHO)
    app.database.close()
    return run.id


def wait_until_ended(app: App, run_id: str) -> None:
    """I8: it ends by itself, as long as there is a worker."""
    wait_for(lambda: not app.runs.get(run_id).is_open, f"run {run_id} to end")


def check_some_are_done(company: Company, run_id: str, invariants: Invariants, changes: int = SOME) -> None:
    """Nothing is broken, and each change of a small run is in QuickBooks."""
    assert invariants.broken_at_end() == []
    app = company.app()
    progress = app.runs.progress(run_id)
    assert (app.runs.get(run_id).status, progress.done, progress.total) == (RunStatus.DONE, changes, changes)
    app.database.close()
