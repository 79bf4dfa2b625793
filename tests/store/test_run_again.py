"""What is tried again goes into an attempt of its own; what a run looks up about links and plans."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qbsync.domain.errors import BadInput, FenceLost
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.run import Attempt, AttemptState, OutcomeStatus, Settled, request_id
from qbsync.store.database import Database
from qbsync.store.links import Links
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.stored import NOW, change, confirmed, done, later, link, sending, statuses


def still_waiting(*seqs: int) -> list[Settled]:
    return [
        Settled(seq=seq, status=OutcomeStatus.WAITING, code="10000", message="Tried again.", trace="tid")
        for seq in seqs
    ]


def test_what_still_waits_goes_into_a_new_attempt_with_a_new_request_id(database: Database):
    run = confirmed(database, *(change(seq) for seq in range(1, 5)), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    first = sending(database, run.id, fence)
    runs.record(first, fence, [*done(1), *still_waiting(2)], NOW, 1)

    again = runs.next_attempt(run.id, fence)
    assert again == Attempt(
        run_id=run.id,
        number=3,
        request_id=request_id(run.id, 3),
        state=AttemptState.PLANNED,
        seqs=(2,),
        tries=1,
    )
    assert statuses(database, run.id) == ["done", "waiting", "waiting", "waiting"]
    outcome = runs.outcomes(run.id)[1]
    assert (outcome.code, outcome.message, outcome.trace, outcome.at) == ("10000", "Tried again.", "tid", None)

    runs.mark_sending(again, fence, "again", [], NOW)
    runs.record(again, fence, done(2), NOW)
    after = runs.next_attempt(run.id, fence)
    assert after is not None
    assert (after.number, after.seqs, after.tries) == (2, (3, 4), 0)


def test_what_was_settled_meanwhile_is_not_taken_along(database: Database):
    run = confirmed(database, change(1), change(2), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    attempt = sending(database, run.id, fence)
    runs.record_local(run.id, fence, done(1), NOW)
    runs.record(attempt, fence, still_waiting(1, 2), NOW, 1)
    again = runs.next_attempt(run.id, fence)
    assert again is not None
    assert again.seqs == (2,)


def test_a_worker_that_was_replaced_moves_and_counts_nothing(database: Database):
    run = confirmed(database, change(1))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    attempt = sending(database, run.id, fence)
    newer = runs.take(run.id, NOW)
    with pytest.raises(FenceLost):
        runs.record(attempt, fence, still_waiting(1), NOW, 1)
    with pytest.raises(FenceLost):
        runs.count_fault(attempt, fence, NOW)
    left = runs.next_attempt(run.id, newer)
    assert left is not None
    assert (left.number, left.state, left.tries) == (1, AttemptState.SENDING, 0)


def test_faults_are_counted_and_the_time_of_the_first_try_is_kept(database: Database):
    run = confirmed(database, change(1))
    runs = Runs(database)
    attempt = sending(database, run.id, runs.take(run.id, NOW))
    fence = runs.take(run.id, later(30))
    assert [runs.count_fault(attempt, fence, later(30)) for _ in range(2)] == [1, 2]
    left = runs.next_attempt(run.id, fence)
    assert left is not None
    assert (left.tries, left.sent_at) == (2, NOW)


def test_an_attempt_that_is_given_up_is_answered_when_all_of_it_was_found(database: Database):
    run = confirmed(database, change(1), change(2), size=1)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    runs.give_up(sending(database, run.id, fence), fence, done(1), NOW)
    assert statuses(database, run.id) == ["done", "waiting"]
    following = runs.next_attempt(run.id, fence)
    assert following is not None
    assert following.number == 2


def test_links_say_which_records_of_quickbooks_they_stand_for(database: Database):
    run = confirmed(database, change(1))
    links = Links(database)
    one = link(1)
    gone = replace(link(2), dropped=True)
    links.save(run.connection_id, [one, gone], NOW)
    asked = [(one.ledger_kind, one.ledger_id), (gone.ledger_kind, gone.ledger_id), (LedgerKind.BILL, "no such id")]
    assert links.linked(run.connection_id, asked) == {(one.ledger_kind, one.ledger_id)}
    assert links.linked(run.connection_id + 1, asked) == set()
    assert links.linked(run.connection_id, []) == set()


def test_a_plan_says_when_it_was_built(database: Database):
    run = confirmed(database, change(1))
    plans = Plans(database)
    assert plans.built_at(run.plan_id) == plans.get(run.plan_id).built_at
    with pytest.raises(BadInput, match="no plan"):
        plans.built_at("no-such-plan")
