"""Sync Now: what to compare, and the request for the preview of it."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.book import PayrollWeek
from qbsync.domain.connection import Connection
from qbsync.domain.errors import PreviewOpen
from qbsync.domain.plan import Scope
from qbsync.ui import kept
from qbsync.ui.page import Page, boundary
from qbsync.ui.state import flash
from qbsync.ui.text import KINDS, day, escape, titles_of


@st.dialog("Sync Now", icon=":material/sync:")
def ask_what(page: Page, known: Connection) -> None:
    """Ask what to compare: kinds, weeks, projects; the last answer of this session is there again.

    A form, for nothing here depends on another answer: what is chosen quickly is never lost to a redraw.
    """
    weeks_of = {week.ending: week for week in kept.weeks_of(page.app)}
    with boundary(page.name), st.form("sync_now_form", border=False):
        kinds = st.pills(
            "What to compare (nothing chosen means everything)",
            list(KINDS),
            default=_usual_kinds(page, known),
            selection_mode="multi",
            key="sync_kinds",
            persist_state="session",
        )
        weeks = st.multiselect(
            "Weeks ending (none chosen means all)",
            list(weeks_of),
            format_func=lambda week: week_text(weeks_of[week]),
            key="sync_weeks",
            placeholder="All weeks",
            filter_mode="contains",  # or Enter after "3 Oct" takes the 31st as well
            select_all=False,
            persist_state="session",
        )
        st.caption("Weeks narrow timesheets to their hours, and vendor bills to those dated in them.")
        projects = _projects(page)
        st.caption("This reads QuickBooks and shows what would change. It writes nothing there.")
        if st.form_submit_button("Build the preview", type="primary", key="sync_build", width="stretch"):
            chosen = frozenset(kind for title in kinds for kind in KINDS[title])
            ask_for(page, known, Scope(kinds=chosen, weeks=frozenset(weeks), projects=projects))


def week_text(week: PayrollWeek) -> str:
    """`3 Oct 2026`, and whether it waits to be submitted."""
    return f"{day(week.ending)}{' (draft)' if week.is_draft else ' (partly a draft)' if week.drafts else ''}"


def _projects(page: Page) -> frozenset[str]:
    """The projects that are chosen; options of a list are shown as they are, never as Markdown."""
    names = {one.core_id: one.name for one in kept.book_of(page.app).projects.values()}
    chosen = st.multiselect(
        "Projects (none chosen means all)",
        sorted(names),
        format_func=lambda one: f"{one} {names[one]}",
        key="sync_projects",
        placeholder="All projects",
        filter_mode="contains",
        select_all=False,
        persist_state="session",
        help="Their hours and bills, and the names that these use. A bill with lines of several projects comes whole; "
        "what belongs to no project is left out.",
    )
    return frozenset(chosen)


def _usual_kinds(page: Page, known: Connection) -> list[str]:
    """What the company's settings have ticked at first."""
    return titles_of(page.app.house_rules.company(known.id).rules.sync_kinds)


def ask_for(page: Page, known: Connection, scope: Scope) -> None:
    """Ask the worker; one that is asked for already is shown instead."""
    try:
        page.app.asking.ask(known.id, scope, who=page.who)
    except PreviewOpen as error:
        flash("info", escape(error))
    st.rerun()
