"""The Schedule screen: whether, when and how far automatic sync goes, and what it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import available_timezones

import streamlit as st

from qbsync.domain.connection import Connection, ConnectionState
from qbsync.domain.schedule import Frequency, Policy, Schedule, first_zone, next_due
from qbsync.ui.page import Page
from qbsync.ui.parts import draw_no_worker, empty
from qbsync.ui.screens import link_to
from qbsync.ui.state import flash
from qbsync.ui.text import escape, local, moment, titles_of, zone_of

FREQUENCIES = {
    Frequency.HOURLY: "Every hour",
    Frequency.DAILY: "Every day",
    Frequency.WEEKDAYS: "Monday to Friday",
    Frequency.WEEKLY: "Every week",
    Frequency.MONTHLY: "Every month",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
POLICIES = {
    Policy.PREPARE: "Prepare a preview and notify",
    Policy.CREATE_ONLY: "Send new records by itself",
    Policy.CREATE_AND_UPDATE: "Send new and changed records by itself",
}
EXPLANATIONS = {
    Policy.PREPARE: ("Nothing moves. You find a fresh preview to look at and send. The safest, and the default."),
    Policy.CREATE_ONLY: "New records and links go over. Changes to what is in QuickBooks wait for you.",
    Policy.CREATE_AND_UPDATE: ("New and changed records go over. Conflicts, blocked rows and deletions wait for you."),
}
COMMON = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "UTC",
)


def draw(page: Page) -> None:
    """The whole screen."""
    known = page.known
    if known is None:
        empty(
            "schedule",
            "Automatic sync needs a connection",
            "Connect a QuickBooks company first; then choose how often it syncs.",
            "connection",
        )
        return
    st.caption("Automatic sync runs in the background and tells you when something needs attention.")
    found = page.app.scheduling.all(known.id)
    saved = found[0] if found else None
    _state(page, known, saved)
    left, right = st.columns([1, 1], gap="small")
    zone = first_zone(str(page.zone), page.app.connecting.facts(known.id).country)
    start = saved or Schedule(frequency=Frequency.WEEKLY, time_zone=zone.name, enabled=False, connection_id=known.id)
    with left, st.container(border=True, height="stretch"):
        chosen = _when(start)
        if saved is None:
            st.caption(escape(f"{zone.name} is {zone.whose}."))
    with right, st.container(border=True, height="stretch"):
        chosen = replace(chosen, policy=_policy(start))
        _covers(page, known)
    _save(page, known, saved, chosen)
    _firings(page, known)


def _state(page: Page, known: Connection, saved: Schedule | None) -> None:
    if saved is None or not saved.enabled:
        st.info("Automatic sync is off: nothing happens by itself.", icon=":material/pause_circle:")
        return
    zone = zone_of(saved.time_zone)
    due = escape(f"{moment(saved.next_due, zone)} ({saved.time_zone})")
    if known.state is not ConnectionState.CONNECTED:
        st.warning("Automatic sync is on, and waits until QuickBooks is connected again.", icon=":material/link_off:")
        link_to("connection", "Connect again")
    elif saved.next_due is not None and saved.is_overdue(page.now):
        st.warning(f"Automatic sync is on, and was due on **{due}**.", icon=":material/schedule:")
        draw_no_worker(saved.next_due, page.now)
    else:
        st.success(f"Automatic sync is on. Next: **{due}**.", icon=":material/schedule:")


def _when(start: Schedule) -> Schedule:
    st.markdown("##### When")
    enabled = st.toggle("Automatic sync", value=start.enabled, key="schedule_enabled")
    frequencies = list(Frequency)
    frequency = st.selectbox(
        "Frequency",
        frequencies,
        index=frequencies.index(start.frequency),
        format_func=lambda one: FREQUENCIES[one],
        key="schedule_frequency",
    )
    weekday, month_day, at = start.weekday, start.month_day, start.at
    if frequency is Frequency.WEEKLY:
        weekday = st.selectbox(
            "On", range(7), index=start.weekday, format_func=lambda one: WEEKDAYS[one], key="schedule_weekday"
        )
    if frequency is Frequency.MONTHLY:
        month_day = int(
            st.number_input(
                "On day",
                1,
                31,
                value=start.month_day,
                key="schedule_month_day",
                help="A month without this day uses its last.",
            )
        )
    if frequency is Frequency.HOURLY:
        at = time(0, int(st.number_input("At minute", 0, 59, value=start.at.minute, key="schedule_minute")))
    else:
        at = st.time_input("At", value=start.at, step=300, key="schedule_at")
    return replace(
        start,
        enabled=enabled,
        frequency=frequency,
        at=at,
        weekday=weekday,
        month_day=month_day,
        time_zone=_zone(start),
    )


def _zone(start: Schedule) -> str:
    rest = sorted(available_timezones() - set(COMMON))
    zones = [*COMMON, *rest]
    index = zones.index(start.time_zone) if start.time_zone in zones else 0
    return st.selectbox("Time zone", zones, index=index, key="schedule_zone")


def _policy(start: Schedule) -> Policy:
    st.markdown("##### How far it may go")
    policies = list(Policy)
    return st.radio(
        "What a sync may do by itself",
        policies,
        index=policies.index(start.policy),
        format_func=lambda one: POLICIES[one],
        captions=[EXPLANATIONS[one] for one in policies],
        key="schedule_policy",
    )


def _covers(page: Page, known: Connection) -> None:
    covered = titles_of(page.app.house_rules.company(known.id).rules.sync_kinds)
    st.caption(f"A sync covers {', '.join(covered).lower() if covered else 'everything'}.")
    link_to("settings", "Change what it covers")


def _save(page: Page, known: Connection, saved: Schedule | None, chosen: Schedule) -> None:
    changed = chosen.enabled if saved is None else chosen != saved
    with st.container(horizontal=True, vertical_alignment="center"):
        if chosen.enabled:
            due = next_due(chosen, page.now)
            zone = zone_of(chosen.time_zone)
            text = f"Next on {moment(due, zone)} ({chosen.time_zone}): {moment(due, page.zone)} where you are."
            st.caption(escape(text), width="stretch")
        else:
            st.caption("Automatic sync stays off.", width="stretch")
        if st.button(
            "Save Schedule", type="primary", icon=":material/save:", disabled=not changed, key="schedule_save"
        ):
            page.app.scheduling.save(replace(chosen, connection_id=known.id), who=page.who)
            flash("success", "The schedule is saved." if chosen.enabled else "Automatic sync is off.")
            st.rerun()


def _firings(page: Page, known: Connection) -> None:
    st.markdown("##### Last syncs by schedule")
    found = page.app.scheduling.firings(known.id)
    if not found:
        st.caption("None yet.")
        return
    st.dataframe(
        [
            {
                "Due": local(due, page.zone),
                "Started": local(fired, page.zone),
                "Result": result or "Under way",
            }
            for due, fired, result in found
        ],
        hide_index=True,
        height="content",
        column_config={
            "Due": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150),
            "Started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150),
        },
        alt="Last syncs by schedule",
    )
