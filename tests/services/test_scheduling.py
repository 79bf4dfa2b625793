"""Automatic sync fires each due moment once, and does no more than its policy allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from qbsync.domain.errors import BadInput, ConnectionExpired, Unavailable
from qbsync.domain.ledger import LedgerKind, VendorCard
from qbsync.domain.plan import PlanStatus
from qbsync.domain.schedule import Frequency, Policy, Schedule
from qbsync.domain.wanted import SyncKind
from qbsync.services.scheduling import Scheduling
from qbsync.store.database import Database
from qbsync.store.schedules import Schedules
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, open_desk


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    return open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"), vendor_bill())


def scheduling(desk: Desk) -> Scheduling:
    return Scheduling(
        schedules=Schedules(desk.database),
        notices=desk.notices,
        rules=desk.rules,
        previewing=desk.previewing,
        confirming=desk.confirming,
        notifying=desk.notifying,
        clock=desk.clock,
    )


def hourly(desk: Desk, policy: Policy) -> Scheduling:
    """Every full hour; the first is due in an hour's time."""
    automatic = scheduling(desk)
    schedule = Schedule(
        frequency=Frequency.HOURLY, at=time(0, 0), policy=policy, time_zone="UTC", connection_id=desk.connection.id
    )
    automatic.save(schedule, who=WHO)
    return automatic


def results(desk: Desk, automatic: Scheduling) -> list[str]:
    return [result for _, _, result in automatic.firings(desk.connection.id)]


def test_nothing_is_fired_before_its_time(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(minutes=59)
    assert automatic.tick() == 0
    assert desk.plans.latest(desk.connection.id) is None


def test_by_default_a_firing_prepares_a_preview_and_asks_for_a_look(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(hours=1)
    assert automatic.tick() == 1
    plan = desk.plans.latest(desk.connection.id)
    assert plan is not None
    assert (plan.status, plan.built_by) == (PlanStatus.DRAFT, "scheduler")
    assert desk.runs.open_run(desk.connection.id) is None
    assert desk.notifier.sent == [("A sync preview is ready", "5 to create, 1 to link. Review it on the Sync page.")]
    assert results(desk, automatic) == ["Preview prepared; 5 to create, 1 to link"]


def with_an_update_and_a_deletion(desk: Desk) -> None:
    """All is in QuickBooks; then Core changes the bill, and the hours are gone."""
    desk.sync()
    desk.load(vendor_bill("250.00"), payroll_row("0 0 0 0 0 0 0"))


POLICIES = [
    # policy                      what is sent by itself       what is left for a person
    (Policy.PREPARE, set(), {"create", "update", "delete"}),
    (Policy.CREATE_ONLY, {"create"}, {"update", "delete"}),
    (Policy.CREATE_AND_UPDATE, {"create", "update"}, {"delete"}),
]


@pytest.mark.parametrize(("policy", "sent", "left"), POLICIES, ids=[row[0].value for row in POLICIES])
def test_a_policy_sends_what_it_allows_and_leaves_the_rest(desk: Desk, policy: Policy, sent: set[str], left: set[str]):
    with_an_update_and_a_deletion(desk)
    desk.load(vendor_bill("10.00", core_id="VB-2", number="INV-8"))
    automatic = hourly(desk, policy)
    desk.clock.forward(hours=1)
    automatic.tick()
    run = desk.runs.open_run(desk.connection.id)
    outcomes = desk.runs.outcomes(run.id) if run else []
    assert {outcome.action.value for outcome in outcomes} == sent
    assert run is None or (run.trigger, run.confirmed_by) == ("scheduler", f"scheduler ({policy.value})")
    ((_, body),) = desk.notifier.sent
    assert {word for word in ("create", "update", "delete") if f"to {word}" in body} == left


def test_a_deletion_never_happens_by_itself(desk: Desk):
    with_an_update_and_a_deletion(desk)
    automatic = hourly(desk, Policy.CREATE_AND_UPDATE)
    desk.clock.forward(hours=1)
    automatic.tick()
    run = desk.runs.open_run(desk.connection.id)
    assert run is not None
    desk.push(run)
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 1


def test_when_nothing_is_to_do_nobody_is_disturbed(desk: Desk):
    desk.sync()
    automatic = hourly(desk, Policy.CREATE_AND_UPDATE)
    desk.clock.forward(hours=1)
    automatic.tick()
    assert results(desk, automatic) == ["Nothing to do"]
    assert desk.notifier.sent == []


def test_a_conflict_waits_for_a_person(desk: Desk):
    desk.ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix", city="Oakland"))
    automatic = hourly(desk, Policy.CREATE_ONLY)
    desk.clock.forward(hours=1)
    automatic.tick()
    assert desk.notifier.sent == [
        ("Automatic sync left some for you", "1 in conflict, 1 blocked. Review it on the Sync page.")
    ]


FAILURES = [
    ("QuickBooks is down", Unavailable("QuickBooks is down.")),
    ("the consent has ended", ConnectionExpired("The consent has ended.")),
]


@pytest.mark.parametrize("error", [row[1] for row in FAILURES], ids=[row[0] for row in FAILURES])
def test_a_firing_that_fails_says_so_and_the_next_one_tries_again(desk: Desk, error: Exception):
    automatic = hourly(desk, Policy.CREATE_ONLY)
    desk.clock.forward(hours=1)
    desk.ledger.fail_next_read(error)  # type: ignore[arg-type]
    assert automatic.tick() == 1
    assert results(desk, automatic) == [f"Failed: {error}"]
    assert desk.notifier.sent == [("Automatic sync did not run", str(error))]
    assert automatic.tick() == 0  # not again at once
    desk.clock.forward(hours=1)
    assert automatic.tick() == 1
    assert desk.runs.open_run(desk.connection.id) is not None


class WorkerDied(BaseException):
    """The process is gone: nothing of ours runs any more."""


class DiesBeforeTheResult(Schedules):
    """The store of a worker that ends just before it records what a firing came to."""

    def record_firing(self, identity: str, *, result: str, plan_id: str = "", run_id: str = "") -> None:
        raise WorkerDied


def tick_of_a_worker_that_dies(desk: Desk, automatic: Scheduling, point: str) -> None:
    """Its process ends while it fires."""
    if point == "in the preview":
        desk.ledger.fail_next_read(WorkerDied())  # type: ignore[arg-type]
    else:
        automatic = replace(automatic, schedules=DiesBeforeTheResult(desk.database))
    with pytest.raises(WorkerDied):
        automatic.tick()


DEATHS = ["in the preview", "before the result is recorded"]


@pytest.mark.parametrize("point", DEATHS)
def test_a_firing_whose_worker_died_is_begun_once_more(desk: Desk, point: str):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(hours=1)
    tick_of_a_worker_that_dies(desk, automatic, point)
    assert automatic.tick() == 0  # another may be at it still
    desk.clock.forward(minutes=16)
    assert automatic.tick() == 1
    assert results(desk, automatic) == ["Preview prepared; 5 to create, 1 to link"]
    desk.clock.forward(minutes=16)
    assert automatic.tick() == 0


def test_a_firing_whose_worker_died_twice_has_failed_and_says_so_once(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(hours=1)
    for _ in range(2):
        tick_of_a_worker_that_dies(desk, automatic, "in the preview")
        desk.clock.forward(minutes=16)
    for _ in range(2):
        assert automatic.tick() == 0
    assert results(desk, automatic) == ["Failed: the worker ended in the middle"]
    ((title, body),) = desk.notifier.sent
    assert title == "Automatic sync did not run"
    assert "Press Sync Now" in body


def test_after_a_death_and_a_night_without_a_worker_only_the_latest_moment_fires(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(hours=1)
    tick_of_a_worker_that_dies(desk, automatic, "in the preview")
    desk.clock.forward(hours=9)
    assert automatic.tick() == 1
    assert results(desk, automatic) == [
        "Preview prepared; 5 to create, 1 to link",
        "Failed: the worker ended in the middle",
    ]


def test_while_a_run_is_open_a_firing_starts_no_second_one(desk: Desk):
    open_run = desk.confirm(desk.preview(), "vendor:V1")
    automatic = hourly(desk, Policy.CREATE_ONLY)
    desk.clock.forward(hours=1)
    automatic.tick()
    assert [run.id for run in desk.runs.latest(desk.connection.id)] == [open_run.id]
    assert "still running" in results(desk, automatic)[0]


def test_after_a_time_without_a_worker_it_fires_once(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(days=3)
    assert automatic.tick() == 1
    assert automatic.tick() == 0
    assert len(results(desk, automatic)) == 1


def test_a_paused_schedule_does_not_fire_and_can_be_turned_on_again(desk: Desk):
    automatic = hourly(desk, Policy.PREPARE)
    paused = automatic.pause(desk.connection.id, who=WHO)
    assert paused is not None
    assert (paused.enabled, paused.next_due) == (False, None)
    desk.clock.forward(days=1)
    assert automatic.tick() == 0
    again = automatic.save(replace(paused, enabled=True), who=WHO)
    assert again.next_due == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert automatic.all(desk.connection.id) == [again]


def test_pausing_where_there_is_no_schedule_is_nothing(desk: Desk):
    assert scheduling(desk).pause(desk.connection.id, who=WHO) is None


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "x" * 500])
def test_an_unknown_time_zone_is_refused_with_an_example(desk: Desk, zone: str):
    with pytest.raises(BadInput, match="America/Denver"):
        scheduling(desk).save(
            Schedule(frequency=Frequency.DAILY, time_zone=zone, connection_id=desk.connection.id), who=WHO
        )
    assert scheduling(desk).all(desk.connection.id) == []


def test_a_schedule_covers_the_kinds_that_its_company_decided_on(desk: Desk):
    desk.decide(sync_kinds=frozenset({SyncKind.VENDOR, SyncKind.BILL}))
    automatic = hourly(desk, Policy.PREPARE)
    desk.clock.forward(hours=1)
    automatic.tick()
    plan = desk.plans.latest(desk.connection.id)
    assert plan is not None
    assert SyncKind.TIME_ENTRY not in {change.kind for change in plan.changes}
    assert plan.scope.kinds == {SyncKind.VENDOR, SyncKind.BILL}


@pytest.mark.parametrize(("most", "sent"), [(5, False), (6, True), (None, True)])
def test_a_schedule_sends_nothing_by_itself_above_the_company_s_limit(desk: Desk, most: int | None, sent: bool):
    desk.decide(scheduled_max=most)
    automatic = hourly(desk, Policy.CREATE_ONLY)  # five new records and a link
    desk.clock.forward(hours=1)
    automatic.tick()
    assert (desk.runs.open_run(desk.connection.id) is not None) is sent
    if not sent:
        ((_, body),) = desk.notifier.sent
        assert body == (
            "6 records are more than the 5 that may go by themselves, so nothing was sent. 5 to create, 1 to link. "
            "Review it on the Sync page."
        )
        above = "Preview prepared, above the limit of what goes by itself"
        assert results(desk, automatic) == [f"{above}; 5 to create, 1 to link"]
