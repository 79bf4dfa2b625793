"""The Mapping screen: tabs of codes, the preferences for hours and bills, and saving all as a version."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.mapping import MapKind
from qbsync.domain.plan import PlanStatus
from qbsync.services.mapping_view import MappingView
from qbsync.ui import kept
from qbsync.ui.mapping import drafts, frames
from qbsync.ui.mapping.bar import draw_bar
from qbsync.ui.mapping.files import draw_files
from qbsync.ui.mapping.grid import draw_grid, leave_edited, show_only, show_open
from qbsync.ui.mapping.history import draw_history
from qbsync.ui.mapping.placement import draw_placement
from qbsync.ui.mapping.preferences import draw_bills
from qbsync.ui.mapping.timesheet import draw_timesheet
from qbsync.ui.mapping.together import begin
from qbsync.ui.page import Page
from qbsync.ui.parts import empty
from qbsync.ui.screens import link_to
from qbsync.ui.state import PendingMapping, choose, flash, next_round, pending_mapping
from qbsync.ui.text import escape, moment, plural

TABS = {
    MapKind.COST_CODE: "Cost codes",
    MapKind.CUSTOMER: "Customers",
    MapKind.PROJECT: "Projects",
    MapKind.EMPLOYEE: "Employees",
    MapKind.VENDOR: "Vendors",
}
TIMESHEET, BILLS = "Timesheet", "Bills"


def draw(page: Page) -> None:
    """The whole screen."""
    known = page.known
    if known is None:
        empty(
            "link_off",
            "No QuickBooks company is connected",
            "A mapping chooses from QuickBooks' lists, so connect first.",
            "connection",
        )
        return
    if not kept.latest_import(page.app):
        empty(
            "database",
            "There is nothing to map yet",
            "Load exports from ProForge Core, or the sample contractor, first.",
            "core_data",
        )
        return
    pending = pending_mapping(known.id)
    found = drafts.take_up(page, known, pending)
    if found:
        st.info(f"{plural(found, 'unsaved change')} of yours from before: look at them, then save or discard.")
    version = page.app.mappings.current(known.id).version
    view = kept.mapping_of(page.app, known.id, version)
    _top(page, known, view, pending)
    _settle_filters(pending)
    _open_asked(view, pending)
    tabs = st.tabs([*TABS.values(), TIMESHEET, BILLS], key="mapping_tabs", on_change="rerun")
    for tab, kind in zip(tabs, TABS, strict=False):
        if tab.open:
            with tab:
                if kind is MapKind.PROJECT:
                    draw_placement(page, known.id, view, pending)
                draw_grid(view, kind, TABS[kind], pending)
    if tabs[-2].open:
        with tabs[-2]:
            draw_timesheet(page, known.id, view, pending)
    if tabs[-1].open:
        with tabs[-1]:
            draw_bills(view, pending)
    drafts.keep(page, known, pending)
    if pending.count:
        draw_bar(page, known, view, pending)


def _settle_filters(pending: PendingMapping) -> None:
    """Once all edits are saved or discarded, no tab goes on looking for them."""
    if pending.ended:
        pending.ended = False
        for kind in TABS:
            leave_edited(kind)


def _open_asked(view: MappingView, pending: PendingMapping) -> None:
    """Open the tab that the address asks for; once, for the address then says nothing.

    Its search is at the row that the address names; without one the tab shows what is still to map.
    """
    tab, row = st.query_params.pop("tab", ""), st.query_params.pop("find", "")
    kind = next((one for one in TABS if one.value == tab), None)
    title = TABS[kind] if kind else next((one for one in (TIMESHEET, BILLS) if one.lower() == tab), "")
    if title:
        choose("mapping_tabs", title)
    if kind and row:
        show_only(kind, row)
    elif kind:
        show_open(view, kind, pending)


def _top(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="stretch", gap=None):
            st.caption(f"Which QuickBooks record stands for which Core code. {_saved(page, view)}")
            left = frames.unmapped_text(view)
            if left:
                st.markdown(
                    f":small[:orange[:material/rule: Still to map: {left}.] "
                    ":gray[A Sync Preview shows what needs them as blocked.]]"
                )
            else:
                st.markdown(":small[:green[:material/check_circle: Every code is mapped.]]")
        with st.container(horizontal=True, width="content"):
            _accept_sure(view, pending, page.app.house_rules.company(known.id).rules.sure_score)
            draw_history(page, known, view, pending)
            draw_files(page, known)
    if view.mapping.version:
        head = page.app.plans.head(known.id)
        is_open = head is not None and head.status is PlanStatus.DRAFT
        link_to("sync", "Back to the Sync Preview" if is_open else "Next: build a Sync Preview")


def _saved(page: Page, view: MappingView) -> str:
    mapping = view.mapping
    if not mapping.version:
        return "Nothing is saved yet."
    by = escape(f"{moment(mapping.saved_at, page.zone)} by {mapping.saved_by}")
    return f"Version {mapping.version}, saved {by}."


def _accept_sure(view: MappingView, pending: PendingMapping, sure_score: int) -> None:
    """Enter every sure suggestion of all tabs as an edit; saving stays a step of its own."""
    found = {kind: frames.sure_edits(view.of(kind), pending.of(kind), sure_score) for kind in TABS}
    count = sum(len(edits) for edits in found.values())
    entered = [edit for edits in found.values() for edit in edits.values()]
    fates = frames.counts_text(entered)
    if not count:
        return
    if st.button(
        f"Accept all suggestions of {sure_score}+: {frames.counts_text(entered, 'to be made')}",
        icon=":material/done_all:",
        key="mapping_accept",
        help=f"Enters the {count:,} whose score is {sure_score} or more as edits on every tab: {fates}. "
        "Nothing is saved before you press Save Mapping.",
    ):
        begin(view, pending)
        for kind, edits in found.items():
            pending.of(kind).update(edits)
        next_round("mapping_grid")
        flash(
            "info",
            f"{plural(count, 'suggestion')} entered: {fates}. "
            "Look at them under **Edited**, then press **Save Mapping**.",
        )
        st.rerun()
