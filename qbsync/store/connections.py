"""Connections, their tokens, the consents asked for, and the request limits that all processes share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.connection import Connection, ConnectionState, Environment, TokenSet
from qbsync.domain.errors import NotConnected, Throttled
from qbsync.domain.ledger import Company, LedgerKind, ListEntry
from qbsync.store.database import Database
from qbsync.store.sealing import Seal
from qbsync.store.tables import ConnectionRow, OAuthState, QboList, ThrottleRow, TokenRow

PAUSE_WAITED_SECONDS_MAX = 5  # a longer pause is for whoever asked to come back after

_COMPANY = TypeAdapter(Company)
_TOKENS = TypeAdapter(TokenSet)
_ENTRY = TypeAdapter(ListEntry)


class Connections:
    """The QuickBooks companies we may talk to."""

    def __init__(self, database: Database, seal: Seal, environment: Environment = Environment.LOCAL) -> None:
        """`environment` is the QuickBooks in use: the companies of the others are kept, and never the current one."""
        self._database, self._seal, self._environment = database, seal, environment

    def all(self) -> list[Connection]:
        with self._database.read() as session:
            rows = session.execute(select(ConnectionRow).order_by(col(ConnectionRow.id))).scalars()
            return [_connection(row) for row in rows]

    def get(self, connection_id: int) -> Connection:
        with self._database.read() as session:
            return _connection(_row(session, connection_id))

    def current(self) -> Connection | None:
        """The connected company of the QuickBooks in use, else the latest one that was."""
        rank = {ConnectionState.CONNECTED: 0, ConnectionState.EXPIRED: 1, ConnectionState.DISCONNECTED: 2}
        ours = [one for one in self.all() if one.environment is self._environment]
        return min(ours, key=lambda one: (rank[one.state], -one.connected_at.timestamp()), default=None)

    def save(
        self, company: Company, environment: Environment, tokens: TokenSet, *, at: datetime, who: str
    ) -> Connection:
        """A new consent: the company's row is made or renewed, and its tokens take the place of all before them."""
        with self._database.write(alone=f"connection-{environment.value}-{company.realm_id}") as session:
            row = session.execute(
                select(ConnectionRow).where(
                    col(ConnectionRow.realm_id) == company.realm_id,
                    col(ConnectionRow.environment) == environment.value,
                )
            ).scalar_one_or_none() or ConnectionRow(
                realm_id=company.realm_id,
                environment=environment.value,
                company_name="",
                state="",
                connected_at=at,
                connected_by=who,
            )
            row.company_name = company.name
            row.state = ConnectionState.CONNECTED.value
            row.connected_at, row.connected_by = at, who
            row.company = _COMPANY.dump_json(company).decode()
            session.add(row)
            session.flush()
            stored = session.get(TokenRow, row.id or 0, with_for_update=True)
            if stored is None:
                session.add(TokenRow(connection_id=row.id or 0, sealed=self._sealed(tokens), updated_at=at))
            else:
                stored.sealed, stored.previous_sealed, stored.updated_at = self._sealed(tokens), "", at
            return _connection(row)

    def set_state(self, connection_id: int, state: ConnectionState) -> None:
        with self._database.write() as session:
            row = _row(session, connection_id)
            if state is ConnectionState.EXPIRED and row.state != ConnectionState.CONNECTED.value:
                return  # a person ended it meanwhile: that stays said
            row.state = state.value
            if state is ConnectionState.DISCONNECTED:
                session.execute(delete(TokenRow).where(col(TokenRow.connection_id) == connection_id))

    def company(self, connection_id: int) -> Company:
        """What the company is and allows, as last read."""
        with self._database.read() as session:
            return _COMPANY.validate_json(_row(session, connection_id).company)

    def save_company(self, connection_id: int, company: Company) -> None:
        with self._database.write() as session:
            row = _row(session, connection_id)
            row.company, row.company_name = _COMPANY.dump_json(company).decode(), company.name

    def pulled_at(self, connection_id: int) -> datetime | None:
        with self._database.read() as session:
            return _row(session, connection_id).pulled_at

    def save_pulled(self, connection_id: int, at: datetime) -> None:
        with self._database.write() as session:
            _row(session, connection_id).pulled_at = at

    def expire(self, connection_id: int, *, refused: str) -> bool:
        """Note that a consent has ended; False when the refresh token `refused` is not the stored one any more."""
        with self._database.write() as session:
            row = _row(session, connection_id, hold=True)
            if self._held_tokens(session, connection_id, refused) is None:
                return False
            row.state = ConnectionState.EXPIRED.value
            return True

    def tokens(self, connection_id: int) -> TokenSet | None:
        with self._database.read() as session:
            row = session.get(TokenRow, connection_id)
            return self._opened(row.sealed) if row else None

    def save_tokens(self, connection_id: int, tokens: TokenSet, at: datetime, *, sent: str) -> None:
        """Store the pair that the refresh token `sent` brought; the pair before it is kept until this one has worked.

        Where `sent` is not the stored one any more, a person connected again or disconnected: that stays.
        """
        with self._database.write() as session:
            row = self._held_tokens(session, connection_id, sent)
            if row is not None:
                row.previous_sealed, row.sealed, row.updated_at = row.sealed, self._sealed(tokens), at

    def step_back(self, connection_id: int, *, refused: str) -> TokenSet | None:
        """Put the pair before the stored one, whose refresh token was `refused`, in its place again.

        None when there is no other one, or when the stored pair is a newer one by now.
        """
        with self._database.write() as session:
            row = self._held_tokens(session, connection_id, refused)
            if row is None or not row.previous_sealed:
                return None
            previous = self._opened(row.previous_sealed)
            if previous.refresh_token == refused:
                return None
            row.sealed, row.previous_sealed = row.previous_sealed, ""
            return previous

    def confirm_tokens(self, connection_id: int, access_token: str) -> None:
        """QuickBooks took the access token: the pair before the stored one is not needed any more."""
        with self._database.read() as session:
            row = session.get(TokenRow, connection_id)
            if row is None or not row.previous_sealed:
                return
        with self._database.write() as session:
            row = session.get(TokenRow, connection_id, with_for_update=True)
            if row is not None and self._opened(row.sealed).access_token == access_token:
                row.previous_sealed = ""

    def _held_tokens(self, session: Session, connection_id: int, refresh_token: str) -> TokenRow | None:
        """A connection's tokens, held until the transaction ends, if their refresh token is still this one."""
        row = session.get(TokenRow, connection_id, with_for_update=True)
        return row if row is not None and self._opened(row.sealed).refresh_token == refresh_token else None

    def _sealed(self, tokens: TokenSet) -> str:
        return self._seal.seal(_TOKENS.dump_json(tokens).decode())

    def _opened(self, sealed: str) -> TokenSet:
        return _TOKENS.validate_json(self._seal.open(sealed))

    def ask_consent(self, state: str, *, who: str, redirect_uri: str, expires_at: datetime) -> None:
        """Remember that we asked for consent; only the hash of the state is kept."""
        with self._database.write() as session:
            session.add(
                OAuthState(
                    state_hash=_hash(state),
                    requested_by=who,
                    redirect_uri=redirect_uri,
                    expires_at=expires_at,
                )
            )

    def spend_consent(self, state: str, *, now: datetime) -> tuple[str, str] | None:
        """Who asked and the redirect URI, once; None when it is unknown, used or too old."""
        with self._database.write() as session:
            spent = session.execute(
                update(OAuthState)
                .where(
                    col(OAuthState.state_hash) == _hash(state),
                    col(OAuthState.used_at).is_(None),
                    col(OAuthState.expires_at) > now,
                )
                .values(used_at=now)
            )
            if spent.rowcount != 1:  # type: ignore[attr-defined]
                return None
            row = session.get(OAuthState, _hash(state))
            return (row.requested_by, row.redirect_uri) if row else None

    def save_lists(self, connection_id: int, lists: dict[LedgerKind, list[ListEntry]]) -> None:
        """Replace what we know of QuickBooks' lists of these kinds."""
        with self._database.write(alone=f"lists-{connection_id}") as session:
            for kind, entries in lists.items():
                session.execute(
                    delete(QboList).where(col(QboList.connection_id) == connection_id, col(QboList.kind) == kind.value)
                )
                session.add_all(
                    QboList(
                        connection_id=connection_id,
                        kind=kind.value,
                        ledger_id=entry.id,
                        entry=_ENTRY.dump_json(entry).decode(),
                    )
                    for entry in entries
                )

    def lists(self, connection_id: int) -> dict[LedgerKind, list[ListEntry]]:
        """QuickBooks' lists as last read."""
        with self._database.read() as session:
            rows = session.execute(
                select(QboList)
                .where(col(QboList.connection_id) == connection_id)
                .order_by(col(QboList.kind), col(QboList.ledger_id))
            ).scalars()
            found: dict[LedgerKind, list[ListEntry]] = {}
            for row in rows:
                found.setdefault(LedgerKind(row.kind), []).append(_ENTRY.validate_json(row.entry))
            return found


class SharedThrottle:
    """One company's request limits, shared by every process through the database.

    Each channel is a steady rate with a small burst (the generic cell rate algorithm). The limits are those
    of QuickBooks less the burst, so that no window ever holds more than it allows.
    """

    def __init__(
        self,
        database: Database,
        realm_id: str,
        rates: dict[str, tuple[float, int]],
        clock: Callable[[], datetime],
    ) -> None:
        """`rates`: channel → (requests a minute, burst)."""
        self._database, self._realm_id, self._rates, self._clock = database, realm_id, rates, clock

    def reserve(self, channel: str) -> float:
        """Take a place. Raises Throttled, and takes none, while a pause lasts longer than one is waited for."""
        now = self._clock().timestamp()
        with self._database.write() as session:
            paused = session.get(ThrottleRow, (self._realm_id, "pause"))
            if paused and paused.next_at - now > PAUSE_WAITED_SECONDS_MAX:
                raise Throttled(datetime.fromtimestamp(paused.next_at, UTC))
            start = max(now, paused.next_at if paused else now)  # places are given out from the end of a pause on
            waits = [self._take(session, name, start) for name in self._channels(channel)]
        return start - now + max([0.0, *waits])

    def _channels(self, channel: str) -> list[str]:
        """A batch counts as a request too; every request keeps to the limits of a second and of a minute."""
        names = ["second", "request"] if channel == "request" else ["second", "request", channel]
        return [name for name in names if name in self._rates]

    def _take(self, session: Session, channel: str, start: float) -> float:
        """Take the next place of one channel from `start` on; returns the seconds from there until it."""
        per_minute, burst = self._rates[channel]
        interval = 60.0 / per_minute
        row = self._held(session, channel)
        planned = max(row.next_at, start)
        row.next_at = planned + interval
        return planned - start - interval * (burst - 1)

    def pause_until(self, moment: datetime) -> None:
        with self._database.write() as session:
            row = self._held(session, "pause")
            row.next_at = max(row.next_at, moment.timestamp())

    def _held(self, session: Session, channel: str) -> ThrottleRow:
        """A channel's row, held until the transaction ends. Of processes that need it first at once, one makes it."""
        key = (self._realm_id, channel)
        row = session.get(ThrottleRow, key, with_for_update=True)
        if row is None:
            with suppress(IntegrityError), session.begin_nested():
                session.add(ThrottleRow(realm_id=self._realm_id, channel=channel, next_at=0))
            row = session.get_one(ThrottleRow, key, with_for_update=True)
        return row


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _row(session: Session, connection_id: int, *, hold: bool = False) -> ConnectionRow:
    row = session.get(ConnectionRow, connection_id, with_for_update=hold)
    if row is None:
        raise NotConnected(f"There is no connection number {connection_id}.")
    return row


def _connection(row: ConnectionRow) -> Connection:
    return Connection(
        id=row.id or 0,
        realm_id=row.realm_id,
        environment=Environment(row.environment),
        company_name=row.company_name,
        state=ConnectionState(row.state),
        connected_at=row.connected_at,
        connected_by=row.connected_by,
    )
