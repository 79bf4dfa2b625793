"""Loading files from ProForge Core: choose them, say how their dates are read, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from qbsync.domain.errors import AmbiguousDates
from qbsync.domain.intake import DateOrder, SourceFile
from qbsync.domain.records import CoreKind
from qbsync.services.intake import Loaded
from qbsync.ui.core_data import frames
from qbsync.ui.page import Page
from qbsync.ui.parts import MIME
from qbsync.ui.state import asked_view, flash, keep_one, last_loaded, next_round, round_of, undecided_files
from qbsync.ui.text import escape, plural

SAMPLE = Path(__file__).resolve().parents[3] / "examples" / "ridgeline" / "ridgeline.xlsx"
TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"]
FILES_MB_MAX = 25
LAST = "Last loading"  # the view that a loading opens


def draw_loading(page: Page, *, first: bool) -> None:
    """Where files are given; `first` where nothing is loaded yet."""
    _load(page, first=first)
    _ask_dates(page)


def _load(page: Page, *, first: bool) -> None:
    with st.expander("Load files from ProForge Core", icon=":material/upload:", expanded=first, key="core_loading"):
        left, right = st.columns([1.7, 1], gap="medium")
        with left:
            given = st.file_uploader(
                "CSV or Excel, several at once",
                type=TYPES,
                accept_multiple_files=True,
                max_upload_size=FILES_MB_MAX,
                key=f"core_files_{round_of('core_files')}",
            )
            if st.button("Load files", type="primary", icon=":material/upload:", disabled=not given, key="core_load"):
                load(page, [(file.name, file.getvalue()) for file in given])
        with right:
            if first:
                st.markdown("**No export at hand?**")
                _sample(page)
                _templates(page)
            else:
                st.markdown("**Something to begin with**")
                _templates(page)
                with st.popover("Sample contractor", icon=":material/construction:", type="tertiary", key="core_other"):
                    st.warning("Its records are added to yours. Load it only to try things out.")
                    _sample(page)


def _sample(page: Page) -> None:
    st.caption("A made-up contractor with customers, projects, crews, eight weeks of hours and bills.")
    if st.button("Load the sample contractor", icon=":material/construction:", type="primary", key="core_sample"):
        load(page, [(SAMPLE.name, SAMPLE.read_bytes())])


def _templates(page: Page) -> None:
    with st.popover("Templates to fill in", icon=":material/download:", type="tertiary", key="core_templates"):
        st.download_button(
            "All lists, one Excel workbook",
            data=page.app.template,
            file_name="proforge-templates.xlsx",
            mime=MIME["xlsx"],
            on_click="ignore",
            key="core_template_all",
            width="stretch",
        )
        for kind in CoreKind:
            st.download_button(
                f"{frames.TITLES[kind]} (CSV)",
                data=partial(page.app.template, kind),
                file_name=f"{frames.TITLES[kind].lower().replace(' ', '-')}.csv",
                mime=MIME["csv"],
                on_click="ignore",
                type="tertiary",
                key=f"core_template_{kind}",
            )


def load(page: Page, given: Sequence[tuple[str, bytes]], order: DateOrder | None = None) -> None:
    """Load files and say what came of it; files whose dates are not clear wait for an answer."""
    waiting = undecided_files()
    files = [SourceFile(name=name, data=data) for name, data in given]
    try:
        with st.spinner("Reading the files …"):
            loaded = page.app.intake.load(files, who=page.who, date_order=order)
    except AmbiguousDates as error:
        waiting.given, waiting.question = list(given), str(error)
        st.rerun()
    waiting.given.clear()
    keep_one(last_loaded(), loaded)
    keep_one(asked_view(), LAST)
    next_round("core_files")
    next_round("core_view")
    _say(loaded)
    st.rerun()


def _say(loaded: Loaded) -> None:
    errors = len(loaded.reading.errors)
    text = escape(frames.summary(loaded.counts))
    if errors:
        rows = plural(errors, "problem keeps rows", "problems keep rows")
        flash("warning", f"{text} {rows} out; they are listed below.")
        return
    warnings = len(loaded.reading.warnings)
    if warnings:
        text += f" {plural(warnings, 'warning is', 'warnings are')} listed below."
    flash("warning" if warnings else "success" if loaded.changed_anything else "info", text)


def _ask_dates(page: Page) -> None:
    waiting = undecided_files()
    if not waiting.given:
        return
    with st.container(border=True):
        st.markdown(f":orange[:material/event:] {escape(waiting.question)}")
        with st.container(horizontal=True):
            for order, label in (
                (DateOrder.MONTH_FIRST, "Month first (11/21/2026)"),
                (DateOrder.DAY_FIRST, "Day first (21/11/2026)"),
            ):
                if st.button(label, key=f"core_dates_{order.name}"):
                    load(page, waiting.given, order)
            if st.button("Cancel", type="tertiary", key="core_dates_cancel"):
                waiting.given.clear()
                st.rerun()
