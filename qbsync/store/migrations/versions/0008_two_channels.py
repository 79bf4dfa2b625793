"""An attempt knows how it is sent, and whether it may be sent before or beside others of its kind.

Attempts that are there already are sent as batches, in their order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("channel", sa.String(), nullable=False, server_default="batch"))
    op.add_column("attempt", sa.Column("any_order", sa.Boolean(), nullable=False, server_default=sa.false()))
