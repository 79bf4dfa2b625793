"""The Sync screen: Sync Now, the preview, the confirmation, and how a run goes on."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection, ConnectionState
from qbsync.domain.link import PullReport
from qbsync.domain.plan import Plan, PlanStatus
from qbsync.domain.run import Run
from qbsync.ui import kept
from qbsync.ui.page import Page
from qbsync.ui.parts import empty
from qbsync.ui.retry import draw_retry
from qbsync.ui.screens import link_to
from qbsync.ui.state import keep_one, last_pull
from qbsync.ui.sync import preview
from qbsync.ui.sync.building import draw_building
from qbsync.ui.sync.progress import draw_progress
from qbsync.ui.sync.stale import draw_stale
from qbsync.ui.sync.sync_now import ask_for, ask_what
from qbsync.ui.text import ago, escape, plural, scope_text
from qbsync.ui.tie_out import draw_tie_out


def draw(page: Page) -> None:
    """The whole screen."""
    known = page.connected
    if known is None:
        _not_connected(page.known)
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
        ask_for(page, known, head.scope)
    building = draw_building(page, known)
    run = page.app.runs.open_run(known.id)
    if run is not None:
        draw_progress(page, run.id)
    _pulled(page, head)
    if head is None and building:
        return
    if head is None:
        empty(
            "fact_check",
            "There is no preview yet",
            "Press Sync Now: it reads QuickBooks, compares, and shows what would change. Nothing is sent.",
        )
        return
    _state_of(page, known, head, running=run is not None)
    preview.draw_preview(page, known, head)


def _not_connected(known: Connection | None) -> None:
    ended = known is not None and known.state is ConnectionState.EXPIRED
    empty(
        "link_off",
        "The consent of QuickBooks has ended" if ended else "No QuickBooks company is connected",
        "A preview compares Core with QuickBooks, so it needs the connection.",
        "connection",
        "Connect again" if ended else "",
    )


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
                ask_what(page, known)
    return again


def _built(page: Page, known: Connection, head: Plan | None) -> str:
    if head is None:
        return f"From Core to **{escape(known.company_name)}**: nothing moves without your review."
    return (
        f"Preview **{escape(head.id)}**, built {ago(head.built_at, page.now)} by {escape(head.built_by)} "
        f"→ **{escape(known.company_name)}** · {escape(scope_text(head.scope))}"
    )


def _pull(page: Page, known: Connection) -> None:
    with st.spinner("Reading payments and edits from QuickBooks …"):
        keep_one(last_pull(), page.app.pulling.pull(known.id))
    st.rerun()


def _pulled(page: Page, head: Plan | None) -> None:
    """What the last pull of this session found; a preview that was built since has it among its conflicts."""
    for report in last_pull():
        is_compared = head is not None and head.built_at > report.pulled_at
        with st.expander(_pull_title(report, page), icon=":material/cloud_download:", expanded=not is_compared):
            _pull_list("Payments moved", report.payments_moved)
            _pull_list("Edited in QuickBooks since the last sync", report.edited)
            _pull_list("Deleted in QuickBooks since the last sync", report.orphaned)
            if not (report.edited or report.orphaned or report.payments_moved):
                st.caption("Nothing moved in QuickBooks since the last sync.")
            elif is_compared:
                st.caption("The preview was built after this: what it covers of these is under Conflicts.")
            elif report.edited or report.orphaned:
                st.caption("Build a preview to decide on these: they appear under Conflicts.")


def _pull_title(report: PullReport, page: Page) -> str:
    checked = plural(report.bills_checked, "bill")
    return f"Pulled {ago(report.pulled_at, page.now)}: {checked} checked for payments"


def _pull_list(title: str, found: tuple[str, ...]) -> None:
    if found:
        st.markdown(f"**{title}** :gray[{len(found)}]")
        st.markdown("\n".join(f"- {escape(one)}" for one in found[:20]))
        if len(found) > 20:
            st.caption(f"and {len(found) - 20} more")


def _state_of(page: Page, known: Connection, head: Plan, *, running: bool) -> None:
    """Say when a preview cannot be confirmed any more, and what to do."""
    if head.status is PlanStatus.DRAFT:
        if draw_stale(page, head):
            ask_for(page, known, head.scope)
        return
    if running:
        return
    run = next((run for run in page.app.runs.latest(head.connection_id) if run.plan_id == head.id), None)
    words = _how_it_ended(page, run) if run is not None else f"This preview is {head.status.value}."
    st.info(f"{words} It cannot be sent again: press **Sync Now** for a new one.", icon=":material/info:")
    if run is not None:
        draw_tie_out(kept.tie_out_of(page.app, run.id))
        draw_retry(page, run.id, key="sync_retry")
        link_to("sync_log", "See its records in the Sync Log", run=run.id)


def _how_it_ended(page: Page, run: Run) -> str:
    progress = page.app.runs.progress(run.id)
    done = plural(progress.done, "record")
    left = f", {progress.not_done:,} not" if progress.not_done else ""
    return f"This preview was sent ({run.status.value}): {done} done{left}."
