"""What saving a mapping would change: the time entries and bills that would be posted otherwise than now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Severity
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.mapping_changes import rule_changes
from qbsync.domain.records import PayrollRow, VendorBill
from qbsync.domain.wanted import Wanted

Concerns = Callable[[PayrollRow], bool]

BILL_PREFERENCES = frozenset({"fallback_account_id", "category_account_ids"})


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How many lines (time entries and bills) a save would change.

    `waiting` are not in QuickBooks yet, `posted` are. Of those that wait, `freed` could go out then and could not
    before, and `stopped` the other way round; a line that is new altogether, as when days become weeks, is neither.
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
    kept = [(before, after) for before, after in waiting if before is not None and after is not None]
    return Effect(
        waiting=sum(1 for _, after in waiting if after is not None),
        posted=len(changed) - len(waiting),
        freed=sum(1 for before, after in kept if _is_blocked(before) and not _is_blocked(after)),
        stopped=sum(1 for before, after in kept if _is_blocked(after) and not _is_blocked(before)),
    )


def _differ(one: Wanted | None, other: Wanted | None) -> bool:
    if one is None or other is None:
        return True
    return (one.content, one.ledger_kind, one.issues) != (other.content, other.ledger_kind, other.issues)


def _is_blocked(one: Wanted) -> bool:
    return one.content is None or any(issue.severity is Severity.ERROR for issue in one.issues)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What a change of the mapping can touch: some weeks and bills, and in those weeks the rows that it `concerns`."""

    book: CoreBook
    concerns: Concerns

    @property
    def size(self) -> int:
        """How many rows and bills have to be worked out."""
        return sum(1 for row in self.book.payroll_rows if self.concerns(row)) + len(self.book.bills)


def touched(book: CoreBook, old: MappingSet, new: MappingSet) -> Touched:
    """The weeks and bills that the rules or preferences which differ can touch."""
    codes = {(one.kind, one.core_id) for one in rule_changes(old, new)}
    before, after = vars(old.preferences), vars(new.preferences)
    differing = {name for name, value in before.items() if value != after[name]}
    all_bills, all_hours = bool(differing & BILL_PREFERENCES), bool(differing - BILL_PREFERENCES)

    def concerns(row: PayrollRow) -> bool:
        named = ((MapKind.EMPLOYEE, row.employee), (MapKind.PROJECT, row.project), (MapKind.COST_CODE, row.cost_code))
        return all_hours or not codes.isdisjoint(named)

    weeks = {(row.week_ending, row.employee) for row in book.payroll_rows if concerns(row)}
    rows = tuple(row for row in book.payroll_rows if (row.week_ending, row.employee) in weeks)
    bills = tuple(bill for bill in book.bills if all_bills or not codes.isdisjoint(_named_in(bill)))
    return Touched(book=replace(book, payroll_rows=rows, bills=bills), concerns=concerns)


def _named_in(bill: VendorBill) -> Iterator[tuple[MapKind, str]]:
    yield MapKind.VENDOR, bill.vendor
    for line in bill.lines:
        yield MapKind.PROJECT, line.project
        yield MapKind.COST_CODE, line.cost_code
