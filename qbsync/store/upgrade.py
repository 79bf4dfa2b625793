"""Brings the database to this version's tables, at every start, under a lock, forward only."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from qbsync.domain.errors import BadInput
from qbsync.store.database import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(database: Database, step: str = "") -> None:
    """Apply the steps that are missing, up to `step` ("": all); safe to call from several processes at once."""
    config = _config()
    step = step or ScriptDirectory.from_config(config).get_current_head() or "head"
    if version(database) == step:
        return
    with database.lock("migrate"), database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, step)


def version(database: Database) -> str | None:
    """The step the database is at; None for an empty one."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def backup(database: Database, folder: Path, at: datetime) -> Path:
    """Write a whole, consistent copy of an SQLite database into `folder` while it is in use."""
    if not database.is_sqlite:
        raise BadInput("PostgreSQL is backed up by its own tools: use pg_dump.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"qbsync-{at:%Y%m%d-%H%M%S}.db"
    room_needed = Path(database.url.database or "").stat().st_size
    if shutil.disk_usage(folder).free < room_needed:
        raise BadInput(f"There is no room for a copy of {room_needed:,} bytes in {folder}.")
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("COMMIT")
        connection.execute(text("VACUUM INTO :target"), {"target": str(target)})
    return target
