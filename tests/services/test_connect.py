"""Connecting a company: a consent comes back once, for the right company, and what we refuse is given back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from urllib.parse import parse_qs, urlsplit

import pytest

from qbsync.domain.connection import Connection, ConnectionState, Environment
from qbsync.domain.errors import BadInput, ConnectionExpired, ConsentRefused, NotConnected, Unavailable, WrongCompany
from qbsync.domain.ledger import Company, LedgerKind
from qbsync.services.connect import Connecting, token_lock
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from qbsync.store.sealing import Seal
from tests.doubles.edges import MemorySignIn, StandingClock, counted
from tests.doubles.ledger import MemoryLedger
from tests.services.desk import KEY, NOW, WHO

RETURN = "http://127.0.0.1:8501/oauth/qbo/callback"
RIDGELINE = Company(realm_id="9130357766900100", name="Ridgeline Builders", edition="QuickBooks Online Plus")
BAYLINE = Company(realm_id="9130357766900200", name="Bayline Builders")


class Office:
    """Somebody at the Connection page, with two companies in QuickBooks to choose from."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, StandingClock(NOW)
        self.sign_in = MemorySignIn(self.clock)
        self.connections = Connections(database, Seal([KEY]))
        self.books = {company.realm_id: MemoryLedger(company) for company in (RIDGELINE, BAYLINE)}
        self.connecting = Connecting(
            connections=self.connections,
            notices=Notices(database),
            oauth=self.sign_in,
            probe=lambda realm_id, _: self.books[realm_id],
            ledger_of=lambda connection_id: self.books[self.connections.get(connection_id).realm_id],
            lock=database.lock,
            environment=Environment.LOCAL,
            redirect_uri=RETURN,
            clock=self.clock,
            new_secret=counted("state"),
        )

    def ask(self, *, beside: bool = False) -> str:
        """Press Connect; returns the state that travels with the person."""
        address = self.connecting.begin(WHO, beside=beside)
        return parse_qs(urlsplit(address).query)["state"][0]

    def come_back(self, state: str, company: Company = RIDGELINE) -> Connection:
        """The person consents for a company and comes back."""
        code = self.sign_in.consent(RETURN)
        return self.connecting.finish(state=state, code=code, realm_id=company.realm_id)

    def connect(self, company: Company = RIDGELINE) -> Connection:
        return self.come_back(self.ask(), company)


@pytest.fixture
def office(sqlite: Database) -> Office:
    return Office(sqlite)


def test_a_consent_makes_a_connection_with_its_tokens_facts_and_lists(office: Office):
    office.books[RIDGELINE.realm_id].add_entry(LedgerKind.ITEM, "Labor", type="Service")
    connection = office.connect()
    assert (connection.company_name, connection.state) == ("Ridgeline Builders", ConnectionState.CONNECTED)
    assert (connection.connected_by, connection.connected_at) == (WHO, NOW)
    assert office.connecting.current() == connection
    assert office.connecting.facts(connection.id) == RIDGELINE
    assert [entry.name for entry in office.connections.lists(connection.id)[LedgerKind.ITEM]] == ["Labor"]
    tokens = office.connections.tokens(connection.id)
    assert tokens is not None
    assert tokens.refresh_token in office.sign_in.good


REFUSED_RETURNS = [
    # what comes back
    "a state that we never gave",
    "the same state a second time",
    "a state from eleven minutes ago",
]


@pytest.mark.parametrize("what", REFUSED_RETURNS)
def test_a_return_that_is_not_ours_is_refused_before_anything_is_asked(office: Office, what: str):
    state = office.ask()
    match what:
        case "a state that we never gave":
            state = "made up"
        case "the same state a second time":
            office.come_back(state)
        case _:
            office.clock.forward(minutes=11)
    before = office.connections.all()
    code = office.sign_in.consent(RETURN)
    with pytest.raises(ConsentRefused, match="Press Connect to QuickBooks again"):
        office.connecting.finish(state=state, code=code, realm_id=BAYLINE.realm_id)
    assert code in office.sign_in.codes  # not exchanged
    assert office.connections.all() == before


DECLINED = [
    # what QuickBooks sends back
    {"code": "", "realm_id": "", "error": "access_denied"},
    {"code": "", "realm_id": "9130357766900100"},
    {"code": "code-1", "realm_id": ""},
]


@pytest.mark.parametrize("back", DECLINED, ids=["declined", "without a code", "without a company"])
def test_a_person_who_declines_changes_nothing_and_may_try_again(office: Office, back: dict[str, str]):
    state = office.ask()
    with pytest.raises(ConsentRefused, match="nothing was changed"):
        office.connecting.finish(state=state, **back)
    with pytest.raises(ConsentRefused):
        office.come_back(state)  # it is spent all the same
    assert office.connections.all() == []
    assert office.connect().state is ConnectionState.CONNECTED


@pytest.mark.promise(5)
def test_a_consent_for_another_company_is_refused_and_given_back(office: Office):
    ridgeline = office.connect()
    with pytest.raises(WrongCompany, match="You are connected to Ridgeline Builders and consented for Bayline"):
        office.connect(BAYLINE)
    assert office.connections.all() == [ridgeline]
    assert len(office.sign_in.revoked) == 1
    assert office.connections.tokens(ridgeline.id) is not None
    assert len(office.sign_in.good) == 1  # Ridgeline's own


def test_the_refusal_stands_even_when_the_consent_cannot_be_given_back(office: Office):
    office.connect()
    state, code = office.ask(), office.sign_in.consent(RETURN)
    office.sign_in.revoke = refuse_to_revoke  # type: ignore[method-assign]
    with pytest.raises(WrongCompany):
        office.connecting.finish(state=state, code=code, realm_id=BAYLINE.realm_id)


def refuse_to_revoke(token: str) -> None:
    raise Unavailable("QuickBooks is down.")


def test_an_expired_company_is_not_exchanged_for_another_either(office: Office):
    ridgeline = office.connect()
    office.connections.set_state(ridgeline.id, ConnectionState.EXPIRED)
    with pytest.raises(WrongCompany):
        office.connect(BAYLINE)
    assert office.connect().id == ridgeline.id


def test_after_disconnecting_another_company_may_be_connected_and_both_are_kept(office: Office):
    ridgeline = office.connect()
    office.connecting.disconnect(ridgeline.id, WHO)
    bayline = office.connect(BAYLINE)
    assert office.connecting.current() == bayline
    assert {one.company_name: one.state.value for one in office.connections.all()} == {
        "Ridgeline Builders": "disconnected",
        "Bayline Builders": "connected",
    }


@pytest.mark.promise(6)
def test_disconnecting_revokes_the_consent_and_forgets_the_tokens(office: Office):
    connection = office.connect()
    office.connecting.disconnect(connection.id, WHO)
    assert len(office.sign_in.revoked) == 1
    assert office.sign_in.good == set()
    assert office.connections.tokens(connection.id) is None
    with pytest.raises(NotConnected, match="connect again"):
        office.connecting.current()
    assert office.connecting.known().company_name == "Ridgeline Builders"


@pytest.mark.parametrize("error", [Unavailable("Down."), ConnectionExpired("Over already.")])
def test_disconnecting_works_without_quickbooks(office: Office, error: Exception):
    connection = office.connect()
    office.sign_in.trouble.append(error)  # type: ignore[arg-type]
    office.connecting.disconnect(connection.id, WHO)
    assert office.connections.get(connection.id).state is ConnectionState.DISCONNECTED
    assert office.connections.tokens(connection.id) is None


@pytest.mark.promise(6)
def test_connecting_again_keeps_the_company_and_renews_its_tokens(office: Office):
    first = office.connect()
    old = office.connections.tokens(first.id)
    office.connections.set_state(first.id, ConnectionState.EXPIRED)
    with pytest.raises(ConnectionExpired, match="Ridgeline Builders has ended"):
        office.connecting.current()
    office.clock.forward(days=1)
    again = office.connect()
    assert (again.id, again.state, again.connected_at) == (first.id, ConnectionState.CONNECTED, office.clock())
    assert office.connections.tokens(first.id) != old


CHANGES = ["connecting again", "disconnecting"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_refresh_that_is_under_way_is_waited_for_when(office: Office, what: str):
    connection = office.connect()
    refreshed = threading.Event()

    def act() -> None:
        if what == "connecting again":
            office.connect()
        else:
            office.connecting.disconnect(connection.id, WHO)
        assert refreshed.is_set()

    with ThreadPoolExecutor(1) as pool:
        with office.database.lock(token_lock(connection.id)):
            acting = pool.submit(act)
            with pytest.raises(FutureTimeout):
                acting.result(0.3)
            refreshed.set()
        acting.result(30)


def test_a_company_of_another_quickbooks_is_not_the_connected_one(office: Office):
    tokens = office.sign_in.pair()
    office.connections.save(BAYLINE, Environment.PRODUCTION, tokens, at=NOW, who=WHO)
    with pytest.raises(NotConnected):
        office.connecting.known()
    assert office.connect(RIDGELINE).company_name == "Ridgeline Builders"  # and stands in nobody's way


def test_before_the_first_connection_everything_says_so(office: Office):
    for ask in (office.connecting.current, office.connecting.known):
        with pytest.raises(NotConnected, match="QuickBooks Integration → Connection"):
            ask()


def test_a_code_that_cannot_be_exchanged_connects_nothing(office: Office):
    state = office.ask()
    office.sign_in.trouble.append(Unavailable("Down."))
    with pytest.raises(Unavailable):
        office.come_back(state)
    assert office.connections.all() == []


# several companies side by side ----------------------------------------------------------------------------


@pytest.fixture
def both(office: Office) -> tuple[Connection, Connection]:
    """Two companies, the second connected beside the first."""
    return office.connect(), office.come_back(office.ask(beside=True), BAYLINE)


def test_a_second_company_is_connected_beside_the_first_when_it_was_asked_for(office: Office, both):
    assert [one.company_name for one in office.connections.ours() if one.state is ConnectionState.CONNECTED] == [
        "Ridgeline Builders",
        "Bayline Builders",
    ]
    assert office.sign_in.revoked == []


@pytest.mark.promise(5)
def test_with_two_companies_nobody_guesses_which_one_is_meant(office: Office, both):
    for ask in (office.connecting.current, office.connecting.known):
        with pytest.raises(BadInput, match=r"Bayline Builders \(id 9130357766900200\), Ridgeline Builders .*--company"):
            ask()
    for connection in both:
        assert office.connecting.current(connection.realm_id) == connection
        assert office.connecting.known(connection.realm_id) == connection


def test_a_company_that_is_not_connected_is_refused_with_those_that_are(office: Office):
    office.connect()
    with pytest.raises(BadInput, match=r"id 77 is connected. Connected: Ridgeline Builders \(id 9130357766900100\)\."):
        office.connecting.current("77")


def test_when_one_of_two_is_ended_the_other_is_meant(office: Office, both):
    ridgeline, bayline = both
    office.connecting.disconnect(ridgeline.id, WHO)
    assert office.connecting.current() == bayline
    with pytest.raises(NotConnected):
        office.connecting.current(ridgeline.realm_id)
    assert office.connecting.known(ridgeline.realm_id).company_name == "Ridgeline Builders"


def test_each_of_two_can_be_connected_again(office: Office, both):
    for connection, company in zip(both, (RIDGELINE, BAYLINE), strict=True):
        office.connections.set_state(connection.id, ConnectionState.EXPIRED)
        assert office.connect(company).id == connection.id


@pytest.mark.promise(5)
def test_a_third_company_is_refused_with_the_names_of_both(office: Office, both):
    third = Company(realm_id="9130357766900300", name="Coastline Builders")
    office.books[third.realm_id] = MemoryLedger(third)
    with pytest.raises(WrongCompany, match="connected to Bayline Builders and Ridgeline Builders"):
        office.connect(third)
    assert len(office.sign_in.revoked) == 1
