"""Connect a QuickBooks company: ask for consent, take it back once, keep its tokens fresh, and end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from qbsync.domain.connection import Connection, ConnectionState, Environment, TokenSet
from qbsync.domain.errors import (
    ConnectionExpired,
    ConsentRefused,
    LedgerError,
    NotConnected,
    StoreUnavailable,
    WrongCompany,
)
from qbsync.domain.ledger import Company
from qbsync.domain.ports import Clock, Ledger, NewId
from qbsync.services.look import read_lists
from qbsync.services.stores import ConnectionStore, LedgerOf, Locks, NoticeStore

CONSENT_LIFETIME = timedelta(minutes=10)
RECONNECT = "Open QuickBooks Integration → Connection and connect again."


class OAuth(Protocol):
    """QuickBooks' sign-in. Raises ConnectionExpired, Unavailable or BadInput."""

    def authorize_url(self, state: str, redirect_uri: str) -> str: ...
    def exchange(self, code: str, redirect_uri: str) -> TokenSet: ...
    def refresh(self, refresh_token: str) -> TokenSet: ...
    def revoke(self, token: str) -> None: ...


ProbeLedger = Callable[[str, TokenSet], Ledger]  # realm id, tokens → a ledger before there is a connection


@dataclass(frozen=True, kw_only=True)
class Connecting:
    """The use case of the Connection page. `redirect_uri` is where QuickBooks sends the person back."""

    connections: ConnectionStore
    notices: NoticeStore
    oauth: OAuth
    probe: ProbeLedger
    ledger_of: LedgerOf
    lock: Locks
    environment: Environment
    redirect_uri: str
    clock: Clock
    new_secret: NewId

    def begin(self, who: str) -> str:
        """The address at which a person consents. Its state can be spent once, within ten minutes."""
        state = self.new_secret()
        expires_at = self.clock() + CONSENT_LIFETIME
        self.connections.ask_consent(state, who=who, redirect_uri=self.redirect_uri, expires_at=expires_at)
        return self.oauth.authorize_url(state, self.redirect_uri)

    def finish(self, *, state: str, code: str, realm_id: str, error: str = "") -> Connection:
        """Take back a consent. Raises ConsentRefused or WrongCompany, each saying what to do."""
        asked = self.connections.spend_consent(state, now=self.clock())
        if asked is None:
            raise ConsentRefused(
                "This return from QuickBooks is unknown, too old or was used before. Press Connect to QuickBooks again."
            )
        who, redirect_uri = asked
        if error or not code or not realm_id:
            raise ConsentRefused(
                "The connection was not allowed in QuickBooks; nothing was changed. "
                "Press Connect to QuickBooks to try again."
            )
        tokens = self.oauth.exchange(code, redirect_uri)
        company = self.probe(realm_id, tokens).company()
        self._refuse_other_company(realm_id, company.name, tokens)
        with self._no_refresh_of(realm_id):
            connection = self.connections.save(company, self.environment, tokens, at=self.clock(), who=who)
        self._audit(connection, who, "connected a company")
        self.refresh_lists(connection.id)
        return connection

    def _no_refresh_of(self, realm_id: str) -> AbstractContextManager[None]:
        """Keeps a refresh with the tokens of an earlier consent from coming in between."""
        known = [
            one.id for one in self.connections.all() if (one.realm_id, one.environment) == (realm_id, self.environment)
        ]
        return self.lock(token_lock(known[0])) if known else nullcontext()

    def _refuse_other_company(self, realm_id: str, name: str, tokens: TokenSet) -> None:
        current = self.connections.current()
        if current is None or current.state is ConnectionState.DISCONNECTED or current.realm_id == realm_id:
            return
        # A consent that we refuse is given back, so that nothing of ours stays in the other company.
        with suppress(LedgerError, ConnectionExpired):
            self.oauth.revoke(tokens.refresh_token)
        raise WrongCompany(
            f"You are connected to {current.company_name} and consented for {name} (id {realm_id}). "
            f"To keep {current.company_name}, connect again and choose it. To move to {name}, "
            "disconnect first: links and history of both are kept apart."
        )

    def disconnect(self, connection_id: int, who: str) -> None:
        """Revoke the consent and forget the tokens. Mapping, links and history stay."""
        connection = self.connections.get(connection_id)
        with self.lock(token_lock(connection_id)):  # the token that is revoked must be the latest
            tokens = self.connections.tokens(connection_id)
            if tokens is not None:
                # QuickBooks may be away, or the consent already over: ours ends all the same.
                with suppress(LedgerError, ConnectionExpired):
                    self.oauth.revoke(tokens.refresh_token)
            self.connections.set_state(connection_id, ConnectionState.DISCONNECTED)
        self._audit(connection, who, "disconnected a company")

    def refresh_lists(self, connection_id: int) -> None:
        """Read the company's facts and lists again: what mappings choose from."""
        ledger = self.ledger_of(connection_id)
        company = ledger.company()
        self.connections.save_company(connection_id, company)
        self.connections.save_lists(connection_id, read_lists(ledger, company))

    def current(self) -> Connection:
        """The connected company. Raises NotConnected or ConnectionExpired."""
        connection = self.connections.current()
        if connection is None or connection.state is ConnectionState.DISCONNECTED:
            raise NotConnected(f"No QuickBooks company is connected. {RECONNECT}")
        if connection.state is ConnectionState.EXPIRED:
            raise ConnectionExpired(f"The connection to {connection.company_name} has ended. {RECONNECT}")
        return connection

    def known(self) -> Connection:
        """The connected company, or the one that last was: its log can be read all the same."""
        connection = self.connections.current()
        if connection is None:
            raise NotConnected(f"No QuickBooks company was ever connected. {RECONNECT}")
        return connection

    def facts(self, connection_id: int) -> Company:
        """What the company is and allows, as last read."""
        return self.connections.company(connection_id)

    def _audit(self, connection: Connection, who: str, what: str) -> None:
        self.notices.audit(
            who=who, what=what, subject=connection.company_name, at=self.clock(), connection_id=connection.id
        )


@dataclass(frozen=True, kw_only=True)
class TokenKeeper:
    """Keeps one connection's tokens fresh: one refresher at a time over all processes, new pair stored before use."""

    connection_id: int
    connections: ConnectionStore
    oauth: OAuth
    lock: Locks
    clock: Clock

    def access_token(self) -> str:
        tokens = self._stored()
        fresh = tokens.access_is_fresh(self.clock())
        return tokens.access_token if fresh else self._refresh(spent=tokens.access_token)

    def access_rejected(self, token: str) -> str:
        return self._refresh(spent=token)

    def access_accepted(self, token: str) -> None:
        """QuickBooks took `token`: the pair before it need not be kept any longer."""
        with suppress(StoreUnavailable):  # kept a little longer it does no harm, and the answer must not be lost
            self.connections.confirm_tokens(self.connection_id, token)

    def _refresh(self, spent: str) -> str:
        with self.lock(token_lock(self.connection_id)):
            tokens = self._stored()  # another process may have refreshed while we waited
            if tokens.access_token != spent and tokens.access_is_fresh(self.clock()):
                return tokens.access_token
            return self._renew(tokens)

    def _renew(self, tokens: TokenSet) -> str:
        """A new access token. Where QuickBooks refuses a pair, the one before it is tried, once."""
        try:
            fresh = self.oauth.refresh(tokens.refresh_token)
        except ConnectionExpired:
            previous = self.connections.step_back(self.connection_id, refused=tokens.refresh_token)
            if previous is not None:
                return self._renew(previous)
            if self.connections.expire(self.connection_id, refused=tokens.refresh_token):
                raise
        else:
            self.connections.save_tokens(self.connection_id, fresh, self.clock(), sent=tokens.refresh_token)
        return self._stored().access_token  # where somebody connected again meanwhile, theirs

    def _stored(self) -> TokenSet:
        tokens = self.connections.tokens(self.connection_id)
        if tokens is None:
            raise ConnectionExpired(f"There is no consent for this company any more. {RECONNECT}")
        return tokens


def token_lock(connection_id: int) -> str:
    """The name of the lock under which a connection's tokens change."""
    return f"token-{connection_id}"


@dataclass(frozen=True)
class GivenTokens:
    """Tokens fresh from a consent, for the one look before there is a connection."""

    tokens: TokenSet

    def access_token(self) -> str:
        return self.tokens.access_token

    def access_rejected(self, token: str) -> str:
        raise ConnectionExpired(f"QuickBooks did not accept the consent it just gave. {RECONNECT}")


def token_days_left(tokens: TokenSet, now: datetime) -> int:
    """Whole days until the consent ends by itself."""
    ends = min(moment for moment in (tokens.refresh_expires_at, tokens.hard_expires_at) if moment is not None)
    return max(0, (ends - now).days)
