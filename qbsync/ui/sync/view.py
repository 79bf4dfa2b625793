"""The Sync screen: Sync Now, the preview, the confirmation, and how a run goes on."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.errors import PreviewOpen
from qbsync.domain.link import PullReport
from qbsync.domain.plan import Plan, PlanStatus, Scope
from qbsync.domain.run import Run
from qbsync.domain.wanted import SyncKind
from qbsync.ui import kept
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import empty
from qbsync.ui.screens import link_to
from qbsync.ui.state import flash, keep_one, last_pull
from qbsync.ui.sync import preview
from qbsync.ui.sync.building import draw_building
from qbsync.ui.sync.progress import draw_progress
from qbsync.ui.text import ago, day, escape, moment, plural

KINDS = {
    "Customers and projects": (SyncKind.CUSTOMER, SyncKind.PROJECT),
    "Employees": (SyncKind.EMPLOYEE,),
    "Vendors": (SyncKind.VENDOR,),
    "Vendor bills": (SyncKind.BILL,),
    "Timesheets": (SyncKind.TIME_ENTRY,),
}


def draw(page: Page) -> None:
    """The whole screen."""
    known = page.connected
    if known is None:
        empty(
            "link_off",
            "No QuickBooks company is connected",
            "A preview compares Core with QuickBooks, so it needs the connection.",
            "connection",
        )
        return
    if not kept.latest_import(page.app):
        empty(
            "database",
            "There is nothing from ProForge Core yet",
            "Load exports, or the sample contractor, first.",
            "core_data",
        )
        return
    head = page.app.plans.head(known.id)
    if _top(page, known, head) and head is not None:
        _build(page, known, head.scope)
    building = draw_building(page, known)
    run = page.app.runs.open_run(known.id)
    if run is not None:
        draw_progress(page, run.id)
    _pulled(page)
    if head is None and building:
        return
    if head is None:
        empty(
            "fact_check",
            "There is no preview yet",
            "Press Sync Now: it reads QuickBooks, compares, and shows what would change. Nothing is sent.",
        )
        return
    _state_of(page, head, running=run is not None)
    preview.draw_preview(page, known, head)


def _top(page: Page, known: Connection, head: Plan | None) -> bool:
    """The buttons; returns whether the preview is to be built again."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="stretch"):
            st.caption(_built(page, known, head))
        with st.container(horizontal=True, width="content"):
            if st.button(
                "Pull",
                icon=":material/cloud_download:",
                key="sync_pull",
                help=(
                    "Bring back payments, and report what was edited or deleted in QuickBooks. Nothing is overwritten."
                ),
            ):
                _pull(page, known)
            again = head is not None and st.button("Rebuild", icon=":material/refresh:", key="sync_again")
            if st.button("Sync Now", icon=":material/sync:", type="primary", key="sync_now"):
                _sync_now(page, known)
    return again


def _built(page: Page, known: Connection, head: Plan | None) -> str:
    if head is None:
        return f"From Core to **{escape(known.company_name)}**: nothing moves without your review."
    return (
        f"Preview **{escape(head.id)}**, built {ago(head.built_at, page.now)} by {escape(head.built_by)} "
        f"→ **{escape(known.company_name)}** · {escape(_scope_text(head.scope))}"
    )


def _scope_text(scope: Scope) -> str:
    titles = [title for title, kinds in KINDS.items() if scope.kinds.intersection(kinds)]
    what = ", ".join(titles).lower() if scope.kinds else "everything"
    weeks = ", ".join(day(week) for week in sorted(scope.weeks))
    return f"{what}, week ending {weeks}" if weeks else what


@st.dialog("Sync Now", icon=":material/sync:")
def _sync_now(page: Page, known: Connection) -> None:
    with boundary(page.name):
        kinds = st.pills(
            "What to compare (nothing chosen means everything)",
            list(KINDS),
            selection_mode="multi",
            key="sync_kinds",
        )
        weeks = st.multiselect(
            "Weeks ending (none chosen means all)",
            kept.week_endings(page.app),
            format_func=day,
            key="sync_weeks",
            placeholder="All weeks",
        )
        st.caption("This reads QuickBooks and shows what would change. It writes nothing there.")
        if st.button("Build the preview", type="primary", key="sync_build", width="stretch"):
            chosen = frozenset(kind for title in kinds for kind in KINDS[title])
            _build(page, known, Scope(kinds=chosen, weeks=frozenset(weeks)))


def _build(page: Page, known: Connection, scope: Scope) -> None:
    """Ask the worker; one that is asked for already is shown instead."""
    try:
        page.app.asking.ask(known.id, scope, who=page.who)
    except PreviewOpen as error:
        flash("info", escape(error))
    st.rerun()


def _pull(page: Page, known: Connection) -> None:
    with st.spinner("Reading payments and edits from QuickBooks …"):
        keep_one(last_pull(), page.app.pulling.pull(known.id))
    st.rerun()


def _pulled(page: Page) -> None:
    for report in last_pull():
        with st.expander(_pull_title(report, page), icon=":material/cloud_download:", expanded=True):
            _pull_list("Payments moved", report.payments_moved)
            _pull_list("Edited in QuickBooks since the last sync", report.edited)
            _pull_list("Deleted in QuickBooks since the last sync", report.orphaned)
            if report.edited or report.orphaned:
                st.caption("Build a preview to decide on these: they appear under Conflicts.")
            elif not report.payments_moved:
                st.caption("Nothing moved in QuickBooks since the last sync.")


def _pull_title(report: PullReport, page: Page) -> str:
    checked = plural(report.bills_checked, "bill")
    return f"Pulled {ago(report.pulled_at, page.now)}: {checked} checked for payments"


def _pull_list(title: str, found: tuple[str, ...]) -> None:
    if found:
        st.markdown(f"**{title}** :gray[{len(found)}]")
        st.markdown("\n".join(f"- {escape(one)}" for one in found[:20]))
        if len(found) > 20:
            st.caption(f"and {len(found) - 20} more")


def _state_of(page: Page, head: Plan, *, running: bool) -> None:
    """Say when a preview cannot be confirmed any more, and what to do."""
    if head.status is PlanStatus.DRAFT:
        _warn_if_stale(page, head)
        return
    if running:
        return
    run = next((run for run in page.app.runs.latest(head.connection_id) if run.plan_id == head.id), None)
    words = _how_it_ended(page, run) if run is not None else f"This preview is {head.status.value}."
    st.info(f"{words} It cannot be sent again: press **Sync Now** for a new one.", icon=":material/info:")
    if run is not None:
        link_to("sync_log", "See its records in the Sync Log", run=run.id)


def _how_it_ended(page: Page, run: Run) -> str:
    progress = page.app.runs.progress(run.id)
    done = plural(progress.done, "record")
    left = f", {progress.not_done:,} not" if progress.not_done else ""
    return f"This preview was sent ({run.status.value}): {done} done{left}."


def _warn_if_stale(page: Page, head: Plan) -> None:
    if page.app.mappings.current(head.connection_id).version != head.mapping_version:
        st.warning("The mapping was saved after this preview was built. Press **Rebuild**.", icon=":material/update:")
        return
    loaded = page.app.core.imports(1)
    if loaded and loaded[0]["at"] > head.built_at:
        st.warning(
            f"Core data was loaded on {escape(moment(loaded[0]['at'], page.zone))}, after this "
            "preview was built. "
            "Rows that it changed will not be sent. Press **Rebuild** to see them as they are now.",
            icon=":material/update:",
        )
