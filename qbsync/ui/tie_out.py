"""Both sides' totals of a run, with what explains each difference."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.tieout import Difference, TieOut
from qbsync.ui.text import escape, hours, money, plural

REASONS_MAX = 20


def draw_tie_out(tie: TieOut) -> None:
    """A small table and a verdict; nothing for a run that carried neither hours nor money."""
    rows = [row for row in (_hours(tie), _money(tie)) if row]
    if not rows:
        return
    st.table([{name: escape(cell) for name, cell in row.items()} for row in rows], border="horizontal", hide_index=True)
    if not tie.ties:
        st.error(
            "There is a difference that nothing explains: compare these records with QuickBooks before the next sync.",
            icon=":material/error:",
        )
    elif tie.differences:
        _reasons(tie)
    else:
        st.caption(":green[:material/check_circle:] Both sides tie out, to the minute and the cent.")


def _hours(tie: TieOut) -> dict[str, str]:
    if not tie.core_minutes and not tie.posted_minutes:
        return {}
    return {
        "Totals": "Hours",
        "Core": hours(tie.core_minutes),
        "QuickBooks": hours(tie.posted_minutes),
        "Difference": hours(tie.core_minutes - tie.posted_minutes),
    }


def _money(tie: TieOut) -> dict[str, str]:
    if not tie.core_amount and not tie.posted_amount:
        return {}
    return {
        "Totals": "Money on bills",
        "Core": money(tie.core_amount),
        "QuickBooks": money(tie.posted_amount),
        "Difference": money(tie.core_amount - tie.posted_amount),
    }


def _reasons(tie: TieOut) -> None:
    with st.expander(f"The whole difference is explained: {plural(len(tie.differences), 'reason')}"):
        st.markdown("\n".join(f"- {_reason(one)}" for one in tie.differences[:REASONS_MAX]))
        if len(tie.differences) > REASONS_MAX:
            st.caption(f"and {len(tie.differences) - REASONS_MAX:,} more")


def _reason(one: Difference) -> str:
    parts = (hours(one.minutes) if one.minutes else "", money(one.amount) if one.amount else "")
    carried = " and ".join(filter(None, parts)) or "nothing"
    return f"**{escape(carried)}** in {plural(one.records, 'record')}: {escape(one.reason)}"
