"""How a run goes on: read from the database every second, by any number of browsers, until it ends."""

from __future__ import annotations

import streamlit as st

from qbsync.bootstrap import now
from qbsync.domain.pace import Look, Pace, pace_of, with_look
from qbsync.domain.run import OutcomeStatus, Progress, Run, RunStatus
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import draw_no_worker
from qbsync.ui.state import FlashKind, flash, looks_at
from qbsync.ui.text import escape, lasting, moment, plural

EVERY_SECONDS = 1.0


def draw_progress(page: Page, run_id: str) -> None:
    """The panel of an open run; it stops asking when the run has ended."""
    st.fragment(_poll, run_every=EVERY_SECONDS)(page, run_id)


def _poll(page: Page, run_id: str) -> None:
    with boundary(page.name):
        run, progress = page.app.runs.get(run_id), page.app.runs.progress(run_id)
        if not run.is_open:
            flash(*how_it_ended(run, progress, where="below" if page.name == "sync_log" else "in the **Sync Log**"))
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
        pace = _look(run, settled, progress.total)
        if pace is not None:
            st.markdown(f":material/speed: {pace_text(pace)}")
        if run.note and run.status is not RunStatus.RUNNING:
            st.warning(f"{_resumes(page, run)}{escape(run.note)}", icon=":material/pause_circle:")
        if run.status is RunStatus.QUEUED:
            draw_no_worker(run.created_at, now())
        st.caption(
            f"Run {escape(run.id)}, confirmed by {escape(run.confirmed_by)}. You may leave this page: it goes on."
        )


def _look(run: Run, settled: int, total: int) -> Pace | None:
    """The pace as this browser has seen it; it is looked at anew after a pause."""
    looks = looks_at(run.id)
    looks[:] = with_look(looks, Look(at=now(), settled=settled)) if run.status is RunStatus.RUNNING else []
    return pace_of(looks, total)


def pace_text(pace: Pace) -> str:
    """`480 records a minute, about 4 min left.`"""
    return f"{plural(pace.per_minute, 'record')} a minute, {lasting(pace.left)} left."


def _resumes(page: Page, run: Run) -> str:
    """When a run that rests goes on; "" where it waits for somebody."""
    if run.retry_at is None:
        return ""
    at = escape(moment(run.retry_at, page.zone))
    return f"**The sync goes on by itself at {at}** (in {lasting(run.retry_at - now())}). "


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


def how_it_ended(run: Run, progress: Progress, *, where: str) -> tuple[FlashKind, str]:
    """The news of a run that has ended. `where` its records are, as Markdown: `in the **Sync Log**`."""
    done = plural(progress.done, "record")
    if run.status is RunStatus.DONE:
        return "success", f"Sync finished: {done} done."
    text = f"Sync {run.status.value}: {done} done, {progress.not_done + progress.waiting:,} not. "
    return "warning", f"{escape(text)} See each of them {where}. {escape(run.note)}"
