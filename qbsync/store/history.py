"""What happened over time, added up by the database: records per day, causes of failure, searchable outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from qbsync.domain.history import CauseCount, DayCount
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.links import named_by
from qbsync.store.run_values import outcome_of
from qbsync.store.tables import OutcomeRow, RunRow


class History:
    """Answers the questions of the History and Sync Log pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def per_day(self, connection_id: int, first: datetime, last: datetime) -> list[DayCount]:
        """Records by day, action and result, in first … last."""
        day = func.date(col(OutcomeRow.at))
        with self._database.read() as session:
            rows = session.execute(
                select(day, col(OutcomeRow.action), col(OutcomeRow.status), func.count())
                .where(
                    col(OutcomeRow.connection_id) == connection_id,
                    col(OutcomeRow.at) >= first,
                    col(OutcomeRow.at) <= last,
                )
                .group_by(day, col(OutcomeRow.action), col(OutcomeRow.status))
                .order_by(day)
            )
            return [
                DayCount(
                    day=found if isinstance(found, date) else date.fromisoformat(found),
                    action=action,
                    status=OutcomeStatus(status),
                    records=count,
                )
                for found, action, status, count in rows
            ]

    def causes(self, connection_id: int, first: datetime, last: datetime) -> list[CauseCount]:
        """Why records were not done, most frequent first."""
        failed = [OutcomeStatus.FAILED.value, OutcomeStatus.UNANSWERED.value, OutcomeStatus.STALE.value]
        # A code of QuickBooks' is one cause, however its sentence names the record; our own have their sentence only.
        cause = case((col(OutcomeRow.code) == "", col(OutcomeRow.message)), else_=col(OutcomeRow.code))
        with self._database.read() as session:
            rows = session.execute(
                select(func.min(col(OutcomeRow.code)), func.min(col(OutcomeRow.message)), func.count())
                .where(
                    col(OutcomeRow.connection_id) == connection_id,
                    col(OutcomeRow.status).in_(failed),
                    col(OutcomeRow.at) >= first,
                    col(OutcomeRow.at) <= last,
                )
                .group_by(cause)
                .order_by(func.count().desc())
            )
            return [CauseCount(code=code, message=message, records=count) for code, message, count in rows]

    def of_record(
        self, connection_id: int, kind: SyncKind, core_id: str, *, parts: bool = False, limit: int = 200
    ) -> list[Outcome]:
        """What became of one Core record in every run, newest first; with `parts` of all that is part of it."""
        statement = (
            select(OutcomeRow)
            .where(
                col(OutcomeRow.connection_id) == connection_id,
                col(OutcomeRow.kind) == kind.value,
                named_by(col(OutcomeRow.core_id), core_id, parts=parts),
            )
            .order_by(col(OutcomeRow.at).desc().nulls_first(), col(OutcomeRow.seq))
            .limit(limit)
        )
        with self._database.read() as session:
            return [outcome_of(row) for row in session.execute(statement).scalars()]

    def search(
        self,
        connection_id: int,
        *,
        run_id: str = "",
        kinds: Sequence[SyncKind] = (),
        statuses: Sequence[OutcomeStatus] = (),
        codes: Sequence[str] = (),
        who: str = "",
        since: datetime | None = None,
        text: str = "",
        limit: int = 2000,
    ) -> list[Outcome]:
        """Outcomes, newest first, narrowed by run, kind, result, code, who confirmed them, time and text."""
        statement = select(OutcomeRow).where(col(OutcomeRow.connection_id) == connection_id)
        if codes:
            statement = statement.where(col(OutcomeRow.code).in_(codes))
        if who:
            theirs = select(col(RunRow.id)).where(
                col(RunRow.connection_id) == connection_id, col(RunRow.confirmed_by) == who
            )
            statement = statement.where(col(OutcomeRow.run_id).in_(theirs))
        if since is not None:
            statement = statement.where(col(OutcomeRow.at) >= since)
        if run_id:
            statement = statement.where(col(OutcomeRow.run_id) == run_id)
        if kinds:
            statement = statement.where(col(OutcomeRow.kind).in_([kind.value for kind in kinds]))
        if statuses:
            statement = statement.where(col(OutcomeRow.status).in_([status.value for status in statuses]))
        if text:
            statement = statement.where(
                or_(
                    col(OutcomeRow.title).icontains(text, autoescape=True),
                    col(OutcomeRow.core_id).icontains(text, autoescape=True),
                    col(OutcomeRow.message).icontains(text, autoescape=True),
                    col(OutcomeRow.ledger_id) == text,
                )
            )
        statement = statement.order_by(col(OutcomeRow.at).desc().nulls_last(), col(OutcomeRow.seq)).limit(limit)
        with self._database.read() as session:
            return [outcome_of(row) for row in session.execute(statement).scalars()]
