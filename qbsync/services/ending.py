"""How a push ends or rests, and what is recorded of the changes that it leaves without an answer."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import ConnectionExpired, NotConnected, QbsyncError
from qbsync.domain.ports import Clock
from qbsync.domain.run import (
    FAILURES_MAX,
    AttemptState,
    OutcomeStatus,
    Settled,
    final_status,
    pause_after,
    pause_before_again,
)
from qbsync.services.judge import MAYBE_REMEDY, MAYBE_THERE, unproven
from qbsync.services.notify import Notifying
from qbsync.services.stores import ConnectionStore, RunStore

log = structlog.get_logger(__name__)

SYSTEM_FAULT = "10000"  # something broke in QuickBooks: before or after it did what was asked


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Every way in which a push stops. Each takes the fence."""

    connections: ConnectionStore
    runs: RunStore
    notifying: Notifying
    clock: Clock

    def finish(self, run_id: str, fence: int) -> None:
        run = self.runs.get(run_id)
        if run.cancel_requested:
            self._leave_unproven(run_id, fence)
        progress = self.runs.progress(run_id)
        cancelled = run.cancel_requested and progress.waiting > 0
        status = final_status(progress, cancelled=cancelled)
        note = f"Cancelled. Done until then: {progress.done:,}." if cancelled else ""
        self.runs.finish(run_id, fence, status, note=note, at=self.clock())
        self.notifying.run_ended(self.runs.get(run_id), self.runs.progress(run_id))

    def park(self, run_id: str, fence: int, error: NotConnected) -> None:
        """Without a consent nothing can be asked: the run rests, and costs no attempts."""
        run = self.runs.get(run_id)
        if isinstance(error, ConnectionExpired):
            self.connections.set_state(run.connection_id, ConnectionState.EXPIRED)
        if run.cancel_requested:
            self._leave_unanswered(run_id, fence)
            self.finish(run_id, fence)
            return
        self.runs.rest(run_id, fence, retry_at=None, note=said(error), failed=False, at=self.clock())
        self.notifying.connection_lost(run.connection_id, str(error))

    def try_again(self, run_id: str, fence: int, why: str, code: str = "") -> None:
        """Rest longer each time; in the end give up, and say what may already be there."""
        failures = self.runs.get(run_id).failures + 1
        now = self.clock()
        log.warning("run.failed_try", run=run_id, failures=failures, why=why)
        if failures < FAILURES_MAX:
            pause = pause_before_again(failures) if code else pause_after(failures)
            self.runs.rest(run_id, fence, retry_at=now + pause, note=why, failed=True, at=now)
            return
        self.end(run_id, fence, f"It did not work {failures} times in a row: {why}")

    def end(self, run_id: str, fence: int, note: str) -> None:
        """End a run before its time, for a reason."""
        self._leave_unanswered(run_id, fence)
        self._leave_unproven(run_id, fence)
        status = final_status(self.runs.progress(run_id), cancelled=False)
        self.runs.finish(run_id, fence, status, note=note, at=self.clock())
        self.notifying.run_ended(self.runs.get(run_id), self.runs.progress(run_id))

    def _leave_unanswered(self, run_id: str, fence: int) -> None:
        """What was sent and not answered is kept for the next preview to settle."""
        while (attempt := self.runs.next_attempt(run_id, fence)) and attempt.state is AttemptState.SENDING:
            lost = [
                Settled(seq=seq, status=OutcomeStatus.UNANSWERED, message=MAYBE_THERE, remedy=MAYBE_REMEDY)
                for seq in attempt.seqs
            ]
            self.runs.give_up(attempt, fence, lost, self.clock())

    def _leave_unproven(self, run_id: str, fence: int) -> None:
        """What was to be tried again after a fault of QuickBooks' own may be there: the next preview settles it."""
        left = [
            unproven(one)
            for one in self.runs.outcomes(run_id)
            if one.status is OutcomeStatus.WAITING and one.code == SYSTEM_FAULT
        ]
        if left:
            self.runs.record_local(run_id, fence, left, self.clock())


def said(error: QbsyncError) -> str:
    """What an error says, with the id by which QuickBooks' support finds it."""
    trace = getattr(error, "trace", "")
    return f"{error} (intuit_tid {trace})" if trace else str(error)
