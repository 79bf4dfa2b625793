"""Settle what was sent and never answered: look whether QuickBooks has it. It is never sent again from here.

Sending an old request again would be right only while nobody did anything meanwhile: somebody may have typed the
record in, deleted it, or made it anew. A look tells what is true now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from qbsync.domain.ledger import NAMED_KINDS, Content, LedgerKind, Operation, Posted
from qbsync.domain.plan import Change
from qbsync.domain.ports import Ledger
from qbsync.domain.posted import mark_in
from qbsync.domain.references import Targets, filled
from qbsync.domain.run import OutcomeStatus, Settled, Unanswered
from qbsync.domain.wanted import mark_of
from qbsync.services.appeared import Record, read_like
from qbsync.services.judge import written

FIRST_TOKEN = "0"  # of a record that nobody has saved since it was made
UNDER_WAY = timedelta(minutes=5)  # QuickBooks itself gives up on a request after two
NEVER_ARRIVED = "It never reached QuickBooks: no answer came, and nothing of it is there."
NOT_SO = "No answer came, and QuickBooks does not say now what was sent."
OFFERED_AGAIN = "Nothing is wrong with the record: the next preview offers it again."


def settle(
    ledger: Ledger, pending: Sequence[Unanswered], changes: Mapping[int, Change], targets: Targets, now: datetime
) -> list[Settled]:
    """The end of each change of one run; what may still be under way is left out."""
    found = arrived(ledger, [changes[one.seq] for one in pending], targets, pending[0].run_id) if pending else {}
    over = {one.seq for one in pending if now - one.given_up_at >= UNDER_WAY}
    missing = [_never_arrived(changes[seq]) for seq in sorted(over - found.keys())]
    return [*found.values(), *missing]


def arrived(ledger: Ledger, changes: Sequence[Change], targets: Targets, run_id: str) -> dict[int, Settled]:
    """Of these changes, those that QuickBooks has carried out, by what it holds now: a few questions for all."""
    contents = {change.seq: filled(change.content, targets) for change in changes if change.content}
    creates = [change for change in changes if change.operation is Operation.CREATE and change.content]
    alike = read_like(ledger, [(change.ledger_kind, contents[change.seq]) for change in creates])
    held = read_fresh(ledger, changes)
    found: dict[int, Settled] = {}
    for change in changes:
        content = contents.get(change.seq)
        posted = held.get((change.ledger_kind, change.ledger_id))
        if change.operation in (Operation.DELETE, Operation.DEACTIVATE):
            if posted is None or not posted.active:
                found[change.seq] = Settled(
                    seq=change.seq, status=OutcomeStatus.DONE, ledger_id=change.ledger_id, unlink=True
                )
            continue
        if change.operation is Operation.CREATE and content is not None:
            posted = _made(change, content, alike)
        if posted is not None and (change.operation is Operation.CREATE or posted.content == content):
            found[change.seq] = written(change, _as_sent(posted, content), targets, run_id)
    return found


def _as_sent(posted: Posted, content: Content | None) -> Posted:
    """The record as it was made, where somebody saved it since: what they edited is not what both sides agreed on."""
    if content is None or posted.sync_token == FIRST_TOKEN:
        return posted
    return replace(posted, content=content)


def read_fresh(ledger: Ledger, changes: Iterable[Change]) -> dict[Record, Posted]:
    """The records that these changes alter, as QuickBooks holds them now: one question a kind."""
    ids: dict[LedgerKind, list[str]] = defaultdict(list)
    for change in changes:
        if change.ledger_id:
            ids[change.ledger_kind].append(change.ledger_id)
    return {
        (kind, record_id): posted
        for kind, wanted in ids.items()
        for record_id, posted in ledger.by_ids(kind, wanted).items()
    }


def _made(change: Change, content: Content, alike: Sequence[Posted]) -> Posted | None:
    """The record that a create made: it carries our mark, or it is a name that says just what was sent."""
    found = [posted for posted in alike if posted.active and posted.kind is change.ledger_kind]
    if change.ledger_kind in NAMED_KINDS:
        return next((posted for posted in found if posted.content == content), None)
    mark = mark_of(change.core_id)
    return next((posted for posted in found if mark_in(posted.content) == mark), None)


def _never_arrived(change: Change) -> Settled:
    why = NEVER_ARRIVED if change.operation is Operation.CREATE else NOT_SO
    return Settled(seq=change.seq, status=OutcomeStatus.FAILED, message=why, remedy=OFFERED_AGAIN)
