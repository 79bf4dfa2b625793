"""What the store's tests share: a connected company, a small plan, and its confirmation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet

from qbsync.domain.connection import Connection, Environment, TokenSet
from qbsync.domain.decide import Action, Agreed
from qbsync.domain.ledger import BillDocument, Company, ExpenseLine, LedgerKind, Reference, VendorCard
from qbsync.domain.link import Link
from qbsync.domain.plan import Change, Plan, PlanStatus, Scope, attempts_of
from qbsync.domain.run import Attempt, Confirmation, OutcomeStatus, Run, Settled
from qbsync.domain.wanted import SyncKind
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from qbsync.store.sealing import Seal

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
WHO = "controller@ridgeline.example"
KEY = Fernet.generate_key().decode()
COMPANY = Company(realm_id="9130357766900100", name="Ridgeline Builders")


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def tokens(name: str = "first") -> TokenSet:
    """A pair of tokens that cannot be overlooked where they must not stand."""
    return TokenSet(
        access_token=f"access-{name}",
        refresh_token=f"refresh-{name}",
        access_expires_at=later(60),
        refresh_expires_at=NOW + timedelta(days=100),
    )


def connections(database: Database) -> Connections:
    return Connections(database, Seal([KEY]))


def connected(database: Database, company: Company = COMPANY) -> Connection:
    """A company that was just connected."""
    return connections(database).save(company, Environment.LOCAL, tokens(), at=NOW, who=WHO)


def vendor(name: str = "Granite Ready Mix") -> VendorCard:
    return VendorCard(display_name=name)


def bill(amount: str = "100.00", number: str = "INV-7") -> BillDocument:
    return BillDocument(
        vendor=Reference(id="31"),
        number=number,
        txn_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        memo="",
        lines=(ExpenseLine(amount=Decimal(amount), account=Reference(id="7")),),
    )


def change(seq: int, action: Action = Action.CREATE, **given: Any) -> Change:
    """The plan's line about vendor V<seq>."""
    values: dict[str, Any] = {
        "kind": SyncKind.VENDOR,
        "core_id": f"V{seq}",
        "title": f"Vendor {seq}",
        "reason": "New in Core.",
        "ledger_kind": LedgerKind.VENDOR,
        "content": vendor(f"Vendor {seq}"),
        **given,
    }
    return Change(seq=seq, action=action, **values)


def plan(connection_id: int, *changes: Change, number: int = 1, built_at: datetime = NOW) -> Plan:
    return Plan(
        id=f"plan-{number}",
        connection_id=connection_id,
        status=PlanStatus.DRAFT,
        digest=f"digest-{number}",
        built_at=built_at,
        built_by=WHO,
        scope=Scope(),
        mapping_version=1,
        changes=changes or (change(1), change(2)),
    )


def saved(database: Database, *changes: Change, number: int = 1, built_at: datetime = NOW) -> Plan:
    """A stored preview of the connected company."""
    connection = connections(database).current() or connected(database)
    made = plan(connection.id, *changes, number=number, built_at=built_at)
    Plans(database).save(made)
    return made


def confirmation(of: Plan, **given: Any) -> Confirmation:
    """A person's yes to a whole plan; writes go one by one, so that there are several attempts."""
    values: dict[str, Any] = {
        "run_id": of.id.replace("plan", "run"),
        "plan_id": of.id,
        "connection_id": of.connection_id,
        "digest": of.digest,
        "ticked": of.changes,
        "attempts": attempts_of(of.changes, size=1),
        "stale": {},
        "who": WHO,
        "trigger": "manual",
        "at": of.built_at,
        **given,
    }
    return Confirmation(**values)


def confirmed(database: Database, *changes: Change, number: int = 1, size: int = 1, built_at: datetime = NOW) -> Run:
    """A queued run; its attempts hold `size` changes each."""
    made = saved(database, *changes, number=number, built_at=built_at)
    return Runs(database).confirm(confirmation(made, attempts=attempts_of(made.changes, size)))


def sending(database: Database, run_id: str, fence: int, body: str = "body") -> Attempt:
    """The run's next attempt, committed as being sent."""
    runs = Runs(database)
    attempt = runs.next_attempt(run_id, fence)
    assert attempt is not None
    runs.mark_sending(attempt, fence, body, [], NOW)
    sent = runs.next_attempt(run_id, fence)
    assert sent is not None
    return sent


def link(seq: int = 1, **given: Any) -> Link:
    """The link that writing change `seq` makes."""
    content = vendor(f"Vendor {seq}")
    values: dict[str, Any] = {
        "kind": SyncKind.VENDOR,
        "core_id": f"V{seq}",
        "title": f"Vendor {seq}",
        "ledger_kind": LedgerKind.VENDOR,
        "ledger_id": str(100 + seq),
        "agreed": Agreed(core=content, posted=content),
        **given,
    }
    return Link(**values)


def done(*seqs: int) -> list[Settled]:
    """QuickBooks has them."""
    return [Settled(seq=seq, status=OutcomeStatus.DONE, ledger_id=str(100 + seq), link=link(seq)) for seq in seqs]


def failed(*seqs: int) -> list[Settled]:
    """QuickBooks refused them."""
    return [Settled(seq=seq, status=OutcomeStatus.FAILED, code="6240", message="The name is taken.") for seq in seqs]


def statuses(database: Database, run_id: str) -> list[str]:
    """What became of each change, in the plan's order."""
    return [outcome.status.value for outcome in Runs(database).outcomes(run_id)]
