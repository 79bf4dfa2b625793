"""What a run records: an answer with its links at once, ends that stay ends, and numbers that equal the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput, FenceLost
from qbsync.domain.plan import PlanStatus
from qbsync.domain.run import AttemptState, Channel, OutcomeStatus, Run, RunStatus, Settled
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.links import Links
from qbsync.store.plans import Plans
from qbsync.store.runs import Runs
from tests.store.stored import NOW, change, confirmed, done, failed, later, link, sending, statuses


def unanswered(*seqs: int) -> list[Settled]:
    """Sent, and nobody knows."""
    return [Settled(seq=seq, status=OutcomeStatus.UNANSWERED, message="Perhaps there.") for seq in seqs]


def left_unanswered(database: Database, size: int = 1) -> Run:
    """A run that ended after its only attempt was sent and never answered."""
    run = confirmed(database, *(change(seq) for seq in range(1, size + 1)), size=size)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    attempt = sending(database, run.id, fence)
    runs.give_up(attempt, fence, unanswered(*attempt.seqs), NOW)
    runs.finish(run.id, fence, RunStatus.FAILED, note="QuickBooks is away.", at=NOW)
    return run


def test_what_was_being_sent_comes_before_everything_else_byte_by_byte(database: Database):
    run = confirmed(database, change(1), change(2), change(3))
    runs = Runs(database)
    first = runs.next_attempt(run.id, runs.take(run.id, NOW))
    fence = runs.take(run.id, NOW)  # the worker died, the next one takes over
    assert first is not None
    runs.mark_sending(first, fence, '{"exact": "bytes – ä"}', [], NOW)
    again = runs.next_attempt(run.id, runs.take(run.id, NOW))
    assert again is not None
    assert (again.number, again.state) == (1, AttemptState.SENDING)
    assert (again.request_id, again.body) == (first.request_id, '{"exact": "bytes – ä"}')


def test_how_an_attempt_is_sent_is_kept_with_its_body(database: Database):
    run = confirmed(database, change(1), change(2))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    first = runs.next_attempt(run.id, fence)
    assert first is not None
    assert first.channel is Channel.BATCH
    runs.mark_sending(first, fence, "body", [], NOW, Channel.SINGLE)
    again = runs.next_attempt(run.id, runs.take(run.id, NOW))
    assert again is not None
    assert (again.number, again.channel) == (1, Channel.SINGLE)


def test_an_attempt_that_is_under_way_is_handed_out_no_second_time(database: Database):
    run = confirmed(database, change(1), change(2), change(3))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    sending(database, run.id, fence)
    found = [runs.next_attempt(run.id, fence, under_way) for under_way in ([], [1], [1, 2], [1, 2, 3])]
    assert [one.number if one else None for one in found] == [1, 2, 3, None]


def test_what_may_overtake_others_is_said_at_confirm(database: Database):
    hours = [change(seq, kind=SyncKind.TIME_ENTRY) for seq in (2, 3, 4)]
    run = confirmed(database, change(1), *hours)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    assert runs.planned_in_any_order(run.id) == 3
    found = [runs.next_attempt(run.id, fence, under_way) for under_way in ([], [1], [1, 2])]
    assert [one.any_order if one else None for one in found] == [False, True, True]


def test_a_worker_can_ask_whether_the_run_is_still_its_own(database: Database):
    run = confirmed(database, change(1))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    runs.check_fence(run.id, fence)
    newer = runs.take(run.id, NOW)
    with pytest.raises(FenceLost):
        runs.check_fence(run.id, fence)
    runs.finish(run.id, newer, RunStatus.FAILED, note="", at=NOW)
    with pytest.raises(FenceLost):
        runs.check_fence(run.id, newer)


def test_an_attempt_with_nothing_left_to_send_is_passed_over(database: Database):
    run = confirmed(database, change(1), change(2))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    first = runs.next_attempt(run.id, fence)
    assert first is not None
    runs.mark_sending(first, fence, "", failed(1), NOW)
    following = runs.next_attempt(run.id, fence)
    assert following is not None
    assert following.number == 2
    assert statuses(database, run.id) == ["failed", "waiting"]


def test_an_answer_and_the_links_it_makes_are_recorded_together(database: Database):
    run = confirmed(database, change(1), change(2), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    runs.record(sending(database, run.id, fence), fence, [*done(1), *failed(2)], later(1))
    first, second = runs.outcomes(run.id)
    assert (first.status.value, first.ledger_id, first.at) == ("done", "101", later(1))
    assert (second.status.value, second.code, second.message) == ("failed", "6240", "The name is taken.")
    assert [(one.core_id, one.ledger_id) for one in Links(database).all(run.connection_id)] == [("V1", "101")]


def test_a_crash_inside_the_recording_leaves_neither_outcome_nor_link(database: Database):
    class PowerCut(Exception):
        pass

    def cut(point: str) -> None:
        raise PowerCut(point)

    run = confirmed(database)
    runs = Runs(database, at_point=cut)
    fence = runs.take(run.id, NOW)
    attempt = sending(database, run.id, fence)
    with pytest.raises(PowerCut):
        runs.record(attempt, fence, done(1), NOW)
    assert statuses(database, run.id) == ["waiting", "waiting"]
    assert Links(database).all(run.connection_id) == []
    assert runs.next_attempt(run.id, fence) == attempt


def test_what_has_ended_never_changes_again(database: Database):
    run = confirmed(database, change(1), change(2), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    attempt = sending(database, run.id, fence)
    runs.record(attempt, fence, done(1), NOW)
    settled = runs.outcomes(run.id)[0]
    again = Settled(seq=1, status=OutcomeStatus.FAILED, message="Late news.", link=link(1, ledger_id="999"))
    runs.record(attempt, fence, [again], later(1))
    runs.record_local(run.id, fence, [again], later(2))
    runs.give_up(attempt, fence, [again], later(3))
    assert runs.outcomes(run.id)[0] == settled
    assert [one.ledger_id for one in Links(database).all(run.connection_id)] == ["101"]


def test_a_deletion_takes_its_link_away(database: Database):
    run = confirmed(database, change(1, Action.DELETE, ledger_id="101", content=None))
    Links(database).save(run.connection_id, [link(1), link(2)], NOW)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    gone = Settled(seq=1, status=OutcomeStatus.DONE, ledger_id="101", unlink=True)
    runs.record(sending(database, run.id, fence), fence, [gone], NOW)
    assert [one.core_id for one in Links(database).all(run.connection_id)] == ["V2"]


def test_the_progress_always_equals_the_rows(database: Database):
    run = confirmed(database, change(1), change(2), change(3), change(4, Action.LINK))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    assert runs.waiting_local(run.id) == [4]
    seen = []
    for settled in (done(1), failed(2)):
        attempt = sending(database, run.id, fence)
        runs.record(attempt, fence, settled, NOW)
        progress = runs.progress(run.id)
        assert {status.value: count for status, count in progress.counts.items()} == Counter(statuses(database, run.id))
        seen.append((progress.total, progress.done, progress.not_done, progress.waiting))
    runs.record_local(run.id, fence, done(4), NOW)
    assert runs.waiting_local(run.id) == []
    assert seen == [(4, 1, 0, 3), (4, 1, 1, 2)]
    assert runs.progress(run.id).done == 2


def test_ending_a_run_cancels_what_still_waits_and_gives_the_plan_its_result(database: Database):
    run = confirmed(database, change(1), change(2))
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    runs.record(sending(database, run.id, fence), fence, done(1), NOW)
    runs.finish(run.id, fence, RunStatus.PARTLY_FAILED, note="QuickBooks is away.", at=later(3))
    first, second = runs.outcomes(run.id)
    assert first.status is OutcomeStatus.DONE
    assert (second.status, second.message) == (OutcomeStatus.CANCELLED, "QuickBooks is away.")
    ended = runs.get(run.id)
    assert (ended.status, ended.finished_at, ended.is_open) == (RunStatus.PARTLY_FAILED, later(3), False)
    assert Plans(database).get(run.plan_id).status is PlanStatus.PARTLY_FAILED
    assert runs.open_run(run.connection_id) is None


def test_a_late_answer_settles_only_what_was_unanswered(database: Database):
    run = left_unanswered(database, size=2)
    runs = Runs(database)
    assert [one.seq for one in runs.unanswered(run.connection_id)] == [1, 2]
    runs.record_late(run.id, done(1), later(5))
    assert statuses(database, run.id) == ["done", "unanswered"]
    assert [one.seq for one in runs.unanswered(run.connection_id)] == [2]
    runs.record_late(run.id, failed(1, 2), later(6))  # what is done stays done
    assert statuses(database, run.id) == ["done", "failed"]
    assert runs.unanswered(run.connection_id) == []
    assert [one.ledger_id for one in Links(database).all(run.connection_id)] == ["101"]


def test_a_late_answer_leaves_rows_alone_that_ended_before_it_was_sent(database: Database):
    run = confirmed(database, change(1), change(2), size=2)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    planned = runs.next_attempt(run.id, fence)
    assert planned is not None
    stale = Settled(seq=2, status=OutcomeStatus.STALE, message="Edited there.")
    runs.mark_sending(planned, fence, "body", [stale], NOW)
    runs.give_up(planned, fence, unanswered(1, 2), NOW)
    runs.finish(run.id, fence, RunStatus.FAILED, note="", at=NOW)
    runs.record_late(run.id, done(1, 2), later(1))
    assert statuses(database, run.id) == ["done", "stale"]
    assert [one.core_id for one in Links(database).all(run.connection_id)] == ["V1"]


def test_unanswered_attempts_are_settled_elsewhere_only_once_their_run_has_ended(database: Database):
    run = confirmed(database)
    runs = Runs(database)
    fence = runs.take(run.id, NOW)
    runs.give_up(sending(database, run.id, fence), fence, unanswered(1), NOW)
    assert runs.unanswered(run.connection_id) == []
    runs.finish(run.id, fence, RunStatus.FAILED, note="", at=NOW)
    assert [(one.run_id, one.seq) for one in runs.unanswered(run.connection_id)] == [(run.id, 1)]


def test_a_late_answer_never_replaces_a_link_that_a_later_run_made(database: Database):
    run = left_unanswered(database)
    later_run = confirmed(database, change(1), number=2, built_at=later(1))
    (settled,) = done(1)
    assert settled.link is not None
    newer = replace(settled.link, ledger_id="900", generation=1, run_id=later_run.id)
    Links(database).save(run.connection_id, [newer], later(1))
    Runs(database).record_late(run.id, [settled], later(2))
    assert statuses(database, run.id) == ["done"]
    assert [(one.ledger_id, one.generation) for one in Links(database).all(run.connection_id)] == [("900", 1)]


def test_a_late_answer_takes_the_place_of_the_link_that_its_change_was_made_over(database: Database):
    run = left_unanswered(database)
    (settled,) = done(1)
    assert settled.link is not None
    Links(database).save(run.connection_id, [replace(settled.link, ledger_id="5", run_id="")], NOW)
    Runs(database).record_late(run.id, [settled], later(2))
    assert [one.ledger_id for one in Links(database).all(run.connection_id)] == [settled.link.ledger_id]


def test_a_run_that_does_not_exist_says_where_runs_are_listed(sqlite: Database):
    with pytest.raises(BadInput, match="qbsync log"):
        Runs(sqlite).get("nothing")
