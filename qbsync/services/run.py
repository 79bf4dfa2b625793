"""Push a confirmed plan to QuickBooks: id first, then send, then record, so that a crash at any point loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import structlog

from qbsync.domain.decide import moves_money
from qbsync.domain.errors import (
    BadInput,
    ConnectionExpired,
    FenceLost,
    NotConnected,
    OutcomeUnknown,
    QbsyncError,
    Refused,
    Throttled,
    TransientError,
)
from qbsync.domain.explain import explain
from qbsync.domain.ledger import Content, LedgerKind, Operation, Posted, WriteItem, WriteResult
from qbsync.domain.moved import GOES_WITH
from qbsync.domain.plan import Change
from qbsync.domain.ports import Clock, Ledger
from qbsync.domain.references import Targets, filled, still_new
from qbsync.domain.run import (
    REPLAY_FOR,
    Attempt,
    AttemptState,
    OutcomeStatus,
    Run,
    Settled,
    Unanswered,
    bid_of,
    pause_before_again,
)
from qbsync.services.appeared import Appearing, Record
from qbsync.services.ending import Ending, said
from qbsync.services.judge import MAYBE_REMEDY, MAYBE_THERE, again, judge, overtaken, tried_in_vain
from qbsync.services.listed import last_read
from qbsync.services.local import settle_locally
from qbsync.services.notify import Notifying
from qbsync.services.settle import UNDER_WAY, arrived, read_fresh, settle
from qbsync.services.stores import ConnectionStore, LedgerOf, LinkStore, PlanStore, RunStore

log = structlog.get_logger(__name__)

ENDS_A_RUN = {"6190", "10200"}  # the subscription has ended; the company was reset
FAULTS_MAX = 3  # an attempt that QuickBooks breaks at this often is given up, and the rest of the run goes on

BUG = "Something went wrong on our side; the worker's log says what."
LOCAL_SIZE = 500  # how many changes that write nothing are recorded in one transaction

AtPoint = Callable[[str], None]  # called at marked points, so that tests can end the process there


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One push of one run by one worker."""

    run_id: str
    plan_id: str
    connection_id: int
    fence: int
    ledger: Ledger
    appearing: Appearing


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

    @property
    def _ending(self) -> Ending:
        return Ending(connections=self.connections, runs=self.runs, notifying=self.notifying, clock=self.clock)

    def push(self, run_id: str) -> bool:
        """Push a run as far as it goes now: to its end, or to a pause that says when it goes on.

        False when another worker took the run over meanwhile.
        """
        try:
            fence = self.runs.take(run_id, self.clock())
        except BadInput:
            return True  # it ended meanwhile
        try:
            self._push_or_rest(run_id, fence)
        except FenceLost:
            log.info("run.fence_lost", run=run_id, fence=fence)
            return False
        return True

    def _push_or_rest(self, run_id: str, fence: int) -> None:
        """What stops the push is recorded with the run, and that takes the fence as well."""
        try:
            self._push(run_id, fence)
        except NotConnected as error:
            self._ending.park(run_id, fence, error)
        except Throttled as error:
            self.runs.rest(run_id, fence, retry_at=error.resume_at, note=said(error), failed=False, at=self.clock())
        except Refused as error:  # of a question, or of all that could be written: asking again would not help
            self._ending.end(run_id, fence, " ".join(explain(error.faults[0])))
        except FenceLost:
            raise
        except QbsyncError as error:  # QuickBooks is away, or a setting of ours is wrong: it may be mended meanwhile
            self._ending.try_again(run_id, fence, said(error), code=getattr(error, "code", ""))
        except Exception:
            self._ending.try_again(run_id, fence, BUG)  # the company must not stay locked by a run that cannot go on
            raise

    def _push(self, run_id: str, fence: int) -> None:
        run = self.runs.get(run_id)
        work = self._work(run, fence)
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
            first_try = attempt.state is AttemptState.PLANNED
            if first_try:
                if self.runs.get(run_id).cancel_requested:
                    break
                attempt = self._prepare(attempt, work)
            elif attempt.sent_at is not None and self.clock() - attempt.sent_at >= REPLAY_FOR:
                if not self._settle_old(attempt, attempt.sent_at + REPLAY_FOR, work):
                    return
                continue
            if attempt.body and not self._send(attempt, work, first_try=first_try):
                return
        self._ending.finish(run_id, fence)

    def _work(self, run: Run, fence: int) -> _Work:
        ledger = self.ledger_of(run.connection_id)
        appearing = Appearing(
            ledger=ledger,
            built_at=self.plans.built_at(run.plan_id),
            spoken_for=lambda records: self._spoken_for(run, records),
            clock=self.clock,
        )
        return _Work(
            run_id=run.id,
            plan_id=run.plan_id,
            connection_id=run.connection_id,
            fence=fence,
            ledger=ledger,
            appearing=appearing,
        )

    def _spoken_for(self, run: Run, records: Collection[Record]) -> set[Record]:
        """Of these records, those that are linked, or that the preview found to be another of its rows."""
        seen = {(change.ledger_kind, change.ledger_id) for change in self.plans.get(run.plan_id).changes}
        return self.links.linked(run.connection_id, records) | seen.intersection(records)

    def _settle_local(self, run_id: str, plan_id: str, fence: int) -> None:
        """Links and pulls write nothing to QuickBooks: they are recorded at once."""
        waiting = self.runs.waiting_local(run_id)
        for start in range(0, len(waiting), LOCAL_SIZE):
            changes = self.plans.changes(plan_id, waiting[start : start + LOCAL_SIZE])
            settled = [settle_locally(change, run_id) for _, change in sorted(changes.items())]
            self.runs.record_local(run_id, fence, settled, self.clock())

    # one attempt -------------------------------------------------------------------------------------------

    def _prepare(self, attempt: Attempt, work: _Work) -> Attempt:
        """Check each change against QuickBooks as it is now, render the rest, and commit that it is being sent."""
        changes = self.plans.changes(work.plan_id, attempt.seqs)
        ready = self._ready(attempt, changes, work)
        refused = {seq: one for seq, one in ready.items() if isinstance(one, Settled)}
        broken = self._broken_groups(work, changes.values())
        broken |= {changes[seq].together for seq, one in refused.items() if one.status is not OutcomeStatus.DONE} - {""}
        for seq in ready.keys() - refused.keys():
            if changes[seq].together in broken:
                refused[seq] = Settled(
                    seq=seq, status=OutcomeStatus.STALE, message=GOES_WITH, remedy="Build a new preview."
                )
        items = [one for seq, one in ready.items() if isinstance(one, WriteItem) and seq not in refused]
        body = work.ledger.render(items) if items else ""
        self.at_point("before_sending")
        self.runs.mark_sending(attempt, work.fence, body, list(refused.values()), self.clock())
        return replace(attempt, state=AttemptState.SENDING, body=body)

    def _ready(self, attempt: Attempt, changes: Mapping[int, Change], work: _Work) -> dict[int, WriteItem | Settled]:
        """The write of each change, or why it is not sent."""
        targets = self.links.targets(work.connection_id)
        fresh = read_fresh(work.ledger, changes.values())
        ready = {
            seq: _ready(changes[seq], bid_of(position), targets, fresh) for position, seq in enumerate(attempt.seqs)
        }
        creates = {
            seq: (changes[seq], one.content)
            for seq, one in ready.items()
            if isinstance(one, WriteItem) and one.operation is Operation.CREATE and one.content is not None
        }
        ready |= work.appearing.among(creates)
        if attempt.tries:
            ready |= self._looked_for(attempt, changes, targets, work)
        return ready

    def _looked_for(
        self, attempt: Attempt, changes: Mapping[int, Change], targets: Targets, work: _Work
    ) -> dict[int, Settled]:
        """What is tried again may be there: a fault of QuickBooks' own does not say whether it did it before."""
        found = arrived(work.ledger, list(changes.values()), targets, work.run_id)
        if not attempt.only_looks:
            return found
        outcomes = self.runs.outcomes(work.run_id)
        missing = [one for one in outcomes if one.seq in changes and one.seq not in found]
        return found | {one.seq: tried_in_vain(one) for one in missing}

    def _broken_groups(self, work: _Work, changes: Collection[Change]) -> set[str]:
        """The groups of changes that go together and of which one was not done: the rest of them is held back."""
        if not any(change.together for change in changes):
            return set()
        not_done = [
            outcome.seq
            for outcome in self.runs.outcomes(work.run_id)
            if outcome.status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING)
        ]
        return {change.together for change in self.plans.changes(work.plan_id, not_done).values()} - {""}

    def _send(self, attempt: Attempt, work: _Work, *, first_try: bool) -> bool:
        """Send a frozen body, and record its answer; False: the run rests. The same id always has the same bytes."""
        self.at_point("before_push")
        try:
            results = _answer(work.ledger, attempt)
        except ConnectionExpired as error:
            if first_try:  # nothing of it was done: it is checked afresh when somebody has connected
                self._plan_again(attempt, work, error)
            raise
        except OutcomeUnknown as error:
            if not error.code or self.runs.count_fault(attempt, work.fence, self.clock()) < FAULTS_MAX:
                raise
            self._give_up(attempt, work, error)
            return True
        self.at_point("after_push")
        settled = self._judged(attempt, work, results)
        self.runs.record(attempt, work.fence, settled, self.clock(), _tries(attempt, results))
        self.at_point("after_record")
        _raise_for_all(results)
        return self._rest_before_again(attempt, work, settled)

    def _plan_again(self, attempt: Attempt, work: _Work, error: ConnectionExpired) -> None:
        changes = self.plans.changes(work.plan_id, attempt.seqs)
        waiting = [again(change, error, error.trace) for change in changes.values()]
        self.runs.record(attempt, work.fence, waiting, self.clock(), max(attempt.tries, 1))

    def _give_up(self, attempt: Attempt, work: _Work, error: OutcomeUnknown) -> None:
        """QuickBooks breaks at this attempt each time: look what it did of it, and let the rest of the run go on."""
        changes, targets = self.plans.changes(work.plan_id, attempt.seqs), self.links.targets(work.connection_id)
        found = arrived(work.ledger, list(changes.values()), targets, work.run_id)
        lost = [
            Settled(
                seq=seq,
                status=OutcomeStatus.UNANSWERED,
                code=error.code,
                message=MAYBE_THERE,
                remedy=MAYBE_REMEDY,
                trace=error.trace,
            )
            for seq in changes.keys() - found.keys()
        ]
        self.runs.give_up(attempt, work.fence, [*found.values(), *lost], self.clock())

    def _rest_before_again(self, attempt: Attempt, work: _Work, settled: Sequence[Settled]) -> bool:
        """Rest before what met a fault of QuickBooks' own is sent again; True when there is nothing to wait for."""
        waiting = [one for one in settled if one.status is OutcomeStatus.WAITING]
        if not waiting:
            return True
        now = self.clock()
        self.runs.rest(
            work.run_id,
            work.fence,
            retry_at=now + pause_before_again(attempt.tries + 1),
            note=f"QuickBooks could not take {len(waiting)} of the records just then; they are tried again.",
            failed=False,
            at=now,
        )
        return False

    def _settle_old(self, attempt: Attempt, last_try: datetime, work: _Work) -> bool:
        """Find out by looking what became of an attempt that is too old to be sent again; False: it is too early.

        A look just after its last try could miss what is still under way, so the run rests until that is over.
        """
        pending = [
            Unanswered(run_id=attempt.run_id, plan_id=work.plan_id, seq=seq, given_up_at=last_try)
            for seq in attempt.seqs
        ]
        changes, targets = self.plans.changes(work.plan_id, attempt.seqs), self.links.targets(work.connection_id)
        settled = settle(work.ledger, pending, changes, targets, self.clock())
        if len(settled) < len(pending):
            note = "An old request was not answered: QuickBooks is looked at for it in a few minutes."
            self.runs.rest(
                work.run_id,
                work.fence,
                retry_at=last_try + UNDER_WAY,
                note=note,
                failed=False,
                at=self.clock(),
            )
            return False
        self.runs.record(attempt, work.fence, settled, self.clock())
        return True

    def _judged(self, attempt: Attempt, work: _Work, results: Sequence[WriteResult]) -> list[Settled]:
        changes = self.plans.changes(work.plan_id, attempt.seqs)
        targets = self.links.targets(work.connection_id)
        by_bid = {bid_of(position): changes[seq] for position, seq in enumerate(attempt.seqs)}
        entry_of = last_read(self.connections, work.connection_id)
        return [
            overtaken(by_bid[result.bid], result, attempt.tries)
            or judge(by_bid[result.bid], result, targets, attempt.run_id, entry_of)
            for result in results
        ]

    # what was never answered ---------------------------------------------------------------------------------

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
    """An answer to one record that every further one would get as well stops the run. Raises it."""
    errors = [result.error for result in results if result.error is not None]
    for error in errors:
        if isinstance(error, ConnectionExpired) or (isinstance(error, Refused) and error.code in ENDS_A_RUN):
            raise error
    for error in errors:
        if isinstance(error, Throttled):
            raise error


def _tries(attempt: Attempt, results: Iterable[WriteResult]) -> int:
    """How often what is tried again was tried; what is no fault of QuickBooks' own counts as one, however often."""
    faults = [error for result in results if isinstance(error := result.error, TransientError)]
    return attempt.tries + 1 if faults else max(attempt.tries, 1)


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
