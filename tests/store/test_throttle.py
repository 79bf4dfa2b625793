"""QuickBooks' request limits hold in every window, over all processes that share a company."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbsync.domain.errors import Throttled
from qbsync.settings import Settings
from qbsync.store.connections import SharedThrottle
from qbsync.store.database import Database
from tests.doubles.edges import StandingClock
from tests.store.racing import race
from tests.store.stored import NOW

RATES = Settings(_env_file=None).throttle_rates

WINDOWS = [
    # channel   seconds  most that QuickBooks takes
    ("request", 1, 10),
    ("request", 60, 500),
    ("batch", 60, 40),
]


def throttle(database: Database, clock: StandingClock, realm_id: str = "1") -> SharedThrottle:
    """One process's share."""
    return SharedThrottle(database, realm_id, RATES, clock)


def sent_at(database: Database, channel: str, count: int) -> list[float]:
    """When so many requests leave if two processes send them as fast as they may."""
    clock = StandingClock(NOW)
    processes = [throttle(database, clock), throttle(database, clock)]
    moments = []
    for number in range(count):
        wait = processes[number % 2].reserve(channel)
        clock.now += timedelta(seconds=max(wait, 0))
        moments.append(clock.now.timestamp())
    return moments


@pytest.mark.parametrize(("channel", "seconds", "most"), WINDOWS)
def test_no_window_holds_more_than_quickbooks_takes(sqlite: Database, channel: str, seconds: int, most: int):
    moments = sent_at(sqlite, channel, 2 * most)
    windows = [sum(1 for other in moments if start <= other < start + seconds) for start in moments]
    assert max(windows) <= most
    assert max(windows) >= most * 0.7  # and what it takes is made use of


def test_those_that_ask_at_once_get_places_one_after_another(database: Database):
    clock = StandingClock(NOW)
    waits = race(lambda _: throttle(database, clock).reserve("batch"), racers=4)
    spacing = 60 / RATES["batch"][0]
    assert sorted(waits) == pytest.approx([0, spacing, 2 * spacing, 3 * spacing], abs=0.001)


def test_a_pause_holds_for_every_process_of_the_company_and_no_other(database: Database):
    clock = StandingClock(NOW)
    throttle(database, clock).pause_until(NOW + timedelta(seconds=4))
    assert throttle(database, clock).reserve("request") == pytest.approx(4, abs=0.001)
    assert throttle(database, clock, realm_id="2").reserve("request") == 0


PAUSES = [
    # seconds  waited for
    (5, True),
    (6, False),
    (3600, False),
]


@pytest.mark.parametrize(("seconds", "waited_for"), PAUSES)
def test_only_a_short_pause_is_waited_for(database: Database, seconds: int, waited_for: bool):
    clock = StandingClock(NOW)
    throttle(database, clock).pause_until(NOW + timedelta(seconds=seconds))
    if waited_for:
        assert throttle(database, clock).reserve("request") == pytest.approx(seconds, abs=0.001)
        return
    with pytest.raises(Throttled) as paused:
        throttle(database, clock).reserve("request")
    assert paused.value.resume_at == NOW + timedelta(seconds=seconds)


def test_who_comes_during_a_long_pause_takes_no_place(database: Database):
    clock = StandingClock(NOW)
    throttle(database, clock).pause_until(NOW + timedelta(minutes=1))
    for _ in range(20):
        with pytest.raises(Throttled):
            throttle(database, clock).reserve("batch")
    clock.forward(minutes=1)
    assert throttle(database, clock).reserve("batch") == 0


def test_a_shorter_pause_does_not_end_a_longer_one(database: Database):
    clock = StandingClock(NOW)
    for seconds in (60, 5):
        throttle(database, clock).pause_until(NOW + timedelta(seconds=seconds))
    with pytest.raises(Throttled) as paused:
        throttle(database, clock).reserve("request")
    assert paused.value.resume_at == NOW + timedelta(seconds=60)


def test_after_a_quiet_time_there_is_no_wait(database: Database):
    clock = StandingClock(NOW)
    throttle(database, clock).reserve("batch")
    clock.forward(minutes=1)
    assert throttle(database, clock).reserve("batch") == 0
