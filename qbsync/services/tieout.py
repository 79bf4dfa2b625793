"""Tie out a run: both sides' totals, with every difference explained."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.tieout import TieOut, tie_out
from qbsync.services.stores import LinkStore, PlanStore, RunStore


@dataclass(frozen=True, kw_only=True)
class TyingOut:
    """The use case behind a run's totals."""

    plans: PlanStore
    runs: RunStore
    links: LinkStore

    def run(self, run_id: str) -> TieOut:
        """Both sides' totals over the plan that a run carried out, by QuickBooks' own answers."""
        run = self.runs.get(run_id)
        return tie_out(
            self.plans.get(run.plan_id).changes,
            {outcome.seq: outcome for outcome in self.runs.outcomes(run_id)},
            {link.key: link for link in self.links.all(run.connection_id)},
        )
