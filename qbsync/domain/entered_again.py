"""A bill that Core has under another id now: the old one goes and the new one comes all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qbsync.domain.decide import Action
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import BillDocument
from qbsync.domain.plan import Change
from qbsync.domain.posted import NaturalKey, natural_key
from qbsync.domain.wanted import SyncKind


def entered_again(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of one invoice that was voided in Core and entered there anew tied together.

    QuickBooks holds the old bill of the same vendor and number. Were only the new one made, the invoice would be owed
    twice; were only the old one deleted, not at all. Where the old one cannot be deleted (it has a payment, was edited,
    or is left alone), the new one is blocked.
    """
    old = {key: change for change in changes if change.gone and (key := _invoice(change, change.posted)) is not None}
    new = {key: change for change in changes if _is_made(change) and (key := _invoice(change, change.content)) in old}
    tied: dict[int, Change] = {}
    for key, made in new.items():
        gone = old[key]
        if gone.action is Action.DELETE:
            together = f"bill|{gone.core_id}"
            reason = f"Gone in Core, where bill {made.core_id} has its number now."
            tied[id(gone)] = replace(gone, together=together, reason=reason)
            tied[id(made)] = replace(made, together=together)
        else:
            tied[id(made)] = _held_back(made, gone)
    return [tied.get(id(change), change) for change in changes]


def _is_made(change: Change) -> bool:
    return change.kind is SyncKind.BILL and change.action is Action.CREATE


def _invoice(change: Change, content: object) -> tuple[object, NaturalKey] | None:
    """The vendor and number of a bill; None for anything else, and for a bill without a number."""
    if change.kind is not SyncKind.BILL or not isinstance(content, BillDocument) or not content.number:
        return None
    return change.ledger_kind, natural_key(content)


def _held_back(made: Change, gone: Change) -> Change:
    issue = Issue(
        record=made.title,
        field="number",
        problem=f"QuickBooks has this invoice as bill {gone.core_id}, which is gone in Core and cannot be deleted in "
        f"QuickBooks just now: {gone.reason}",
        remedy=f"Take bill {gone.core_id} back in ProForge instead of the new one, or settle it in QuickBooks first.",
        screen="sync",
    )
    return replace(made, action=Action.BLOCKED, reason=issue.problem, issues=(*made.issues, issue))
