"""The rows that imports left out and that still have to be mended, of whatever import they are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.domain.open_errors import OpenError
from qbsync.ui.core_data import frames
from qbsync.ui.page import Page
from qbsync.ui.parts import fitting
from qbsync.ui.state import flash, next_round, round_of
from qbsync.ui.text import plural

HEIGHT = 430
ROW_HEIGHT = 62  # three lines: a sentence wraps where its row is high enough
TEXTS = {  # all of it is in sight on a small screen
    "What is wrong": st.column_config.TextColumn(width=310),
    "What to do": st.column_config.TextColumn(width=220),
    "Where": st.column_config.TextColumn(width=150),
}


def draw_errors(page: Page, standing: Sequence[OpenError]) -> None:
    """The rows to mend, with a way to set aside those that nobody wants."""
    st.caption(
        "Mend them in ProForge, export, and load again: an error leaves this list when its week of hours, its bill or "
        "its list is read anew. Tick those that are not wanted at all to set them aside."
    )
    event = st.dataframe(
        frames.standing(standing, page.zone),
        hide_index=True,
        height=fitting(len(standing), HEIGHT, ROW_HEIGHT),
        row_height=ROW_HEIGHT,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"core_errors_{round_of('core_errors')}",
        column_config={
            "Loaded": st.column_config.DatetimeColumn(format="D MMM, HH:mm", width=98),
            **TEXTS,
        },
        alt="Rows to mend",
    )
    ticked = [standing[row].id for row in event.selection.rows if row < len(standing)]
    if st.button(
        f"Set {plural(len(ticked), 'error')} aside" if ticked else "Set aside",
        icon=":material/inventory_2:",
        disabled=not ticked,
        help="They leave this list; the report of their import keeps them. The audit trail has who did it.",
        key="core_set_aside",
    ):
        closed = page.app.intake.set_aside(ticked, who=page.who)
        flash("info", f"{plural(closed, 'error')} set aside.")
        next_round("core_errors")
        st.rerun()
