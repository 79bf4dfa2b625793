"""The Core data screen: load exports from ProForge Core, see every problem by row, browse what is there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from qbsync.domain.errors import AmbiguousDates, Severity
from qbsync.domain.intake import DateOrder, RowIssue, SheetReading, SourceFile
from qbsync.domain.records import CoreKind
from qbsync.services.intake import Loaded
from qbsync.services.story import SYNCED_AS
from qbsync.ui.core_data import frames
from qbsync.ui.core_data.story import draw_story
from qbsync.ui.kept import book_of
from qbsync.ui.page import Page
from qbsync.ui.parts import MIME
from qbsync.ui.screens import link_to
from qbsync.ui.state import flash, keep_one, last_loaded, next_round, round_of, undecided_files
from qbsync.ui.text import escape, plural

SAMPLE = Path(__file__).resolve().parents[3] / "examples" / "ridgeline" / "ridgeline.xlsx"
TYPES = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"]
FILES_MB_MAX = 25
TABLE_HEIGHT = 430
RECORDS, LAST, IMPORTS = "Records", "Last loading", "Recent imports"
MONEY = ("Contract value", "Pay rate", "Bill rate", "Total")


def draw(page: Page) -> None:
    """The whole screen."""
    st.caption("Exports from ProForge Core. Good rows are kept, every problem is listed with its place.")
    counts = page.app.core.counts()
    _load(page, first=not any(counts.values()))
    _ask_dates(page)
    _counts(counts)
    view = st.segmented_control(
        "View",
        [RECORDS, LAST, IMPORTS],
        default=LAST if last_loaded() else RECORDS,
        required=True,
        key=f"core_view_{round_of('core_files')}",
        label_visibility="collapsed",
    )
    if view == RECORDS:
        _browse(page, counts)
    elif view == LAST:
        _last_loading(page)
    else:
        _imports(page)


def _load(page: Page, *, first: bool) -> None:
    with st.container(border=True):
        left, right = st.columns([1.7, 1], gap="medium")
        with left:
            given = st.file_uploader(
                "Files from ProForge Core: CSV or Excel, several at once",
                type=TYPES,
                accept_multiple_files=True,
                max_upload_size=FILES_MB_MAX,
                key=f"core_files_{round_of('core_files')}",
            )
            if st.button("Load files", type="primary", icon=":material/upload:", disabled=not given, key="core_load"):
                load(page, [(file.name, file.getvalue()) for file in given])
        with right:
            st.markdown("**No export at hand?**")
            st.caption("A made-up contractor with customers, projects, crews, eight weeks of hours and bills.")
            if st.button(
                "Load the sample contractor",
                icon=":material/construction:",
                type="primary" if first else "secondary",
                key="core_sample",
            ):
                load(page, [(SAMPLE.name, SAMPLE.read_bytes())])
            _templates(page)


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
    next_round("core_files")
    _say(loaded)
    st.rerun()


def _say(loaded: Loaded) -> None:
    errors = len(loaded.reading.errors)
    text = escape(frames.summary(loaded.counts))
    if errors:
        rows = plural(errors, "problem keeps rows", "problems keep rows")
        flash("warning", f"{text} {rows} out; they are listed below.")
    else:
        flash("success" if loaded.changed_anything else "info", text)


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


def _counts(counts: dict[CoreKind, int]) -> None:
    with st.container(border=True):
        for column, kind in zip(st.columns(len(CoreKind), gap="small"), CoreKind, strict=True):
            column.metric(frames.TITLES[kind], f"{counts.get(kind, 0):,}")


def _browse(page: Page, counts: dict[CoreKind, int]) -> None:
    if not any(counts.values()):
        st.caption("Nothing is loaded yet. Load the sample contractor, or your own exports, above.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.pills(
            "Kind",
            list(CoreKind),
            default=CoreKind.PROJECT,
            required=True,
            format_func=lambda one: frames.TITLES[one],
            key="core_kind",
            label_visibility="collapsed",
        )
        st.space("stretch")
        text = st.text_input(
            "Search",
            type="search",
            placeholder="Search",
            key="core_search",
            label_visibility="collapsed",
            width=230,
        )
    chosen = kind or CoreKind.PROJECT
    known = page.known
    everything = frames.records(book_of(page.app), chosen)
    if known is not None and chosen in SYNCED_AS:
        everything = frames.with_state(everything, page.app.telling.in_quickbooks(known.id, chosen))
    frame = frames.searched(everything, text or "")
    event = st.dataframe(
        frame,
        hide_index=True,
        height=TABLE_HEIGHT,
        row_height=34,
        on_select="rerun",
        selection_mode="single-row",
        key=f"core_table_{chosen}_{text}",
        column_config={
            **{name: st.column_config.NumberColumn(format="dollar") for name in MONEY},
            **{name: st.column_config.NumberColumn(format="%.2f", width=56) for name in frames.DAYS},
            "Hours": st.column_config.NumberColumn(format="%.2f", width=64),
            **{name: st.column_config.DateColumn(format="D MMM YYYY") for name in ("Week ending", "Date", "Due")},
            frames.STATE: st.column_config.MultiselectColumn(
                options=[frames.SENT, frames.NOT_YET], color=["green", "gray"], width=108
            ),
        },
        placeholder="",
        alt=frames.TITLES[chosen],
    )
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(f"{len(frame):,} of {len(everything):,}. Tick a row to see its whole story.")
        link_to("connection" if page.connected is None else "mapping")
    for row in event.selection.rows:
        if row < len(frame):
            core_id = str(frame.index[row])
            draw_story(page, known, chosen, core_id, frames.title_of(frame.iloc[row], core_id))


def _last_loading(page: Page) -> None:
    kept = last_loaded()
    if not kept:
        st.caption("Nothing was loaded in this session. Earlier loadings are under Recent imports.")
        return
    loaded = kept[0]
    _what_changed(loaded)
    _sheets(loaded.reading.sheets)
    _problems(loaded.reading.issues)


def _what_changed(loaded: Loaded) -> None:
    st.markdown("##### What changed")
    rows = frames.changes(loaded.counts)
    st.table(
        {
            "Kind": [one.kind for one in rows],
            "New": [one.new for one in rows],
            "Changed": [one.changed for one in rows],
            "Unchanged": [one.unchanged for one in rows],
            "Gone": [one.retired for one in rows],
        },
        border="horizontal",
        hide_index=True,
    )


def _sheets(sheets: Sequence[SheetReading]) -> None:
    st.markdown("##### How the files were read")
    st.dataframe(
        frames.sheets(sheets),
        hide_index=True,
        height="content",
        column_config={
            "Read as": st.column_config.MultiselectColumn(
                options=[*frames.TITLES.values(), "Not recognised"],
                color=[*["green"] * len(frames.TITLES), "red"],
            )
        },
        alt="Sheets",
    )
    with st.expander("Headings as they were understood", icon=":material/view_column:"):
        for sheet in sheets:
            st.markdown(f"**{escape(sheet.file)}** {escape(sheet.sheet)}")
            st.dataframe(frames.headings(sheet), hide_index=True, height="content", width=520)


def _problems(issues: Sequence[RowIssue], key: str = "last") -> None:
    st.markdown(f"##### Problems by row :gray[{len(issues)}]")
    if not issues:
        st.success("No problems: every row was kept.", icon=":material/check_circle:")
        return
    counts = {severity: sum(1 for issue in issues if issue.severity is severity) for severity in Severity}
    chosen = st.pills(
        "Severity",
        [severity for severity in Severity if counts[severity]],
        format_func=lambda severity: f"{severity.value.capitalize()}s {counts[severity]}",
        key=f"core_severity_{key}",
        label_visibility="collapsed",
    )
    shown = [issue for issue in issues if chosen is None or issue.severity is chosen]
    st.dataframe(
        frames.problems(shown),
        hide_index=True,
        height="content" if len(shown) < 12 else TABLE_HEIGHT,
        row_height=34,
        column_config={
            "Severity": st.column_config.MultiselectColumn(
                options=["Error", "Warning"], color=["red", "orange"], width=90
            ),
            "File": st.column_config.TextColumn(width=130),
            "Sheet": st.column_config.TextColumn(width=110),
            "Row": st.column_config.NumberColumn(width=55),
            "Column": st.column_config.TextColumn(width=110),
            "Problem": st.column_config.TextColumn(width=330),
        },
        placeholder="",
        alt="Problems",
    )
    st.caption(
        "Errors keep a row out; warnings tell what was noticed. Mend them in ProForge, then export and load again."
    )


def _imports(page: Page) -> None:
    found = page.app.core.imports()
    if not found:
        st.caption("Nothing was loaded yet.")
        return
    event = st.dataframe(
        frames.imports(found, page.zone),
        hide_index=True,
        height="content" if len(found) < 10 else TABLE_HEIGHT,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        key="core_imports",
        column_config={"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150)},
        alt="Recent imports",
    )
    rows = event.selection.rows
    chosen = found[rows[0] if rows and rows[0] < len(found) else 0]
    _problems(page.app.core.issues(chosen["id"]), key=f"import_{chosen['id']}")
