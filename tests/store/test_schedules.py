"""A due moment fires once, however many processes look, and once after a time without any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from qbsync.domain.ledger import Company
from qbsync.domain.schedule import Frequency, Policy, Schedule
from qbsync.store.database import Database
from qbsync.store.schedules import Schedules
from tests.store.racing import RACERS, race
from tests.store.stored import NOW, WHO, connected

DAILY = Schedule(
    frequency=Frequency.DAILY, at=time(18, 30), time_zone="UTC", policy=Policy.CREATE_ONLY, weekday=4, month_day=31
)
DUE = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def scheduled(database: Database, company: Company | None = None) -> Schedule:
    """A company that syncs every day at half past six."""
    connection = connected(database, company) if company else connected(database)
    return Schedules(database).save(replace(DAILY, connection_id=connection.id), who=WHO, at=NOW)


def test_a_schedule_comes_back_with_the_moment_it_is_next_due(database: Database):
    saved = scheduled(database)
    assert saved == replace(DAILY, id=saved.id, connection_id=saved.connection_id, next_due=DUE)
    assert Schedules(database).all(saved.connection_id) == [saved]
    assert Schedules(database).all(saved.connection_id + 1) == []


def test_a_company_has_one_schedule_however_often_it_is_saved(database: Database):
    saved = scheduled(database)
    again = Schedules(database).save(replace(saved, at=time(19, 0)), who=WHO, at=NOW)
    assert again.id == saved.id
    assert Schedules(database).all() == [again]
    assert again.next_due == DUE + timedelta(minutes=30)


def test_nothing_is_due_before_its_moment(database: Database):
    scheduled(database)
    assert Schedules(database).claim_due(DUE - timedelta(seconds=1)) == []


def test_a_due_moment_is_given_out_once_and_the_next_one_is_set(database: Database):
    saved = scheduled(database)
    store = Schedules(database)
    ((identity, schedule),) = store.claim_due(DUE)
    assert (identity, schedule) == (f"sched:{saved.id}:20261122T183000Z", saved)
    assert store.claim_due(DUE) == []
    assert store.all()[0].next_due == DUE + timedelta(days=1)


@pytest.mark.fault(11)
def test_of_many_that_look_at_once_one_fires(database: Database):
    scheduled(database)
    claims = race(lambda _: Schedules(database).claim_due(DUE))
    assert sorted(map(len, claims)) == [0] * (RACERS - 1) + [1]
    assert len(Schedules(database).firings(1)) == 1


@pytest.mark.fault(11)
def test_after_three_days_without_a_worker_it_fires_once(database: Database):
    scheduled(database)
    store = Schedules(database)
    back = DUE + timedelta(days=3, minutes=5)
    assert len(store.claim_due(back)) == 1
    assert store.claim_due(back) == []
    assert store.all()[0].next_due == DUE + timedelta(days=4)
    assert store.firings(1) == [(DUE, back, "")]


def test_a_moment_that_was_fired_before_is_not_fired_again_after_a_save(database: Database):
    saved = scheduled(database)
    store = Schedules(database)
    store.claim_due(DUE)
    store.save(saved, who=WHO, at=NOW)  # by a clock that is behind, saving works out the same moment once more
    assert store.claim_due(DUE) == []
    assert store.all()[0].next_due == DUE + timedelta(days=1)
    assert len(store.claim_due(DUE + timedelta(days=1))) == 1  # and the schedule is not stuck at it


def test_a_paused_schedule_is_never_due(database: Database):
    saved = scheduled(database)
    store = Schedules(database)
    paused = store.save(replace(saved, enabled=False), who=WHO, at=NOW)
    assert paused.next_due is None
    assert store.claim_due(DUE + timedelta(days=30)) == []


def test_of_many_that_save_a_first_schedule_at_once_all_save_the_same_one(database: Database):
    connection = connected(database)
    race(lambda _: Schedules(database).save(replace(DAILY, connection_id=connection.id), who=WHO, at=NOW))
    assert len(Schedules(database).all()) == 1


# firings that a dead worker left ------------------------------------------------------------------------------

LONG = timedelta(minutes=15)
LATER = DUE + timedelta(minutes=16)


def left(database: Database) -> tuple[Schedules, str]:
    """A firing was claimed, and its worker died."""
    scheduled(database)
    store = Schedules(database)
    ((identity, _),) = store.claim_due(DUE)
    return store, identity


def again(store: Schedules, now: datetime) -> list[str]:
    """The firings that are claimed once more."""
    return [identity for identity, _ in store.claim_again(now, begun_before=now - LONG, tries_max=2)]


def test_a_firing_that_was_left_is_claimed_once_more_and_only_once(database: Database):
    store, identity = left(database)
    assert again(store, DUE + LONG) == []  # it may be under way still
    assert again(store, LATER) == [identity]
    assert again(store, LATER) == []
    assert again(store, LATER + timedelta(days=1)) == []
    assert store.firings(1) == [(DUE, LATER, "")]


def test_of_many_that_look_at_once_one_begins_again(database: Database):
    store, identity = left(database)
    claims = race(lambda _: again(store, LATER))
    assert sorted(claims) == [[]] * (RACERS - 1) + [[identity]]


def test_a_firing_that_came_to_something_is_never_begun_again(database: Database):
    store, identity = left(database)
    store.record_firing(identity, result="Nothing to do")
    assert again(store, LATER) == []
    assert store.give_up("Left", begun_before=LATER) == []


def test_a_firing_of_a_paused_schedule_is_not_begun_again(database: Database):
    store, identity = left(database)
    paused = store.save(replace(store.all()[0], enabled=False), who=WHO, at=LATER)
    assert again(store, LATER) == []
    assert store.give_up("Left", begun_before=LATER) == [(identity, paused)]


def test_a_firing_that_a_later_one_has_overtaken_is_not_begun_again(database: Database):
    store, identity = left(database)
    next_day = DUE + timedelta(days=1)
    ((later, _),) = store.claim_due(next_day)
    assert later != identity
    assert again(store, next_day) == []
    assert [one for one, _ in store.give_up("Left", begun_before=next_day)] == [identity]


def test_giving_up_is_told_to_one_of_many(database: Database):
    store, _ = left(database)
    told = race(lambda _: store.give_up("Left", begun_before=LATER))
    assert sorted(map(len, told)) == [0] * (RACERS - 1) + [1]
    assert store.firings(1) == [(DUE, DUE, "Left")]


# ---------------------------------------------------------------------------------------------------------------


def test_every_company_that_is_due_is_fired(database: Database):
    scheduled(database)
    scheduled(database, Company(realm_id="2", name="Bayline"))
    assert [schedule.connection_id for _, schedule in Schedules(database).claim_due(DUE)] == [1, 2]


def test_what_a_firing_came_to_is_kept_newest_first(database: Database):
    scheduled(database)
    store = Schedules(database)
    for day in range(3):
        ((identity, _),) = store.claim_due(DUE + timedelta(days=day))
        store.record_firing(identity, result=f"Day {day}", plan_id=f"plan-{day}")
    assert [result for _, _, result in store.firings(1)] == ["Day 2", "Day 1", "Day 0"]
    assert [due for due, _, _ in store.firings(1, limit=1)] == [DUE + timedelta(days=2)]
    store.record_firing("sched:9:never", result="nothing")  # an unknown firing is no matter
