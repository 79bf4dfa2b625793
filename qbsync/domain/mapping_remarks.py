"""What a person should know of a mapping: a name that QuickBooks would refuse, an account that holds no cost.

A remark refuses nothing. A record whose name cannot be taken is blocked in the preview; an account of any type is
taken by QuickBooks on a bill's line, and a bookkeeper may mean it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule, Preferences
from qbsync.domain.resolve import Lists, rule_name
from qbsync.domain.want_items import item_name_problems
from qbsync.domain.want_names import name_problems

NEW_NAME = "New name"  # the heading under which a name for a record to be made is typed
COST_TYPES = frozenset(  # what a contractor's bills are posted to: costs, and work or goods that are still an asset
    {"", "Cost of Goods Sold", "Expense", "Other Expense", "Other Current Asset", "Fixed Asset", "Other Asset"}
)


def remark_of(rule: MappingRule, name: str, lists: Lists) -> str:
    """What is odd about a rule, in sentences; "" where nothing is. `name` is Core's own, for a record to be made."""
    return name_remark(rule, name) or _account_of(rule, lists)


def remarks_of(rules: Iterable[MappingRule], names: Mapping[tuple[MapKind, str], str], lists: Lists) -> tuple[str, ...]:
    """What is odd about some rules, each with its code: `Vendor V1: Cannot be made yet. …`. `names` are Core's."""
    found = ((rule, remark_of(rule, names.get((rule.kind, rule.core_id), ""), lists)) for rule in rules)
    return tuple(f"{rule_name(rule)}: {remark}" for rule, remark in found if remark)


def preference_remarks(before: Preferences, after: Preferences, lists: Lists) -> tuple[str, ...]:
    """What is odd about the accounts for bill lines that a change of the preferences chooses."""
    then, now = _bill_accounts(before), _bill_accounts(after)
    found = ((title, account_remark(one, lists)) for title, one in now.items() if one != then.get(title))
    return tuple(f"{title}: {remark}" for title, remark in found if remark)


def account_remark(account_id: str, lists: Lists) -> str:
    """That an account holds no cost, such as one for income; "" where it may, and where it is not known."""
    entry = lists.get(LedgerKind.ACCOUNT, account_id)
    if entry is None or entry.type in COST_TYPES:
        return ""
    return f'"{entry.name}" is not an account for costs (its type is {entry.type}): bills post there all the same.'


def name_remark(rule: MappingRule, name: str) -> str:
    """Why the record that a rule asks for cannot be made under its name, and what to do."""
    if not rule.creates:
        return ""
    wanted = rule.create_name or name
    if rule.ledger_kind is LedgerKind.ITEM:
        problems = list(item_name_problems(wanted))
    else:
        problems = list(name_problems(wanted, of_person=rule.ledger_kind is LedgerKind.EMPLOYEE))
    return f"Cannot be made yet. {' '.join(problems)} Type another under {NEW_NAME}." if problems else ""


def _account_of(rule: MappingRule, lists: Lists) -> str:
    if rule.kind is not MapKind.COST_CODE or rule.ledger_kind is not LedgerKind.ACCOUNT or rule.creates:
        return ""
    return account_remark(rule.ledger_id, lists)


def _bill_accounts(preferences: Preferences) -> dict[str, str]:
    """The account ids of bill lines, by what they are for."""
    by_category = {f"Account for {one.value}": chosen for one, chosen in preferences.category_account_ids.items()}
    return {"Fallback account": preferences.fallback_account_id, **by_category}
