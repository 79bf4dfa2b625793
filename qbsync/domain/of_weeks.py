"""What belongs to weeks: their hours, the bills dated in them, and what these need."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import NAME_SYNC_KINDS, SyncKind

DAYS = 7


def overlapping(weeks: Collection[date]) -> frozenset[date]:
    """The dates on which weeks end that share a day with one of these."""
    return frozenset(week + timedelta(days=number) for week in weeks for number in range(1 - DAYS, DAYS))


def keys_of_weeks(scope: Scope, changes: Collection[Change]) -> set[str]:
    """The keys of what belongs to the weeks of a scope. A name that is not asked for comes with what needs it."""
    days = {week - timedelta(days=number) for week in scope.weeks for number in range(DAYS)}
    by_key = {change.key: change for change in changes}
    waiting = [
        change
        for change in changes
        if scope.includes(change.kind) and (change.kind in NAME_SYNC_KINDS or _is_in(change, scope.weeks, days))
    ]
    found: set[str] = set()
    while waiting:
        change = waiting.pop()
        if change.key not in found:
            found.add(change.key)
            waiting += [by_key[key] for key in change.requires if key in by_key]
    return found


def _is_in(change: Change, weeks: Collection[date], days: Collection[date]) -> bool:
    """Hours are of the week that they end with, bills of the one that they are dated in."""
    return change.scope_date in (days if change.kind is SyncKind.BILL else weeks)
