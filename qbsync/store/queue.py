"""Brings the tables of the shared engine's queue to the installed version of procrastinate, beside our own tables."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import select, text
from sqlmodel import Session, col

from qbsync.store.database import Database, open_transaction
from qbsync.store.tables import QueueStep

THERE = text("SELECT to_regclass('procrastinate_jobs')")


def upgrade_queue(database: Database) -> None:
    """Apply the steps that are missing; safe to call from several processes at once."""
    if not _missing(database):
        return
    with database.lock("migrate"):
        for name in _missing(database):
            with database.write() as session:
                if session.execute(THERE).scalar() is None:
                    _apply(session, SchemaManager.get_schema(), _steps())  # the whole of it, as of the last step
                    return
                _apply(session, _sql(name), [name])


def _missing(database: Database) -> list[str]:
    with database.read() as session:
        done = set(session.execute(select(col(QueueStep.name))).scalars())
    return [name for name in _steps() if name not in done]


def _steps() -> list[str]:
    """The names of procrastinate's own migrations, in their order."""
    return sorted(file.name for file in Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _sql(name: str) -> str:
    return (Path(SchemaManager.get_migrations_path()) / name).read_text(encoding="utf-8")


def _apply(session: Session, statements: str, names: list[str]) -> None:
    open_transaction(session).execute(statements)
    session.add_all(QueueStep(name=name) for name in names)
