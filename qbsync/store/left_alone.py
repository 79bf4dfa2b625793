"""The records that people leave alone, in the database; both ways stand in the audit trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.tables import AuditRow, LeftAloneRow


class LeftAloneRecords:
    """Which records of Core a company's syncs leave alone, and by whose word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, connection_id: int) -> dict[str, LeftAlone]:
        """The records that are left alone, by their key, the latest first."""
        with self._database.read() as session:
            rows = session.execute(
                select(LeftAloneRow)
                .where(col(LeftAloneRow.connection_id) == connection_id)
                .order_by(col(LeftAloneRow.at).desc(), col(LeftAloneRow.core_id))
            ).scalars()
            return {one.key: one for one in map(_value, rows)}

    def add(self, connection_id: int, one: LeftAlone) -> None:
        """Leave a record alone; a later word replaces an earlier one."""
        with self._database.write(alone=f"left-alone-{connection_id}") as session:
            session.merge(
                LeftAloneRow(
                    connection_id=connection_id,
                    kind=one.kind.value,
                    core_id=one.core_id,
                    title=one.title,
                    reason=one.reason,
                    who=one.who,
                    at=one.at,
                )
            )
            session.add(
                AuditRow(
                    connection_id=connection_id,
                    at=one.at,
                    who=one.who,
                    what="left a record alone",
                    subject=one.key,
                    detail=one.reason,
                )
            )

    def remove(self, connection_id: int, kind: SyncKind, core_id: str, *, who: str, at: datetime) -> bool:
        """Take a record up again; False when it was not left alone."""
        with self._database.write(alone=f"left-alone-{connection_id}") as session:
            row = session.get(LeftAloneRow, (connection_id, kind.value, core_id))
            if row is None:
                return False
            session.delete(row)
            session.add(
                AuditRow(
                    connection_id=connection_id,
                    at=at,
                    who=who,
                    what="took a record up again",
                    subject=_value(row).key,
                    detail=f"It was left alone by {row.who}: {row.reason}",
                )
            )
            return True


def _value(row: LeftAloneRow) -> LeftAlone:
    return LeftAlone(
        kind=SyncKind(row.kind), core_id=row.core_id, title=row.title, reason=row.reason, who=row.who, at=row.at
    )
