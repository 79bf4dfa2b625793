"""Changes that write nothing to QuickBooks: links that are agreed, and values that are accepted from there."""

from __future__ import annotations

from qbsync.domain.decide import Agreed
from qbsync.domain.ledger import Content
from qbsync.domain.link import Link
from qbsync.domain.plan import Change
from qbsync.domain.run import OutcomeStatus, Settled


def settle_locally(change: Change, run_id: str) -> Settled:
    """The result of a link or pull: the link as it will be, or that it is closed."""
    core, posted = change.core_content, change.posted
    if change.link_only:
        return _linked(change, run_id, agreed=None, message="Linked by the mapping.")
    if core is None:
        return Settled(seq=change.seq, status=OutcomeStatus.DONE, message="The link is closed.", unlink=True)
    if posted is None:
        return _dropped(change, core, run_id)
    message = "Linked; nothing was written." if change.action.value == "link" else "QuickBooks' values are kept."
    return _linked(change, run_id, agreed=Agreed(core=core, posted=posted), message=message)


def _linked(change: Change, run_id: str, *, agreed: Agreed | None, message: str) -> Settled:
    link = Link(
        kind=change.kind,
        core_id=change.core_id,
        title=change.title,
        ledger_kind=change.ledger_kind,
        ledger_id=change.ledger_id,
        agreed=agreed,
        link_only=change.link_only,
        generation=change.generation,
        scope_date=change.scope_date,
        total=change.posted_total,
        run_id=run_id,
    )
    return Settled(seq=change.seq, status=OutcomeStatus.DONE, ledger_id=change.ledger_id, message=message, link=link)


def _dropped(change: Change, core: Content, run_id: str) -> Settled:
    """A deletion in QuickBooks was accepted: the record stays out until Core changes it."""
    link = Link(
        kind=change.kind,
        core_id=change.core_id,
        title=change.title,
        ledger_kind=change.ledger_kind,
        ledger_id="",
        agreed=Agreed(core=core, posted=core),
        dropped=True,
        generation=change.generation,
        scope_date=change.scope_date,
        run_id=run_id,
    )
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.DONE,
        message="Its deletion in QuickBooks is accepted.",
        link=link,
    )
