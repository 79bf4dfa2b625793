"""QuickBooks answers badly or not at all, often: each record is in the books once all the same (faults 2, 3 and 4)."""

from __future__ import annotations

import itertools

import pytest

from qbsync.domain.run import OutcomeStatus, RunStatus
from tests.company import Company
from tests.faults.invariants import MARK, Invariants, Limits
from tests.faults.nemesis import ROUTES
from tests.faults.runs import WEEK
from tests.faults.test_kill import check_all_is_done
from tests.faults.workers import NamedWorker, arm, pause_is_over


@pytest.mark.promise(1, 12)
@pytest.mark.fault(2, 4)
@pytest.mark.parametrize(
    ("fault", "routes"),
    [
        ({"kind": "drop_after_write", "rate": 0.25, "seed": 5}, ROUTES),
        ({"kind": "half_batch", "rate": 0.25, "seed": 5}, ("batch",)),
        ({"kind": "status", "status": 503, "rate": 0.3, "seed": 8}, ROUTES),
    ],
    ids=["every fourth answer is lost", "every fourth batch stops half way", "30 % of the writes meet a 503"],
)
def test_a_run_survives_bad_answers(stored_company: Company, fault: dict[str, object], routes: tuple[str, ...]):
    company = stored_company
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    for route in routes:
        arm(company.books, route=route, **fault)  # type: ignore[arg-type]
    NamedWorker(company, "the worker").push_to_its_end(run_id)
    assert min(one["hits"] for one in company.books.control("faults")["armed"]) >= 2
    check_all_is_done(company, run_id, invariants)


@pytest.mark.promise(11)
@pytest.mark.fault(3)
def test_a_storm_of_429_stops_every_process_until_its_pause_is_over(stored_company: Company):
    company = stored_company
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    arm(company.books, "throttle", route="batch", rate=0.4, seed=3)
    first = NamedWorker(company, "worker 0")
    storms = 0
    for number in itertools.count(1):
        NamedWorker(company, f"worker {number}").push(run_id)
        if not first.runs.get(run_id).is_open:
            break
        storms += 1
        assert "slow down" in first.runs.get(run_id).note
        heard = calls(company)
        NamedWorker(company, f"worker {number}, impatient").push(run_id)
        assert calls(company) == heard  # nobody else goes on either
        assert invariants.broken() == []
        pause_is_over(first.app)
    assert storms >= 3
    check_all_is_done(company, run_id, invariants)


@pytest.mark.promise(13)
@pytest.mark.fault(4)
def test_one_record_that_quickbooks_chokes_on_holds_up_no_other(stored_company: Company):
    company = stored_company
    plan, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    poisoned = [change for change in plan.changes if change.ticked_by_default][-5]
    arm(company.books, "poison", match=mark_of(poisoned.content))
    worker = NamedWorker(company, "the worker")
    worker.push_to_its_end(run_id)
    assert invariants.broken_at_end() == []
    not_done = [one for one in worker.runs.outcomes(run_id) if one.status is not OutcomeStatus.DONE]
    assert [one.seq for one in not_done] == [poisoned.seq]
    assert not_done[0].message
    assert not_done[0].remedy
    assert worker.runs.get(run_id).status is RunStatus.PARTLY_FAILED


@pytest.mark.fault(0)
def test_the_checker_finds_too_many_requests_in_a_window(company: Company):
    """The workers of these tests do not wait for their place, so a narrow limit must be found broken.

    Over one channel and within an hour, since a busy machine gives batches more or less of a run, sooner or later.
    """
    company.single_writes = 0
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id, limits=Limits(batches=10, seconds=3600))
    NamedWorker(company, "the hasty worker").push_to_its_end(run_id)
    assert invariants.broken_at_end() == ["I7: more than 10 batches within 3600 s."]


def calls(company: Company) -> int:
    return sum(bool(row["realm"]) for row in company.books.requests())


def mark_of(content: object) -> str:
    found = MARK.search(str(content))
    assert found
    return found.group()
