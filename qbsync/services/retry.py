"""Retry: offer again what a run did not do, as a new preview of just those records. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qbsync.domain.errors import BadInput
from qbsync.domain.plan import Plan
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
        """Preview again the records of these rows of an ended run, else all that it did not do.

        What stands there now is read afresh: the rows that would do what a person confirmed before are ticked, and
        the others show why not. Raises BadInput for an open run or a row that cannot be tried again, and
        TransientError when QuickBooks cannot be read.
        """
        run = self.runs.get(run_id)
        if run.is_open:
            raise BadInput(f"Run {run_id} has not ended: it tries its records itself. Wait for its end, or cancel it.")
        outcomes, changes = self.runs.outcomes(run_id), self.plans.get(run.plan_id).changes
        chosen = with_companions(not_done(outcomes, rows), outcomes, changes)
        return self.previewing.build(
            run.connection_id,
            scope_of_retry(run_id, chosen, changes),
            who=who,
            tell=tell,
            confirmed={one.key: one.action for one in chosen},
        )
