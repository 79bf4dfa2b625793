"""Confirm a plan: exactly what was shown, the ticked rows of it, once. Confirming only enqueues."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from qbsync.domain.book import SourceHashes
from qbsync.domain.errors import BadInput, PlanChanged
from qbsync.domain.house_rules import WORD
from qbsync.domain.left_alone import skipped_since
from qbsync.domain.moved import GOES_WITH, partly_ticked
from qbsync.domain.plan import Change, Plan, attempts_of, weight
from qbsync.domain.ports import Clock, NewId
from qbsync.domain.run import Confirmation, Run
from qbsync.domain.stale import changed_in_core
from qbsync.services.engine import Engine
from qbsync.services.stores import CoreStore, LeftAloneStore, MappingStore, PlanStore, RuleStore, RunStore

MANUAL = "manual"


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """The use case behind the confirm button."""

    core: CoreStore
    left_alone: LeftAloneStore
    mappings: MappingStore
    plans: PlanStore
    rules: RuleStore
    runs: RunStore
    engine: Engine
    clock: Clock
    new_id: NewId

    def confirm(
        self,
        plan_id: str,
        digest: str,
        ticked: Collection[int] | None = None,
        *,
        who: str,
        trigger: str = MANUAL,
        typed: str | None = None,
    ) -> Run:
        """Turn a draft into a run. `ticked` are change numbers; None takes those ticked by default.

        `typed` is the word that a person typed, which the company's limits may ask for; None where no person is in
        front, such as a schedule, or a script that looked at the plan and names its digest.

        Raises PlanNotOpen, PlanChanged, RunOpen or BadInput. Changes whose source in Core has changed since
        the preview, or whose record somebody skipped since, are refused line by line: they end as stale, and the rest
        goes on.
        """
        plan = self.plans.get(plan_id)
        self._check_mapping(plan)
        chosen = chosen_changes(plan, ticked)
        if typed is not None:
            self._check_word(plan.connection_id, chosen, typed)
        skipped = skipped_since(chosen, self.left_alone.all(plan.connection_id))
        stale = stale_changes(chosen, SourceHashes(self.core.book()), skipped)
        fresh = [change for change in chosen if change.seq not in stale]
        return self.runs.confirm(
            Confirmation(
                run_id=self.new_id(),
                plan_id=plan_id,
                connection_id=plan.connection_id,
                digest=digest,
                ticked=chosen,
                attempts=attempts_of(fresh),
                stale=stale,
                who=who,
                trigger=trigger,
                at=self.clock(),
            ),
            self.engine.submit,
        )

    def _check_word(self, connection_id: int, chosen: Sequence[Change], typed: str) -> None:
        if self.wants_word(connection_id, chosen) and typed != WORD:
            raise BadInput(
                f"This sends {len(chosen):,} records, with {weight(chosen):,.2f} on bills and credits: above the limit "
                f"of this company. Type {WORD} to confirm it."
            )

    def wants_word(self, connection_id: int, chosen: Collection[Change]) -> bool:
        """Whether confirming these changes asks a person for the typed word."""
        return self.rules.company(connection_id).rules.wants_word(len(chosen), weight(chosen))

    def is_of_another_mapping(self, plan: Plan) -> bool:
        """Whether the mapping was saved since the preview was built: nothing of it can be sent then."""
        return self.mappings.current(plan.connection_id).version != plan.mapping_version

    def _check_mapping(self, plan: Plan) -> None:
        if self.is_of_another_mapping(plan):
            raise PlanChanged(
                "The mapping was saved after this preview was built. Build a new preview and confirm that."
            )


def chosen_changes(plan: Plan, ticked: Collection[int] | None) -> list[Change]:
    """The changes that will run. Raises BadInput when none is left or one of them cannot run."""
    wanted = {change.seq for change in plan.changes if change.ticked_by_default} if ticked is None else set(ticked)
    known = {change.seq: change for change in plan.changes}
    unknown = sorted(wanted - known.keys())
    if unknown:
        raise BadInput(f"The preview has no row {unknown[0]}.")
    chosen = [change for change in plan.changes if change.seq in wanted]
    barred = [change for change in chosen if not change.can_run]
    if barred:
        raise BadInput(f"Row {barred[0].seq} ({barred[0].title}) is {barred[0].action.value}: it cannot be confirmed.")
    if not chosen:
        raise BadInput("No row is ticked, so there is nothing to confirm.")
    missing = partly_ticked(plan.changes, wanted)
    if missing:
        rows = ", ".join(str(change.seq) for change in missing[:10])
        raise BadInput(
            f"What is removed and what is added go together here ({missing[0].title}), or it would count twice or not "
            f"at all. Tick row {rows} as well, or none of them."
        )
    return chosen


def stale_changes(
    changes: Collection[Change], sources: SourceHashes, skipped: Mapping[int, str] = MappingProxyType({})
) -> dict[int, str]:
    """The changes whose source in Core is not what the preview saw, with what to say; and those `skipped` since."""
    stale = {
        change.seq: "It was changed in Core after the preview was built, so it was not sent."
        for change in changed_in_core(changes, sources)
    } | dict(skipped)
    broken = {change.together for change in changes if change.seq in stale} - {""}
    return {change.seq: GOES_WITH for change in changes if change.together in broken} | stale
