"""What an answer of QuickBooks means for a change: done with its link, refused with a remedy, or still unknown."""

from __future__ import annotations

from decimal import Decimal

from qbsync.domain.errors import LedgerError, OutcomeUnknown, Refused
from qbsync.domain.explain import explain
from qbsync.domain.ledger import BillDocument, Operation, Posted, WriteResult
from qbsync.domain.link import Link
from qbsync.domain.plan import Change, agreement
from qbsync.domain.references import Targets, filled
from qbsync.domain.run import OutcomeStatus, Settled

MAYBE_THERE = "QuickBooks may already have this: it was sent, and no answer came."
MAYBE_REMEDY = "The next Sync Now settles it first: it looks for it in QuickBooks by its mark."


def judge(change: Change, result: WriteResult, targets: Targets, run_id: str) -> Settled:
    """What an answer means for its change, with the link it makes or removes."""
    if result.error is not None:
        return _refused(change, result)
    if result.posted is None or change.operation in (Operation.DELETE, Operation.DEACTIVATE):
        done = result.deleted_id or change.ledger_id
        return Settled(seq=change.seq, status=OutcomeStatus.DONE, ledger_id=done, trace=result.trace, unlink=True)
    return written(change, result.posted, targets, run_id, trace=result.trace)


def written(change: Change, posted: Posted, targets: Targets, run_id: str, trace: str = "") -> Settled:
    """The change is done, and `posted` is what QuickBooks holds now."""
    agreed = agreement(change, posted.content)
    core = filled(agreed.core, targets)
    link = Link(
        kind=change.kind,
        core_id=change.core_id,
        title=change.title,
        ledger_kind=posted.kind,
        ledger_id=posted.id,
        sync_token=posted.sync_token,
        agreed=type(agreed)(core=core, posted=posted.content),
        generation=change.generation,
        scope_date=change.scope_date,
        total=posted.total,
        balance=posted.balance,
        run_id=run_id,
    )
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.DONE,
        ledger_id=posted.id,
        message=_total_differs(change, posted),
        trace=trace,
        link=link,
    )


def _total_differs(change: Change, posted: Posted) -> str:
    """A warning when QuickBooks added up a bill differently."""
    ours = change.content.total if isinstance(change.content, BillDocument) else Decimal(0)
    if posted.total is None or posted.total == ours:
        return ""
    return f"QuickBooks' total is {posted.total:,.2f}, Core's is {ours:,.2f}: look at its lines and taxes there."


def _refused(change: Change, result: WriteResult) -> Settled:
    error = result.error
    if isinstance(error, Refused):
        sentence, remedy = explain(error.faults[0])
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.FAILED,
            code=error.code,
            message=sentence,
            remedy=remedy,
            trace=result.trace,
        )
    trace = error.trace if isinstance(error, LedgerError) else ""
    if isinstance(error, OutcomeUnknown):
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.UNANSWERED,
            message=MAYBE_THERE,
            remedy=MAYBE_REMEDY,
            trace=result.trace or trace,
        )
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.FAILED,
        message="QuickBooks could not take it just then, and did not carry it out.",
        remedy="Nothing is wrong with the record: sync again.",
        trace=result.trace or trace,
    )
