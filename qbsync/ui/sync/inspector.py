"""One record of a preview: what it is, what changes, what is wrong with it, and the choice on a conflict."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.decide import Action, Choice
from qbsync.domain.plan import Change, Plan, PlanStatus
from qbsync.domain.wanted import TITLES
from qbsync.ui.page import Page
from qbsync.ui.parts import draw_issue
from qbsync.ui.state import flash
from qbsync.ui.sync.frames import Group, carried
from qbsync.ui.text import escape

LABELS = {
    Choice.KEEP_CORE: "Keep Core",
    Choice.KEEP_QUICKBOOKS: "Keep QuickBooks",
    Choice.CREATE_ANOTHER: "Create another",
    Choice.LEAVE: "Leave",
}
MEANINGS = {
    Choice.KEEP_CORE: "Core's values are written to QuickBooks.",
    Choice.KEEP_QUICKBOOKS: "QuickBooks' values stay, and the record is settled until Core changes it again.",
    Choice.CREATE_ANOTHER: "A second record is made in QuickBooks; the one found there is left alone.",
    Choice.LEAVE: "Nothing is done. It is asked again in the next preview.",
}


GONE_LABELS = {
    Choice.KEEP_CORE: "Put it back",
    Choice.KEEP_QUICKBOOKS: "Accept the deletion",
    Choice.LEAVE: "Decide later",
}
GONE_MEANINGS = {
    Choice.KEEP_CORE: "It is made again in QuickBooks, from what Core says now.",
    Choice.KEEP_QUICKBOOKS: "It stays out of QuickBooks until Core changes it.",
    Choice.LEAVE: MEANINGS[Choice.LEAVE],
}


def choices_for(change: Change) -> dict[Choice, str]:
    """What can be chosen for a conflict: another one is made only where QuickBooks has a similar one."""
    if change.posted is None:
        return GONE_LABELS
    if change.is_match:
        return LABELS
    return {choice: label for choice, label in LABELS.items() if choice is not Choice.CREATE_ANOTHER}


def meaning_of(choice: Choice, change: Change) -> str:
    """What a choice comes to."""
    return GONE_MEANINGS[choice] if change.posted is None else MEANINGS[choice]


def draw_inspector(
    page: Page, head: Plan, group: Group, change: Change, choices: dict[str, Choice], *, height: int
) -> None:
    """The panel at the right of a table."""
    with st.container(border=True, height=height):
        with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
            st.markdown(f"#### {escape(change.title)}", width="stretch")
            st.badge(
                change.action.value.capitalize(),
                icon=f":material/{group.icon}:",
                color=group.color,  # type: ignore[arg-type]
            )
        known_as = f" · QuickBooks id {change.ledger_id}" if change.ledger_id else ""
        moves = f" · {carried(change)}" if carried(change) else ""
        st.caption(escape(f"{TITLES[change.kind]}{moves}{known_as}"))
        if change.action is not Action.BLOCKED:
            st.markdown(escape(change.reason))
        for issue in change.issues:
            draw_issue(issue)
        if change.action is Action.BLOCKED and not change.issues:
            st.markdown(escape(change.reason))
        if change.action is Action.CONFLICT and head.status is PlanStatus.DRAFT:
            _choose(page, head, change, choices.get(change.decision_key))
        _fields(change)


def _fields(change: Change) -> None:
    if not change.fields:
        return
    new = not any(field.before for field in change.fields)
    table = {"Field": [f"**{escape(field.field)}**" for field in change.fields]}
    if not new:
        table["In QuickBooks"] = [_marked(field.before, "red") for field in change.fields]
    table["New record" if new else _after(change)] = [_marked(field.after, "green") for field in change.fields]
    st.table(table, border="horizontal", hide_index=True)


def _after(change: Change) -> str:
    return "In Core" if change.action in (Action.CONFLICT, Action.BLOCKED) else "After the sync"


def _marked(text: str, color: str) -> str:
    """Each line of a value on its ground; an empty one stays empty."""
    lines = [escape(line) for line in text.splitlines() if line.strip()]
    return " ".join(f":{color}-background[{line}]" for line in lines)


def _choose(page: Page, head: Plan, change: Change, chosen: Choice | None) -> None:
    """Keep a choice; the next preview acts by it."""
    labels = choices_for(change)
    choice = st.segmented_control(
        "What shall be done?",
        list(labels),
        default=chosen if chosen in labels else None,
        format_func=lambda one: labels[one],
        key=f"sync_choice_{head.id}_{change.seq}",
    )
    if choice is None:
        st.markdown("\n".join(f"- :gray[**{labels[one]}**: {meaning_of(one, change)}]" for one in labels))
        return
    st.caption(meaning_of(choice, change))
    if choice is not chosen:
        page.app.previewing.choose(head.id, change.seq, choice, who=page.who)
        flash(
            "info",
            f"Kept: **{labels[choice]}** for {escape(change.title)}. Press **Rebuild** to apply your choices.",
        )
        st.rerun()
