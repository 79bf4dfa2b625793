"""The preview itself: cards, tabs by action, tables to tick, field changes, and the record at the right."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.decide import Choice
from qbsync.domain.plan import Change, Plan, PlanStatus
from qbsync.domain.wanted import TITLES
from qbsync.ui import kept
from qbsync.ui.page import Page
from qbsync.ui.screens import link_to
from qbsync.ui.state import Ticks, ticks
from qbsync.ui.sync import frames
from qbsync.ui.sync.confirm import draw_bar
from qbsync.ui.sync.inspector import draw_inspector
from qbsync.ui.text import plural

HEIGHT = 404
RECORDS, FIELD_CHANGES, CAUSES = "Records", "Field changes", "Causes"
STYLED_ROWS_MAX = 2000
COLORS = {
    "dark": ("background-color:#3A1D20;color:#F5A3A8", "background-color:#12301F;color:#7FDDB2"),
    "light": ("background-color:#FCEBEC;color:#9B2129", "background-color:#E7F6EE;color:#0B5D3F"),
}


def draw_preview(page: Page, known: Connection, head: Plan) -> None:
    """Cards, tabs and the confirm bar of one stored preview."""
    changes = kept.changes_of(page.app, head.id)
    is_open = head.status is PlanStatus.DRAFT
    chosen = ticks(head.id, lambda: frames.default_ticks(changes))
    choices = page.app.links.choices(known.id)
    _cards(changes)
    groups = [group for group in frames.GROUPS if frames.of_group(changes, group)]
    if not groups:
        st.caption("Nothing was found to compare. Load Core data, or widen what the preview covers.")
        return
    if is_open:
        _moved_hours(changes, chosen)
    titles = [f":material/{group.icon}: {group.title} · {len(frames.of_group(changes, group)):,}" for group in groups]
    tabs = st.tabs(titles, key=f"sync_tabs_{head.id}", on_change="rerun")
    for group, tab in zip(groups, tabs, strict=True):
        if tab.open:
            with tab:
                _group(page, head, group, frames.of_group(changes, group), chosen, choices, is_open=is_open)
    if is_open:
        draw_bar(page, known, head, changes, chosen)


def _cards(changes: Sequence[Change]) -> None:
    shown = [group for group in frames.GROUPS if not group.rare or frames.of_group(changes, group)]
    for column, group in zip(st.columns(len(shown), gap="small"), shown, strict=True):
        found = frames.of_group(changes, group)
        column.metric(
            group.title if not group.ticks else f"To {group.title.lower()}",
            f"{len(found):,}",
            group.note if found else "none",
            delta_color=group.color if found else "off",  # type: ignore[arg-type]
            delta_arrow="off",
            icon=f":material/{group.icon}:",
            border=True,
            height="stretch",
        )


def _moved_hours(changes: Sequence[Change], chosen: Ticks) -> None:
    """Hours that moved within a week: their rows go all or none, so they are offered together."""
    moved = frames.moved(changes)
    left = moved - chosen.seqs
    if not left:
        return
    weeks = plural(len({change.together for change in changes if change.together}), "week")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":orange[:material/swap_horiz:] **Hours moved in {weeks} of a worker.** What is removed and what is "
            f"added go together, so none of these {len(moved):,} rows is ticked by itself.",
            width="stretch",
        )
        if st.button(f"Tick these {len(moved):,}", key="sync_moved"):
            chosen.seqs |= moved
            chosen.round += 1
            st.rerun()


def _group(
    page: Page,
    head: Plan,
    group: frames.Group,
    found: list[Change],
    chosen: Ticks,
    choices: dict[str, Choice],
    *,
    is_open: bool,
) -> None:
    """One tab."""
    with st.container(horizontal=True, vertical_alignment="center"):
        kinds = st.pills(
            "Type",
            frames.kinds_in(found),
            selection_mode="multi",
            format_func=lambda kind: TITLES[kind],
            key=f"sync_kinds_{group.name}",
            label_visibility="collapsed",
        )
        st.space("stretch")
        views = [CAUSES, RECORDS] if group.name == "blocked" else [RECORDS, FIELD_CHANGES]
        view = st.segmented_control(
            "View",
            views,
            default=views[0],
            required=True,
            key=f"sync_view_{group.name}",
            label_visibility="collapsed",
        )
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Search record or reason",
            key=f"sync_search_{group.name}",
            label_visibility="collapsed",
            width=220,
        )
    shown = frames.narrowed(found, kinds, text or "")
    if not shown:
        st.caption("No record matches. Clear the search, or choose another type.")
    elif view == FIELD_CHANGES:
        _field_changes(shown)
    elif view == CAUSES:
        _causes(shown)
    else:
        suffix = f"{'-'.join(kinds)}_{text}"
        _records(page, head, group, shown, chosen, choices, suffix, is_open=is_open)


def _records(
    page: Page,
    head: Plan,
    group: frames.Group,
    shown: list[Change],
    chosen: Ticks,
    choices: dict[str, Choice],
    suffix: str,
    *,
    is_open: bool,
) -> None:
    ticking = group.ticks and is_open
    left, right = st.columns([1.75, 1], gap="small")
    with left:
        row = _table(head, group, shown, chosen, suffix, ticking=ticking)
        hint = "Tick rows to include them. Click any cell to see the record on the right."
        st.caption(f":material/info: {hint if ticking else 'Click any cell to see the record on the right.'}")
    with right:
        draw_inspector(page, head, group, shown[row if row < len(shown) else 0], choices, height=HEIGHT)


def _table(head: Plan, group: frames.Group, shown: list[Change], chosen: Ticks, suffix: str, *, ticking: bool) -> int:
    """The table; keeps the ticks, and returns the row to look at."""
    seqs = [change.seq for change in shown]
    event = st.dataframe(
        frames.records(shown),
        key=f"sync_table_{head.id}_{group.name}_{chosen.round}_{suffix}",
        hide_index=True,
        height=HEIGHT,
        row_height=36,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"] if ticking else "single-cell",
        selection_default={"selection": {"rows": [i for i, seq in enumerate(seqs) if seq in chosen.seqs]}}
        if ticking
        else None,
        column_order=_columns(group),
        column_config={
            "Type": st.column_config.MultiselectColumn(options=frames.KIND_TITLES, color=frames.KIND_COLORS, width=92),
            "Record": st.column_config.TextColumn(width=_record_width(group)),
            "Carries": st.column_config.TextColumn(width=82, alignment="right"),
            "Fields": st.column_config.TextColumn("Changed fields", width=142),
        },
        placeholder="",
        alt=f"Records: {group.title}",
    )
    if ticking:
        chosen.seqs = frames.merged_ticks(chosen.seqs, seqs, event.selection.rows)
    cells = event.selection.cells
    return int(cells[0][0]) if cells else 0


def _record_width(group: frames.Group) -> int:
    """What the other columns leave, at the narrowest window that is supported."""
    match group.name:
        case "create":
            return 238
        case "update":
            return 196
        case _:
            return 190


def _columns(group: frames.Group) -> list[str]:
    match group.name:
        case "update":
            return ["Type", "Record", "Carries", "Fields"]
        case "create":
            return ["Type", "Record", "Carries", "Why"]
        case _:
            return ["Type", "Record", "Why"]


def _causes(shown: list[Change]) -> None:
    """What stands behind the blocked records: mending one cause often frees many."""
    frame = frames.causes(shown)
    st.dataframe(
        frame,
        hide_index=True,
        height=HEIGHT if len(frame) > 10 else "content",
        row_height=36,
        column_config={
            "Records": st.column_config.NumberColumn(width=70),
            "What is wrong": st.column_config.TextColumn(width=400),
            "What to do": st.column_config.TextColumn(width=270),
            "Where": st.column_config.TextColumn(width=96),
        },
        placeholder="",
        alt="Causes",
    )
    st.caption(f":material/info: {plural(len(frame), 'cause')} for {plural(len(shown), 'blocked record')}.")
    for name in dict.fromkeys(issue.screen for change in shown for issue in change.issues):
        if name and name != "sync":
            link_to(name)


def _field_changes(shown: list[Change]) -> None:
    frame = frames.field_changes(shown)
    if frame.empty:
        st.caption("No field of these records changes.")
        return
    if not frame["In QuickBooks now"].any():
        frame = frame.drop(columns="In QuickBooks now")
    before, after = COLORS["dark" if st.context.theme.type == "dark" else "light"]

    def paint(column: pd.Series) -> list[str]:
        style = {"In QuickBooks now": before, "After the sync": after}.get(str(column.name), "")
        return [style if value else "" for value in column]

    small = len(frame) <= STYLED_ROWS_MAX
    st.dataframe(
        frame.style.apply(paint) if small else frame,
        hide_index=True,
        height=HEIGHT,
        row_height=36,
        column_config={
            "Type": st.column_config.MultiselectColumn(options=frames.KIND_TITLES, color=frames.KIND_COLORS, width=92),
            "Record": st.column_config.TextColumn(width=270),
            "Field": st.column_config.TextColumn(width=110),
        },
        placeholder="",
        alt="Field changes",
    )
    st.caption(
        f":material/info: {len(frame):,} field values in {len(shown):,} records. Red is what "
        "QuickBooks holds, "
        "green is what it will hold."
    )
