"""What loadings came to: the last one of this session, and the report of each earlier one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.domain.errors import Severity
from qbsync.domain.intake import RowIssue, SheetReading
from qbsync.services.intake import Loaded
from qbsync.ui.core_data import frames
from qbsync.ui.core_data.errors import ROW_HEIGHT, TEXTS
from qbsync.ui.page import Page
from qbsync.ui.parts import fitting, row_of
from qbsync.ui.state import last_loaded
from qbsync.ui.text import escape

TABLE_HEIGHT = 430


def draw_last_loading() -> None:
    """How the files were read, what changed, and every problem."""
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
    if not rows:
        st.caption("Nothing: no list of ProForge Core was recognised in these files.")
        return
    st.table(
        {
            "Kind": [one.kind for one in rows],
            "New": [f"{one.new:,}" for one in rows],
            "Changed": [f"{one.changed:,}" for one in rows],
            "Unchanged": [f"{one.unchanged:,}" for one in rows],
            "Gone": [f"{one.retired:,}" for one in rows],
        },
        border="horizontal",
        hide_index=True,
    )


def _sheets(sheets: Sequence[SheetReading]) -> None:
    if not sheets:
        return
    st.markdown("##### How the files were read")
    st.dataframe(
        frames.sheets(sheets),
        hide_index=True,
        height="content",
        column_config={
            "Read as": st.column_config.MultiselectColumn(
                options=[*frames.TITLES.values(), "Not recognised"],
                color=[*["green"] * len(frames.TITLES), "red"],
            ),
            **{name: st.column_config.NumberColumn(format="localized") for name in ("Rows", "Kept", "Left out")},
        },
        alt="Sheets",
    )
    with st.expander("Headings as they were understood", icon=":material/view_column:"):
        for sheet in sheets:
            st.markdown(f"**{escape(sheet.file)}** {escape(sheet.sheet)}")
            if sheet.headings:
                st.dataframe(frames.headings(sheet), hide_index=True, height="content", width=520)
            else:
                st.caption("No row of it was understood as headings.")


def _problems(issues: Sequence[RowIssue], key: str = "last") -> None:
    st.markdown(f"##### Problems by row :gray[{len(issues):,}]")
    if not issues:
        st.success("No problems: every row was kept.", icon=":material/check_circle:")
        return
    counts = {severity: sum(1 for issue in issues if issue.severity is severity) for severity in Severity}
    chosen = st.pills(
        "Severity",
        [severity for severity in Severity if counts[severity]],
        format_func=lambda severity: f"{severity.value.capitalize()}s {counts[severity]:,}",
        key=f"core_severity_{key}",
        label_visibility="collapsed",
    )
    shown = [issue for issue in issues if chosen is None or issue.severity is chosen]
    st.dataframe(
        frames.problems(shown),
        hide_index=True,
        height=fitting(len(shown), TABLE_HEIGHT, ROW_HEIGHT),
        row_height=ROW_HEIGHT,
        column_config={
            "Severity": st.column_config.MultiselectColumn(
                options=["Error", "Warning"], color=["red", "orange"], width=90
            ),
            **TEXTS,
        },
        placeholder="",
        alt="Problems",
    )
    st.caption(
        "Errors keep a row out; warnings tell what was noticed. Mend them in ProForge, then export and load again."
    )


def draw_imports(page: Page) -> None:
    """Who loaded what and when, with the problems of the one that is chosen."""
    found = page.app.core.imports()
    if not found:
        st.caption("Nothing was loaded yet.")
        return
    event = st.dataframe(
        frames.imports(found, page.zone),
        hide_index=True,
        height=fitting(len(found), TABLE_HEIGHT),
        on_select="rerun",
        selection_mode="single-cell",
        key="core_imports",
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=140),
            "Files": st.column_config.TextColumn(width=270),
            "Loaded by": st.column_config.TextColumn(width=160),
            "Result": st.column_config.TextColumn(width=230),
        },
        alt="Recent imports",
    )
    chosen = found[row_of(event.selection.cells, len(found))]
    _problems(page.app.core.issues(chosen["id"]), key=f"import_{chosen['id']}")
