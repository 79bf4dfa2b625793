"""How Core's records stand with QuickBooks, a kind at a time, by what we know: QuickBooks is not asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from qbsync.domain.asked import want_all
from qbsync.domain.book import CoreBook
from qbsync.domain.capability import bars
from qbsync.domain.ledger import Company, LedgerKind, ListEntry
from qbsync.domain.link import Link
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.plan import Scope
from qbsync.domain.record_state import Known, RecordState, Stand, stands_of, together
from qbsync.domain.records import CoreKind
from qbsync.domain.resolve import NOUNS, Lists, Resolver, place_of
from qbsync.domain.wanted import NAME_SYNC_KINDS, SYNCED_AS, SyncKind, key_of
from qbsync.services.stores import ConnectionStore, CoreStore, HistoryStore, LeftAloneStore, LinkStore, MappingStore
from qbsync.services.story import ROW_PARTS

T = TypeVar("T")
SERVICE = "Service"  # the type of items that are made
ROWS_MAX = 5_000  # payroll rows that are worked out, in whole weeks from the newest: a screen is not made to wait


@dataclass(frozen=True, kw_only=True)
class States:
    """How each record of a kind stands, by its Core id. `weeks` are the weeks of hours that were worked out."""

    of: Mapping[str, Stand]
    weeks: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Standings:
    """The use case behind the column *State* of Core data."""

    core: CoreStore
    connections: ConnectionStore
    mappings: MappingStore
    links: LinkStore
    left_alone: LeftAloneStore
    history: HistoryStore

    def states(self, connection_id: int, kind: CoreKind, *, book: CoreBook | None = None) -> States:
        """How the records of a kind stand. `book` is Core's records where the caller has them at hand."""
        book = book or self.core.book()
        synced = SYNCED_AS[kind]
        if synced is SyncKind.TIME_ENTRY:
            weeks = newest_weeks(book)
            return States(of=_of_rows(*self._found(connection_id, book, synced, weeks)), weeks=weeks)
        found, links = self._found(connection_id, book, synced, frozenset())
        by_id = _of_kind(found, synced)
        if synced is SyncKind.BILL:
            return States(of=by_id)
        mapping = self.mappings.current(connection_id)
        lists = Lists.of(self.connections.lists(connection_id))
        names = _of_kind(book.names(), synced)
        return States(of={one: by_id.get(one) or _unwanted(one, kind, mapping, lists, links) for one in names})

    def _found(
        self, connection_id: int, book: CoreBook, synced: SyncKind, weeks: frozenset[date]
    ) -> tuple[dict[str, Stand], dict[str, Link]]:
        """How the kind and all names stand, and their links, by key."""
        company = self.connections.company(connection_id)
        links = self._links(connection_id, book, synced, weeks)
        made = {link.key: link for link in links.values() if _is_made(link)}
        lists = _with_made(self.connections.lists(connection_id), made.values(), company)
        targets = {key: (link.ledger_kind, link.ledger_id) for key, link in made.items()}
        resolver = Resolver(self.mappings.current(connection_id), lists, targets, book.names())
        wanted = want_all(book, resolver, company, Scope(kinds=frozenset({synced}), weeks=weeks))
        known = Known(
            links=links,
            left=self.left_alone.all(connection_id).keys(),
            ended=self.history.ended_badly(connection_id),
            barred=bars(company),
        )
        return stands_of(wanted, known), links

    def _links(self, connection_id: int, book: CoreBook, synced: SyncKind, weeks: frozenset[date]) -> dict[str, Link]:
        """The links of the kind and of all names, by key: of records that Core has, however many it had over years."""
        ids = {kind: list(_of_kind(book.names(), kind)) for kind in NAME_SYNC_KINDS}
        if synced is SyncKind.BILL:
            ids[synced] = [bill.core_id for bill in book.bills]
        found = [link for kind, some in ids.items() for link in self.links.of_records(connection_id, kind, some)]
        if synced is SyncKind.TIME_ENTRY and weeks:
            found += self.links.among(connection_id, {synced}, weeks)
        return {link.key: link for link in found}


def newest_weeks(book: CoreBook) -> frozenset[date]:
    """The newest weeks of hours that have no more than ROWS_MAX rows together; the newest one always."""
    rows = Counter(row.week_ending for row in book.payroll_rows)
    chosen: list[date] = []
    total = 0
    for week in sorted(rows, reverse=True):
        total += rows[week]
        if chosen and total > ROWS_MAX:
            break
        chosen.append(week)
    return frozenset(chosen)


def _is_made(link: Link) -> bool:
    """Whether a name of ours stands in QuickBooks because a run made or matched it, and not by the mapping."""
    return link.kind in NAME_SYNC_KINDS and not link.link_only and not link.dropped


def _with_made(read: Mapping[LedgerKind, list[ListEntry]], links: Iterable[Link], company: Company) -> Lists:
    """QuickBooks' lists with the names that runs have made since they were read."""
    made = [
        ListEntry(
            kind=link.ledger_kind,
            id=link.ledger_id,
            name=link.title,
            full_name=link.title,
            type=SERVICE if link.ledger_kind is LedgerKind.ITEM else "",
            currency=company.home_currency,
        )
        for link in links
    ]
    kinds = {*read, *(one.kind for one in made)}
    listed = {kind: {one.id: one for one in made if one.kind is kind} for kind in kinds}
    return Lists({kind: {**new, **{one.id: one for one in read.get(kind, [])}} for kind, new in listed.items()})


def _of_kind(found: Mapping[str, T], synced: SyncKind) -> dict[str, T]:
    """What is found of one kind, by Core id."""
    begin = key_of(synced, "")
    return {key.removeprefix(begin): one for key, one in found.items() if key.startswith(begin)}


def _of_rows(found: Mapping[str, Stand], links: Mapping[str, Link]) -> dict[str, Stand]:
    """How payroll rows stand, by their time entries; one that is posted and wanted no more is a change."""
    parts: dict[str, list[Stand]] = defaultdict(list)
    for core_id, stand in _of_kind(found, SyncKind.TIME_ENTRY).items():
        parts[_row_of(core_id)].append(stand)
    for core_id, link in _of_kind(links, SyncKind.TIME_ENTRY).items():
        if not link.dropped and link.key not in found:
            parts[_row_of(core_id)].append(Stand(state=RecordState.CHANGED))
    return {row: together(stands) for row, stands in parts.items()}


def _row_of(core_id: str) -> str:
    return "|".join(core_id.split("|")[:ROW_PARTS])


def _unwanted(core_id: str, kind: CoreKind, mapping: MappingSet, lists: Lists, links: Mapping[str, Link]) -> Stand:
    """How a name or code stands that nothing is wanted of: its mapping was taken away, or it needs no record."""
    rule = mapping.rule(MapKind(kind.value), core_id)
    if rule is not None and not rule.creates:  # a cost code
        what = f"{NOUNS[MapKind(kind.value)]} {core_id}"
        resolver = Resolver(mapping, lists, {})
        place = place_of(MapKind(kind.value), core_id)
        issues = resolver.existing(rule.ledger_kind, rule.ledger_id, what, what, place).issues
        return Stand(state=RecordState.BLOCKED if issues else RecordState.LINKED, issues=issues)
    link = links.get(key_of(SYNCED_AS[kind], core_id))
    return Stand(state=RecordState.SYNCED if link is not None and not link.link_only else RecordState.UNMAPPED)
