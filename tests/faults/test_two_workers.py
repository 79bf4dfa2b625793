"""Two workers on one run, and a frozen one that wakes after it was replaced (fault 5)."""

from __future__ import annotations

import signal

import pytest

from qbsync.domain.ledger import WriteResult
from qbsync.domain.ports import LastLook, no_last_look
from qbsync.qbo.client import QboLedger
from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import batches_of, worker
from tests.faults.runs import check_some_are_done, confirm_some, wait_until_ended
from tests.faults.workers import At, NamedWorker

QUICK = {"takeover_seconds": 2.0}


@pytest.mark.fault(5)
def test_of_two_workers_started_at_once_one_does_all_the_work(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "one") as one, worker(company, "another") as another:
        wait_until_ended(company.app(), run_id)
        codes = sorted(process.end() or 0 for process in (one, another))
    senders = {row["caller"] for row in company.books.requests() if row["kind"] == "batch"}
    assert senders < {"one", "another"}
    assert codes == ([0, 1] if company.app().database.is_sqlite else [0, 0])  # refused there, standing by here
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(5)
@pytest.mark.parametrize("point", ["before_push", "after_push"])
def test_a_frozen_worker_is_replaced_and_sends_and_records_nothing_when_it_wakes(pg_company: Company, point: str):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    frozen = {"at": f"{point}:2", "signal": signal.SIGSTOP, "settings": QUICK}
    with worker(company, "the zombie", **frozen) as zombie:
        zombie.wait_until_frozen()
        sent = batches_of(company.books, "the zombie")
        assert invariants.broken() == []
        with worker(company, "the successor", settings=QUICK):
            wait_until_ended(company.app(), run_id)
        zombie.wake()
        assert zombie.end() == 0
    assert batches_of(company.books, "the zombie") == sent
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(5)
def test_a_worker_that_wakes_while_its_successor_is_at_work_leaves_the_run_to_it(pg_company: Company):
    company = pg_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    at_rest = {"signal": signal.SIGSTOP, "settings": QUICK}
    with worker(company, "the zombie", at="after_push:2", **at_rest) as zombie:
        zombie.wait_until_frozen()
        with worker(company, "the successor", at="before_push:2", **at_rest) as successor:
            successor.wait_until_frozen()
            sent = batches_of(company.books)
            zombie.ask_to_end()
            zombie.wake()
            assert zombie.join() == 0
            assert batches_of(company.books) == sent
            assert invariants.broken() == []
            successor.wake()
            wait_until_ended(company.app(), run_id)
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(5)
def test_what_a_worker_was_about_to_send_when_it_froze_is_done_once(stored_company: Company):
    """Frozen after its last look at the fence, it sends one request when it wakes, as its successor did already."""
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    successor = NamedWorker(company, "the successor")
    freeze = At("at the door", 2, lambda: successor.push_to_its_end(run_id))

    class FreezesAtTheDoor(QboLedger):
        def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
            def look() -> None:
                last_look()
                freeze("at the door")

            return super().send(request_id, body, look)

    NamedWorker(company, "the zombie", make_ledger=FreezesAtTheDoor).push(run_id)
    *_, late = (row for row in company.books.requests() if row["kind"] == "batch")
    sent_by = [row["caller"] for row in company.books.requests() if row["request_id"] == late["request_id"]]
    assert sent_by == ["the successor", "the zombie"]
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(5)
def test_on_one_machine_a_frozen_worker_keeps_its_place_until_it_wakes_or_is_killed(company: Company):
    """Its lock file belongs to the process; what a person does about it is in docs/operations.md."""
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the frozen one", at="after_push:2", signal=signal.SIGSTOP) as frozen:
        frozen.wait_until_frozen()
        with worker(company, "another", once=True) as another:
            assert another.join() == 1
        assert company.app().runs.get(run_id).is_open
        frozen.kill()
    with worker(company, "another", once=True) as another:
        assert another.join() == 0
    check_some_are_done(company, run_id, invariants)
