"""Skip: leave the record alone that a run did not do, or take it up again."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.errors import QbsyncError
from qbsync.domain.left_alone import REASON_MAX, LeftAlone
from qbsync.domain.run import Outcome
from qbsync.ui.page import Page
from qbsync.ui.state import flash
from qbsync.ui.sync_log import frames
from qbsync.ui.text import escape


def left_alone(page: Page, one: Outcome) -> LeftAlone | None:
    """Who leaves the record alone, and why; None where nobody does."""
    return page.app.leaving.all(page.known.id).get(one.key) if page.known is not None else None


def draw_skip(page: Page, one: Outcome, found: LeftAlone | None, key: str) -> None:
    """The button beside *Retry*: it asks for the reason; of a record that is left alone it undoes that."""
    if found is not None:
        st.button(
            "Take up again",
            icon=":material/undo:",
            key=f"{key}_unskip_{one.run_id}_{one.seq}",
            on_click=_take_up,
            args=(page, one),
            help="The next preview compares it again, like any other record.",
        )
    elif frames.can_retry(one):
        with st.popover("Skip", icon=":material/do_not_disturb_on:", key=f"{key}_skip_{one.run_id}_{one.seq}"):
            st.markdown("Leave this record alone: no preview ticks it and automatic sync does not send it.")
            reason = st.text_input(
                "Why?",
                placeholder="Such as: paid by card, entered by hand",
                max_chars=REASON_MAX,
                key=f"{key}_why_{one.run_id}_{one.seq}",
                live=True,
            )
            st.button(
                "Leave it alone",
                type="primary",
                disabled=not (reason or "").strip(),
                key=f"{key}_leave_{one.run_id}_{one.seq}",
                on_click=_leave,
                args=(page, one, reason or ""),
            )


def _leave(page: Page, one: Outcome, reason: str) -> None:
    known = page.known
    if known is None:
        return
    try:
        page.app.leaving.leave(known.id, one.kind, one.core_id, reason=reason, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))


def _take_up(page: Page, one: Outcome) -> None:
    known = page.known
    if known is None:
        return
    try:
        page.app.leaving.take_up(known.id, one.kind, one.core_id, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))
