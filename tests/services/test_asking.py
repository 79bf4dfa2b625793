"""Previews built by the worker: asked for, watched step by step, cancelled, failed with a reason, taken over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from qbsync.domain.errors import PreviewOpen, Unavailable
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.plan import Scope
from qbsync.domain.preview_request import STEPS, PreviewRequest, RequestStatus
from qbsync.domain.run import RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.services.asking import BUG, Asking
from qbsync.services.retry import Retrying
from qbsync.store.database import Database
from qbsync.store.preview_requests import PreviewRequests
from tests.domain.samples import payroll_row
from tests.doubles.edges import counted
from tests.doubles.ledger import CLOSED
from tests.services.desk import WHO, Desk, open_desk


@dataclass
class Office:
    """A desk whose previews are built by a worker; `at_step` is called when it begins a step."""

    desk: Desk
    at_step: Callable[[str], None] = lambda _: None
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.requests = WatchedRequests(self.desk.database, self)
        self.asking = Asking(
            requests=self.requests,
            previewing=self.desk.previewing,
            retrying=Retrying(runs=self.desk.runs, plans=self.desk.plans, previewing=self.desk.previewing),
            clock=self.desk.clock,
            new_id=counted("request"),
        )

    def ask(self) -> PreviewRequest:
        self.desk.clock.forward(seconds=1)
        return self.asking.ask(self.desk.connection.id, Scope(), who=WHO)

    @property
    def latest(self) -> PreviewRequest:
        found = self.asking.latest(self.desk.connection.id)
        assert found
        return found


class WatchedRequests(PreviewRequests):
    """The store, with a look at each step that begins."""

    def __init__(self, database: Database, office: Office) -> None:
        super().__init__(database)
        self._office = office

    def begin_step(self, request: PreviewRequest, doing: str, at: object) -> bool:
        begun = super().begin_step(request, doing, at)  # type: ignore[arg-type]
        self._office.seen.append(doing)
        self._office.at_step(doing)
        return begun


@pytest.fixture
def office(sqlite: Database) -> Office:
    return Office(open_desk(sqlite, payroll_row("8 8 8 8 8 0 0")))


def test_the_worker_builds_what_was_asked_for(office: Office):
    asked = office.ask()
    assert office.desk.plans.latest(office.desk.connection.id) is None
    assert office.asking.work() == 1
    plan = office.desk.plans.latest(office.desk.connection.id)
    assert plan
    assert (office.latest.id, office.latest.status, office.latest.plan_id) == (asked.id, RequestStatus.READY, plan.id)
    assert plan.built_by == WHO
    assert office.asking.work() == 0


def test_every_step_is_told_in_its_order(office: Office):
    office.ask()
    office.asking.work()
    assert tuple(office.seen) == STEPS


def test_how_far_it_is_can_be_seen_while_it_is_built(office: Office):
    shares: list[float] = []
    office.at_step = lambda _: shares.append(office.latest.share)
    office.ask()
    assert office.latest.share == 0
    office.asking.work()
    assert shares == [step / len(STEPS) for step in range(len(STEPS))]


@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_cancelled_preview_stops_at_its_next_step_and_leaves_none(office: Office, step: str):
    office.at_step = lambda doing: office.asking.cancel(office.latest.id) if doing == step else None
    office.ask()
    office.asking.work()
    assert office.latest.status is RequestStatus.CANCELLED
    assert len(office.seen) == STEPS.index(step) + 2
    assert office.desk.plans.latest(office.desk.connection.id) is None


def test_after_a_cancelled_preview_another_can_be_asked_for(office: Office):
    office.asking.cancel(office.ask().id)
    office.ask()
    assert office.asking.work() == 1
    assert office.latest.status is RequestStatus.READY


def test_one_that_waits_is_cancelled_at_once(office: Office):
    office.asking.cancel(office.ask().id)
    assert office.asking.work() == 0
    assert office.latest.status is RequestStatus.CANCELLED


def test_a_second_one_is_refused_while_one_is_built(office: Office):
    office.ask()
    with pytest.raises(PreviewOpen):
        office.ask()


def test_what_a_run_did_not_do_can_be_asked_for_again(office: Office):
    desk = office.desk
    desk.ledger.refuse(CLOSED, lambda asked: asked.kind is LedgerKind.TIME_ACTIVITY)
    run = desk.sync()
    left = {change.key for change in desk.plans.get(run.plan_id).changes if change.kind is SyncKind.TIME_ENTRY}
    desk.ledger.refuse_nothing()
    desk.clock.forward(seconds=1)
    office.asking.ask_again(run.id, who=WHO)
    assert office.asking.work() == 1
    plan = desk.plans.get(office.latest.plan_id)
    assert {change.key for change in plan.changes if change.ticked_by_default} == left
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE


def test_what_kept_it_from_being_built_is_kept_with_it(office: Office):
    office.desk.ledger.fail_next_read(Unavailable("QuickBooks is down."))
    office.ask()
    assert office.asking.work() == 1
    assert office.latest.status is RequestStatus.FAILED
    assert office.latest.note == "QuickBooks is down."


def test_a_bug_is_logged_and_does_not_keep_the_company_from_asking_again(office: Office):
    def break_down(_: str) -> None:
        raise RuntimeError("a bug")

    office.at_step = break_down
    office.ask()
    with pytest.raises(RuntimeError):
        office.asking.work()
    assert (office.latest.status, office.latest.note) == (RequestStatus.FAILED, BUG)
    office.at_step = lambda _: None
    office.ask()


def test_a_worker_that_died_is_followed_by_another_and_cannot_come_back(office: Office):
    def die(doing: str) -> None:
        if doing == STEPS[3]:
            raise SystemExit  # as a process ends: nothing is recorded

    office.at_step = die
    office.ask()
    with pytest.raises(SystemExit):
        office.asking.work()
    dead = office.latest
    office.at_step = lambda _: None
    assert office.asking.work() == 0
    office.desk.clock.forward(minutes=6)
    assert office.asking.work() == 1
    assert (office.latest.status, office.latest.claim) == (RequestStatus.READY, 2)
    assert not office.requests.finish(dead, "plan-9", office.desk.clock())
