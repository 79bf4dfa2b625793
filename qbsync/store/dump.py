"""Every table as rows, for an export that leaves with its owner. What is secret, or of no use elsewhere, stays here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlmodel import SQLModel

from qbsync.store.database import Database
from qbsync.store.tables import OAuthState, ThrottleRow, TokenRow

KEPT_BACK = {str(table.__tablename__) for table in (TokenRow, OAuthState, ThrottleRow)}
ROWS_AT_ONCE = 2000

Row = tuple[object, ...]


@contextmanager
def dumped(database: Database) -> Iterator[Iterator[tuple[str, list[str], Iterator[Row]]]]:
    """(table, its columns, its rows), all as of one moment. The rows of a table are read before the next table's."""
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in KEPT_BACK]
    with database.read() as session:
        yield (
            (
                table.name,
                [column.name for column in table.columns],
                (
                    tuple(row)
                    for row in session.execute(
                        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
                    )
                ),
            )
            for table in tables
        )
