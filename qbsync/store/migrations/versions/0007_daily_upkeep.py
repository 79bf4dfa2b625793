"""A connection knows its latest daily upkeep, a notice may be one that is given once, and reads are counted."""

import sqlalchemy as sa
from alembic import op

from qbsync.store.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connection", sa.Column("kept_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("notification") as notification:
        notification.add_column(sa.Column("once", sa.String(), nullable=True))
        notification.create_unique_constraint("notification_once", ["once"])
    op.create_table(
        "metered_read",
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("realm_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("environment", "realm_id", "month"),
    )
