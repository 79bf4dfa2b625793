"""One tab of codes: filter, table, pages. Edits go into the overlay at once, so that none is lost."""

from __future__ import annotations

from typing import Any

import streamlit as st

from qbsync.domain.mapping import MapKind
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.lines import lines
from qbsync.ui.mapping.together import begin, draw_together, tick_all
from qbsync.ui.state import PendingMapping, edited_rows, round_of

PAGE_ROWS = 100
HEIGHT = 486
NAME_LENGTH_MAX = 100
TARGET_TITLES = {
    MapKind.COST_CODE: "QuickBooks item or account",
    MapKind.CUSTOMER: "QuickBooks customer",
    MapKind.PROJECT: "QuickBooks customer or job",
    MapKind.EMPLOYEE: "QuickBooks employee or vendor",
    MapKind.VENDOR: "QuickBooks vendor",
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
    everything = frames.table(rows.values(), pending.of(kind), pending.ticked_in(kind))
    state, text = _filters(kind, frames.state_counts(everything))
    found = frames.narrowed(everything, state, text)
    draw_together(view, kind, rows, pending)
    slot = st.container()
    page = _pager(kind, [str(line) for line in found.index], len(everything), title, f"{state}_{text}", pending)
    shown = found.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if shown.empty:
        slot.caption("No code matches. Clear the search, or choose another state.")
        return
    key = f"mapping_grid_{kind}_{round_of('mapping_grid')}"
    ids = [str(core_id) for core_id in shown.index]
    makes = kind is not MapKind.COST_CODE or frames.makes_any(shown)  # few codes get an item of their own
    reasons, suggests = bool(shown["suggestion"].any()), bool(shown["score"].notna().any())
    slot.data_editor(
        shown,
        key=key,
        height=HEIGHT,
        row_height=35,
        on_change=commit,
        args=(key, ids, rows, view, pending),
        disabled=["_index", "state", "name", "detail", "score", "suggestion"],
        column_order=_order(makes=makes, reasons=reasons, suggests=suggests),
        column_config=_columns(view, kind, suggests=reasons, wide=any(row.project for row in rows.values())),
        placeholder="",
        alt=title,
    )


def _filters(kind: MapKind, counts: dict[str, int]) -> tuple[str | None, str]:
    with st.container(horizontal=True, vertical_alignment="center"):
        state = st.pills(
            "State",
            list(frames.STATES),
            format_func=lambda one: f"{one} {counts[one]:,}",
            key=f"mapping_state_{kind}",
            label_visibility="collapsed",
            persist_state="session",
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
            f"{len(found):,} of {total:,} {title.lower()}. Tick lines to set them together. Edits wait until you save.",
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
        page = st.pagination(pages, key=f"mapping_page_{kind}_{filters}") if pages > 1 else 1
    return min(page, pages)


def commit(key: str, ids: list[str], rows: dict[str, CodeRow], view: MappingView, pending: PendingMapping) -> None:
    """Carry what was typed into the overlay. `ids` are the lines that were on screen then, in their order."""
    for position, typed in edited_rows(key).items():
        line = ids[position]
        row = rows[line]
        if frames.TICK in typed:
            _tick(pending, row.kind, line, ticked=bool(typed[frames.TICK]))
        edits = pending.of(row.kind)
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


def _order(*, makes: bool, reasons: bool, suggests: bool) -> list[str]:
    new_name = [frames.NEW_NAME] if makes else []
    acceptable = [frames.ACCEPT, "score"] if suggests else []
    suggestion = [*acceptable, "suggestion"] if reasons else []
    return [frames.TICK, "state", "name", "detail", frames.TARGET, *new_name, *suggestion]


def _columns(view: MappingView, kind: MapKind, *, suggests: bool, wide: bool) -> dict[str, Any]:
    """The columns; they are narrower where suggestions need the room, and `wide` where ids name a project."""
    choices = frames.options(view, kind)
    name, detail, target = (140, 84, 170) if kind is MapKind.COST_CODE else (120, 70, 150)
    room = 0 if suggests else 90
    return {
        "_index": st.column_config.TextColumn("Core code", width=130 if wide else 74, pinned=True),
        frames.TICK: st.column_config.CheckboxColumn("", width=36, help="Tick lines to set them together."),
        "state": st.column_config.MultiselectColumn(
            "State", options=list(frames.STATES), color=list(frames.STATE_COLORS), width=86
        ),
        "name": st.column_config.TextColumn("Core name", width=name + room - (30 if wide else 0)),
        "detail": st.column_config.TextColumn(DETAILS[kind], width=detail + room // 3),
        frames.TARGET: st.column_config.SelectboxColumn(
            TARGET_TITLES[kind],
            options=list(choices),
            format_func=lambda one: choices.get(str(one), str(one)),
            width=target + room,
        ),
        frames.NEW_NAME: st.column_config.TextColumn(
            "Name if created",
            width=100,
            max_chars=NAME_LENGTH_MAX,
            help="The name of a record to be made in QuickBooks. Empty means Core's own name.",
        ),
        frames.ACCEPT: st.column_config.CheckboxColumn("Accept", width=68),
        "score": st.column_config.NumberColumn("Score", width=48, help="How sure the suggestion is, up to 100."),
        "suggestion": st.column_config.TextColumn("Suggestion", width=220),
    }
