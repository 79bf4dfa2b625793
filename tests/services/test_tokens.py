"""Tokens are refreshed by one at a time, stored before they are used, and an ended consent is said once for all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qbsync.domain.connection import ConnectionState, Environment, TokenSet
from qbsync.domain.errors import ConnectionExpired, Unavailable
from qbsync.domain.ledger import Company
from qbsync.services.connect import GivenTokens, TokenKeeper
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.sealing import Seal
from tests.doubles.edges import MemorySignIn, StandingClock
from tests.services.desk import KEY, NOW, WHO

RACERS = 6
ENDED = ConnectionExpired("invalid_grant")


class Vault:
    """A connected company's tokens and who keeps them."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, StandingClock(NOW)
        self.sign_in = MemorySignIn(self.clock)
        self.connections = Connections(database, Seal([KEY]))
        company = Company(realm_id="9130357766900100", name="Ridgeline Builders")
        first = self.sign_in.pair()
        self.id = self.connections.save(company, Environment.LOCAL, first, at=NOW, who=WHO).id

    def keeper(self) -> TokenKeeper:
        """One process's keeper."""
        return TokenKeeper(
            connection_id=self.id,
            connections=self.connections,
            oauth=self.sign_in,
            lock=self.database.lock,
            clock=self.clock,
        )

    @property
    def stored(self) -> TokenSet:
        tokens = self.connections.tokens(self.id)
        assert tokens is not None
        return tokens

    @property
    def state(self) -> ConnectionState:
        return self.connections.get(self.id).state


@pytest.fixture
def vault(sqlite: Database) -> Vault:
    return Vault(sqlite)


FRESHNESS = [
    # minutes later  refreshed
    (0, False),
    (54, False),
    (55, True),  # five minutes before the end
    (600, True),
]


@pytest.mark.parametrize(("minutes", "refreshed"), FRESHNESS)
def test_a_token_is_refreshed_a_little_before_it_ends(vault: Vault, minutes: int, refreshed: bool):
    before = vault.stored
    vault.clock.forward(minutes=minutes)
    token = vault.keeper().access_token()
    assert (token != before.access_token) is refreshed
    assert token == vault.stored.access_token
    assert len(vault.sign_in.refreshed) == int(refreshed)


def test_the_new_pair_is_stored_before_anybody_uses_it(vault: Vault):
    old = vault.stored
    token = vault.keeper().access_rejected(old.access_token)
    assert token == vault.stored.access_token != old.access_token
    assert vault.stored.refresh_token in vault.sign_in.good  # the rotated one, or the next refresh would fail


def test_many_who_find_the_token_ended_refresh_it_once(vault: Vault):
    vault.clock.forward(hours=2)
    start = threading.Barrier(RACERS)

    def use(_: int) -> str:
        start.wait(30)
        return vault.keeper().access_token()

    with ThreadPoolExecutor(RACERS) as pool:
        tokens = set(pool.map(use, range(RACERS)))
    assert tokens == {vault.stored.access_token}
    assert len(vault.sign_in.refreshed) == 1


def test_many_whose_token_was_rejected_refresh_it_once(vault: Vault):
    spent = vault.stored.access_token
    start = threading.Barrier(RACERS)

    def use(_: int) -> str:
        start.wait(30)
        return vault.keeper().access_rejected(spent)

    with ThreadPoolExecutor(RACERS) as pool:
        tokens = set(pool.map(use, range(RACERS)))
    assert tokens == {vault.stored.access_token}
    assert len(vault.sign_in.refreshed) == 1


def test_a_token_that_another_process_has_replaced_already_is_taken_over(vault: Vault):
    spent = vault.stored.access_token
    vault.connections.save_tokens(vault.id, vault.sign_in.pair(), NOW)
    assert vault.keeper().access_rejected(spent) == vault.stored.access_token
    assert vault.sign_in.refreshed == []


def test_an_ended_consent_expires_the_connection(vault: Vault):
    vault.clock.forward(hours=2)
    vault.sign_in.trouble.append(ENDED)
    with pytest.raises(ConnectionExpired, match="invalid_grant"):
        vault.keeper().access_token()
    assert vault.state is ConnectionState.EXPIRED


def test_quickbooks_being_away_expires_nothing(vault: Vault):
    before = vault.stored
    vault.clock.forward(hours=2)
    vault.sign_in.trouble.append(Unavailable("Down."))
    with pytest.raises(Unavailable):
        vault.keeper().access_token()
    assert (vault.state, vault.stored) == (ConnectionState.CONNECTED, before)
    assert vault.keeper().access_token() == vault.stored.access_token != before.access_token


def test_a_disconnected_company_has_no_token_to_use(vault: Vault):
    vault.connections.set_state(vault.id, ConnectionState.DISCONNECTED)
    with pytest.raises(ConnectionExpired, match="connect again"):
        vault.keeper().access_token()
    assert vault.state is ConnectionState.DISCONNECTED


def test_a_consent_that_is_rejected_at_once_asks_to_connect_again(vault: Vault):
    given = GivenTokens(vault.sign_in.pair())
    assert given.access_token() == given.tokens.access_token
    with pytest.raises(ConnectionExpired, match="connect again"):
        given.access_rejected(given.access_token())
