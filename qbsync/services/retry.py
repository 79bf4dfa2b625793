"""Retry: offer again what a run did not do, as a new preview of just those records. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.plan import Plan, Scope
from qbsync.domain.retry import not_done, scope_of_retry, with_companions
from qbsync.services.preview import Previewing, Tell
from qbsync.services.stores import PlanStore, RunStore


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """The use case of *Retry*. What was never answered is looked for first, as before every preview."""

    runs: RunStore
    plans: PlanStore
    previewing: Previewing

    def build(self, run_id: str, rows: Collection[int] = (), *, who: str, tell: Tell = lambda _: None) -> Plan:
        """Preview again the records of these rows of an ended run, else all that it did not do and nobody leaves alone.

        What stands there now is read afresh: the rows that would do what a person confirmed before are ticked, and
        the others show why not. Raises BadInput for an open run or a row that cannot be tried again, and
        TransientError when QuickBooks cannot be read.
        """
        scope = self.scope(run_id, rows)
        connection_id = self.runs.get(run_id).connection_id
        return self.previewing.build(connection_id, scope, who=who, tell=tell, confirmed=self.confirmed(scope))

    def scope(self, run_id: str, rows: Collection[int] = ()) -> Scope:
        """What to preview to try these rows of an ended run again, else all that it did not do. Raises BadInput."""
        run = self.runs.get(run_id)
        if run.is_open:
            raise BadInput(f"Run {run_id} has not ended: it tries its records itself. Wait for its end, or cancel it.")
        left = self.previewing.left_alone.all(run.connection_id)
        outcomes = [one for one in self.runs.outcomes(run_id) if one.key not in left or one.seq in rows]
        changes = self.plans.get(run.plan_id).changes
        return scope_of_retry(run_id, with_companions(not_done(outcomes, rows), outcomes, changes), changes)

    def began_with(self, scope: Scope) -> str:
        """The id of the plan that a retry, or a retry of a retry, began with; "" where this scope is of none."""
        plan_id = ""
        while scope.retries:
            plan_id = self.runs.get(scope.retries).plan_id
            scope = self.plans.scope_of(plan_id)
        return plan_id

    def confirmed(self, scope: Scope) -> dict[str, Action]:
        """What a person ticked in the run that this scope tries again, by the record's key; else nothing."""
        if not scope.retries:
            return {}
        return {one.key: one.action for one in self.runs.outcomes(scope.retries) if one.key in scope.records}
