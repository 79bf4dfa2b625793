"""A large run goes over two channels at once: whatever happens on either, each record is in QuickBooks once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import (
    ConnectionExpired,
    Fault,
    FenceLost,
    OutcomeUnknown,
    QbsyncError,
    Throttled,
    Unavailable,
)
from qbsync.domain.ledger import LedgerKind, TimeEntry
from qbsync.domain.records import Shift
from qbsync.domain.run import FAILURES_MAX, Attempt, AttemptState, Channel, OutcomeStatus, Run, RunStatus
from qbsync.services.channels import ASKED_AGAIN_MAX, SIDE_BY_SIDE_MIN, Halted, Posting, gravest
from qbsync.store.database import Database
from tests.domain.samples import WEEK, payroll_row
from tests.doubles.ledger import MemoryLedger
from tests.doubles.ledger_text import AskedWrite
from tests.services.desk import NOW, Desk, open_desk

NAMES = ("customer:C1", "project:P1", "employee:E1", "vendor:V1")
WEEKS = 40
ENTRIES = 7 * WEEKS  # ten attempts
SINGLE = re.compile(r"([0-9a-f-]{36})-(\d+)")
PUSHES_MAX = 12


def week(number: int, hours: str = "5 5 5 5 5 5 5", **given: object):
    """A week of work without overtime, so many weeks ago."""
    return payroll_row(hours, week_ending=WEEK - timedelta(weeks=number), **given)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with its names in QuickBooks, and forty weeks of work to post."""
    desk = open_desk(sqlite, *(week(number) for number in range(WEEKS)))
    assert desk.sync(*NAMES).status is RunStatus.DONE
    desk.ledger.sends.clear()
    return desk


def push_on(desk: Desk, run: Run) -> Run:
    """Push again after each pause, until the run ends."""
    for _ in range(PUSHES_MAX):
        ended = desk.push(run)
        if not ended.is_open:
            return ended
        desk.connect()
        desk.clock.now = ended.retry_at or desk.clock.forward(seconds=1)
    raise AssertionError(f"the run does not end: {desk.runs.get(run.id)}")


def is_single(request_id: str) -> bool:
    return SINGLE.fullmatch(request_id) is not None


def sent(desk: Desk) -> tuple[set[str], set[str]]:
    """The attempts that were sent as batches, and those that were sent singly."""
    ids = [request_id for request_id, _ in desk.ledger.sends]
    singles = [found.group(1) for found in map(SINGLE.fullmatch, ids) if found]
    return {one for one in ids if not is_single(one)}, set(singles)


def days_of(asked: AskedWrite) -> date:
    assert isinstance(asked.content, TimeEntry)
    return asked.content.txn_date


def entry_days(desk: Desk) -> list[date]:
    """The days of the hours in QuickBooks, in order."""
    return sorted(one.content.txn_date for one in desk.held(LedgerKind.TIME_ACTIVITY))  # type: ignore[union-attr]


def all_days() -> list[date]:
    return sorted(WEEK - timedelta(weeks=number, days=day) for number in range(WEEKS) for day in range(7))


def is_there_once(desk: Desk, run: Run) -> None:
    """QuickBooks holds each entry once, each is linked, and each attempt went over one channel only."""
    assert entry_days(desk) == all_days()
    assert {one.status for one in desk.runs.outcomes(run.id)} == {OutcomeStatus.DONE}
    assert len({one.ledger_id for one in desk.runs.outcomes(run.id)}) == ENTRIES
    batches, singles = sent(desk)
    assert not batches & singles
    bodies: dict[str, set[str]] = {}
    for request_id, body in desk.ledger.sends:
        bodies.setdefault(request_id, set()).add(body)
    assert {len(found) for found in bodies.values()} == {1}  # one request id, one body


def test_a_large_run_goes_over_both_channels(desk: Desk):
    run = desk.sync()
    assert run.status is RunStatus.DONE
    is_there_once(desk, run)
    batches, singles = sent(desk)
    assert len(batches) + len(singles) == 10
    assert len(singles) >= 2
    assert len([one for one in desk.ledger.sends if is_single(one[0])]) == 30 * len(singles)


class Slow:
    """A database whose first answers take their time, as they do for a process that is frozen meanwhile."""

    def __init__(self, *seconds: float) -> None:
        self.now, self._seconds, self.asked = datetime(2026, 1, 5, tzinfo=UTC), list(seconds), 0

    def check_fence(self) -> None:
        self.asked += 1
        if self._seconds:
            self.now += timedelta(seconds=self._seconds.pop(0))


@pytest.mark.parametrize(("seconds", "asked"), [((), 1), ((0.1,), 1), ((30,), 2), ((30, 30), 3)])
def test_an_old_answer_about_the_fence_is_not_believed(seconds: tuple[float, ...], asked: int):
    slow, ledger = Slow(*seconds), MemoryLedger()
    posting = Posting(
        ledger=ledger,
        check_fence=slow.check_fence,
        clock=lambda: slow.now,
        sleeper=lambda _: None,
        at_point=lambda _: None,
    )
    posting.batch(Attempt(run_id="run", number=1, request_id="request", state=AttemptState.SENDING, seqs=(), body="[]"))
    assert slow.asked == asked


SIZES = [
    # weeks  singles at once  single channel is used
    (4, 4, False),
    ((SIDE_BY_SIDE_MIN - 1) * 30 // 7, 4, False),
    (WEEKS, 0, False),
    (WEEKS, 1, True),
]


@pytest.mark.parametrize(("weeks", "at_once", "used"), SIZES)
def test_a_small_run_needs_no_second_channel(sqlite: Database, weeks: int, at_once: int, used: bool):
    desk = open_desk(sqlite, *(week(number) for number in range(weeks)))
    desk.running = replace(desk.running, singles_at_once=at_once)
    run = desk.sync()
    assert run.status is RunStatus.DONE
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 7 * weeks
    assert bool(sent(desk)[1]) is used


def test_names_are_there_before_hours_leave_on_either_channel(sqlite: Database):
    desk = open_desk(sqlite, *(week(number) for number in range(WEEKS)))
    assert desk.sync().status is RunStatus.DONE
    kinds = ["TimeActivity" in body for _, body in desk.ledger.sends]
    assert kinds == sorted(kinds)
    assert sent(desk)[1]


def test_hours_that_go_together_keep_their_order(desk: Desk):
    """The hours of a day moved to the night: they are deleted first, and added only after that, in batches."""
    assert desk.sync().status is RunStatus.DONE
    desk.ledger.sends.clear()
    desk.load(
        *(week(number, "6 5 5 5 5 5 5") for number in range(1, WEEKS)),
        *(week(number, "0 0 0 0 0 0 5") for number in range(WEEKS, 8 * WEEKS)),
        week(0, "0 5 5 5 5 5 5"),
        week(0, "5 0 0 0 0 0 0", shift=Shift.NIGHT),
        whole_weeks=[(WEEK, "E1")],
    )
    plan = desk.preview()
    assert {one.action for one in plan.changes if one.together} == {Action.DELETE, Action.CREATE}
    run = desk.push(desk.confirm(plan, *(one.key for one in plan.changes if one.can_run)))
    assert run.status is RunStatus.DONE
    (deleted,) = places(desk, '"operation": "delete"')
    (added,) = places(desk, "Night")
    assert deleted < added
    assert sent(desk)[1]


def places(desk: Desk, text: str) -> list[int]:
    """Where among the batches this is said, and nowhere else."""
    found = [place for place, (_, body) in enumerate(desk.ledger.sends) if text in body]
    assert not [place for place in found if is_single(desk.ledger.sends[place][0])]
    return found


# what QuickBooks says to one record ---------------------------------------------------------------------------

RAISED: list[QbsyncError] = [
    Throttled(NOW + timedelta(minutes=1)),
    ConnectionExpired("The consent has ended."),
    Unavailable("QuickBooks could not be reached."),
    Unavailable("QuickBooks is under maintenance.", code="150"),
    OutcomeUnknown("QuickBooks had a fault of its own.", code="10000"),
]


@pytest.mark.parametrize("error", RAISED, ids=repr)
@pytest.mark.parametrize("position", ["0", "29"], ids=["the first", "the last"])
def test_what_a_single_record_meets_loses_and_doubles_nothing(desk: Desk, error: QbsyncError, position: str):
    run = desk.confirm(desk.preview())
    desk.ledger.fail_next_send(error, to=lambda name: is_single(name) and name.endswith(f"-{position}"))
    assert desk.push(run).status is RunStatus.PAUSED
    assert desk.runs.progress(run.id).done == len(entry_days(desk)) or left_behind(desk, run)
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


@pytest.mark.parametrize(("seconds", "rests"), [(1, False), (5, False), (6, True)])
def test_a_short_pause_that_quickbooks_asks_for_stops_neither_channel(desk: Desk, seconds: int, rests: bool):
    run = desk.confirm(desk.preview())
    for sort in (is_single, lambda request_id: not is_single(request_id)):
        desk.ledger.fail_next_send(Throttled(desk.clock() + timedelta(seconds=seconds)), to=sort)
    assert desk.push(run).is_open is rests
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def left_behind(desk: Desk, run: Run) -> bool:
    """Whether an attempt is settled first when the run goes on."""
    attempt = desk.runs.next_attempt(run.id, desk.runs.get(run.id).fence)
    return attempt is not None and (attempt.state, attempt.channel) == (AttemptState.SENDING, Channel.SINGLE)


@pytest.mark.parametrize("code", ["120", "150", "10000"])
def test_a_fault_that_stays_under_its_request_id_holds_up_nothing(desk: Desk, code: str):
    """QuickBooks gives the same answer to the same request id for ever: the record goes out under another one."""
    plan = desk.preview()
    poisoned = [one for one in plan.changes if one.can_run][40].content
    desk.ledger.refuse(Fault(code=code), lambda asked: asked.content == poisoned, times=1)
    run = desk.confirm(plan)
    assert desk.push(run).status is RunStatus.PAUSED
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def test_a_fault_after_the_write_is_found_by_looking(desk: Desk):
    plan = desk.preview()
    poisoned = [one for one in plan.changes if one.can_run][40].content
    desk.ledger.refuse(Fault(code="10000"), lambda asked: asked.content == poisoned, times=1, after_write=True)
    run = desk.confirm(plan)
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def test_a_refused_record_is_its_own_failure_only(desk: Desk):
    plan = desk.preview()
    refused = [one for one in plan.changes if one.can_run][40]
    desk.ledger.refuse(Fault(code="6000", detail="Something is off."), lambda asked: asked.content == refused.content)
    run = desk.push(desk.confirm(plan))
    assert run.status is RunStatus.PARTLY_FAILED
    assert [one.seq for one in desk.runs.outcomes(run.id) if one.status is not OutcomeStatus.DONE] == [refused.seq]


def test_what_would_end_every_run_ends_this_one_once_all_is_recorded(desk: Desk):
    plan = desk.preview()
    refused = [one for one in plan.changes if one.can_run][40].content
    desk.ledger.refuse(
        Fault(code="6190", message="The subscription has ended."), lambda asked: asked.content == refused
    )
    run = desk.push(desk.confirm(plan))
    assert run.status is RunStatus.PARTLY_FAILED
    assert desk.runs.progress(run.id).done == len(desk.held(LedgerKind.TIME_ACTIVITY))


# lost answers ---------------------------------------------------------------------------------------------------


@pytest.mark.promise(1)
@pytest.mark.parametrize("after_write", [True, False], ids=["it was carried out", "it never arrived"])
@pytest.mark.parametrize("times", [1, ASKED_AGAIN_MAX + 1, 2 * ASKED_AGAIN_MAX + 3])
def test_lost_answers_on_either_channel_double_nothing(desk: Desk, after_write: bool, times: int):
    run = desk.confirm(desk.preview())
    for sort in (is_single, lambda request_id: not is_single(request_id)):
        for _ in range(times):
            desk.ledger.lose_next_answer(after_write=after_write, to=first_of(sort))
    rested = desk.push(run)
    assert rested.is_open is (times > ASKED_AGAIN_MAX)
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def first_of(sort: Callable[[str], bool]) -> Callable[[str], bool]:
    """The first request id of this sort that is ever asked about."""
    chosen: list[str] = []

    def is_chosen(request_id: str) -> bool:
        if not chosen and sort(request_id):
            chosen.append(request_id)
        return request_id in chosen

    return is_chosen


@pytest.mark.parametrize("code", ["10000", "150", "120"])
def test_what_is_said_of_a_second_try_says_nothing_of_the_first(desk: Desk, code: str):
    """A record was carried out and its answer lost; then there is other trouble, and a person gives up."""
    run = desk.confirm(desk.preview())
    errors: dict[str, QbsyncError] = {
        "10000": OutcomeUnknown("QuickBooks had a fault of its own.", code=code),
        "150": Unavailable("QuickBooks is under maintenance.", code=code),
        "120": ConnectionExpired("The consent has ended."),
    }
    chosen = first_of(is_single)
    for _ in range(ASKED_AGAIN_MAX + 1):
        desk.ledger.lose_next_answer(after_write=True, to=chosen)
    assert desk.push(run).is_open
    desk.ledger.fail_next_send(errors[code], to=chosen)
    assert desk.push(run).is_open
    desk.connect()
    desk.runs.cancel(run.id, "tests", desk.clock())
    assert push_on(desk, run).status is RunStatus.CANCELLED
    assert desk.runs.progress(run.id).done == len(entry_days(desk))


# what stops a run in the middle -----------------------------------------------------------------------------------


class At:
    """Does something when a marked point is passed for the n-th time; the threads of a run pass them too."""

    def __init__(self, point: str, number: int, act: Callable[[], object]) -> None:
        self._point, self._left, self._act, self._lock = point, number, act, threading.Lock()

    def __call__(self, point: str) -> None:
        with self._lock:
            self._left -= point == self._point
            due = point == self._point and self._left == 0
        if due:
            self._act()


class PowerCutError(Exception):
    """The process ends here."""


def cut() -> None:
    raise PowerCutError


POINTS = ["before_sending", "before_push", "before_single", "after_single", "after_push", "after_record"]


@pytest.mark.promise(1)
@pytest.mark.parametrize("number", [1, 2], ids=["at once", "soon"])
@pytest.mark.parametrize("point", POINTS)
def test_a_push_that_breaks_off_at_any_point_goes_on_where_it_was(desk: Desk, point: str, number: int):
    run = desk.confirm(desk.preview())
    desk.at_point = At(point, number, cut)
    with pytest.raises(PowerCutError):
        desk.push(run)
    desk.at_point = lambda _: None
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


@pytest.mark.parametrize("point", POINTS)
def test_a_cancelled_run_records_what_is_under_way_and_sends_no_more(desk: Desk, point: str):
    run = desk.confirm(desk.preview())
    desk.at_point = At(point, 2, lambda: desk.runs.cancel(run.id, "tests", desk.clock()))
    assert desk.push(run).status is RunStatus.CANCELLED
    progress = desk.runs.progress(run.id)
    assert 0 < progress.done == len(entry_days(desk)) < ENTRIES
    assert progress.waiting == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_stopped_worker_records_what_is_under_way_and_rests(desk: Desk, point: str):
    run = desk.confirm(desk.preview())
    stop = threading.Event()
    desk.at_point, desk.is_stopping = At(point, 2, stop.set), stop.is_set
    rested = desk.push(run)
    assert (rested.status, rested.note) == (RunStatus.PAUSED, "The worker was stopped.")
    assert 0 < desk.runs.progress(run.id).done == len(entry_days(desk)) < ENTRIES
    desk.is_stopping = lambda: False
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def test_a_worker_that_was_replaced_sends_no_further_record(desk: Desk):
    run = desk.confirm(desk.preview())
    heard: list[int] = []

    def take_over() -> None:
        desk.runs.take(run.id, desk.clock())
        heard.append(len(desk.ledger.sends))

    desk.at_point = At("after_single", 3, take_over)
    desk.push(run)
    assert desk.runs.get(run.id).status is RunStatus.RUNNING  # the other worker's
    under_way = 1 + 4  # a batch, and the single records that had passed the check
    assert len(desk.ledger.sends) - heard[0] <= under_way
    assert push_on(desk, run).status is RunStatus.DONE
    is_there_once(desk, run)


def test_an_attempt_that_is_too_old_to_be_sent_again_is_looked_for(desk: Desk):
    run = desk.confirm(desk.preview())
    desk.at_point = At("after_single", 7, cut)
    with pytest.raises(PowerCutError):
        desk.push(run)
    desk.at_point = lambda _: None
    heard = {request_id for request_id, _ in desk.ledger.sends}
    desk.clock.forward(hours=13)
    ended = push_on(desk, run)
    assert ended.status in (RunStatus.DONE, RunStatus.PARTLY_FAILED)  # by whether all of the attempt had left
    assert heard.isdisjoint(request_id for request_id, _ in desk.ledger.sends[len(heard) :])
    assert desk.runs.progress(run.id).done == len(entry_days(desk))
    again = desk.sync() if ended.status is RunStatus.PARTLY_FAILED else ended
    assert again.status is RunStatus.DONE
    assert entry_days(desk) == all_days()


def test_what_is_given_up_on_both_channels_is_settled_by_the_next_preview(desk: Desk):
    run = desk.confirm(desk.preview())
    for _ in range(10 * FAILURES_MAX * (ASKED_AGAIN_MAX + 1)):
        desk.ledger.lose_next_answer(after_write=True)
    assert push_on(desk, run).status is RunStatus.FAILED
    assert desk.runs.progress(run.id).counts[OutcomeStatus.UNANSWERED] > 30
    desk.ledger.lose_nothing()
    desk.clock.forward(minutes=6)
    assert desk.sync().status is RunStatus.DONE
    assert entry_days(desk) == all_days()


def test_of_errors_that_come_at_once_the_gravest_says_how_the_run_goes_on():
    bug, fence, slow = ValueError("a bug"), FenceLost("taken"), Throttled(NOW)
    ended, lost = ConnectionExpired("ended"), OutcomeUnknown("lost")
    assert gravest([slow, lost, ended, fence, bug]) is bug
    assert gravest([slow, lost, ended, fence]) is fence
    assert gravest([slow, lost, ended]) is ended
    assert gravest([Halted("not sent"), slow]) is slow
