"""Push a confirmed plan to QuickBooks: id first, then send, then record, so that a crash at any point loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from qbsync.domain.connection import ConnectionState
from qbsync.domain.decide import moves_money
from qbsync.domain.errors import BadInput, ConnectionExpired, FenceLost, NotConnected, QbsyncError, Refused, Throttled
from qbsync.domain.explain import explain
from qbsync.domain.ledger import Content, LedgerKind, Operation, Posted, WriteItem, WriteResult
from qbsync.domain.moved import GOES_WITH
from qbsync.domain.plan import Change
from qbsync.domain.ports import Clock, Ledger
from qbsync.domain.references import Targets, filled, still_new
from qbsync.domain.run import (
    FAILURES_MAX,
    Attempt,
    AttemptState,
    OutcomeStatus,
    Settled,
    bid_of,
    final_status,
    pause_after,
)
from qbsync.services.judge import MAYBE_REMEDY, MAYBE_THERE, judge
from qbsync.services.local import settle_locally
from qbsync.services.notify import Notifying
from qbsync.services.settle import settle
from qbsync.services.stores import ConnectionStore, LedgerOf, LinkStore, PlanStore, RunStore

log = structlog.get_logger(__name__)

ENDS_A_RUN = {"6190", "10200"}  # the subscription has ended; the company was reset

BUG = "Something went wrong on our side; the worker's log says what."
LOCAL_SIZE = 500  # how many changes that write nothing are recorded in one transaction

AtPoint = Callable[[str], None]  # called at marked points, so that tests can end the process there


@dataclass(frozen=True, kw_only=True)
class Running:
    """Pushes runs. Every transaction checks the fence; QuickBooks is never asked inside one."""

    connections: ConnectionStore
    links: LinkStore
    plans: PlanStore
    runs: RunStore
    notifying: Notifying
    ledger_of: LedgerOf
    clock: Clock
    at_point: AtPoint = lambda _: None
    stopping: Callable[[], bool] = lambda: False

    def push(self, run_id: str) -> None:
        """Push a run as far as it goes now: to its end, or to a pause that says when it goes on."""
        try:
            fence = self.runs.take(run_id, self.clock())
        except BadInput:
            return  # it ended meanwhile
        try:
            self._push_or_rest(run_id, fence)
        except FenceLost:
            log.info("run.fence_lost", run=run_id, fence=fence)

    def _push_or_rest(self, run_id: str, fence: int) -> None:
        """What stops the push is recorded with the run, and that takes the fence as well."""
        try:
            self._push(run_id, fence)
        except NotConnected as error:
            self._park(run_id, fence, error)
        except Throttled as error:
            self.runs.rest(run_id, fence, retry_at=error.resume_at, note=str(error), failed=False, at=self.clock())
        except Refused as error:  # of a question, or of all that could be written: asking again would not help
            self._end(run_id, fence, " ".join(explain(error.faults[0])))
        except FenceLost:
            raise
        except QbsyncError as error:  # QuickBooks is away, or a setting of ours is wrong: it may be mended meanwhile
            self._try_again(run_id, fence, str(error))
        except Exception:
            self._try_again(run_id, fence, BUG)  # the company must not stay locked by a run that cannot go on
            raise

    def _push(self, run_id: str, fence: int) -> None:
        run = self.runs.get(run_id)
        ledger = self.ledger_of(run.connection_id)
        if not run.cancel_requested:
            self._settle_local(run_id, run.plan_id, fence)
        while (attempt := self.runs.next_attempt(run_id, fence)) is not None:
            if self.stopping():
                self.runs.rest(
                    run_id,
                    fence,
                    retry_at=None,
                    note="The worker was stopped.",
                    failed=False,
                    at=self.clock(),
                )
                return
            if attempt.state is AttemptState.PLANNED:
                if self.runs.get(run_id).cancel_requested:
                    break
                attempt = self._prepare(attempt, run.connection_id, run.plan_id, fence, ledger)
            if attempt.body:
                self._send(attempt, run.connection_id, run.plan_id, fence, ledger)
        self._finish(run_id, fence)

    def _settle_local(self, run_id: str, plan_id: str, fence: int) -> None:
        """Links and pulls write nothing to QuickBooks: they are recorded at once."""
        waiting = self.runs.waiting_local(run_id)
        for start in range(0, len(waiting), LOCAL_SIZE):
            changes = self.plans.changes(plan_id, waiting[start : start + LOCAL_SIZE])
            settled = [settle_locally(change, run_id) for _, change in sorted(changes.items())]
            self.runs.record_local(run_id, fence, settled, self.clock())

    # one attempt -------------------------------------------------------------------------------------------

    def _prepare(self, attempt: Attempt, connection_id: int, plan_id: str, fence: int, ledger: Ledger) -> Attempt:
        """Check each change against QuickBooks as it is now, render the rest, and commit that it is being sent."""
        changes = self.plans.changes(plan_id, attempt.seqs)
        targets = self.links.targets(connection_id)
        fresh = _read_fresh(ledger, changes.values())
        ready = {
            seq: _ready(changes[seq], bid_of(position), targets, fresh) for position, seq in enumerate(attempt.seqs)
        }
        broken = self._broken_groups(attempt.run_id, plan_id, changes.values())
        broken |= {changes[seq].together for seq, one in ready.items() if isinstance(one, Settled)} - {""}
        refused = {seq: one for seq, one in ready.items() if isinstance(one, Settled)}
        for seq in ready.keys() - refused.keys():
            if changes[seq].together in broken:
                refused[seq] = Settled(
                    seq=seq, status=OutcomeStatus.STALE, message=GOES_WITH, remedy="Build a new preview."
                )
        items = [one for seq, one in ready.items() if isinstance(one, WriteItem) and seq not in refused]
        body = ledger.render(items) if items else ""
        self.at_point("before_sending")
        self.runs.mark_sending(attempt, fence, body, list(refused.values()), self.clock())
        return Attempt(
            run_id=attempt.run_id,
            number=attempt.number,
            request_id=attempt.request_id,
            state=AttemptState.SENDING,
            seqs=attempt.seqs,
            body=body,
        )

    def _broken_groups(self, run_id: str, plan_id: str, changes: Collection[Change]) -> set[str]:
        """The groups of changes that go together and of which one was not done: the rest of them is held back."""
        if not any(change.together for change in changes):
            return set()
        not_done = [
            outcome.seq
            for outcome in self.runs.outcomes(run_id)
            if outcome.status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING)
        ]
        return {change.together for change in self.plans.changes(plan_id, not_done).values()} - {""}

    def _send(self, attempt: Attempt, connection_id: int, plan_id: str, fence: int, ledger: Ledger) -> None:
        """Send a frozen body, and record its answer. The same bytes go under the same id on every retry."""
        self.at_point("before_push")
        results = _answer(ledger, attempt)
        self.at_point("after_push")
        settled = self._judged(attempt, connection_id, plan_id, results)
        self.runs.record(attempt, fence, settled, self.clock())
        self.at_point("after_record")
        _raise_for_all(results)

    def _judged(
        self, attempt: Attempt, connection_id: int, plan_id: str, results: Sequence[WriteResult]
    ) -> list[Settled]:
        changes = self.plans.changes(plan_id, attempt.seqs)
        targets = self.links.targets(connection_id)
        by_bid = {bid_of(position): changes[seq] for position, seq in enumerate(attempt.seqs)}
        return [judge(by_bid[result.bid], result, targets, attempt.run_id) for result in results]

    # ways to end -------------------------------------------------------------------------------------------

    def _finish(self, run_id: str, fence: int) -> None:
        run = self.runs.get(run_id)
        progress = self.runs.progress(run_id)
        cancelled = run.cancel_requested and progress.waiting > 0
        status = final_status(progress, cancelled=cancelled)
        note = f"Cancelled; {progress.done} records were already in QuickBooks." if cancelled else ""
        self.runs.finish(run_id, fence, status, note=note, at=self.clock())
        self.notifying.run_ended(self.runs.get(run_id), self.runs.progress(run_id))

    def _park(self, run_id: str, fence: int, error: NotConnected) -> None:
        """Without a consent nothing can be asked: the run rests, and costs no attempts."""
        run = self.runs.get(run_id)
        if isinstance(error, ConnectionExpired):
            self.connections.set_state(run.connection_id, ConnectionState.EXPIRED)
        if run.cancel_requested:
            self._leave_unanswered(run_id, fence)
            self._finish(run_id, fence)
            return
        self.runs.rest(run_id, fence, retry_at=None, note=str(error), failed=False, at=self.clock())
        self.notifying.connection_lost(run.connection_id, str(error))

    def _try_again(self, run_id: str, fence: int, why: str) -> None:
        """Rest longer each time; in the end give up, and say what may already be there."""
        failures = self.runs.get(run_id).failures + 1
        now = self.clock()
        log.warning("run.failed_try", run=run_id, failures=failures, why=why)
        if failures < FAILURES_MAX:
            self.runs.rest(run_id, fence, retry_at=now + pause_after(failures), note=why, failed=True, at=now)
            return
        self._end(run_id, fence, f"It did not work {failures} times in a row: {why}")

    def _end(self, run_id: str, fence: int, note: str) -> None:
        """End a run before its time, for a reason."""
        self._leave_unanswered(run_id, fence)
        status = final_status(self.runs.progress(run_id), cancelled=False)
        self.runs.finish(run_id, fence, status, note=note, at=self.clock())
        self.notifying.run_ended(self.runs.get(run_id), self.runs.progress(run_id))

    def _leave_unanswered(self, run_id: str, fence: int) -> None:
        """What was sent and not answered is kept for the next preview to settle."""
        attempt = self.runs.next_attempt(run_id, fence)
        if attempt is not None and attempt.state is AttemptState.SENDING:
            lost = [
                Settled(seq=seq, status=OutcomeStatus.UNANSWERED, message=MAYBE_THERE, remedy=MAYBE_REMEDY)
                for seq in attempt.seqs
            ]
            self.runs.give_up(attempt, fence, lost, self.clock())

    def settle_unanswered(self, connection_id: int) -> frozenset[str]:
        """Find out what became of changes that were never answered; returns the keys of those still unknown."""
        unknown: set[str] = set()
        pending = self.runs.unanswered(connection_id)
        if not pending:
            return frozenset()
        ledger, targets = self.ledger_of(connection_id), self.links.targets(connection_id)
        for (run_id, plan_id), group in groupby(pending, key=lambda one: (one.run_id, one.plan_id)):
            found = list(group)
            changes = self.plans.changes(plan_id, [one.seq for one in found])
            settled = settle(ledger, found, changes, targets, self.clock())
            self.runs.record_late(run_id, settled, self.clock())
            done = {one.seq for one in settled}
            unknown |= {change.key for seq, change in changes.items() if seq not in done}
        return frozenset(unknown)


def _answer(ledger: Ledger, attempt: Attempt) -> Sequence[WriteResult]:
    """Send an attempt's frozen body; a refusal of the whole is one of each of its records."""
    try:
        return ledger.send(attempt.request_id, attempt.body)
    except Refused as error:
        bids = [bid_of(position) for position in range(len(attempt.seqs))]
        return [WriteResult(bid=bid, error=error, trace=error.trace) for bid in bids]


def _raise_for_all(results: Iterable[WriteResult]) -> None:
    """A refusal that every further record would meet ends the run. Raises Refused."""
    for result in results:
        if isinstance(result.error, Refused) and result.error.code in ENDS_A_RUN:
            raise result.error


def _read_fresh(ledger: Ledger, changes: Iterable[Change]) -> dict[tuple[LedgerKind, str], Posted]:
    """The records that these changes alter, as QuickBooks holds them now: one question a kind."""
    ids: dict[LedgerKind, list[str]] = {}
    for change in changes:
        if change.ledger_id:
            ids.setdefault(change.ledger_kind, []).append(change.ledger_id)
    return {
        (kind, record_id): posted
        for kind, wanted in ids.items()
        for record_id, posted in ledger.by_ids(kind, wanted).items()
    }


def _ready(
    change: Change, bid: str, targets: Targets, fresh: dict[tuple[LedgerKind, str], Posted]
) -> WriteItem | Settled:
    """The write of a change, or why it is not sent."""
    operation = change.operation or Operation.UPDATE
    content = filled(change.content, targets) if change.content else None
    missing = still_new(content) if content else []
    if missing:
        names = ", ".join(key.replace(":", " ", 1) for key in missing)
        return Settled(
            seq=change.seq,
            status=OutcomeStatus.SKIPPED,
            message=f"It needs {names}, which is not in QuickBooks yet.",
            remedy="Mend that record, or tick it as well, and sync again.",
        )
    posted = fresh.get((change.ledger_kind, change.ledger_id))
    if operation is not Operation.CREATE:
        stale = _why_stale(change, content, posted)
        if stale:
            return Settled(seq=change.seq, status=OutcomeStatus.STALE, message=stale, remedy="Build a new preview.")
    return WriteItem(bid=bid, kind=change.ledger_kind, operation=operation, content=content, posted=posted)


def _why_stale(change: Change, content: Content | None, posted: Posted | None) -> str:
    if posted is None or not posted.active:
        return "It was deleted in QuickBooks after the preview was built, so it was not sent."
    if posted.content != change.posted:
        return "It was edited in QuickBooks after the preview was built, so it was not sent."
    if posted.billed:
        return "It was put on an invoice in QuickBooks after the preview was built, so it was not sent."
    if posted.payment_ids and (content is None or moves_money(posted.content, content)):
        return "It was paid in QuickBooks after the preview was built, so it was not sent."
    return ""
