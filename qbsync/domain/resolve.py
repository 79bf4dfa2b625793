"""Find the QuickBooks record that stands for a Core code, or every reason why none can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind, ListEntry, Reference
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet
from qbsync.domain.place import Place
from qbsync.domain.wanted import SyncKind, key_of

SYNC_KINDS = {
    MapKind.CUSTOMER: SyncKind.CUSTOMER,
    MapKind.PROJECT: SyncKind.PROJECT,
    MapKind.EMPLOYEE: SyncKind.EMPLOYEE,
    MapKind.COST_CODE: SyncKind.ITEM,
    MapKind.VENDOR: SyncKind.VENDOR,
}
MAP_KINDS = {kind: mapped for mapped, kind in SYNC_KINDS.items()}
NOUNS = {
    MapKind.CUSTOMER: "Customer",
    MapKind.PROJECT: "Project",
    MapKind.EMPLOYEE: "Employee",
    MapKind.VENDOR: "Vendor",
    MapKind.COST_CODE: "Cost code",
}


def rule_name(rule: MappingRule) -> str:
    """What a rule is called: `Vendor V1`, `Cost code 03-310 on project 24-101`."""
    return f"{NOUNS[rule.kind]} {rule.core_id}" + (f" on project {rule.project}" if rule.project else "")


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A reference that can be written, or the issues why there is none. `requires` is a record to be made first."""

    reference: Reference | None = None
    ledger_kind: LedgerKind = LedgerKind.CUSTOMER
    issues: tuple[Issue, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lists:
    """QuickBooks' lists, by kind and id."""

    entries: Mapping[LedgerKind, Mapping[str, ListEntry]]

    @classmethod
    def of(cls, lists: Mapping[LedgerKind, Sequence[ListEntry]]) -> Lists:
        return cls({kind: {entry.id: entry for entry in entries} for kind, entries in lists.items()})

    def get(self, kind: LedgerKind, record_id: str) -> ListEntry | None:
        return self.entries.get(kind, {}).get(record_id)

    def all(self, *kinds: LedgerKind) -> list[ListEntry]:
        return [entry for kind in kinds for entry in self.entries.get(kind, {}).values()]


@dataclass(frozen=True)
class Resolver:
    """Resolves codes against one saved mapping, the links made so far, and QuickBooks' lists.

    `links` maps a record's key to its QuickBooks kind and id, `names` to Core's name of it.
    """

    mapping: MappingSet
    lists: Lists
    links: Mapping[str, tuple[LedgerKind, str]]
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, kind: MapKind, core_id: str, record: str) -> Resolved:
        """The QuickBooks name record of a customer, project, employee or vendor, for use by `record`."""
        rule = self.mapping.rule(kind, core_id)
        key = key_of(SYNC_KINDS[kind], core_id)
        if rule is not None and not rule.creates:
            return self.existing(
                rule.ledger_kind, rule.ledger_id, record, self.told(kind, core_id), place_of(kind, core_id)
            )
        linked = self.links.get(key)
        if linked is not None and (rule is None or linked[0] is rule.ledger_kind):  # not one of an earlier kind
            return self.existing(*linked, record, self.told(kind, core_id), place_of(kind, core_id))
        if rule is None:
            return Resolved(issues=(self.unmapped(kind, core_id, record),))
        reference = Reference(id=f"new:{key}", name=rule.create_name or self.names.get(key, core_id))
        return Resolved(reference=reference, ledger_kind=rule.ledger_kind, requires=(key,))

    def told(self, kind: MapKind, core_id: str) -> str:
        """A code as people know it: `Employee E-122 (Stephen Park)`, `Cost code 03-300 Concrete labor`."""
        name = self.names.get(key_of(SYNC_KINDS[kind], core_id), "")
        if not name or name == core_id:
            return f"{NOUNS[kind]} {core_id}"
        return f"{NOUNS[kind]} {name}" if kind is MapKind.COST_CODE else f"{NOUNS[kind]} {core_id} ({name})"

    def unmapped(self, kind: MapKind, core_id: str, record: str) -> Issue:
        """The issue of a code that nobody has mapped yet, for `record` which needs it."""
        return Issue.at(
            place_of(kind, core_id),
            record=record,
            field=kind.value,
            problem=f"{self.told(kind, core_id)} is not mapped.",
            remedy="Choose its QuickBooks record on the Mapping page.",
        )

    def cost_code(self, core_id: str, project: str) -> MappingRule | None:
        """The rule of a cost code, the project's own first."""
        return self.mapping.rule(MapKind.COST_CODE, core_id, project=project)

    def existing(self, kind: LedgerKind, ledger_id: str, record: str, what: str, place: Place) -> Resolved:
        """A reference to a record that QuickBooks has, or why it cannot be used. `place` is where it was chosen."""
        entry = self.lists.get(kind, ledger_id)
        if entry is None:
            problem = f"{what} is mapped to a QuickBooks {kind.word} (id {ledger_id}) that is no longer there."
            remedy = "Choose another on the Mapping page."
        elif not entry.active:
            problem = f'{what} is mapped to "{entry.name}", which is inactive in QuickBooks.'
            remedy = "Make it active there, or choose another on the Mapping page."
        else:
            return Resolved(reference=Reference(id=entry.id, name=entry.full_name or entry.name), ledger_kind=kind)
        return Resolved(
            ledger_kind=kind,
            issues=(Issue.at(place, record=record, field="mapping", problem=problem, remedy=remedy),),
        )


def in_another_currency(
    resolver: Resolver, kind: LedgerKind, resolved: Resolved, home: str, record: str
) -> tuple[Issue, ...]:
    """The issue of a vendor or customer that QuickBooks keeps in another currency than Core's amounts are in."""
    entry = resolver.lists.get(kind, resolved.reference.id) if resolved.reference else None
    if entry is None or not home or entry.currency in ("", home):
        return ()
    noun = kind.word
    return (
        Issue(
            record=record,
            field="currency",
            problem=f'{kind.value} "{entry.name}" is kept in {entry.currency} in QuickBooks, and Core\'s amounts are '
            f"in {home}.",
            remedy=f"Choose a {noun} that is kept in {home} on the Mapping page (QuickBooks never changes the currency "
            f"of a {noun}), or enter it in QuickBooks by hand.",
            screen="mapping",
        ),
    )


def place_of(kind: MapKind, core_id: str) -> Place:
    """Where a code is mapped."""
    return Place("mapping", kind.value, core_id)


def noun_of(kind: LedgerKind) -> str:
    """The kind with its article, inside a sentence: "a vendor", "an employee"."""
    noun = kind.word
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
