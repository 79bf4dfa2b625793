"""Which runs may go on now: not those that rest, not those without a connection, and always those to be cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import Company
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.stored import (
    NOW,
    WHO,
    change,
    confirmation,
    confirmed,
    connected,
    connections,
    done,
    later,
    plan,
    sending,
)


def due(runs: Runs, now: datetime) -> list[str]:
    return [run.id for run in runs.due(now)]


def test_a_queued_run_is_due_at_once_and_an_ended_one_never(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    assert [one.id for one in runs.due(NOW)] == [run.id]
    runs.finish(run.id, runs.take(run.id, NOW), RunStatus.DONE, note="", at=NOW)
    assert runs.due(later(60)) == []


def test_a_resting_run_is_due_when_its_pause_is_over(sqlite: Database):
    run = confirmed(sqlite)
    runs = Runs(sqlite)
    fence = runs.take(run.id, NOW)
    runs.rest(run.id, fence, retry_at=later(5), note="Slow down.", failed=False, at=NOW)
    rested = runs.get(run.id)
    assert (rested.status, rested.retry_at, rested.note) == (RunStatus.PAUSED, later(5), "Slow down.")
    assert runs.due(later(4)) == []
    assert [one.id for one in runs.due(later(5))] == [run.id]


WRONG_CLOCKS = [timedelta(hours=-30), timedelta(0), timedelta(days=3)]


@pytest.mark.parametrize("ahead", WRONG_CLOCKS, ids=str)
def test_on_postgresql_a_pause_lasts_as_long_as_it_was_meant_to_whatever_a_workers_clock_says(
    postgresql: Database, ahead: timedelta
):
    run = confirmed(postgresql)
    runs = Runs(postgresql)
    theirs = datetime.now(UTC) + ahead
    runs.rest(
        run.id,
        runs.take(run.id, theirs),
        retry_at=theirs + timedelta(minutes=10),
        note="",
        failed=False,
        at=theirs,
    )
    rested = runs.get(run.id)
    assert rested.retry_at is not None
    assert abs(rested.retry_at - (datetime.now(UTC) + timedelta(minutes=10))) < timedelta(minutes=2)
    assert [due(runs, theirs + other) for other in WRONG_CLOCKS] == [[]] * 3  # nobody's own clock counts
    runs.rest(run.id, runs.take(run.id, theirs), retry_at=theirs, note="", failed=False, at=theirs)
    assert [due(runs, theirs + other) for other in WRONG_CLOCKS] == [[run.id]] * 3


@pytest.mark.fault(8)
def test_on_sqlite_a_pause_that_began_in_the_future_is_one_of_a_wrong_clock(sqlite: Database):
    run = confirmed(sqlite)
    runs = Runs(sqlite)
    fence = runs.take(run.id, later(60))
    runs.rest(run.id, fence, retry_at=later(61), note="Slow down.", failed=False, at=later(60))
    assert due(runs, later(1)) == [run.id]
    fence = runs.take(run.id, later(1))
    runs.rest(run.id, fence, retry_at=later(5), note="Slow down.", failed=False, at=later(1))
    assert runs.due(later(2)) == []


def test_failures_in_a_row_are_counted_until_an_answer_comes(database: Database):
    run = confirmed(database, change(1), change(2))
    runs = Runs(database)
    for expected in (1, 2):
        fence = runs.take(run.id, NOW)
        assert runs.rest(run.id, fence, retry_at=NOW, note="", failed=True, at=NOW) == expected
    fence = runs.take(run.id, NOW)
    assert runs.rest(run.id, fence, retry_at=NOW, note="", failed=False, at=NOW) == 2
    fence = runs.take(run.id, NOW)
    runs.record(sending(database, run.id, fence), fence, done(1), NOW)
    assert runs.get(run.id).failures == 0


@pytest.mark.parametrize("state", [ConnectionState.EXPIRED, ConnectionState.DISCONNECTED])
def test_a_run_without_a_connection_rests_until_it_is_back_or_to_be_cancelled(
    database: Database, state: ConnectionState
):
    run = confirmed(database)
    runs = Runs(database)
    connections(database).set_state(run.connection_id, state)
    assert runs.due(later(60)) == []
    connected(database)
    assert [one.id for one in runs.due(NOW)] == [run.id]
    connections(database).set_state(run.connection_id, state)
    runs.cancel(run.id, WHO, NOW)
    assert [one.id for one in runs.due(NOW)] == [run.id]


def test_a_cancelled_run_does_not_sit_out_its_pause(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    runs.rest(run.id, runs.take(run.id, NOW), retry_at=later(5), note="", failed=True, at=NOW)
    runs.cancel(run.id, WHO, NOW)
    assert runs.get(run.id).cancel_requested
    assert [one.id for one in runs.due(NOW)] == [run.id]


def test_a_run_that_has_ended_cannot_be_cancelled(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    runs.finish(run.id, runs.take(run.id, NOW), RunStatus.DONE, note="", at=NOW)
    with pytest.raises(BadInput, match="already ended"):
        runs.cancel(run.id, WHO, NOW)
    assert not runs.get(run.id).cancel_requested


def test_the_oldest_of_several_companies_runs_comes_first(database: Database):
    first = confirmed(database, built_at=later(1))
    other = connected(database, Company(realm_id="9130357766900200", name="Bayline Builders"))
    made = plan(other.id, change(1), number=2, built_at=NOW)
    Plans(database).save(made)
    second = Runs(database).confirm(confirmation(made))
    assert [one.id for one in Runs(database).due(later(2))] == [second.id, first.id]
