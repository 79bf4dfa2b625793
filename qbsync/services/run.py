"""Push a confirmed plan to QuickBooks: id first, then send, then record, so that a crash at any point loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

import structlog

from qbsync.domain.errors import (
    BadInput,
    CompanyRefused,
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
from qbsync.domain.ledger import WriteResult
from qbsync.domain.ports import Clock, Sleeper
from qbsync.domain.refusal import answer_text
from qbsync.domain.run import (
    REPLAY_FOR,
    Attempt,
    AttemptState,
    Channel,
    OutcomeStatus,
    Run,
    Settled,
    Unanswered,
    bid_of,
    pause_before_again,
)
from qbsync.services.appeared import Appearing, Record, SpokenFor
from qbsync.services.channels import LEFT_TO_BATCHES, SIDE_BY_SIDE_MIN, Channels, Posting, gravest
from qbsync.services.ending import Ending, said
from qbsync.services.judge import MAYBE_REMEDY, MAYBE_THERE, again, judge, overtaken
from qbsync.services.listed import last_read
from qbsync.services.local import settle_locally
from qbsync.services.notify import Notifying
from qbsync.services.prepare import AtPoint, Preparing, Work
from qbsync.services.settle import UNDER_WAY, arrived, settle
from qbsync.services.stores import ConnectionStore, LedgerOf, LinkStore, PlanStore, RunStore

log = structlog.get_logger(__name__)

FAULTS_MAX = 3  # an attempt that QuickBooks breaks at this often is given up, and the rest of the run goes on

BUG = "Something went wrong on our side; the worker's log says what."
LOCAL_SIZE = 500  # how many changes that write nothing are recorded in one transaction


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
    sleeper: Sleeper
    singles_at_once: int = 0  # beside the batches of a large run; 0: batches only
    at_point: AtPoint = lambda _: None
    stopping: Callable[[], bool] = lambda: False

    @property
    def _ending(self) -> Ending:
        return Ending(connections=self.connections, runs=self.runs, notifying=self.notifying, clock=self.clock)

    @property
    def _preparing(self) -> Preparing:
        return Preparing(links=self.links, plans=self.plans, runs=self.runs, clock=self.clock, at_point=self.at_point)

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
            self._ending.end(run_id, fence, str(explain(error.faults[0])))
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
                if attempt.any_order and self._is_large(run_id):
                    if not self._push_side_by_side(work):
                        return
                    continue
                attempt = self._preparing.prepare(attempt, work)
            elif attempt.sent_at is not None and self.clock() - attempt.sent_at >= REPLAY_FOR:
                if not self._settle_old(attempt, attempt.sent_at + REPLAY_FOR, work):
                    return
                continue
            if attempt.body and not self._send(attempt, work, first_try=first_try):
                return
        self._ending.finish(run_id, fence)

    def _work(self, run: Run, fence: int) -> Work:
        ledger = self.ledger_of(run.connection_id)
        appearing = Appearing(
            ledger=ledger,
            built_at=self.plans.built_at(run.plan_id),
            spoken_for=self._spoken_for(run),
            clock=self.clock,
        )
        return Work(
            run_id=run.id,
            plan_id=run.plan_id,
            connection_id=run.connection_id,
            fence=fence,
            ledger=ledger,
            appearing=appearing,
        )

    def _spoken_for(self, run: Run) -> SpokenFor:
        """Of some records, those that are linked, or that the preview found to be another of its rows."""

        @cache
        def seen() -> frozenset[Record]:
            changes = self.plans.get(run.plan_id).changes  # a plan may be long, and none of it is asked for as a rule
            return frozenset((change.ledger_kind, change.ledger_id) for change in changes)

        return lambda records: self.links.linked(run.connection_id, records) | seen().intersection(records)

    def _settle_local(self, run_id: str, plan_id: str, fence: int) -> None:
        """Links and pulls write nothing to QuickBooks: they are recorded at once."""
        waiting = self.runs.waiting_local(run_id)
        for start in range(0, len(waiting), LOCAL_SIZE):
            changes = self.plans.changes(plan_id, waiting[start : start + LOCAL_SIZE])
            settled = [settle_locally(change, run_id) for _, change in sorted(changes.items())]
            self.runs.record_local(run_id, fence, settled, self.clock())

    # both channels -------------------------------------------------------------------------------------------

    def _is_large(self, run_id: str) -> bool:
        return self.singles_at_once > 0 and self.runs.planned_in_any_order(run_id) >= SIDE_BY_SIDE_MIN

    def _push_side_by_side(self, work: Work) -> bool:
        """Send what may go in any order over both channels, as long as there is any; False: the run rests.

        Whatever stops the run, all that is under way is recorded first, where its answer came. Then it is raised.
        """
        errors: list[QbsyncError] = []
        again: list[tuple[Attempt, list[Settled]]] = []
        with Channels(self._posting(work), self.singles_at_once) as channels:
            opening = True
            while opening or channels.under_way:
                try:
                    opening = opening and self._open(channels, work)
                    flight = channels.landed()
                    if flight is not None:
                        settled = self._take_in(flight.attempt, work, flight.results, first_try=flight.first_try)
                        again += [(flight.attempt, settled)] if _waits(settled) else []
                except QbsyncError as error:
                    errors.append(error)
                opening = opening and not errors and not again
        if errors:
            raise gravest(errors)
        for attempt, settled in again:
            self._rest_before_again(attempt, work, settled)
        return not again

    def _open(self, channels: Channels, work: Work) -> bool:
        """Send an attempt over each channel that has room for one; False: nothing more is to be sent in this way."""
        for channel in channels.free():
            if channel is Channel.SINGLE and self.runs.planned_in_any_order(work.run_id) < LEFT_TO_BATCHES:
                continue
            if self.stopping() or self.runs.get(work.run_id).cancel_requested:
                return False
            attempt = self.runs.next_attempt(work.run_id, work.fence, channels.under_way)
            if attempt is None or attempt.state is not AttemptState.PLANNED or not attempt.any_order:
                return False
            attempt = self._preparing.prepare(attempt, work, channel)
            if attempt.body:
                channels.send(attempt, first_try=True)
        return True

    # one attempt -------------------------------------------------------------------------------------------

    def _send(self, attempt: Attempt, work: Work, *, first_try: bool) -> bool:
        """Send a frozen body, and record its answer; False: the run rests. The same id always has the same bytes."""
        settled = self._take_in(attempt, work, lambda: self._answer(attempt, work), first_try=first_try)
        return self._rest_before_again(attempt, work, settled)

    def _answer(self, attempt: Attempt, work: Work) -> Sequence[WriteResult]:
        if attempt.channel is Channel.BATCH:
            return self._posting(work).batch(attempt)
        with Channels(self._posting(work), self.singles_at_once) as channels:
            return channels.answered(attempt)

    def _take_in(
        self, attempt: Attempt, work: Work, answers: Callable[[], Sequence[WriteResult]], *, first_try: bool
    ) -> list[Settled]:
        """Record the answers to an attempt; returns what they mean. Raises what kept them from coming."""
        try:
            results = answers()
        except ConnectionExpired as error:
            # Nothing was done of a batch that never left: it is checked afresh when somebody has connected.
            if first_try and attempt.channel is Channel.BATCH:
                self._plan_again(attempt, work, error)
            raise
        except OutcomeUnknown as error:
            if not error.code or self._count_fault(attempt, work) < FAULTS_MAX:
                raise
            self._give_up(attempt, work, error)
            return []
        self.at_point("after_push")
        settled = self._judged(attempt, work, results)
        self.runs.record(attempt, work.fence, settled, self.clock(), _tries(attempt, results))
        self.at_point("after_record")
        _raise_for_all(results)
        return settled

    def _count_fault(self, attempt: Attempt, work: Work) -> int:
        return self.runs.count_fault(attempt, work.fence, self.clock())

    def _posting(self, work: Work) -> Posting:
        return Posting(
            ledger=work.ledger,
            check_fence=lambda: self.runs.check_fence(work.run_id, work.fence),
            clock=self.clock,
            sleeper=self.sleeper,
            at_point=self.at_point,
        )

    def _plan_again(self, attempt: Attempt, work: Work, error: ConnectionExpired) -> None:
        changes = self.plans.changes(work.plan_id, attempt.seqs)
        waiting = [again(change, error, error.trace) for change in changes.values()]
        self.runs.record(attempt, work.fence, waiting, self.clock(), max(attempt.tries, 1))

    def _give_up(self, attempt: Attempt, work: Work, error: OutcomeUnknown) -> None:
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
                answer=answer_text(error.faults),
                trace=error.trace,
            )
            for seq in changes.keys() - found.keys()
        ]
        self.runs.give_up(attempt, work.fence, [*found.values(), *lost], self.clock())

    def _rest_before_again(self, attempt: Attempt, work: Work, settled: Sequence[Settled]) -> bool:
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

    def _settle_old(self, attempt: Attempt, last_try: datetime, work: Work) -> bool:
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

    def _judged(self, attempt: Attempt, work: Work, results: Sequence[WriteResult]) -> list[Settled]:
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


def _waits(settled: Iterable[Settled]) -> bool:
    return any(one.status is OutcomeStatus.WAITING for one in settled)


def _raise_for_all(results: Iterable[WriteResult]) -> None:
    """An answer to one record that every further one would get as well stops the run. Raises it."""
    errors = [result.error for result in results if result.error is not None]
    for error in errors:
        if isinstance(error, ConnectionExpired | CompanyRefused):
            raise error
    for error in errors:
        if isinstance(error, Throttled):
            raise error


def _tries(attempt: Attempt, results: Iterable[WriteResult]) -> int:
    """How often what is tried again was tried; what is no fault of QuickBooks' own counts as one, however often."""
    faults = [error for result in results if isinstance(error := result.error, TransientError)]
    return attempt.tries + 1 if faults else max(attempt.tries, 1)
