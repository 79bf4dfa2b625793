"""How a run goes on: read from the database every second, by any number of browsers, until it ends."""

from __future__ import annotations

import streamlit as st

from qbsync.bootstrap import now
from qbsync.domain.run import OutcomeStatus, Progress, Run, RunStatus
from qbsync.ui.page import Page, boundary
from qbsync.ui.state import FlashKind, flash
from qbsync.ui.text import escape, moment, plural

EVERY_SECONDS = 1.0


def draw_progress(page: Page, run_id: str) -> None:
    """The panel of an open run; it stops asking when the run has ended."""
    st.fragment(_poll, run_every=EVERY_SECONDS)(page, run_id)


def _poll(page: Page, run_id: str) -> None:
    with boundary(page.name):
        run, progress = page.app.runs.get(run_id), page.app.runs.progress(run_id)
        if not run.is_open:
            flash(*_ended(run, progress))
            st.rerun()
        _panel(page, run, progress)


def _panel(page: Page, run: Run, progress: Progress) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"##### {_title(run)}", width="stretch")
            if run.cancel_requested:
                st.badge("Stopping before the next write", color="orange")
            elif st.button("Cancel", icon=":material/stop_circle:", key=f"sync_cancel_{run.id}"):
                page.app.runs.cancel(run.id, page.who, now())
                st.rerun(scope="fragment")
        settled = progress.done + progress.not_done
        st.progress(
            settled / progress.total if progress.total else 0.0,
            text=f"{settled:,} of {progress.total:,} · :green[{progress.done:,} done] · "
            f"{_not_done(progress)} · :gray[{progress.waiting:,} waiting]",
        )
        if run.note and run.status is not RunStatus.RUNNING:
            again = f" The sync goes on by itself at {moment(run.retry_at, page.zone)}." if run.retry_at else ""
            st.warning(escape(f"{run.note}{again}"), icon=":material/pause_circle:")
        st.caption(
            f"Run {escape(run.id)}, confirmed by {escape(run.confirmed_by)}. You may leave this page: it goes on."
        )


def _title(run: Run) -> str:
    match run.status:
        case RunStatus.QUEUED:
            return ":material/hourglass_top: Waiting for the worker"
        case RunStatus.PAUSED:
            return ":orange[:material/pause_circle:] Paused"
        case _:
            return ":material/cloud_upload: Sending to QuickBooks"


def _not_done(progress: Progress) -> str:
    failed = progress.counts.get(OutcomeStatus.FAILED, 0)
    others = progress.not_done - failed
    text = f":red[{failed:,} failed]" if failed else ":gray[0 failed]"
    return f"{text} · :orange[{others:,} held back]" if others else text


def _ended(run: Run, progress: Progress) -> tuple[FlashKind, str]:
    done = plural(progress.done, "record")
    if run.status is RunStatus.DONE:
        return "success", f"Sync finished: {done} done."
    text = f"Sync {run.status.value}: {done} done, {progress.not_done + progress.waiting:,} not. "
    return "warning", f"{escape(text)} See each of them in the **Sync Log**. {escape(run.note)}"
