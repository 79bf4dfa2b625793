"""How the double writes its bodies and answers: plain JSON of our nouns, nothing of QuickBooks' own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbsync.domain import codec
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    EmployeeCard,
    ItemCard,
    LedgerKind,
    Operation,
    Posted,
    Reference,
    TimeEntry,
    VendorCard,
    WriteItem,
)


@dataclass(frozen=True, kw_only=True)
class AskedWrite:
    """One write as it was sent: what `refuse` looks at."""

    bid: str
    kind: LedgerKind
    operation: Operation
    content: Content | None
    id: str
    sync_token: str


def rendered(item: WriteItem) -> dict[str, str]:
    """One write as it is sent. Raises BadInput when it points at a record that is still to be made."""
    for _, reference in references(item.content):
        if reference.is_new:
            raise BadInput(f"{reference.name or reference.id} is not in QuickBooks yet.")
    return {
        "bid": item.bid,
        "kind": item.kind.value,
        "operation": item.operation.value,
        "content": codec.to_json(item.content),
        "id": item.posted.id if item.posted else "",
        "sync_token": item.posted.sync_token if item.posted else "",
    }


def read_asked(record: dict[str, str]) -> AskedWrite:
    """One write as it was sent."""
    kind = LedgerKind(record["kind"])
    return AskedWrite(
        bid=record["bid"],
        kind=kind,
        operation=Operation(record["operation"]),
        content=codec.from_json(kind, record["content"]),
        id=record["id"],
        sync_token=record["sync_token"],
    )


def dumped(posted: Posted) -> dict[str, Any]:
    """A record as it is answered."""
    assert posted.updated_at is not None
    return {
        "id": posted.id,
        "sync_token": posted.sync_token,
        "content": codec.to_json(posted.content),
        "active": posted.active,
        "total": None if posted.total is None else str(posted.total),
        "balance": None if posted.balance is None else str(posted.balance),
        "payment_ids": list(posted.payment_ids),
        "updated_at": posted.updated_at.isoformat(),
    }


def loaded(kind: LedgerKind, record: dict[str, Any]) -> Posted:
    """A record as it was answered."""
    content = codec.from_json(kind, record["content"])
    assert content is not None
    return Posted(
        kind=kind,
        id=record["id"],
        sync_token=record["sync_token"],
        content=content,
        active=record["active"],
        total=None if record["total"] is None else Decimal(record["total"]),
        balance=None if record["balance"] is None else Decimal(record["balance"]),
        payment_ids=tuple(record["payment_ids"]),
        updated_at=datetime.fromisoformat(record["updated_at"]),
    )


def name_of(content: Content) -> str:
    """The name that must be unique, "" for what has none."""
    return content.display_name if isinstance(content, CustomerCard | VendorCard | EmployeeCard | ItemCard) else ""


def references(content: Content | None) -> list[tuple[LedgerKind, Reference]]:
    """What a content points at, and of which kind it must be."""
    found: list[tuple[LedgerKind, Reference | None]] = []
    if isinstance(content, CustomerCard):
        found = [(LedgerKind.CUSTOMER, content.parent)]
    elif isinstance(content, ItemCard):
        found = [(LedgerKind.ACCOUNT, content.income_account)]
    elif isinstance(content, TimeEntry):
        found = [
            (content.worker_kind, content.worker),
            (LedgerKind.CUSTOMER, content.customer),
            (LedgerKind.ITEM, content.item),
            (LedgerKind.CLASS, content.class_ref),
        ]
    elif isinstance(content, BillDocument):
        found = [(LedgerKind.VENDOR, content.vendor)]
        for line in content.lines:
            found += [(LedgerKind.ACCOUNT, line.account), (LedgerKind.ITEM, line.item)]
            found += [(LedgerKind.CUSTOMER, line.customer)]
    return [(kind, reference) for kind, reference in found if reference is not None]
