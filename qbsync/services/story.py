"""One Core record's whole story: what was written of it, what QuickBooks has now, and every run that touched it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from qbsync.domain.ledger import LedgerKind, Posted
from qbsync.domain.link import Link
from qbsync.domain.records import CoreKind
from qbsync.domain.run import Outcome
from qbsync.domain.wanted import SYNCED_AS, SyncKind
from qbsync.services.stores import HistoryStore, LedgerOf, LinkStore

ROW_PARTS = 5  # of a time entry's id that are its payroll row's: week, employee, project, cost code, shift
TOUCHED_MAX = 200

Now = dict[tuple[LedgerKind, str], Posted]


@dataclass(frozen=True, kw_only=True)
class Story:
    """The links of a record, one for each QuickBooks record that it became, and what the runs did, newest first."""

    links: tuple[Link, ...]
    touched: tuple[Outcome, ...]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The use case behind a record's story."""

    links: LinkStore
    history: HistoryStore
    ledger_of: LedgerOf

    def story(self, connection_id: int, kind: CoreKind, core_id: str) -> Story:
        """What we know of a record. QuickBooks is not asked."""
        synced = SYNCED_AS[kind]
        parts = synced is SyncKind.TIME_ENTRY
        return Story(
            links=tuple(self.links.of_record(connection_id, synced, core_id, parts=parts)),
            touched=tuple(self.history.of_record(connection_id, synced, core_id, parts=parts, limit=TOUCHED_MAX)),
        )

    def now(self, connection_id: int, story: Story) -> Now:
        """What stands in QuickBooks at this moment; what is not there any more is missing. Raises TransientError."""
        asked: dict[LedgerKind, list[str]] = defaultdict(list)
        for link in story.links:
            if link.ledger_id:
                asked[link.ledger_kind].append(link.ledger_id)
        ledger = self.ledger_of(connection_id)
        return {
            (kind, record_id): posted
            for kind, ids in asked.items()
            for record_id, posted in ledger.by_ids(kind, ids).items()
        }
