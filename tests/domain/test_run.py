"""Request ids, pauses, and how a run ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.link import Link, PaymentState
from qbsync.domain.run import (
    FAILURES_MAX,
    OutcomeStatus,
    Progress,
    Run,
    RunStatus,
    bid_of,
    final_status,
    pause_after,
    request_id,
    single_request_id,
)
from qbsync.domain.wanted import SyncKind
from tests.domain.tables import cases


@pytest.mark.promise(2)
@given(st.tuples(st.text(max_size=12), st.integers(1, 500)), st.tuples(st.text(max_size=12), st.integers(1, 500)))
def test_a_request_id_is_the_same_for_every_retry_and_never_shared(one: tuple[str, int], other: tuple[str, int]):
    assert request_id(*one) == request_id(*one)
    assert len(request_id(*one)) == 36
    assert (request_id(*one) == request_id(*other)) == (one == other)


def test_a_single_record_has_a_request_id_of_its_own_that_quickbooks_takes():
    ids = {
        single_request_id(request_id("run-1", number), bid_of(position)) for number in (1, 2) for position in range(30)
    }
    assert len(ids) == 60
    assert max(map(len, ids)) <= 50


def test_the_names_of_thirty_items_are_short_enough_for_quickbooks():
    assert max(len(bid_of(position)) for position in range(30)) <= 10


def test_pauses_grow_and_stay_within_five_minutes():
    pauses = [pause_after(failures).total_seconds() for failures in range(1, 12)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert FAILURES_MAX == 8


ENDINGS = """
done   failed   skipped   unanswered   waiting   asked to stop   ends as
3      0        0         0            0         -               done
3      1        0         0            0         -               partly failed
3      0        1         0            0         -               partly failed
3      0        0         1            0         -               partly failed
0      2        0         0            0         -               failed
0      0        0         2            0         -               failed
3      0        0         0            2         -               partly failed
0      0        0         0            2         -               failed
1      0        0         0            2         yes             cancelled
0      0        0         0            0         -               done
"""


@pytest.mark.parametrize(("done", "failed", "skipped", "unanswered", "waiting", "stop", "ends"), cases(ENDINGS))
def test_a_run_ends_by_what_became_of_its_records(
    done: str, failed: str, skipped: str, unanswered: str, waiting: str, stop: str, ends: str
):
    progress = Progress(
        counts={
            OutcomeStatus.DONE: int(done),
            OutcomeStatus.FAILED: int(failed),
            OutcomeStatus.SKIPPED: int(skipped),
            OutcomeStatus.UNANSWERED: int(unanswered),
            OutcomeStatus.WAITING: int(waiting),
        }
    )
    assert final_status(progress, cancelled=bool(stop)).value == ends


def test_the_numbers_of_a_progress_add_up():
    progress = Progress(counts={OutcomeStatus.DONE: 3, OutcomeStatus.WAITING: 2, OutcomeStatus.STALE: 1})
    assert (progress.total, progress.done, progress.waiting, progress.not_done) == (6, 3, 2, 1)


@pytest.mark.parametrize("status", list(RunStatus))
def test_queued_running_and_paused_runs_are_open(status: RunStatus):
    run = Run(
        id="R",
        plan_id="P",
        connection_id=1,
        status=status,
        trigger="manual",
        confirmed_by="me",
        fence=0,
        failures=0,
        cancel_requested=False,
        note="",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert run.is_open == (status.value in ("queued", "running", "paused"))


PAYMENTS = """
total    balance   state
100.00   100.00    unpaid
100.00   40.00     partly paid
100.00   0.00      paid
100.00   -5.00     paid
100.00   -         -
-        -         -
"""


@pytest.mark.parametrize(("total", "balance", "state"), cases(PAYMENTS))
def test_how_far_a_bill_is_paid(total: str, balance: str, state: str):
    link = Link(kind=SyncKind.BILL, core_id="VB-1", title="Bill", ledger_kind=LedgerKind.BILL, ledger_id="9")
    link = replace(link, total=Decimal(total) if total else None, balance=Decimal(balance) if balance else None)
    assert link.payment_state == (PaymentState(state) if state else None)
    assert link.key == "bill:VB-1"
