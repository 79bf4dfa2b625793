"""A preview that the worker builds, looked at every second, by any number of browsers, until it is there."""

from __future__ import annotations

import streamlit as st

from qbsync.bootstrap import now
from qbsync.domain.connection import Connection
from qbsync.domain.preview_request import PreviewRequest, RequestStatus
from qbsync.ui import kept
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import draw_no_worker
from qbsync.ui.state import keep_one, watched_request
from qbsync.ui.text import escape, plural, scope_text

EVERY_SECONDS = 1.0


def draw_building(page: Page, known: Connection) -> bool:
    """The panel of a preview that is being built, or why the latest was not; returns whether one is."""
    request = page.app.asking.latest(known.id)
    if request is None:
        return False
    if request.is_open:
        keep_one(watched_request(), request.id)
        st.fragment(_poll, run_every=EVERY_SECONDS)(page, known)
        return True
    if request.id in watched_request():
        watched_request().clear()
        _say(page, request)
    if request.status is RequestStatus.FAILED and _is_newest(page, known, request):
        st.error(f"The preview could not be built. {escape(request.note)}", icon=":material/error:")
    return False


def _is_newest(page: Page, known: Connection, request: PreviewRequest) -> bool:
    """Whether no preview was built since."""
    head = page.app.plans.head(known.id)
    return head is None or head.built_at < request.asked_at


def _poll(page: Page, known: Connection) -> None:
    with boundary(page.name):
        request = page.app.asking.latest(known.id)
        if request is None or not request.is_open:
            kept.forget_lists()
            st.rerun()
        _panel(page, request)


def _panel(page: Page, request: PreviewRequest) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("##### :material/fact_check: Building the preview", width="stretch")
            if st.button("Cancel", icon=":material/stop_circle:", key="sync_build_cancel"):
                page.app.asking.cancel(request.id)
                st.rerun()
        st.progress(request.share, text=f"{escape(request.doing or 'Waiting for the worker')} …")
        if request.status is RequestStatus.ASKED:
            draw_no_worker(request.asked_at, now())
        st.caption(
            f"Asked for by {escape(request.asked_by)}: {escape(scope_text(request.scope))}. "
            "Nothing is sent. You may leave this page: it goes on."
        )


def _say(page: Page, request: PreviewRequest) -> None:
    """What became of a preview that this session saw being built; why one failed stays on the page by itself."""
    if request.status is RequestStatus.READY:
        count = sum(page.app.plans.counts(request.plan_id).values())
        st.success(
            f"The preview is ready: {plural(count, 'record was', 'records were')} compared.",
            icon=":material/check_circle:",
        )
    elif request.status is RequestStatus.CANCELLED:
        st.info("The preview was cancelled. Nothing was changed.", icon=":material/info:")
