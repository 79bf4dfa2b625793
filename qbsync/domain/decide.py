"""Decide what to do with one record. Reads three states, returns one verdict, touches nothing.

*Wanted* is what Core says now, *agreed* is what both sides said when they last agreed, and *posted* is what
QuickBooks holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import LABELS, FieldChange, changed_fields, differences, laid_over
from qbsync.domain.ledger import BillDocument, Content, Posted, TimeEntry


class Action(StrEnum):
    """What a change does. Only create, update, delete and deactivate write to QuickBooks."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    DELETE = "delete"
    DEACTIVATE = "deactivate"
    PULL = "pull"
    SKIP = "skip"
    CONFLICT = "conflict"
    BLOCKED = "blocked"

    @property
    def word(self) -> str:
        """As people read it: what is pulled for a record settles it, and what is skipped stays as it is."""
        return {Action.PULL: "settle", Action.SKIP: "unchanged"}.get(self, self.value)


WRITING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE, Action.DEACTIVATE})
RUNNABLE = WRITING | {Action.LINK, Action.PULL}
TICKED_BY_DEFAULT = frozenset({Action.CREATE, Action.UPDATE, Action.LINK, Action.PULL})


# What the mapping and a worker's rate say of hours. The hours themselves are who worked how long, when and on what.
SAID_OF_HOURS = frozenset({"customer", "item", "billable", "hourly_rate", "description", "class_ref"})

# What the mapping and its preferences have a say in, of any record. Bills name accounts and customers in their lines.
SAID_BY_MAPPING = SAID_OF_HOURS | {
    "worker",
    "worker_kind",
    "vendor",
    "display_name",
    "parent",
    "income_account",
    "lines",
}


class Choice(StrEnum):
    """What a person chose for a conflict."""

    KEEP_CORE = "keep Core"
    KEEP_QUICKBOOKS = "keep QuickBooks"
    CREATE_ANOTHER = "create another"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What both sides said when they last agreed: Core's content, and QuickBooks' content then."""

    core: Content
    posted: Content


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything a verdict depends on.

    `linked` says that we know the record's QuickBooks id; `agreed` is then given. `posted` is None when the
    record is gone there. `dropped` says that a person accepted its deletion there. `match` is a record found
    by mark or natural key where there is no link, or where the linked record is gone. `unanswered` says that
    the last attempt to write it got no answer.
    """

    wanted: Content | None
    issues: Sequence[Issue] = ()
    linked: bool = False
    dropped: bool = False
    agreed: Agreed | None = None
    posted: Posted | None = None
    match: Posted | None = None
    unanswered: bool = False
    choice: Choice | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """An action, its reason (for the reader only; a run never branches on it) and what is to be written."""

    action: Action
    reason: str
    content: Content | None = None
    fields: tuple[FieldChange, ...] = ()


def decide(state: State) -> Verdict | None:
    """The verdict on one record; None when there is nothing on either side."""
    if state.unanswered:
        return Verdict(
            action=Action.BLOCKED,
            reason="QuickBooks may already have this: the last attempt was not answered. It is settled first.",
            content=state.wanted,
        )
    blocking = [issue for issue in state.issues if issue.severity is Severity.ERROR]
    if blocking:  # before looking whether it is gone: what cannot be worked out is still wanted
        return Verdict(
            action=Action.BLOCKED,
            reason=" ".join(issue.problem for issue in blocking),
            content=state.wanted,
            fields=differences(state.posted.content if state.posted else None, state.wanted) if state.wanted else (),
        )
    if state.dropped:
        return _decide_dropped(state)
    if not state.linked:
        return _decide_unlinked(state)
    if state.posted is None:
        return _decide_gone_in_quickbooks(state) if state.match is None else _decide_entered_anew(state)
    if state.wanted is None:
        return _decide_gone_in_core(state, state.posted)
    return _decide_both(state, state.wanted, state.posted)


def _decide_unlinked(state: State) -> Verdict | None:
    wanted, match = state.wanted, state.match
    if wanted is None:
        return None
    if match is None or state.choice is Choice.CREATE_ANOTHER:
        return Verdict(
            action=Action.CREATE,
            reason="New in Core." if match is None else "You chose to create another one.",
            content=wanted,
            fields=differences(None, wanted),
        )
    fields = differences(match.content, wanted)
    if not fields:
        return Verdict(
            action=Action.LINK,
            reason="QuickBooks already has exactly this; it is linked, nothing is written.",
            content=wanted,
        )
    match state.choice:
        case Choice.KEEP_CORE:
            return _update(wanted, match, "You chose to link it and write Core's values.")
        case Choice.KEEP_QUICKBOOKS:
            return Verdict(
                action=Action.LINK,
                reason="You chose to link it and keep QuickBooks' values.",
                content=wanted,
                fields=fields,
            )
        case _:
            return Verdict(
                action=Action.CONFLICT,
                reason=f"QuickBooks has a similar one that differs in {_names(fields)}.",
                content=wanted,
                fields=fields,
            )


def _decide_dropped(state: State) -> Verdict | None:
    if state.wanted is not None and _is_as_accepted(_agreement(state).core, state.wanted):
        return Verdict(action=Action.SKIP, reason="Deleted in QuickBooks, which you accepted.", content=state.wanted)
    return _decide_unlinked(state)


def _is_as_accepted(accepted: Content, wanted: Content) -> bool:
    """Whether Core still says what somebody accepted to be without; a new rate or mapping makes no new hours."""
    differing = changed_fields(accepted, wanted)
    return not (differing - SAID_OF_HOURS if isinstance(wanted, TimeEntry) else differing)


def _decide_gone_in_quickbooks(state: State) -> Verdict:
    wanted = state.wanted
    if wanted is None:
        return Verdict(action=Action.PULL, reason="Gone in Core and in QuickBooks; the link is closed.")
    if state.choice is Choice.KEEP_CORE:
        return Verdict(
            action=Action.CREATE,
            reason="You chose to make it again in QuickBooks.",
            content=wanted,
            fields=differences(None, wanted),
        )
    if state.choice is Choice.KEEP_QUICKBOOKS:
        return Verdict(
            action=Action.PULL,
            reason="You chose to accept its deletion in QuickBooks; it stays out until Core changes it.",
            content=wanted,
        )
    gone = "Deleted" if isinstance(wanted, TimeEntry | BillDocument) else "Deleted or made inactive"
    return Verdict(
        action=Action.CONFLICT,
        reason=f"{gone} in QuickBooks since the last sync.",
        content=wanted,
        fields=differences(None, wanted),
    )


def _decide_entered_anew(state: State) -> Verdict | None:
    """What was deleted there has a likeness under another id: somebody typed it in once more, or copied it."""
    verdict = _decide_unlinked(state)
    anew = "It was deleted in QuickBooks and entered there anew."
    return replace(verdict, reason=f"{anew} {verdict.reason}") if verdict else None


def _decide_gone_in_core(state: State, posted: Posted) -> Verdict:
    agreed = _agreement(state)
    deletes = isinstance(posted.content, TimeEntry | BillDocument)
    action = Action.DELETE if deletes else Action.DEACTIVATE
    fields = differences(posted.content, None)
    holder = _holder(posted)
    if holder:
        return Verdict(
            action=Action.BLOCKED,
            reason=f"It is gone in Core, but {holder} in QuickBooks, so it cannot be deleted there.",
            fields=fields,
        )
    if posted.content != agreed.posted and state.choice is not Choice.KEEP_CORE:
        if state.choice is Choice.KEEP_QUICKBOOKS:
            return Verdict(action=Action.PULL, reason="You chose to keep it in QuickBooks; the link is closed.")
        return Verdict(
            action=Action.CONFLICT,
            reason="Gone in Core, and edited in QuickBooks since the last sync.",
            fields=fields,
        )
    return Verdict(action=action, reason="Gone in Core since the last sync.", fields=fields)


def _decide_both(state: State, wanted: Content, posted: Posted) -> Verdict:
    agreed = _agreement(state)
    ours = changed_fields(agreed.core, wanted)
    theirs = changed_fields(agreed.posted, posted.content)
    if not ours and not theirs:
        return _unchanged(wanted, posted)
    if wanted == posted.content:
        return Verdict(action=Action.LINK, reason="Both sides were changed to the same values.", content=wanted)
    if theirs and state.choice is Choice.KEEP_CORE:
        return _update(wanted, posted, "You chose to keep Core's values.")
    if theirs and state.choice is Choice.KEEP_QUICKBOOKS:
        return Verdict(
            action=Action.PULL,
            reason="You chose to keep QuickBooks' values until Core changes again.",
            content=wanted,
            fields=differences(posted.content, wanted),
        )
    if not ours:
        return _conflict(wanted, posted, theirs, "Edited in QuickBooks since the last sync")
    if ours & theirs:
        return _conflict(wanted, posted, ours & theirs, "Edited on both sides since the last sync")
    merged = laid_over(posted.content, wanted, ours)  # what a person edited or kept there survives
    where = "Core or the mapping" if _may_be_mapping(ours, agreed.core, wanted) else "Core"
    if theirs:
        return _update(merged, posted, f"Changed in {where}; other fields edited in QuickBooks are kept.")
    return _update(merged, posted, f"Changed in {where} since the last sync.")


def _may_be_mapping(names: frozenset[str], old: Content, new: Content) -> bool:
    """Whether another mapping alone can have made this change: of records referred to, or of what is said of hours."""
    if not names <= SAID_BY_MAPPING:
        return False
    lines = [content.lines for content in (old, new) if isinstance(content, BillDocument)]
    before, after = ([(line.amount, line.description) for line in of] for of in lines) if lines else ([], [])
    return before == after


def _unchanged(wanted: Content, posted: Posted) -> Verdict:
    """Nothing moved since both agreed; where they agreed to differ, it is said in what."""
    fields = differences(posted.content, wanted)
    if not fields:
        return Verdict(action=Action.SKIP, reason="Already in QuickBooks.", content=wanted)
    reason = f"Unchanged since the last sync; QuickBooks keeps its own {_names(fields)}, as was agreed."
    return Verdict(action=Action.SKIP, reason=reason, content=wanted, fields=fields)


def _holder(posted: Posted) -> str:
    """What in QuickBooks depends on a record; "" when nothing does."""
    if posted.billed:
        return "stands on an invoice"
    return "has a payment" if posted.payment_ids else ""


def _update(content: Content, posted: Posted, reason: str) -> Verdict:
    fields = differences(posted.content, content)
    if posted.billed:
        return Verdict(
            action=Action.BLOCKED,
            reason="Its hours stand on an invoice in QuickBooks already: take them off it there first, or leave them.",
            content=content,
            fields=fields,
        )
    if posted.payment_ids and moves_money(posted.content, content):
        return Verdict(
            action=Action.BLOCKED,
            reason="Core changed its amount, vendor or lines, but it already has a payment in QuickBooks.",
            content=content,
            fields=fields,
        )
    return Verdict(action=Action.UPDATE, reason=reason, content=content, fields=fields)


def _conflict(wanted: Content, posted: Posted, names: frozenset[str], what: str) -> Verdict:
    labels = ", ".join(sorted(LABELS[name] for name in names))
    return Verdict(
        action=Action.CONFLICT,
        reason=f"{what}: {labels}.",
        content=wanted,
        fields=differences(posted.content, wanted),
    )


def moves_money(old: Content, new: Content) -> bool:
    """Whether a change of a bill touches what its payments paid for."""
    return bool(changed_fields(old, new) & {"vendor", "lines"})


def _agreement(state: State) -> Agreed:
    if state.agreed is None:
        raise ValueError("a linked record must carry what was agreed")
    return state.agreed


def _names(fields: Sequence[FieldChange]) -> str:
    return ", ".join(change.field for change in fields)
