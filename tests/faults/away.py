"""What others do to the database of a company while a run is pushed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from tests.company import Company

END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def held(company: Company) -> Iterator[None]:
    """Another process is in the middle of writing, and does not come to its end."""
    if not company.database_url:
        with closing(sqlite3.connect(company.folder / "qbsync.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(company.database_url) as other:
        other.execute("LOCK TABLE run, attempt IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def end_sessions(database_url: str) -> int:
    """End all sessions of a PostgreSQL database; returns how many there were."""
    with psycopg.connect(database_url, autocommit=True) as other:
        return len(other.execute(END_SESSIONS).fetchall())
