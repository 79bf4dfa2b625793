"""Only the worker with the highest fence may record: a worker that was thought dead learns that it was replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbsync.domain.errors import BadInput, FenceLost
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import Attempt, RunStatus
from qbsync.store.database import Database
from qbsync.store.links import Links
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.racing import race
from tests.store.stored import NOW, change, confirmed, done, failed, later, sending, statuses

Record = Callable[[Runs, Attempt, int], object]

RECORDINGS: dict[str, Record] = {
    "look for the next attempt": lambda runs, attempt, fence: runs.next_attempt(attempt.run_id, fence),
    "mark as being sent": lambda runs, attempt, fence: runs.mark_sending(attempt, fence, "other", failed(1), NOW),
    "record an answer": lambda runs, attempt, fence: runs.record(attempt, fence, done(1), NOW),
    "record what wrote nothing": lambda runs, attempt, fence: runs.record_local(attempt.run_id, fence, done(2), NOW),
    "give an attempt up": lambda runs, attempt, fence: runs.give_up(attempt, fence, failed(1), NOW),
    "rest": lambda runs, attempt, fence: runs.rest(
        attempt.run_id, fence, retry_at=later(5), note="Late.", failed=True, at=NOW
    ),
    "end the run": lambda runs, attempt, fence: runs.finish(
        attempt.run_id, fence, RunStatus.FAILED, note="Late.", at=NOW
    ),
}
recordings = pytest.mark.parametrize("record", RECORDINGS.values(), ids=RECORDINGS.keys())


@recordings
def test_a_replaced_worker_records_nothing(database: Database, record: Record):
    run = confirmed(database, change(1), change(2))
    runs = Runs(database)
    old = runs.take(run.id, NOW)
    attempt = sending(database, run.id, old)
    new = runs.take(run.id, NOW)
    before = runs.get(run.id)
    with pytest.raises(FenceLost, match="took over"):
        record(runs, attempt, old)
    assert runs.get(run.id) == before
    assert statuses(database, run.id) == ["waiting", "waiting"]
    assert Links(database).all(run.connection_id) == []
    assert runs.next_attempt(run.id, new) == attempt


@recordings
def test_nothing_is_recorded_in_a_run_that_has_ended(sqlite: Database, record: Record):
    run = confirmed(sqlite, change(1), change(2))
    runs = Runs(sqlite)
    fence = runs.take(run.id, NOW)
    attempt = sending(sqlite, run.id, fence)
    runs.finish(run.id, fence, RunStatus.CANCELLED, note="Stopped.", at=NOW)
    ended = runs.get(run.id)
    with pytest.raises(FenceLost):
        record(runs, attempt, fence)
    assert runs.get(run.id) == ended
    assert statuses(sqlite, run.id) == ["cancelled", "cancelled"]


def test_each_worker_that_takes_a_run_gets_a_higher_fence(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    assert [runs.take(run.id, later(minute)) for minute in (0, 1, 2)] == [1, 2, 3]
    taken = runs.get(run.id)
    assert (taken.status, taken.fence, taken.started_at) == (RunStatus.RUNNING, 3, NOW)
    assert Plans(database).get(run.plan_id).status is PlanStatus.RUNNING


def test_workers_that_take_a_run_at_once_never_share_a_fence(database: Database):
    run = confirmed(database)
    fences = race(lambda _: Runs(database).take(run.id, NOW), racers=4)
    assert sorted(fences) == [1, 2, 3, 4]


def test_a_run_that_has_ended_cannot_be_taken(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    runs.finish(run.id, runs.take(run.id, NOW), RunStatus.DONE, note="", at=NOW)
    with pytest.raises(BadInput, match="has ended"):
        runs.take(run.id, NOW)
    with pytest.raises(BadInput, match="has ended"):
        runs.take("no-such-run", NOW)
