"""Runs in the database, which is the referee: confirm is one compare-and-set, and only the highest fence records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, false, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.connection import ConnectionState, Environment
from qbsync.domain.errors import BadInput, FenceLost, RunOpen
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import (
    OPEN_STATUSES,
    Attempt,
    AttemptState,
    Channel,
    Confirmation,
    Outcome,
    OutcomeStatus,
    Progress,
    Run,
    RunStatus,
    Settled,
    Unanswered,
)
from qbsync.domain.tieout import carried
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database, open_transaction, present
from qbsync.store.links import drop_link, keys_linked_since, put_links
from qbsync.store.run_again import add_attempt_again
from qbsync.store.run_confirming import add_run
from qbsync.store.run_values import attempt_of, outcome_of, run_of
from qbsync.store.tables import AttemptRow, AuditRow, ConnectionRow, OutcomeRow, PlanRow, RunRow

OPEN = [status.value for status in OPEN_STATUSES]

Submit = Callable[[Any, str, int], None]  # the driver's open connection, run id, connection id


class Runs:
    """Runs, their attempts and their outcomes."""

    def __init__(
        self,
        database: Database,
        at_point: Callable[[str], None] = lambda _: None,
        environment: Environment = Environment.LOCAL,
    ) -> None:
        """`at_point` is called inside the recording transaction, so that tests can end the process there.

        Runs of another `environment` than the one in use are kept, and rest.
        """
        self._database, self._at_point, self._environment = database, at_point, environment

    # confirm ---------------------------------------------------------------------------------------------

    def confirm(self, confirmation: Confirmation, submit: Submit = lambda *_: None) -> Run:
        """Turn a draft into a queued run, all in one transaction, or raise why not.

        PlanNotOpen: it is no draft any more. PlanChanged: it is not what was shown. RunOpen: another run of
        this company has not ended. `submit` is called in that transaction, with its database connection.
        """
        try:
            with self._database.write() as session:
                add_run(session, confirmation)
                session.flush()
                submit(open_transaction(session), confirmation.run_id, confirmation.connection_id)
        except IntegrityError:
            raise RunOpen(
                "Another sync of this company is still running. Wait until it ends (see the Sync page), then confirm."
            ) from None
        return self.get(confirmation.run_id)

    # read ------------------------------------------------------------------------------------------------

    def get(self, run_id: str) -> Run:
        with self._database.read() as session:
            row = session.get(RunRow, run_id)
            if row is None:
                raise BadInput(f"There is no run {run_id}. `qbsync log` lists them.")
            return run_of(row)

    def latest(self, connection_id: int, limit: int = 100) -> list[Run]:
        """The latest runs, newest first."""
        with self._database.read() as session:
            rows = session.execute(
                select(RunRow)
                .where(col(RunRow.connection_id) == connection_id)
                .order_by(col(RunRow.created_at).desc())
                .limit(limit)
            ).scalars()
            return [run_of(row) for row in rows]

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
        """The body of the latest attempt that a change was in, and the change's bid there; ("", "") for none."""
        with self._database.read() as session:
            found = session.execute(
                select(col(AttemptRow.body), col(OutcomeRow.bid))
                .join(
                    OutcomeRow,
                    (col(OutcomeRow.run_id) == col(AttemptRow.run_id))
                    & (col(OutcomeRow.attempt_number) == col(AttemptRow.number)),
                )
                .where(col(OutcomeRow.run_id) == run_id, col(OutcomeRow.seq) == seq)
            ).one_or_none()
            return (found[0], found[1]) if found else ("", "")

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

    # run -------------------------------------------------------------------------------------------------

    def take(self, run_id: str, at: datetime) -> int:
        """Become the run's only runner: returns the new fence. Raises BadInput when the run has ended."""
        with self._database.write() as session:
            taken = session.execute(
                update(RunRow)
                .where(col(RunRow.id) == run_id, col(RunRow.status).in_(OPEN))
                .values(
                    fence=col(RunRow.fence) + 1,
                    status=RunStatus.RUNNING.value,
                    retry_at=None,
                    touched_at=present(session, at),
                    started_at=func.coalesce(col(RunRow.started_at), at),
                )
            )
            if taken.rowcount != 1:  # type: ignore[attr-defined]
                raise BadInput(f"Run {run_id} has ended.")
            row = session.get(RunRow, run_id)
            plan = session.get(PlanRow, row.plan_id) if row else None
            if row is None or plan is None:
                raise BadInput(f"Run {run_id} has no plan.")
            plan.status = PlanStatus.RUNNING.value
            return row.fence

    def check_fence(self, run_id: str, fence: int) -> None:
        """Raise FenceLost unless this fence still owns the run."""
        with self._database.read() as session:
            _owned(session.get(RunRow, run_id), run_id, fence)

    def next_attempt(self, run_id: str, fence: int, besides: Collection[int] = ()) -> Attempt | None:
        """The first unfinished attempt: one that was already sent comes before all others.

        Then comes what is tried again, since later ones may need what it makes. `besides` are the numbers of those
        that are under way just now.
        """
        with self._database.write() as session:
            _hold(session, run_id, fence)
            for state in (AttemptState.SENDING, AttemptState.PLANNED):
                row = session.execute(
                    select(AttemptRow)
                    .where(
                        col(AttemptRow.run_id) == run_id,
                        col(AttemptRow.state) == state.value,
                        col(AttemptRow.number).notin_(besides),
                    )
                    .order_by(col(AttemptRow.tries).desc(), col(AttemptRow.number))
                    .limit(1)
                ).scalar_one_or_none()
                if row is not None:
                    return attempt_of(session, row)
            return None

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

    def mark_sending(
        self,
        attempt: Attempt,
        fence: int,
        body: str,
        settled: Sequence[Settled],
        at: datetime,
        channel: Channel = Channel.BATCH,
    ) -> None:
        """Commit that this body is about to leave, and how, together with the changes that are not in it and why."""
        with self._database.write() as session:
            run = _hold(session, attempt.run_id, fence, at)
            self._settle(session, run, settled, at)
            row = _attempt_row(session, attempt)
            row.state = AttemptState.SENDING.value if body else AttemptState.DROPPED.value
            row.body, row.channel = body, channel.value
            row.payload_hash = hashlib.sha256(body.encode()).hexdigest() if body else ""
            row.sent_at = at if body else None

    def record(self, attempt: Attempt, fence: int, settled: Sequence[Settled], at: datetime, tries: int = 0) -> None:
        """Record an answer: outcomes and links commit together, and only for the highest fence.

        Changes that are settled as waiting go into a new attempt, with a request id of its own and these `tries`.
        """
        with self._database.write() as session:
            run = _hold(session, attempt.run_id, fence, at)
            self._settle(session, run, settled, at)
            row = _attempt_row(session, attempt)
            row.state, row.answered_at = AttemptState.ANSWERED.value, at
            again = [one.seq for one in settled if one.status is OutcomeStatus.WAITING]
            if again:
                add_attempt_again(session, attempt, again, tries)
            run.failures = 0
            self._at_point("inside_record")

    def record_local(self, run_id: str, fence: int, settled: Sequence[Settled], at: datetime) -> None:
        """Record changes that wrote nothing to QuickBooks."""
        with self._database.write() as session:
            self._settle(session, _hold(session, run_id, fence, at), settled, at)

    def record_late(self, run_id: str, settled: Sequence[Settled], at: datetime) -> None:
        """Record what became of unanswered changes of an ended run. A link that a later run made stays."""
        with self._database.write() as session:
            run = session.get(RunRow, run_id, with_for_update=True)
            if run is None or run.status in OPEN:
                return
            links = [one.link for one in settled if one.link]
            newer = keys_linked_since(session, run.connection_id, links, run.created_at)
            self._settle(session, run, settled, at, only=OutcomeStatus.UNANSWERED, linked=newer)
            _close_answered(session, run_id, at)

    def count_fault(self, attempt: Attempt, fence: int, at: datetime) -> int:
        """Count one more fault of QuickBooks' own as the answer to an attempt; returns how many it had."""
        with self._database.write() as session:
            _hold(session, attempt.run_id, fence, at)
            row = _attempt_row(session, attempt)
            row.tries += 1
            return row.tries

    def give_up(self, attempt: Attempt, fence: int, settled: Sequence[Settled], at: datetime) -> None:
        """The attempt is not sent again: what is not settled otherwise says that QuickBooks may already have it."""
        unanswered = any(one.status is OutcomeStatus.UNANSWERED for one in settled)
        with self._database.write() as session:
            run = _hold(session, attempt.run_id, fence, at)
            self._settle(session, run, settled, at)
            row = _attempt_row(session, attempt)
            row.state = AttemptState.UNANSWERED.value if unanswered else AttemptState.ANSWERED.value

    def rest(self, run_id: str, fence: int, *, retry_at: datetime | None, note: str, failed: bool, at: datetime) -> int:
        """Pause the run until `retry_at` (None: until the connection is back). Returns the failures in a row.

        `retry_at` and `at` are by the worker's clock; what is kept is by the one that all workers share.
        """
        with self._database.write() as session:
            run = _hold(session, run_id, fence, at)
            if retry_at is not None:
                retry_at = self._database.present(session, at) + (retry_at - at)
            run.status, run.retry_at, run.note = RunStatus.PAUSED.value, retry_at, note
            run.failures += int(failed)
            return run.failures

    def finish(self, run_id: str, fence: int, status: RunStatus, *, note: str, at: datetime) -> None:
        """End the run: what still waits becomes cancelled, and the plan takes the run's result."""
        with self._database.write() as session:
            run = _hold(session, run_id, fence, at)
            session.execute(
                update(OutcomeRow)
                .where(col(OutcomeRow.run_id) == run_id, col(OutcomeRow.status) == OutcomeStatus.WAITING.value)
                .values(
                    status=OutcomeStatus.CANCELLED.value,
                    message=note or "The sync ended before it was sent.",
                    at=at,
                )
            )
            run.status, run.finished_at, run.note = status.value, at, note
            plan = session.get(PlanRow, run.plan_id)
            if plan is not None:
                plan.status = PlanStatus(status.value).value

    def cancel(self, run_id: str, who: str, at: datetime) -> None:
        """Ask an open run to stop between two writes."""
        with self._database.write() as session:
            asked = session.execute(
                update(RunRow)
                .where(col(RunRow.id) == run_id, col(RunRow.status).in_(OPEN))
                .values(cancel_requested=True, retry_at=None)
            )
            if asked.rowcount != 1:  # type: ignore[attr-defined]
                raise BadInput(f"Run {run_id} has already ended.")
            run = session.get(RunRow, run_id)
            company = run.connection_id if run else None
            session.add(AuditRow(connection_id=company, at=at, who=who, what="cancelled a run", subject=run_id))

    def _settle(
        self,
        session: Session,
        run: RunRow,
        settled: Iterable[Settled],
        at: datetime,
        only: OutcomeStatus = OutcomeStatus.WAITING,
        linked: Collection[str] = (),
    ) -> None:
        """Give outcomes their end. `linked` are the keys of records whose present link stays."""
        by_seq = {one.seq: one for one in settled}
        rows = session.execute(
            select(OutcomeRow).where(
                col(OutcomeRow.run_id) == run.id,
                col(OutcomeRow.seq).in_(list(by_seq)),
                col(OutcomeRow.status) == only.value,  # terminal is terminal
            )
        ).scalars()
        links = []
        for row in rows:
            one = by_seq[row.seq]
            if one.status is not OutcomeStatus.WAITING:  # what is tried again has not ended
                row.status, row.at = one.status.value, at
            row.ledger_id, row.code = one.ledger_id, one.code
            row.message, row.remedy, row.trace = one.message, one.remedy, one.trace
            if one.status is OutcomeStatus.DONE:
                row.posted_minutes, row.posted_amount = carried(one.link)
            if one.link is not None and one.link.key not in linked:
                links.append(one.link)
            if one.unlink:
                drop_link(session, run.connection_id, SyncKind(row.kind), row.core_id)
        put_links(session, run.connection_id, links, at)


def _hold(session: Session, run_id: str, fence: int, at: datetime | None = None) -> RunRow:
    """The run, if this fence still owns it."""
    row = _owned(session.get(RunRow, run_id, with_for_update=True), run_id, fence)
    if at is not None:
        row.touched_at = present(session, at)
    return row


def _owned(row: RunRow | None, run_id: str, fence: int) -> RunRow:
    if row is None or row.fence != fence or row.status not in OPEN:
        raise FenceLost(f"Another worker took over run {run_id}.")
    return row


def _close_answered(session: Session, run_id: str, at: datetime) -> None:
    """Attempts of which nothing is unanswered any more are answered."""
    open_numbers = select(col(OutcomeRow.attempt_number)).where(
        col(OutcomeRow.run_id) == run_id, col(OutcomeRow.status) == OutcomeStatus.UNANSWERED.value
    )
    session.flush()
    session.execute(
        update(AttemptRow)
        .where(
            col(AttemptRow.run_id) == run_id,
            col(AttemptRow.state) == AttemptState.UNANSWERED.value,
            col(AttemptRow.number).notin_(open_numbers),
        )
        .values(state=AttemptState.ANSWERED.value, answered_at=at)
    )


def _attempt_row(session: Session, attempt: Attempt) -> AttemptRow:
    row = session.get(AttemptRow, (attempt.run_id, attempt.number))
    if row is None:
        raise BadInput(f"Run {attempt.run_id} has no attempt {attempt.number}.")
    return row
