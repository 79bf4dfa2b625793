"""What saving a mapping would change: the time entries, bills and names that would be posted otherwise than now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qbsync.domain.book import CoreBook
from qbsync.domain.compare import in_dependency_order
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.mapping_changes import rule_changes
from qbsync.domain.records import PayrollRow, VendorBill
from qbsync.domain.resolve import MAP_KINDS, NOUNS
from qbsync.domain.wanted import NAME_SYNC_KINDS, SyncKind, Wanted

Concerns = Callable[[PayrollRow], bool]

BILL_PREFERENCES = frozenset({"fallback_account_id", "category_account_ids"})


Changed = dict[str, tuple[Wanted | None, Wanted | None]]  # key → wanted before, and after


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How many lines (time entries and bills) a save would change, and how many names.

    `waiting` are not in QuickBooks yet, `posted` are. Of those that wait, `freed` could go out then and could not
    before, and `stopped` the other way round; a line that is new altogether, as when days become weeks, is neither.
    Of names (customers, projects, vendors, employees, and items of cost codes) that are wanted otherwise, `linked`
    are tied to a record that QuickBooks has, `made` will be made, and `held` can be neither yet. `held_first` tells of
    one of those, with the reason: `Vendor V1: …`. It is for the reader only.
    """

    waiting: int = 0
    posted: int = 0
    freed: int = 0
    stopped: int = 0
    linked: int = 0
    made: int = 0
    held: int = 0
    held_first: str = field(default="", compare=False)


def changed_keys(before: Iterable[Wanted], after: Iterable[Wanted]) -> Changed:
    """The records that are wanted otherwise, with both ways; one that is wanted no more has no second.

    What a record must wait for counts: hours are changed when the project that they need can be made at last.
    """
    old, new = ({one.key: one for one in _held_back(wanted)} for wanted in (before, after))
    pairs = {key: (old.get(key), new.get(key)) for key in old.keys() | new.keys()}
    return {key: (one, other) for key, (one, other) in pairs.items() if _differ(one, other)}


def _held_back(wanted: Iterable[Wanted]) -> Iterator[Wanted]:
    """The records, those with an issue more that need another one which is blocked. Needed ones come first."""
    blocked: set[str] = set()
    for one in in_dependency_order(wanted):
        held = one
        if not blocked.isdisjoint(one.requires) and not _is_blocked(one):
            held = replace(one, issues=(*one.issues, _waits_for(one)))
        if _is_blocked(held):
            blocked.add(one.key)
        yield held


def _waits_for(one: Wanted) -> Issue:
    return Issue(record=one.title, field="", problem="A record that it needs is blocked.", remedy="Mend that one.")


def effect_of(changed: Changed, posted: Collection[str]) -> Effect:
    """The figures, where `posted` are the keys of records that QuickBooks has."""
    names = {key for key, pair in changed.items() if any(one and one.kind in NAME_SYNC_KINDS for one in pair)}
    lines = {key: pair for key, pair in changed.items() if key not in names}
    waiting = [pair for key, pair in lines.items() if key not in posted]
    kept = [(before, after) for before, after in waiting if before is not None and after is not None]
    fates = {key: _fate(*changed[key], is_posted=key in posted) for key in names}
    counts = Counter(fates.values())
    held = [after for key in sorted(names) if fates[key] == "held" and (after := changed[key][1]) is not None]
    return Effect(
        waiting=sum(1 for _, after in waiting if after is not None),
        posted=len(lines) - len(waiting),
        freed=sum(1 for before, after in kept if _is_blocked(before) and not _is_blocked(after)),
        stopped=sum(1 for before, after in kept if _is_blocked(after) and not _is_blocked(before)),
        linked=counts["linked"],
        made=counts["made"],
        held=len(held),
        held_first=_why_held(held),
    )


def _why_held(held: Sequence[Wanted]) -> str:
    """The first of these records with its reason; one that only waits for another comes last."""
    if not held:
        return ""
    first = min(held, key=_only_waits)
    reasons = [f"{one.problem} {one.remedy}" for one in first.issues if one.severity is Severity.ERROR]
    return f"{NOUNS[MAP_KINDS[first.kind]]} {first.core_id}: {reasons[0] if reasons else 'It has no record yet.'}"


def _only_waits(one: Wanted) -> bool:
    """Whether it is held by nothing of its own."""
    return bool(one.issues) and all(issue == _waits_for(one) or issue.follows for issue in one.issues)


def _fate(before: Wanted | None, after: Wanted | None, *, is_posted: bool) -> str:
    """What becomes of a name that is wanted otherwise; "" for nothing new."""
    if after is None:
        return ""
    if _is_blocked(after):
        return "held"
    if after.link_to:
        return "linked" if before is None or before.link_to != after.link_to else ""
    was_to_be_made = before is not None and not before.link_to and not _is_blocked(before)
    return "" if is_posted or was_to_be_made else "made"


def _differ(one: Wanted | None, other: Wanted | None) -> bool:
    if one is None or other is None:
        return True
    return (one.content, one.ledger_kind, one.link_to, one.issues) != (
        other.content,
        other.ledger_kind,
        other.link_to,
        other.issues,
    )


def _is_blocked(one: Wanted) -> bool:
    nothing = one.content is None and not one.link_to
    return nothing or any(issue.severity is Severity.ERROR for issue in one.issues)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What a change of the mapping can touch: some weeks and bills, and in those weeks the rows that it `concerns`."""

    book: CoreBook
    concerns: Concerns

    @property
    def size(self) -> int:
        """How many rows and bills have to be worked out."""
        return sum(1 for row in self.book.payroll_rows if self.concerns(row)) + len(self.book.bills)


def touched(book: CoreBook, old: MappingSet, new: MappingSet, names: Iterable[str] = ()) -> Touched:
    """The weeks and bills that the rules or preferences which differ can touch.

    `names` are the keys of names that are wanted otherwise, such as a project whose customer is mapped now.
    """
    codes = {(one.kind, one.core_id) for one in rule_changes(old, new)} | {_code_of(key) for key in names}
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


def _code_of(key: str) -> tuple[MapKind, str]:
    kind, _, core_id = key.partition(":")
    return MAP_KINDS[SyncKind(kind)], core_id


def _named_in(bill: VendorBill) -> Iterator[tuple[MapKind, str]]:
    yield MapKind.VENDOR, bill.vendor
    for line in bill.lines:
        yield MapKind.PROJECT, line.project
        yield MapKind.COST_CODE, line.cost_code
