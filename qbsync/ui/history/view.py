"""The History screen: records per day, why records failed, how well and how fast, and the runs of a clicked bar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.run import Run
from qbsync.ui.history import frames
from qbsync.ui.history.colors import chart_colors
from qbsync.ui.history.trends import date_axis, draw_trends
from qbsync.ui.page import Page
from qbsync.ui.parts import empty
from qbsync.ui.sync_log.drawer import draw_runs
from qbsync.ui.text import day, escape, plural

SPANS = {"7 days": 7, "30 days": 30, "90 days": 90}
RUNS_MAX = 2_000  # of a span: more than one an hour for 80 days
HEIGHT = 300
BAR_HEIGHT = 48  # of a cause, with its space
NO_BAR = {"displayModeBar": False}


def draw(page: Page) -> None:
    """The whole screen."""
    known = page.known
    if known is None or not page.app.runs.latest(known.id, 1):
        empty(
            "monitoring",
            "There is no history yet",
            "After the first sync you see here how many records went over each day, and why any did not.",
            "connection" if known is None else "sync",
        )
        return
    span = _span()
    first = page.now - timedelta(days=SPANS[span] - 1)
    first = first.replace(hour=0, minute=0, second=0, microsecond=0)
    table = frames.per_day(page.app.history.per_day(known.id, first, page.now), first.date(), page.now.date())
    causes = frames.causes(page.app.history.causes(known.id, first, page.now))
    runs = page.app.runs.latest(known.id, RUNS_MAX, since=first)
    _figures(frames.figures(table, runs))
    left, right = st.columns([1.6, 1], gap="small")
    with left, st.container(border=True, height="stretch"):
        days = _day_chart(table, span)
    with right, st.container(border=True, height="stretch"):
        picked = _cause_chart(causes, span)
    draw_trends(frames.success(table), frames.durations(runs), span, (first.date(), page.now.date()))
    _runs(page, known, first, runs, days, picked, causes)


def _span() -> str:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("How many records went over, and why any did not. Click a bar to see its runs below.")
        span = st.segmented_control(
            "Span",
            list(SPANS),
            default="30 days",
            required=True,
            key="span",
            bind="query-params",
            label_visibility="collapsed",
        )
    return span or "30 days"


def _figures(figures: frames.Figures) -> None:
    with st.grid(4, gap="small"):
        st.metric(
            "Records done",
            f"{figures.done:,}",
            f"in {plural(figures.runs, 'run')}",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
        clean = "-" if figures.clean_percent is None else f"{figures.clean_percent:.0f} %"
        st.metric(
            "Runs without a failure",
            clean,
            f"of {figures.ended:,} that ended",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
        st.metric(
            "Not done",
            f"{figures.failed + figures.held:,}",
            f"{figures.failed:,} failed, {figures.held:,} held back",
            delta_color="red" if figures.failed else "off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
        st.metric(
            "Time a run takes",
            figures.typical,
            "half of them take no longer",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )


def _day_chart(table: pd.DataFrame, span: str) -> set[Any]:
    st.markdown("##### Records per day")
    colors = chart_colors()
    figure = go.Figure(
        [
            go.Bar(
                x=[str(one) for one in table.index],
                y=table[name],
                name=name,
                marker_color=colors[name],
                marker_line_width=0,
                hovertemplate="%{y:,} " + name.lower() + "<extra></extra>",
            )
            for name in frames.SERIES
            if table[name].any()
        ]
    )
    figure.update_layout(
        barmode="stack",
        height=HEIGHT,
        bargap=0.28,
        margin={"l": 0, "r": 0, "t": 6, "b": 0},
        legend={"orientation": "h", "y": 1.14, "x": 1, "xanchor": "right", "title": None},
        hovermode="x unified",
        xaxis=date_axis(table.index[0], table.index[-1]),
        yaxis={"title": None, "rangemode": "tozero"},
    )
    picked = st.plotly_chart(
        figure,
        key=f"history_days_{span}",
        on_select="rerun",
        selection_mode=("points", "box"),
        config=NO_BAR,
        alt="Records per day by result",
    )
    return frames.picked_days(picked.selection.points)


def _cause_chart(causes: list[frames.Cause], span: str) -> set[str]:
    """The causes, most frequent at the top, each with the share of all up to it."""
    st.markdown("##### Why records were not done")
    if not causes:
        st.markdown(":small[:green[:material/check_circle: Nothing failed in this time.]]")
        return set()
    shown = causes[:8]
    figure = go.Figure(
        go.Bar(
            x=[one.records for one in shown],
            y=[one.label for one in shown],
            orientation="h",
            text=[f"{one.records:,} · {one.share} %" for one in shown],
            textposition="outside",
            cliponaxis=False,
            marker_color=chart_colors()[frames.FAILED],
            customdata=[one.hover for one in shown],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    figure.update_layout(
        height=min(HEIGHT, 40 + BAR_HEIGHT * len(shown)),
        margin={"l": 0, "r": 64, "t": 6, "b": 0},
        xaxis={"visible": False},
        yaxis={"title": None, "autorange": "reversed", "ticklabelstandoff": 6},
        bargap=0.38,
    )
    picked = st.plotly_chart(
        figure,
        key=f"history_causes_{span}",
        on_select="rerun",
        selection_mode="points",
        config=NO_BAR,
        alt="Causes of failure",
    )
    st.caption("Records, and the share of all of them up to this cause. Cancelled ones are not counted.")
    with st.container(gap="xsmall"):
        for one in shown:
            st.caption(f"**{one.records:,}** · {escape(one.text)}", help=escape(one.example) or None)
    labels = frames.picked_labels(picked.selection.points)
    return {one.key for one in causes if one.label in labels}


def _runs(
    page: Page,
    known: Connection,
    first: datetime,
    runs: list[Run],
    days: set[Any],
    picked: set[str],
    causes: list[frames.Cause],
) -> None:
    shown = frames.runs_on(runs, days)
    if picked:
        ids = page.app.history.runs_of_causes(known.id, picked, first, page.now)
        shown = [run for run in shown if run.id in ids]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### Runs :gray[{len(shown):,}]", width="stretch")
        for one in causes:
            if one.key in picked:
                st.badge(escape(one.text), icon=":material/filter_alt:", color="red")
        for one_day in sorted(days):
            st.badge(day(one_day), icon=":material/filter_alt:", color="blue")
    if len(runs) == RUNS_MAX:
        st.caption(f"The latest {RUNS_MAX:,} runs of this span; the charts of records above count all.")
    if shown:
        draw_runs(page, shown, "history_runs", "content" if len(shown) < 12 else 460)
    else:
        st.caption("No run in this selection. Double-click the chart to see all.")
