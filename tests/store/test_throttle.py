"""QuickBooks' request limits hold in every window, over all processes that share a company."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from qbsync.domain.connection import Environment
from qbsync.domain.errors import Throttled
from qbsync.settings import Settings
from qbsync.store.connections import SharedThrottle
from qbsync.store.database import Database
from qbsync.store.tables import MeteredRead
from tests.doubles.edges import StandingClock
from tests.store.racing import RACERS, SECONDS_MAX, race
from tests.store.stored import NOW, connected, connections

RATES = Settings(_env_file=None).throttle_rates

WINDOWS = [
    # channel   seconds  most that QuickBooks takes
    ("request", 1, 10),
    ("request", 60, 500),
    ("write", 1, 10),
    ("write", 60, 500),
    ("batch", 60, 40),
]


def throttle(
    database: Database, clock: StandingClock, realm_id: str = "1", environment: Environment = Environment.LOCAL
) -> SharedThrottle:
    """One process's share."""
    return SharedThrottle(database, realm_id, RATES, clock, environment)


def fullest(moments: list[float], seconds: int) -> int:
    """The most of these moments that lie in one window."""
    return max(sum(1 for other in moments if start <= other < start + seconds) for start in moments)


# over processes, on PostgreSQL's clock ------------------------------------------------------------------------


def take_places(url: str, folder: str, channel: str, count: int, hours_ahead: int, start: Any, told: Any) -> None:
    """Take places as one of several processes, with a clock that may be wrong, and tell their moments."""
    database = Database(url, Path(folder))
    share = throttle(database, StandingClock(NOW + timedelta(hours=hours_ahead)))
    start.wait(SECONDS_MAX)
    told.put([share.place(channel)[0] for _ in range(count)])
    database.close()


def moments_of_processes(database: Database, folder: Path, channel: str, count: int) -> list[float]:
    """The moments of so many places that three processes took at once; one process's clock is an hour ahead."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(3), context.Queue()
    url = database.url.render_as_string(hide_password=False)
    processes = [
        context.Process(target=take_places, args=(url, str(folder), channel, count // 3, hours, start, told))
        for hours in (0, 0, 1)
    ]
    for process in processes:
        process.start()
    moments = [moment for _ in processes for moment in told.get(timeout=SECONDS_MAX)]
    for process in processes:
        process.join(SECONDS_MAX)
    return moments


@pytest.mark.parametrize(("channel", "seconds", "most"), WINDOWS)
@pytest.mark.fault(3)
def test_no_window_of_three_processes_holds_more_than_quickbooks_takes(
    postgresql: Database, tmp_path: Path, channel: str, seconds: int, most: int
):
    moments = moments_of_processes(postgresql, tmp_path, channel, 3 * most // 2)
    assert len(moments) == 3 * (most // 2)
    assert fullest(moments, seconds) <= most


@pytest.mark.fault(8)
def test_a_process_whose_clock_is_wrong_moves_no_other_ones_place(postgresql: Database):
    ahead, right = StandingClock(NOW + timedelta(hours=1)), StandingClock(NOW)
    throttle(postgresql, ahead).reserve("batch")
    assert throttle(postgresql, right).reserve("batch") <= 60 / RATES["batch"][0]
    throttle(postgresql, ahead).pause_until(ahead.now + timedelta(minutes=1))
    for clock in (right, ahead):
        with pytest.raises(Throttled) as paused:
            throttle(postgresql, clock).reserve("request")
        assert clock.now < paused.value.resume_at <= clock.now + timedelta(minutes=1)  # by the clock of who asked


# over threads, on the clock of the machine ----------------------------------------------------------------------


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
    assert fullest(moments, seconds) <= most
    assert fullest(moments, seconds) >= most * 0.7  # and what it takes is made use of


def test_batches_and_single_writes_together_use_the_limits_up_and_keep_them(sqlite: Database):
    """A batch waits for its place among batches, then for one among all requests, as single writes do meanwhile."""
    clock = StandingClock(NOW)
    share = throttle(sqlite, clock)
    batches, requests = [], []
    due = share.place("batch")[0]
    while clock.now < NOW + timedelta(minutes=2):
        channel = "batch" if clock.now.timestamp() >= due else "write"
        clock.now += timedelta(seconds=max(share.reserve("write"), 0))
        requests.append(clock.now.timestamp())
        if channel == "batch":
            batches.append(clock.now.timestamp())
            due = share.place("batch")[0]
    assert fullest(batches, 60) <= 40
    assert fullest(requests, 60) <= 500
    assert fullest(requests, 1) <= 10
    assert len(batches) == pytest.approx(2 * RATES["batch"][0], abs=2)
    assert len(requests) >= 2 * RATES["request"][0]


def test_a_batch_that_is_not_due_yet_holds_up_no_other_request(sqlite: Database):
    clock = StandingClock(NOW)
    share = throttle(sqlite, clock)
    assert [share.reserve("batch") > 1 for _ in range(3)] == [False, True, True]
    assert share.reserve("write") <= 0


def test_those_that_ask_at_once_get_places_one_after_another(database: Database):
    clock = StandingClock(NOW)
    moments = sorted(race(lambda _: throttle(database, clock).place("batch")[0], racers=4))
    spacing = 60 / RATES["batch"][0]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == pytest.approx([spacing] * 3, abs=0.001)


def test_a_pause_holds_for_every_process_of_the_company_and_no_other(database: Database):
    clock = StandingClock(NOW)
    throttle(database, clock).pause_until(NOW + timedelta(hours=1))
    for _ in range(2):
        with pytest.raises(Throttled):
            throttle(database, clock).reserve("request")
    assert throttle(database, clock, realm_id="2").reserve("request") == 0
    assert throttle(database, clock, environment=Environment.SANDBOX).reserve("request") == 0


@pytest.mark.parametrize("pauses", [False, True], ids=["places", "a pause of a minute"])
@pytest.mark.fault(8)
def test_a_clock_that_was_an_hour_ahead_locks_a_company_for_a_window_only(sqlite: Database, pauses: bool):
    clock = StandingClock(NOW + timedelta(hours=1))
    share = throttle(sqlite, clock)
    share.reserve("batch")
    if pauses:
        share.pause_until(clock.now + timedelta(minutes=1))
        clock.now = NOW
        with pytest.raises(Throttled) as paused:
            share.reserve("batch")
        assert paused.value.resume_at == NOW + timedelta(minutes=1)
    clock.now = NOW + timedelta(minutes=1)
    spacing = 60 / RATES["batch"][0]
    assert 0 < share.reserve("batch") <= 60 + spacing
    clock.now += timedelta(seconds=60 + spacing)
    assert share.reserve("batch") <= spacing + 0.001


PAUSES = [
    # seconds  waited for
    (5, True),
    (6, False),
    (3600, False),
]


@pytest.mark.parametrize(("seconds", "waited_for"), PAUSES)
def test_only_a_short_pause_is_waited_for(sqlite: Database, seconds: int, waited_for: bool):
    clock = StandingClock(NOW)
    throttle(sqlite, clock).pause_until(NOW + timedelta(seconds=seconds))
    if waited_for:
        assert throttle(sqlite, clock).reserve("request") == pytest.approx(seconds, abs=0.001)
        return
    with pytest.raises(Throttled) as paused:
        throttle(sqlite, clock).reserve("request")
    assert paused.value.resume_at == NOW + timedelta(seconds=seconds)


def test_who_comes_during_a_long_pause_takes_no_place(sqlite: Database):
    clock = StandingClock(NOW)
    throttle(sqlite, clock).pause_until(NOW + timedelta(minutes=1))
    for _ in range(20):
        with pytest.raises(Throttled):
            throttle(sqlite, clock).reserve("batch")
    clock.forward(minutes=1)
    assert throttle(sqlite, clock).reserve("batch") == 0


def test_a_shorter_pause_does_not_end_a_longer_one(sqlite: Database):
    clock = StandingClock(NOW)
    for seconds in (60, 5):
        throttle(sqlite, clock).pause_until(NOW + timedelta(seconds=seconds))
    with pytest.raises(Throttled) as paused:
        throttle(sqlite, clock).reserve("request")
    assert paused.value.resume_at == NOW + timedelta(seconds=60)


def test_after_a_quiet_time_there_is_no_wait(sqlite: Database):
    clock = StandingClock(NOW)
    throttle(sqlite, clock).reserve("batch")
    clock.forward(minutes=1)
    assert throttle(sqlite, clock).reserve("batch") == 0


# what QuickBooks meters ----------------------------------------------------------------------------------------


def test_reads_are_counted_for_the_company_and_the_month_and_writes_are_free(sqlite: Database):
    connection, clock = connected(sqlite), StandingClock(NOW)
    share = throttle(sqlite, clock, realm_id=connection.realm_id)
    other = throttle(sqlite, clock, realm_id=connection.realm_id, environment=Environment.SANDBOX)
    for channel in ("request", "request", "request", "batch"):
        share.reserve(channel)
    other.reserve("request")
    share.not_answered("request")
    share.not_answered("batch")
    assert connections(sqlite).metered_reads(connection.id, NOW) == 2
    clock.forward(days=30)
    share.not_answered("request")  # never below nothing
    share.reserve("request")
    assert connections(sqlite).metered_reads(connection.id, clock.now) == 1
    assert connections(sqlite).metered_reads(connection.id, NOW) == 2


def test_reads_of_several_processes_are_all_counted(database: Database):
    connection, clock = connected(database), StandingClock(NOW)
    race(lambda _: throttle(database, clock, realm_id=connection.realm_id).reserve("request"))
    with database.read() as session:
        assert session.execute(select(col(MeteredRead.count))).scalars().all() == [RACERS]


def test_a_read_that_gets_no_place_is_not_counted(sqlite: Database):
    connection, clock = connected(sqlite), StandingClock(NOW)
    share = throttle(sqlite, clock, realm_id=connection.realm_id)
    share.pause_until(NOW + timedelta(minutes=1))
    with pytest.raises(Throttled):
        share.reserve("request")
    assert connections(sqlite).metered_reads(connection.id, NOW) == 0
