"""One run in a drawer at the right, and its records in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from qbsync.domain.run import Outcome, OutcomeStatus, Run
from qbsync.ui import kept
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import download, fitting, row_of
from qbsync.ui.retry import draw_retry
from qbsync.ui.state import clicked_row, is_leaving, opened_run, rows_shown, show_rows
from qbsync.ui.sync.frames import KIND_COLORS, KIND_TITLES
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.record import draw_record
from qbsync.ui.text import escape, heading, moment
from qbsync.ui.tie_out import draw_tie_out

WIDTH = 720
RECORD_WIDTH, ID_WIDTH = 220, 92
RECORD_ALONE_WIDTH = 398  # all that a drawer has beside the other columns
TABLE_HEIGHT = 300


def draw_runs(page: Page, found: Sequence[Run], key: str, height: int | str) -> None:
    """The table of runs; its button opens the drawer."""
    show_rows(key, [run.id for run in found])
    counted = page.app.runs.progress_of([run.id for run in found])
    progress = [counted[run.id] for run in found]
    labels = [label for label, _ in frames.RESULTS.values()]
    colors = [color for _, color in frames.RESULTS.values()]
    st.dataframe(
        frames.runs(found, progress, page.zone),
        hide_index=True,
        height=height,  # type: ignore[arg-type]
        row_height=37,
        column_order=[
            "Started",
            "Result",
            "Done",
            "Failed",
            "Held back",
            "Trigger",
            "Confirmed by",
            "Took",
            "open",
        ],
        column_config={
            "Started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=128),
            "Result": st.column_config.MultiselectColumn(options=labels, color=colors, width=98),
            "Done": st.column_config.NumberColumn(format="localized", width=50),
            "Failed": st.column_config.NumberColumn(format="localized", width=52),
            "Held back": st.column_config.NumberColumn(format="localized", width=70),
            "Trigger": st.column_config.MultiselectColumn(
                options=["Manual", "Scheduler"], color=["gray", "violet"], width=88
            ),
            "Confirmed by": st.column_config.TextColumn(width=186),
            "Took": st.column_config.TextColumn(width=70),
            "open": st.column_config.ButtonColumn(
                "", key=f"{key}_open", on_click=_opened, args=(key,), type="tertiary", width=78
            ),
        },
        placeholder="",
        alt="Runs",
    )
    for run_id in opened_run():
        opened_run().clear()
        run = page.app.runs.get(run_id)
        if page.known is None or run.connection_id != page.known.id:
            of = page.app.connections.get(run.connection_id).company_name
            st.info(f"Run {escape(run.id)} is one of {escape(of)}: choose that company in the sidebar to see it.")
            continue
        title = f"Run {run.id}"
        st.dialog(title, width=WIDTH, position="right", icon=":material/receipt_long:")(_drawer)(page, run)


def _opened(key: str) -> None:
    row, shown = clicked_row(f"{key}_open"), rows_shown(key)
    if row < len(shown):
        opened_run()[:] = [shown[row]]


def _drawer(page: Page, run: Run) -> None:
    if is_leaving():
        st.rerun()
    with boundary(page.name):
        label, color = frames.RESULTS[run.status]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, color=color)  # type: ignore[arg-type]
            st.badge(heading(run.trigger), color="gray")
            took = frames.duration(run)
            parts = (moment(run.created_at, page.zone), took, f"confirmed by {run.confirmed_by}")
            st.caption(" · ".join(escape(part) for part in parts if part))
        if run.note:
            st.info(escape(run.note), icon=":material/info:")
        if not run.is_open:
            draw_tie_out(kept.tie_out_of(page.app, run.id))
            draw_retry(page, run.id, key=f"run_{run.id}_retry")
        _records(page, run)


def _records(page: Page, run: Run) -> None:
    """The run's records, narrowed by result and by a text."""
    key = f"run_{run.id}"
    found = frames.worst_first(page.app.runs.outcomes(run.id))
    with st.container(horizontal=True, vertical_alignment="center"):
        statuses = choose_results(frames.counts(found), key)
        st.space("stretch")
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Record, id or message",
            key=f"{key}_search",
            label_visibility="collapsed",
            width=220,
        )
    shown = frames.narrowed(found, statuses, (), text or "")
    if not shown:
        st.caption("No record matches.")
        return
    table = f"{key}_{'-'.join(statuses)}_{text}"
    draw_records(
        page,
        shown,
        key=key,
        table=table,
        name=f"sync-log-{run.id}",
        of=len(found),
        connection_id=run.connection_id,
        everything=lambda: shown,
    )


def choose_results(counts: Mapping[OutcomeStatus, int], key: str) -> list[OutcomeStatus]:
    """The results that are asked for, of those that occur; none means all."""
    return st.pills(
        "Result",
        [status for status in frames.OUTCOMES if status in counts],
        selection_mode="multi",
        format_func=lambda one: f"{frames.OUTCOMES[one][0]} {counts[one]:,}",
        key=f"{key}_statuses",
        label_visibility="collapsed",
    )


def draw_records(
    page: Page,
    shown: Sequence[Outcome],
    *,
    key: str,
    table: str,
    name: str,
    of: int,
    connection_id: int,
    everything: Callable[[], Sequence[Outcome]],
) -> None:
    """Records of so many, everything as a file, and the chosen record. `table` names the selection of these rows."""
    chosen = _table(page, shown, key=table)
    people = page.app.runs.people
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{len(shown):,} of {of:,} records. Click any cell to see the record below.", width="stretch")
        for ending, label in (("csv", "CSV"), ("xlsx", "Excel")):
            download(
                page.app,
                label,
                f"{name}.{ending}",
                frames.EXPORT_HEADINGS,
                lambda: frames.export_rows(everything(), people(connection_id)),
                key=f"{key}_{ending}",
            )
    draw_record(page, chosen, key)


def _table(page: Page, shown: Sequence[Outcome], *, key: str) -> Outcome:
    columns = frames.columns_of(shown)
    event = st.dataframe(
        frames.outcomes(shown, page.zone),
        hide_index=True,
        height=fitting(len(shown), TABLE_HEIGHT),
        row_height=35,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"{key}_table",
        column_order=columns,
        column_config={
            "Result": st.column_config.MultiselectColumn(
                options=[label for label, _ in frames.OUTCOMES.values()],
                color=[color for _, color in frames.OUTCOMES.values()],
                width=92,
            ),
            "Type": st.column_config.MultiselectColumn(options=KIND_TITLES, color=KIND_COLORS, width=92),
            "Record": st.column_config.TextColumn(width=_record_width(columns)),
            "QuickBooks id": st.column_config.TextColumn(width=ID_WIDTH),
        },
        placeholder="",
        alt="Records",
    )
    return shown[row_of(event.selection.cells, len(shown))]


def _record_width(columns: Sequence[str]) -> int:
    """The record has the place of a column that is left out; in a wider window all columns grow."""
    if "What happened" not in columns:
        return RECORD_ALONE_WIDTH
    return RECORD_WIDTH if "QuickBooks id" in columns else RECORD_WIDTH + ID_WIDTH
