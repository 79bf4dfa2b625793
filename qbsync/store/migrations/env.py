"""Alembic's entry: runs the steps on the connection that `qbsync.store.upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

from qbsync.store import core_tables, tables  # noqa: F401  (registers the tables)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
