"""A contractor's whole back office for the tests of the use cases: a real SQLite store, and a QuickBooks in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet

from qbsync.domain.connection import Connection, Environment, TokenSet
from qbsync.domain.house_rules import CompanyRules
from qbsync.domain.intake import Reading
from qbsync.domain.ledger import EmployeeCard, LedgerKind, Posted
from qbsync.domain.mapping import MapKind, MappingRule, Preferences, with_rules
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.records import CoreRecord
from qbsync.domain.run import Outcome, Run
from qbsync.services.confirm import Confirming
from qbsync.services.notify import Notifying
from qbsync.services.preview import Previewing
from qbsync.services.pull import Pulling
from qbsync.services.run import Running
from qbsync.store.connections import Connections
from qbsync.store.core_records import CoreRecords
from qbsync.store.database import Database
from qbsync.store.house_rules import HouseRuleStore
from qbsync.store.left_alone import LeftAloneRecords
from qbsync.store.links import Links
from qbsync.store.mappings import Mappings
from qbsync.store.notices import Notices
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from qbsync.store.sealing import Seal
from tests.domain.samples import NAMES
from tests.doubles.edges import KeptNotices, ListEngine, StandingClock, counted
from tests.doubles.ledger import MemoryLedger

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WHO = "controller@ridgeline.example"
KEY = Fernet.generate_key().decode()


class Desk:
    """The use cases side by side, over one database and one QuickBooks company."""

    def __init__(self, database: Database, ledger: MemoryLedger | None = None) -> None:
        self.database, self.ledger, self.clock = database, ledger or MemoryLedger(), StandingClock(NOW)
        self.at_point: Callable[[str], None] = lambda _: None
        self.is_stopping: Callable[[], bool] = lambda: False
        self.core, self.mappings, self.links = CoreRecords(database), Mappings(database), Links(database)
        self.plans, self.runs, self.notices = Plans(database), Runs(database), Notices(database)
        self.left_alone, self.rules = LeftAloneRecords(database), HouseRuleStore(database)
        self.connections = Connections(database, Seal([KEY]))
        self.notifier, self.engine = KeptNotices(), ListEngine()
        self.notifying = Notifying(notices=self.notices, notifier=self.notifier, clock=self.clock)
        self.connection = self.connect()
        self.pulling = Pulling(
            connections=self.connections, links=self.links, ledger_of=lambda _: self.ledger, clock=self.clock
        )
        self.running = Running(
            connections=self.connections,
            links=self.links,
            plans=self.plans,
            runs=self.runs,
            notifying=self.notifying,
            ledger_of=lambda _: self.ledger,
            clock=self.clock,
            sleeper=lambda seconds: None,
            singles_at_once=4,
            at_point=lambda point: self.at_point(point),
            stopping=lambda: self.is_stopping(),
        )
        self.previewing = Previewing(
            core=self.core,
            connections=self.connections,
            mappings=self.mappings,
            links=self.links,
            left_alone=self.left_alone,
            plans=self.plans,
            running=self.running,
            pulling=self.pulling,
            ledger_of=lambda _: self.ledger,
            clock=self.clock,
            new_id=counted("plan"),
        )
        self.confirming = Confirming(
            core=self.core,
            left_alone=self.left_alone,
            mappings=self.mappings,
            plans=self.plans,
            rules=self.rules,
            runs=self.runs,
            engine=self.engine,
            clock=self.clock,
            new_id=counted("run"),
        )

    def connect(self) -> Connection:
        """Somebody consents to the company, for the first time or again."""
        tokens = TokenSet(
            access_token="access",
            refresh_token="refresh",
            access_expires_at=self.clock() + timedelta(hours=1),
            refresh_expires_at=self.clock() + timedelta(days=100),
        )
        company = self.ledger.company()
        return self.connections.save(company, Environment.LOCAL, tokens, at=self.clock(), who=WHO)

    def load(self, *records: CoreRecord, whole_weeks: Iterable[tuple[date, str]] = ()) -> None:
        """Core's exports are loaded; `whole_weeks` are employee-weeks that they state completely."""
        reading = Reading(sheets=(), records=records, issues=(), stated_weeks=frozenset(whole_weeks))
        self.core.save(reading, at=self.clock(), loaded_by=WHO)

    def map(self, *rules: MappingRule, without: str = "", **preferences: Any) -> None:
        """Rules are laid over the saved ones; `without` is a Core id whose rule is taken away."""
        current = self.mappings.current(self.connection.id)
        kept = with_rules([rule for rule in current.rules if rule.core_id != without], rules)
        self.mappings.save(
            self.connection.id,
            kept,
            Preferences(**preferences),
            over_version=current.version,
            at=self.clock(),
            who=WHO,
        )

    def decide(self, **rules: Any) -> None:
        """The company's own limits and defaults."""
        current = self.rules.company(self.connection.id)
        self.rules.save_company(
            self.connection.id, CompanyRules(**rules), over_version=current.version, at=self.clock(), who=WHO
        )

    def preview(self, **scope: Any) -> Plan:
        """Sync Now; a second passes before it."""
        self.clock.forward(seconds=1)
        return self.previewing.build(self.connection.id, Scope(**scope), who=WHO)

    def confirm(self, plan: Plan, *keys: str) -> Run:
        """Confirm what is ticked by default, or the rows of these keys."""
        seqs = [change.seq for change in plan.changes if change.key in keys] if keys else None
        return self.confirming.confirm(plan.id, plan.digest, seqs, who=WHO)

    def push(self, run: Run) -> Run:
        """The worker pushes the run as far as it goes; returns how it stands then."""
        self.running.push(run.id)
        return self.runs.get(run.id)

    def sync(self, *keys: str) -> Run:
        """Preview, confirm and push at once."""
        return self.push(self.confirm(self.preview(), *keys))

    def outcomes(self, run: Run) -> dict[str, Outcome]:
        """What became of each change, by its core id."""
        return {outcome.core_id: outcome for outcome in self.runs.outcomes(run.id)}

    def statuses(self, run: Run) -> dict[str, str]:
        """How each change ended, by its core id."""
        return {core_id: outcome.status.value for core_id, outcome in self.outcomes(run).items()}

    def held(self, kind: LedgerKind) -> list[Posted]:
        """What QuickBooks holds of a kind, active records only."""
        return [posted for (of_kind, _), posted in self.ledger.posted.items() if of_kind is kind and posted.active]

    def notices_told(self) -> list[str]:
        """The titles of the notices in the dashboard, oldest first."""
        return [notice.title for notice in reversed(self.notices.latest())]


def create(kind: MapKind, core_id: str, ledger_kind: LedgerKind, name: str = "") -> MappingRule:
    """The mapping asks for a QuickBooks record to be made."""
    return MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, create_name=name)


def to(kind: MapKind, core_id: str, ledger_kind: LedgerKind, ledger_id: str) -> MappingRule:
    """The mapping names an existing QuickBooks record."""
    return MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, ledger_id=ledger_id)


def open_desk(database: Database, *records: CoreRecord, ledger: MemoryLedger | None = None) -> Desk:
    """A desk with the sample contractor loaded and mapped: one customer and project, a worker, a vendor, two codes."""
    desk = Desk(database, ledger)
    labor = desk.ledger.add_entry(LedgerKind.ITEM, "Labor", type="Service")
    materials = desk.ledger.add_entry(LedgerKind.ACCOUNT, "Job Materials", type="Cost of Goods Sold")
    ada = desk.ledger.add(
        LedgerKind.EMPLOYEE, EmployeeCard(display_name="Ada Stone", given_name="Ada", family_name="Stone")
    )
    desk.load(*NAMES, *records)
    desk.map(
        create(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER),
        create(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER),
        create(MapKind.VENDOR, "V1", LedgerKind.VENDOR),
        to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, ada.id),
        to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, labor.id),
        to(MapKind.COST_CODE, "03-310", LedgerKind.ACCOUNT, materials.id),
    )
    return desk


def actions(plan: Plan) -> dict[str, str]:
    """What a plan would do, by the key of each record."""
    return {change.key: change.action.value for change in plan.changes}


def the_change(plan: Plan, core_id: str) -> Change:
    """A plan's line about one record."""
    return next(change for change in plan.changes if change.core_id == core_id)
