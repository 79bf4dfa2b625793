"""Leave a record alone, or take it up again: the buttons, wherever a record that did not go over is shown."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.errors import QbsyncError
from qbsync.domain.left_alone import REASON_MAX, LeftAlone
from qbsync.domain.wanted import SyncKind
from qbsync.ui.page import Page
from qbsync.ui.state import flash
from qbsync.ui.text import escape


def left_alone(page: Page, record: str) -> LeftAlone | None:
    """Who leaves the record of this key alone, and why; None where nobody does."""
    return page.app.leaving.all(page.known.id).get(record) if page.known is not None else None


def draw_take_up(page: Page, kind: SyncKind, core_id: str, *, key: str) -> None:
    """The button that undoes it."""
    st.button(
        "Take up again",
        icon=":material/undo:",
        key=key,
        on_click=_take_up,
        args=(page, kind, core_id),
        help="The next preview compares it again, like any other record.",
    )


def draw_leave(page: Page, kind: SyncKind, core_id: str, *, key: str, of: str, then: str = "") -> None:
    """The button that asks for the reason; `then` is said once it is left alone.

    `key` and `of` name its widgets: where it stands, and which row it is of.
    """
    with st.popover("Skip", icon=":material/do_not_disturb_on:", key=f"{key}_skip_{of}"):
        st.markdown("Leave it alone: until it is taken up again, no preview ticks it and no schedule sends it.")
        reason = st.text_input(
            "Why?",
            placeholder="Such as: paid by card, entered by hand",
            max_chars=REASON_MAX,
            key=f"{key}_why_{of}",
            live=True,
        )
        st.button(
            "Skip it",
            type="primary",
            disabled=not (reason or "").strip(),
            key=f"{key}_leave_{of}",
            on_click=_leave,
            args=(page, kind, core_id, reason or "", then),
        )


def _leave(page: Page, kind: SyncKind, core_id: str, reason: str, then: str) -> None:
    known = page.known
    if known is None:
        return
    try:
        page.app.leaving.leave(known.id, kind, core_id, reason=reason, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))
    else:
        if then:
            flash("info", then)


def _take_up(page: Page, kind: SyncKind, core_id: str) -> None:
    known = page.known
    if known is None:
        return
    try:
        page.app.leaving.take_up(known.id, kind, core_id, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))
