"""The Overview screen: how we stand, what needs attention, and the first steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st

from qbsync.domain.capability import blocking, findings
from qbsync.domain.connection import ConnectionState, consent_warning
from qbsync.domain.plan import Scope
from qbsync.domain.preview_request import RequestStatus
from qbsync.domain.schedule import Policy, Schedule
from qbsync.domain.tieout import WeekTotals
from qbsync.ui import kept
from qbsync.ui.mapping.frames import open_kinds, unmapped_text
from qbsync.ui.overview import frames
from qbsync.ui.page import Page
from qbsync.ui.screens import link_to
from qbsync.ui.sidebar import STATES
from qbsync.ui.state import go_to
from qbsync.ui.sync.progress import draw_progress
from qbsync.ui.text import ago, escape, moment, plural, scope_text, zone_of

RUNS_SEEN = 100
RUNS_ATTENDED = 20  # the latest ended ones whose failures are told
DAYS = 30
POLICIES = {  # as short as a card needs it
    Policy.PREPARE: "preview only",
    Policy.CREATE_ONLY: "create only",
    Policy.CREATE_AND_UPDATE: "create and update",
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was asked of the services: the standing, the schedule for its next moment, and what moved of late."""

    standing: frames.Standing
    schedule: Schedule | None = None
    week: WeekTotals | None = None
    done: tuple[int, ...] = ()  # records a day


def draw(page: Page) -> None:
    """The whole screen."""
    seen = look(page)
    standing = seen.standing
    st.caption("ProForge Core and QuickBooks side by side: nothing moves without your review.")
    known = page.known
    running = page.app.runs.open_run(known.id) if known is not None else None
    if running is not None:
        draw_progress(page, running.id)
    _cards(page, seen)
    _lately(seen)
    steps = frames.steps(standing)
    if not all(step.done for step in steps):
        left, right = st.columns([1, 1], gap="small")
        first, second = (right, left) if standing.runs else (left, right)  # in use, what needs somebody comes first
        with first, st.container(border=True, height="stretch"):
            _steps(steps)
        with second, st.container(border=True, height="stretch"):
            _attention(standing)
        return
    with st.container(border=True):
        _attention(standing)


def look(page: Page) -> Seen:
    """Ask the services how things stand."""
    app, known = page.app, page.known
    core = frames.Standing(
        core_records=sum(app.core.counts().values()),
        row_errors=app.core.rows_to_mend(),
        unread=app.notices.unread(),
    )
    if known is None:
        return Seen(standing=core)
    version = app.mappings.current(known.id).version
    mapping = kept.mapping_of(app, known.id, version)
    head = app.plans.head(known.id)
    before = app.retrying.began_with(head.scope) if head else ""
    runs = app.runs.latest(known.id, RUNS_SEEN)
    ended = [run.id for run in runs if not run.is_open][:RUNS_ATTENDED]
    schedules, asked = app.scheduling.all(known.id), app.asking.latest(known.id)
    tokens = app.connections.tokens(known.id) if known.state is ConnectionState.CONNECTED else None
    warning = consent_warning(tokens, page.now) if tokens else None
    week = frames.week_to_show(kept.weeks_of(app))
    first = page.now - timedelta(days=DAYS - 1)
    standing = replace(
        core,
        connection=known.state,
        company=known.company_name,
        mapping_version=version,
        unmapped=unmapped_text(mapping),
        unmapped_tab=next(iter(open_kinds(mapping)), ""),
        plan_status=head.status if head else None,
        plan_counts=app.plans.counts(head.id) if head else {},
        plan_scope=scope_text(head.scope, named_max=1) if head and head.scope != Scope() else "",
        counts_before=app.plans.counts(before) if before else {},
        runs=tuple(runs),
        not_done=app.history.not_done(ended),
        scheduled=any(one.enabled for one in schedules),
        held_back=tuple(one.why for one in blocking(findings(kept.company_of(app, known.id)))),
        failed_preview=asked.note if asked and asked.status is RequestStatus.FAILED else "",
        overdue=any(one.is_overdue(page.now) for one in schedules),
        consent_days=(warning.ends_at - page.now).days if warning else None,
    )
    return Seen(
        standing=standing,
        schedule=schedules[0] if schedules else None,
        week=app.tying_out.week(known.id, kept.book_of(app), week) if week else None,
        done=tuple(
            frames.done_by_day(
                app.history.per_day(known.id, first.replace(hour=0, minute=0, second=0, microsecond=0), page.now),
                first.date(),
                page.now.date(),
            )
        ),
    )


def _cards(page: Page, seen: Seen) -> None:
    standing = seen.standing
    with st.grid(4, gap="small"):
        _connection_card(standing)
        good = frames.last_good(standing.runs)
        st.metric(
            "Last good sync",
            ago(frames.ended_at(good), page.now) if good else "-",
            moment(frames.ended_at(good), page.zone) if good else "none yet",
            delta_color="green" if good else "off",
            delta_arrow="off",
            icon=":material/check_circle:" if good else ":material/history:",
            border=True,
            height="stretch",
        )
        _schedule_card(seen.schedule, overdue=standing.overdue)
        st.metric(
            "Records from Core",
            f"{standing.core_records:,}",
            f"{plural(standing.row_errors, 'row')} with errors" if standing.row_errors else "no row errors",
            delta_color="orange" if standing.row_errors else "off",
            delta_arrow="off",
            icon=":material/database:",
            border=True,
            height="stretch",
        )


def _lately(seen: Seen) -> None:
    """The newest submitted week in both systems, and what went over in the last days; nothing before the first data."""
    if seen.week is None:
        return
    left, right = st.columns([1.7, 1], gap="small")
    with left, st.container(border=True, height="stretch"):
        cells = [{name: escape(cell) for name, cell in row.items()} for row in frames.sides(seen.week)]
        st.table(cells, border="horizontal", hide_index=True)
        _differences(seen.week, any_run=bool(seen.standing.runs))
    right.metric(
        f"Records done in {DAYS} days",
        f"{sum(seen.done):,}",
        chart_data=list(seen.done),
        chart_type="area",
        delta_color="green",
        icon=":material/monitoring:",
        border=True,
        height="stretch",
    )


def _differences(week: WeekTotals, *, any_run: bool) -> None:
    """Where the reasons of a difference are: a run has those of its records, a preview what no run has taken up."""
    if frames.is_even(week):
        st.caption("QuickBooks' side is what it answered last.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if any_run:
            text = "A run in the Sync Log explains what it left different; what was never sent is in the next preview."
            st.caption(f"QuickBooks' side is what it answered last. {text}", width="stretch")
            link_to("sync_log", "See the runs")
        else:
            st.caption("Nothing was sent yet.")


def _connection_card(standing: frames.Standing) -> None:
    state = standing.connection or ConnectionState.DISCONNECTED
    label, icon, color = STATES[state]
    st.metric(
        "QuickBooks",
        label if standing.connection else "None yet",
        escape(standing.company) or "not connected",
        delta_color=color if standing.connection else "off",  # type: ignore[arg-type]
        delta_arrow="off",
        icon=f":material/{icon}:",
        border=True,
        height="stretch",
    )


def _schedule_card(schedule: Schedule | None, *, overdue: bool) -> None:
    on = schedule is not None and schedule.enabled and schedule.next_due is not None
    value, note = "Off", "automatic sync"
    if on and schedule is not None and schedule.next_due is not None:
        due = schedule.next_due.astimezone(zone_of(schedule.time_zone))
        said = "overdue" if overdue else POLICIES[schedule.policy]
        value, note = f"{due:%-d %b, %H:%M}", escape(f"{due:%Z} · {said}")
    st.metric(
        "Next scheduled sync",
        value,
        note,
        delta_color="red" if overdue else "blue" if on else "off",
        delta_arrow="off",
        icon=":material/schedule:",
        border=True,
        height="stretch",
    )


def _steps(steps: list[frames.Step]) -> None:
    done = sum(1 for step in steps if step.done)
    st.markdown(f"##### First steps :gray[{done} of {len(steps)}]")
    st.progress(done / len(steps))
    following = next((step for step in steps if not step.done), None)
    for number, step in enumerate(steps, start=1):
        mark = ":green[:material/check_circle:]" if step.done else ":gray[:material/radio_button_unchecked:]"
        title = f":gray[{number}. {step.title}]" if step.done else f"**{number}. {step.title}**"
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            note = "" if step.done else f"  \n:gray[{step.text}]"
            st.markdown(f"{mark} {title}{note}", width="stretch")
            if step is following:
                st.button(
                    "Do this next",
                    type="primary",
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    key=f"overview_do_{step.screen}",
                    on_click=go_to,
                    args=(step.screen,),
                )


def _attention(standing: frames.Standing) -> None:
    st.markdown("##### Needs attention")
    found = frames.attention(standing)
    if not found:
        begun = "Everything that was sent is in QuickBooks." if standing.runs else "The first steps show the way."
        st.markdown(f":green[:material/check_circle:] Nothing. {begun}")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(f":{one.color}[:material/{one.icon}:] {escape(one.text)}", width="stretch")
            link_to(one.screen, one.link, **one.params)
