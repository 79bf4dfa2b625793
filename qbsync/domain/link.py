"""A link ties a Core record to its QuickBooks record, and remembers what both said when they last agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qbsync.domain.decide import Agreed
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.wanted import SyncKind, key_of


class PaymentState(StrEnum):
    """Whether a posted bill has been paid in QuickBooks."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly paid"
    PAID = "paid"


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link. `agreed` is None for records that the mapping names, which are never written (`link_only`).

    `dropped` says that its deletion in QuickBooks was accepted. Total, balance and paid_on are of bills, as of
    the last pull; both amounts are in the company's currency.
    """

    kind: SyncKind
    core_id: str
    title: str
    ledger_kind: LedgerKind
    ledger_id: str
    sync_token: str = "0"
    agreed: Agreed | None = None
    link_only: bool = False
    dropped: bool = False
    generation: int = 0
    scope_date: date | None = None
    total: Decimal | None = None
    balance: Decimal | None = None
    paid_on: date | None = None
    run_id: str = ""

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)

    @property
    def payment_state(self) -> PaymentState | None:
        """How far a bill is paid; None where it is no bill or was never pulled."""
        if self.balance is None or self.total is None:
            return None
        if self.balance <= 0:
            return PaymentState.PAID
        return PaymentState.UNPAID if self.balance >= self.total else PaymentState.PARTLY_PAID


@dataclass(frozen=True, kw_only=True)
class PaymentStatus:
    """What a pull learned about one bill; both amounts are in the company's own currency, whatever the bill's is."""

    core_id: str
    total: Decimal
    balance: Decimal
    paid_on: date | None


@dataclass(frozen=True, kw_only=True)
class PullReport:
    """What a pull found: bills whose payment moved, and the records that differ or are gone."""

    pulled_at: datetime
    bills_checked: int
    payments_moved: tuple[str, ...]
    edited: tuple[str, ...]
    orphaned: tuple[str, ...]
