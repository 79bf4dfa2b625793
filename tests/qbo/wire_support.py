"""Writes of one record and the records they make, for the tests of the wire."""

from __future__ import annotations

from qbsync.domain.ledger import BillDocument, LedgerKind, Operation, TimeEntry, WriteItem
from qbsync.qbo.wire import read_posted, request_item
from qbsync.qbo.wire_json import dumps, loads

SERVER_FIELDS = {
    "Id": "7",
    "SyncToken": "3",
    "domain": "QBO",
    "sparse": False,
    "MetaData": {"CreateTime": "2026-01-01T08:00:00-08:00", "LastUpdatedTime": "2026-11-20T10:26:25-08:00"},
}


def item(kind, operation, content=None, posted=None):
    return WriteItem(bid="0", kind=kind, operation=operation, content=content, posted=posted)


def time_in(stored) -> TimeEntry:
    """The hours that a stored time activity holds."""
    content = read_posted(LedgerKind.TIME_ACTIVITY, stored).content
    assert isinstance(content, TimeEntry)
    return content


def bill_in(stored) -> BillDocument:
    """The bill that a stored bill holds."""
    content = read_posted(LedgerKind.BILL, stored).content
    assert isinstance(content, BillDocument)
    return content


def created(kind, content):
    """The record as QuickBooks holds it after our create."""
    sent = loads(dumps(request_item(item(kind, Operation.CREATE, content))))
    return {**sent[kind.value], **SERVER_FIELDS}


def updated(kind, content, stored):
    """The object that an update sends for `stored`."""
    posted = read_posted(kind, stored)
    return loads(dumps(request_item(item(kind, Operation.UPDATE, content, posted))))[kind.value]
