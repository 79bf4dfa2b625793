"""A firing counts its tries: one whose worker died is begun once more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("firing", sa.Column("tries", sa.Integer(), nullable=False, server_default="1"))
    # Those of the past are not begun again now.
    op.execute("UPDATE firing SET result = 'Failed: the worker ended in the middle' WHERE result = ''")
