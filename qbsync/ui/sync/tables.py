"""The tables of a preview: its records with their ticks, and their fields before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from qbsync.domain.plan import Change, Plan
from qbsync.ui import kept
from qbsync.ui.parts import fitting, row_of
from qbsync.ui.state import Ticks
from qbsync.ui.sync import frames
from qbsync.ui.text import plural

HEIGHT = 372
ROW_PIXELS = 36
STYLED_ROWS_MAX = 2000
FIELD_ROWS_MAX = 20_000  # more than these nobody reads: a search finds the others
TYPE_WIDTH, TICK_WIDTH = 92, 40  # in pixels
WIDTHS = {"Type": TYPE_WIDTH, frames.DATE: 96, frames.CARRIED: 104, frames.DECISION: 112}
PLAIN_COLUMNS = ["Type", "Record", frames.DATE, frames.CARRIED]
NARROWEST = 545  # the table in a window of 1280
RECORD_SHARE = 0.55  # of what the others leave, where there is a reason beside it
COLORS = {
    "dark": ("background-color:#3A1D20;color:#F5A3A8", "background-color:#12301F;color:#7FDDB2"),
    "light": ("background-color:#FCEBEC;color:#9B2129", "background-color:#E7F6EE;color:#0B5D3F"),
}


@st.cache_resource(show_spinner=False, max_entries=kept.FOREVER_MAX)
def _table_of(plan_id: str, _group: frames.Group, tab: str, narrowed_by: str, _shown: Sequence[Change]) -> frames.Table:
    """The table of a tab as it is narrowed: at 100,000 rows it takes longer to make than all else."""
    return frames.table(_group, _shown)


def draw_records(
    head: Plan,
    group: frames.Group,
    shown: Sequence[Change],
    chosen: Ticks,
    decided: Sequence[str] | None,
    narrowed_by: str,
    *,
    ticking: bool,
) -> int:
    """One tab's records; keeps the ticks, and returns the row to look at.

    `decided` is what a person chose for each, where there is something to decide.
    """
    seqs = [change.seq for change in shown]
    table = _table_of(head.id, group, group.name, narrowed_by, shown)
    frame, columns = table.frame, table.columns
    if decided is not None:
        frame, columns = frame.assign(**{frames.DECISION: decided}), [*columns, frames.DECISION]
    event = st.dataframe(
        frame,
        key=f"sync_table_{head.id}_{group.name}_{chosen.round}_{narrowed_by}",
        hide_index=True,
        height=fitting(len(shown), HEIGHT, ROW_PIXELS),
        row_height=ROW_PIXELS,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"] if ticking else "single-cell",
        selection_default={"selection": {"rows": [i for i, seq in enumerate(seqs) if seq in chosen.seqs]}}
        if ticking
        else None,
        column_order=columns,
        column_config=_config(columns, table.carried_title, ticking=ticking),
        placeholder="",
        alt=f"Records: {group.title}",
    )
    if ticking:
        chosen.seqs = frames.merged_ticks(chosen.seqs, seqs, event.selection.rows)
    return row_of(event.selection.cells, len(shown))


def _config(columns: Sequence[str], carried_title: str, *, ticking: bool) -> dict[str, Any]:
    """The columns; the record, and the reason or fields beside it, have what the others leave."""
    rest = NARROWEST - (TICK_WIDTH if ticking else 0) - sum(WIDTHS.get(name, 0) for name in columns)
    shared = any(name in columns for name in ("Why", "Fields"))
    record = int(rest * RECORD_SHARE) if shared else rest
    return {
        "Type": st.column_config.MultiselectColumn(
            options=frames.KIND_TITLES, color=frames.KIND_COLORS, width=TYPE_WIDTH
        ),
        "Record": st.column_config.TextColumn(width=record),
        frames.DATE: st.column_config.DateColumn(width=WIDTHS[frames.DATE], format="D MMM YYYY"),
        frames.CARRIED: st.column_config.TextColumn(carried_title, width=WIDTHS[frames.CARRIED], alignment="right"),
        frames.DECISION: st.column_config.TextColumn(width=WIDTHS[frames.DECISION]),
        "Why": st.column_config.TextColumn(width=rest - record),
        "Fields": st.column_config.TextColumn("Changed fields", width=rest - record),
    }


def draw_plain(shown: Sequence[Change]) -> None:
    """Records that are only read: what they are, and their hours or money."""
    frame = frames.records(shown)
    st.dataframe(
        frame,
        hide_index=True,
        height=fitting(len(shown), HEIGHT, ROW_PIXELS),
        row_height=ROW_PIXELS,
        column_order=PLAIN_COLUMNS,
        column_config=_config(PLAIN_COLUMNS, frames.carried_title(frame), ticking=False),
        placeholder="",
        alt="Records",
    )


def draw_field_changes(shown: Sequence[Change]) -> None:
    """One row a field, painted by what it was and what it will be."""
    frame = frames.field_changes(shown, FIELD_ROWS_MAX)
    if frame.empty:
        st.caption("No field of these records changes.")
        return
    if not frame[frames.BEFORE].any():
        frame = frame.drop(columns=frames.BEFORE)
    if frame["Type"].str[0].nunique() == 1:
        frame = frame.drop(columns="Type")
    frame = frame.rename(columns={frames.AFTER: frames.after_title(shown)})
    painted = len(frame) <= STYLED_ROWS_MAX
    st.dataframe(
        frame.style.apply(_painted) if painted else frame,
        hide_index=True,
        height=fitting(len(frame), HEIGHT, ROW_PIXELS),
        row_height=ROW_PIXELS,
        column_config={
            "Type": st.column_config.MultiselectColumn(
                options=frames.KIND_TITLES, color=frames.KIND_COLORS, width=TYPE_WIDTH
            ),
            "Record": st.column_config.TextColumn(width=270),
            "Field": st.column_config.TextColumn(width=110),
        },
        placeholder="",
        alt="Field changes",
    )
    total = sum(len(change.fields) for change in shown)
    some = f"The first {len(frame):,} of " if total > len(frame) else ""
    green = "what it will hold" if frames.after_title(shown) == frames.AFTER else "what Core says"
    colors = f" Red is what QuickBooks holds, green is {green}." if painted else ""
    st.caption(f":material/info: {some}{total:,} field values in {plural(len(shown), 'record')}.{colors}")


def _painted(column: pd.Series) -> list[str]:
    """What QuickBooks holds on red, what it will hold on green, in the theme's own shades."""
    before, after = COLORS["dark" if st.context.theme.type == "dark" else "light"]
    style = {frames.BEFORE: before, frames.AFTER: after, frames.IN_CORE: after}.get(str(column.name), "")
    return [style if value else "" for value in column]
