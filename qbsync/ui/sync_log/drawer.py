"""One run in a drawer at the right, and its records in a table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.domain.run import Outcome, Run
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import download
from qbsync.ui.state import clicked_row, opened_run, rows_shown, show_rows
from qbsync.ui.sync.frames import KIND_COLORS, KIND_TITLES
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.record import ask_again, draw_record
from qbsync.ui.sync_log.tie_out import draw_tie_out
from qbsync.ui.text import escape, heading, moment, plural

WIDTH = 720
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
            "Started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=132),
            "Result": st.column_config.MultiselectColumn(options=labels, color=colors, width=100),
            "Done": st.column_config.NumberColumn(width=56),
            "Failed": st.column_config.NumberColumn(width=56),
            "Held back": st.column_config.NumberColumn(width=74),
            "Trigger": st.column_config.MultiselectColumn(
                options=["Manual", "Scheduler"], color=["gray", "violet"], width=88
            ),
            "Confirmed by": st.column_config.TextColumn(width=140),
            "Took": st.column_config.TextColumn(width=72),
            "open": st.column_config.ButtonColumn(
                "", key=f"{key}_open", on_click=_opened, args=(key,), type="tertiary", width=100
            ),
        },
        placeholder="",
        alt="Runs",
    )
    for run_id in opened_run():
        opened_run().clear()
        run = page.app.runs.get(run_id)
        title = f"Run {run.id}"
        st.dialog(title, width=WIDTH, position="right", icon=":material/receipt_long:")(_drawer)(page, run)


def _opened(key: str) -> None:
    row, shown = clicked_row(f"{key}_open"), rows_shown(key)
    if row < len(shown):
        opened_run()[:] = [shown[row]]


def _drawer(page: Page, run: Run) -> None:
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
            draw_tie_out(page.app.tying_out.run(run.id))
            _retry_all(page, run)
        found = frames.worst_first(page.app.runs.outcomes(run.id))
        draw_records(page, found, key=f"run_{run.id}", name=f"sync-log-{run.id}")


def _retry_all(page: Page, run: Run) -> None:
    left = page.app.leaving.still_to_do(run.id)
    if not left:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plural(left, 'record')}** did not go over.", width="stretch")
        st.button(
            f"Retry {'it' if left == 1 else f'all {left:,}'}",
            icon=":material/replay:",
            key=f"run_{run.id}_retry",
            on_click=ask_again,
            args=(page, run.id),
            help="Builds a preview of just these records. Nothing is sent before you confirm it.",
        )


def draw_records(page: Page, found: Sequence[Outcome], *, key: str, name: str, searchable: bool = True) -> None:
    """Records with filters, the chosen one below, and the whole as a file."""
    counts = frames.counts(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        statuses = st.pills(
            "Result",
            list(counts),
            selection_mode="multi",
            format_func=lambda one: f"{frames.OUTCOMES[one][0]} {counts[one]:,}",
            key=f"{key}_statuses",
            label_visibility="collapsed",
        )
        st.space("stretch")
        text = searchable and st.text_input(
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
    chosen = _table(page, shown, key=f"{key}_{'-'.join(statuses)}_{text}")
    draw_record(page, chosen, key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{len(shown):,} of {len(found):,} records", width="stretch")
        for ending, label in (("csv", "CSV"), ("xlsx", "Excel")):
            download(
                page.app,
                label,
                f"{name}.{ending}",
                frames.EXPORT_HEADINGS,
                frames.export_rows(shown),
                key=f"{key}_{ending}",
            )


def _table(page: Page, shown: Sequence[Outcome], *, key: str) -> Outcome:
    event = st.dataframe(
        frames.outcomes(shown, page.zone),
        hide_index=True,
        height="content" if len(shown) < 7 else TABLE_HEIGHT,
        row_height=35,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        key=f"{key}_table",
        column_order=["Result", "Type", "Record", "QuickBooks id", "What happened"],
        column_config={
            "Result": st.column_config.MultiselectColumn(
                options=[label for label, _ in frames.OUTCOMES.values()],
                color=[color for _, color in frames.OUTCOMES.values()],
                width=92,
            ),
            "Type": st.column_config.MultiselectColumn(options=KIND_TITLES, color=KIND_COLORS, width=92),
            "Record": st.column_config.TextColumn(width=220),
            "QuickBooks id": st.column_config.TextColumn(width=92),
        },
        placeholder="",
        alt="Records",
    )
    rows = event.selection.rows
    return shown[rows[0] if rows and rows[0] < len(shown) else 0]
