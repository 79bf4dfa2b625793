"""Outcomes say where they are mended, in which attempt they were sent, and what QuickBooks answered to a refused one."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WORDS = {"mapping": "Mapping page", "connection": "Connection page", "core_data": "in ProForge Core"}


def upgrade() -> None:
    op.add_column("outcome", sa.Column("place", sa.String(), nullable=False, server_default=""))
    op.add_column("outcome", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    op.add_column("outcome", sa.Column("sent_number", sa.Integer(), nullable=True))
    op.add_column("outcome", sa.Column("sent_bid", sa.String(), nullable=False, server_default=""))
    outcome = sa.table("outcome", sa.column("place", sa.String()), sa.column("remedy", sa.Text()))
    for screen, words in WORDS.items():  # what is there already says it in words
        mended = outcome.update().where(outcome.c.remedy.contains(words), outcome.c.place == "")
        op.execute(mended.values(place=screen))
