"""A plan is a stored value: the changes that were previewed, with a digest of exactly what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from qbsync.domain.codec import fingerprint, to_json
from qbsync.domain.decide import RUNNABLE, TICKED_BY_DEFAULT, WRITING, Action, Agreed, Choice
from qbsync.domain.errors import Issue
from qbsync.domain.fields import FieldChange
from qbsync.domain.ledger import Content, LedgerKind, Operation, TimeEntry
from qbsync.domain.texts import day_text
from qbsync.domain.wanted import PHASES, SyncKind, key_of

ATTEMPT_SIZE = 30  # QuickBooks' recommended most items in a batch
PROJECTS_NAMED_MAX = 4  # more than these are counted where a scope is told


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
    """What a preview was asked for. Empty means everything.

    `projects` are Core ids: what belongs to none of them is left out, also what belongs to no project at all.
    `records` are keys: only these are kept, with what they need and what goes together with them. `retries` is the run
    that is tried again.
    """

    kinds: frozenset[SyncKind] = frozenset()
    weeks: frozenset[date] = frozenset()
    projects: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    retries: str = ""

    def includes(self, kind: SyncKind) -> bool:
        return not self.kinds or kind in self.kinds

    @property
    def text(self) -> str:
        if self.retries:
            count = len(self.records)
            return f"{count:,} {'record' if count == 1 else 'records'} of run {self.retries}"
        kinds = ", ".join(sorted(kind.value for kind in self.kinds)) or "everything"
        weeks = ", ".join(map(day_text, sorted(self.weeks)))
        return f"{kinds}{self.of_projects}{', week ending ' if weeks else ''}{weeks}"

    @property
    def of_projects(self) -> str:
        """` of project 24-101`, ` of projects 24-101, 24-102`, ` of 12 projects`; "" where all are asked for."""
        if not self.projects:
            return ""
        if len(self.projects) > PROJECTS_NAMED_MAX:
            return f" of {len(self.projects):,} projects"
        return f" of project{'s' if len(self.projects) > 1 else ''} {', '.join(sorted(self.projects))}"


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
    together: str = ""  # changes that share this go all or none: hours that moved, a bill that was entered again
    deletes_none: bool = False  # those that go together with it delete nothing, so they are ticked like any others
    gone: bool = False  # Core has it no more
    left_alone: bool = False  # a person decided that no sync touches it
    confirmed_before: bool = False  # a person ticked just this in the run that the preview tries again

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What a person may choose for a conflict: another one is made only where QuickBooks has a similar one."""
        return tuple(choice for choice in Choice if self.is_match or choice is not Choice.CREATE_ANOTHER)

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)

    @property
    def day(self) -> date | None:
        """The day of hours, the week's last where they are posted by the week; None for anything else."""
        content = self.core_content or self.content or self.posted
        return content.txn_date if isinstance(content, TimeEntry) else None

    @property
    def ticked_by_default(self) -> bool:
        if self.confirmed_before:
            return self.can_run
        return self.action in TICKED_BY_DEFAULT and (not self.together or self.deletes_none)

    @property
    def can_run(self) -> bool:
        return self.action in RUNNABLE

    @property
    def operation(self) -> Operation | None:
        """The write it does to QuickBooks; None where it writes nothing."""
        return Operation(self.action.value) if self.action in WRITING else None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A preview as stored. `status` says whether it can still be confirmed.

    `runs_ended` counts the company's ended runs when the preview began: it did not see what a later one wrote. None is
    of a preview from before this was counted.
    """

    id: str
    connection_id: int
    status: PlanStatus
    digest: str
    built_at: datetime
    built_by: str
    scope: Scope
    mapping_version: int
    changes: tuple[Change, ...]
    runs_ended: int | None = None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What some changes move: records by action, and the hours and money they carry."""

    by_action: dict[Action, int]
    minutes: int
    amount: Decimal

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


def weight(changes: Iterable[Change]) -> Decimal:
    """The money that some changes write to QuickBooks or take out of it; a credit adds to a bill here."""
    return sum((abs(change.amount) for change in changes if change.action in WRITING), Decimal(0))


def in_order(changes: Iterable[Change]) -> list[Change]:
    """The order of a run: what others refer to first; within a kind by week, then by name, and by day for hours."""
    rank = {kind: position for position, kind in enumerate(PHASES)}

    def place(change: Change) -> tuple[int, date, str, date, str, str]:
        name = change.title if change.day is None else change.title.partition(" · ")[0]
        first = change.scope_date or date.min
        return rank[change.kind], first, name, change.day or date.min, change.title, change.core_id

    return sorted(changes, key=place)


def numbered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in the order of a run, numbered from 1."""
    return tuple(replace(change, seq=seq) for seq, change in enumerate(in_order(changes), start=1))


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
    """Cut the writes of a run into attempts, in order: kinds are never mixed, so parents are done before children.

    Of what goes together deletions come first, and hours that get shorter, before the rest is written: when that fails,
    the rest can be held back.
    """
    writes = [change for change in changes if change.action in WRITING]
    groups = (tuple(group) for _, group in groupby(sorted(writes, key=_stage), key=_stage))
    return [group[start : start + size] for group in groups for start in range(0, len(group), size)]


def may_overtake(attempt: Sequence[Change], run: Sequence[Change]) -> bool:
    """Whether an attempt may be sent before others of its kind in a run, or beside them.

    Hours may, unless they go together with others. Bills may where the run makes bills only: one that is deleted or
    renumbered frees its number for another one. Names may not: others point at them.
    """
    if any(change.together for change in attempt):
        return False
    if attempt[0].kind is SyncKind.TIME_ENTRY:
        return True
    bills = (change for change in run if change.kind is SyncKind.BILL)
    return attempt[0].kind is SyncKind.BILL and all(change.action is Action.CREATE for change in bills)


def _stage(change: Change) -> tuple[int, int]:
    phase = PHASES.index(change.kind)
    if change.action is Action.DELETE:
        return phase, 0
    if change.kind is not SyncKind.TIME_ENTRY:
        return phase, 1 if change.together else 0
    return phase, 1 if change.together and minutes_added(change) < 0 else 2


def minutes_added(change: Change) -> int:
    """By how many minutes a change lengthens what QuickBooks holds; below zero where it takes some away."""
    return minutes_of(change.content) - minutes_of(change.posted)


def minutes_of(content: Content | None) -> int:
    """The minutes of hours; 0 for anything else."""
    return content.minutes if isinstance(content, TimeEntry) else 0


def agreement(change: Change, posted: Content) -> Agreed:
    """What both sides say once the change is done and QuickBooks holds `posted`."""
    core = change.core_content or change.content or posted
    return Agreed(core=core, posted=posted)
