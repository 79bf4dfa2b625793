"""Turns stored runs, attempts and outcomes into values."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from qbsync.domain.decide import Action
from qbsync.domain.place import Place
from qbsync.domain.run import Attempt, AttemptState, Channel, Outcome, OutcomeStatus, Run, RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.tables import AttemptRow, OutcomeRow, RunRow


def attempt_of(session: Session, row: AttemptRow) -> Attempt:
    """A stored attempt as a value, with its changes in order."""
    seqs = session.execute(
        select(col(OutcomeRow.seq))
        .where(col(OutcomeRow.run_id) == row.run_id, col(OutcomeRow.attempt_number) == row.number)
        .order_by(col(OutcomeRow.seq))
    ).scalars()
    return Attempt(
        run_id=row.run_id,
        number=row.number,
        request_id=row.request_id,
        state=AttemptState(row.state),
        seqs=tuple(seqs),
        body=row.body,
        sent_at=row.sent_at,
        tries=row.tries,
        any_order=row.any_order,
        channel=Channel(row.channel),
    )


def run_of(row: RunRow) -> Run:
    """A stored run as a value."""
    return Run(
        id=row.id,
        plan_id=row.plan_id,
        connection_id=row.connection_id,
        status=RunStatus(row.status),
        trigger=row.trigger,
        confirmed_by=row.confirmed_by,
        fence=row.fence,
        failures=row.failures,
        cancel_requested=row.cancel_requested,
        note=row.note,
        created_at=row.created_at,
        retry_at=row.retry_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def outcome_of(row: OutcomeRow) -> Outcome:
    """A stored outcome as a value."""
    return Outcome(
        seq=row.seq,
        kind=SyncKind(row.kind),
        core_id=row.core_id,
        title=row.title,
        action=Action(row.action),
        status=OutcomeStatus(row.status),
        ledger_id=row.ledger_id,
        code=row.code,
        message=row.message,
        remedy=row.remedy,
        place=Place.of(row.place),
        answer=row.answer,
        trace=row.trace,
        at=row.at,
        run_id=row.run_id,
        posted_minutes=row.posted_minutes,
        posted_amount=row.posted_amount,
    )
