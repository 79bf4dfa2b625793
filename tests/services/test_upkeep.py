"""A company that nobody uses stays connected, is read anew each day, and its people are warned in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qbsync.domain.connection import Connection, ConnectionState, Environment
from qbsync.domain.errors import ConnectionExpired, Unavailable
from qbsync.domain.ledger import LedgerKind
from qbsync.services.clearing import Clearing
from qbsync.services.connect import Connecting, TokenKeeper
from qbsync.services.notify import Notifying
from qbsync.services.upkeep import Upkeep
from qbsync.store.clearing import OldRecords
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.house_rules import HouseRuleStore
from qbsync.store.notices import Notices
from qbsync.store.sealing import Seal
from tests.doubles.edges import KeptNotices, MemorySignIn, StandingClock, counted
from tests.doubles.ledger import MemoryLedger
from tests.services.desk import KEY, NOW, WHO
from tests.store.racing import race


class Idle:
    """A connected company that nobody looks at, and the worker's upkeep of it."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.ledger = database, StandingClock(NOW), MemoryLedger()
        self.sign_in, self.outside = MemorySignIn(self.clock), KeptNotices()
        self.connections, self.notices = Connections(database, Seal([KEY])), Notices(database)
        self.connection = self.connect()

    def connect(self, environment: Environment = Environment.LOCAL) -> Connection:
        """A person consents, for the first time or again."""
        return self.connections.save(self.ledger.company(), environment, self.sign_in.pair(), at=self.clock(), who=WHO)

    def upkeep(self) -> Upkeep:
        """One process's upkeep."""
        connecting = Connecting(
            connections=self.connections,
            notices=self.notices,
            oauth=self.sign_in,
            probe=lambda *_: self.ledger,
            ledger_of=lambda _: self.ledger,
            lock=self.database.lock,
            environment=Environment.LOCAL,
            redirect_uri="http://127.0.0.1:8501/oauth/qbo/callback",
            clock=self.clock,
            new_secret=counted("state"),
        )
        return Upkeep(
            connections=self.connections,
            connecting=connecting,
            notifying=Notifying(notices=self.notices, notifier=self.outside, clock=self.clock),
            clearing=Clearing(rules=HouseRuleStore(self.database), old=OldRecords(self.database), clock=self.clock),
            tokens_of=lambda connection_id: TokenKeeper(
                connection_id=connection_id,
                connections=self.connections,
                oauth=self.sign_in,
                lock=self.database.lock,
                clock=self.clock,
            ),
            environment=Environment.LOCAL,
            clock=self.clock,
        )

    def lasts(self, days: float, limit: float | None = None) -> None:
        """The stored consent ends in so many days if it is not renewed, and in `limit` days even so."""
        stored = self.connections.tokens(self.connection.id)
        assert stored is not None
        ends = replace(
            stored,
            refresh_expires_at=self.clock() + timedelta(days=days),
            hard_expires_at=None if limit is None else self.clock() + timedelta(days=limit),
        )
        self.connections.save_tokens(self.connection.id, ends, self.clock(), sent=stored.refresh_token)

    def told(self) -> list[str]:
        """What went to people outside."""
        return [title for title, _ in self.outside.sent]


@pytest.fixture
def idle(database: Database) -> Idle:
    return Idle(database)


def test_a_company_is_kept_up_once_a_day_whoever_asks(idle: Idle):
    assert idle.upkeep().tick() == 0  # it was connected just now
    idle.clock.forward(days=1)
    assert sum(race(lambda _: idle.upkeep().tick(), racers=4)) == 1
    idle.clock.forward(hours=23)
    assert idle.upkeep().tick() == 0
    idle.clock.forward(hours=1)
    assert idle.upkeep().tick() == 1


@pytest.mark.promise(4)
def test_an_idle_consent_outlives_the_hundred_days_of_a_refresh_token(idle: Idle):
    for _ in range(120):
        idle.clock.forward(days=1)
        idle.upkeep().tick()
    assert len(idle.sign_in.refreshed) == 120
    stored = idle.connections.tokens(idle.connection.id)
    assert stored is not None
    assert stored.refresh_expires_at == idle.clock() + timedelta(days=100)
    assert idle.told() == []


def test_the_facts_and_the_lists_are_read_again(idle: Idle):
    idle.ledger.add_entry(LedgerKind.ITEM, "Excavation", type="Service")
    idle.clock.forward(days=1)
    idle.upkeep().tick()
    assert [one.name for one in idle.connections.lists(idle.connection.id)[LedgerKind.ITEM]] == ["Excavation"]
    assert "company" in idle.ledger.asked


def test_when_quickbooks_is_away_it_is_tried_again_in_an_hour(idle: Idle):
    idle.clock.forward(days=1)
    idle.ledger.fail_next_read(Unavailable("Down."))
    assert idle.upkeep().tick() == 1
    idle.clock.forward(minutes=59)
    assert idle.upkeep().tick() == 0
    idle.clock.forward(minutes=1)
    assert idle.upkeep().tick() == 1
    idle.clock.forward(hours=23)
    assert idle.upkeep().tick() == 0
    assert idle.told() == []


def test_a_clock_that_was_years_ahead_does_not_end_the_upkeep(idle: Idle):
    idle.connections.save_upkeep(idle.connection.id, NOW + timedelta(days=3000))
    assert idle.upkeep().tick() == 1
    assert idle.upkeep().tick() == 0


def test_a_consent_that_has_ended_is_said_once(idle: Idle):
    idle.clock.forward(days=1)
    idle.sign_in.trouble.append(ConnectionExpired("The consent was withdrawn in QuickBooks."))
    for _ in range(3):
        idle.upkeep().tick()
        idle.clock.forward(days=1)
    assert idle.connections.get(idle.connection.id).state is ConnectionState.EXPIRED
    assert idle.told() == ["QuickBooks must be connected again"]


@pytest.mark.parametrize("state", [ConnectionState.EXPIRED, ConnectionState.DISCONNECTED])
def test_a_company_that_is_not_connected_is_left_alone(idle: Idle, state: ConnectionState):
    idle.lasts(days=5)
    idle.connections.set_state(idle.connection.id, state)
    idle.clock.forward(days=1)
    assert idle.upkeep().tick() == 0
    assert (idle.sign_in.refreshed, idle.told()) == ([], [])


def test_a_company_of_another_quickbooks_is_left_alone(idle: Idle):
    idle.connect(Environment.SANDBOX)
    idle.clock.forward(days=1)
    assert idle.upkeep().tick() == 1


@pytest.mark.promise(4)
def test_each_warning_is_given_once(idle: Idle):
    idle.lasts(days=15)
    idle.sign_in.trouble += [Unavailable("Down.")] * 1000  # so it cannot be renewed
    told_by_day = []
    for _ in range(15):
        before = len(idle.told())
        race(lambda _: idle.upkeep().tick(), racers=3)
        idle.upkeep().tick()
        told_by_day.append(idle.told()[before:])
        idle.clock.forward(days=1)
    assert [number for number, told in enumerate(told_by_day) if told] == [1, 8, 14]
    assert idle.told() == [
        f"QuickBooks must be connected again within {days}" for days in ("14 days", "7 days", "a day")
    ]
    assert [notice.page for notice in idle.notices.latest()] == ["connection"] * 3
    assert "could not be renewed" in idle.outside.sent[0][1]


def test_renewing_takes_back_no_limit_and_warns_of_it_once(idle: Idle):
    idle.lasts(days=10, limit=10)
    idle.upkeep().tick()
    for seconds in (3, -5):  # reckoned anew with each refresh, a little earlier or later
        idle.lasts(days=10 + seconds / 86400, limit=10 + (seconds + 1) / 86400)
        idle.upkeep().tick()
    assert idle.told() == ["QuickBooks must be connected again within 14 days"]
    assert "lets none last longer" in idle.outside.sent[0][1]


def test_a_new_consent_is_warned_of_anew(idle: Idle):
    idle.lasts(days=10, limit=10)
    idle.upkeep().tick()
    idle.clock.forward(minutes=5)
    idle.connect()
    idle.lasts(days=10, limit=10)
    idle.upkeep().tick()
    assert len(idle.told()) == 2


def test_who_comes_late_is_told_the_nearest_warning_only(idle: Idle):
    idle.lasts(days=0.5)
    idle.upkeep().tick()
    assert idle.told() == ["QuickBooks must be connected again within a day"]
