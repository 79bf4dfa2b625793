"""A consent knows whether it was asked for one more company beside those that are connected."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("oauth_state", sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false()))
