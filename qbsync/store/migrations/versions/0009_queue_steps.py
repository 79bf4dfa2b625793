"""Remembers which steps of the shared engine's own tables were applied; it stays empty with the embedded engine."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("queue_step", sa.Column("name", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name"))
