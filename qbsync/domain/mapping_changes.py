"""What one mapping says differently from another, for people who look back or are about to go back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences
from qbsync.domain.resolve import Lists

NOTHING = "(none)"
TITLES = {
    "project_placement": "A project becomes a",
    "project_placements": "Placement of project",
    "posting": "Hours are posted",
    "week_end": "Weeks end on",
    "overtime_rule": "Overtime rule",
    "income_account_id": "Income account of new items",
    "fallback_item_id": "Service item for codes that have none",
    "overtime_item_id": "Service item for overtime",
    "double_time_item_id": "Service item for double time",
    "shift_target": "The shift goes to",
    "shift_item_ids": "Service item for shift",
    "shift_class_ids": "Class for shift",
    "billable": "Hours are billable",
    "rate_source": "Hourly rate",
    "description_template": "Description",
    "fallback_account_id": "Fallback account",
    "category_account_ids": "Account for",
}
RECORDS = {  # preferences that name a QuickBooks record, or one for each of something
    "income_account_id": LedgerKind.ACCOUNT,
    "fallback_item_id": LedgerKind.ITEM,
    "overtime_item_id": LedgerKind.ITEM,
    "double_time_item_id": LedgerKind.ITEM,
    "shift_item_ids": LedgerKind.ITEM,
    "shift_class_ids": LedgerKind.CLASS,
    "fallback_account_id": LedgerKind.ACCOUNT,
    "category_account_ids": LedgerKind.ACCOUNT,
}


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """One code whose rule differs; None where there is no rule."""

    kind: MapKind
    core_id: str
    project: str
    before: MappingRule | None
    after: MappingRule | None


@dataclass(frozen=True, kw_only=True)
class PreferenceChange:
    """One preference that differs, in words: an id is given by its name."""

    title: str
    before: str
    after: str


def rule_changes(old: MappingSet, new: MappingSet) -> tuple[RuleChange, ...]:
    """The codes whose rules differ, in a stable order."""
    before, after = ({rule.key: rule for rule in one.rules} for one in (old, new))
    return tuple(
        RuleChange(kind=key[0], core_id=key[1], project=key[2], before=before.get(key), after=after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def preference_changes(old: Preferences, new: Preferences, lists: Lists) -> tuple[PreferenceChange, ...]:
    """The preferences that differ, in the order of the noun."""
    found: list[PreferenceChange] = []
    for item in dataclasses.fields(Preferences):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if isinstance(before, Mapping):
            found += _each(item.name, before, after, lists)
        elif before != after:
            found.append(_change(TITLES[item.name], item.name, before, after, lists))
    return tuple(found)


def _each(name: str, before: Mapping[str, str], after: Mapping[str, str], lists: Lists) -> list[PreferenceChange]:
    keys = sorted(before.keys() | after.keys())
    return [
        _change(f"{TITLES[name]} {key}", name, before.get(key, ""), after.get(key, ""), lists)
        for key in keys
        if before.get(key, "") != after.get(key, "")
    ]


def _change(title: str, name: str, before: object, after: object, lists: Lists) -> PreferenceChange:
    return PreferenceChange(title=title, before=_text(name, before, lists), after=_text(name, after, lists))


def _text(name: str, value: object, lists: Lists) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.value if isinstance(value, StrEnum) else str(value)
    kind = RECORDS.get(name)
    entry = lists.get(kind, text) if kind and text else None
    return entry.full_name if entry else text or NOTHING
