"""When automatic sync is due, in the schedule's own time zone, over clock changes, month ends and weekends."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.schedule import (
    COUNTRY_ZONES,
    POLICY_ACTIONS,
    Frequency,
    Policy,
    Schedule,
    firing_id,
    first_zone,
    next_due,
)
from tests.domain.tables import cases

DUE = """
frequency   at      day    zone                 after (local)          due (local)            due (UTC)
daily       06:00   -      America/New_York     2026-11-20 05:59       2026-11-20 06:00       2026-11-20 11:00
daily       06:00   -      America/New_York     2026-11-20 06:00       2026-11-21 06:00       2026-11-21 11:00
daily       06:00   -      America/Los_Angeles  2026-11-20 23:00       2026-11-21 06:00       2026-11-21 14:00
daily       23:30   -      America/New_York     2026-12-31 23:31       2027-01-01 23:30       2027-01-02 04:30
weekdays    06:00   -      America/New_York     2026-11-20 07:00       2026-11-23 06:00       2026-11-23 11:00
weekdays    06:00   -      America/New_York     2026-11-21 05:00       2026-11-23 06:00       2026-11-23 11:00
weekdays    06:00   -      America/New_York     2026-11-23 05:00       2026-11-23 06:00       2026-11-23 11:00
weekly      06:00   0      America/New_York     2026-11-23 06:00       2026-11-30 06:00       2026-11-30 11:00
weekly      06:00   6      America/New_York     2026-11-20 06:00       2026-11-22 06:00       2026-11-22 11:00
monthly     06:00   1      America/New_York     2026-11-20 06:00       2026-12-01 06:00       2026-12-01 11:00
monthly     06:00   31     America/New_York     2026-11-20 06:00       2026-11-30 06:00       2026-11-30 11:00
monthly     06:00   31     America/New_York     2027-02-01 06:00       2027-02-28 06:00       2027-02-28 11:00
monthly     06:00   30     America/New_York     2028-02-01 06:00       2028-02-29 06:00       2028-02-29 11:00
monthly     06:00   31     America/New_York     2026-12-31 06:00       2027-01-31 06:00       2027-01-31 11:00
hourly      00:15   -      America/New_York     2026-11-20 06:14       2026-11-20 06:15       2026-11-20 11:15
hourly      00:15   -      America/New_York     2026-11-20 06:15       2026-11-20 07:15       2026-11-20 12:15
hourly      00:00   -      Asia/Kolkata         2026-11-20 06:40       2026-11-20 07:00       2026-11-20 01:30
daily       02:30   -      America/New_York     2026-03-07 03:00       2026-03-08 03:30       2026-03-08 07:30
daily       02:30   -      America/New_York     2026-03-08 03:30       2026-03-09 02:30       2026-03-09 06:30
daily       06:00   -      America/New_York     2026-03-07 07:00       2026-03-08 06:00       2026-03-08 10:00
daily       01:30   -      America/New_York     2026-10-31 02:00       2026-11-01 01:30       2026-11-01 05:30
daily       06:00   -      America/New_York     2026-10-31 07:00       2026-11-01 06:00       2026-11-01 11:00
hourly      00:30   -      America/New_York     2026-03-08 01:30       2026-03-08 03:30       2026-03-08 07:30
"""


def schedule(frequency: str, at: str, day: str, zone: str) -> Schedule:
    number = int(day or 0)
    return Schedule(
        frequency=Frequency(frequency),
        at=time.fromisoformat(at),
        weekday=number if frequency == "weekly" else 0,
        month_day=number or 1,
        time_zone=zone,
    )


@pytest.mark.parametrize(("frequency", "at", "day", "zone", "after", "local", "utc"), cases(DUE))
@pytest.mark.fault(8)
def test_a_schedule_is_due_at_its_own_local_time(
    frequency: str, at: str, day: str, zone: str, after: str, local: str, utc: str
):
    moment = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    due = next_due(schedule(frequency, at, day, zone), moment)
    assert f"{due:%Y-%m-%d %H:%M}" == utc
    assert f"{due.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == local
    assert due.utcoffset() == timedelta(0)


@pytest.mark.fault(8)
def test_a_time_that_autumn_repeats_is_due_once():
    twice = schedule("daily", "01:30", "", "America/New_York")
    first = next_due(twice, datetime(2026, 11, 1, 4, 0, tzinfo=UTC))
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_due(twice, first) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@pytest.mark.fault(8)
def test_an_hourly_schedule_is_due_every_hour_of_the_autumn_day():
    hourly = schedule("hourly", "00:30", "", "America/New_York")
    moment = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    for hour in range(4, 9):
        moment = next_due(hourly, moment)
        assert moment == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


@given(
    st.sampled_from(list(Frequency)),
    st.times(),
    st.integers(0, 6),
    st.integers(1, 31),
    st.sampled_from(["America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
)
def test_the_next_due_moment_is_later_soon_and_stays_the_same_until_it_comes(
    frequency: Frequency, at: time, weekday: int, month_day: int, zone: str, moment: datetime
):
    planned = Schedule(
        frequency=frequency,
        at=at.replace(second=0, microsecond=0),
        weekday=weekday,
        month_day=month_day,
        time_zone=zone,
    )
    after = moment.replace(tzinfo=UTC)
    due = next_due(planned, after)
    assert after < due <= after + timedelta(days=32)
    assert next_due(planned, after + (due - after) / 2) == due


def test_the_default_policy_may_do_nothing_by_itself_and_none_may_delete():
    allowed = {policy.value: {action.value for action in actions} for policy, actions in POLICY_ACTIONS.items()}
    assert Schedule(frequency=Frequency.DAILY).policy is Policy.PREPARE
    assert allowed == {
        "prepare a preview and notify": set(),
        "create only": {"create", "link", "pull"},
        "create and update": {"create", "update", "link", "pull"},
    }


def test_the_id_of_a_firing_is_made_of_the_schedule_and_the_moment():
    assert firing_id(3, datetime(2026, 11, 20, 11, 0, tzinfo=UTC)) == "sched:3:20261120T110000Z"


ZONES = [
    # browser           country     the zone             and whose it is
    ("America/Denver", "US", "America/Denver", "browser"),
    ("America/Denver", "", "America/Denver", "browser"),
    ("UTC", "US", "America/New_York", "country (US)"),  # a machine's, not a place's
    ("Etc/UTC", "CA", "America/Toronto", "country (CA)"),
    ("", "GB", "Europe/London", "country (GB)"),
    ("", "XX", "UTC", "world"),
    ("", "", "UTC", "world"),
]


@pytest.mark.parametrize(("browser", "country", "name", "whose"), ZONES)
def test_a_new_schedule_begins_with_the_nearest_zone_that_is_known(browser: str, country: str, name: str, whose: str):
    zone = first_zone(browser, country)
    assert ZoneInfo(zone.name).key == name
    assert whose in zone.whose


def test_every_country_has_a_zone_that_is_known():
    assert all(ZoneInfo(first_zone("", country).name) for country in COUNTRY_ZONES)
