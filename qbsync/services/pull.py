"""Pull: bring back what happened in QuickBooks since the last sync. It overwrites nothing on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from qbsync.domain.ledger import LedgerKind, Payment, Posted
from qbsync.domain.link import Link, PaymentStatus, PullReport
from qbsync.domain.ports import Clock, Ledger
from qbsync.domain.posted import Ledgerbook
from qbsync.domain.their_class import is_edited
from qbsync.services.look import look
from qbsync.services.stores import ConnectionStore, LedgerOf, LinkStore


@dataclass(frozen=True, kw_only=True)
class Pulling:
    """The use case of the Pull button. Conflicts found here are shown, and decided in a preview."""

    connections: ConnectionStore
    links: LinkStore
    ledger_of: LedgerOf
    clock: Clock

    def pull(self, connection_id: int) -> PullReport:
        """Read every linked record: payments are noted, edits and deletions reported."""
        ledger = self.ledger_of(connection_id)
        links = [link for link in self.links.all(connection_id) if not link.link_only and not link.dropped]
        book = look(ledger, [], links, {})
        moved = self.note_payments(connection_id, ledger, links, book)
        seen = [(link, _seen(link, book)) for link in links]
        return PullReport(
            pulled_at=self.clock(),
            bills_checked=sum(1 for link in links if link.ledger_kind is LedgerKind.BILL),
            payments_moved=tuple(link.title for link in moved),
            edited=tuple(
                link.title for link, posted in seen if posted and link.agreed and is_edited(link.agreed, posted)
            ),
            orphaned=tuple(link.title for link, posted in seen if posted is None),
        )

    def note_payments(self, connection_id: int, ledger: Ledger, links: Sequence[Link], book: Ledgerbook) -> list[Link]:
        """Keep what posted bills still owe and when they were last paid; returns the links that moved."""
        bills = [
            (link, posted)
            for link in links
            if link.ledger_kind is LedgerKind.BILL and (posted := _seen(link, book)) is not None
        ]
        touched = [(link, posted) for link, posted in bills if _moved(link, posted)]
        paid = _last_paid(ledger, [posted for _, posted in touched])
        at = self.clock()
        found = [
            (link, PaymentStatus(core_id=link.core_id, total=total, balance=balance, paid_on=paid.get(posted.id)))
            for link, posted in touched
            if (total := posted.home_total) is not None and (balance := posted.home_balance) is not None
        ]
        self.links.save_payments(connection_id, found, at)
        self.connections.save_pulled(connection_id, at)
        return [link for link, posted in touched if _is_paid_otherwise(link, posted)]

    def payment_status(self, connection_id: int) -> list[PaymentStatus]:
        """What is known of each posted bill."""
        return [
            PaymentStatus(core_id=link.core_id, total=link.total, balance=link.balance, paid_on=link.paid_on)
            for link in self.links.all(connection_id)
            if link.total is not None and link.balance is not None
        ]

    def pulled_at(self, connection_id: int) -> datetime | None:
        """When payments were last brought back."""
        return self.connections.pulled_at(connection_id)


def _seen(link: Link, book: Ledgerbook) -> Posted | None:
    """The linked record as QuickBooks has it; None when it is gone or inactive."""
    posted = book.by_id.get((link.ledger_kind, link.ledger_id))
    return posted if posted is not None and posted.active else None


def _moved(link: Link, posted: Posted) -> bool:
    undated = link.paid_on is None and bool(posted.payment_ids)  # a sync wrote the bill anew after its payment
    return undated or (link.total, link.balance) != (posted.home_total, posted.home_balance)


def _is_paid_otherwise(link: Link, posted: Posted) -> bool:
    """Whether more or less of a bill is paid than when it was looked at last; an edit moves what it owes as well."""
    before, now = _paid(link.total, link.balance), _paid(posted.home_total, posted.home_balance)
    return None not in (before, now) and before != now


def _paid(total: Decimal | None, balance: Decimal | None) -> Decimal | None:
    return None if total is None or balance is None else total - balance


def _last_paid(ledger: Ledger, bills: Sequence[Posted]) -> dict[str, date]:
    """The date of the latest payment of each bill that has one."""
    ids = sorted({payment_id for bill in bills for payment_id in bill.payment_ids})
    payments: list[Payment] = ledger.payments(ids) if ids else []
    paid: dict[str, date] = {}
    for payment in payments:
        for bill_id, amount in payment.amounts.items():
            if amount > Decimal(0):
                paid[bill_id] = max(paid.get(bill_id, payment.txn_date), payment.txn_date)
    return paid
