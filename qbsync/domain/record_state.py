"""How each record of Core stands with QuickBooks, as far as we know without asking it. For the reader only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qbsync.domain.capability import Finding, issue_of
from qbsync.domain.compare import in_dependency_order
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import changed_fields
from qbsync.domain.ledger import Content, TimeEntry
from qbsync.domain.link import Link
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.wanted import SyncKind, Wanted


class RecordState(StrEnum):
    """How a record stands. The value is what people read; the order is that of what needs somebody first."""

    BLOCKED = "Blocked"
    FAILED = "Failed"
    UNMAPPED = "Unmapped"
    CHANGED = "Changed since sync"
    READY = "Ready"
    ON_HOLD = "On hold"
    LINKED = "Linked"  # to a record that QuickBooks had: it is never written
    SYNCED = "Synced"


URGENCY = {state: rank for rank, state in enumerate(RecordState)}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What we know of records beside what Core wants, each by the record's key.

    `ended` says how the latest run ended for a record that no later run has taken up.
    """

    links: Mapping[str, Link]
    left: Collection[str] = ()
    ended: Mapping[str, OutcomeStatus] = field(default_factory=dict)
    barred: Mapping[SyncKind, Finding] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How a record stands, and what keeps it back where it is blocked."""

    state: RecordState
    issues: tuple[Issue, ...] = ()


def stands_of(wanted: Sequence[Wanted], known: Known) -> dict[str, Stand]:
    """How each wanted record stands, by its key. What needs a blocked record is blocked, for the same reasons."""
    stands: dict[str, Stand] = {}
    blocked: dict[str, tuple[Issue, ...]] = {}
    for one in in_dependency_order(wanted):
        needed = [key for key in one.requires if key in blocked]
        state = _state(one, known, waits=bool(needed))
        issues: tuple[Issue, ...] = ()
        if state is RecordState.BLOCKED:
            issues = (*_own_issues(one, known), *(issue for key in needed for issue in blocked[key]))
            blocked[one.key] = issues
        stands[one.key] = Stand(state=state, issues=issues)
    return stands


def together(stands: Sequence[Stand]) -> Stand:
    """How something of several parts stands: as the part that needs somebody first, with each reason once."""
    state = min((one.state for one in stands), key=URGENCY.__getitem__)
    issues = {(issue.problem, issue.remedy): issue for one in stands for issue in one.issues}
    return Stand(state=state, issues=tuple(issues.values()))


def _own_issues(one: Wanted, known: Known) -> Iterator[Issue]:
    """What keeps a record back by itself."""
    yield from (issue for issue in one.issues if issue.severity is Severity.ERROR)
    if one.kind in known.barred:
        yield issue_of(known.barred[one.kind], one.title)
    if known.ended.get(one.key) is OutcomeStatus.UNANSWERED:
        yield Issue(
            record=one.title,
            field="",
            problem="QuickBooks may already have this: the last attempt was not answered.",
            remedy="Build a preview: it settles this first, by looking.",
            screen="sync",
        )


def _state(one: Wanted, known: Known, *, waits: bool) -> RecordState:
    link = known.links.get(one.key)
    faulty = any(issue.severity is Severity.ERROR for issue in one.issues)
    if one.key in known.left:
        return RecordState.ON_HOLD
    if one.link_to:
        return RecordState.BLOCKED if faulty else RecordState.LINKED
    if link is not None and not link.link_only and _as_agreed(link, one):  # whatever stands in the way of a change
        return RecordState.ON_HOLD if link.dropped else RecordState.SYNCED
    ended = known.ended.get(one.key)
    if faulty or waits or one.content is None or one.kind in known.barred or ended is OutcomeStatus.UNANSWERED:
        return RecordState.BLOCKED
    if ended is OutcomeStatus.FAILED:
        return RecordState.FAILED
    return RecordState.READY if link is None or link.link_only else RecordState.CHANGED


def _as_agreed(link: Link, one: Wanted) -> bool:
    """Whether Core still says what was agreed."""
    if one.content is None or link.agreed is None or link.ledger_kind is not one.ledger_kind:
        return False
    return not changed_fields(link.agreed.core, one.content) - _left_as_they_are(one.content)


def _left_as_they_are(wanted: Content) -> set[str]:
    """What alone never moves hours that are posted: a new rate, and a class that Core does not give."""
    if not isinstance(wanted, TimeEntry):
        return set()
    return {"hourly_rate", "class_ref"} if wanted.class_ref is None else {"hourly_rate"}
