"""One record of a run: what happened, why, what to do about it, and what was sent."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.errors import QbsyncError
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import TITLES
from qbsync.ui.page import Page
from qbsync.ui.screens import link_to
from qbsync.ui.state import flash, go_to
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.skip import draw_skip, left_alone
from qbsync.ui.text import escape, moment


def ask_again(page: Page, run_id: str, rows: tuple[int, ...] = ()) -> None:
    """Ask for a preview of what a run did not do, and go where it is shown."""
    try:
        page.app.asking.ask_again(run_id, rows, who=page.who)
    except QbsyncError as error:
        flash("warning", escape(error))
    else:
        go_to("sync")


def draw_record(page: Page, one: Outcome, key: str) -> None:
    """What happened to one record, why, what to do, and where it is in QuickBooks."""
    label, color = frames.OUTCOMES[one.status]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
            st.markdown(f"**{escape(one.title)}**", width="stretch")
            st.badge(label, color=color)  # type: ignore[arg-type]
        message = one.message or frames.MEANINGS.get(one.status, "")
        if message:
            st.markdown(escape(message))
        elif one.status is OutcomeStatus.DONE:
            st.markdown(frames.DONE_WORDS[one.action])
        if one.remedy:
            st.markdown(f":material/arrow_forward: **{escape(one.remedy)}**")
        facts = (
            TITLES[one.kind],
            f"Core id {one.core_id}",
            f"QuickBooks id {one.ledger_id}" if one.ledger_id else "",
            f"code {one.code}" if one.code else "",
            f"trace id {one.trace}" if one.trace else "",
            moment(one.at, page.zone),
        )
        st.caption(" · ".join(escape(fact) for fact in facts if fact))
        _actions(page, one, key)
        _sent(page, one)


def _actions(page: Page, one: Outcome, key: str) -> None:
    """What can be done about one record from here."""
    address, screen = web_link(page, one), frames.mended_on(one)
    left = left_alone(page, one)
    if left is not None:
        st.info(escape(left.sentence), icon=":material/do_not_disturb_on:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if frames.can_retry(one) and left is None:
            st.button(
                "Retry",
                icon=":material/replay:",
                type="primary",
                key=f"{key}_retry_{one.run_id}_{one.seq}",
                on_click=ask_again,
                args=(page, one.run_id, (one.seq,)),
                help="Builds a preview of this record. Nothing is sent before you confirm it.",
            )
        draw_skip(page, one, left, key)
        if address:
            st.link_button("Open in QuickBooks", address, icon=":material/open_in_new:", key=f"{key}_web_{one.seq}")
        if screen:
            link_to(screen, "Mend it there")


def _sent(page: Page, one: Outcome) -> None:
    """What went to QuickBooks, for whoever has to show it to somebody."""
    sent = page.app.sent_text(one.run_id, one.seq)
    if not sent:
        return
    with st.expander("What was sent", icon=":material/code:"):
        st.code(sent, language="json", height=240)
        if one.trace:
            st.caption(f"QuickBooks' id of its answer (intuit\\_tid): {escape(one.trace)}")


def web_link(page: Page, one: Outcome) -> str:
    """Where the record is in QuickBooks; "" where there is nothing to open."""
    if not one.ledger_id or not one.run_id:
        return ""
    run = page.app.runs.get(one.run_id)
    change = page.app.plans.changes(run.plan_id, [one.seq]).get(one.seq)
    if change is None:
        return ""
    return page.app.ledger_of(run.connection_id).web_link(change.ledger_kind, one.ledger_id)
