"""Opens the database: transactions that cannot deadlock on SQLite, locks between processes, and migrations at start."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, Interval, create_engine, event, func, literal, make_url, text
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlmodel import Session

from qbsync.domain.errors import StoreUnavailable
from qbsync.store.columns import UtcDateTime

BUSY_SECONDS = 30  # how long a writer waits for another one on SQLite
IDLE_SECONDS = 60  # how long a transaction on PostgreSQL may do nothing
CONNECTIONS_MORE = 8  # than those that are kept open, and than the threads need
LOCKED_REMEDY = "Close other programs that use it (or wait), then try again; nothing was lost."
UNREACHABLE_REMEDY = (
    "Start the PostgreSQL server, or check what QBSYNC_DATABASE_URL names, then try again; nothing was lost."
)
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's word for a lock that was waited for in vain
IDLE_FOR_TOO_LONG = "25P03"  # and for a transaction that was ended because it did nothing
DAMAGED_REMEDY = "Stop the product and put a backup in its place (docs/operations.md says how)."


class Database:
    """One database, SQLite or PostgreSQL. Every use is one transaction: `read` or `write`."""

    def __init__(
        self,
        url: str,
        lock_dir: Path,
        *,
        busy_seconds: float = BUSY_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        threads: int = 1,
    ) -> None:
        """`threads`: how many use it at once; each may hold a lock's session and a transaction.

        `idle_seconds`: how long a transaction on PostgreSQL may do nothing. A process that is frozen in the middle of
        one must not hold its rows for ever: the others wait for them.
        """
        self.url = make_url(url)
        self._lock_dir = lock_dir
        self._idle_seconds = idle_seconds
        self._room = {"max_overflow": CONNECTIONS_MORE + 2 * threads}
        self.engine = self._open(busy_seconds)
        self._writing = self.engine.execution_options(qbsync_write=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def server_address(self) -> str:
        """How PostgreSQL's own programs are told where it is; it may hold a password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def _open(self, busy_seconds: float) -> Engine:
        if not self.is_sqlite:
            server = create_engine(self.url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **self._room)
            event.listen(server, "connect", self._end_idle_transactions)
            return server
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        given = {"timeout": busy_seconds, "check_same_thread": False}
        engine = create_engine(self.url, connect_args=given, **({} if _in_memory(self.url) else self._room))
        event.listen(engine, "connect", _prepare_sqlite(busy_seconds))
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _end_idle_transactions(self, connection: psycopg.Connection, _record: object) -> None:
        connection.execute(ending_idle_transactions(self._idle_seconds))
        connection.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with said_plainly(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, alone: str = "") -> Iterator[Session]:
        """A transaction that may write: it takes SQLite's one write place at once, so it can never deadlock.

        `alone` names what is read and then written: of those with one name, one works at a time on PostgreSQL too.
        """
        with said_plainly(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            if alone and not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number(alone)})
            yield session

    def present(self, session: Session, own: datetime) -> datetime:
        """The present by the clock that all processes share: PostgreSQL's; on SQLite the machine's, which is `own`."""
        if self.is_sqlite:
            return own
        seconds = session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
        return datetime.fromtimestamp(float(seconds), UTC)

    @contextmanager
    def lock(self, name: str, timeout_seconds: float = 60) -> Iterator[None]:
        """Hold a named lock between all processes; freed by the system when its holder dies.

        Raises StoreUnavailable when another process holds it for longer than `timeout_seconds`.
        """
        held = self._lock_file if self.is_sqlite else self._lock_number
        with held(name, timeout_seconds):
            yield

    @contextmanager
    def _lock_file(self, name: str, timeout_seconds: float) -> Iterator[None]:
        self._lock_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._lock_dir / f"{name}.lock", timeout=timeout_seconds)
        try:
            lock.acquire()
        except Timeout:
            raise _held_too_long(name, timeout_seconds) from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _lock_number(self, name: str, timeout_seconds: float) -> Iterator[None]:
        """PostgreSQL's lock belongs to the session, so no transaction stays open while it is held."""
        with said_plainly():
            session = self.engine.connect()
        with session:
            _take(session, name, timeout_seconds)
            try:
                yield
            finally:
                _give_back(session, name)

    def close(self) -> None:
        self.engine.dispose()


def open_transaction(session: Session) -> Any:
    """The driver's own connection, in the session's transaction."""
    return session.connection().connection.driver_connection


def present(session: Session, now: datetime, less: timedelta = timedelta()) -> Any:
    """The present, or so long before it, for a statement: by PostgreSQL's clock, which machines share, else `now`."""
    if session.get_bind().dialect.name == "sqlite":
        return now - less
    return func.timezone("UTC", func.clock_timestamp() - literal(less, Interval()), type_=UtcDateTime())


def _in_memory(url: URL) -> bool:
    return not url.database or url.database == ":memory:"


def ending_idle_transactions(seconds: float) -> str:
    """The statement after which PostgreSQL ends this session when a transaction of it does nothing for so long."""
    return f"SET idle_in_transaction_session_timeout = {round(seconds * 1000)}"


def _prepare_sqlite(busy_seconds: float) -> Any:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in (
            f"busy_timeout={int(busy_seconds * 1000)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("qbsync_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def lock_number(name: str) -> int:
    """PostgreSQL's locks have numbers for names."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])


def _take(session: Connection, name: str, timeout_seconds: float) -> None:
    milliseconds = str(max(1, round(timeout_seconds * 1000)))  # 0 would wait for ever
    try:
        with said_plainly(), session.begin():
            session.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": milliseconds})
            session.execute(text("SELECT pg_advisory_lock(:number)"), {"number": lock_number(name)})
    except StoreUnavailable as error:
        if getattr(getattr(error.__cause__, "orig", None), "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise _held_too_long(name, timeout_seconds) from None
        raise


def _give_back(session: Connection, name: str) -> None:
    try:
        with session.begin():
            session.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": lock_number(name)})
    except DatabaseError:
        session.invalidate()  # the lock ends with its session


def _held_too_long(name: str, seconds: float) -> StoreUnavailable:
    return StoreUnavailable(f"Another process has held the lock {name!r} for {seconds:g} seconds. {LOCKED_REMEDY}")


@contextmanager
def said_plainly() -> Iterator[None]:
    """Says what the database cannot do in plain words. Raises StoreUnavailable."""
    try:
        yield
    except NoConnectionLeft as error:
        raise StoreUnavailable(
            "All connections of this process to the database are in use. Try again in a moment; nothing was lost."
        ) from error
    except OperationalError as error:
        remedy = UNREACHABLE_REMEDY if _is_unreachable(error) else LOCKED_REMEDY
        raise StoreUnavailable(f"The database cannot be used: {_cause(error)}. {remedy}") from error
    except InternalError as error:
        if getattr(error.orig, "sqlstate", "") != IDLE_FOR_TOO_LONG:
            raise
        raise StoreUnavailable(
            "This process stood still in the middle of a transaction, and the database took it back. Nothing was lost."
        ) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise  # a broken constraint is for whoever wrote
        raise StoreUnavailable(f"The database cannot be read: {_cause(error)}. {DAMAGED_REMEDY}") from error


def _is_unreachable(error: OperationalError) -> bool:
    """PostgreSQL gives a state with whatever it answers; SQLite's errors know no states."""
    return getattr(error.orig, "sqlstate", "") is None


def _cause(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
