"""The history of the mapping: who saved what and when, and going back to an earlier version."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.errors import QbsyncError
from qbsync.domain.mapping import SavedVersion
from qbsync.domain.mapping_changes import RuleChange
from qbsync.domain.resolve import NOUNS
from qbsync.services.mapping import Difference
from qbsync.services.mapping_view import MappingView, state_of
from qbsync.ui.kept import book_of
from qbsync.ui.mapping.bar import COUNTED_ROWS_MAX, effect_text
from qbsync.ui.mapping.lines import line_id
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import draw_issue
from qbsync.ui.state import PendingMapping, flash, next_round
from qbsync.ui.text import escape, local, moment, plural

WIDTH = 760
CHANGES_SHOWN = 500
ISSUES_SHOWN = 5


def draw_history(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    """The button that opens the history; there is none before the first save."""
    if not view.mapping.version:
        return
    if st.button("History", icon=":material/history:", key="mapping_history"):
        title = "History of the mapping"
        st.dialog(title, width=WIDTH, position="right", icon=":material/history:")(_drawer)(page, known, view, pending)


def _drawer(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    with boundary(page.name):
        saves = page.app.mapping.history(known.id)
        _draw_saves(page, saves)
        by_version = {one.version: one for one in saves}
        version = st.selectbox(
            "Version",
            list(by_version),
            format_func=lambda one: _title(page, by_version[one]),
            key="mapping_version",
        )
        if version is None:
            return
        st.markdown(f"##### What version {version} changed")
        _draw_difference(page.app.mapping.difference(known.id, version, since=version - 1), view)
        if version != view.mapping.version:
            _draw_return(page, known, view, pending, version)


def _draw_saves(page: Page, saves: list[SavedVersion]) -> None:
    rows = [
        {
            "Version": one.version,
            "Saved": _local(page, one.saved_at),
            "By": one.saved_by,
            "Added": one.added,
            "Changed": one.changed,
            "Removed": one.removed,
        }
        for one in saves
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height="content" if len(rows) < 6 else 215,
        column_config={"Saved": st.column_config.DatetimeColumn("Saved", format="D MMM YYYY, HH:mm")},
        alt="Saved versions",
    )


def _local(page: Page, at: datetime) -> datetime | None:
    return local(at, page.zone)


def _title(page: Page, save: SavedVersion) -> str:
    return f"Version {save.version} · {moment(save.saved_at, page.zone)} · {save.saved_by}"


def _draw_return(page: Page, known: Connection, view: MappingView, pending: PendingMapping, version: int) -> None:
    st.markdown(f"##### What going back to version {version} would change")
    difference = page.app.mapping.difference(known.id, version)
    _draw_difference(difference, view)
    for issue in difference.issues[:ISSUES_SHOWN]:
        draw_issue(issue, "mapping")
    if len(difference.issues) > ISSUES_SHOWN:
        st.caption(f"And {len(difference.issues) - ISSUES_SHOWN:,} more.")
    effect = page.app.mapping.restore_effect(known.id, version, book=book_of(page.app), size_max=COUNTED_ROWS_MAX)
    if effect is not None:
        st.caption(effect_text(effect))
    if pending.count:
        st.warning("Save or discard your unsaved changes first.", icon=":material/edit:")
    if st.button(
        f"Go back to version {version}",
        type="primary",
        icon=":material/restore:",
        disabled=bool(pending.count or difference.issues or not difference.count),
        help="It is saved once more, as a new version. Nothing of the history is lost.",
        key="mapping_restore",
    ):
        _restore(page, known, view, version)


def _draw_difference(difference: Difference, view: MappingView) -> None:
    if not difference.count:
        st.caption("Nothing.")
        return
    rows = [
        *(_rule_row(one, view) for one in difference.rules[:CHANGES_SHOWN]),
        *({"What": one.title, "Before": one.before, "After": one.after} for one in difference.preferences),
    ]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) < 7 else 250, alt="Changes")
    if len(difference.rules) > CHANGES_SHOWN:
        st.caption(f"The first {CHANGES_SHOWN:,} of {plural(difference.count, 'change')}.")


def _rule_row(change: RuleChange, view: MappingView) -> dict[str, str]:
    what = f"{NOUNS[change.kind]} {line_id(change.core_id, change.project)}"
    before, after = (state_of(rule, view.lists)[1] for rule in (change.before, change.after))
    return {"What": what, "Before": before or "(none)", "After": after or "(none)"}


def _restore(page: Page, known: Connection, view: MappingView, version: int) -> None:
    try:
        newer = page.app.mapping.restore(known.id, version, over_version=view.mapping.version, who=page.who)
    except QbsyncError as error:
        flash("error", f"Nothing was changed. {escape(error)}")
    else:
        flash("success", f"The mapping is as in version {version} again, saved as version {newer}.")
    next_round("mapping_grid")
    next_round("preferences")
    st.rerun()
