"""The mapping as people look at it: every code with its target or a suggestion, and the projects' own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet
from qbsync.domain.resolve import Lists
from qbsync.domain.suggest import Suggestion, suggest
from qbsync.services.mapping_file import CREATE


@dataclass(frozen=True, kw_only=True)
class CodeRow:
    """One line of a mapping tab. `state` is Mapped, Unmapped or Inactive; `target` is what a person reads.

    `project` is given where the line is a project's own rule for a cost code; `project_name` is Core's name of it.
    """

    kind: MapKind
    core_id: str
    name: str
    detail: str  # the category, the customer, or how somebody is paid
    state: str
    rule: MappingRule | None
    target: str
    suggestion: Suggestion | None
    project: str = ""
    project_name: str = ""


@dataclass(frozen=True, kw_only=True)
class MappingView:
    """Everything the Mapping page shows of one company. `overrides` are the projects' own rules, after their code."""

    mapping: MappingSet
    rows: tuple[CodeRow, ...]
    lists: Lists
    overrides: tuple[CodeRow, ...] = ()
    projects: Mapping[str, str] = field(default_factory=dict)  # Core's: id → name

    def of(self, kind: MapKind) -> list[CodeRow]:
        return [row for row in self.rows if row.kind is kind]

    def options(self, *kinds: LedgerKind) -> list[ListEntry]:
        """What can be chosen, active records only, by name."""
        entries = (entry for entry in self.lists.all(*kinds) if entry.active)
        return sorted(entries, key=lambda entry: entry.full_name.casefold())


def view_of(mapping: MappingSet, book: CoreBook, lists: Lists) -> MappingView:
    """Every code with its rule or suggestion, over QuickBooks' lists."""
    suggestions = {(one.kind, one.core_id): one for one in suggest(book, mapping, lists)}
    rows = tuple(
        _row(kind, core_id, name, detail, mapping, lists, suggestions.get((kind, core_id)))
        for kind, core_id, name, detail in codes(book)
    )
    projects = {project.core_id: project.name for project in book.projects.values()}
    overrides = tuple(_overrides(rows, mapping, lists, projects))
    return MappingView(mapping=mapping, rows=rows, lists=lists, overrides=overrides, projects=projects)


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
    state, target = state_of(rule, lists)
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


def _overrides(
    rows: tuple[CodeRow, ...], mapping: MappingSet, lists: Lists, projects: Mapping[str, str]
) -> Iterator[CodeRow]:
    """A line for each rule that holds for one project only."""
    by_code = {(row.kind, row.core_id): row for row in rows}
    for rule in mapping.rules:
        row = by_code.get((rule.kind, rule.core_id))
        if rule.project and row is not None:
            state, target = state_of(rule, lists)
            yield replace(
                row,
                rule=rule,
                state=state,
                target=target,
                suggestion=None,
                project=rule.project,
                project_name=projects.get(rule.project, ""),
            )


def state_of(rule: MappingRule | None, lists: Lists) -> tuple[str, str]:
    """Whether a rule can be used (Mapped, Unmapped or Inactive), and its target as people read it."""
    if rule is None:
        return "Unmapped", ""
    if rule.creates:
        return "Mapped", rule.create_name or CREATE
    entry = lists.get(rule.ledger_kind, rule.ledger_id)
    if entry is None:
        return "Inactive", f"no longer in QuickBooks ({rule.ledger_id})"
    return ("Mapped" if entry.active else "Inactive"), entry.full_name
