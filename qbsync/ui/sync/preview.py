"""The preview itself: cards, tabs by action with their filters, and the record at the right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.bootstrap import App
from qbsync.domain.connection import Connection
from qbsync.domain.decide import Choice
from qbsync.domain.plan import Change, Plan, PlanStatus
from qbsync.domain.unticked import waiting
from qbsync.domain.wanted import TITLES
from qbsync.ui import kept
from qbsync.ui.page import Page
from qbsync.ui.state import Ticks, choose, ticks
from qbsync.ui.sync import figures, frames
from qbsync.ui.sync.causes import draw_causes
from qbsync.ui.sync.confirm import draw_bar
from qbsync.ui.sync.deciding import decided, draw_choices
from qbsync.ui.sync.inspector import draw_inspector
from qbsync.ui.sync.tables import HEIGHT, draw_field_changes, draw_records

RECORDS, FIELD_CHANGES, CAUSES = "Records", "Field changes", "Causes"


def draw_preview(page: Page, known: Connection, head: Plan) -> None:
    """What would move, the tabs, and the confirm bar of one stored preview."""
    changes = kept.changes_of(page.app, head.id)
    is_open = head.status is PlanStatus.DRAFT
    chosen = ticks(head.id, lambda: frames.default_ticks(changes))
    choices = page.app.links.choices(known.id)
    top, moved = st.container(), st.container()  # drawn last, so that they follow the ticks
    found = _tabs_of(page.app, head.id)
    if not found:
        st.caption("Nothing was found to compare. Load Core data, or widen what the preview covers.")
        return
    titles = [f":material/{group.icon}: {group.title} · {len(of_tab):,}" for group, of_tab in found]
    key, asked_for = f"sync_tabs_{head.id}", st.query_params.pop("tab", "")  # an address names a tab once
    for (group, _), title in zip(found, titles, strict=True):
        if group.name == asked_for:
            choose(key, title)
    tabs = st.tabs(titles, key=key, on_change="rerun")
    for (group, of_tab), tab in zip(found, tabs, strict=True):
        if tab.open:
            with tab:
                _group(page, head, group, of_tab, chosen, choices, is_open=is_open)
    if is_open:
        moves = figures.moving(changes, chosen.seqs)
        with top:
            _cards(figures.cards(changes, moves, choices))
        with moved:
            _moved_hours(changes, chosen)
            _needed(changes, chosen)
        if moves.can_run:
            draw_bar(page, known, head, moves, chosen)


@st.cache_resource(show_spinner=False, max_entries=kept.FOREVER_MAX)
def _tabs_of(_app: App, plan_id: str) -> list[tuple[frames.Group, list[Change]]]:
    """The tabs of a plan. A stored plan never changes."""
    return frames.by_tab(kept.changes_of(_app, plan_id))


def _cards(cards: Sequence[figures.Card]) -> None:
    """The figures on top."""
    for column, card in zip(st.columns([card.share for card in cards], gap="small"), cards, strict=True):
        column.metric(
            card.title,
            card.figure,
            card.note,
            delta_color=card.color,  # type: ignore[arg-type]
            delta_arrow="off",
            icon=f":material/{card.icon}:",
            border=True,
            height="stretch",
        )


def _moved_hours(changes: Sequence[Change], chosen: Ticks) -> None:
    """Hours that moved, and bills entered again: their rows go all or none, so they are offered together."""
    moved = frames.moved(changes, chosen.seqs)
    if not moved:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":orange[:material/swap_horiz:] {figures.moved_groups(moved)}", width="stretch")
        if st.button(f"Tick these {len(moved):,}", key="sync_moved"):
            chosen.seqs |= {change.seq for change in moved}
            chosen.round += 1
            st.rerun()


def _needed(changes: Sequence[Change], chosen: Ticks) -> None:
    """Rows that are ticked in vain, and the ones that they wait for, to be ticked with one press."""
    waits = waiting(changes, chosen.seqs)
    if not waits.rows:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":orange[:material/link_off:] **{figures.waiting_text(waits)}** They would be held back.", width="stretch"
        )
        if st.button(f"Tick these {len(waits.needed):,}", key="sync_needed"):
            chosen.seqs |= {change.seq for change in waits.needed}
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
        draw_field_changes(shown)
    elif view == CAUSES:
        draw_causes(shown, found)
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
    labels = decided(shown, choices) if group.name == "conflict" else None
    left, right = st.columns([1.75, 1], gap="small")
    with left:
        row = draw_records(head, group, shown, chosen, labels, suffix, ticking=ticking)
        hint = "Tick rows to include them. Click any cell to see the record on the right."
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f":material/info: {hint if ticking else 'Click any cell to see the record on the right.'}",
                width="stretch",
            )
            if group.name == "conflict" and is_open:
                draw_choices(page, head, shown)
    with right:
        draw_inspector(page, head, group, shown[row], choices, height=HEIGHT)
