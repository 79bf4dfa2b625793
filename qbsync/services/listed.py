"""QuickBooks' lists as last read, looked into only when something must be named."""

from __future__ import annotations

from functools import cache

from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.resolve import Lists
from qbsync.domain.uses import EntryOf
from qbsync.services.stores import ConnectionStore


def last_read(connections: ConnectionStore, connection_id: int) -> EntryOf:
    """Finds a row of a company's lists; they are read from the database at the first question, once."""

    @cache
    def lists() -> Lists:
        return Lists.of(connections.lists(connection_id))

    def entry_of(kind: LedgerKind, record_id: str) -> ListEntry | None:
        return lists().get(kind, record_id)

    return entry_of
