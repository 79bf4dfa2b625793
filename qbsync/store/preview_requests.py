"""Requests for previews in the database: at most one open a company, and each change only by the latest claim."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.errors import PreviewOpen
from qbsync.domain.plan import Scope
from qbsync.domain.preview_request import OPEN_REQUESTS, PreviewRequest, RequestStatus
from qbsync.store.database import Database
from qbsync.store.tables import PreviewRequestRow

OPEN = [status.value for status in OPEN_REQUESTS]
_SCOPE = TypeAdapter(Scope)


class PreviewRequests:
    """What was asked for, and how far it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, request: PreviewRequest) -> None:
        """Add an open request. Raises PreviewOpen when the company has one already."""
        try:
            with self._database.write() as session:
                session.add(
                    PreviewRequestRow(
                        id=request.id,
                        connection_id=request.connection_id,
                        scope=_SCOPE.dump_json(request.scope).decode(),
                        asked_by=request.asked_by,
                        asked_at=request.asked_at,
                        touched_at=request.asked_at,
                        status=request.status.value,
                    )
                )
        except IntegrityError:
            raise PreviewOpen(
                "A preview of this company is being built already. Wait for it on the Sync page, or cancel it there."
            ) from None

    def latest(self, connection_id: int) -> PreviewRequest | None:
        with self._database.read() as session:
            row = session.execute(
                select(PreviewRequestRow)
                .where(col(PreviewRequestRow.connection_id) == connection_id)
                .order_by(col(PreviewRequestRow.asked_at).desc(), col(PreviewRequestRow.id))
                .limit(1)
            ).scalar_one_or_none()
            return _request(row) if row else None

    def claim(self, at: datetime, *, stalled_before: datetime) -> PreviewRequest | None:
        """Take the oldest request that nobody builds, or whose worker has not been heard of since."""
        waiting = (
            select(PreviewRequestRow)
            .where(
                col(PreviewRequestRow.status).in_(OPEN),
                or_(
                    col(PreviewRequestRow.status) == RequestStatus.ASKED.value,
                    col(PreviewRequestRow.touched_at) < stalled_before,
                ),
            )
            .order_by(col(PreviewRequestRow.asked_at))
            .limit(1)
        )
        with self._database.read() as session:  # most looks find nothing, and need not take the place to write
            if session.execute(waiting).first() is None:
                return None
        with self._database.write(alone="preview-request") as session:
            row = session.execute(waiting).scalar_one_or_none()
            if row is None:
                return None
            row.status, row.claim, row.touched_at = RequestStatus.BUILDING.value, row.claim + 1, at
            return _request(row)

    def begin_step(self, request: PreviewRequest, doing: str, at: datetime) -> bool:
        """Say what is being done; False when the request is no longer this claim's."""
        with self._database.write() as session:
            return _change(session, request, at, step=PreviewRequestRow.step + 1, doing=doing)

    def finish(self, request: PreviewRequest, plan_id: str, at: datetime) -> bool:
        with self._database.write() as session:
            return _change(session, request, at, status=RequestStatus.READY.value, plan_id=plan_id)

    def fail(self, request: PreviewRequest, note: str, at: datetime) -> bool:
        with self._database.write() as session:
            return _change(session, request, at, status=RequestStatus.FAILED.value, note=note)

    def cancel(self, request_id: str, at: datetime) -> None:
        with self._database.write() as session:
            session.execute(
                update(PreviewRequestRow)
                .where(col(PreviewRequestRow.id) == request_id, col(PreviewRequestRow.status).in_(OPEN))
                .values(status=RequestStatus.CANCELLED.value, touched_at=at)
            )


def _change(session: Session, request: PreviewRequest, at: datetime, **values: Any) -> bool:
    """Change a request that is still this claim's; returns whether it was."""
    changed = session.execute(
        update(PreviewRequestRow)
        .where(
            col(PreviewRequestRow.id) == request.id,
            col(PreviewRequestRow.status) == RequestStatus.BUILDING.value,
            col(PreviewRequestRow.claim) == request.claim,
        )
        .values(touched_at=at, **values)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _request(row: PreviewRequestRow) -> PreviewRequest:
    return PreviewRequest(
        id=row.id,
        connection_id=row.connection_id,
        scope=_SCOPE.validate_json(row.scope),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        status=RequestStatus(row.status),
        claim=row.claim,
        step=row.step,
        doing=row.doing,
        plan_id=row.plan_id,
        note=row.note,
    )
