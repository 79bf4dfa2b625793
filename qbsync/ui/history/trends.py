"""How well and how fast over time: the success rate per day, and how long each run took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from qbsync.ui.history import frames
from qbsync.ui.history.colors import chart_colors
from qbsync.ui.sync_log.frames import seconds_text

HEIGHT = 200
DAY_MILLISECONDS = 86_400_000  # plotly's measure of time
MARKER_SIZE = 7
MINUTES_FROM = timedelta(minutes=3)  # below it the axis counts seconds
NO_BAR = {"displayModeBar": False}


def draw_trends(
    success: pd.Series[float], took: Sequence[tuple[datetime, timedelta]], span: str, days: tuple[date, date]
) -> None:
    """Both charts side by side, over the days from the first to the last."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        _success_chart(success, span, days)
    with right, st.container(border=True, height="stretch"):
        _duration_chart(took, span, days)


def _success_chart(success: pd.Series[float], span: str, days: tuple[date, date]) -> None:
    st.markdown("##### Success rate")
    if success.empty:
        st.caption("No record was done or failed in this time.")
        return
    line = go.Scatter(
        x=[str(one) for one in success.index],
        y=success,
        mode="lines+markers",
        line_color=chart_colors()[frames.CREATED],
        marker_size=MARKER_SIZE,
        hovertemplate="%{x|%-d %b}: %{y:.0f} %<extra></extra>",
    )
    figure = _figure(line, date_axis(*days))
    figure.update_yaxes(range=[0, 105], ticksuffix=" %")
    st.plotly_chart(
        figure,
        key=f"history_success_{span}",
        config=NO_BAR,
        alt=f"Success rate per day, {success.min():.0f} % at its lowest and {success.iloc[-1]:.0f} % at the last",
    )
    st.caption("Records done, of those done or failed. Records held back are not counted.")


def _duration_chart(took: Sequence[tuple[datetime, timedelta]], span: str, days: tuple[date, date]) -> None:
    st.markdown("##### Time each run took")
    if not took:
        st.caption("No run ended in this time.")
        return
    longest = max(lasted for _, lasted in took)
    unit, name = (timedelta(seconds=1), "s") if longest < MINUTES_FROM else (timedelta(minutes=1), "min")
    dots = go.Scatter(
        x=[started for started, _ in took],
        y=[lasted / unit for _, lasted in took],
        customdata=[seconds_text(lasted) for _, lasted in took],
        mode="markers",
        marker_color=chart_colors()[frames.UPDATED],
        marker_size=MARKER_SIZE,
        hovertemplate="%{x|%-d %b %H:%M} UTC: %{customdata}<extra></extra>",
    )
    figure = _figure(dots, time_axis(*days))
    figure.update_yaxes(ticksuffix=f" {name}")
    st.plotly_chart(
        figure,
        key=f"history_duration_{span}",
        config=NO_BAR,
        alt=f"Time each of {len(took)} runs took, {seconds_text(longest)} at most",
    )
    st.caption("One dot for each run that ended, at the time it started.")


def _figure(trace: go.Scatter, axis: dict[str, Any]) -> go.Figure:
    figure = go.Figure(trace)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 8, "t": 6, "b": 0},
        showlegend=False,
        xaxis=axis,
        yaxis={"title": None, "rangemode": "tozero"},
    )
    return figure


def date_axis(first: date, last: date) -> dict[str, Any]:
    """The axis of some days, whose values stand at midnight: each date is there once, however short the span."""
    half = timedelta(hours=12)
    start = datetime.combine(first, time())
    return {
        "type": "date",
        "tickformat": "%-d %b",
        "title": None,
        "range": [start - half, datetime.combine(last, time()) + half],
        "tick0": start,
        "dtick": frames.days_between_ticks((last - first).days + 1) * DAY_MILLISECONDS,
    }


def time_axis(first: date, last: date) -> dict[str, Any]:
    """The axis of moments in some days: all hours of the last one are on it, where `date_axis` ends at noon."""
    axis = date_axis(first, last)
    return axis | {"range": [axis["range"][0], datetime.combine(last + timedelta(days=1), time())]}
