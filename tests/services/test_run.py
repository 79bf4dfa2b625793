"""Pushing a run: whatever happens on the way, nothing is posted twice or lost, and every row says what it came to."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import BadInput, Fault, OutcomeUnknown, QbsyncError, Refused, Unavailable
from qbsync.domain.ledger import CustomerCard, LedgerKind, TimeEntry, WriteResult
from qbsync.domain.ports import LastLook, no_last_look
from qbsync.domain.run import FAILURES_MAX, Run, RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.doubles.ledger import TAKEN, MemoryLedger
from tests.doubles.ledger_text import AskedWrite
from tests.services.desk import Desk, actions, open_desk

DAY = "2026-11-22|E1|P1|03-300|Day|2026-11-{}|regular"
MONDAY, TUESDAY = DAY.format(16), DAY.format(17)


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with two days of work and a bill to post."""
    return open_desk(sqlite, payroll_row("8 6 0 0 0 0 0"), vendor_bill("100.00", "20.50"))


def confirmed(desk: Desk, *keys: str) -> Run:
    return desk.confirm(desk.preview(), *keys)


def about(name: str):
    """Matches the writes of one customer, vendor or employee."""

    def matches(asked: AskedWrite) -> bool:
        return getattr(asked.content, "display_name", "") == name

    return matches


def test_a_run_makes_parents_first_and_links_everything_it_made(desk: Desk):
    run = desk.sync()
    assert run.status is RunStatus.DONE
    assert set(desk.statuses(run).values()) == {"done"}
    links = {link.key: link for link in desk.links.all(desk.connection.id)}
    customer, project = links["customer:C1"], links["project:P1"]
    card = desk.ledger.posted[LedgerKind.CUSTOMER, project.ledger_id].content
    assert isinstance(card, CustomerCard)
    assert card.parent is not None
    assert card.parent.id == customer.ledger_id
    hours = [posted.content for posted in desk.held(LedgerKind.TIME_ACTIVITY)]
    assert sorted(entry.minutes for entry in hours if isinstance(entry, TimeEntry)) == [360, 480]
    assert {entry.customer.id for entry in hours if isinstance(entry, TimeEntry) and entry.customer} == {
        project.ledger_id
    }
    assert links["employee:E1"].link_only
    assert desk.notices_told() == ["Sync finished: 7 records done"]
    assert desk.notifier.sent == []  # good news is for the dashboard only


@pytest.mark.promise(1)
@pytest.mark.parametrize("after_write", [True, False], ids=["it was carried out", "it never arrived"])
def test_a_lost_answer_never_posts_twice(desk: Desk, after_write: bool):
    run = confirmed(desk)
    desk.ledger.lose_next_answer(after_write=after_write)
    rested = desk.push(run)
    assert (rested.status, rested.failures) == (RunStatus.PAUSED, 1)
    assert set(desk.statuses(run).values()) == {"done", "waiting"}  # lost is not failed

    desk.clock.forward(seconds=2)
    assert desk.push(run).status is RunStatus.DONE
    assert desk.ledger.sends[0] == desk.ledger.sends[1]  # the same bytes under the same request id
    assert len(desk.held(LedgerKind.CUSTOMER)) == 2
    assert len({request_id for request_id, _ in desk.ledger.sends}) == len(desk.ledger.sends) - 1


@pytest.mark.promise(1)
def test_a_lost_answer_in_the_middle_doubles_no_hours(desk: Desk):
    run = confirmed(desk)

    def lose_the_hours(point: str) -> None:
        if point == "before_push" and len(desk.ledger.sends) == 4:
            desk.ledger.lose_next_answer(after_write=True)

    desk.at_point = lose_the_hours
    assert desk.push(run).status is RunStatus.PAUSED
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 2
    assert desk.push(run).status is RunStatus.DONE
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 2
    assert desk.statuses(run)[MONDAY] == "done"


def test_what_quickbooks_refuses_is_that_rows_own_failure(desk: Desk):
    desk.ledger.refuse(TAKEN, about("Granite Ready Mix"))
    run = desk.sync()
    assert run.status is RunStatus.PARTLY_FAILED
    vendor = desk.outcomes(run)["V1"]
    assert (vendor.status.value, vendor.code) == ("failed", "6240")
    assert "name" in vendor.message
    assert vendor.remedy
    assert desk.statuses(run) == {
        "C1": "done",
        "P1": "done",
        "E1": "done",
        "V1": "failed",
        "VB-1": "skipped",
        MONDAY: "done",
        TUESDAY: "done",
    }
    assert desk.notices_told() == ["Sync partly failed: 5 done, 2 not"]
    assert [title for title, _ in desk.notifier.sent] == desk.notices_told()


@pytest.mark.promise(14)
def test_what_needs_a_record_that_is_not_there_is_skipped_with_its_name(desk: Desk):
    desk.ledger.refuse(TAKEN, about("Harborview Partners"))
    run = desk.sync()
    project, hours = desk.outcomes(run)["P1"], desk.outcomes(run)[MONDAY]
    assert project.message == "It needs customer C1, which is not in QuickBooks yet."
    assert hours.message == "It needs project P1, which is not in QuickBooks yet."
    assert {project.status.value, hours.status.value} == {"skipped"}
    assert desk.held(LedgerKind.CUSTOMER) == desk.held(LedgerKind.TIME_ACTIVITY) == []

    desk.ledger.refuse_nothing()
    assert desk.sync().status is RunStatus.DONE
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 2


def test_a_refusal_of_a_whole_request_fails_its_rows_and_the_run_goes_on(desk: Desk):
    run = confirmed(desk)
    desk.ledger.fail_next_send(Refused([Fault(code="4000", message="Bad request", detail="Something is off.")]))
    assert desk.push(run).status is RunStatus.PARTLY_FAILED
    assert desk.statuses(run)["C1"] == "failed"
    assert desk.statuses(run)["V1"] == "done"


def test_a_refused_question_ends_the_run_with_the_reason(desk: Desk):
    desk.sync()
    desk.load(vendor_bill("150.00"))
    run = confirmed(desk, "bill:VB-1")
    desk.ledger.fail_next_read(Refused([Fault(code="5020", message="Permission Denied", detail="Permission Denied")]))
    ended = desk.push(run)
    assert ended.status is RunStatus.FAILED
    assert ended.note
    assert desk.outcomes(run)["VB-1"].message == ended.note
    assert desk.statuses(run) == {"VB-1": "cancelled"}


class HalfReadable(MemoryLedger):
    """A QuickBooks whose answer about bills cannot be read, while the rest of it can."""

    unreadable = True

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        return [
            WriteResult(bid=result.bid, error=OutcomeUnknown("The answer has no record."))
            if self.unreadable and result.posted and result.posted.kind is LedgerKind.BILL
            else result
            for result in super().send(request_id, body, last_look)
        ]


def test_a_row_whose_answer_cannot_be_read_is_found_again_by_its_mark(sqlite: Database):
    ledger = HalfReadable()
    desk = open_desk(sqlite, vendor_bill("100.00"), ledger=ledger)
    run = desk.sync()
    assert run.status is RunStatus.PARTLY_FAILED
    assert desk.outcomes(run)["VB-1"].status.value == "unanswered"
    assert "looks for it" in desk.outcomes(run)["VB-1"].remedy

    ledger.unreadable = False
    assert actions(desk.preview())["bill:VB-1"] == "skip"
    assert desk.outcomes(run)["VB-1"].status.value == "done"
    assert len(desk.held(LedgerKind.BILL)) == 1


def test_an_ended_subscription_ends_the_run_at_once(sqlite: Database):
    desk = open_desk(sqlite, payroll_row("8 8 8 8 8 0 0"), vendor_bill("100.00"))
    desk.ledger.refuse(Fault(code="6190", message="Subscription ended"), lambda asked: True)
    run = desk.sync()
    assert len(desk.ledger.sends) == 1  # no further record is asked about
    assert (run.status, desk.statuses(run)["VB-1"]) == (RunStatus.PARTLY_FAILED, "cancelled")  # links alone are done
    assert "subscription or trial has ended" in run.note


def test_a_setting_of_ours_that_is_wrong_is_said_and_tried_again_until_it_ends(desk: Desk):
    run = confirmed(desk)
    for _ in range(FAILURES_MAX):
        desk.ledger.fail_next_send(BadInput("The client secret is wrong."))
        rested = desk.push(run)
        desk.clock.forward(minutes=5)
        if rested.is_open:
            assert (rested.status, rested.note) == (RunStatus.PAUSED, "The client secret is wrong.")
    assert not rested.is_open


def broken_before_the_push(point: str) -> None:
    if point == "before_push":
        raise ZeroDivisionError


def test_a_bug_of_ours_never_locks_the_company(desk: Desk):
    run = confirmed(desk)
    desk.at_point = broken_before_the_push
    for _ in range(FAILURES_MAX):
        with pytest.raises(ZeroDivisionError):
            desk.push(run)
        desk.clock.forward(minutes=5)
    ended = desk.runs.get(run.id)
    assert not ended.is_open
    assert "on our side" in ended.note


ENDINGS: list[tuple[str, QbsyncError]] = [
    ("QuickBooks is down", Unavailable("QuickBooks is down.")),
    ("answers are lost", OutcomeUnknown("No answer.")),
]


@pytest.mark.promise(12)
@pytest.mark.parametrize("error", [row[1] for row in ENDINGS], ids=[row[0] for row in ENDINGS])
def test_a_run_rests_longer_each_time_and_in_the_end_says_what_may_be_there(desk: Desk, error: QbsyncError):
    run = confirmed(desk)
    pauses = []
    for _ in range(7):
        desk.ledger.fail_next_send(error)
        rested = desk.push(run)
        assert rested.retry_at is not None
        pauses.append((rested.retry_at - desk.clock()).total_seconds())
        desk.clock.now = rested.retry_at
    assert pauses == [2, 4, 8, 16, 32, 64, 128]

    desk.ledger.fail_next_send(error)
    ended = desk.push(run)
    assert ended.status is RunStatus.PARTLY_FAILED  # the employee was linked
    assert "8 times in a row" in ended.note
    first = desk.outcomes(run)["C1"]
    assert first.status.value == "unanswered"
    assert "may already have this" in first.message
    assert desk.statuses(run)[MONDAY] == "cancelled"
    assert len(set(desk.ledger.sends)) == 1  # one request, eight times


def test_an_answer_between_two_failures_starts_the_count_anew(desk: Desk):
    run = confirmed(desk)
    desk.ledger.fail_next_send(Unavailable("QuickBooks is down."))
    assert desk.push(run).failures == 1
    desk.at_point = lambda point: desk.ledger.fail_next_send(Unavailable("Again.")) if point == "after_record" else None
    assert desk.push(run).failures == 1


def test_a_run_that_has_ended_is_not_pushed_again(desk: Desk):
    run = desk.sync()
    sends = list(desk.ledger.sends)
    assert desk.push(run) == run
    assert desk.ledger.sends == sends
    assert len(desk.notices_told()) == 1


def test_only_the_ticked_rows_are_sent(desk: Desk):
    run = desk.push(confirmed(desk, "vendor:V1"))
    assert run.status is RunStatus.DONE
    assert desk.statuses(run) == {"V1": "done"}
    assert desk.held(LedgerKind.CUSTOMER) == []
    assert [link.kind for link in desk.links.all(desk.connection.id)] == [SyncKind.VENDOR]
