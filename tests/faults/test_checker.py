"""The checker itself (fault 0): with the request id or the fence taken out, it must find what goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from qbsync.domain.ledger import WriteResult
from qbsync.domain.ports import LastLook, no_last_look
from qbsync.qbo.client import QboLedger
from qbsync.store.runs import Runs
from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.runs import WEEK
from tests.faults.workers import After, At, NamedWorker, arm
from tests.local_books import REALM

SIXTH = 6


class ForgetsRequestIds(QboLedger):
    """Sends under a new request id each time, as a client does that has none."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._numbers = itertools.count(1)

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        return super().send(f"{request_id[:8]}-{id(self)}-{next(self._numbers)}", body, last_look)

    def send_one(self, request_id: str, body: str, bid: str, last_look: LastLook = no_last_look) -> WriteResult:
        return super().send_one(f"{request_id[:8]}-{id(self)}-{next(self._numbers)}", body, bid, last_look)


class RendersAnew(QboLedger):
    """Sends other bytes each time, as a client does that builds its request again before a retry."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._sent = 0

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        self._sent += 1
        return super().send(request_id, body + " " * self._sent, last_look)

    def send_one(self, request_id: str, body: str, bid: str, last_look: LastLook = no_last_look) -> WriteResult:
        self._sent += 1
        return super().send_one(
            request_id, body.replace('"Description":"', f'"Description":"{self._sent} '), bid, last_look
        )


class WithoutFence(Runs):
    """Takes every worker for the one that took the run last."""

    def _newest(self, run_id: str) -> int:
        return self.get(run_id).fence

    def check_fence(self, run_id: str, fence: int) -> None:
        super().check_fence(run_id, self._newest(run_id))

    def next_attempt(self, run_id: str, fence: int, besides: Collection[int] = ()) -> Any:
        return super().next_attempt(run_id, self._newest(run_id), besides)

    def mark_sending(self, attempt: Any, fence: int, *rest: Any, **how: Any) -> None:
        super().mark_sending(attempt, self._newest(attempt.run_id), *rest, **how)

    def record(self, attempt: Any, fence: int, *rest: Any, **how: Any) -> None:
        super().record(attempt, self._newest(attempt.run_id), *rest, **how)

    def rest(self, run_id: str, fence: int, **how: Any) -> int:
        return super().rest(run_id, self._newest(run_id), **how)

    def finish(self, run_id: str, fence: int, *rest: Any, **how: Any) -> None:
        super().finish(run_id, self._newest(run_id), *rest, **how)


@pytest.mark.fault(0)
@pytest.mark.parametrize(
    ("ledger", "broken"),
    [(QboLedger, set()), (ForgetsRequestIds, {"I1", "I2", "I3"}), (RendersAnew, {"I4"})],
    ids=["with request ids", "without", "with a body made anew"],
)
def test_lost_answers_do_harm_without_a_request_id_or_a_frozen_body(
    company: Company, ledger: type[QboLedger], broken: set[str]
):
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    for route in ("batch", "timeactivity"):
        arm(company.books, "drop_after_write", route=route, rate=0.25, seed=7)
    NamedWorker(company, "the worker", make_ledger=ledger).push_to_its_end(run_id)
    assert rules(invariants.broken_at_end()) == broken


@pytest.mark.fault(0)
@pytest.mark.parametrize("runs", [Runs, WithoutFence], ids=["with the fence", "without"])
def test_a_worker_that_was_taken_for_dead_goes_on_only_without_the_fence(company: Company, runs: type[Runs]):
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    successor = NamedWorker(company, "the successor", make_runs=runs, stopping=After(SIXTH))
    frozen = At("after_push", 3, lambda: successor.push(run_id))
    NamedWorker(company, "the old worker", at_point=frozen, make_runs=runs).push(run_id)
    NamedWorker(company, "the last worker", make_runs=runs).push_to_its_end(run_id)
    assert rules(invariants.broken_at_end()) == ({"I6"} if runs is WithoutFence else set())


@pytest.mark.fault(0)
def test_it_finds_what_is_in_quickbooks_and_unknown_here(company: Company):
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    assert invariants.broken() == []
    company.books.make("Vendor", DisplayName="Made by another program")
    (told,) = invariants.broken()
    assert told.startswith("I3: Vendor ")


@pytest.mark.fault(0)
def test_it_finds_what_we_hold_done_and_quickbooks_no_longer_has(company: Company):
    _, run_id = company.confirmed_run(WEEK)
    invariants = Invariants(company, run_id)
    NamedWorker(company, "the worker").push_to_its_end(run_id)
    assert invariants.broken_at_end() == []
    gone = next(row for row in company.books.applied() if row["entity"] == "TimeActivity")
    company.books.control(f"{REALM}/delete", entity="TimeActivity", id=str(gone["id"]))
    told = invariants.broken_at_end()
    assert f"I1: TimeActivity {gone['id']} is done here and does not exist in QuickBooks." in told


def rules(broken: Sequence[str]) -> set[str]:
    return {one.partition(":")[0] for one in broken}
