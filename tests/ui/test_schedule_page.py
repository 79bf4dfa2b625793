"""Schedule: automatic sync is saved with its next moment, changed, and turned off again."""

from __future__ import annotations

from datetime import time

import pytest

from qbsync.domain.schedule import Frequency, Policy, Schedule
from tests.ui.support import Dashboard


def saved(dashboard: Dashboard) -> list[Schedule]:
    return dashboard.app.scheduling.all(dashboard.app.connection().id)


def turn(dashboard: Dashboard, *, on: bool) -> Dashboard:
    dashboard.at.toggle(key="schedule_enabled").set_value(on)
    return dashboard.run()


@pytest.fixture
def screen(ready: Dashboard) -> Dashboard:
    return ready.open("schedule")


def test_automatic_sync_is_off_until_somebody_turns_it_on(screen: Dashboard):
    assert "Automatic sync is off" in screen.said
    assert screen.is_disabled("schedule_save")
    assert saved(screen) == []


def test_a_schedule_is_saved_with_its_next_moment(screen: Dashboard):
    turn(screen, on=True)
    screen.at.selectbox(key="schedule_frequency").set_value(Frequency.DAILY)
    screen.run()
    screen.at.time_input(key="schedule_at").set_value(time(6, 30))
    screen.at.selectbox(key="schedule_zone").set_value("America/Chicago")
    screen.run().press("schedule_save")
    (one,) = saved(screen)
    assert (one.enabled, one.frequency, one.at, one.time_zone) == (
        True,
        Frequency.DAILY,
        time(6, 30),
        "America/Chicago",
    )
    assert one.next_due is not None
    assert "The schedule is saved." in screen.said
    assert "06:30 (America/Chicago)" in screen.said
    assert screen.is_disabled("schedule_save")  # nothing is left to save


def test_by_default_it_only_prepares_a_preview(screen: Dashboard):
    turn(screen, on=True).press("schedule_save")
    (one,) = saved(screen)
    assert one.policy is Policy.PREPARE


def test_a_saved_schedule_can_be_changed_and_paused(screen: Dashboard):
    turn(screen, on=True).press("schedule_save")
    screen.at.radio(key="schedule_policy").set_value(Policy.CREATE_ONLY)
    screen.run().press("schedule_save")
    turn(screen, on=False).press("schedule_save")
    (one,) = saved(screen)
    assert (one.enabled, one.policy) == (False, Policy.CREATE_ONLY)
    assert "Automatic sync is off" in screen.said
    assert "Off" in screen.open("overview").card("Next scheduled sync")


def test_the_overview_names_the_next_scheduled_sync(screen: Dashboard):
    turn(screen, on=True).press("schedule_save")
    assert screen.open("overview").card("Next scheduled sync") != "Off"


FIELDS = [
    # frequency             fields that it asks for                      fields that it does not
    (Frequency.HOURLY, {"schedule_minute"}, {"schedule_at", "schedule_weekday", "schedule_month_day"}),
    (Frequency.DAILY, {"schedule_at"}, {"schedule_minute", "schedule_weekday", "schedule_month_day"}),
    (Frequency.WEEKDAYS, {"schedule_at"}, {"schedule_minute", "schedule_weekday", "schedule_month_day"}),
    (Frequency.WEEKLY, {"schedule_at", "schedule_weekday"}, {"schedule_minute", "schedule_month_day"}),
    (Frequency.MONTHLY, {"schedule_at", "schedule_month_day"}, {"schedule_minute", "schedule_weekday"}),
]


def test_each_frequency_asks_only_for_what_it_needs(screen: Dashboard):
    for frequency, asked, not_asked in FIELDS:
        screen.at.selectbox(key="schedule_frequency").set_value(frequency)
        screen.run()
        at = screen.at
        keys = {str(one.key) for group in (at.selectbox, at.number_input, at.time_input) for one in group}
        assert asked <= keys, frequency
        assert not not_asked & keys, frequency
