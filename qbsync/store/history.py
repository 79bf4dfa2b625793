"""What happened over time, added up by the database: records per day, causes of failure, searchable outcomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from qbsync.domain.history import CauseCount, DayCount, Search
from qbsync.domain.retry import OVER_OR_WAITING
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind, key_of
from qbsync.store.database import Database
from qbsync.store.links import named_by
from qbsync.store.run_values import outcome_of
from qbsync.store.tables import LeftAloneRow, OutcomeRow, RunRow

# What has a cause. What somebody cancelled has none, and what waits may still be done.
NOT_DONE = (OutcomeStatus.FAILED, OutcomeStatus.UNANSWERED, OutcomeStatus.STALE, OutcomeStatus.SKIPPED)


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
        with self._database.read() as session:
            rows = session.execute(
                select(func.min(col(OutcomeRow.code)), func.min(col(OutcomeRow.message)), func.count())
                .where(*_not_done(connection_id, first, last))
                .group_by(_cause())
                .order_by(func.count().desc())
            )
            return [CauseCount(code=code, message=message, records=count) for code, message, count in rows]

    def runs_of_causes(
        self, connection_id: int, causes: Collection[str], first: datetime, last: datetime
    ) -> frozenset[str]:
        """The ids of the runs in which a record was not done for one of these causes, given by their keys."""
        of_causes = (*_not_done(connection_id, first, last), _cause().in_(causes))
        statement = select(col(OutcomeRow.run_id)).where(*of_causes).distinct()
        with self._database.read() as session:
            return frozenset(session.execute(statement).scalars())

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

    def not_done(self, run_ids: Sequence[str]) -> dict[str, int]:
        """How many records of each of these runs were not done, and that no later run of the company took up.

        Records that are left alone by now do not count, nor runs without one.
        """
        left_alone = exists().where(
            col(LeftAloneRow.connection_id) == col(OutcomeRow.connection_id),
            col(LeftAloneRow.kind) == col(OutcomeRow.kind),
            col(LeftAloneRow.core_id) == col(OutcomeRow.core_id),
        )
        statement = (
            select(col(OutcomeRow.run_id), func.count())
            .where(
                col(OutcomeRow.run_id).in_(run_ids),
                col(OutcomeRow.status).notin_(OVER_OR_WAITING),
                ~_taken_up_later(),
                ~left_alone,
            )
            .group_by(col(OutcomeRow.run_id))
        )
        with self._database.read() as session:
            return {run_id: int(count) for run_id, count in session.execute(statement)}

    def ended_badly(self, connection_id: int) -> dict[str, OutcomeStatus]:
        """How it ended for each record that failed or was not answered and that no later run took up, by its key.

        Found run by run: of a long log few rows are bad, and only the runs lead to those without reading the rest.
        """
        statement = (
            select(col(OutcomeRow.kind), col(OutcomeRow.core_id), col(OutcomeRow.status))
            .join(RunRow, col(RunRow.id) == col(OutcomeRow.run_id))
            .where(
                col(RunRow.connection_id) == connection_id,
                col(OutcomeRow.status).in_([OutcomeStatus.FAILED.value, OutcomeStatus.UNANSWERED.value]),
                ~_taken_up_later(),
            )
        )
        with self._database.read() as session:
            rows = session.execute(statement)
            return {key_of(SyncKind(kind), core_id): OutcomeStatus(status) for kind, core_id, status in rows}

    def search(self, connection_id: int, search: Search, *, limit: int = 2000, offset: int = 0) -> list[Outcome]:
        """Outcomes, newest first."""
        statement = (
            select(OutcomeRow)
            .where(*_having(connection_id, search))
            .order_by(col(OutcomeRow.at).desc().nulls_last(), col(OutcomeRow.run_id), col(OutcomeRow.seq))
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as session:
            return [outcome_of(row) for row in session.execute(statement).scalars()]

    def counts(self, connection_id: int, search: Search) -> dict[OutcomeStatus, int]:
        """How many outcomes of a search ended in each way; only ways that occur."""
        status = col(OutcomeRow.status)
        statement = select(status, func.count()).where(*_having(connection_id, search)).group_by(status)
        with self._database.read() as session:
            return {OutcomeStatus(status): int(count) for status, count in session.execute(statement)}


def _not_done(connection_id: int, first: datetime, last: datetime) -> Iterator[ColumnElement[bool]]:
    """The outcomes of first … last that have a cause."""
    yield col(OutcomeRow.connection_id) == connection_id
    yield col(OutcomeRow.status).in_([one.value for one in NOT_DONE])
    yield col(OutcomeRow.at) >= first
    yield col(OutcomeRow.at) <= last


def _cause() -> ColumnElement[str]:
    """The key of an outcome's cause, as `CauseCount.key` has it."""
    return case((col(OutcomeRow.code) == "", col(OutcomeRow.message)), else_=col(OutcomeRow.code))


def _taken_up_later() -> ColumnElement[bool]:
    """Whether a later run of the company met the record of an outcome again."""
    its_run, later, later_run = aliased(RunRow), aliased(OutcomeRow), aliased(RunRow)
    its_own = select(col(its_run.created_at)).where(col(its_run.id) == col(OutcomeRow.run_id)).correlate(OutcomeRow)
    return (
        exists()
        .where(
            col(later.connection_id) == col(OutcomeRow.connection_id),
            col(later.kind) == col(OutcomeRow.kind),
            col(later.core_id) == col(OutcomeRow.core_id),
            col(later.run_id) == col(later_run.id),
            col(later_run.created_at) > its_own.scalar_subquery(),
        )
        .correlate(OutcomeRow)
    )


def _having(connection_id: int, search: Search) -> Iterator[ColumnElement[bool]]:
    if search.latest:  # asked for what was not done: few rows of a long log, and only the runs lead to those
        yield col(OutcomeRow.run_id).in_(select(col(RunRow.id)).where(col(RunRow.connection_id) == connection_id))
        yield ~_taken_up_later()
    else:
        yield col(OutcomeRow.connection_id) == connection_id
    if search.codes:
        yield col(OutcomeRow.code).in_(search.codes)
    if search.who:
        theirs = select(col(RunRow.id)).where(
            col(RunRow.connection_id) == connection_id, col(RunRow.confirmed_by) == search.who
        )
        yield col(OutcomeRow.run_id).in_(theirs)
    if search.since is not None:
        yield col(OutcomeRow.at) >= search.since
    if search.run_id:
        yield col(OutcomeRow.run_id) == search.run_id
    if search.kinds:
        yield col(OutcomeRow.kind).in_([kind.value for kind in search.kinds])
    if search.statuses:
        yield col(OutcomeRow.status).in_([status.value for status in search.statuses])
    if search.text:
        yield or_(
            col(OutcomeRow.title).icontains(search.text, autoescape=True),
            col(OutcomeRow.core_id).icontains(search.text, autoescape=True),
            col(OutcomeRow.message).icontains(search.text, autoescape=True),
            col(OutcomeRow.ledger_id) == search.text,
        )
