"""Gives outcomes their end, together with the links that they make or remove, inside somebody's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from qbsync.domain.run import AttemptState, OutcomeStatus, Settled
from qbsync.domain.tieout import carried
from qbsync.domain.wanted import SyncKind
from qbsync.store.links import drop_link, put_links
from qbsync.store.tables import AttemptRow, OutcomeRow, RunRow


def settle_outcomes(
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
        row.place, row.answer = str(one.place), one.answer
        if one.status is OutcomeStatus.DONE:
            row.posted_minutes, row.posted_amount = carried(one.link)
        if one.link is not None and one.link.key not in linked:
            links.append(one.link)
        if one.unlink:
            drop_link(session, run.connection_id, SyncKind(row.kind), row.core_id)
    put_links(session, run.connection_id, links, at)


def close_answered(session: Session, run_id: str, at: datetime) -> None:
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
