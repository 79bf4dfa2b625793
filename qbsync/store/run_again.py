"""What QuickBooks could not do just then is sent again: in a new attempt, since one that was sent never changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from qbsync.domain.run import Attempt, AttemptState, OutcomeStatus, bid_of, request_id
from qbsync.store.tables import AttemptRow, OutcomeRow


def add_attempt_again(session: Session, attempt: Attempt, seqs: Sequence[int], tries: int) -> None:
    """Move changes that still wait into a new attempt, inside somebody's transaction."""
    last = session.execute(
        select(func.max(col(AttemptRow.number))).where(col(AttemptRow.run_id) == attempt.run_id)
    ).scalar_one()
    number = int(last) + 1
    session.add(
        AttemptRow(
            run_id=attempt.run_id,
            number=number,
            request_id=request_id(attempt.run_id, number),
            state=AttemptState.PLANNED.value,
            tries=tries,
        )
    )
    waiting = session.execute(
        select(OutcomeRow)
        .where(
            col(OutcomeRow.run_id) == attempt.run_id,
            col(OutcomeRow.seq).in_(list(seqs)),
            col(OutcomeRow.status) == OutcomeStatus.WAITING.value,
        )
        .order_by(col(OutcomeRow.seq))
    ).scalars()
    for place, row in enumerate(waiting):
        row.sent_number, row.sent_bid = row.attempt_number, row.bid
        row.attempt_number, row.bid = number, bid_of(place)
