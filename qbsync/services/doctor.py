"""Doctor: read what the connected company is and allows, and say what would be in the way of a sync."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qbsync.domain.capability import Finding, blocking, findings, with_time_item
from qbsync.domain.ledger import Company, LedgerKind
from qbsync.domain.ports import Clock, Ledger
from qbsync.services.stores import ConnectionStore, LedgerOf


@dataclass(frozen=True, kw_only=True)
class Examination:
    """The company's facts as just read, and what they mean. `metered_reads` are all of this month (UTC)."""

    company: Company
    findings: tuple[Finding, ...]
    metered_reads: int

    @property
    def blocks(self) -> bool:
        """Whether anything cannot be synced at all."""
        return bool(blocking(self.findings))


@dataclass(frozen=True, kw_only=True)
class Examining:
    """The use case of `qbsync doctor`."""

    connections: ConnectionStore
    ledger_of: LedgerOf
    clock: Clock

    def examine(self, connection_id: int) -> Examination:
        """Read the facts anew and keep them with the connection. Raises TransientError when QuickBooks is away."""
        ledger = self.ledger_of(connection_id)
        before = self.connections.company(connection_id)
        company = replace(ledger.company(), lists_read_at=before.lists_read_at)  # it reads no lists
        self.connections.save_company(connection_id, company)
        return Examination(
            company=company,
            findings=_findings(ledger, company),
            metered_reads=self.connections.metered_reads(connection_id, self.clock()),
        )


def _findings(ledger: Ledger, company: Company) -> tuple[Finding, ...]:
    """The findings, with the state of the service item that QuickBooks puts on hours without one."""
    chosen = company.default_time_item_id
    if not chosen:
        return findings(company)
    item = next((one for one in ledger.entries(LedgerKind.ITEM) if one.id == chosen), None)
    return with_time_item(findings(company), item)
