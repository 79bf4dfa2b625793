"""Confirming a preview: the bar that is always in view, and the dialog that says what will happen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.domain.connection import Connection, Environment
from qbsync.domain.errors import QbsyncError
from qbsync.domain.plan import Change, Plan, Totals
from qbsync.ui.page import Page, boundary
from qbsync.ui.sidebar import ENVIRONMENTS
from qbsync.ui.state import Ticks, flash
from qbsync.ui.sync import frames
from qbsync.ui.text import escape, hours, money, plural

WORD_ABOVE = 500  # more records than this want a typed word
WORD = "SEND"


def draw_bar(page: Page, known: Connection, head: Plan, changes: Sequence[Change], chosen: Ticks) -> None:
    """What is ticked, what it moves, and the button."""
    total = frames.moving(changes, chosen.seqs)
    can_run = sum(1 for change in changes if change.can_run)
    badges = [f":{group.color}-badge[{count:,} {group.title.lower()}]" for group, count in frames.action_counts(total)]
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f"**{total.records:,} of {can_run:,} ticked** &nbsp; {' '.join(badges)} &nbsp; "
            f":gray[{escape(frames.moved_text(total))}]",
            width="stretch",
        )
        if st.button(
            f"Review and send {total.records:,}",
            type="primary",
            icon=":material/cloud_upload:",
            disabled=total.records == 0 or page.app.runs.open_run(known.id) is not None,
            shortcut="Ctrl+Enter",
            key="sync_confirm",
        ):
            _ask(page, known, head, total, frozenset(chosen.seqs))


@st.dialog("Send to QuickBooks", icon=":material/cloud_upload:", width="medium")
def _ask(page: Page, known: Connection, head: Plan, total: Totals, ticked: frozenset[int]) -> None:
    with boundary(page.name):
        st.markdown(
            f"{plural(total.records, 'record goes', 'records go')} to **{escape(known.company_name)}** "
            f"· {ENVIRONMENTS[known.environment]}."
        )
        st.table(
            {
                **{
                    f":{group.color}[:material/{group.icon}:] {group.title}": f"{count:,}"
                    for group, count in frames.action_counts(total)
                },
                "Hours": escape(hours(total.minutes)),
                "Money on bills": escape(money(total.amount)),
            },
            border="horizontal",
        )
        st.markdown("\n".join(f"- {line}" for line in frames.consequences(total)))
        st.caption(
            "Exactly these rows are sent. What Core or QuickBooks changed since the preview is held back, row by row."
        )
        if known.environment is Environment.PRODUCTION:
            st.warning("These are real books.", icon=":material/warning:")
        sure = True
        if total.records > WORD_ABOVE:
            sure = st.text_input(f"Type {WORD} to confirm", key="sync_word", live=True) == WORD
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Back", key="sync_back"):
                st.rerun()
            if st.button(
                f"Send {plural(total.records, 'record')}",
                type="primary",
                icon=":material/cloud_upload:",
                disabled=not sure,
                key="sync_send",
            ):
                send(page, head, ticked)


def send(page: Page, head: Plan, ticked: frozenset[int]) -> None:
    """Enqueue exactly what was shown; a refusal is said in full."""
    try:
        run = page.app.confirming.confirm(head.id, head.digest, ticked, who=page.who)
    except QbsyncError as error:
        flash("error", escape(error))
    else:
        flash(
            "success",
            f"Confirmed as run **{escape(run.id)}**. It is sent in the background; you may leave this page.",
        )
    st.rerun()
