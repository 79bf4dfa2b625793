"""Connections, their tokens, the consents asked for, and the request limits that all processes share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.connection import Connection, ConnectionState, Consent, Environment, TokenSet
from qbsync.domain.errors import NotConnected, StoreUnavailable, Throttled
from qbsync.domain.ledger import Company, LedgerKind, ListEntry
from qbsync.store.database import Database
from qbsync.store.sealing import Seal
from qbsync.store.tables import ConnectionRow, MeteredRead, OAuthState, QboList, ThrottleRow, TokenRow

PAUSE_WAITED_SECONDS_MAX = 5  # a longer pause is for whoever asked to come back after
METERED = "request"  # the channel of reads
WINDOW_SECONDS = 60  # the longest that QuickBooks counts requests in

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

    def ours(self) -> list[Connection]:
        """The companies of the QuickBooks in use."""
        return [one for one in self.all() if one.environment is self._environment]

    def current(self) -> Connection | None:
        """The connected company of the QuickBooks in use that was connected last, else the latest one that was."""
        rank = {ConnectionState.CONNECTED: 0, ConnectionState.EXPIRED: 1, ConnectionState.DISCONNECTED: 2}
        return min(self.ours(), key=lambda one: (rank[one.state], -one.connected_at.timestamp()), default=None)

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

    def claim_upkeep(self, connection_id: int, *, now: datetime, every: timedelta) -> bool:
        """Begin a company's upkeep, if it was not begun (nor the company connected) within `every`.

        Of those that ask at once, one is let in. A time in the future is one of a wrong clock, and counts as long ago.
        """
        latest = func.coalesce(col(ConnectionRow.kept_at), col(ConnectionRow.connected_at))
        with self._database.write() as session:
            claimed = session.execute(
                update(ConnectionRow)
                .where(
                    col(ConnectionRow.id) == connection_id,
                    col(ConnectionRow.state) == ConnectionState.CONNECTED.value,
                    or_(latest <= now - every, latest > now + every),
                )
                .values(kept_at=now)
            )
            return bool(claimed.rowcount)  # type: ignore[attr-defined]

    def metered_reads(self, connection_id: int, month: datetime) -> int:
        """How many reads of a company QuickBooks has metered in the month of this moment (UTC)."""
        with self._database.read() as session:
            row = _row(session, connection_id)
            found = session.get(MeteredRead, (row.environment, row.realm_id, f"{month:%Y-%m}"))
            return found.count if found else 0

    def save_upkeep(self, connection_id: int, at: datetime) -> None:
        """Set when a company's upkeep was last done: the next one is due a day later."""
        with self._database.write() as session:
            _row(session, connection_id).kept_at = at

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

    def seal_again(self, connection_id: int) -> int:
        """Seal a company's tokens with the first key, and the pair before them too; returns how many pairs it has."""
        with self._database.write() as session:
            row = session.get(TokenRow, connection_id, with_for_update=True)
            if row is None:
                return 0
            row.sealed = self._seal.seal_again(row.sealed)
            if row.previous_sealed:
                row.previous_sealed = self._seal.seal_again(row.previous_sealed)
            return 2 if row.previous_sealed else 1

    def _held_tokens(self, session: Session, connection_id: int, refresh_token: str) -> TokenRow | None:
        """A connection's tokens, held until the transaction ends, if their refresh token is still this one."""
        row = session.get(TokenRow, connection_id, with_for_update=True)
        return row if row is not None and self._opened(row.sealed).refresh_token == refresh_token else None

    def _sealed(self, tokens: TokenSet) -> str:
        return self._seal.seal(_TOKENS.dump_json(tokens).decode())

    def _opened(self, sealed: str) -> TokenSet:
        return _TOKENS.validate_json(self._seal.open(sealed))

    def ask_consent(self, state: str, consent: Consent, *, expires_at: datetime) -> None:
        """Remember that we asked for consent; only the hash of the state is kept."""
        with self._database.write() as session:
            session.add(
                OAuthState(
                    state_hash=_hash(state),
                    requested_by=consent.who,
                    redirect_uri=consent.redirect_uri,
                    beside=consent.beside,
                    expires_at=expires_at,
                )
            )

    def spend_consent(self, state: str, *, now: datetime) -> Consent | None:
        """What was asked for, once; None when it is unknown, used or too old."""
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
            if row is None:
                return None
            return Consent(who=row.requested_by, redirect_uri=row.redirect_uri, beside=row.beside)

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

    Time is the database's on PostgreSQL, so that no process with a wrong clock moves another one's place. SQLite
    has one machine and its clock; when that is set back, nobody waits longer than a window and a burst.
    """

    def __init__(
        self,
        database: Database,
        realm_id: str,
        rates: dict[str, tuple[float, int]],
        clock: Callable[[], datetime],
        environment: Environment = Environment.LOCAL,
    ) -> None:
        """`rates`: channel → (requests a minute, burst). `clock` is the process's own."""
        self._database, self._company = database, (environment.value, realm_id)
        self._rates, self._clock = rates, clock

    def reserve(self, channel: str) -> float:
        """Take a place; returns the seconds until it. Raises what `place` raises."""
        moment, now = self.place(channel)
        return moment - now

    def place(self, channel: str) -> tuple[float, float]:
        """Take a place; returns its moment and the present, by the clock that all share.

        Raises Throttled, and takes none, while a pause lasts longer than one is waited for.
        """
        with self._database.write() as session:
            rows = {name: self._held(session, name) for name in self._channels(channel)}
            now = self._now(session)  # only after the rows: they may have been waited for
            paused = self._paused_seconds(session, now)
            if paused <= PAUSE_WAITED_SECONDS_MAX:
                start = now + paused  # places are given out from the end of a pause on
                if channel == METERED:
                    self._count(session, now, 1)
                return max([start, *(self._take(row, start) for row in rows.values())]), now
        raise Throttled(self._clock() + timedelta(seconds=paused))

    def not_answered(self, channel: str) -> None:
        """The request of a place was not answered with 200: a read that was counted is taken back."""
        if channel != METERED:
            return
        with suppress(StoreUnavailable), self._database.write() as session:  # the count is for people to look at
            self._count(session, self._now(session), -1)

    def _count(self, session: Session, now: float, more: int) -> None:
        """Count reads of this month. Of processes that are the first in it at once, one makes the row."""
        environment, realm_id = self._company
        month = f"{datetime.fromtimestamp(now, UTC):%Y-%m}"
        row = MeteredRead(environment=environment, realm_id=realm_id, month=month, count=0)
        if session.get(MeteredRead, (environment, realm_id, month)) is None:
            with suppress(IntegrityError), session.begin_nested():
                session.add(row)
        session.execute(
            update(MeteredRead)
            .where(
                col(MeteredRead.environment) == environment,
                col(MeteredRead.realm_id) == realm_id,
                col(MeteredRead.month) == month,
                col(MeteredRead.count) + more >= 0,
            )
            .values(count=col(MeteredRead.count) + more)
        )

    def _channels(self, channel: str) -> list[str]:
        """Every request keeps to the limits of a second and of a minute; batches have one of their own before that."""
        names = ["batch"] if channel == "batch" else ["second", "request"]
        return [name for name in names if name in self._rates]

    def _take(self, row: ThrottleRow, start: float) -> float:
        """Take the next place of one channel from `start` on; returns its moment."""
        per_minute, burst = self._rates[row.channel]
        interval = 60.0 / per_minute
        planned = max(row.next_at, start)
        if self._database.is_sqlite:
            planned = min(planned, start + WINDOW_SECONDS + burst * interval)
        row.next_at = planned + interval
        return planned - interval * (burst - 1)

    def pause_until(self, moment: datetime) -> None:
        """Nobody may send to this company before `moment`, which is by the process's own clock."""
        seconds = (moment - self._clock()).total_seconds()
        with self._database.write() as session:
            row = self._held(session, "pause")
            now = self._now(session)
            _with_clock_set_back(row, now)
            if now + seconds > row.next_at:
                row.next_at, row.set_at = now + seconds, now

    def _paused_seconds(self, session: Session, now: float) -> float:
        row = session.get(ThrottleRow, (*self._company, "pause"))
        if row is None:
            return 0.0
        _with_clock_set_back(row, now)
        return max(0.0, row.next_at - now)

    def _now(self, session: Session) -> float:
        return self._database.present(session, self._clock()).timestamp()

    def _held(self, session: Session, channel: str) -> ThrottleRow:
        """A channel's row, held until the transaction ends. Of processes that need it first at once, one makes it."""
        environment, realm_id = self._company
        key = (environment, realm_id, channel)
        row = session.get(ThrottleRow, key, with_for_update=True)
        if row is None:
            with suppress(IntegrityError), session.begin_nested():
                session.add(ThrottleRow(environment=environment, realm_id=realm_id, channel=channel))
            row = session.get_one(ThrottleRow, key, with_for_update=True)
        return row


def _with_clock_set_back(pause: ThrottleRow, now: float) -> None:
    """A pause that began in what is the future now lasts as long as it was meant to, from now on."""
    back = max(0.0, pause.set_at - now)
    if back:
        pause.next_at, pause.set_at = pause.next_at - back, now


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
