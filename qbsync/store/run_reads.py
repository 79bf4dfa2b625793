"""What is asked of runs: which there are, which may go on, how far they are, and what became of each change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlmodel import Session, col

from qbsync.domain.connection import ConnectionState, Environment
from qbsync.domain.errors import BadInput
from qbsync.domain.run import (
    OPEN_STATUSES,
    AttemptState,
    Outcome,
    OutcomeStatus,
    Progress,
    Run,
    RunStatus,
    Unanswered,
)
from qbsync.store.database import Database, present
from qbsync.store.run_values import outcome_of, run_of
from qbsync.store.tables import AttemptRow, ConnectionRow, OutcomeRow, RunRow

OPEN = [status.value for status in OPEN_STATUSES]


class RunReads:
    """Runs, their attempts and their outcomes, as they are."""

    def __init__(self, database: Database, environment: Environment) -> None:
        """Runs of another `environment` than the one in use are kept, and rest."""
        self._database, self._environment = database, environment

    def get(self, run_id: str) -> Run:
        with self._database.read() as session:
            row = session.get(RunRow, run_id)
            if row is None:
                raise BadInput(f"There is no run {run_id}. `qbsync log` lists them.")
            return run_of(row)

    def latest(
        self,
        connection_id: int,
        limit: int = 100,
        since: datetime | None = None,
        *,
        statuses: Collection[RunStatus] = (),
        text: str = "",
        offset: int = 0,
    ) -> list[Run]:
        """The latest runs, newest first: all of them, those since a moment, of these results, or that name the text."""
        with self._database.read() as session:
            rows = session.execute(
                select(RunRow)
                .where(*_having(connection_id, since, statuses, text))
                .order_by(col(RunRow.created_at).desc())
                .limit(limit)
                .offset(offset)
            ).scalars()
            return [run_of(row) for row in rows]

    def count(self, connection_id: int, *, statuses: Collection[RunStatus] = (), text: str = "") -> int:
        """How many runs there are of these results that name the text."""
        statement = select(func.count()).select_from(RunRow).where(*_having(connection_id, None, statuses, text))
        with self._database.read() as session:
            return int(session.execute(statement).scalar_one())

    def ended(self, connection_id: int) -> int:
        """How many runs of a company have ended. Runs are never removed, so this only grows."""
        with self._database.read() as session:
            return count_ended(session, connection_id)

    def statuses(self, connection_id: int) -> set[RunStatus]:
        """The results that runs of a company have."""
        statement = select(col(RunRow.status)).where(col(RunRow.connection_id) == connection_id).distinct()
        with self._database.read() as session:
            return {RunStatus(status) for status in session.execute(statement).scalars()}

    def people(self, connection_id: int) -> dict[str, str]:
        """Who confirmed each run of a company, by the run's id."""
        statement = select(col(RunRow.id), col(RunRow.confirmed_by)).where(col(RunRow.connection_id) == connection_id)
        with self._database.read() as session:
            return dict(session.execute(statement).all())

    def confirmers(self, connection_id: int) -> list[str]:
        """Everybody who ever confirmed a run of a company, by name."""
        who = col(RunRow.confirmed_by)
        statement = select(who).where(col(RunRow.connection_id) == connection_id).distinct().order_by(who)
        with self._database.read() as session:
            return list(session.execute(statement).scalars())

    def open_run(self, connection_id: int) -> Run | None:
        """The company's open run: there is at most one."""
        with self._database.read() as session:
            row = session.execute(
                select(RunRow).where(col(RunRow.connection_id) == connection_id, col(RunRow.status).in_(OPEN))
            ).scalar_one_or_none()
            return run_of(row) if row else None

    def due(self, now: datetime, limit: int | None = None) -> list[Run]:
        """The open runs that may go on now, oldest first; runs of companies that are not connected rest."""
        with self._database.read() as session:
            rows = session.execute(self._due(session, now).limit(limit)).scalars()
            return [run_of(row) for row in rows]

    def left(self, now: datetime, untouched: timedelta | None = None) -> list[Run]:
        """Of the runs that may go on now, those that no worker seems to be at: paused ones, and ones untouched so long.

        How long is by the database's clock where machines share it.
        """
        with self._database.read() as session:
            left = col(RunRow.status) == RunStatus.PAUSED.value
            if untouched is not None:
                left |= col(RunRow.touched_at) < present(session, now, less=untouched)
            return [run_of(row) for row in session.execute(self._due(session, now).where(left)).scalars()]

    def _due(self, session: Session, now: datetime) -> Select[RunRow]:
        """On SQLite a run that was touched in the future was touched by a wrong clock, and its pause says nothing.

        On PostgreSQL pauses go by the server's clock.
        """
        now = self._database.present(session, now)
        return (
            select(RunRow)
            .join(ConnectionRow, col(ConnectionRow.id) == col(RunRow.connection_id))
            .where(
                col(RunRow.status).in_(OPEN),
                (col(RunRow.retry_at).is_(None))
                | (col(RunRow.retry_at) <= now)
                | (col(RunRow.touched_at) > now if self._database.is_sqlite else false()),
                col(ConnectionRow.environment) == self._environment.value,
                (col(ConnectionRow.state) == ConnectionState.CONNECTED.value) | col(RunRow.cancel_requested).is_(True),
            )
            .order_by(col(RunRow.created_at))
        )

    def progress(self, run_id: str) -> Progress:
        with self._database.read() as session:
            rows = session.execute(
                select(col(OutcomeRow.status), func.count())
                .where(col(OutcomeRow.run_id) == run_id)
                .group_by(col(OutcomeRow.status))
            )
            return Progress(counts={OutcomeStatus(status): count for status, count in rows})

    def progress_of(self, run_ids: Sequence[str]) -> dict[str, Progress]:
        """The progress of several runs at once."""
        counts: dict[str, dict[OutcomeStatus, int]] = {run_id: {} for run_id in run_ids}
        with self._database.read() as session:
            rows = session.execute(
                select(col(OutcomeRow.run_id), col(OutcomeRow.status), func.count())
                .where(col(OutcomeRow.run_id).in_(list(run_ids)))
                .group_by(col(OutcomeRow.run_id), col(OutcomeRow.status))
            )
            for run_id, status, count in rows:
                counts[run_id][OutcomeStatus(status)] = count
        return {run_id: Progress(counts=found) for run_id, found in counts.items()}

    def sent_in(self, run_id: str, seq: int) -> tuple[str, str]:
        """The body of the latest attempt that a change was sent in, and the change's bid there; ("", "") for none."""
        with self._database.read() as session:
            row = session.get(OutcomeRow, (run_id, seq))
            places = [(row.attempt_number, row.bid), (row.sent_number, row.sent_bid)] if row else []
            for number, bid in places:
                attempt = session.get(AttemptRow, (run_id, number)) if number is not None else None
                if attempt is not None and attempt.body:
                    return attempt.body, bid
            return "", ""

    def outcomes(self, run_id: str) -> list[Outcome]:
        """What became of each change, in the order of the plan."""
        with self._database.read() as session:
            rows = session.execute(
                select(OutcomeRow).where(col(OutcomeRow.run_id) == run_id).order_by(col(OutcomeRow.seq))
            ).scalars()
            return [outcome_of(row) for row in rows]

    def unanswered(self, connection_id: int) -> list[Unanswered]:
        """Changes of ended runs that were sent and never answered: the next preview settles them first."""
        with self._database.read() as session:
            rows = session.execute(
                select(col(OutcomeRow.run_id), col(RunRow.plan_id), col(OutcomeRow.seq), col(OutcomeRow.at))
                .join(RunRow, col(RunRow.id) == col(OutcomeRow.run_id))
                .where(
                    col(OutcomeRow.connection_id) == connection_id,
                    col(OutcomeRow.status) == OutcomeStatus.UNANSWERED.value,
                    col(RunRow.status).notin_(OPEN),
                )
                .order_by(col(RunRow.created_at), col(OutcomeRow.run_id), col(OutcomeRow.seq))
            )
            return [
                Unanswered(run_id=run_id, plan_id=plan_id, seq=seq, given_up_at=at)
                for run_id, plan_id, seq, at in rows
                if at is not None
            ]

    def planned_in_any_order(self, run_id: str) -> int:
        """How many attempts are still to be sent for the first time, in whatever order."""
        with self._database.read() as session:
            return int(
                session.execute(
                    select(func.count()).where(
                        col(AttemptRow.run_id) == run_id,
                        col(AttemptRow.state) == AttemptState.PLANNED.value,
                        col(AttemptRow.any_order).is_(True),
                    )
                ).scalar_one()
            )

    def waiting_local(self, run_id: str) -> list[int]:
        """The changes that need no write to QuickBooks and are still to be done."""
        with self._database.read() as session:
            return list(
                session.execute(
                    select(col(OutcomeRow.seq))
                    .where(
                        col(OutcomeRow.run_id) == run_id,
                        col(OutcomeRow.status) == OutcomeStatus.WAITING.value,
                        col(OutcomeRow.attempt_number).is_(None),
                    )
                    .order_by(col(OutcomeRow.seq))
                ).scalars()
            )


def count_ended(session: Session, connection_id: int) -> int:
    """How many runs of a company have ended, inside somebody's transaction."""
    statement = (
        select(func.count())
        .select_from(RunRow)
        .where(col(RunRow.connection_id) == connection_id, col(RunRow.finished_at).is_not(None))
    )
    return int(session.execute(statement).scalar_one())


def _having(
    connection_id: int, since: datetime | None, statuses: Collection[RunStatus], text: str
) -> Iterator[ColumnElement[bool]]:
    yield col(RunRow.connection_id) == connection_id
    if since is not None:
        yield col(RunRow.created_at) >= since
    if statuses:
        yield col(RunRow.status).in_([status.value for status in statuses])
    if text:
        named = (col(RunRow.id), col(RunRow.confirmed_by), col(RunRow.note), col(RunRow.trigger))
        yield or_(*(column.icontains(text, autoescape=True) for column in named))
