"""Trying again what a run did not do: a preview of just those records, which nothing leaves without being confirmed."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.errors import QbsyncError
from qbsync.ui.page import Page
from qbsync.ui.state import flash, go_to
from qbsync.ui.text import escape, plural


def ask_again(page: Page, run_id: str, rows: tuple[int, ...] = ()) -> None:
    """Ask for a preview of what a run did not do, and go where it is shown."""
    try:
        page.app.asking.ask_again(run_id, rows, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))
    else:
        go_to("sync")


def draw_retry(page: Page, run_id: str, *, key: str) -> None:
    """What an ended run left undone, with the button that tries it again; nothing where it left nothing."""
    left = page.app.leaving.still_to_do(run_id)
    if not left:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":red[:material/error:] **{plural(left, 'record')}** did not go over.", width="stretch")
        st.button(
            f"Retry {'it' if left == 1 else f'all {left:,}'}",
            icon=":material/replay:",
            key=key,
            on_click=ask_again,
            args=(page, run_id),
            help="Builds a preview of just these records. Nothing is sent before you confirm it.",
        )
