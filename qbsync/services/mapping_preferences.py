"""The preferences of a mapping file: how hours and bills are posted, and where single projects go, a row each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import WEEKDAYS, Placement, Posting, Preferences, RateSource, ShiftTarget
from qbsync.domain.mapping_changes import NOTHING, RECORDS, TITLES
from qbsync.domain.payroll import OVERTIME_RULES
from qbsync.domain.preference_issues import preference_issues
from qbsync.domain.records import Category, Shift
from qbsync.domain.resolve import Lists
from qbsync.services.mapping_file import CHOICE, find_target

PREFERENCE = "preference"  # what stands under Kind
CHOICES: dict[str, dict[str, Any]] = {
    "project_placement": {one.value: one for one in Placement},
    "project_placements": {one.value: one for one in Placement},
    "posting": {one.value: one for one in Posting},
    "week_end": {one: one for one in WEEKDAYS},
    "overtime_rule": {one: one for one in OVERTIME_RULES},
    "shift_target": {one.value: one for one in ShiftTarget},
    "billable": {"yes": True, "no": False},
    "rate_source": {one.value: one for one in RateSource},
}
MAY_BE_BLANK = frozenset({"week_end", "project_placements", "description_template", *RECORDS})
EACH_SHIFT, EACH_CATEGORY, EACH_PROJECT = (
    ("shift_item_ids", "shift_class_ids"),
    "category_account_ids",
    "project_placements",
)
PREFERENCES_PAGE = "The names are those of an exported mapping."


@dataclass(frozen=True, kw_only=True)
class _Named:
    """Which preference a row is about; `key` is the shift, category or project of one that has a value for each."""

    name: str
    key: Any = None


class _Unusable(Exception):
    """A row says nothing that could be saved, with what is wrong and how to mend it."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.field, self.problem, self.remedy = field, problem, remedy


def is_preference(row: Mapping[str, str]) -> bool:
    """Whether a row of a mapping file is about a preference and not about a code."""
    return row.get("Kind", "").casefold() == PREFERENCE


def preference_rows(preferences: Preferences, lists: Lists, projects: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """A row for each preference, under the headings of a mapping file. `projects` are Core's: id → name."""
    for item in fields(Preferences):
        for key, value in _values(item.name, getattr(preferences, item.name), projects):
            code = item.name if key is None else f"{item.name}: {key}"
            title = TITLES[item.name] + ("" if key is None else f" {key} {projects.get(key, '')}".rstrip())
            yield PREFERENCE, code, title, "", *_cells(item.name, value, lists)


def _values(name: str, value: Any, projects: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
    """Each key and its value; None where a shift, category or project has none of its own."""
    if not isinstance(value, Mapping):
        yield None, value
        return
    for key in _keys(name, projects):
        yield key, value.get(key)


def _keys(name: str, projects: Collection[str]) -> list[Any]:
    if name in EACH_SHIFT:
        return list(Shift)
    return list(Category) if name == EACH_CATEGORY else list(projects)


def _cells(name: str, value: Any, lists: Lists) -> tuple[str, str, str, str]:
    """QuickBooks kind, id and name, and the choice in words."""
    kind = RECORDS.get(name)
    if kind is None:
        if isinstance(value, bool):
            return "", "", "", "yes" if value else "no"
        return "", "", "", "" if value is None else str(value) or NOTHING
    entry = lists.get(kind, value) if value else None
    chosen = NOTHING if value == "" else ""
    return kind.value, value or "", entry.full_name if entry else "", chosen


def read_preferences(
    file: str,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    current: Preferences,
    lists: Lists,
    projects: Collection[str],
) -> tuple[Preferences, tuple[Issue, ...]]:
    """The preferences as the rows want them, laid over the current ones, and every fault by its row.

    A row that chooses nothing leaves its preference as it is; `(none)` takes it away.
    """
    wanted, issues = current, list[Issue]()
    numbers: dict[_Named, list[int]] = defaultdict(list)
    for number, row in rows:
        place = f"{file}, row {number}"
        if not _chooses(row):
            continue
        try:
            named = _named(row.get("Core code", ""), projects)
            numbers[named].append(number)
            if len(numbers[named]) > 1:
                raise _Unusable(
                    "Core code",
                    f"It stands in row {numbers[named][0]} already, which was taken.",
                    "Keep one of the rows.",
                )
            changed = _laid_over(wanted, named, _value(named.name, row, place, lists))
            _refuse_faults(wanted, changed, lists)
        except _Unusable as fault:
            issues.append(
                Issue(record=place, field=fault.field, problem=fault.problem, remedy=fault.remedy, screen="mapping")
            )
        else:
            wanted = changed
    return wanted, tuple(issues)


def _chooses(row: Mapping[str, str]) -> bool:
    return any(row.get(heading) for heading in (CHOICE, "QuickBooks id", "QuickBooks name"))


def _named(code: str, projects: Collection[str]) -> _Named:
    name, colon, key = (part.strip() for part in code.partition(":"))
    if name not in TITLES:
        raise _Unusable("Core code", f"There is no preference {name!r}.", PREFERENCES_PAGE)
    has_each = isinstance(getattr(Preferences(), name), Mapping)
    found = next((one for one in _keys(name, projects) if str(one) == key), None) if has_each else None
    if has_each != bool(colon) or (has_each and found is None):
        raise _Unusable("Core code", f"There is no preference {code!r}.", PREFERENCES_PAGE)
    return _Named(name=name, key=found)


def _value(name: str, row: Mapping[str, str], place: str, lists: Lists) -> Any:
    """What the row chooses; "" takes a choice away."""
    choice = row.get(CHOICE, "")
    if name in MAY_BE_BLANK and NOTHING in (choice, row.get("QuickBooks id"), row.get("QuickBooks name")):
        return ""
    kind = RECORDS.get(name)
    if kind is not None:
        return _record(kind, row, place, lists)
    if name not in CHOICES:
        return choice
    known = {text.casefold(): value for text, value in CHOICES[name].items()}
    if choice.casefold() not in known:
        listed = ", ".join(CHOICES[name])
        raise _Unusable(CHOICE, f"{choice!r} is no choice of '{TITLES[name]}'.", f"Choices are: {listed}.")
    return known[choice.casefold()]


def _record(kind: LedgerKind, row: Mapping[str, str], place: str, lists: Lists) -> str:
    record_id, faults = find_target(kind, row.get("QuickBooks id", ""), row.get("QuickBooks name", ""), place, lists)
    for fault in faults:
        raise _Unusable(fault.field, fault.problem, fault.remedy)
    return record_id


def _laid_over(preferences: Preferences, named: _Named, value: Any) -> Preferences:
    if named.key is None:
        return replace(preferences, **{named.name: value})
    each = {key: kept for key, kept in getattr(preferences, named.name).items() if key != named.key}
    changed: dict[str, Any] = {named.name: each | ({named.key: value} if value else {})}
    return replace(preferences, **changed)


def _refuse_faults(before: Preferences, after: Preferences, lists: Lists) -> None:
    """A choice that could not be saved is refused at its row; what was wrong before is not this row's fault."""
    known = preference_issues(before, lists)
    for issue in preference_issues(after, lists):
        if issue not in known:
            raise _Unusable("QuickBooks name", f"{issue.record}: {issue.problem}", issue.remedy)
