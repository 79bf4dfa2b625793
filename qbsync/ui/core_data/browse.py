"""Core's records of one kind in a table, with how each stands; a row opens its story in a drawer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from qbsync.bootstrap import App
from qbsync.domain.connection import Connection
from qbsync.domain.record_state import RecordState, Stand
from qbsync.domain.records import CoreKind
from qbsync.services.record_states import States
from qbsync.ui.core_data import frames
from qbsync.ui.core_data.story import draw_story
from qbsync.ui.kept import book_of, latest_import, states_of
from qbsync.ui.page import Page
from qbsync.ui.parts import fitting
from qbsync.ui.screens import link_to
from qbsync.ui.state import choose_first, next_round, round_of
from qbsync.ui.text import day, escape

KIND, SEARCH, TABLE = "core_kind", "core_search", "core_table"  # what widgets are called
HEIGHT, ROW_HEIGHT = 430, 34
DRAWER_WIDTH = 720
MONEY = ("Contract value", "Pay rate", "Bill rate", "Total")
MEANINGS = {
    RecordState.BLOCKED: "something keeps it from being sent: click it to see what",
    RecordState.FAILED: "the last run could not send it",
    RecordState.UNMAPPED: "nobody has said what it is in QuickBooks",
    RecordState.CHANGED: "sent, and changed in Core since",
    RecordState.READY: "the next sync can send it",
    RecordState.ON_HOLD: "somebody skips it",
    RecordState.LINKED: "mapped to what QuickBooks had already",
    RecordState.SYNCED: "in QuickBooks, as both agreed last",
}


def draw_records(page: Page, counts: Mapping[CoreKind, int]) -> None:
    """The kinds to choose from, the search, and the table."""
    if not any(counts.values()):
        st.caption("Nothing is loaded yet. Load the sample contractor, or your own exports, above.")
        return
    kind, text = _filters()
    known = page.known
    everything = _records(page.app, str(page.app.settings.store_url), latest_import(page.app), kind)
    states = states_of(page.app, known.id, kind) if known is not None else States(of={})
    if known is not None:
        everything = frames.with_state(everything, states.of)
    frame = frames.searched(everything, text)
    st.caption(f"{len(frame):,} of {len(everything):,}. Click a row to see its whole story.")
    if frame.empty:
        st.caption("No record matches. Clear the search, or choose another kind.")
        return
    for row in _table(frame, kind, text):
        core_id = str(frame.index[row])
        title = frames.title_of(frame.iloc[row], core_id)
        _open_story(page, known, kind, core_id, title, states.of.get(core_id))
    _legend(everything, states)
    link_to("connection" if page.connected is None else "mapping")


@st.cache_resource(show_spinner=False, max_entries=len(CoreKind))
def _records(_app: App, store: str, import_id: int, kind: CoreKind) -> pd.DataFrame:
    """The table of a kind as of an import: of a large payroll each click would wait for it otherwise."""
    return frames.records(book_of(_app), kind)


def _filters() -> tuple[CoreKind, str]:
    """The kind and the search; a session keeps both while other pages are looked at."""
    choose_first(KIND, CoreKind.PROJECT)
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.pills(
            "Kind",
            list(CoreKind),
            required=True,
            format_func=lambda one: frames.TITLES[one],
            key=KIND,
            label_visibility="collapsed",
            persist_state="session",
        )
        st.space("stretch")
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Search",
            key=SEARCH,
            label_visibility="collapsed",
            width=200,
            persist_state="session",
        )
    return kind or CoreKind.PROJECT, text or ""


def _table(frame: pd.DataFrame, kind: CoreKind, text: str) -> list[int]:
    """The table; returns the place of the row that was clicked, in a list of at most one."""
    event = st.dataframe(
        frame,
        hide_index=True,
        height=fitting(len(frame), HEIGHT, ROW_HEIGHT),
        row_height=ROW_HEIGHT,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=f"{TABLE}_{kind}_{text}_{round_of(TABLE)}",
        column_config=_columns(),
        placeholder="",
        alt=frames.TITLES[kind],
    )
    picked = [*event.selection.rows, *(row for row, _ in event.selection.cells)]
    return [row for row in picked[:1] if row < len(frame)]


def _columns() -> dict[str, Any]:
    return {
        **{name: st.column_config.NumberColumn(format="dollar") for name in MONEY},
        **{name: st.column_config.NumberColumn(format="%.2f", width=56) for name in frames.DAYS},
        "Hours": st.column_config.NumberColumn(format="%.2f", width=64),
        **{name: st.column_config.DateColumn(format="D MMM YYYY") for name in ("Week ending", "Date", "Due")},
        frames.STATE: st.column_config.MultiselectColumn(
            options=[state.value for state in frames.STATE_COLORS],
            color=list(frames.STATE_COLORS.values()),
            width=148,
        ),
    }


def _legend(everything: pd.DataFrame, states: States) -> None:
    """What the states that are there mean, and how far back they were worked out."""
    if frames.STATE not in everything:
        return
    there = {stand.state for stand in states.of.values()}
    meanings = (f"**{state.value}**: {MEANINGS[state]}" for state in RecordState if state in there)
    st.caption(" · ".join(meanings))
    if states.weeks and len(states.of) < len(everything):
        st.caption(f"States are those of the weeks from {escape(day(min(states.weeks)))} on.")


def _open_story(
    page: Page, known: Connection | None, kind: CoreKind, core_id: str, title: str, stand: Stand | None
) -> None:
    """The drawer. Closing it takes the tick away, so that it does not open again by itself."""
    drawer = st.dialog(
        escape(title),
        width=DRAWER_WIDTH,
        position="right",
        icon=":material/history_edu:",
        on_dismiss=_close_story,
    )
    drawer(draw_story)(page, known, kind, core_id, stand)


def _close_story() -> None:
    next_round(TABLE)
