"""Several processes refresh the tokens at once, and one dies between refresh and store (fault 9)."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack

import pytest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.run import RunStatus
from qbsync.qbo.consent import consent_locally
from tests.company import WHO, Company
from tests.faults.invariants import Invariants
from tests.faults.processes import started, worker
from tests.faults.runs import check_some_are_done, confirm_some
from tests.faults.tasks import ask_at, refresh_and_die
from tests.local_books import REALM

PROCESSES = 4


def expire_access(company: Company, *, rotate: str) -> None:
    company.books.control("settings", rotate=rotate)
    company.books.control("expire-tokens", kind="access")


@pytest.mark.fault(9)
@pytest.mark.promise(3)
def test_four_processes_refresh_an_ended_token_once(stored_company: Company):
    """Where a second refresh with the old token would end the consent."""
    company = stored_company
    company.books.control("settings", refresh_reuse="revoke")
    expire_access(company, rotate="every-use")
    before = refreshes(company)
    with ExitStack() as all_of_them:
        at = time.monotonic() + 1.5
        racers = [all_of_them.enter_context(started(ask_at, company, at)) for _ in range(PROCESSES)]
        assert [one.join() for one in racers] == [0] * PROCESSES
    assert refreshes(company) == before + 1
    assert company.app().connection().state is ConnectionState.CONNECTED


@pytest.mark.fault(9)
@pytest.mark.promise(3)
def test_a_process_that_dies_before_it_stored_the_new_pair_costs_nothing_on_the_same_day(stored_company: Company):
    """QuickBooks changes a refresh token's value once a day, and takes the one before for as long."""
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    expire_access(company, rotate="daily")
    die_in_the_middle(company)
    with worker(company, "the worker", once=True) as process:
        assert process.join() == 0
    check_some_are_done(company, run_id, invariants)


@pytest.mark.fault(9)
@pytest.mark.promise(4)
def test_where_the_new_pair_was_the_only_one_the_run_rests_until_somebody_connects(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    expire_access(company, rotate="every-use")
    die_in_the_middle(company)
    with worker(company, "the worker", once=True) as process:
        assert process.join() == 0
    app = company.app()
    rested = app.runs.get(run_id)
    assert (rested.status, rested.failures) == (RunStatus.PAUSED, 0)
    assert "Press Connect" in rested.note
    code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
    app.connecting.finish(state=state, code=code, realm_id=realm_id)
    with worker(company, "the worker", once=True) as process:
        assert process.join() == 0
    check_some_are_done(company, run_id, invariants)


def die_in_the_middle(company: Company) -> None:
    before = refreshes(company)
    with started(refresh_and_die, company) as process:
        assert process.join() == -signal.SIGKILL
    assert refreshes(company) == before + 1


def refreshes(company: Company) -> int:
    return sum(row["kind"] == "token" for row in company.books.requests())
