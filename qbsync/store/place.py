"""The place of workers on a database: an embedded one holds it alone, those that share a queue hold it together."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

import structlog
from filelock import FileLock, Timeout
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DatabaseError

from qbsync.store.database import Database, lock_number, said_plainly

log = structlog.get_logger(__name__)

NAME = "worker"
NAME_LENGTH_MAX = 63  # PostgreSQL cuts the names of its sessions
TAKEOVER_SECONDS = 60  # a holder that was silent for so long is frozen
BEATS = 6  # in that time

# A machine that lost its power says no goodbye: both ends ask after 10 seconds of silence, and give up after 25.
OURS = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
THEIRS = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}

# The session's last sign of life is told by the server's clock; it is 0 where the server does not say.
HOLDER = text(
    "SELECT pid, application_name, coalesce(extract(epoch FROM clock_timestamp() - state_change), 0) "
    "FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = :high AND objid = :low "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Place(Protocol):
    """What only one embedded worker of a database holds at a time; freed by the system when its holder dies."""

    others_wait: bool  # whether another worker stands by for it, or ends
    alone: bool  # whether its holder works alone, or beside others who share a queue

    def take(self) -> str:
        """Take it, if it is free; returns who holds it, "" when that is us now. Raises StoreUnavailable."""

    def held(self) -> bool:
        """Whether we hold it still."""

    def give_back(self) -> None: ...


class FilePlace:
    """SQLite lives on one machine, and so does its place: a locked file beside the database."""

    others_wait, alone = False, True

    def __init__(self, file: Path) -> None:
        self._lock = FileLock(file, thread_local=False)  # the thread that pushes asks as well whether it is held

    def take(self) -> str:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return "a process on this machine"
        return ""

    def held(self) -> bool:
        return self._lock.is_locked

    def give_back(self) -> None:
        self._lock.release()


class SessionPlace:
    """On PostgreSQL the place is a lock of the server, held by a session that does nothing else.

    The server frees it when the session ends, so a worker that lost its session lost its place, and has to ask again.
    The session of a worker that is frozen does not end: a thread of the holder gives a sign of life now and then, and
    whoever finds a silent holder ends its session. What that worker still does when it wakes, the fence refuses.
    Workers that share a queue share the place too, so that none of them works beside an embedded one.
    """

    others_wait = True

    def __init__(
        self,
        database: Database,
        holder: str,
        takeover_seconds: float = TAKEOVER_SECONDS,
        *,
        shared: bool = False,
    ) -> None:
        """`holder` says who we are, to whoever finds the place taken; silent holders lose it after this time."""
        self.alone = not shared
        self._ask = text(f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}(:number)")
        named = {"application_name": holder.encode("ascii", "replace").decode()[:NAME_LENGTH_MAX]}
        self._engine = create_engine(
            database.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={**OURS, **named}
        )
        self._takeover_seconds = takeover_seconds
        self._session: Connection | None = None
        self._given_back = threading.Event()
        self._one_at_a_time = threading.RLock()  # the session is asked by the worker and by the sign of life
        self._number = lock_number(NAME)

    def take(self) -> str:
        self.give_back()
        with said_plainly(), ExitStack() as unless_kept:
            session = unless_kept.enter_context(self._engine.connect())
            if not session.execute(self._ask, {"number": self._number}).scalar():
                return self._holder(session)
            for name, value in THEIRS.items():
                session.execute(text("SELECT set_config(:name, :value, false)"), {"name": name, "value": str(value)})
            unless_kept.pop_all()
        self._session, self._given_back = session, threading.Event()
        threading.Thread(target=self._live, args=(self._given_back,), name="sign of life", daemon=True).start()
        return ""

    def held(self) -> bool:
        with self._one_at_a_time:
            if self._session is None:
                return False
            try:
                self._session.execute(text("SELECT 1"))
            except DatabaseError:
                self.give_back()
                return False
            return True

    def give_back(self) -> None:
        with self._one_at_a_time:
            self._given_back.set()
            session, self._session = self._session, None
            if session is not None:
                _end(session)

    def _live(self, given_back: threading.Event) -> None:
        """Asking whether we hold it is a sign of life too; a push in between may take much longer than that."""
        while not given_back.wait(self._takeover_seconds / BEATS):
            self.held()

    def _holder(self, session: Connection) -> str:
        """Who holds it. A holder that is silent loses it, so that whoever asks next gets it."""
        high, low = divmod(self._number, 2**32)
        found = session.execute(HOLDER, {"high": high, "low": low}).first()
        if found is None:
            return "a worker that has just ended"
        pid, name, silent_seconds = found
        if silent_seconds > self._takeover_seconds:
            log.warning("worker.silent", holder=name, seconds=round(silent_seconds))
            session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return str(name)


def _end(session: Connection) -> None:
    """End a session and its lock. A session that broke has lost it already."""
    with suppress(DatabaseError):
        if not session.invalidated:
            # the server ends a closed session a bit later, and who asks just now would still find it held
            session.execute(text("SELECT pg_advisory_unlock_all()"))
    with suppress(DatabaseError):
        session.close()


def worker_place(
    database: Database, holder: str, takeover_seconds: float = TAKEOVER_SECONDS, *, shared: bool = False
) -> Place:
    """The place of the worker on this database."""
    if database.is_sqlite:
        return FilePlace(Path(database.url.database or "").resolve().with_name("worker.lock"))
    return SessionPlace(database, holder, takeover_seconds, shared=shared)
