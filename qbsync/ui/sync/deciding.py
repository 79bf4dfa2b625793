"""The choice on conflicts: on one in the inspector, or on all of a sort that are in front."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from qbsync.domain.decide import Action, Choice
from qbsync.domain.plan import Change, Plan
from qbsync.ui.page import Page
from qbsync.ui.state import flash
from qbsync.ui.text import escape, plural

LABELS = {
    Choice.KEEP_CORE: "Keep Core",
    Choice.KEEP_QUICKBOOKS: "Keep QuickBooks",
    Choice.CREATE_ANOTHER: "Create another",
    Choice.LEAVE: "Decide later",
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
EDITED, SIMILAR, GONE = "edited in both systems", "like one in QuickBooks", "gone from QuickBooks"
APPLY = "Press **Rebuild** to apply your choices."


def sort_of(conflict: Change) -> str:
    """What is to be decided about a conflict."""
    if conflict.posted is None:
        return GONE
    return SIMILAR if conflict.is_match else EDITED


def label_of(choice: Choice, conflict: Change) -> str:
    """What a choice is called."""
    return GONE_LABELS[choice] if conflict.posted is None else LABELS[choice]


def meaning_of(choice: Choice, conflict: Change) -> str:
    """What a choice comes to."""
    return GONE_MEANINGS[choice] if conflict.posted is None else MEANINGS[choice]


def offered(conflict: Change) -> list[Choice]:
    """What can be chosen, in the order in which it is offered."""
    return [choice for choice in LABELS if choice in conflict.choices]


def decided(conflicts: Iterable[Change], choices: Mapping[str, Choice]) -> list[str]:
    """What a person chose for each; "" where nobody has."""
    found = ((conflict, choices.get(conflict.decision_key)) for conflict in conflicts)
    return [label_of(choice, conflict) if choice else "" for conflict, choice in found]


def by_sort(shown: Iterable[Change]) -> dict[str, list[Change]]:
    """The conflicts among these, by what is to be decided."""
    found: dict[str, list[Change]] = {}
    for change in shown:
        if change.action is Action.CONFLICT:
            found.setdefault(sort_of(change), []).append(change)
    return found


def draw_choice(page: Page, head: Plan, conflict: Change, chosen: Choice | None) -> None:
    """Keep a choice; the next preview acts by it."""
    choices = offered(conflict)
    choice = st.segmented_control(
        "What shall be done?",
        choices,
        default=chosen if chosen in choices else None,
        format_func=lambda one: label_of(one, conflict),
        key=f"sync_choice_{head.id}_{conflict.seq}",
        help="\n".join(f"- **{label_of(one, conflict)}**: {meaning_of(one, conflict)}" for one in choices),
    )
    if choice is None:
        return
    st.caption(meaning_of(choice, conflict))
    if choice is not chosen:
        page.app.previewing.choose(head.id, conflict.seq, choice, who=page.who)
        flash("info", f"Kept: **{label_of(choice, conflict)}** for {escape(conflict.title)}. {APPLY}")
        st.rerun()


def draw_choices(page: Page, head: Plan, shown: Sequence[Change]) -> None:
    """One choice for all conflicts of a sort that the table shows; nothing for a single one."""
    if len(shown) < 2:
        return
    with st.popover(f"Decide for these {len(shown):,} together", icon=":material/checklist:"):
        for sort, conflicts in by_sort(shown).items():
            st.markdown(f"**{plural(len(conflicts), 'record')} {sort}**")
            for choice in offered(conflicts[0]):
                if st.button(
                    label_of(choice, conflicts[0]),
                    help=meaning_of(choice, conflicts[0]),
                    width="stretch",
                    key=f"sync_all_{sort}_{choice.name}",
                ):
                    page.app.previewing.choose_for_all(head.id, [one.seq for one in conflicts], choice, who=page.who)
                    of = plural(len(conflicts), "record")
                    flash("info", f"Kept: **{label_of(choice, conflicts[0])}** for {of}. {APPLY}")
                    st.rerun()
