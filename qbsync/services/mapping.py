"""Map Core's codes to QuickBooks' records: show, suggest, save as a version, and carry in and out as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import BadInput, Issue, Severity
from qbsync.domain.intake import SourceFile
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences, with_rules
from qbsync.domain.payroll import OVERTIME_RULES
from qbsync.domain.ports import Clock
from qbsync.domain.resolve import Lists
from qbsync.domain.suggest import Suggestion, suggest
from qbsync.services.mapping_file import CREATE, HEADINGS, read_rules, rule_issues
from qbsync.services.stores import ConnectionStore, CoreStore, MappingStore, NoticeStore


@dataclass(frozen=True, kw_only=True)
class CodeRow:
    """One line of a mapping tab. `state` is Mapped, Unmapped or Inactive; `target` is what a person reads."""

    kind: MapKind
    core_id: str
    name: str
    detail: str  # the category, the customer, or how somebody is paid
    state: str
    rule: MappingRule | None
    target: str
    suggestion: Suggestion | None


@dataclass(frozen=True, kw_only=True)
class MappingView:
    """Everything the Mapping page shows of one company."""

    mapping: MappingSet
    rows: tuple[CodeRow, ...]
    lists: Lists

    def of(self, kind: MapKind) -> list[CodeRow]:
        return [row for row in self.rows if row.kind is kind]

    def options(self, *kinds: LedgerKind) -> list[ListEntry]:
        """What can be chosen, active records only, by name."""
        entries = (entry for entry in self.lists.all(*kinds) if entry.active)
        return sorted(entries, key=lambda entry: entry.full_name.casefold())


@dataclass(frozen=True, kw_only=True)
class MappingCheck:
    """What a mapping file would change, and what is wrong with it."""

    rules: tuple[MappingRule, ...]
    changed: int
    issues: tuple[Issue, ...]


class TableFiles(Protocol):
    """Reads and writes spreadsheets; writing makes text that could be a formula inert."""

    def read(self, file: SourceFile) -> list[dict[str, str]]: ...
    def write(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """The use case of the Mapping page."""

    core: CoreStore
    connections: ConnectionStore
    mappings: MappingStore
    notices: NoticeStore
    files: TableFiles
    clock: Clock

    def view(self, connection_id: int) -> MappingView:
        """Every code with its rule or suggestion, over QuickBooks' lists as last read."""
        mapping, book = self.mappings.current(connection_id), self.core.book()
        lists = Lists.of(self.connections.lists(connection_id))
        suggestions = {(one.kind, one.core_id): one for one in suggest(book, mapping, lists)}
        rows = tuple(
            _row(kind, core_id, name, detail, mapping, lists, suggestions.get((kind, core_id)))
            for kind, core_id, name, detail in codes(book)
        )
        return MappingView(mapping=mapping, rows=rows, lists=lists)

    def suggestions(self, connection_id: int) -> list[Suggestion]:
        """A suggestion for each code that has no rule."""
        return self._suggest(connection_id, self.mappings.current(connection_id))

    def _suggest(self, connection_id: int, mapping: MappingSet) -> list[Suggestion]:
        return suggest(self.core.book(), mapping, Lists.of(self.connections.lists(connection_id)))

    def accept(self, connection_id: int, over: int, *, who: str) -> int:
        """Save every suggestion that scores at least `over`; returns how many. Raises MappingChanged."""
        current = self.mappings.current(connection_id)
        rules = [one.rule for one in self._suggest(connection_id, current) if one.rule and one.score >= over]
        if rules:
            self.save(connection_id, rules, current.preferences, over_version=current.version, who=who)
        return len(rules)

    def save(
        self,
        connection_id: int,
        rules: Iterable[MappingRule],
        preferences: Preferences,
        *,
        over_version: int,
        who: str,
        removed: Iterable[tuple[MapKind, str]] = (),
    ) -> int:
        """Lay rules over the saved ones; returns the new version. Raises BadInput or MappingChanged.

        `removed` are codes whose rule for all projects is taken away.
        """
        rules = tuple(rules)
        lists = Lists.of(self.connections.lists(connection_id))
        faults = [issue for rule in rules for issue in rule_issues(rule, lists)]
        faults += preference_issues(preferences, lists)
        if faults:
            raise BadInput(" ".join(str(issue) for issue in faults[:5]))
        dropped = set(removed)
        kept = [  # a project's own rule is a choice by itself, which nobody took back
            rule
            for rule in self.mappings.current(connection_id).rules
            if rule.project or (rule.kind, rule.core_id) not in dropped
        ]
        at = self.clock()
        version = self.mappings.save(
            connection_id, with_rules(kept, rules), preferences, over_version=over_version, at=at, who=who
        )
        self.notices.audit(
            who=who,
            what="saved the mapping",
            subject=f"version {version}",
            at=at,
            connection_id=connection_id,
        )
        return version

    def export(self, connection_id: int, name: str) -> bytes:
        """The mapping as CSV or XLSX, by the ending of `name`; unmapped codes are there with nothing chosen."""
        view = self.view(connection_id)
        return self.files.write(name, HEADINGS, map(_exported, (*view.rows, *_narrowed(view))))

    def check_file(self, connection_id: int, file: SourceFile) -> MappingCheck:
        """What a mapping file would change. Nothing is saved."""
        lists = Lists.of(self.connections.lists(connection_id))
        current, book = self.mappings.current(connection_id), self.core.book()
        known = {(kind, core_id) for kind, core_id, *_ in codes(book)}
        rules, issues = read_rules(file.name, self.files.read(file), lists, known)
        changed = [rule for rule in rules if current.rule(rule.kind, rule.core_id, project=rule.project) != rule]
        return MappingCheck(rules=rules, changed=len(changed), issues=issues)

    def load_file(self, connection_id: int, file: SourceFile, *, who: str) -> MappingCheck:
        """Save the good rows of a mapping file as a new version."""
        check = self.check_file(connection_id, file)
        if check.changed:
            current = self.mappings.current(connection_id)
            self.save(connection_id, check.rules, current.preferences, over_version=current.version, who=who)
        return check


def codes(book: CoreBook) -> list[tuple[MapKind, str, str, str]]:
    """Every code that can be mapped: kind, id, name, and a detail for the reader."""
    return [
        *(
            (MapKind.COST_CODE, code.core_id, code.description, code.category.value)
            for code in book.cost_codes.values()
        ),
        *((MapKind.CUSTOMER, customer.core_id, customer.name, customer.city) for customer in book.customers.values()),
        *((MapKind.PROJECT, project.core_id, project.name, project.customer) for project in book.projects.values()),
        *((MapKind.EMPLOYEE, worker.core_id, worker.name, worker.kind.value) for worker in book.employees.values()),
        *(
            (MapKind.VENDOR, vendor.core_id, vendor.name, "1099" if vendor.is_1099 else "")
            for vendor in book.vendors.values()
        ),
    ]


def _row(
    kind: MapKind,
    core_id: str,
    name: str,
    detail: str,
    mapping: MappingSet,
    lists: Lists,
    suggestion: Suggestion | None,
) -> CodeRow:
    rule = mapping.rule(kind, core_id)
    state, target = _state(rule, lists)
    return CodeRow(
        kind=kind,
        core_id=core_id,
        name=name,
        detail=detail,
        state=state,
        rule=rule,
        target=target,
        suggestion=suggestion,
    )


def _state(rule: MappingRule | None, lists: Lists) -> tuple[str, str]:
    if rule is None:
        return "Unmapped", ""
    if rule.creates:
        return "Mapped", rule.create_name or CREATE
    entry = lists.get(rule.ledger_kind, rule.ledger_id)
    if entry is None:
        return "Inactive", f"no longer in QuickBooks ({rule.ledger_id})"
    return ("Mapped" if entry.active else "Inactive"), entry.full_name


def preference_issues(preferences: Preferences, lists: Lists) -> list[Issue]:
    """What is wrong with the preferences."""
    chosen = [
        (LedgerKind.ITEM, preferences.fallback_item_id, "The fallback service item"),
        (LedgerKind.ITEM, preferences.overtime_item_id, "The overtime item"),
        (LedgerKind.ACCOUNT, preferences.fallback_account_id, "The fallback account"),
        *(
            (LedgerKind.ACCOUNT, account_id, f"The default account for {category.value}")
            for category, account_id in preferences.category_account_ids.items()
        ),
    ]
    issues = [
        Issue(
            record=what,
            field="preferences",
            problem="It is not an active record of QuickBooks.",
            remedy="Choose another.",
            screen="mapping",
        )
        for kind, record_id, what in chosen
        if record_id and not _is_active(lists.get(kind, record_id))
    ]
    if preferences.overtime_rule not in OVERTIME_RULES:
        issues.append(
            Issue(
                record="Overtime rule",
                field="preferences",
                problem=f"There is no rule {preferences.overtime_rule!r}.",
                remedy=f"Choose one of {', '.join(OVERTIME_RULES)}.",
                severity=Severity.ERROR,
                screen="mapping",
            )
        )
    return issues


def _is_active(entry: ListEntry | None) -> bool:
    return entry is not None and entry.active


def _narrowed(view: MappingView) -> Iterator[CodeRow]:
    """A line more for each rule that holds for one project only."""
    rows = {(row.kind, row.core_id): row for row in view.rows}
    for rule in view.mapping.rules:
        row = rows.get((rule.kind, rule.core_id))
        if rule.project and row is not None:
            state, target = _state(rule, view.lists)
            yield replace(row, rule=rule, state=state, target=target, suggestion=None)


def _exported(row: CodeRow) -> tuple[str, ...]:
    rule = row.rule
    if rule is None:
        return (row.kind.value, row.core_id, row.name, "", "", "", "")
    return (
        row.kind.value,
        row.core_id,
        row.name,
        rule.project,
        rule.ledger_kind.value,
        CREATE if rule.creates else rule.ledger_id,
        rule.create_name if rule.creates else row.target,
    )
