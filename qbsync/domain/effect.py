"""What saving a mapping would change: the time entries and bills that would be posted otherwise than now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Severity
from qbsync.domain.mapping import MapKind, MappingSet, RuleKey
from qbsync.domain.wanted import Wanted

BILL_PREFERENCES = frozenset({"fallback_account_id", "category_account_ids"})


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How many lines (time entries and bills) a save would change.

    `waiting` are not in QuickBooks yet, `posted` are. Of those that wait, `freed` could go out then and could not
    before, and `stopped` the other way round.
    """

    waiting: int = 0
    posted: int = 0
    freed: int = 0
    stopped: int = 0


def changed_keys(before: Iterable[Wanted], after: Iterable[Wanted]) -> dict[str, tuple[Wanted | None, Wanted | None]]:
    """The records that are wanted otherwise, with both ways; one that is wanted no more has no second."""
    old, new = ({one.key: one for one in wanted} for wanted in (before, after))
    pairs = {key: (old.get(key), new.get(key)) for key in old.keys() | new.keys()}
    return {key: (one, other) for key, (one, other) in pairs.items() if _differ(one, other)}


def effect_of(changed: dict[str, tuple[Wanted | None, Wanted | None]], posted: Collection[str]) -> Effect:
    """The figures, where `posted` are the keys of records that QuickBooks has."""
    waiting = [pair for key, pair in changed.items() if key not in posted]
    kept = [(before, after) for before, after in waiting if after is not None]
    return Effect(
        waiting=len(kept),
        posted=len(changed) - len(waiting),
        freed=sum(1 for before, after in kept if _is_blocked(before) and not _is_blocked(after)),
        stopped=sum(1 for before, after in kept if _is_blocked(after) and not _is_blocked(before)),
    )


def _differ(one: Wanted | None, other: Wanted | None) -> bool:
    if one is None or other is None:
        return True
    return (one.content, one.ledger_kind, one.issues) != (other.content, other.ledger_kind, other.issues)


def _is_blocked(one: Wanted | None) -> bool:
    if one is None:
        return False
    return one.content is None or any(issue.severity is Severity.ERROR for issue in one.issues)


def narrowed(book: CoreBook, changed: Iterable[RuleKey], old: MappingSet, new: MappingSet) -> CoreBook:
    """The book with only those weeks and bills that these codes or these preferences can touch."""
    named = {name for name in vars(old.preferences) if getattr(old.preferences, name) != getattr(new.preferences, name)}
    if named - BILL_PREFERENCES:
        return book if named & BILL_PREFERENCES else _touched(book, changed, all_hours=True)
    return _touched(book, changed, all_bills=bool(named))


def _touched(
    book: CoreBook, changed: Iterable[RuleKey], *, all_hours: bool = False, all_bills: bool = False
) -> CoreBook:
    codes = {(kind, core_id) for kind, core_id, _ in changed}
    weeks = {
        (row.week_ending, row.employee)
        for row in book.payroll_rows
        if (MapKind.EMPLOYEE, row.employee) in codes
        or (MapKind.PROJECT, row.project) in codes
        or (MapKind.COST_CODE, row.cost_code) in codes
    }
    rows = [row for row in book.payroll_rows if all_hours or (row.week_ending, row.employee) in weeks]
    bills = [
        bill
        for bill in book.bills
        if all_bills
        or (MapKind.VENDOR, bill.vendor) in codes
        or any(
            (MapKind.PROJECT, line.project) in codes or (MapKind.COST_CODE, line.cost_code) in codes
            for line in bill.lines
        )
    ]
    return replace(book, payroll_rows=tuple(rows), bills=tuple(bills))
