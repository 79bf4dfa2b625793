"""What QuickBooks holds now, indexed for deciding: by id, by our mark, and by natural key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    EmployeeCard,
    ItemCard,
    LedgerKind,
    Posted,
    TimeEntry,
    VendorCard,
)
from qbsync.domain.wanted import SyncKind, Wanted, mark_of

MARK = re.compile(r"\[(PF-[A-Z2-7]{10})\]")

NaturalKey = tuple[object, ...]
Reserved = Mapping[SyncKind, Collection[tuple[LedgerKind, str]]]  # kind of a Core name → records that stand for others


def natural_key(content: Content) -> NaturalKey:
    """By what a record is recognised where there is no link.

    Names by name, bills by vendor and number, time entries by worker, date, customer, item and minutes.
    """
    match content:
        case TimeEntry():
            worker = (content.worker_kind, content.worker)
            return (worker, content.txn_date, content.customer, content.item, content.minutes)
        case BillDocument():
            return (content.vendor, content.number.casefold())
        case CustomerCard() | VendorCard() | EmployeeCard() | ItemCard():
            return (content.display_name.casefold(),)


def mark_in(content: Content) -> str:
    """Our mark in a posted record's text; "" when it has none."""
    text = content.description if isinstance(content, TimeEntry) else ""
    text = content.memo if isinstance(content, BillDocument) else text
    found = MARK.search(text)
    return found.group(1) if found else ""


@dataclass
class Ledgerbook:
    """Posted records of one look at QuickBooks. A record that was matched once is not matched again."""

    by_id: dict[tuple[LedgerKind, str], Posted] = field(default_factory=dict)
    _by_mark: dict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))
    _by_nature: dict[tuple[LedgerKind, NaturalKey], list[Posted]] = field(default_factory=lambda: defaultdict(list))
    _taken: set[tuple[LedgerKind, str]] = field(default_factory=set)
    _reserved: Reserved = field(default_factory=dict)

    @classmethod
    def of(
        cls, records: Iterable[Posted], linked: Iterable[tuple[LedgerKind, str]], reserved: Reserved | None = None
    ) -> Ledgerbook:
        """Index records; those that are linked already, or `reserved` for others of a kind, are found by id only."""
        book = cls(_reserved=reserved or {})
        book._taken.update(linked)
        for record in records:
            book.add(record)
        return book

    def add(self, record: Posted) -> None:
        key = (record.kind, record.id)
        if key in self.by_id:
            return
        self.by_id[key] = record
        if key in self._taken or not record.active:
            return
        mark = mark_in(record.content)
        if mark:
            self._by_mark[mark].append(record)
        else:
            self._by_nature[record.kind, natural_key(record.content)].append(record)

    def match(self, wanted: Wanted) -> Posted | None:
        """The record that is probably this one: it carries its mark, or it has its natural key and no mark at all."""
        if wanted.content is None:
            return None
        candidates: list[Posted] = [
            *self._by_mark.get(mark_of(wanted.core_id), ()),
            *self._by_nature.get((wanted.ledger_kind, natural_key(wanted.content)), ()),
        ]
        for record in candidates:
            key = (record.kind, record.id)
            if key in self._reserved.get(wanted.kind, ()):
                continue
            if record.kind is wanted.ledger_kind and key not in self._taken:
                self._taken.add(key)
                return record
        return None
