"""One tab of codes: filter, table, pages. Edits go into the overlay at once, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from qbsync.domain.mapping import MapKind
from qbsync.domain.mapping_remarks import NEW_NAME
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.lines import lines
from qbsync.ui.mapping.preferences import with_changes
from qbsync.ui.mapping.together import begin, draw_together, tick_all
from qbsync.ui.mapping.widths import needs_of, widths_of
from qbsync.ui.parts import pager, row_pixels
from qbsync.ui.state import PendingMapping, choose, chosen, edited_rows, round_of

PAGE_ROWS = 100
HEIGHT = 500
NAME_LENGTH_MAX = 100
TARGET = "In QuickBooks"  # the heading; each tab tells what can be chosen
TARGET_HELPS = {
    MapKind.COST_CODE: "An item for hours, an item or account for bills.",
    MapKind.CUSTOMER: "A customer.",
    MapKind.PROJECT: "A customer, or a sub-customer or project of one.",
    MapKind.EMPLOYEE: "An employee, or a vendor for somebody who is paid on a 1099.",
    MapKind.VENDOR: "A vendor.",
}
DETAILS = {
    MapKind.COST_CODE: "Category",
    MapKind.CUSTOMER: "City",
    MapKind.PROJECT: "Customer",
    MapKind.EMPLOYEE: "Paid as",
    MapKind.VENDOR: "1099",
}


def draw_grid(view: MappingView, kind: MapKind, title: str, pending: PendingMapping) -> None:
    """The tab of one kind."""
    rows = lines(view, kind, pending.of(kind))
    if not rows:
        st.caption(f"Core has no {title.lower()} yet. Load their export on the Core data page.")
        return
    everything = frames.table(rows.values(), pending.of(kind), pending.ticked_in(kind), view.lists)
    state, text = _filters(kind, frames.state_counts(everything), pending)
    found = frames.narrowed(everything, state, text, pending.staying_in(kind))
    draw_together(view, kind, rows, pending)
    slot = st.container()
    page = _pager(kind, [str(line) for line in found.index], len(everything), title, f"{state}_{text}", pending)
    shown = found.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if shown.empty:
        slot.caption(_nothing(state, text, rows, pending.of(kind)))
        return
    key = f"mapping_grid_{kind}_{round_of('mapping_grid')}"
    ids = [str(core_id) for core_id in shown.index]
    choices = frames.options(view, kind, with_changes(view.mapping.preferences, pending))
    widths = widths_of(
        kind,
        wide=any(row.project for row in rows.values()),
        makes=frames.makes_any(shown),
        reasons=bool(shown[frames.WHY].any()),
        suggests=frames.helps(shown),
        needs=needs_of(shown, choices),
    )
    slot.data_editor(
        shown,
        key=key,
        height=HEIGHT,
        row_height=row_pixels(shown[frames.WHY], widths.get(frames.WHY, 0), whole=state is not None),
        on_change=commit,
        args=(key, ids, rows, view, pending),
        disabled=["_index", "state", "name", "detail", frames.SUGGESTED, "score", frames.WHY],
        column_order=list(widths),
        column_config=_columns(kind, choices, widths),
        placeholder="",
        alt=title,
    )


def show_only(kind: MapKind, text: str) -> None:
    """Search the tab for a code, among those of every state."""
    choose(f"mapping_search_{kind}", text)
    choose(f"mapping_state_{kind}", None)


def show_open(view: MappingView, kind: MapKind, pending: PendingMapping) -> None:
    """Show what is still to map in the tab; where nothing is, the filters stay as they are."""
    edits = pending.of(kind)
    found = {row.state for line, row in lines(view, kind, edits).items() if line not in edits}
    for state in (frames.UNMAPPED, frames.INACTIVE):
        if state in found:
            show_only(kind, "")
            choose(f"mapping_state_{kind}", state)
            return


def leave_edited(kind: MapKind) -> None:
    """Take the filter for edited lines away, for there are none now."""
    if chosen(f"mapping_state_{kind}") == frames.EDITED:
        choose(f"mapping_state_{kind}", None)


def _nothing(state: str | None, text: str, rows: Mapping[str, CodeRow], edits: frames.Edited) -> str:
    """Why there is no line, and what to do next."""
    if state == frames.EDITED and not text:
        left = sum(row.state == frames.UNMAPPED for row in rows.values())
        if left:
            are = "line of this tab is" if left == 1 else "lines of this tab are"
            return f"Nothing is edited. {left:,} {are} still unmapped: choose **Unmapped** above."
        return "Nothing is edited."
    if state == frames.UNMAPPED and not text:
        if edits:
            return "Every line that was unmapped has a choice that waits for you: press **Save Mapping** below."
        return "Every line of this tab is mapped."
    return "No code matches. Clear the search, or choose another state."


def _filters(kind: MapKind, counts: dict[str, int], pending: PendingMapping) -> tuple[str | None, str]:
    with st.container(horizontal=True, vertical_alignment="center"):
        state = st.pills(
            "State",
            list(frames.STATES),
            format_func=lambda one: f"{one} {counts[one]:,}",
            key=f"mapping_state_{kind}",
            label_visibility="collapsed",
            persist_state="session",
            on_change=pending.staying_in(kind).clear,
        )
        st.space("stretch")
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Code or name",
            key=f"mapping_search_{kind}",
            label_visibility="collapsed",
            width=240,
            persist_state="session",
        )
    return state, text or ""


def _pager(kind: MapKind, found: list[str], total: int, title: str, filters: str, pending: PendingMapping) -> int:
    """The page to show; another filter starts again with the first."""
    pages = max(1, -(-len(found) // PAGE_ROWS))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{len(found):,} of {total:,} {title.lower()}. Tick lines to accept their suggestions or set them "
            "together. Edits wait until you save.",
            width="stretch",
        )
        if not pending.ticked_in(kind).issuperset(found):
            st.button(
                f"Tick all {len(found):,}",
                type="tertiary",
                icon=":material/checklist:",
                key=f"mapping_tick_all_{kind}",
                on_click=tick_all,
                args=(pending, kind, found),
            )
        return pager(pages, f"mapping_page_{kind}_{filters}")


def commit(key: str, ids: list[str], rows: dict[str, CodeRow], view: MappingView, pending: PendingMapping) -> None:
    """Carry what was typed into the overlay. `ids` are the lines that were on screen then, in their order."""
    for position, typed in edited_rows(key).items():
        line = ids[position]
        row = rows[line]
        if frames.TICK in typed:
            _tick(pending, row.kind, line, ticked=bool(typed[frames.TICK]))
        edits = pending.of(row.kind)
        pending.staying_in(row.kind).add(line)
        edit = frames.changed(row, edits.get(line, {}), typed)
        if edit:
            begin(view, pending)
            edits[line] = edit
        else:
            edits.pop(line, None)


def _tick(pending: PendingMapping, kind: MapKind, line: str, *, ticked: bool) -> None:
    lines_ticked = pending.ticked_in(kind)
    if ticked:
        lines_ticked.add(line)
    else:
        lines_ticked.discard(line)


def _columns(kind: MapKind, choices: Mapping[str, str], widths: Mapping[str, int]) -> dict[str, Any]:
    columns = {
        "_index": st.column_config.TextColumn("Core code", pinned=True),
        frames.TICK: st.column_config.CheckboxColumn(
            "", help="Tick lines to accept their suggestions, or to set them together."
        ),
        "state": st.column_config.MultiselectColumn(
            "State", options=list(frames.STATES), color=list(frames.STATE_COLORS)
        ),
        "name": st.column_config.TextColumn("Core name"),
        "detail": st.column_config.TextColumn(DETAILS[kind]),
        frames.TARGET: st.column_config.SelectboxColumn(
            TARGET,
            options=list(choices),
            format_func=lambda one: choices.get(str(one), str(one)),
            help=TARGET_HELPS[kind],
        ),
        frames.NEW_NAME: st.column_config.TextColumn(
            NEW_NAME,
            max_chars=NAME_LENGTH_MAX,
            help="The name of a record to be made in QuickBooks. Empty means Core's own name.",
        ),
        frames.SUGGESTED: st.column_config.TextColumn("Suggested"),
        "score": st.column_config.NumberColumn("Score", help="How sure the suggestion is, up to 100."),
        frames.WHY: st.column_config.TextColumn("Why"),
    }
    return {name: {**column, "width": widths[name]} for name, column in columns.items() if name in widths}
