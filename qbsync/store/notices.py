"""Notices for people, and the audit trail that is only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.store.database import Database
from qbsync.store.tables import AuditRow, NotificationRow


class Notices:
    """What people should know, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notice: Notice, *, at: datetime, connection_id: int | None = None) -> None:
        with self._database.write() as session:
            session.add(_row(notice, at, connection_id))

    def add_once(self, once: str, notice: Notice, *, at: datetime, connection_id: int | None = None) -> bool:
        """Add a notice unless there was one of the same `once`; returns whether it was added."""
        try:
            with self._database.write() as session:
                session.add(_row(notice, at, connection_id, once))
        except IntegrityError:
            return False
        return True

    def latest(self, limit: int = 50) -> list[Notice]:
        with self._database.read() as session:
            rows = session.execute(
                select(NotificationRow).order_by(col(NotificationRow.id).desc()).limit(limit)
            ).scalars()
            return [
                Notice(
                    severity=NoticeSeverity(row.severity),
                    title=row.title,
                    body=row.body,
                    page=row.page,
                    at=row.at,
                    id=row.id or 0,
                    read=row.read_at is not None,
                )
                for row in rows
            ]

    def unread(self) -> int:
        with self._database.read() as session:
            unread = select(func.count()).select_from(NotificationRow).where(col(NotificationRow.read_at).is_(None))
            return int(session.execute(unread).scalar_one())

    def mark_read(self, at: datetime) -> None:
        with self._database.write() as session:
            session.execute(update(NotificationRow).where(col(NotificationRow.read_at).is_(None)).values(read_at=at))

    def audit(
        self,
        *,
        who: str,
        what: str,
        subject: str,
        at: datetime,
        detail: str = "",
        connection_id: int | None = None,
    ) -> None:
        """Add a line to the audit trail."""
        with self._database.write() as session:
            session.add(
                AuditRow(connection_id=connection_id, at=at, who=who, what=what, subject=subject, detail=detail)
            )


def _row(notice: Notice, at: datetime, connection_id: int | None, once: str | None = None) -> NotificationRow:
    return NotificationRow(
        connection_id=connection_id,
        at=at,
        severity=notice.severity.value,
        title=notice.title,
        body=notice.body,
        page=notice.page,
        once=once,
    )
