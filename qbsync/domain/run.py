"""A run executes a plan, its attempts are its writes to QuickBooks, its outcomes say what became of each change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from qbsync.domain.decide import Action
from qbsync.domain.link import Link
from qbsync.domain.place import NOWHERE, Place
from qbsync.domain.plan import Change
from qbsync.domain.wanted import SyncKind, key_of

FAILURES_MAX = 8  # a run that failed to reach QuickBooks this often in a row ends
# How long QuickBooks remembers a request id is not documented. A request is sent again under its id on the day it was
# first sent only; later somebody may have entered or deleted the record, so what became of it is looked up instead.
REPLAY_FOR = timedelta(hours=12)
AGAIN_MAX = 3  # a write that met a fault of QuickBooks' own is sent again this often, under a new request id
PAUSE_FIRST = timedelta(seconds=2)  # then twice as long each time
PAUSE_MAX = timedelta(minutes=5)
PAUSE_BEFORE_AGAIN = timedelta(seconds=10)  # then three times as long each time


class RunStatus(StrEnum):
    """The first three are open: a company has at most one open run."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    PARTLY_FAILED = "partly failed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATUSES = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)


class AttemptState(StrEnum):
    """Sending is committed before the request leaves; unanswered may have been carried out."""

    PLANNED = "planned"
    SENDING = "sending"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    DROPPED = "dropped"  # nothing of it was left to send


class Channel(StrEnum):
    """How an attempt is sent: chosen before it is first sent, and never changed after that."""

    BATCH = "batch"  # one request with all its records
    SINGLE = "single"  # a request for each of its records, several at a time


class OutcomeStatus(StrEnum):
    """What became of a change."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STALE = "stale"
    UNANSWERED = "unanswered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as stored."""

    id: str
    plan_id: str
    connection_id: int
    status: RunStatus
    trigger: str
    confirmed_by: str
    fence: int
    failures: int
    cancel_requested: bool
    note: str
    created_at: datetime
    retry_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One frozen write. `seqs` are its changes in order; a change's bid is its place among them.

    `tries` says how often QuickBooks met a fault of its own with it, or with the attempt that its changes were in.
    `any_order` says that nothing in the run waits for it, and that it waits for nothing of its own kind.
    """

    run_id: str
    number: int
    request_id: str
    state: AttemptState
    seqs: tuple[int, ...]
    body: str = ""
    sent_at: datetime | None = None  # when it was first sent
    tries: int = 0
    any_order: bool = False
    channel: Channel = Channel.BATCH

    @property
    def only_looks(self) -> bool:
        """Whether its changes were sent as often as they may be: it ends by looking what became of them."""
        return self.tries > AGAIN_MAX


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one change: its QuickBooks id, or the reason in plain words and what to do."""

    seq: int
    kind: SyncKind
    core_id: str
    title: str
    action: Action
    status: OutcomeStatus
    ledger_id: str = ""
    code: str = ""
    message: str = ""
    remedy: str = ""
    place: Place = NOWHERE  # where the remedy is carried out
    answer: str = ""  # what QuickBooks answered, as JSON, where that was a refusal
    trace: str = ""
    at: datetime | None = None
    run_id: str = ""
    posted_minutes: int | None = None  # what QuickBooks held of it then, where it was done and that was kept
    posted_amount: Decimal | None = None

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A change of an ended run that was sent, and whose answer never came."""

    run_id: str
    plan_id: str
    seq: int
    given_up_at: datetime  # when it was last asked for an answer


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The result of one change, to be recorded together with the link it makes or removes."""

    seq: int
    status: OutcomeStatus
    ledger_id: str = ""
    code: str = ""
    message: str = ""
    remedy: str = ""
    place: Place = NOWHERE
    answer: str = ""
    trace: str = ""
    link: Link | None = None
    unlink: bool = False


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is, counted from its outcomes: the numbers always equal the rows."""

    counts: dict[OutcomeStatus, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        return self.counts.get(OutcomeStatus.WAITING, 0)

    @property
    def done(self) -> int:
        return self.counts.get(OutcomeStatus.DONE, 0)

    @property
    def not_done(self) -> int:
        """Those that ended in any other way than done."""
        return self.total - self.done - self.waiting


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What a person confirmed: exactly this plan, these ticked changes, cut into these attempts.

    `stale` are ticked changes that Core has changed since, with what to say about each.
    """

    run_id: str
    plan_id: str
    connection_id: int
    digest: str
    ticked: Sequence[Change]
    attempts: Sequence[Sequence[Change]]
    stale: dict[int, str]
    who: str
    trigger: str
    at: datetime


def request_id(run_id: str, number: int) -> str:
    """The request id of an attempt: the same for every retry, never the same for two attempts (36 characters)."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"qbsync:{run_id}:{number}"))


def single_request_id(attempt_request_id: str, bid: str) -> str:
    """The request id of one record of an attempt that is sent singly (at most 50 characters): as lasting as both."""
    return f"{attempt_request_id}-{bid}"


def bid_of(position: int) -> str:
    """The name of an item inside its attempt."""
    return str(position)


def pause_after(failures: int) -> timedelta:
    """How long a run rests after so many failures in a row."""
    doublings: int = 2 ** max(failures - 1, 0)
    return min(PAUSE_FIRST * doublings, PAUSE_MAX)


def pause_before_again(tries: int) -> timedelta:
    """How long a run rests before it sends again what met so many faults of QuickBooks' own."""
    longer: int = 3 ** max(tries - 1, 0)
    return min(PAUSE_BEFORE_AGAIN * longer, PAUSE_MAX)


def final_status(progress: Progress, *, cancelled: bool) -> RunStatus:
    """How a run ended, from its outcomes."""
    if cancelled:
        return RunStatus.CANCELLED
    if progress.not_done == 0 and progress.waiting == 0:
        return RunStatus.DONE
    return RunStatus.PARTLY_FAILED if progress.done else RunStatus.FAILED
