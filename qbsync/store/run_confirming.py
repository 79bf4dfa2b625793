"""Confirming in the database: one compare-and-set turns a draft into a run with its attempts and outcomes."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from qbsync.domain.errors import PlanChanged, PlanNotOpen
from qbsync.domain.plan import Change, PlanStatus, may_overtake
from qbsync.domain.run import AttemptState, Confirmation, OutcomeStatus, RunStatus, bid_of, request_id
from qbsync.store.database import present
from qbsync.store.run_reads import count_ended
from qbsync.store.tables import AttemptRow, AuditRow, OutcomeRow, PlanRow, RunRow

BECAME = {  # what a preview that can no longer be confirmed has become
    PlanStatus.CONFIRMED: "was confirmed already",
    PlanStatus.RUNNING: "is being sent already",
    PlanStatus.DONE: "was sent already",
    PlanStatus.PARTLY_FAILED: "was sent already",
    PlanStatus.FAILED: "was sent already",
    PlanStatus.CANCELLED: "was sent and cancelled",
    PlanStatus.SUPERSEDED: "was replaced by a newer one",
}


def add_run(session: Session, confirmation: Confirmation) -> None:
    """Claim the plan and add its run, inside somebody's transaction. Raises PlanNotOpen or PlanChanged.

    A second open run of the company breaks a unique index: the database is the referee.
    """
    _claim(session, confirmation)
    session.add(_new_run(session, confirmation))
    session.flush()
    _add_attempts(session, confirmation)
    session.add(
        AuditRow(
            connection_id=confirmation.connection_id,
            at=confirmation.at,
            who=confirmation.who,
            what="confirmed a plan",
            subject=confirmation.plan_id,
            detail=f"{len(confirmation.ticked)} records, run {confirmation.run_id}",
        )
    )


def _claim(session: Session, confirmation: Confirmation) -> None:
    claimed = session.execute(
        update(PlanRow)
        .where(
            col(PlanRow.id) == confirmation.plan_id,
            col(PlanRow.status) == PlanStatus.DRAFT.value,
            col(PlanRow.digest) == confirmation.digest,
        )
        .values(status=PlanStatus.CONFIRMED.value)
    )
    row = session.get(PlanRow, confirmation.plan_id)
    if claimed.rowcount == 1 and row is not None:  # type: ignore[attr-defined]
        _refuse_outdated(session, row)
        return
    if row is not None and row.status == PlanStatus.DRAFT.value:
        raise PlanChanged("The preview is not the one that was shown. Look at it again, then confirm.")
    state = BECAME[PlanStatus(row.status)] if row else "is gone"
    raise PlanNotOpen(f"This preview {state}: it cannot be confirmed again. Build a new one.")


def _refuse_outdated(session: Session, plan: PlanRow) -> None:
    """A preview that did not see what another sync wrote would write it again."""
    if _ended_since(session, plan):
        raise PlanChanged("Another sync ended after this preview was built. Build a new preview and confirm that.")


def _ended_since(session: Session, plan: PlanRow) -> bool:
    """Whether a run ended since the preview began: by their count, or by the clock where it was not counted yet."""
    if plan.runs_ended is not None:
        return count_ended(session, plan.connection_id) != plan.runs_ended
    later = select(col(RunRow.id)).where(
        col(RunRow.connection_id) == plan.connection_id, col(RunRow.finished_at) > plan.built_at
    )
    return session.execute(later.limit(1)).first() is not None


def _new_run(session: Session, confirmation: Confirmation) -> RunRow:
    return RunRow(
        id=confirmation.run_id,
        plan_id=confirmation.plan_id,
        connection_id=confirmation.connection_id,
        status=RunStatus.QUEUED.value,
        trigger=confirmation.trigger,
        confirmed_by=confirmation.who,
        created_at=confirmation.at,
        touched_at=present(session, confirmation.at),
    )


def _add_attempts(session: Session, confirmation: Confirmation) -> None:
    numbers = {change.seq: number for number, part in enumerate(confirmation.attempts, start=1) for change in part}
    bids = {change.seq: bid_of(place) for part in confirmation.attempts for place, change in enumerate(part)}
    if numbers:
        session.execute(
            insert(AttemptRow),
            [
                {
                    "run_id": confirmation.run_id,
                    "number": number,
                    "request_id": request_id(confirmation.run_id, number),
                    "state": AttemptState.PLANNED.value,
                    "any_order": may_overtake(part, confirmation.ticked),
                }
                for number, part in enumerate(confirmation.attempts, start=1)
            ],
        )
    rows = [
        _outcome_row(confirmation, change, numbers.get(change.seq), bids.get(change.seq, ""))
        for change in confirmation.ticked
    ]
    if rows:
        session.execute(insert(OutcomeRow), rows)


def _outcome_row(confirmation: Confirmation, change: Change, number: int | None, bid: str) -> dict[str, object]:
    stale = confirmation.stale.get(change.seq)
    return {
        "run_id": confirmation.run_id,
        "seq": change.seq,
        "connection_id": confirmation.connection_id,
        "attempt_number": number,
        "bid": bid,
        "kind": change.kind.value,
        "core_id": change.core_id,
        "title": change.title,
        "action": change.action.value,
        "status": OutcomeStatus.STALE.value if stale else OutcomeStatus.WAITING.value,
        "message": stale or "",
        "remedy": "Build a new preview." if stale else "",
        "at": confirmation.at if stale else None,
    }
