"""Doctor: read what the connected company is and allows, and say what would be in the way of a sync."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.capability import Finding, blocking, findings
from qbsync.domain.ledger import Company
from qbsync.services.stores import ConnectionStore, LedgerOf


@dataclass(frozen=True, kw_only=True)
class Examination:
    """The company's facts as just read, and what they mean."""

    company: Company
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether anything cannot be synced at all."""
        return bool(blocking(self.findings))


@dataclass(frozen=True, kw_only=True)
class Examining:
    """The use case of `qbsync doctor`."""

    connections: ConnectionStore
    ledger_of: LedgerOf

    def examine(self, connection_id: int) -> Examination:
        """Read the facts anew and keep them with the connection. Raises TransientError when QuickBooks is away."""
        company = self.ledger_of(connection_id).company()
        self.connections.save_company(connection_id, company)
        return Examination(company=company, findings=findings(company))
