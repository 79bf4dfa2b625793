"""Get an attempt ready: hold its changes against QuickBooks as it is now, render the rest, commit that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from qbsync.domain.decide import moves_money
from qbsync.domain.ledger import Content, LedgerKind, Operation, Posted, WriteItem
from qbsync.domain.moved import GOES_WITH
from qbsync.domain.plan import Change
from qbsync.domain.ports import Clock, Ledger
from qbsync.domain.references import Targets, filled, still_new
from qbsync.domain.run import Attempt, AttemptState, Channel, OutcomeStatus, Settled, bid_of
from qbsync.services.appeared import Appearing
from qbsync.services.judge import tried_in_vain
from qbsync.services.settle import arrived, read_fresh
from qbsync.services.stores import LinkStore, PlanStore, RunStore

AtPoint = Callable[[str], None]  # called at marked points, so that tests can end the process there


@dataclass(frozen=True, kw_only=True)
class Work:
    """One push of one run by one worker."""

    run_id: str
    plan_id: str
    connection_id: int
    fence: int
    ledger: Ledger
    appearing: Appearing


@dataclass(frozen=True, kw_only=True)
class Preparing:
    """What is done with an attempt before it is sent for the first time."""

    links: LinkStore
    plans: PlanStore
    runs: RunStore
    clock: Clock
    at_point: AtPoint

    def prepare(self, attempt: Attempt, work: Work, channel: Channel = Channel.BATCH) -> Attempt:
        """Check each change against QuickBooks as it is now, render the rest, and commit that it is being sent."""
        changes = self.plans.changes(work.plan_id, attempt.seqs)
        ready = self._ready(attempt, changes, work)
        refused = {seq: one for seq, one in ready.items() if isinstance(one, Settled)}
        broken = self._broken_groups(work, changes.values())
        broken |= {changes[seq].together for seq, one in refused.items() if one.status is not OutcomeStatus.DONE} - {""}
        for seq in ready.keys() - refused.keys():
            if changes[seq].together in broken:
                refused[seq] = Settled(
                    seq=seq, status=OutcomeStatus.STALE, message=GOES_WITH, remedy="Build a new preview."
                )
        items = [one for seq, one in ready.items() if isinstance(one, WriteItem) and seq not in refused]
        body = work.ledger.render(items) if items else ""
        self.at_point("before_sending")
        self.runs.mark_sending(attempt, work.fence, body, list(refused.values()), self.clock(), channel)
        return replace(attempt, state=AttemptState.SENDING, body=body, channel=channel)

    def _ready(self, attempt: Attempt, changes: Mapping[int, Change], work: Work) -> dict[int, WriteItem | Settled]:
        """The write of each change, or why it is not sent."""
        targets = self.links.targets(work.connection_id)
        fresh = read_fresh(work.ledger, changes.values())
        ready = {
            seq: _to_send(changes[seq], bid_of(position), targets, fresh) for position, seq in enumerate(attempt.seqs)
        }
        creates = {
            seq: (changes[seq], one.content)
            for seq, one in ready.items()
            if isinstance(one, WriteItem) and one.operation is Operation.CREATE and one.content is not None
        }
        ready |= work.appearing.among(creates)
        if attempt.tries:
            ready |= self._looked_for(attempt, changes, targets, work)
        return ready

    def _looked_for(
        self, attempt: Attempt, changes: Mapping[int, Change], targets: Targets, work: Work
    ) -> dict[int, Settled]:
        """What is tried again may be there: a fault of QuickBooks' own does not say whether it did it before."""
        found = arrived(work.ledger, list(changes.values()), targets, work.run_id)
        if not attempt.only_looks:
            return found
        outcomes = self.runs.outcomes(work.run_id)
        missing = [one for one in outcomes if one.seq in changes and one.seq not in found]
        return found | {one.seq: tried_in_vain(one) for one in missing}

    def _broken_groups(self, work: Work, changes: Collection[Change]) -> set[str]:
        """The groups of changes that go together and of which one was not done: the rest of them is held back."""
        if not any(change.together for change in changes):
            return set()
        not_done = [
            outcome.seq
            for outcome in self.runs.outcomes(work.run_id)
            if outcome.status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING)
        ]
        return {change.together for change in self.plans.changes(work.plan_id, not_done).values()} - {""}


def _to_send(
    change: Change, bid: str, targets: Targets, fresh: dict[tuple[LedgerKind, str], Posted]
) -> WriteItem | Settled:
    """The write of a change, or why it is not sent."""
    operation = change.operation or Operation.UPDATE
    content = filled(change.content, targets) if change.content else None
    missing = still_new(content) if content else []
    if missing:
        names = ", ".join(key.replace(":", " ", 1) for key in missing)
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.SKIPPED,
            message=f"It needs {names}, which is not in QuickBooks yet.",
            remedy="Mend that record, or tick it as well, and sync again.",
        )
    posted = fresh.get((change.ledger_kind, change.ledger_id))
    if operation is not Operation.CREATE:
        stale = _why_stale(change, content, posted)
        if stale:
            return Settled(seq=change.seq, status=OutcomeStatus.STALE, message=stale, remedy="Build a new preview.")
    return WriteItem(bid=bid, kind=change.ledger_kind, operation=operation, content=content, posted=posted)


def _why_stale(change: Change, content: Content | None, posted: Posted | None) -> str:
    if posted is None or not posted.active:
        return "It was deleted in QuickBooks after the preview was built, so it was not sent."
    if posted.content != change.posted:
        return "It was edited in QuickBooks after the preview was built, so it was not sent."
    if posted.billed:
        return "It was put on an invoice in QuickBooks after the preview was built, so it was not sent."
    if posted.payment_ids and (content is None or moves_money(posted.content, content)):
        return "It was paid in QuickBooks after the preview was built, so it was not sent."
    return ""
