"""Connections at rest: tokens that nobody can read in the database, and a consent that is spent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import inspect, text

from qbsync.domain.connection import ConnectionState, Consent, Environment, TokenSet
from qbsync.domain.errors import NotConnected, StoreUnavailable
from qbsync.domain.ledger import Company, LedgerKind, ListEntry
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.links import Links
from qbsync.store.sealing import Seal
from tests.store.racing import race
from tests.store.stored import COMPANY, KEY, NOW, WHO, connected, connections, later, link, tokens

RETURN = "http://127.0.0.1:8501/oauth/qbo/callback"
STATE = "a-state-that-nobody-can-guess"
CONSENT = Consent(who=WHO, redirect_uri=RETURN, beside=True)


def everything_in(database: Database) -> str:
    """Every value of every row of every table, as text."""
    found: list[str] = []
    with database.read() as session:
        for table in inspect(database.engine).get_table_names():
            found += [str(tuple(row)) for row in session.connection().execute(text(f'SELECT * FROM "{table}"'))]
    return "\n".join(found)


def test_no_token_and_no_state_stands_in_the_database(database: Database):
    store = connections(database)
    connection = connected(database)
    store.save_tokens(connection.id, tokens("second"), later(1), sent="refresh-first")
    store.ask_consent(STATE, CONSENT, expires_at=later(10))
    said = everything_in(database)
    assert "Ridgeline Builders" in said  # it does read the rows
    for secret in ("access-first", "refresh-first", "access-second", "refresh-second", STATE, KEY):
        assert secret not in said


def test_no_token_stands_in_the_database_file(sqlite: Database, tmp_path: Path):
    connected(sqlite)
    sqlite.close()
    bytes_on_disk = b"".join(file.read_bytes() for file in tmp_path.glob("qbsync.db*"))
    assert b"Ridgeline Builders" in bytes_on_disk
    assert b"access-first" not in bytes_on_disk
    assert b"refresh-first" not in bytes_on_disk


def test_tokens_come_back_as_they_were_stored(database: Database):
    connection = connected(database)
    store = connections(database)
    assert store.tokens(connection.id) == tokens()
    store.save_tokens(connection.id, tokens("second"), later(1), sent="refresh-first")
    assert store.tokens(connection.id) == tokens("second")
    assert "access" not in repr(store.tokens(connection.id)).replace("access_expires_at", "")


def test_with_another_key_the_tokens_cannot_be_opened_and_the_remedy_is_said(database: Database):
    connection = connected(database)
    stranger = Connections(database, Seal([Fernet.generate_key().decode()]))
    with pytest.raises(StoreUnavailable, match="QBSYNC_ENCRYPTION_KEYS"):
        stranger.tokens(connection.id)


@pytest.mark.promise(6)
def test_connecting_the_same_company_again_keeps_its_id_and_its_links(database: Database):
    first = connected(database)
    Links(database).save(first.id, [link(1), link(2)], NOW)
    store = connections(database)
    store.set_state(first.id, ConnectionState.DISCONNECTED)
    assert store.tokens(first.id) is None
    renamed = Company(realm_id=COMPANY.realm_id, name="Ridgeline Builders Inc")
    again = store.save(renamed, Environment.LOCAL, tokens("second"), at=later(60), who="cfo@ridgeline.example")
    assert again.id == first.id
    assert (again.state, again.company_name) == (ConnectionState.CONNECTED, "Ridgeline Builders Inc")
    assert (again.connected_at, again.connected_by) == (later(60), "cfo@ridgeline.example")
    assert store.tokens(first.id) == tokens("second")
    assert len(Links(database).all(again.id)) == 2
    assert store.all() == [again]


@pytest.mark.promise(5)
def test_the_same_company_id_in_test_and_in_real_books_are_two(database: Database):
    local = connected(database)
    real = connections(database).save(COMPANY, Environment.PRODUCTION, tokens(), at=NOW, who=WHO)
    assert real.id != local.id


def test_the_companies_of_another_quickbooks_are_kept_and_never_the_current_one(database: Database):
    local = connected(database)
    production = Connections(database, Seal([KEY]), Environment.PRODUCTION)
    assert production.current() is None
    real = production.save(COMPANY, Environment.PRODUCTION, tokens(), at=NOW, who=WHO)
    assert production.current() == real
    assert connections(database).current() == local
    assert production.all() == [local, real]


def test_one_company_that_two_people_connect_at_once_is_one(database: Database):
    ids = race(lambda _: connected(database).id, racers=4)
    assert ids == [connections(database).all()[0].id] * 4


def test_the_connected_company_comes_before_those_that_were(database: Database):
    store = connections(database)
    assert store.current() is None
    old = connected(database)
    new = store.save(Company(realm_id="2", name="Bayline"), Environment.LOCAL, tokens(), at=later(5), who=WHO)
    assert store.current() == new
    store.set_state(new.id, ConnectionState.EXPIRED)
    assert store.current() == old
    for state in (ConnectionState.EXPIRED, ConnectionState.DISCONNECTED):
        store.set_state(old.id, state)
        current = store.current()
        assert current is not None
        assert current.id == new.id  # the latest of those that ended


def test_an_expiry_never_hides_that_a_person_disconnected(database: Database):
    connection = connected(database)
    store = connections(database)
    store.set_state(connection.id, ConnectionState.DISCONNECTED)
    store.set_state(connection.id, ConnectionState.EXPIRED)
    assert store.get(connection.id).state is ConnectionState.DISCONNECTED


def test_an_expired_connection_keeps_its_tokens_until_somebody_ends_it(database: Database):
    connection = connected(database)
    store = connections(database)
    store.set_state(connection.id, ConnectionState.EXPIRED)
    assert store.tokens(connection.id) == tokens()


def test_a_connection_that_does_not_exist_says_so(sqlite: Database):
    with pytest.raises(NotConnected, match="number 7"):
        connections(sqlite).get(7)


# the pair before --------------------------------------------------------------------------------------------


def renewed(database: Database) -> Connections:
    """Connection 1 after its first refresh."""
    store, connection = connections(database), connected(database)
    store.save_tokens(connection.id, tokens("second"), later(1), sent="refresh-first")
    return store


@pytest.mark.promise(3)
def test_a_pair_is_stored_only_over_the_one_that_brought_it(database: Database):
    store = renewed(database)
    store.save_tokens(1, tokens("third"), later(2), sent="refresh-first")
    assert store.tokens(1) == tokens("second")
    store.set_state(1, ConnectionState.DISCONNECTED)
    store.save_tokens(1, tokens("third"), later(2), sent="refresh-second")
    assert store.tokens(1) is None


def test_a_refused_pair_gives_way_to_the_one_before_it_once(database: Database):
    store = renewed(database)
    assert store.step_back(1, refused="refresh-first") is None  # not the stored one
    assert store.step_back(1, refused="refresh-second") == tokens("first") == store.tokens(1)
    assert store.step_back(1, refused="refresh-first") is None


def test_there_is_no_way_back_to_the_same_refresh_token(database: Database):
    store = renewed(database)
    same = replace(tokens("third"), refresh_token="refresh-second")  # it changes about once a day only
    store.save_tokens(1, same, later(2), sent="refresh-second")
    assert store.step_back(1, refused="refresh-second") is None
    assert store.tokens(1) == same


FORGOTTEN = [
    # access token that QuickBooks took  way back
    ("access-second", None),
    ("access-first", tokens("first")),
]


@pytest.mark.parametrize(("taken", "way_back"), FORGOTTEN, ids=["the new one", "an old one"])
def test_the_pair_before_is_kept_until_the_new_one_was_taken(database: Database, taken: str, way_back: TokenSet | None):
    store = renewed(database)
    store.confirm_tokens(1, taken)
    assert store.step_back(1, refused="refresh-second") == way_back


def test_a_new_consent_leaves_nothing_of_the_one_before(database: Database):
    store = renewed(database)
    store.save(COMPANY, Environment.LOCAL, tokens("third"), at=later(2), who=WHO)
    assert store.step_back(1, refused="refresh-third") is None


def test_only_the_stored_pair_ends_a_consent(database: Database):
    store = renewed(database)
    assert not store.expire(1, refused="refresh-first")
    assert store.get(1).state is ConnectionState.CONNECTED
    assert store.expire(1, refused="refresh-second")
    assert store.get(1).state is ConnectionState.EXPIRED


# consent -----------------------------------------------------------------------------------------------------


def ask(database: Database) -> Connections:
    store = connections(database)
    store.ask_consent(STATE, CONSENT, expires_at=later(10))
    return store


def test_a_consent_tells_who_asked_once(database: Database):
    store = ask(database)
    assert store.spend_consent(STATE, now=later(1)) == CONSENT
    assert store.spend_consent(STATE, now=later(1)) is None


def test_of_many_who_come_back_with_one_state_one_is_let_in(database: Database):
    store = ask(database)
    answers = race(lambda _: store.spend_consent(STATE, now=later(1)))
    assert [answer for answer in answers if answer is not None] == [CONSENT]


LIFETIMES = [(timedelta(minutes=10) - timedelta(seconds=1), True), (timedelta(minutes=10), False)]


@pytest.mark.parametrize(("after", "good"), LIFETIMES, ids=["just in time", "too late"])
def test_a_consent_ends_after_its_time(database: Database, after: timedelta, good: bool):
    assert (ask(database).spend_consent(STATE, now=NOW + after) is not None) is good


def test_a_state_that_was_never_given_is_refused(database: Database):
    assert ask(database).spend_consent("another", now=NOW) is None


# lists -------------------------------------------------------------------------------------------------------


def entry(kind: LedgerKind, record_id: str, name: str) -> ListEntry:
    return ListEntry(kind=kind, id=record_id, name=name, full_name=name)


def test_a_list_read_again_takes_the_place_of_the_old_one_and_of_no_other(database: Database):
    store, connection = connections(database), connected(database)
    items = [entry(LedgerKind.ITEM, "1", "Labor"), entry(LedgerKind.ITEM, "2", "Peña & Söhne")]
    vendors = [entry(LedgerKind.VENDOR, "1", "Granite")]
    store.save_lists(connection.id, {LedgerKind.ITEM: items, LedgerKind.VENDOR: vendors})
    assert store.lists(connection.id) == {LedgerKind.ITEM: items, LedgerKind.VENDOR: vendors}
    store.save_lists(connection.id, {LedgerKind.ITEM: items[1:]})
    assert store.lists(connection.id) == {LedgerKind.ITEM: items[1:], LedgerKind.VENDOR: vendors}


def test_two_that_read_the_lists_at_once_both_have_them_stored(database: Database):
    store, connection = connections(database), connected(database)
    accounts = [entry(LedgerKind.ACCOUNT, str(number), f"Account {number}") for number in range(200)]

    def read(_: int) -> None:
        for _ in range(5):
            store.save_lists(connection.id, {LedgerKind.ACCOUNT: accounts})

    assert race(read, racers=3) == [None] * 3
    assert len(store.lists(connection.id)[LedgerKind.ACCOUNT]) == 200


def test_what_a_company_is_and_when_it_was_pulled_are_kept(database: Database):
    store, connection = connections(database), connected(database)
    assert (store.company(connection.id), store.pulled_at(connection.id)) == (COMPANY, None)
    store.save_company(connection.id, Company(realm_id=COMPANY.realm_id, name="New Name", time_tracking=False))
    store.save_pulled(connection.id, later(3))
    assert store.company(connection.id).time_tracking is False
    assert store.get(connection.id).company_name == "New Name"
    assert store.pulled_at(connection.id) == later(3)
