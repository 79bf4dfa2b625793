"""Settle what was sent and never answered: look whether QuickBooks has it. It is never sent again from here.

Sending an old request again would be right only while nobody did anything meanwhile: somebody may have typed the
record in, deleted it, or made it anew. A look tells what is true now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from qbsync.domain.ledger import NAME_KINDS, BillDocument, Content, LedgerKind, Operation, Posted, TimeEntry
from qbsync.domain.plan import Change
from qbsync.domain.ports import Ledger
from qbsync.domain.posted import mark_in
from qbsync.domain.references import Targets, filled
from qbsync.domain.run import OutcomeStatus, Settled, Unanswered
from qbsync.domain.wanted import mark_of
from qbsync.services.judge import written

UNDER_WAY = timedelta(minutes=5)  # QuickBooks itself gives up on a request after two
NEVER_ARRIVED = "It never reached QuickBooks: no answer came, and nothing of it is there."
NOT_SO = "No answer came, and QuickBooks does not say now what was sent."
OFFERED_AGAIN = "Nothing is wrong with the record: the next preview offers it again."


def settle(
    ledger: Ledger, pending: Sequence[Unanswered], changes: Mapping[int, Change], targets: Targets, now: datetime
) -> list[Settled]:
    """The end of each change of one run; what may still be under way is left out."""
    settled = (_settled(ledger, one, changes[one.seq], targets, now) for one in pending)
    return [one for one in settled if one is not None]


def _settled(ledger: Ledger, pending: Unanswered, change: Change, targets: Targets, now: datetime) -> Settled | None:
    content = filled(change.content, targets) if change.content else None
    match change.operation:
        case Operation.DELETE | Operation.DEACTIVATE:
            posted = ledger.by_ids(change.ledger_kind, [change.ledger_id]).get(change.ledger_id)
            if posted is None or not posted.active:
                return Settled(seq=change.seq, status=OutcomeStatus.DONE, ledger_id=change.ledger_id, unlink=True)
        case Operation.UPDATE:
            posted = ledger.by_ids(change.ledger_kind, [change.ledger_id]).get(change.ledger_id)
            if posted is not None and posted.content == content:
                return written(change, posted, targets, pending.run_id)
        case _:
            posted = _made(ledger, change, content)
            if posted is not None:
                return written(change, posted, targets, pending.run_id)
    if now - pending.given_up_at < UNDER_WAY:
        return None
    why = NEVER_ARRIVED if change.operation is Operation.CREATE else NOT_SO
    return Settled(seq=change.seq, status=OutcomeStatus.FAILED, message=why, remedy=OFFERED_AGAIN)


def _made(ledger: Ledger, change: Change, content: Content | None) -> Posted | None:
    """The record that a create made: it carries our mark, or it is a name that says just what was sent."""
    if content is None:
        return None
    mark = mark_of(change.core_id)
    found = [posted for posted in _like(ledger, change.ledger_kind, content) if posted.active]
    if change.ledger_kind in NAME_KINDS:
        return next((posted for posted in found if posted.content == content), None)
    return next((posted for posted in found if mark_in(posted.content) == mark), None)


def _like(ledger: Ledger, kind: LedgerKind, content: Content) -> list[Posted]:
    """Where to look for a record of this content."""
    match content:
        case TimeEntry():
            return ledger.time_entries(content.txn_date, content.txn_date)
        case BillDocument():
            return ledger.bills_numbered(kind, [content.number])
        case _:
            return ledger.by_name(kind, content.display_name)
