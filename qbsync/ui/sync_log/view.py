"""The Sync Log screen: every run, and every record of all runs to search in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.history import Search
from qbsync.domain.retry import OVER_OR_WAITING
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.page import Page
from qbsync.ui.parts import empty, pager
from qbsync.ui.state import choose, choose_first, opened_run
from qbsync.ui.sync.progress import draw_progress
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.drawer import choose_results, draw_records, draw_runs
from qbsync.ui.text import plural

VIEW, RUNS, RECORDS = "log_view", "Runs", "Records"
RUNS_MAX = 100  # of a page
ROWS_MAX = 2000  # of a page
NONE_LEFT = "Nothing that is not done matches. Turn *Only what is not done* off to search the whole log."
EXPORTED_MAX = 200_000  # an Excel sheet takes a million rows; more than this nobody reads in one
CODES_OF_DAYS = 90  # of these days the codes can be chosen
HEIGHT = 560


def draw(page: Page) -> None:
    """The whole screen."""
    st.caption("What was sent, by whom, and what became of each record.")
    known = page.known
    if known is None or not page.app.runs.count(known.id):
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
    choose_first(VIEW, RUNS)
    view = st.segmented_control("View", [RUNS, RECORDS], required=True, key=VIEW, label_visibility="collapsed")
    if view == RUNS:
        _runs(page, known)
    else:
        _records(page, known, is_sending=running is not None)


def _asked_for() -> None:
    """A link may name a run to open."""
    run_id = st.query_params.get("run")
    if run_id:
        st.query_params.clear()
        opened_run()[:] = [run_id]
        choose(VIEW, RUNS)


def _runs(page: Page, known: Connection) -> None:
    results = page.app.runs.statuses(known.id)
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
    count = page.app.runs.count(known.id, statuses=chosen, text=text or "")
    if not count:
        st.caption("No run matches.")
        return
    table, below = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with below:
        st.caption(f"{plural(count, 'run')}. *Open* shows a run's records.", width="stretch")
        number = pager(-(-count // RUNS_MAX), f"log_runs_page_{'-'.join(chosen)}_{text}")
    shown = page.app.runs.latest(known.id, RUNS_MAX, statuses=chosen, text=text or "", offset=(number - 1) * RUNS_MAX)
    with table:
        draw_runs(page, shown, "log_runs", "content" if len(shown) < 14 else HEIGHT)


def _records(page: Page, known: Connection, *, is_sending: bool) -> None:
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
        only = st.toggle("Only what is not done", value=True, key="log_only")
        narrow = _more_filters(page, known)
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Record, id or message",
            key="log_records_search",
            label_visibility="collapsed",
            width=220,
        )
    statuses = tuple(status for status in OutcomeStatus if status not in OVER_OR_WAITING) if only else ()
    search = replace(narrow, kinds=tuple(kinds), statuses=statuses, text=text or "", latest=only)
    found = page.app.history.search(known.id, search, limit=ROWS_MAX)
    if not found:
        if search != Search(statuses=statuses, latest=True):
            st.caption(NONE_LEFT if only else "No record matches.")
        elif is_sending:
            st.caption("Earlier runs left nothing undone. What is being sent is counted above.")
        else:
            st.caption(":green[:material/check_circle:] All that was sent is done.")
        return
    key = f"log_records_{text}"
    are_all = len(found) < ROWS_MAX
    counts = frames.counts(found) if are_all else page.app.history.counts(known.id, search)
    chosen = choose_results(counts, key)
    if chosen:
        search = replace(search, statuses=tuple(chosen))
    of = sum(counts[status] for status in chosen or counts)
    draw_records(
        page,
        frames.narrowed(found, chosen, (), "") if are_all else _page_of(page, known, search, of),
        key=key,
        table=f"{key}_{'-'.join(chosen)}",
        name="sync-log",
        of=of,
        connection_id=known.id,
        everything=partial(page.app.history.search, known.id, search, limit=EXPORTED_MAX),
    )


def _page_of(page: Page, known: Connection, search: Search, of: int) -> list[Outcome]:
    """The records of the chosen page of so many."""
    number = pager(-(-of // ROWS_MAX), f"log_page_{hash(search)}")
    return page.app.history.search(known.id, search, limit=ROWS_MAX, offset=(number - 1) * ROWS_MAX)


def _more_filters(page: Page, known: Connection) -> Search:
    """The narrower ones, which are seldom used."""
    with st.popover("Filter", icon=":material/filter_list:", key="log_more"):
        span = st.segmented_control("Since", list(frames.SINCE), key="log_since")
        people = page.app.runs.confirmers(known.id)
        who = st.selectbox("Confirmed by", people, index=None, placeholder="Anybody", key="log_who")
        first = page.now - timedelta(days=CODES_OF_DAYS)
        causes = page.app.history.causes(known.id, first, page.now)
        codes = st.multiselect(
            "QuickBooks' code",
            sorted({one.code for one in causes if one.code}),
            format_func=frames.code_text,
            placeholder="Any",
            key="log_codes",
            filter_mode="contains",
            select_all=False,
        )
    return Search(codes=tuple(codes), who=who or "", since=frames.since(span, page.now))
