"""What is wrong with a company's preferences, whatever a page offered."""

from __future__ import annotations

from collections.abc import Iterator

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import WEEKDAYS, Preferences, ShiftTarget
from qbsync.domain.payroll import OVERTIME_RULES
from qbsync.domain.resolve import Lists

Chosen = tuple[LedgerKind, str, str]  # kind, QuickBooks id, what it was chosen for


def preference_issues(preferences: Preferences, lists: Lists) -> list[Issue]:
    """Everything that is wrong: records that QuickBooks does not have any more, and words that mean nothing."""
    issues = [
        _issue(what, "It is not an active record of QuickBooks.", "Choose another.")
        for kind, record_id, what in _chosen(preferences)
        if record_id and not _is_active(lists.get(kind, record_id))
    ]
    if preferences.overtime_rule not in OVERTIME_RULES:
        known = ", ".join(OVERTIME_RULES)
        issues.append(
            _issue("Overtime rule", f"There is no rule {preferences.overtime_rule!r}.", f"Choose one of {known}.")
        )
    if preferences.week_end and preferences.week_end not in WEEKDAYS:
        issues.append(
            _issue("Week-end day", f"There is no weekday {preferences.week_end!r}.", "Choose one of the seven.")
        )
    return issues


def _chosen(preferences: Preferences) -> Iterator[Chosen]:
    yield LedgerKind.ACCOUNT, preferences.income_account_id, "The income account of new items"
    yield LedgerKind.ITEM, preferences.fallback_item_id, "The fallback service item"
    yield LedgerKind.ITEM, preferences.overtime_item_id, "The overtime item"
    yield LedgerKind.ITEM, preferences.double_time_item_id, "The double time item"
    if preferences.shift_target is ShiftTarget.ITEM:
        for shift, item_id in preferences.shift_item_ids.items():
            yield LedgerKind.ITEM, item_id, f"The item of the {shift.value.lower()} shift"
    if preferences.shift_target is ShiftTarget.CLASS:
        for shift, class_id in preferences.shift_class_ids.items():
            yield LedgerKind.CLASS, class_id, f"The class of the {shift.value.lower()} shift"
    yield LedgerKind.ACCOUNT, preferences.fallback_account_id, "The fallback account"
    for category, account_id in preferences.category_account_ids.items():
        yield LedgerKind.ACCOUNT, account_id, f"The default account for {category.value}"


def _issue(record: str, problem: str, remedy: str) -> Issue:
    return Issue(record=record, field="preferences", problem=problem, remedy=remedy, screen="mapping")


def _is_active(entry: ListEntry | None) -> bool:
    return entry is not None and entry.active
