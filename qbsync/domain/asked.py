"""What a preview looks at: of all that Core wants, what its scope asks for, and the names that this needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import Company
from qbsync.domain.link import Link
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.of_projects import keys_of_projects
from qbsync.domain.of_weeks import keys_of_weeks
from qbsync.domain.plan import Change, Scope
from qbsync.domain.posted import Reserved
from qbsync.domain.resolve import Resolver
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_names import want_names
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import NAME_SYNC_KINDS, SyncKind, Wanted


def want_all(book: CoreBook, resolver: Resolver, company: Company, scope: Scope) -> list[Wanted]:
    """Everything Core wants, narrowed by weeks; names always, since others may need them."""
    currency = company.home_currency if company.several_currencies else ""
    wanted = [*want_names(book, resolver, currency), *want_items(book, resolver)]
    if scope.includes(SyncKind.BILL):
        wanted += want_bills(book, resolver, closed_through=company.books_closed_through, currency=currency)
    if scope.includes(SyncKind.TIME_ENTRY):
        wanted += want_time(book, resolver, scope.weeks or None, currency=currency)
    return wanted


def in_scope(wanted: Sequence[Wanted], scope: Scope) -> Iterator[Wanted]:
    """The kinds asked for, and the names that those require (a project brings its customer)."""
    if not scope.kinds:
        yield from wanted
        return
    by_key = {one.key: one for one in wanted}
    asked = [one for one in wanted if scope.includes(one.kind)]
    needed: dict[str, Wanted] = {}
    queue = list(asked)
    while queue:
        one = queue.pop()
        if one.key not in needed:
            needed[one.key] = one
            queue += [by_key[key] for key in one.requires if key in by_key]
    yield from (one for one in wanted if one.key in needed)


def kinds_in_play(scope: Scope) -> set[SyncKind]:
    """The kinds whose links are compared: names always, the rest only where all that Core wants of it is asked for."""
    return set(NAME_SYNC_KINDS) | {kind for kind in (SyncKind.BILL, SyncKind.TIME_ENTRY) if scope.includes(kind)}


def reserved_by(mapping: MappingSet) -> Reserved:
    """What the mapping gives to names of each kind; customers and projects share QuickBooks' customers."""
    customers = mapping.targets(MapKind.CUSTOMER, MapKind.PROJECT)
    return {
        SyncKind.CUSTOMER: customers,
        SyncKind.PROJECT: customers,
        SyncKind.VENDOR: mapping.targets(MapKind.VENDOR),
        SyncKind.EMPLOYEE: mapping.targets(MapKind.EMPLOYEE),
    }


def keys_asked_for(
    scope: Scope, changes: Collection[Change], book: CoreBook, links: Iterable[Link]
) -> Collection[str] | None:
    """The keys of the records that are to be kept of those compared; None where that is all of them."""
    asked: list[Collection[str]] = [scope.records] if scope.records else []
    if scope.projects:
        asked.append(keys_of_projects(scope, changes, book, links))
    if scope.weeks and not scope.records:  # a record that is named has any date
        asked.append(keys_of_weeks(scope, changes))
    return set(asked[0]).intersection(*asked[1:]) if asked else None
