"""A preview keeps how many runs of its company had ended when it began: machines' clocks may differ, a count does not."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("runs_ended", sa.Integer(), nullable=True))
