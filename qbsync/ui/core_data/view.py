"""The Core data screen: load exports from ProForge Core, see every problem by row, browse what is there."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.records import CoreKind
from qbsync.ui.core_data import frames
from qbsync.ui.core_data.browse import KIND, SEARCH, draw_records
from qbsync.ui.core_data.errors import draw_errors
from qbsync.ui.core_data.loading import LAST, draw_loading
from qbsync.ui.core_data.reports import draw_imports, draw_last_loading
from qbsync.ui.page import Page
from qbsync.ui.state import asked_view, choose, keep_one, next_round, round_of

RECORDS, ERRORS, IMPORTS = "Records", "Rows to mend", "Recent imports"


def draw(page: Page) -> None:
    """The whole screen."""
    st.caption("Exports from ProForge Core. Good rows are kept, every problem is listed with its place.")
    counts = page.app.core.counts()
    draw_loading(page, first=not any(counts.values()))
    _counts(counts)
    view = _choose_view(page.app.core.rows_to_mend())
    if view == RECORDS:
        draw_records(page, counts)
    elif view == ERRORS:
        draw_errors(page, page.app.core.open_errors())
    elif view == LAST:
        draw_last_loading()
    else:
        draw_imports(page)


def _choose_view(rows_to_mend: int) -> str:
    if st.query_params.get("view") == "errors":
        del st.query_params["view"]
        keep_one(asked_view(), ERRORS)
        next_round("core_view")
    _open_asked()
    views = [RECORDS, *([ERRORS] if rows_to_mend else []), LAST, IMPORTS]
    asked = next((one for one in asked_view() if one in views), RECORDS)
    view = st.segmented_control(
        "View",
        views,
        default=asked,
        required=True,
        format_func=lambda one: f"{one} · {rows_to_mend:,}" if one == ERRORS else one,
        key=f"core_view_{round_of('core_view')}",
        label_visibility="collapsed",
    )
    return view or asked


def _open_asked() -> None:
    """Show the kind that the address asks for, with its search at the row; once, for the address then says nothing."""
    tab, row = st.query_params.pop("tab", ""), st.query_params.pop("find", "")
    kind = next((one for one in CoreKind if one.value == tab), None)
    if kind is not None:
        keep_one(asked_view(), RECORDS)
        next_round("core_view")
        choose(KIND, kind)
        choose(SEARCH, row)


def _counts(counts: dict[CoreKind, int]) -> None:
    with st.container(border=True):
        for column, kind in zip(st.columns(len(CoreKind), gap="small"), CoreKind, strict=True):
            column.metric(frames.TITLES[kind], f"{counts.get(kind, 0):,}")
