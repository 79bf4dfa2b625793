"""The Sync Log screen: every run, and every record of all runs to search in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.run import Outcome, OutcomeStatus, Run
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.page import Page
from qbsync.ui.parts import empty
from qbsync.ui.state import opened_run
from qbsync.ui.sync.progress import draw_progress
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.drawer import draw_records, draw_runs

RUNS, RECORDS = "Runs", "Records"
ROWS_MAX = 2000
CODES_OF_DAYS = 90  # of these days the codes can be chosen
HEIGHT = 560


def draw(page: Page) -> None:
    """The whole screen."""
    st.caption("What was sent, by whom, and what became of each record.")
    known = page.known
    found = page.app.runs.latest(known.id) if known is not None else []
    if known is None or not found:
        empty(
            "receipt_long",
            "Nothing was synced yet",
            "Build a Sync Preview, look at it, and send what you tick. It is logged here record by record.",
            "connection" if known is None else "sync",
        )
        return
    _asked_for()
    running = page.app.runs.open_run(known.id)
    if running is not None:
        draw_progress(page, running.id)
    view = st.segmented_control(
        "View", [RUNS, RECORDS], default=RUNS, required=True, key="log_view", label_visibility="collapsed"
    )
    if view == RUNS:
        _runs(page, found)
    else:
        _records(page, known, found)


def _asked_for() -> None:
    """A link may name a run to open."""
    run_id = st.query_params.get("run")
    if run_id:
        st.query_params.clear()
        opened_run()[:] = [run_id]


def _runs(page: Page, found: list[Run]) -> None:
    results = {run.status for run in found}
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.pills(
            "Result",
            [status for status in frames.RESULTS if status in results],
            selection_mode="multi",
            format_func=lambda status: frames.RESULTS[status][0],
            key="log_results",
            label_visibility="collapsed",
        )
        st.space("stretch")
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Run, person or note",
            key="log_runs_search",
            label_visibility="collapsed",
            width=240,
        )
    wanted = (text or "").casefold()
    shown = [
        run
        for run in found
        if (not chosen or run.status in chosen)
        and wanted in f"{run.id} {run.confirmed_by} {run.note} {run.trigger}".casefold()
    ]
    if not shown:
        st.caption("No run matches.")
        return
    draw_runs(page, shown, "log_runs", "content" if len(shown) < 14 else HEIGHT)
    st.caption(f"{len(shown):,} of the latest {len(found):,} runs. *Open* shows a run's records.")


def _records(page: Page, known: Connection, runs: list[Run]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        kinds = st.pills(
            "Type",
            list(SyncKind),
            selection_mode="multi",
            format_func=lambda kind: TITLES[kind],
            key="log_kinds",
            label_visibility="collapsed",
        )
        st.space("stretch")
        only = st.toggle("Only what was not done", value=True, key="log_only")
        narrow = _more_filters(page, known, runs)
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Record, id or message",
            key="log_records_search",
            label_visibility="collapsed",
            width=220,
        )
    statuses = [status for status in OutcomeStatus if status is not OutcomeStatus.DONE] if only else []
    found: list[Outcome] = page.app.history.search(
        known.id, kinds=kinds, statuses=statuses, text=text or "", limit=ROWS_MAX, **narrow
    )
    if not found:
        narrowed = text or kinds or any(narrow.values()) or not only
        st.caption(
            "No record matches." if narrowed else ":green[:material/check_circle:] Nothing failed or was held back."
        )
        return
    draw_records(page, found, key=f"log_records_{text}", name="sync-log", searchable=False)
    if len(found) == ROWS_MAX:
        st.caption(f"The latest {ROWS_MAX:,} are shown. Open a run to see all of its records.")


class Narrow(TypedDict):
    """What `history.search` is narrowed by, beside kind, result and text."""

    codes: list[str]
    who: str
    since: datetime | None


def _more_filters(page: Page, known: Connection, runs: list[Run]) -> Narrow:
    with st.popover("Filter", icon=":material/filter_list:", key="log_more"):
        span = st.segmented_control("Since", list(frames.SINCE), key="log_since")
        people = sorted({run.confirmed_by for run in runs})
        who = st.selectbox("Confirmed by", people, index=None, placeholder="Anybody", key="log_who")
        first = page.now - timedelta(days=CODES_OF_DAYS)
        causes = page.app.history.causes(known.id, first, page.now)
        codes = st.multiselect(
            "QuickBooks' code",
            sorted({one.code for one in causes if one.code}),
            format_func=frames.code_text,
            placeholder="Any",
            key="log_codes",
        )
    return Narrow(codes=codes, who=who or "", since=frames.since(span, page.now))
