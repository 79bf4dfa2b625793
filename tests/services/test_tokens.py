"""Tokens are refreshed by one at a time, stored before they are used, and an ended consent is said once for all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

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
        self.id = self.consent()

    def consent(self) -> int:
        """A person connects the company, for the first time or again."""
        company = Company(realm_id="9130357766900100", name="Ridgeline Builders")
        return self.connections.save(company, Environment.LOCAL, self.sign_in.pair(), at=NOW, who=WHO).id

    def withdraw(self, tokens: TokenSet) -> None:
        """QuickBooks does not take this pair's refresh token any more."""
        self.sign_in.good.discard(tokens.refresh_token)

    def give_back(self, tokens: TokenSet) -> None:
        """QuickBooks takes a refresh token still: it changes its value once a day only."""
        self.sign_in.good.add(tokens.refresh_token)

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


@pytest.mark.promise(3)
def test_the_new_pair_is_stored_before_anybody_uses_it(vault: Vault):
    old = vault.stored
    token = vault.keeper().access_rejected(old.access_token)
    assert token == vault.stored.access_token != old.access_token
    assert vault.stored.refresh_token in vault.sign_in.good  # the rotated one, or the next refresh would fail


@pytest.mark.promise(3)
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
    vault.connections.save_tokens(vault.id, vault.sign_in.pair(), NOW, sent=vault.stored.refresh_token)
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


# a person connects or disconnects meanwhile -------------------------------------------------------------------


class ConsentBetween(MemorySignIn):
    """While a refresh is under way, a person does something; then the refresh goes on."""

    def __init__(self, vault: Vault, meanwhile: Callable[[], object]) -> None:
        super().__init__(vault.clock)
        self.good, self._numbers = vault.sign_in.good, vault.sign_in._numbers
        self._meanwhile = meanwhile

    def refresh(self, refresh_token: str) -> TokenSet:
        self._meanwhile()
        return super().refresh(refresh_token)


@pytest.mark.parametrize("refused", [False, True], ids=["the refresh works", "the refresh is refused"])
def test_a_consent_given_during_a_refresh_is_the_one_that_stays(vault: Vault, refused: bool):
    vault.clock.forward(hours=2)
    old = vault.stored

    def connect_again() -> None:
        vault.consent()
        if refused:
            vault.withdraw(old)

    keeper = replace(vault.keeper(), oauth=ConsentBetween(vault, connect_again))
    token = keeper.access_token()
    assert token == vault.stored.access_token != old.access_token
    assert vault.stored.refresh_token in vault.sign_in.good
    assert vault.sign_in.refreshed == []
    assert vault.state is ConnectionState.CONNECTED


def test_who_disconnects_during_a_refresh_stays_disconnected(vault: Vault):
    vault.clock.forward(hours=2)
    sign_in = ConsentBetween(vault, lambda: vault.connections.set_state(vault.id, ConnectionState.DISCONNECTED))
    with pytest.raises(ConnectionExpired, match="connect again"):
        replace(vault.keeper(), oauth=sign_in).access_token()
    assert (vault.state, vault.connections.tokens(vault.id)) == (ConnectionState.DISCONNECTED, None)


# the way back -------------------------------------------------------------------------------------------------


@pytest.mark.promise(3)
def test_a_new_pair_that_quickbooks_refuses_gives_way_to_the_one_before_it(vault: Vault):
    first = vault.stored
    bad = vault.keeper().access_rejected(first.access_token)
    vault.withdraw(vault.stored)
    vault.give_back(first)
    token = vault.keeper().access_rejected(bad)
    assert token == vault.stored.access_token
    assert token not in (first.access_token, bad)
    assert vault.state is ConnectionState.CONNECTED


def test_the_pair_before_is_tried_once_and_then_the_consent_has_ended(vault: Vault):
    first = vault.stored
    bad = vault.keeper().access_rejected(first.access_token)
    vault.withdraw(vault.stored)
    with pytest.raises(ConnectionExpired, match=first.refresh_token):
        vault.keeper().access_rejected(bad)
    assert vault.state is ConnectionState.EXPIRED
    assert vault.sign_in.refreshed == [first.refresh_token]  # nothing was got but the bad pair


def test_quickbooks_being_away_on_the_way_back_loses_nothing(vault: Vault):
    first = vault.stored
    bad = vault.keeper().access_rejected(first.access_token)
    vault.give_back(first)
    vault.sign_in.trouble += [ENDED, Unavailable("Down.")]
    with pytest.raises(Unavailable):
        vault.keeper().access_rejected(bad)
    assert (vault.state, vault.stored) == (ConnectionState.CONNECTED, first)
    vault.clock.forward(hours=2)
    assert vault.keeper().access_token() == vault.stored.access_token != first.access_token


NO_WAY_BACK = ["QuickBooks took the new access token", "a person connected again"]


@pytest.mark.parametrize("what", NO_WAY_BACK)
def test_the_pair_before_is_forgotten_when(vault: Vault, what: str):
    first = vault.stored
    token = vault.keeper().access_rejected(first.access_token)
    if what == "a person connected again":
        vault.consent()
    else:
        vault.keeper().access_accepted(token)
    vault.give_back(first)
    vault.withdraw(vault.stored)
    with pytest.raises(ConnectionExpired):
        vault.keeper().access_rejected(vault.stored.access_token)
    assert vault.state is ConnectionState.EXPIRED


def test_an_older_access_token_that_still_works_says_nothing_about_the_new_pair(vault: Vault):
    first = vault.stored
    bad = vault.keeper().access_rejected(first.access_token)
    vault.keeper().access_accepted(first.access_token)
    vault.withdraw(vault.stored)
    vault.give_back(first)
    assert vault.keeper().access_rejected(bad) == vault.stored.access_token


# ---------------------------------------------------------------------------------------------------------------


def test_a_consent_that_is_rejected_at_once_asks_to_connect_again(vault: Vault):
    given = GivenTokens(vault.sign_in.pair())
    assert given.access_token() == given.tokens.access_token
    with pytest.raises(ConnectionExpired, match="connect again"):
        given.access_rejected(given.access_token())
