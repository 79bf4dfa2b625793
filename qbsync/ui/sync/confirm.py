"""Confirming a preview: the bar that is always in view, and the dialog that says what will happen."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection, Environment
from qbsync.domain.errors import QbsyncError
from qbsync.domain.house_rules import WORD
from qbsync.domain.left_alone import skipped_since
from qbsync.domain.plan import Plan
from qbsync.domain.unticked import waiting
from qbsync.ui import kept
from qbsync.ui.page import Page, boundary
from qbsync.ui.sidebar import ENVIRONMENTS
from qbsync.ui.state import Ticks, flash
from qbsync.ui.sync import figures
from qbsync.ui.sync.stale import changed_lines
from qbsync.ui.text import escape, plural


def draw_bar(page: Page, known: Connection, head: Plan, moves: figures.Moving, chosen: Ticks) -> None:
    """What is ticked, what it moves, and the button."""
    total = moves.total
    badges = [f":{group.color}-badge[{count:,} {group.title.lower()}]" for group, count in figures.action_counts(total)]
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f"**{total.records:,} of {moves.can_run:,} ticked** &nbsp; {' '.join(badges)} &nbsp; "
            f":gray[{escape(figures.moved_text(moves))}]",
            width="stretch",
        )
        if st.button(
            f"Review and send {total.records:,}",
            type="primary",
            icon=":material/cloud_upload:",
            disabled=(
                total.records == 0
                or page.app.confirming.is_of_another_mapping(head)
                or page.app.runs.open_run(known.id) is not None
            ),
            shortcut="Ctrl+Enter",
            key="sync_confirm",
        ):
            _ask(page, known, head, moves, frozenset(chosen.seqs))


@st.dialog("Send to QuickBooks", icon=":material/cloud_upload:", width="medium")
def _ask(page: Page, known: Connection, head: Plan, moves: figures.Moving, ticked: frozenset[int]) -> None:
    total = moves.total
    with boundary(page.name):
        st.markdown(
            f"{plural(total.records, 'record goes', 'records go')} to **{escape(known.company_name)}** "
            f"· {ENVIRONMENTS[known.environment]}."
        )
        st.table(
            {
                **{
                    f":{group.color}[:material/{group.icon}:] {group.title}": f"{count:,}"
                    for group, count in figures.action_counts(total)
                },
                **{title: escape(figure) for title, figure in figures.moved_rows(moves).items()},
            },
            border="horizontal",
        )
        st.markdown("\n".join(f"- {line}" for line in figures.consequences(total)))
        st.caption(
            "Exactly these rows are sent. What Core or QuickBooks changed since the preview is held back, row by row."
        )
        changes = kept.changes_of(page.app, head.id)
        chosen = [change for change in changes if change.seq in ticked]
        changed = [change for change in changed_lines(page, head) if change.seq in ticked]
        skipped = skipped_since(chosen, page.app.leaving.all(known.id))
        for line in figures.held_back(len(changed), len(skipped), waiting(changes, ticked)):
            st.warning(line, icon=":material/update:")
        if known.environment is Environment.PRODUCTION:
            st.warning("These are real books.", icon=":material/warning:")
        typed = ""
        wants_word = page.app.confirming.wants_word(known.id, chosen)
        if wants_word:
            typed = st.text_input(f"Type {WORD} to confirm", key="sync_word", live=True)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Back", key="sync_back"):
                st.rerun()
            if st.button(
                f"Send {plural(total.records, 'record')}",
                type="primary",
                icon=":material/cloud_upload:",
                disabled=wants_word and typed != WORD,
                key="sync_send",
            ):
                send(page, head, ticked, typed)


def send(page: Page, head: Plan, ticked: frozenset[int], typed: str = "") -> None:
    """Enqueue exactly what was shown; a refusal is said in full."""
    try:
        run = page.app.confirming.confirm(head.id, head.digest, ticked, who=page.who, typed=typed)
    except QbsyncError as error:
        flash("error", escape(error))
    else:
        flash(
            "success",
            f"Confirmed as run **{escape(run.id)}**. It is sent in the background; you may leave this page.",
        )
    st.rerun()
