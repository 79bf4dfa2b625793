"""Runs in the database, which is the referee: confirm is one compare-and-set, and only the highest fence records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.connection import Environment
from qbsync.domain.errors import BadInput, FenceLost, RunOpen
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import (
    Attempt,
    AttemptState,
    Channel,
    Confirmation,
    OutcomeStatus,
    Run,
    RunStatus,
    Settled,
)
from qbsync.store.database import Database, open_transaction, present
from qbsync.store.links import keys_linked_since
from qbsync.store.run_again import add_attempt_again
from qbsync.store.run_confirming import add_run
from qbsync.store.run_reads import OPEN, RunReads
from qbsync.store.run_settling import close_answered, settle_outcomes
from qbsync.store.run_values import attempt_of
from qbsync.store.tables import AttemptRow, AuditRow, OutcomeRow, PlanRow, RunRow

Submit = Callable[[Any, str, int], None]  # the driver's open connection, run id, connection id


class Runs(RunReads):
    """Runs, their attempts and their outcomes, and all that changes them."""

    def __init__(
        self,
        database: Database,
        at_point: Callable[[str], None] = lambda _: None,
        environment: Environment = Environment.LOCAL,
    ) -> None:
        """`at_point` is called inside the recording transaction, so that tests can end the process there.

        Runs of another `environment` than the one in use are kept, and rest.
        """
        super().__init__(database, environment)
        self._at_point = at_point

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
            settle_outcomes(session, run, settled, at)
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
            settle_outcomes(session, run, settled, at)
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
            settle_outcomes(session, _hold(session, run_id, fence, at), settled, at)

    def record_late(self, run_id: str, settled: Sequence[Settled], at: datetime) -> None:
        """Record what became of unanswered changes of an ended run. A link that a later run made stays."""
        with self._database.write() as session:
            run = session.get(RunRow, run_id, with_for_update=True)
            if run is None or run.status in OPEN:
                return
            links = [one.link for one in settled if one.link]
            newer = keys_linked_since(session, run.connection_id, links, run.created_at)
            settle_outcomes(session, run, settled, at, only=OutcomeStatus.UNANSWERED, linked=newer)
            close_answered(session, run_id, at)

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
            settle_outcomes(session, run, settled, at)
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


def _hold(session: Session, run_id: str, fence: int, at: datetime | None = None) -> RunRow:
    """The run, if this fence still owns it."""
    row = _owned(session.get(RunRow, run_id, with_for_update=True), run_id, fence)
    if at is not None:
        row.touched_at = present(session, at)
    return row


def _attempt_row(session: Session, attempt: Attempt) -> AttemptRow:
    row = session.get(AttemptRow, (attempt.run_id, attempt.number))
    if row is None:
        raise BadInput(f"Run {attempt.run_id} has no attempt {attempt.number}.")
    return row


def _owned(row: RunRow | None, run_id: str, fence: int) -> RunRow:
    if row is None or row.fence != fence or row.status not in OPEN:
        raise FenceLost(f"Another worker took over run {run_id}.")
    return row
