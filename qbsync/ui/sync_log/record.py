"""One record of a run: what happened, why, what to do about it, and what was sent."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.history import met_again
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import TITLES
from qbsync.ui.page import Page
from qbsync.ui.parts import link_to_place
from qbsync.ui.retry import ask_again
from qbsync.ui.sync_log import frames
from qbsync.ui.sync_log.skip import draw_skip, left_alone
from qbsync.ui.text import escape, moment


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
        _exchange(page, one)


def _actions(page: Page, one: Outcome, key: str) -> None:
    """What became of one record since, and what can be done about it from here."""
    address = web_link(page, one)
    left = left_alone(page, one)
    since = _since(page, one)
    if left is not None:
        when = moment(left.at, page.zone)
        st.info(f"{escape(left.sentence)} ({escape(when)})", icon=":material/do_not_disturb_on:")
    is_done = one.status is OutcomeStatus.DONE or (since is not None and since.status is OutcomeStatus.DONE)
    with st.container(horizontal=True, vertical_alignment="center"):
        if frames.can_retry(one) and left is None and not is_done:
            st.button(
                "Retry",
                icon=":material/replay:",
                type="primary",
                key=f"{key}_retry_{one.run_id}_{one.seq}",
                on_click=ask_again,
                args=(page, one.run_id, (one.seq,)),
                help="Builds a preview of this record. Nothing is sent before you confirm it.",
            )
        if left is not None or not is_done:
            draw_skip(page, one, left, key)
        if address:
            st.link_button("Open in QuickBooks", address, icon=":material/open_in_new:", key=f"{key}_web_{one.seq}")
        link_to_place(one.place)


def _since(page: Page, one: Outcome) -> Outcome | None:
    """What a later run made of a record that was not done, said."""
    if one.status is OutcomeStatus.DONE or page.known is None:
        return None
    found = met_again(one, page.app.history.of_record(page.known.id, one.kind, one.core_id))
    if found is None:
        return None
    place = escape(f"Run {found.run_id}, {moment(found.at, page.zone)}")
    if found.status is OutcomeStatus.DONE:
        st.success(f"**Done since.** {frames.DONE_WORDS[found.action]} {place}.", icon=":material/check_circle:")
    else:
        st.warning(
            f"**Tried again since:** {escape(frames.OUTCOMES[found.status][0])}. {place}.", icon=":material/replay:"
        )
    return found


def _exchange(page: Page, one: Outcome) -> None:
    """What went to QuickBooks and what it answered, for whoever has to show it to somebody."""
    sent = page.app.sent_text(one.run_id, one.seq)
    if not sent and not one.answer:
        return
    with st.expander("What was sent and answered" if one.answer else "What was sent", icon=":material/code:"):
        if sent:
            st.code(sent, language="json", height=240)
        if one.answer:
            st.caption("QuickBooks' answer")
            st.code(one.answer, language="json", height="content")
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
