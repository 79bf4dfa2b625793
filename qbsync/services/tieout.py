"""Tie out a run: both sides' totals, with every difference explained."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.tieout import TieOut, tie_out
from qbsync.services.stores import PlanStore, RunStore


@dataclass(frozen=True, kw_only=True)
class TyingOut:
    """The use case behind a run's totals."""

    plans: PlanStore
    runs: RunStore

    def run(self, run_id: str) -> TieOut:
        """Both sides' totals over the plan that a run carried out, by QuickBooks' own answers."""
        changes = self.plans.get(self.runs.get(run_id).plan_id).changes
        return tie_out(changes, {outcome.seq: outcome for outcome in self.runs.outcomes(run_id)})
