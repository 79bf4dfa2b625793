"""A row error knows its kind and what it is about, and stays open until something settles it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = "core_import_issue"
    op.add_column(table, sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column(table, sa.Column("about", sa.String(), nullable=False, server_default=""))
    op.add_column(table, sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_core_import_issue_is_open", table, ["is_open"])
    issues = sa.table(table, sa.column("import_id"), sa.column("severity"), sa.column("is_open"))
    latest = sa.select(sa.func.max(sa.column("id"))).select_from(sa.table("core_import")).scalar_subquery()
    op.execute(  # what the Overview counted until now: the errors of the newest import
        sa.update(issues).where(issues.c.severity == "error", issues.c.import_id == latest).values(is_open=sa.true())
    )
