"""Two channels to QuickBooks at once: batches, and single records beside them.

QuickBooks counts batches and requests apart, so that single records use what batches leave of the request limit. The
threads of here only post what was frozen before: every decision and every transaction of a run stays in its own thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Self, TypeVar

from qbsync.domain.errors import (
    ConnectionExpired,
    FenceLost,
    NotConnected,
    OutcomeUnknown,
    QbsyncError,
    Refused,
    Stopped,
    StoreUnavailable,
    Throttled,
    Unavailable,
)
from qbsync.domain.ledger import WriteResult
from qbsync.domain.ports import Clock, Ledger, Sleeper
from qbsync.domain.run import Attempt, Channel, bid_of, pause_after, single_request_id
from qbsync.services.prepare import AtPoint

_Answer = TypeVar("_Answer")

# Below so many attempts one channel is done soon enough, and simpler.
SIDE_BY_SIDE_MIN = 8
# While the single channel sends one attempt, the other sends two and a half: the last ones are left to batches.
LEFT_TO_BATCHES = 3
# One waits for its place in the throttle while the other is answered, or asked for again after its answer was lost.
BATCHES_AT_ONCE = 2
# The next attempt is opened when so few records of the one before are left, or its places in the throttle go unused.
SINGLES_LEFT_MAX = 8
# Side by side a lost answer is asked for again in its place so often: a rest of the run would stop the other channel.
ASKED_AGAIN_MAX = 3
# A look at the fence that took longer is repeated: what it saw may have changed since.
FENCE_HOLDS_FOR = timedelta(milliseconds=500)
# So long a pause that QuickBooks asks for is waited out in its place as well.
SHORT_PAUSE = timedelta(seconds=5)


class Halted(QbsyncError):
    """A record was not sent, because another one beside it met something that stops the run."""


# What stops a run, the gravest first; what is not named here is a fault of our own, and graver.
GRAVEST = (FenceLost, StoreUnavailable, NotConnected, Refused, OutcomeUnknown, Unavailable, Throttled, Halted)


def gravest(errors: Iterable[BaseException]) -> BaseException:
    """Of several errors that came at once, the one that says how the run goes on."""
    return min(errors, key=lambda error: next((at for at, sort in enumerate(GRAVEST) if isinstance(error, sort)), -1))


@dataclass(frozen=True, kw_only=True)
class Posting:
    """How one push of a run posts. `check_fence` raises FenceLost when the run is another worker's.

    It is asked last of all, after each wait for a place: a worker that was frozen meanwhile must send nothing more.
    """

    ledger: Ledger
    check_fence: Callable[[], None]
    clock: Clock
    sleeper: Sleeper
    at_point: AtPoint

    def batch(self, attempt: Attempt) -> Sequence[WriteResult]:
        """Post an attempt as one request, once. A refusal of the whole is one of each of its records."""
        self.at_point("before_push")
        try:
            return self.ledger.send(attempt.request_id, attempt.body, self._check_fence)
        except Refused as error:
            bids = [bid_of(position) for position in range(len(attempt.seqs))]
            return [WriteResult(bid=bid, error=error, trace=error.trace) for bid in bids]

    def batch_until_answered(self, attempt: Attempt) -> Sequence[WriteResult]:
        """Post an attempt as one request; a lost answer is asked for again."""
        return self._until_answered(lambda: self.batch(attempt))

    def single(self, attempt: Attempt, bid: str, *, first_try: bool) -> Sequence[WriteResult]:
        """Post one record of an attempt; a lost answer is asked for again.

        What QuickBooks says of this record is its result, as in a batch; a fault of its own too, since it might
        give the same answer to the same request id for ever. What says nothing of the record is raised, and so is
        what may only be said of this try: the one before may have been carried out.
        """
        try:
            return [self._until_answered(lambda: self._posted(attempt, bid))]
        except Refused as error:
            return [WriteResult(bid=bid, error=error, trace=error.trace)]
        except (OutcomeUnknown, Unavailable, ConnectionExpired) as error:
            is_about_it = isinstance(error, ConnectionExpired) or error.code
            if not (first_try and is_about_it):
                raise
            return [WriteResult(bid=bid, error=error, trace=error.trace)]

    def _posted(self, attempt: Attempt, bid: str) -> WriteResult:
        self.at_point("before_single")
        request_id = single_request_id(attempt.request_id, bid)
        result = self.ledger.send_one(request_id, attempt.body, bid, self._check_fence)
        self.at_point("after_single")
        return result

    def _check_fence(self) -> None:
        """Raises FenceLost. An answer that was long in coming is old: the worker may have been frozen meanwhile."""
        asked_at = None
        while asked_at is None or self.clock() - asked_at > FENCE_HOLDS_FOR:
            asked_at = self.clock()
            self.check_fence()

    def _until_answered(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask once more for each lost answer and after each short pause, with the same bytes under the same id."""
        lost: QbsyncError | None = None
        for asked in count(1):
            try:
                return ask()
            except (OutcomeUnknown, Unavailable, ConnectionExpired) as error:
                is_lost = isinstance(error, OutcomeUnknown) and not error.code
                if not is_lost or asked > ASKED_AGAIN_MAX:
                    raise lost or error from None  # what is said of this try says nothing of the one before
                lost, pause = lost or error, pause_after(asked)
            except Throttled as error:
                pause = error.resume_at - self.clock()
                if isinstance(error, Stopped) or pause > SHORT_PAUSE or asked > ASKED_AGAIN_MAX:
                    raise
            self.sleeper(max(0.0, pause.total_seconds()))
        raise AssertionError("never reached")


@dataclass(frozen=True, kw_only=True)
class Flight:
    """An attempt that is under way. A batch has one answer to come, an attempt sent singly one for each record."""

    attempt: Attempt
    first_try: bool
    answers: tuple[Future[Sequence[WriteResult]], ...]

    def left(self) -> list[Future[Sequence[WriteResult]]]:
        """The answers that have not come yet."""
        return [answer for answer in self.answers if not answer.done()]

    def results(self) -> list[WriteResult]:
        """What QuickBooks answered to each record. Raises the gravest of what kept an answer from coming."""
        errors = [error for answer in self.answers if (error := answer.exception()) is not None]
        if errors:
            raise gravest(errors)
        return [result for answer in self.answers for result in answer.result()]


class Channels:
    """The two channels of one push of a run. To be left as a context manager: then nothing is under way any more."""

    def __init__(self, posting: Posting, singles_at_once: int) -> None:
        """`singles_at_once`: how many single records are under way at a time, at least 1."""
        self._posting = posting
        self._batches = ThreadPoolExecutor(BATCHES_AT_ONCE, thread_name_prefix="batch")
        self._singles = ThreadPoolExecutor(max(1, singles_at_once), thread_name_prefix="single")
        self._halted = threading.Event()
        self._flights: list[Flight] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._halted.set()
        for pool in (self._singles, self._batches):
            pool.shutdown(cancel_futures=True)

    @property
    def under_way(self) -> Collection[int]:
        """The numbers of the attempts that are under way."""
        return [flight.attempt.number for flight in self._flights]

    def free(self) -> Iterator[Channel]:
        """The channels that have room for one more attempt."""
        for _ in range(BATCHES_AT_ONCE - len(self._of(Channel.BATCH))):
            yield Channel.BATCH
        if sum(len(flight.left()) for flight in self._of(Channel.SINGLE)) <= SINGLES_LEFT_MAX:
            yield Channel.SINGLE

    def _of(self, channel: Channel) -> list[Flight]:
        return [flight for flight in self._flights if flight.attempt.channel is channel]

    def send(self, attempt: Attempt, *, first_try: bool) -> Flight:
        """Let an attempt leave over its channel."""
        if attempt.channel is Channel.BATCH:
            answers = [self._batches.submit(copy_context().run, self._posting.batch_until_answered, attempt)]
        else:
            answers = [
                self._singles.submit(copy_context().run, self._single, attempt, bid, first_try)
                for bid in self._posting.ledger.bids(attempt.body)
            ]
        flight = Flight(attempt=attempt, first_try=first_try, answers=tuple(answers))
        self._flights.append(flight)
        return flight

    def _single(self, attempt: Attempt, bid: str, first_try: bool) -> Sequence[WriteResult]:
        if self._halted.is_set():
            raise Halted("It was not sent, because another record beside it could not be sent.")
        try:
            return self._posting.single(attempt, bid, first_try=first_try)
        except BaseException:
            self._halted.set()
            raise

    def landed(self) -> Flight | None:
        """Wait for the next answer; returns an attempt whose answers have all come or failed, if there is one."""
        if all(flight.left() for flight in self._flights):
            wait([answer for flight in self._flights for answer in flight.left()], return_when=FIRST_COMPLETED)
        for flight in self._flights:
            if not flight.left():
                self._flights.remove(flight)
                return flight
        return None

    def answered(self, attempt: Attempt) -> list[WriteResult]:
        """Send an attempt again by itself, and wait for all of its answers."""
        flight = self.send(attempt, first_try=False)
        while self.landed() is not flight:
            pass
        return flight.results()
