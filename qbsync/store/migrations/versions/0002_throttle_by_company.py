"""The throttle counts by QuickBooks company: the first look at one comes before there is a connection."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("throttle")  # it holds nothing older than a minute
    op.create_table(
        "throttle",
        sa.Column("realm_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("realm_id", "channel"),
    )
