"""Schedule: automatic sync is saved with its next moment, changed, and turned off again."""

from __future__ import annotations

from datetime import time

import pytest

from qbsync.domain.house_rules import CompanyRules
from qbsync.domain.schedule import Frequency, Policy, Schedule
from qbsync.domain.wanted import SyncKind
from tests.company import WHO
from tests.ui.support import Dashboard, as_read


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
    (note,) = [str(one.delta) for one in screen.at.metric if one.label == "Next scheduled sync"]
    zone, policy = as_read(note).split(" · ")
    assert zone.isupper()
    assert policy == "preview only"


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


def test_a_new_schedule_begins_with_a_zone_of_the_company_where_the_browser_names_none(screen: Dashboard):
    assert screen.at.selectbox(key="schedule_zone").value == "America/New_York"
    assert "America/New_York is a time zone of the company's country (US)." in screen.said


def test_it_says_what_a_sync_covers_in_the_words_of_the_settings(screen: Dashboard):
    assert "A sync covers everything." in screen.said
    rules = CompanyRules(sync_kinds=frozenset({SyncKind.BILL, SyncKind.TIME_ENTRY}))
    screen.app.house_rules.save_company(screen.app.connection().id, rules, over_version=0, who=WHO)
    assert "A sync covers vendor bills, timesheets." in screen.run().said
