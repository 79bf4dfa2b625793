"""Look at QuickBooks: read what a preview or a pull needs, completely, in as few questions as it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from qbsync.domain.ledger import NAMED_KINDS, BillDocument, Company, LedgerKind, ListEntry, Posted, TimeEntry
from qbsync.domain.link import Link
from qbsync.domain.ports import Ledger
from qbsync.domain.posted import Ledgerbook, Reserved
from qbsync.domain.wanted import Wanted

BILL_KINDS = (LedgerKind.BILL, LedgerKind.VENDOR_CREDIT)


def read_lists(ledger: Ledger, company: Company) -> dict[LedgerKind, list[ListEntry]]:
    """All lists that mappings choose from. One that the company has no more is empty."""
    return {LedgerKind.CLASS: [], **{kind: ledger.entries(kind) for kind in company.list_kinds}}


def look(
    ledger: Ledger,
    wanted: Sequence[Wanted],
    links: Sequence[Link],
    lists: dict[LedgerKind, list[ListEntry]],
    reserved: Reserved | None = None,
) -> Ledgerbook:
    """Everything in QuickBooks that bears on these records and links.

    `reserved` are records that stand for others of a kind already, by the mapping: none is matched to a new one.
    """
    written = [link for link in links if not link.link_only and not link.dropped]
    book = Ledgerbook.of((), ((link.ledger_kind, link.ledger_id) for link in written), reserved or {})
    for record in _dated(ledger, wanted, written):
        book.add(record)
    for kind, ids in _named(wanted, written, lists, book).items():
        for record in ledger.by_ids(kind, sorted(ids)).values():
            book.add(record)
    there = {link.key for link in written if (link.ledger_kind, link.ledger_id) in book.by_id}
    for record in _numbered(ledger, wanted, there):
        book.add(record)
    return book


def _dated(ledger: Ledger, wanted: Iterable[Wanted], links: Iterable[Link]) -> Iterator[Posted]:
    """Time entries and bills, by windows of their dates."""
    dates: dict[LedgerKind, set[date]] = defaultdict(set)
    contents = [(one.ledger_kind, one.content) for one in wanted]
    contents += [(link.ledger_kind, link.agreed.posted) for link in links if link.agreed]
    for kind, content in contents:
        if isinstance(content, TimeEntry | BillDocument):
            dates[kind].add(content.txn_date)
    if dates[LedgerKind.TIME_ACTIVITY]:
        for first, last in windows(dates[LedgerKind.TIME_ACTIVITY]):
            yield from ledger.time_entries(first, last)
    bill_dates = dates[LedgerKind.BILL] | dates[LedgerKind.VENDOR_CREDIT]
    for kind in BILL_KINDS:
        for first, last in windows(bill_dates):
            yield from ledger.bills(kind, first, last)


def _numbered(ledger: Ledger, wanted: Iterable[Wanted], there: Collection[str]) -> Iterator[Posted]:
    """Bills with the number of one that is new, or gone: somebody may have entered it under another date."""
    numbers: dict[LedgerKind, list[str]] = defaultdict(list)
    for one in wanted:
        if isinstance(one.content, BillDocument) and one.content.number and one.key not in there:
            numbers[one.ledger_kind].append(one.content.number)
    for kind, found in numbers.items():
        yield from ledger.bills_numbered(kind, found)


def windows(dates: Iterable[date], gap: timedelta = timedelta(days=35)) -> list[tuple[date, date]]:
    """The fewest spans that hold all dates without long empty stretches between."""
    spans: list[tuple[date, date]] = []
    for day in sorted(dates):
        if spans and day - spans[-1][1] <= gap:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _named(
    wanted: Iterable[Wanted],
    links: Iterable[Link],
    lists: dict[LedgerKind, list[ListEntry]],
    book: Ledgerbook,
) -> dict[LedgerKind, set[str]]:
    """The ids to ask for one by one: linked records not seen yet, and names that a wanted record would repeat."""
    ids: dict[LedgerKind, set[str]] = defaultdict(set)
    for link in links:
        if (link.ledger_kind, link.ledger_id) not in book.by_id:
            ids[link.ledger_kind].add(link.ledger_id)
    names = {
        (kind, entry.name.casefold()): entry.id for kind in NAMED_KINDS for entry in lists.get(kind, []) if entry.active
    }
    for one in wanted:
        name = getattr(one.content, "display_name", None)
        holder = names.get((one.ledger_kind, name.casefold())) if name else None
        if holder:
            ids[one.ledger_kind].add(holder)
    return ids
