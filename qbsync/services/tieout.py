"""Tie out: both sides' totals of a run, with every difference explained, and of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qbsync.domain.book import CoreBook
from qbsync.domain.tieout import TieOut, WeekTotals, days_of, tie_out, week_totals
from qbsync.domain.wanted import SyncKind
from qbsync.services.stores import LinkStore, PlanStore, RunStore


@dataclass(frozen=True, kw_only=True)
class TyingOut:
    """The use case behind the totals of both sides."""

    links: LinkStore
    plans: PlanStore
    runs: RunStore

    def run(self, run_id: str) -> TieOut:
        """Both sides' totals over the plan that a run carried out, by QuickBooks' own answers."""
        changes = self.plans.get(self.runs.get(run_id).plan_id).changes
        return tie_out(changes, {outcome.seq: outcome for outcome in self.runs.outcomes(run_id)})

    def week(self, connection_id: int, book: CoreBook, week_ending: date) -> WeekTotals:
        """Both sides' totals of a week, by QuickBooks' latest answers. QuickBooks is not asked."""
        first, last = days_of(week_ending)
        links = [
            *self.links.among(connection_id, {SyncKind.TIME_ENTRY}, {week_ending}),
            *self.links.of_bills(connection_id, first, last),
        ]
        return week_totals(week_ending, book.payroll_rows, book.bills, links)
