"""One record of a preview: what it is, what changes, what is wrong with it, and the choice on a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from qbsync.domain.decide import Action, Choice
from qbsync.domain.fields import LABELS
from qbsync.domain.plan import Change, Plan, PlanStatus
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.leaving import draw_leave, draw_take_up, left_alone
from qbsync.ui.page import Page
from qbsync.ui.parts import draw_issue
from qbsync.ui.sync import frames
from qbsync.ui.sync.deciding import draw_choice
from qbsync.ui.sync.frames import Group, carried
from qbsync.ui.text import escape, money

LETTERS_MAX = 16  # of a value that has room beside another one
FOR_CHOICE = 56  # in pixels: what a conflict gives up of its panel, so that its choices stand above the bar


def draw_inspector(
    page: Page, head: Plan, group: Group, change: Change, choices: dict[str, Choice], *, height: int
) -> None:
    """The panel at the right of a table."""
    decides = change.action is Action.CONFLICT and head.status is PlanStatus.DRAFT
    with st.container(border=True, height=height - FOR_CHOICE if decides else height):
        with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
            st.markdown(f"#### {escape(change.title)}", width="stretch")
            st.badge(
                frames.badge_of(change),
                icon=f":material/{group.icon}:",
                color=group.color,  # type: ignore[arg-type]
            )
        st.caption(escape(" · ".join(_known_as(change))))
        if change.action is not Action.BLOCKED:
            st.markdown(escape(change.reason))
        for issue in change.issues:
            draw_issue(issue)
        if change.action is Action.BLOCKED and not change.issues:
            st.markdown(escape(change.reason))
        if change.action is Action.BLOCKED or change.left_alone:
            _leave(page, head, change)
        if change.action is Action.CONFLICT:  # what differs comes first where it is to be decided on
            _fields(change)
            _web_link(page, head, change)
        else:
            _web_link(page, head, change)
            _fields(change)
    if decides:  # always in sight, however much differs
        with st.container(border=True):
            draw_choice(page, head, change, choices.get(change.decision_key))


def _known_as(change: Change) -> Iterator[str]:
    """What it is, what it carries, and what both systems know it by; hours have no id that says more than the title."""
    yield TITLES[change.kind]
    if carried(change):
        yield carried(change)
    if change.kind is not SyncKind.TIME_ENTRY:
        yield f"Core id {change.core_id}"
    if change.ledger_id:
        yield f"QuickBooks id {change.ledger_id}"


def _web_link(page: Page, head: Plan, change: Change) -> None:
    """The way to what QuickBooks holds of it now."""
    address = page.app.ledger_of(head.connection_id).web_link(change.ledger_kind, change.ledger_id)
    if address:
        st.link_button("Open in QuickBooks", address, icon=":material/open_in_new:", key=f"sync_web_{change.seq}")


def _fields(change: Change) -> None:
    """What differs, line beside line; lines that both sides have are left plain."""
    rows = [*_totals(change), *(row for field in change.fields for row in frames.paired(field))]
    if not rows:
        return
    if any(row.before for row in rows):
        _both_sides(rows, frames.after_title([change]))
        return
    table = {"Field": [_name(row) for row in rows], "New record": [_marked(row.after, "green") for row in rows]}
    st.table(table, border="horizontal", hide_index=True)


def _totals(change: Change) -> list[frames.FieldRow]:
    """Both sums of a bill whose lines differ."""
    differs = any(field.field == LABELS["lines"] and field.before for field in change.fields)
    if not differs or change.posted_total is None:
        return []
    there, here = money(change.posted_total), money(abs(change.amount))
    return [frames.FieldRow(field="Total", before=there, after=here)] if there != here else []


def _both_sides(rows: Sequence[frames.FieldRow], after: str) -> None:
    """Short values beside each other; longer ones below each other, for the panel is narrow."""
    if all(len(row.before) <= LETTERS_MAX and len(row.after) <= LETTERS_MAX for row in rows):
        table = {
            "Field": [_name(row) for row in rows],
            "In QuickBooks": [_marked(row.before, _ground(row, "red")) for row in rows],
            after: [_marked(row.after, _ground(row, "green")) for row in rows],
        }
        st.table(table, border="horizontal", hide_index=True)
        return
    for row in rows:
        sides = (("In QuickBooks", row.before, "red"), (after, row.after, "green"))
        said = [f":gray[{side}:] {_marked(text, color)}" for side, text, color in sides if text.strip()]
        if row.is_same:
            said = [f":gray[On both sides:] {escape(row.before)}"]
        st.markdown("  \n".join([*([_name(row)] if row.field else []), *said]))


def _name(row: frames.FieldRow) -> str:
    return f"**{escape(row.field)}**" if row.field else ""


def _ground(row: frames.FieldRow, color: str) -> str:
    return "" if row.is_same else color


def _marked(text: str, color: str) -> str:
    """A value on its ground; an empty one stays empty."""
    return f":{color}-background[{escape(text)}]" if text.strip() and color else escape(text)


def _leave(page: Page, head: Plan, change: Change) -> None:
    """Leave a record alone that cannot go over, or take one up again; the next preview acts by it."""
    of = f"{head.id}_{change.seq}"
    found = left_alone(page, change.key)
    if found is not None:
        if not change.left_alone:
            st.info(escape(found.sentence), icon=":material/do_not_disturb_on:")
        draw_take_up(page, change.kind, change.core_id, key=f"sync_unskip_{of}")
    elif change.left_alone:
        st.caption("It is taken up again: press **Rebuild** to compare it.")
    else:
        then = f"**{escape(change.title)}** is left alone. Press **Rebuild** to take it out of this preview."
        draw_leave(page, change.kind, change.core_id, key="sync", of=of, then=then)
