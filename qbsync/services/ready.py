"""Whether a change may leave: it is held against QuickBooks as it is now, and what changed there since is not sent."""

from __future__ import annotations

from qbsync.domain.decide import moves_money
from qbsync.domain.ledger import Content, LedgerKind, Operation, Posted, WriteItem
from qbsync.domain.plan import Change
from qbsync.domain.references import Targets, filled, still_new
from qbsync.domain.run import OutcomeStatus, Settled


def to_send(
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
