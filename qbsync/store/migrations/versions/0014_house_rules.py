"""Companies and the installation save rules of their own, and old things are cleared once a day."""

import sqlalchemy as sa
from alembic import op

from qbsync.store.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_save",
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "version"),
    )
    chore = op.create_table(
        "chore",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(chore, [{"name": "clearing", "begun_at": None}])
