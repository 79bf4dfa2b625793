"""A company with one of everything, in memory or in a running local QuickBooks, and what others do to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

import requests

from qbsync.domain.connection import TokenSet
from qbsync.domain.ledger import (
    BillDocument,
    Company,
    CustomerCard,
    EmployeeCard,
    LedgerKind,
    Reference,
    VendorCard,
)
from qbsync.domain.ports import Ledger
from qbsync.qbo.auth import OAuthClient
from qbsync.qbo.endpoints import Endpoints
from qbsync.qbo.transport import Transport
from tests.doubles.ledger import MemoryLedger

REALM = "9130357766900100"
REDIRECT_URI = "http://127.0.0.1:8501/oauth2callback"


def now() -> datetime:
    """The time, for what really talks to another process."""
    return datetime.now(UTC)


class Others(Protocol):
    """What other people, and bad luck, do to a company."""

    def edit_memo(self, bill_id: str, memo: str) -> None: ...
    def delete(self, kind: LedgerKind, record_id: str) -> None: ...
    def deactivate(self, kind: LedgerKind, record_id: str) -> None: ...
    def pay(self, bill_id: str, amount: Decimal) -> None: ...
    def lose_next_answer(self, *, after_write: bool, single: bool = False) -> None: ...


@dataclass(frozen=True, kw_only=True)
class World:
    """A company with one of everything that a bill or a time entry points at."""

    ledger: Ledger
    others: Others
    account: Reference
    income_account: Reference
    item: Reference
    customer: Reference
    vendor: Reference
    employee: Reference
    numbers: Iterator[int]

    def fresh(self, word: str) -> str:
        """A name that nobody had before."""
        return f"{word} {next(self.numbers)}"


# --- in memory


@dataclass(frozen=True)
class MemoryOthers:
    """Tells the double what others do."""

    ledger: MemoryLedger

    def edit_memo(self, bill_id: str, memo: str) -> None:
        content = self.ledger.posted[LedgerKind.BILL, bill_id].content
        assert isinstance(content, BillDocument)
        self.ledger.edit(LedgerKind.BILL, bill_id, BillDocument(**{**vars(content), "memo": memo}))

    def delete(self, kind: LedgerKind, record_id: str) -> None:
        self.ledger.delete(kind, record_id)

    def deactivate(self, kind: LedgerKind, record_id: str) -> None:
        self.ledger.deactivate(kind, record_id)

    def pay(self, bill_id: str, amount: Decimal) -> None:
        self.ledger.pay(bill_id, amount)

    def lose_next_answer(self, *, after_write: bool, single: bool = False) -> None:
        self.ledger.lose_next_answer(after_write=after_write)


def memory_world(numbers: Iterator[int]) -> World:
    """A company in memory whose books are closed through August 2026."""
    ledger = MemoryLedger(Company(realm_id=REALM, name="Memory Builders", books_closed_through=date(2026, 8, 31)))
    account = ledger.add_entry(LedgerKind.ACCOUNT, "Job Materials", type="Cost of Goods Sold")
    income = ledger.add_entry(LedgerKind.ACCOUNT, "Services", type="Income")
    item = ledger.add_entry(LedgerKind.ITEM, "Hours", type="Service", expense_account_id=account.id)
    customer = ledger.add(LedgerKind.CUSTOMER, CustomerCard(display_name="Harborview"))
    vendor = ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix"))
    employee = ledger.add(
        LedgerKind.EMPLOYEE, EmployeeCard(display_name="Ada Stone", given_name="Ada", family_name="Stone")
    )
    return World(
        ledger=ledger,
        others=MemoryOthers(ledger),
        account=Reference(id=account.id),
        income_account=Reference(id=income.id),
        item=Reference(id=item.id),
        customer=Reference(id=customer.id),
        vendor=Reference(id=vendor.id),
        employee=Reference(id=employee.id),
        numbers=numbers,
    )


# --- over HTTP


@dataclass
class StoredTokens:
    """The tokens of one consent; refreshes them when they are rejected."""

    client: OAuthClient
    tokens: TokenSet
    rejections: int = 0

    def access_token(self) -> str:
        return self.tokens.access_token

    def access_rejected(self, token: str) -> str:
        self.rejections += 1
        self.tokens = self.client.refresh(self.tokens.refresh_token)
        return self.tokens.access_token


@dataclass
class NoThrottle:
    """Lets everybody through, and remembers the pauses."""

    paused: list[datetime] = field(default_factory=list)

    def reserve(self, channel: str) -> float:
        return 0.0

    def not_answered(self, channel: str) -> None:
        """Nothing is counted."""

    def pause_until(self, moment: datetime) -> None:
        self.paused.append(moment)


@dataclass(frozen=True, kw_only=True)
class LocalQuickBooks:
    """A running local QuickBooks, our consent to its first company, and its control addresses."""

    base: str
    endpoints: Endpoints
    tokens: StoredTokens
    transport: Transport

    def control(self, command: str, **given: Any) -> None:
        response = requests.post(f"{self.base}/_sandbox/{command}", json=given, timeout=10)
        assert response.ok, response.text


@dataclass(frozen=True)
class LocalOthers:
    """Does what others do through the control addresses."""

    local: LocalQuickBooks

    def edit_memo(self, bill_id: str, memo: str) -> None:
        self._touch("edit", LedgerKind.BILL, bill_id, changes={"PrivateNote": memo})

    def delete(self, kind: LedgerKind, record_id: str) -> None:
        self._touch("delete", kind, record_id)

    def deactivate(self, kind: LedgerKind, record_id: str) -> None:
        self._touch("deactivate", kind, record_id)

    def pay(self, bill_id: str, amount: Decimal) -> None:
        self.local.control(f"{REALM}/pay", bill_id=bill_id, amount=str(amount))

    def lose_next_answer(self, *, after_write: bool, single: bool = False) -> None:
        kind = "drop_after_write" if after_write else "drop_before"
        self.local.control("faults", kind=kind, route="timeactivity" if single else "batch", count=1)

    def _touch(self, command: str, kind: LedgerKind, record_id: str, **given: Any) -> None:
        self.local.control(f"{REALM}/{command}", entity=kind.value, id=record_id, **given)
