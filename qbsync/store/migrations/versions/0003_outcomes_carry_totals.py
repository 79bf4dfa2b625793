"""An outcome keeps the hours and money that QuickBooks then held: totals of a run never change afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outcome", sa.Column("posted_minutes", sa.Integer(), nullable=True))
    op.add_column("outcome", sa.Column("posted_amount", sa.String(40), nullable=True))
