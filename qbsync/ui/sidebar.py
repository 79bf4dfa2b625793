"""The card in the sidebar: how we stand with QuickBooks, who is asking, and what is unread."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection, ConnectionState, Environment
from qbsync.ui.page import Page, boundary, open_page
from qbsync.ui.screens import link_to
from qbsync.ui.state import choose_company, name_company
from qbsync.ui.text import escape, plural

STATES = {
    ConnectionState.CONNECTED: ("Connected", "check_circle", "green"),
    ConnectionState.EXPIRED: ("Expired", "warning", "orange"),
    ConnectionState.DISCONNECTED: ("Disconnected", "link_off", "gray"),
}
ENVIRONMENTS = {
    Environment.LOCAL: "Local QuickBooks, for trying out",
    Environment.SANDBOX: "Intuit sandbox company",
    Environment.PRODUCTION: "Production books",
}


def draw_sidebar() -> None:
    """Draw the card below the menu."""
    with st.sidebar, boundary("sidebar"):
        page = open_page("sidebar")
        with st.container(border=True):
            _connection(page)
        unread = page.app.notices.unread()
        if unread:
            link_to("settings", f"{plural(unread, 'unread notice')}")
        st.caption(f":material/account_circle: {escape(page.who)}")


def _connection(page: Page) -> None:
    known = page.known
    if known is None:
        st.badge("Not connected", icon=":material/link_off:", color="gray")
        st.caption("No QuickBooks company yet.")
        return
    label, icon, color = STATES[known.state]
    st.badge(label, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]
    if len(page.companies) > 1:
        _choice(page.companies, known)
    else:
        st.markdown(f"**{escape(known.company_name)}**")
    st.caption(ENVIRONMENTS[known.environment])
    if known.state is not ConnectionState.CONNECTED:
        link_to("connection", "Connect again")


def _choice(companies: list[Connection], known: Connection) -> None:
    """Whose books every screen shows, and writes to. The address names them too."""
    names = {one.realm_id: f"{one.company_name} · {one.realm_id}" for one in companies}
    picked = st.selectbox(
        "Company",
        list(names),
        index=list(names).index(known.realm_id),
        format_func=names.__getitem__,
        key="sidebar_company",
    )
    if picked != known.realm_id:
        choose_company(picked)
        st.rerun()
    name_company(known.realm_id)
