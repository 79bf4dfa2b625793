"""Connect a QuickBooks company: ask for consent, take it back once, keep its tokens fresh, and end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from qbsync.domain.connection import (
    Connection,
    ConnectionState,
    Consent,
    Environment,
    TokenSet,
    to_choose_from,
)
from qbsync.domain.errors import (
    BadInput,
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

    def begin(self, who: str, *, beside: bool = False) -> str:
        """The address at which a person consents. Its state can be spent once, within ten minutes.

        `beside`: for one more company beside those that are connected. Without it another company is refused.
        """
        state = self.new_secret()
        consent = Consent(who=who, redirect_uri=self.redirect_uri, beside=beside)
        self.connections.ask_consent(state, consent, expires_at=self.clock() + CONSENT_LIFETIME)
        return self.oauth.authorize_url(state, self.redirect_uri)

    def finish(self, *, state: str, code: str, realm_id: str, error: str = "") -> Connection:
        """Take back a consent. Raises ConsentRefused or WrongCompany, each saying what to do."""
        asked = self.connections.spend_consent(state, now=self.clock())
        if asked is None:
            raise ConsentRefused(
                "This return from QuickBooks is unknown, too old or was used before. Press Connect to QuickBooks again."
            )
        if error or not code or not realm_id:
            raise ConsentRefused(
                "The connection was not allowed in QuickBooks; nothing was changed. "
                "Press Connect to QuickBooks to try again."
            )
        tokens = self.oauth.exchange(code, asked.redirect_uri)
        company = self.probe(realm_id, tokens).company()
        if not asked.beside:
            self._refuse_other_company(realm_id, company.name, tokens)
        with self._no_refresh_of(realm_id):
            connection = self.connections.save(company, self.environment, tokens, at=self.clock(), who=asked.who)
        self._audit(connection, asked.who, "connected a company")
        self.refresh_lists(connection.id)
        return connection

    def _no_refresh_of(self, realm_id: str) -> AbstractContextManager[None]:
        """Keeps a refresh with the tokens of an earlier consent from coming in between."""
        known = [
            one.id for one in self.connections.all() if (one.realm_id, one.environment) == (realm_id, self.environment)
        ]
        return self.lock(token_lock(known[0])) if known else nullcontext()

    def _refuse_other_company(self, realm_id: str, name: str, tokens: TokenSet) -> None:
        live = [one for one in to_choose_from(self.connections.ours()) if one.is_live]
        if not live or realm_id in {one.realm_id for one in live}:
            return
        # A consent that we refuse is given back, so that nothing of ours stays in the other company.
        with suppress(LedgerError, ConnectionExpired):
            self.oauth.revoke(tokens.refresh_token)
        names = " and ".join(one.company_name for one in live)
        raise WrongCompany(
            f"You are connected to {names} and consented for {name} (id {realm_id}). "
            f"To keep {names}, connect again and choose it. To move to {name}, disconnect first: links and history "
            f"of both are kept apart. To work with {name} too, connect another company beside it."
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
        self.connections.save_lists(connection_id, read_lists(ledger, company))
        self.connections.save_company(connection_id, replace(company, lists_read_at=self.clock()))

    def current(self, realm_id: str = "") -> Connection:
        """The connected company; `realm_id` says which, where there are several.

        Raises NotConnected, ConnectionExpired, or BadInput where it is not said which.
        """
        connection = self._chosen(realm_id)
        if connection is None or not connection.is_live:
            raise NotConnected(f"No QuickBooks company is connected. {RECONNECT}")
        if connection.state is ConnectionState.EXPIRED:
            raise ConnectionExpired(f"The connection to {connection.company_name} has ended. {RECONNECT}")
        return connection

    def known(self, realm_id: str = "") -> Connection:
        """The connected company, or the one that last was: its log can be read all the same. Else as `current`."""
        connection = self._chosen(realm_id)
        if connection is None:
            raise NotConnected(f"No QuickBooks company was ever connected. {RECONNECT}")
        return connection

    def _chosen(self, realm_id: str) -> Connection | None:
        """The company that is meant. Nobody's guess decides whose books are written to."""
        found = to_choose_from(self.connections.ours())
        listed = ", ".join(f"{one.company_name} (id {one.realm_id})" for one in found)
        if realm_id:
            named = [one for one in self.connections.ours() if one.realm_id == realm_id]
            if not named:
                raise BadInput(f"No company with the id {realm_id} is connected. Connected: {listed or 'none'}.")
            return named[0]
        if len(found) > 1:
            raise BadInput(
                f"Several companies are connected: {listed}. Say which one: `qbsync --company {found[0].realm_id} …`, "
                "or set QBSYNC_COMPANY."
            )
        return found[0] if found else None

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
