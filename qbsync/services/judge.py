"""What an answer of QuickBooks means for a change: done with its link, refused with a remedy, or still unknown."""

from __future__ import annotations

from decimal import Decimal

from qbsync.domain.errors import Fault, OutcomeUnknown, Refused, StaleObject
from qbsync.domain.explain import explain
from qbsync.domain.ledger import BillDocument, Operation, Posted, WriteResult
from qbsync.domain.link import Link
from qbsync.domain.plan import Change, agreement
from qbsync.domain.references import Targets, filled
from qbsync.domain.refusal import answer_text, explain_refusal
from qbsync.domain.run import AGAIN_MAX, Outcome, OutcomeStatus, Settled
from qbsync.domain.uses import EntryOf

MAYBE_THERE = "QuickBooks may already have this: it was sent, and no answer came."
MAYBE_REMEDY = "The next Sync Now settles it first: it looks for it in QuickBooks by its mark."


def judge(
    change: Change, result: WriteResult, targets: Targets, run_id: str, entry_of: EntryOf = lambda kind, record_id: None
) -> Settled:
    """What an answer means for its change, with the link it makes or removes. What still waits is tried again."""
    if result.error is not None:
        return _refused(change, result, targets, entry_of)
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


def _refused(change: Change, result: WriteResult, targets: Targets, entry_of: EntryOf) -> Settled:
    error, trace = result.error, result.trace or getattr(result.error, "trace", "")
    if isinstance(error, Refused):
        said = explain_refusal(error.faults, change, targets, entry_of)
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.FAILED,
            code=error.code,
            message=said.message,
            remedy=said.remedy,
            place=said.place,
            answer=answer_text(error.faults),
            trace=trace,
        )
    if isinstance(error, OutcomeUnknown) and not error.code:
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.UNANSWERED,
            message=MAYBE_THERE,
            remedy=MAYBE_REMEDY,
            trace=trace,
        )
    return again(change, error, trace)


def overtaken(change: Change, result: WriteResult, tries: int) -> Settled | None:
    """Somebody saved the record between our look and our write: it is read and sent once more; None for others."""
    error = result.error
    if not isinstance(error, StaleObject):
        return None
    if not tries:
        return again(change, error, result.trace)
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.STALE,
        code=error.code,
        message="Somebody saved this record in QuickBooks at the same moment, twice in a row; ours was not saved.",
        remedy="Build a new preview when they are done.",
        answer=answer_text(error.faults),
        trace=result.trace,
    )


def again(change: Change, error: Exception | None, trace: str) -> Settled:
    """The change still waits: QuickBooks could not do it just then, and it goes into a new attempt."""
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.WAITING,
        code=getattr(error, "code", ""),
        message="QuickBooks could not take it just then; it is tried again.",
        answer=answer_text(getattr(error, "faults", ())),
        trace=trace,
    )


def tried_in_vain(outcome: Outcome) -> Settled:
    """The end of a change that was sent as often as it may be, and that QuickBooks does not hold."""
    why = explain(Fault(code=outcome.code)).message if outcome.code else "QuickBooks could not take it."
    return Settled(
        seq=outcome.seq,
        status=OutcomeStatus.FAILED,
        code=outcome.code,
        message=f"{why} It was tried {AGAIN_MAX + 1} times, and QuickBooks does not hold it.",
        remedy="Look at the record for anything unusual, and sync again later; the trace id helps QuickBooks' support.",
        answer=outcome.answer,
        trace=outcome.trace,
    )


def unproven(outcome: Outcome) -> Settled:
    """A change that is not tried again after a fault of QuickBooks' own: it may have been carried out."""
    return Settled(
        seq=outcome.seq,
        status=OutcomeStatus.UNANSWERED,
        code=outcome.code,
        message="QuickBooks may already have this: it answered with a fault of its own.",
        remedy=MAYBE_REMEDY,
        answer=outcome.answer,
        trace=outcome.trace,
    )
