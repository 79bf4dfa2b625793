"""What belongs to weeks where bills are asked for too: their hours, the bills dated in them, and what these need."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import NAME_SYNC_KINDS, SyncKind

DAYS = 7


def keys_of_weeks(scope: Scope, changes: Collection[Change]) -> set[str]:
    """The keys of what belongs to the weeks of a scope. A name that is not asked for comes with what needs it."""
    days = {week - timedelta(days=number) for week in scope.weeks for number in range(DAYS)}
    by_key = {change.key: change for change in changes}
    waiting = [
        change
        for change in changes
        if (scope.includes(change.kind) if change.kind in NAME_SYNC_KINDS else _is_in(change, days))
    ]
    found: set[str] = set()
    while waiting:
        change = waiting.pop()
        if change.key not in found:
            found.add(change.key)
            waiting += [by_key[key] for key in change.requires if key in by_key]
    return found


def _is_in(change: Change, days: Collection[object]) -> bool:
    """Hours were narrowed to the weeks before they were compared."""
    return change.kind is not SyncKind.BILL or change.scope_date in days
