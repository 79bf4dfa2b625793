"""Previews are asked for on the dashboard and built by the worker; an outcome knows what it is called in its attempt."""

import sqlalchemy as sa
from alembic import op

from qbsync.store.columns import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = "status IN ('asked', 'building')"


def upgrade() -> None:
    op.add_column("outcome", sa.Column("bid", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "preview_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("doing", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
    )
    op.create_index(
        "preview_request_open",
        "preview_request",
        ["connection_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("preview_request_latest", "preview_request", ["connection_id", "asked_at"])
