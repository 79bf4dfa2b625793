"""Removes what is older than a moment and that nobody needs, a bounded number of rows in each transaction.

Links, runs, outcomes, the mapping and the audit trail are never removed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, inspect, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from qbsync.domain.plan import PlanStatus
from qbsync.store.core_tables import CoreImport, CoreImportIssue
from qbsync.store.database import Database
from qbsync.store.tables import ChangeRow, NotificationRow, PlanRow, RunRow


class OldRecords:
    """Each method removes at most `limit` rows of what is older than `before`, and returns how many there were."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def clear_previews(self, before: datetime, limit: int) -> int:
        """Of the oldest preview that was never confirmed: its lines, and at last itself. A company's newest stays."""
        newer = aliased(PlanRow)
        unused = (
            select(col(PlanRow.id))
            .where(
                col(PlanRow.status) == PlanStatus.SUPERSEDED.value,
                col(PlanRow.built_at) < before,
                ~exists().where(col(RunRow.plan_id) == col(PlanRow.id)),
                exists().where(
                    col(newer.connection_id) == col(PlanRow.connection_id),
                    col(newer.built_at) > col(PlanRow.built_at),
                ),
            )
            .order_by(col(PlanRow.built_at))
            .limit(1)
        )
        return self._clear(unused, col(PlanRow.id), col(ChangeRow.seq), col(ChangeRow.plan_id), limit)

    def clear_imports(self, before: datetime, limit: int) -> int:
        """Of the oldest import without an open error: its problems, and at last itself. The newest import stays."""
        newest = select(func.max(col(CoreImport.id))).scalar_subquery()
        unused = (
            select(col(CoreImport.id))
            .where(
                col(CoreImport.at) < before,
                col(CoreImport.id) != newest,
                ~exists().where(col(CoreImportIssue.import_id) == col(CoreImport.id), col(CoreImportIssue.is_open)),
            )
            .order_by(col(CoreImport.id))
            .limit(1)
        )
        return self._clear(unused, col(CoreImport.id), col(CoreImportIssue.id), col(CoreImportIssue.import_id), limit)

    def clear_notices(self, before: datetime, limit: int) -> int:
        """Notices that were read."""
        old = (col(NotificationRow.at) < before) & col(NotificationRow.read_at).is_not(None)
        with self._database.write() as session:
            return _remove(session, col(NotificationRow.id), old, limit)

    def _clear(
        self, unused: Select[Any], key: Mapped[Any], part: Mapped[Any], belongs_to: Mapped[Any], limit: int
    ) -> int:
        """Remove parts of the one record that `unused` finds, and with the last of them itself."""
        with self._database.write() as session:
            found = session.execute(unused).scalar_one_or_none()
            if found is None:
                return 0
            parts = _remove(session, part, belongs_to == found, limit)
            return parts if parts == limit else parts + _remove(session, key, key == found, limit)


def _remove(session: Session, column: Mapped[Any], chosen: ColumnElement[bool], limit: int) -> int:
    """Remove at most `limit` of the rows that are chosen, by the values of this column."""
    keys = list(session.execute(select(column).where(chosen).order_by(column).limit(limit)).scalars())
    if keys:
        session.execute(delete(inspect(column).class_).where(chosen, column.in_(keys)))
    return len(keys)
