"""A payroll row or bill keeps the fault of a newer version of it that could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("core_payroll_row", "core_vendor_bill"):
        op.add_column(table, sa.Column("doubt", sa.String(), nullable=False, server_default=""))
