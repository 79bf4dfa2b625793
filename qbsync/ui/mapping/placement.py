"""Where projects go that are made in QuickBooks: for the company, and for single projects otherwise."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.mapping import Placement
from qbsync.domain.mapping_choices import why_no_project
from qbsync.services.mapping_view import MappingView
from qbsync.ui.kept import company_of
from qbsync.ui.mapping.preferences import keep, key_of, with_changes
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping

PLACEMENTS = {
    Placement.SUB_CUSTOMER: "Sub-customer (job) under its customer",
    Placement.CUSTOMER: "Customer of its own",
}
EXCEPTIONS = {
    Placement.SUB_CUSTOMER: "Except these, which become customers of their own",
    Placement.CUSTOMER: "Except these, which become sub-customers",
}


def draw_placement(page: Page, connection_id: int, view: MappingView, pending: PendingMapping) -> None:
    """The choice above the table of projects."""
    now = with_changes(view.mapping.preferences, pending)
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            placement = st.radio(
                "A project that is made in QuickBooks becomes a",
                list(PLACEMENTS),
                index=list(PLACEMENTS).index(now.project_placement),
                format_func=lambda one: PLACEMENTS[one],
                key=key_of("placement"),
            )
        other = Placement.CUSTOMER if placement is Placement.SUB_CUSTOMER else Placement.SUB_CUSTOMER
        with right:
            chosen = st.multiselect(
                EXCEPTIONS[placement],
                list(view.projects),
                default=[one for one in view.projects if now.project_placements.get(one) is other],
                format_func=lambda one: f"{one} {view.projects[one]}",
                placeholder="No project",
                filter_mode="contains",
                select_all=False,
                key=key_of(f"placements_{placement.name}"),
            )
        st.caption(why_no_project(company_of(page.app, connection_id)))
    gone = {one: where for one, where in now.project_placements.items() if one not in view.projects}
    keep(
        view,
        pending,
        project_placement=placement,
        project_placements={**gone, **dict.fromkeys(chosen, other)},
    )
