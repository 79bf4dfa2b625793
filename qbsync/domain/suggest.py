"""Suggest a QuickBooks record for each unmapped Core code, with a score and the reason, for a person to accept.

A score is 0 to 100. Only an exact name or code reaches 95, so that people of similar names are never
taken for each other when suggestions are accepted in bulk.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import NAME_KINDS, LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences
from qbsync.domain.records import Category, CostCode, Customer, Employee, EmployeeKind, Project, Vendor
from qbsync.domain.resolve import NOUNS, Lists, noun_of

EXACT, SAME_WORDS, CREATE, USUAL_ACCOUNT, ALIKE_MAX = 100, 97, 95, 92, 89
RENAMED = 60
NEAR = 70  # two names at least this much alike want a person's look

USUAL_ACCOUNTS = {
    Category.MATERIALS: "Job Materials",
    Category.SUBCONTRACTOR: "Subcontractors",
    Category.EQUIPMENT: "Equipment Rental",
}
EXPENSE_TYPES = ("Cost of Goods Sold", "Expense", "Other Expense")
LEGAL_FORMS = frozenset({"inc", "llc", "ltd", "co", "corp", "company", "incorporated", "lp", "llp"})


_Target = tuple[MapKind, LedgerKind, str, str]  # kind of code, QuickBooks kind, id, name to be made


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


Mapped = Customer | Project | Employee | CostCode | Vendor


def suggest(book: CoreBook, mapping: MappingSet, lists: Lists) -> list[Suggestion]:
    """A suggestion for every code that has no rule yet, in the order of the mapping page."""
    suggestions = []
    for kind, records in _records(book):
        names = Counter(_words(_name(record)) for record in records)
        for record in records:
            if mapping.rule(kind, record.core_id) is None:
                one = _suggest_one(kind, record, lists, mapping.preferences)
                namesakes = names[_words(_name(record))]
                if kind is not MapKind.COST_CODE and namesakes > 1:
                    one = _doubted(one, f"{namesakes} records of Core have this name: look which of them is meant")
                suggestions.append(one)
    return _each_target_once(suggestions, mapping, book)


def _doubted(suggestion: Suggestion, why: str) -> Suggestion:
    """A suggestion that is not to be accepted without a look."""
    score = min(suggestion.score, ALIKE_MAX)
    return replace(suggestion, score=score, reason=f"{why}. {suggestion.reason}")


def _each_target_once(suggestions: Iterable[Suggestion], mapping: MappingSet, book: CoreBook) -> list[Suggestion]:
    """The suggestions, those in doubt whose target stands for another code already, or surely will."""
    names = {(kind, record.core_id): _name(record) for kind, records in _records(book) for record in records}
    takers = {_target_of(rule, names.get((rule.kind, rule.core_id), "")): rule for rule in mapping.rules}
    return [_once(one, one.rule, takers) if one.rule else one for one in suggestions]


def _once(one: Suggestion, rule: MappingRule, takers: dict[_Target, MappingRule]) -> Suggestion:
    """The suggestion, in doubt when its target is taken; a sure one takes it. Many cost codes may share theirs."""
    if one.kind is MapKind.COST_CODE:
        return one
    target = _target_of(rule, one.name)
    taker = takers.get(target)
    if taker is not None:
        return _doubted(one, f"{NOUNS[taker.kind]} {taker.core_id} takes this already: look which of them is meant")
    if one.score > ALIKE_MAX:
        takers[target] = rule
    return one


def _target_of(rule: MappingRule, name: str) -> _Target:
    """What a rule ties a code to. Projects are customers there; but a 1099 worker may well be a vendor too."""
    kind = MapKind.CUSTOMER if rule.kind is MapKind.PROJECT else rule.kind
    made = (rule.create_name or name).casefold() if rule.creates else ""
    return kind, rule.ledger_kind, rule.ledger_id, made


def _name(record: Mapped) -> str:
    return record.description if isinstance(record, CostCode) else record.name


def _records(book: CoreBook) -> Iterator[tuple[MapKind, Collection[Mapped]]]:
    yield MapKind.COST_CODE, book.cost_codes.values()
    yield MapKind.CUSTOMER, book.customers.values()
    yield MapKind.PROJECT, book.projects.values()
    yield MapKind.EMPLOYEE, book.employees.values()
    yield MapKind.VENDOR, book.vendors.values()


def _suggest_one(kind: MapKind, record: Mapped, lists: Lists, preferences: Preferences) -> Suggestion:
    match record:
        case CostCode():
            return _suggest_cost_code(record, lists)
        case Employee():
            ledger_kind = LedgerKind.VENDOR if record.kind is EmployeeKind.CONTRACTOR else LedgerKind.EMPLOYEE
            return _NameSuggester(kind, record.core_id, record.name, ledger_kind, lists).suggest()
        case Vendor():
            return _NameSuggester(kind, record.core_id, record.name, LedgerKind.VENDOR, lists).suggest()
        case Project():
            made = preferences.placement_of(record.core_id).value
            return _NameSuggester(kind, record.core_id, record.name, LedgerKind.CUSTOMER, lists, made).suggest()
        case Customer():
            return _NameSuggester(kind, record.core_id, record.name, LedgerKind.CUSTOMER, lists).suggest()


@dataclass(frozen=True)
class _NameSuggester:
    """Suggests the QuickBooks record of one name: the same, a similar, or a new one."""

    kind: MapKind
    core_id: str
    name: str
    ledger_kind: LedgerKind
    lists: Lists
    made: str = ""  # what a new record is called; "" by its QuickBooks kind

    def suggest(self) -> Suggestion:
        entries = self.lists.all(self.ledger_kind)
        active = [entry for entry in entries if entry.active]
        inactive = [entry for entry in entries if not entry.active and _undeleted(entry.name) == _words(self.name)]
        holder = _holder(self.name, self.ledger_kind, self.lists)
        exact = self._exact(active)
        if exact is not None:
            return exact
        if inactive:
            reason = f'Inactive in QuickBooks as "{inactive[0].name}": make it active there, or choose another'
            return self._suggestion(None, "", 0, reason)
        if holder is not None:
            return self._renamed(holder)
        return self._similar(active) or self._new()

    def _exact(self, active: Sequence[ListEntry]) -> Suggestion | None:
        same = [entry for entry in active if entry.name.casefold() == self.name.casefold()]
        if same:
            return _doubted_if_many(self._link(same[0], EXACT, "Same name"), same)
        same = [entry for entry in active if _words(entry.name) == _words(self.name)]
        reason = "Same name but for punctuation or legal form"
        return self._link(same[0], SAME_WORDS, reason) if len(same) == 1 else None

    def _similar(self, active: Sequence[ListEntry]) -> Suggestion | None:
        best, score = _closest(self.name, active)
        if best is not None and score >= NEAR:
            return self._link(best, min(score, ALIKE_MAX), f"Name {score} % alike")
        relatives = [entry for entry in active if _words(entry.name)[-1:] == _words(self.name)[-1:]]
        if self.kind is MapKind.EMPLOYEE and relatives:
            return self._link(relatives[0], NEAR, "Same family name: look whether it is the same person")
        return None

    def _renamed(self, holder: ListEntry) -> Suggestion:
        other = f"{self.name} ({self.ledger_kind.value[0]})"
        reason = f"QuickBooks already has {noun_of(holder.kind)} of this name, and allows a name once"
        return self._suggestion(self._rule(create_name=other), f'Create "{other}"', RENAMED, reason)

    def _new(self) -> Suggestion:
        noun = self.ledger_kind.word
        if ":" in self.name:
            other = _without_colons(self.name)
            reason = "QuickBooks allows no colon in a name: look whether this one will do"
            return self._suggestion(self._rule(create_name=other), f'Create "{other}"', RENAMED, reason)
        reason = f"QuickBooks has no {noun} of this or a similar name"
        return self._suggestion(self._rule(), f"Create {self.made or noun}", CREATE, reason)

    def _link(self, entry: ListEntry, score: int, reason: str) -> Suggestion:
        return self._suggestion(self._rule(ledger_id=entry.id), entry.full_name, score, reason)

    def _rule(self, *, ledger_id: str = "", create_name: str = "") -> MappingRule:
        return MappingRule(
            kind=self.kind,
            core_id=self.core_id,
            ledger_kind=self.ledger_kind,
            ledger_id=ledger_id,
            create_name=create_name,
        )

    def _suggestion(self, rule: MappingRule | None, target: str, score: int, reason: str) -> Suggestion:
        return Suggestion(
            kind=self.kind,
            core_id=self.core_id,
            name=self.name,
            rule=rule,
            target=target,
            score=score,
            reason=reason,
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
    equals, score, reason = _best_targets(code, candidates)
    best = equals[0] if equals else None
    rule = None
    if best is not None:
        rule = MappingRule(kind=MapKind.COST_CODE, core_id=code.core_id, ledger_kind=ledger_kind, ledger_id=best.id)
    suggestion = Suggestion(
        kind=MapKind.COST_CODE,
        core_id=code.core_id,
        name=code.description,
        rule=rule,
        target=best.full_name if best else "",
        score=score,
        reason=reason,
    )
    return _doubted_if_many(suggestion, equals)


def _doubted_if_many(suggestion: Suggestion, equals: Sequence[ListEntry]) -> Suggestion:
    """Records that fit equally well, such as one name under two parents: nothing says which of them is meant."""
    if len(equals) < 2:
        return suggestion
    return _doubted(suggestion, f"{len(equals)} records of QuickBooks fit equally: look which of them is meant")


def _best_targets(code: CostCode, candidates: Sequence[ListEntry]) -> tuple[list[ListEntry], int, str]:
    """The records that fit best, with the score and the reason; more than one where nothing tells them apart."""
    usual = USUAL_ACCOUNTS.get(code.category, "")
    by_code = [entry for entry in candidates if code.core_id and code.core_id in (entry.number, entry.name)]
    by_name = [entry for entry in candidates if _words(entry.name) == _words(code.description)]
    by_use = [entry for entry in candidates if usual and entry.name.casefold() == usual.casefold()]
    if by_code:
        return by_code, EXACT, f"Same code {code.core_id}"
    if by_name:
        return by_name, EXACT, "Same name"
    if by_use:
        return by_use, USUAL_ACCOUNT, f"{code.category.value} codes usually post to {usual}"
    best, score = _closest(code.description, candidates)
    if best is None or score < NEAR:
        return [], 0, "No similar name in QuickBooks"
    return [best], min(score, ALIKE_MAX), f"Name {score} % alike"


def _closest(name: str, entries: Iterable[ListEntry]) -> tuple[ListEntry | None, int]:
    wanted = " ".join(_words(name))
    scored = [
        (round(fuzz.token_sort_ratio(wanted, " ".join(_words(entry.name)))), entry.id, entry) for entry in entries
    ]
    if not scored:
        return None, 0
    score, _, entry = max(scored, key=lambda one: (one[0], one[1]))
    return entry, score


def _without_colons(name: str) -> str:
    """A name as QuickBooks takes it: `Harborview: East` becomes `Harborview - East`."""
    return " - ".join(part for part in (one.strip() for one in name.split(":")) if part)


def _undeleted(name: str) -> tuple[str, ...]:
    return _words(re.sub(r" \(deleted\)$", "", name))


def _words(name: str) -> tuple[str, ...]:
    """The words of a name without accents, punctuation and legal form, in order."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.findall(r"\w+", plain.replace("'", ""))
    return tuple(word for word in words if word not in LEGAL_FORMS)
