"""Which service item a time line is posted under, and which class its shift gives it.

The item is that of its pay type, its shift, its cost code, or the fallback.
"""

from __future__ import annotations

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, Preferences, ShiftTarget
from qbsync.domain.payroll import PayType, TimeLine
from qbsync.domain.place import TIMESHEET, Place
from qbsync.domain.resolve import Resolved, Resolver, place_of


def item_of(resolver: Resolver, line: TimeLine, title: str) -> Resolved:
    """The service item of a line, or why there is none. The first that is chosen counts, in the order above."""
    preferences = resolver.mapping.preferences
    what, place = resolver.told(MapKind.COST_CODE, line.row.cost_code), place_of(MapKind.COST_CODE, line.row.cost_code)
    pay_item, whose = _pay_item(preferences, line.pay_type)
    if pay_item:
        return _service_item(resolver, pay_item, title, f"The {whose.value.lower()} item", TIMESHEET)
    shift_item = preferences.shift_item_ids.get(line.row.shift, "")
    if shift_item and preferences.shift_target is ShiftTarget.ITEM:
        return _service_item(
            resolver, shift_item, title, f"The item of the {line.row.shift.value.lower()} shift", TIMESHEET
        )
    rule = resolver.cost_code(line.row.cost_code, line.row.project)
    if rule is not None and rule.ledger_kind is LedgerKind.ITEM:
        if rule.creates:
            return resolver.name(MapKind.COST_CODE, line.row.cost_code, title)
        return _service_item(resolver, rule.ledger_id, title, what, place)
    if preferences.fallback_item_id:
        return _service_item(resolver, preferences.fallback_item_id, title, "The fallback service item", TIMESHEET)
    if rule is None:
        return Resolved(issues=(resolver.unmapped(MapKind.COST_CODE, line.row.cost_code, title),))
    problem = f"{what} posts to an account, but hours need a service item."
    remedy = "Map it to a service item, or choose a fallback item on the Mapping page, Timesheet."
    return Resolved(issues=(_issue(place, title, problem, remedy),))


def class_of(resolver: Resolver, line: TimeLine, title: str) -> Resolved:
    """The class of a line's shift, where shifts go to classes; no reference where it has none."""
    preferences = resolver.mapping.preferences
    class_id = preferences.shift_class_ids.get(line.row.shift, "")
    if not class_id or preferences.shift_target is not ShiftTarget.CLASS:
        return Resolved()
    return resolver.existing(LedgerKind.CLASS, class_id, title, f"The {line.row.shift.value.lower()} shift", TIMESHEET)


def _pay_item(preferences: Preferences, pay_type: PayType) -> tuple[str, PayType]:
    """The item of a pay type ("" for none), and whose it is: double time takes overtime's where it has none."""
    if pay_type is PayType.REGULAR:
        return "", pay_type
    if pay_type is PayType.DOUBLE and preferences.double_time_item_id:
        return preferences.double_time_item_id, pay_type
    return preferences.overtime_item_id, PayType.OVERTIME


def _service_item(resolver: Resolver, item_id: str, title: str, what: str, place: Place) -> Resolved:
    resolved = resolver.existing(LedgerKind.ITEM, item_id, title, what, place)
    entry = resolver.lists.get(LedgerKind.ITEM, item_id)
    if resolved.issues or entry is None or entry.type == "Service":
        return resolved
    problem = f'{what} is mapped to "{entry.name}", which is not a service item.'
    remedy = "Hours need a service item: choose one on the Mapping page."
    return Resolved(issues=(_issue(place, title, problem, remedy),))


def _issue(place: Place, title: str, problem: str, remedy: str) -> Issue:
    return Issue.at(place, record=title, field="cost_code", problem=problem, remedy=remedy)
