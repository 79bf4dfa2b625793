"""Confirming is one compare-and-set in the database: what was shown, once, and one run of a company at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import PlanChanged, PlanNotOpen, RunOpen
from qbsync.domain.ledger import Company
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import AttemptState, Run, RunStatus, request_id
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.racing import race, race_processes
from tests.store.stored import (
    COMPANY,
    NOW,
    WHO,
    change,
    confirmation,
    confirmed,
    connected,
    later,
    plan,
    saved,
    statuses,
)


def end(database: Database, run: Run, minutes: int = 1) -> None:
    """The run ends some minutes from now."""
    runs = Runs(database)
    fence = runs.take(run.id, later(minutes))
    runs.finish(run.id, fence, RunStatus.DONE, note="", at=later(minutes))


def test_a_confirmed_plan_waits_as_a_run_with_an_outcome_for_every_ticked_row(database: Database):
    made = saved(database, change(1), change(2), change(3, Action.LINK))
    run = Runs(database).confirm(confirmation(made))
    assert (run.status, run.confirmed_by, run.fence) == (RunStatus.QUEUED, WHO, 0)
    assert statuses(database, run.id) == ["waiting", "waiting", "waiting"]
    assert Plans(database).get(made.id).status is PlanStatus.CONFIRMED
    assert Runs(database).open_run(made.connection_id) == run


@pytest.mark.promise(2)
def test_the_writes_are_frozen_into_attempts_with_their_request_ids(database: Database):
    run = confirmed(database, change(1), change(2), change(3), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    first = runs.next_attempt(run.id, fence)
    assert first is not None
    assert (first.number, first.seqs, first.state) == (1, (1, 2), AttemptState.PLANNED)
    assert first.request_id == request_id(run.id, 1)
    runs.mark_sending(first, fence, "", [], NOW)
    second = runs.next_attempt(run.id, fence)
    assert second is not None
    assert (second.number, second.seqs) == (2, (3,))
    assert second.request_id != first.request_id


def test_a_plan_is_confirmed_once(database: Database):
    made = saved(database)
    Runs(database).confirm(confirmation(made))
    with pytest.raises(PlanNotOpen, match="confirmed"):
        Runs(database).confirm(confirmation(made, run_id="another"))


def test_exactly_one_of_many_people_confirms_a_plan(database: Database):
    made = saved(database)
    results = race(lambda number: Runs(database).confirm(confirmation(made, run_id=f"run-of-{number}")))
    winners = [one for one in results if isinstance(one, Run)]
    assert len(winners) == 1
    assert all(isinstance(one, PlanNotOpen) for one in results if one not in winners)
    assert [run.id for run in Runs(database).latest(made.connection_id)] == [winners[0].id]


def test_a_company_knows_who_confirmed_each_of_its_runs(database: Database):
    made = saved(database)
    run = Runs(database).confirm(confirmation(made))
    other = connected(database, replace(COMPANY, realm_id="another"))
    assert Runs(database).people(made.connection_id) == {run.id: WHO}
    assert Runs(database).people(other.id) == {}
    assert (Runs(database).confirmers(made.connection_id), Runs(database).confirmers(other.id)) == ([WHO], [])


@pytest.mark.promise(25)
def test_exactly_one_of_several_processes_confirms_a_plan(sqlite: Database, tmp_path: Path):
    made = saved(sqlite)
    answers = race_processes(sqlite, tmp_path / "locks", made.id)
    winners = [answer for answer in answers if answer.startswith("run-of-")]
    assert len(winners) == 1
    assert sorted(set(answers) - set(winners)) == ["PlanNotOpen"]
    assert [run.id for run in Runs(sqlite).latest(made.connection_id)] == winners


def test_runs_are_listed_from_a_moment_on(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    assert runs.latest(run.connection_id, since=run.created_at) == [run]
    assert runs.latest(run.connection_id, since=run.created_at + timedelta(seconds=1)) == []


FOUND = [
    # narrowed by                                     found
    ({}, 1),
    ({"statuses": [RunStatus.QUEUED]}, 1),
    ({"statuses": [RunStatus.DONE]}, 0),
    ({"text": "RUN-1"}, 1),
    ({"text": WHO[:5].upper()}, 1),
    ({"text": "manual"}, 1),
    ({"text": "%"}, 0),  # what is typed is meant as it stands
]


@pytest.mark.parametrize(("narrowed", "found"), FOUND, ids=[str(row[0]) for row in FOUND])
def test_runs_are_found_by_their_result_and_by_what_they_name(sqlite: Database, narrowed: dict[str, Any], found: int):
    run, runs = confirmed(sqlite), Runs(sqlite)
    assert len(runs.latest(run.connection_id, **narrowed)) == runs.count(run.connection_id, **narrowed) == found
    assert runs.latest(run.connection_id, offset=1, **narrowed) == []
    assert (runs.count(run.connection_id + 1), runs.statuses(run.connection_id)) == (0, {RunStatus.QUEUED})


def test_a_company_has_one_open_run_and_the_second_plan_stays_a_draft(database: Database):
    confirmed(database)
    second = saved(database, change(3), number=2)
    with pytest.raises(RunOpen, match="still running"):
        Runs(database).confirm(confirmation(second))
    assert Plans(database).get(second.id).status is PlanStatus.DRAFT
    assert [run.id for run in Runs(database).latest(second.connection_id)] == ["run-1"]


def test_two_companies_may_each_have_an_open_run(database: Database):
    confirmed(database)
    other = connected(database, Company(realm_id="9130357766900200", name="Bayline Builders"))
    made = plan(other.id, change(1), number=2)
    Plans(database).save(made)
    assert Runs(database).confirm(confirmation(made)).status is RunStatus.QUEUED


@pytest.mark.promise(25)
def test_what_was_not_shown_is_not_confirmed(database: Database):
    made = saved(database)
    with pytest.raises(PlanChanged, match="Look at it again"):
        Runs(database).confirm(confirmation(made, digest="of another plan"))
    assert Plans(database).get(made.id).status is PlanStatus.DRAFT
    assert Runs(database).open_run(made.connection_id) is None
    assert Runs(database).confirm(confirmation(made)).status is RunStatus.QUEUED


def test_a_newer_preview_takes_the_place_of_an_older_one(database: Database):
    old = saved(database)
    saved(database, number=2)
    with pytest.raises(PlanNotOpen, match="replaced by a newer one"):
        Runs(database).confirm(confirmation(old))


def test_a_plan_that_does_not_exist_says_so(database: Database):
    connection = connected(database)
    with pytest.raises(PlanNotOpen, match="gone"):
        Runs(database).confirm(confirmation(plan(connection.id, number=9)))


@pytest.mark.promise(25)
def test_whether_a_sync_ended_since_a_preview_is_counted_and_not_told_by_clocks(database: Database):
    """The machine that built the first is an hour ahead, the one that built the second an hour behind."""
    run = confirmed(database)
    runs = Runs(database)
    ahead = replace(saved(database, number=2, built_at=later(60)), id="ahead", runs_ended=runs.ended(run.connection_id))
    Plans(database).save(ahead)
    end(database, run)
    with pytest.raises(PlanChanged, match="Another sync ended after"):
        runs.confirm(confirmation(ahead, run_id="second"))
    behind = replace(ahead, id="behind", built_at=later(-60), runs_ended=runs.ended(run.connection_id))
    Plans(database).save(behind)
    assert runs.confirm(confirmation(behind, run_id="second")).status is RunStatus.QUEUED


def test_a_preview_from_before_the_end_of_another_sync_is_refused(database: Database):
    first = confirmed(database)
    stale = saved(database, number=2, built_at=later(1))  # built while the first sync was running
    end(database, first, minutes=2)
    with pytest.raises(PlanChanged, match="Another sync ended after"):
        Runs(database).confirm(confirmation(stale))
    assert Plans(database).get(stale.id).status is PlanStatus.DRAFT


def test_a_preview_from_after_the_end_of_another_sync_is_welcome(database: Database):
    end(database, confirmed(database), minutes=1)
    fresh = saved(database, number=2, built_at=later(1) + timedelta(seconds=1))
    assert Runs(database).confirm(confirmation(fresh)).status is RunStatus.QUEUED


def test_rows_that_core_changed_meanwhile_end_as_stale_and_are_in_no_attempt(database: Database):
    made = saved(database, change(1), change(2))
    fresh = [made.changes[1]]
    run = Runs(database).confirm(confirmation(made, attempts=[fresh], stale={1: "Core changed it."}))
    first, second = Runs(database).outcomes(run.id)
    assert (first.status.value, first.message, first.remedy) == ("stale", "Core changed it.", "Build a new preview.")
    assert second.status.value == "waiting"
    attempt = Runs(database).next_attempt(run.id, Runs(database).take(run.id, NOW))
    assert attempt is not None
    assert attempt.seqs == (2,)
