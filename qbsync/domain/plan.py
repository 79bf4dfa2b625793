"""A plan is a stored value: the changes that were previewed, with a digest of exactly what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from qbsync.domain.codec import fingerprint, to_json
from qbsync.domain.decide import RUNNABLE, TICKED_BY_DEFAULT, WRITING, Action, Agreed
from qbsync.domain.errors import Issue
from qbsync.domain.fields import FieldChange
from qbsync.domain.ledger import Content, LedgerKind, Operation, TimeEntry
from qbsync.domain.wanted import PHASES, SyncKind, key_of

ATTEMPT_SIZE = 30  # QuickBooks' recommended most items in a batch


class PlanStatus(StrEnum):
    """Draft can be confirmed once; the rest say how it went on."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    DONE = "done"
    PARTLY_FAILED = "partly failed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a preview was asked for. Empty means everything."""

    kinds: frozenset[SyncKind] = frozenset()
    weeks: frozenset[date] = frozenset()

    def includes(self, kind: SyncKind) -> bool:
        return not self.kinds or kind in self.kinds

    @property
    def text(self) -> str:
        kinds = ", ".join(sorted(kind.value for kind in self.kinds)) or "everything"
        weeks = ", ".join(sorted(week.isoformat() for week in self.weeks))
        return f"{kinds}, week ending {weeks}" if weeks else kinds


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a plan.

    `content` is what QuickBooks will hold (None for delete and deactivate); `core_content` is what Core wants,
    which differs when edits made there are kept. `posted` is what QuickBooks held when the plan was built.
    `ledger_id` is the record it goes to ("" for a create). `generation` counts how often the record was made.
    """

    seq: int
    kind: SyncKind
    core_id: str
    title: str
    action: Action
    reason: str  # for the reader of the preview only; a run never branches on it
    ledger_kind: LedgerKind
    ledger_id: str = ""
    content: Content | None = None
    core_content: Content | None = None
    posted: Content | None = None
    posted_total: Decimal | None = None  # bills: QuickBooks' own sum, taxes included
    fields: tuple[FieldChange, ...] = ()
    issues: tuple[Issue, ...] = ()
    requires: tuple[str, ...] = ()
    source_hash: str = ""
    scope_date: date | None = None
    minutes: int = 0
    amount: Decimal = Decimal(0)
    generation: int = 0
    is_match: bool = False  # `posted` was found by mark or natural key; it is not linked yet
    link_only: bool = False  # the mapping names the record: it is linked and never written
    decision_key: str = ""  # what a person's choice on a conflict is kept under
    together: str = ""  # changes that share this go all or none: hours that moved within an employee's week

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)

    @property
    def ticked_by_default(self) -> bool:
        return self.action in TICKED_BY_DEFAULT and not self.together

    @property
    def can_run(self) -> bool:
        return self.action in RUNNABLE

    @property
    def operation(self) -> Operation | None:
        """The write it does to QuickBooks; None where it writes nothing."""
        return Operation(self.action.value) if self.action in WRITING else None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A preview as stored. `status` says whether it can still be confirmed."""

    id: str
    connection_id: int
    status: PlanStatus
    digest: str
    built_at: datetime
    built_by: str
    scope: Scope
    mapping_version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What some changes move: records by action, and the hours and money they carry."""

    by_action: dict[Action, int]
    minutes: int
    amount: Decimal
    minutes_created: int = 0
    amount_created: Decimal = Decimal(0)

    @property
    def records(self) -> int:
        return sum(self.by_action.values())


def totals(changes: Iterable[Change]) -> Totals:
    """Add up some changes."""
    by_action: dict[Action, int] = dict.fromkeys(Action, 0)
    minutes, amount = 0, Decimal(0)
    for change in changes:
        by_action[change.action] += 1
        minutes += change.minutes
        amount += change.amount
    return Totals(by_action=by_action, minutes=minutes, amount=amount)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """The order of a run: what others refer to first; within a kind by week, then title."""
    rank = {kind: position for position, kind in enumerate(PHASES)}
    return sorted(
        changes,
        key=lambda change: (rank[change.kind], change.scope_date or date.min, change.title, change.core_id),
    )


def tied(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of moved hours tied together.

    Hours that move to another day, code or pay type are one entry less and another one more. The deletion is never
    ticked by itself, so the rest of that employee's week is not either: half of it would count the hours twice. The
    same goes for a day that moves to a week with another ending.
    """
    by_employee: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is SyncKind.TIME_ENTRY and change.action in WRITING:
            by_employee[_employee_of(change)].append(change)
    members = {id(change): group for found in by_employee.values() for change, group in _moved(found)}
    return [replace(change, together=members.get(id(change), "")) for change in changes]


def _moved(found: Sequence[Change]) -> Iterator[tuple[Change, str]]:
    """The changes of one employee in whose weeks, or on whose days, something goes and something comes."""
    gone = [change for change in found if change.action is Action.DELETE]
    grown = [change for change in found if _grows(change)]
    weeks = {_week_of(change) for change in gone} & {_week_of(change) for change in grown}
    days = {_day_of(change) for change in gone} & {_day_of(change) for change in grown}
    weeks |= {_week_of(change) for change in (*gone, *grown) if _day_of(change) in days}
    across = len({_week_of(change) for change in (*gone, *grown) if _day_of(change) in days}) > 1
    for change in found:
        week = _week_of(change)
        if week in weeks:
            yield change, f"{_employee_of(change)}|{'' if across else week}"


def _employee_of(change: Change) -> str:
    return change.core_id.split("|")[1]


def _week_of(change: Change) -> str:
    return change.core_id.split("|")[0]


def _day_of(change: Change) -> date | None:
    content = change.content or change.posted
    return content.txn_date if isinstance(content, TimeEntry) else None


def _grows(change: Change) -> bool:
    """Whether QuickBooks would hold more minutes afterwards."""
    if not isinstance(change.content, TimeEntry):
        return False
    held = change.posted.minutes if isinstance(change.posted, TimeEntry) and change.action is Action.UPDATE else 0
    return change.content.minutes > held


def partly_ticked(changes: Sequence[Change], ticked: Collection[int]) -> list[Change]:
    """The changes that are not ticked although others that go together with them are."""
    begun = {change.together for change in changes if change.together and change.seq in ticked}
    return [change for change in changes if change.together in begun and change.seq not in ticked]


def digest_of(realm_id: str, mapping_version: int, changes: Sequence[Change]) -> str:
    """A digest of exactly what a plan would do: any difference in any line gives another."""
    lines = (
        fingerprint(
            str(change.seq),
            change.key,
            change.action,
            change.ledger_kind,
            change.ledger_id,
            to_json(change.content),
            to_json(change.core_content),
            to_json(change.posted),
            str(change.link_only),
            change.source_hash,
            str(change.generation),
        )
        for change in changes
    )
    return fingerprint(realm_id, str(mapping_version), *lines)


def attempts_of(changes: Sequence[Change], size: int = ATTEMPT_SIZE) -> list[tuple[Change, ...]]:
    """Cut the writes of a run into attempts, in order: kinds are never mixed, so parents are done before children."""
    writes = [change for change in changes if change.action in WRITING]
    groups = (tuple(group) for _, group in groupby(writes, key=lambda change: change.kind))
    return [group[start : start + size] for group in groups for start in range(0, len(group), size)]


def agreement(change: Change, posted: Content) -> Agreed:
    """What both sides say once the change is done and QuickBooks holds `posted`."""
    core = change.core_content or change.content or posted
    return Agreed(core=core, posted=posted)
