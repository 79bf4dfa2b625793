"""Suggest a QuickBooks record for each unmapped Core code, with a score and the reason, for a person to accept.

A score is 0 to 100. Only an exact name or code reaches 95, so that people of similar names are never
taken for each other when suggestions are accepted in bulk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import NAME_KINDS, LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet
from qbsync.domain.records import Category, CostCode, Customer, Employee, EmployeeKind, Project, Vendor
from qbsync.domain.resolve import Lists

EXACT, SAME_WORDS, CREATE, USUAL_ACCOUNT, ALIKE_MAX = 100, 97, 95, 92, 89
NEAR = 70  # two names at least this much alike want a person's look

USUAL_ACCOUNTS = {
    Category.MATERIALS: "Job Materials",
    Category.SUBCONTRACTOR: "Subcontractors",
    Category.EQUIPMENT: "Equipment Rental",
}
EXPENSE_TYPES = ("Cost of Goods Sold", "Expense", "Other Expense")
LEGAL_FORMS = frozenset({"inc", "llc", "ltd", "co", "corp", "company", "incorporated", "lp", "llp"})


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What we would map a code to. `rule` is None where there is nothing to suggest; the reason says why."""

    kind: MapKind
    core_id: str
    name: str
    rule: MappingRule | None
    target: str  # the name of the record, or what would be made
    score: int
    reason: str


def suggest(book: CoreBook, mapping: MappingSet, lists: Lists) -> list[Suggestion]:
    """A suggestion for every code that has no rule yet, in the order of the mapping page."""
    unmapped = (
        (kind, record)
        for kind, records in _records(book)
        for record in records
        if mapping.rule(kind, record.core_id) is None
    )
    return [_suggest_one(kind, record, lists) for kind, record in unmapped]


Mapped = Customer | Project | Employee | CostCode | Vendor


def _records(book: CoreBook) -> Iterator[tuple[MapKind, Iterable[Mapped]]]:
    yield MapKind.COST_CODE, book.cost_codes.values()
    yield MapKind.CUSTOMER, book.customers.values()
    yield MapKind.PROJECT, book.projects.values()
    yield MapKind.EMPLOYEE, book.employees.values()
    yield MapKind.VENDOR, book.vendors.values()


def _suggest_one(kind: MapKind, record: Mapped, lists: Lists) -> Suggestion:
    match record:
        case CostCode():
            return _suggest_cost_code(record, lists)
        case Employee():
            ledger_kind = LedgerKind.VENDOR if record.kind is EmployeeKind.CONTRACTOR else LedgerKind.EMPLOYEE
            return _suggest_name(kind, record.core_id, record.name, ledger_kind, lists)
        case Vendor():
            return _suggest_name(kind, record.core_id, record.name, LedgerKind.VENDOR, lists)
        case _:
            return _suggest_name(kind, record.core_id, record.name, LedgerKind.CUSTOMER, lists)


def _suggest_name(kind: MapKind, core_id: str, name: str, ledger_kind: LedgerKind, lists: Lists) -> Suggestion:
    def link(entry: ListEntry, score: int, reason: str) -> Suggestion:
        rule = MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, ledger_id=entry.id)
        return Suggestion(
            kind=kind,
            core_id=core_id,
            name=name,
            rule=rule,
            target=entry.full_name,
            score=score,
            reason=reason,
        )

    def none(reason: str) -> Suggestion:
        return Suggestion(kind=kind, core_id=core_id, name=name, rule=None, target="", score=0, reason=reason)

    entries = lists.all(ledger_kind)
    active = [entry for entry in entries if entry.active]
    for entry in active:
        if entry.name.casefold() == name.casefold():
            return link(entry, EXACT, "Same name")
    same = [entry for entry in active if _words(entry.name) == _words(name)]
    if len(same) == 1:
        return link(same[0], SAME_WORDS, "Same name but for punctuation or legal form")
    inactive = [entry for entry in entries if not entry.active and _undeleted(entry.name) == _words(name)]
    if inactive:
        return none(f'Inactive in QuickBooks as "{inactive[0].name}": make it active there, or choose another')
    holder = _holder(name, ledger_kind, lists)
    if holder is not None:
        other = f"{name} ({ledger_kind.value[0]})"
        rule = MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, create_name=other)
        reason = f"QuickBooks already has a {holder.kind.value.lower()} of this name, and allows a name once"
        return Suggestion(
            kind=kind,
            core_id=core_id,
            name=name,
            rule=rule,
            target=f'Create "{other}"',
            score=60,
            reason=reason,
        )
    best, score = _closest(name, active)
    if best is not None and score >= NEAR:
        return link(best, min(score, ALIKE_MAX), f"Name {score} % alike")
    relatives = [entry for entry in active if _words(entry.name)[-1:] == _words(name)[-1:]]
    if kind is MapKind.EMPLOYEE and relatives:
        return link(relatives[0], NEAR, "Same family name: look whether it is the same person")
    rule = MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind)
    noun = ledger_kind.value.lower()
    return Suggestion(
        kind=kind,
        core_id=core_id,
        name=name,
        rule=rule,
        target=f"Create {noun}",
        score=CREATE if ":" not in name else 0,
        reason=f"QuickBooks has no {noun} of this or a similar name"
        if ":" not in name
        else "QuickBooks allows no colon in a name: give it another one",
    )


def _holder(name: str, ledger_kind: LedgerKind, lists: Lists) -> ListEntry | None:
    """An active record of another kind that has the name."""
    others = [kind for kind in NAME_KINDS if kind is not ledger_kind]
    names = (entry for entry in lists.all(*others) if entry.active and entry.name.casefold() == name.casefold())
    return next(names, None)


def _suggest_cost_code(code: CostCode, lists: Lists) -> Suggestion:
    if code.category is Category.LABOR:
        ledger_kind = LedgerKind.ITEM
        candidates = [entry for entry in lists.all(LedgerKind.ITEM) if entry.active and entry.type == "Service"]
    else:
        ledger_kind = LedgerKind.ACCOUNT
        candidates = [entry for entry in lists.all(LedgerKind.ACCOUNT) if entry.active and entry.type in EXPENSE_TYPES]
    best, score, reason = _best_target(code, candidates)
    rule = None
    if best is not None:
        rule = MappingRule(kind=MapKind.COST_CODE, core_id=code.core_id, ledger_kind=ledger_kind, ledger_id=best.id)
    return Suggestion(
        kind=MapKind.COST_CODE,
        core_id=code.core_id,
        name=code.description,
        rule=rule,
        target=best.full_name if best else "",
        score=score,
        reason=reason,
    )


def _best_target(code: CostCode, candidates: Sequence[ListEntry]) -> tuple[ListEntry | None, int, str]:
    for entry in candidates:
        if code.core_id and code.core_id in (entry.number, entry.name):
            return entry, EXACT, f"Same code {code.core_id}"
    for entry in candidates:
        if _words(entry.name) == _words(code.description):
            return entry, EXACT, "Same name"
    usual = USUAL_ACCOUNTS.get(code.category)
    if usual is not None:
        for entry in candidates:
            if entry.name.casefold() == usual.casefold():
                return entry, USUAL_ACCOUNT, f"{code.category.value} usually post to {usual}"
    best, score = _closest(code.description, candidates)
    if best is None or score < NEAR:
        return None, 0, "Nothing in QuickBooks has a similar name"
    return best, score, f"Name {score} % alike"


def _closest(name: str, entries: Iterable[ListEntry]) -> tuple[ListEntry | None, int]:
    wanted = " ".join(_words(name))
    scored = [
        (round(fuzz.token_sort_ratio(wanted, " ".join(_words(entry.name)))), entry.id, entry) for entry in entries
    ]
    if not scored:
        return None, 0
    score, _, entry = max(scored, key=lambda one: (one[0], one[1]))
    return entry, score


def _undeleted(name: str) -> tuple[str, ...]:
    return _words(re.sub(r" \(deleted\)$", "", name))


def _words(name: str) -> tuple[str, ...]:
    """The words of a name without accents, punctuation and legal form, in order."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.findall(r"\w+", plain.replace("'", ""))
    return tuple(word for word in words if word not in LEGAL_FORMS)
