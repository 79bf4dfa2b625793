"""What Core wants QuickBooks' items to hold: a service item for each cost code whose rule asks for one to be made."""

from __future__ import annotations

from collections.abc import Iterator

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import ItemCard, LedgerKind, Reference
from qbsync.domain.mapping import MapKind, MappingRule
from qbsync.domain.place import TIMESHEET
from qbsync.domain.records import CostCode
from qbsync.domain.resolve import Resolver
from qbsync.domain.wanted import SyncKind, Wanted

NAME_MAX = 100  # QuickBooks' limit for an item
FORBIDDEN = {":": "a colon", "\t": "a tab", "\n": "a line break"}


def want_items(book: CoreBook, resolver: Resolver) -> list[Wanted]:
    """One Wanted for each cost code that gets an item of its own. The others want nothing: theirs exist."""
    rules = ((code, resolver.mapping.rule(MapKind.COST_CODE, code.core_id)) for code in book.cost_codes.values())
    return [_want(code, rule, resolver) for code, rule in rules if rule is not None and rule.creates]


def _want(code: CostCode, rule: MappingRule, resolver: Resolver) -> Wanted:
    name = rule.create_name or code.item_name
    title = f"Cost code {code.core_id}"
    account, issues = _income_account(resolver, title)
    return Wanted(
        kind=SyncKind.ITEM,
        core_id=code.core_id,
        title=name,
        ledger_kind=LedgerKind.ITEM,
        content=ItemCard(display_name=name, income_account=account, description=code.description),
        issues=(*issues, *_name_issues(title, name)),
    )


def _income_account(resolver: Resolver, title: str) -> tuple[Reference | None, tuple[Issue, ...]]:
    chosen = resolver.mapping.preferences.income_account_id
    if not chosen:
        problem = "A new service item needs an income account, and none is chosen."
        remedy = "Choose it on the Mapping page, Timesheet, or map the code to an item that exists."
        return None, (_issue(title, "income_account", problem, remedy),)
    resolved = resolver.existing(LedgerKind.ACCOUNT, chosen, title, "The income account of new items", TIMESHEET)
    return resolved.reference, resolved.issues


def _name_issues(title: str, name: str) -> tuple[Issue, ...]:
    """Everything QuickBooks would refuse in an item's name."""
    remedy = "Give the item another name on the Mapping page."
    return tuple(_issue(title, "name", problem, remedy) for problem in item_name_problems(name))


def item_name_problems(name: str) -> Iterator[str]:
    """What QuickBooks would refuse in the name of an item, in sentences."""
    for character, words in FORBIDDEN.items():
        if character in name:
            yield f'The name "{name}" has {words}, which QuickBooks does not allow.'
    if len(name) > NAME_MAX:
        yield f"The name has {len(name)} characters; QuickBooks takes {NAME_MAX} for an item."


def _issue(record: str, field: str, problem: str, remedy: str) -> Issue:
    return Issue(record=record, field=field, problem=problem, remedy=remedy, screen="mapping")
