"""The checker itself (fault 0), second half: two senders at once, runs that never end, counters and ends that move."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from qbsync.domain.ledger import WriteResult
from qbsync.domain.ports import LastLook, no_last_look
from qbsync.domain.run import OutcomeStatus, Progress
from qbsync.qbo.client import QboLedger
from qbsync.qbo.transport import Transport
from qbsync.store.runs import Runs
from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.runs import confirm_some
from tests.faults.test_checker import rules
from tests.faults.workers import After, NamedWorker, arm
from tests.waiting import wait_for

FIRST_DONE = "SELECT min(seq) FROM outcome WHERE status = 'done'"


class TellsWhenItSends(QboLedger):
    """Tells when a write has taken its last look, and leaves."""

    def __init__(self, leaving: threading.Event, transport: Transport) -> None:
        super().__init__(transport)
        self._leaving = leaving

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        def look() -> None:
            last_look()
            self._leaving.set()

        return super().send(request_id, body, look)


class CountsOneTooMany(Runs):
    """A progress bar that is kept apart from the rows, and went wrong."""

    def progress(self, run_id: str) -> Progress:
        found = super().progress(run_id)
        return replace(found, counts={**found.counts, OutcomeStatus.DONE: found.done + 1})


@pytest.mark.fault(0)
def test_it_finds_two_workers_that_send_at_once(company: Company):
    """Without the place of the worker: the fence alone lets the one before end the write that is under way."""
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    arm(company.books, "slow", route="batch", ms=500, count=2)
    leaving = threading.Event()
    first = NamedWorker(company, "one", make_ledger=partial(TellsWhenItSends, leaving))
    second = NamedWorker(company, "another")
    thread = threading.Thread(target=first.push, args=(run_id,))
    thread.start()
    wait_for(leaving.is_set, "the first write to be under way")
    second.push_to_its_end(run_id)
    thread.join()
    assert rules(invariants.broken_at_end()) == {"I5"}


@pytest.mark.fault(0)
def test_it_finds_a_run_that_nobody_brings_to_its_end(company: Company):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    assert rules(invariants.broken_at_end()) == {"I1", "I8"}  # neither ended, nor is any change explained


@pytest.mark.fault(0)
def test_it_finds_counters_that_differ_from_the_rows(company: Company):
    run_id = confirm_some(company)
    assert rules(Invariants(company, run_id, make_runs=CountsOneTooMany).broken()) == {"I9"}


@pytest.mark.fault(0)
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (f"UPDATE outcome SET status = 'waiting' WHERE seq = ({FIRST_DONE})", {"I1", "I3", "I9", "I10"}),
        (f"UPDATE outcome SET message = 'rewritten' WHERE seq = ({FIRST_DONE})", {"I10"}),
        ("UPDATE run SET status = 'failed'", {"I10"}),
        ("UPDATE run SET status = 'paused'", {"I8", "I10"}),
    ],
    ids=["a change that was done waits again", "an end is rewritten", "a run's result changes", "a run is open again"],
)
def test_it_finds_an_end_that_is_taken_back(company: Company, statement: str, broken: set[str]):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    NamedWorker(company, "the worker").push_to_its_end(run_id)
    assert invariants.broken_at_end() == []
    _execute(company, statement)
    assert rules(invariants.broken_at_end()) == broken


@pytest.mark.fault(0)
def test_it_finds_a_cancelled_run_that_left_more_in_quickbooks_than_it_says(company: Company):
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    worker = NamedWorker(company, "the worker", stopping=After(2))
    worker.push(run_id)
    worker.runs.cancel(run_id, "tests", worker.app.running.clock())
    NamedWorker(company, "the last worker").push_to_its_end(run_id)
    assert invariants.broken_at_end() == []
    _execute(company, f"UPDATE outcome SET status = 'cancelled' WHERE seq = ({FIRST_DONE})")
    assert "I10" in rules(Invariants(company, run_id).broken_at_end())


def _execute(company: Company, statement: str) -> None:
    with company.app().database.write() as session:
        session.execute(text(statement))
