"""The bar under unsaved edits: how many, what saving them would change, discard and save."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.effect import Effect
from qbsync.domain.errors import BadInput, MappingChanged
from qbsync.domain.mapping import MapKind, MappingRule, RuleKey
from qbsync.services.mapping_view import MappingView
from qbsync.ui import kept
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.preferences import with_changes
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping, flash, next_round
from qbsync.ui.text import escape, plural

COUNTED_ROWS_MAX = 1000  # more payroll rows and bills than this are counted when somebody asks: it takes seconds


def draw_bar(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    """The bar. It stays at the foot of the window while anything is unsaved."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", border=True):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plural(pending.count, 'unsaved change')}** &nbsp; :gray[over version {pending.version}]")
            _draw_effect(page, known, view, pending)
        if st.button("Discard", type="tertiary", key="mapping_discard"):
            forget(pending)
            st.rerun()
        if st.button("Save Mapping", type="primary", icon=":material/save:", shortcut="Ctrl+S", key="mapping_save"):
            _save(page, known, view, pending)


def _draw_effect(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    rules, removed = _unsaved(pending)
    preferences = with_changes(view.mapping.preferences, pending)
    effect = kept.effect_of(page.app, known.id, view.mapping.version, rules, removed, preferences, COUNTED_ROWS_MAX)
    if effect is None and st.button(
        "Count the lines that this changes", type="tertiary", icon=":material/calculate:", key="mapping_count"
    ):
        with st.spinner("Counting", show_time=True):
            effect = kept.effect_of(page.app, known.id, view.mapping.version, rules, removed, preferences, None)
    if effect is not None:
        st.caption(effect_text(effect))


def effect_text(effect: Effect) -> str:
    """`14 waiting lines, 0 already posted`, with what gets free and what stops. Markdown of our own words."""
    text = f"Changes {plural(effect.waiting, 'waiting line')}, {effect.posted:,} already posted"
    if effect.freed:
        text += f" · :green[{effect.freed:,} can be posted then]"
    if effect.stopped:
        text += f" · :red[{effect.stopped:,} are blocked then]"
    return text


def _unsaved(pending: PendingMapping) -> tuple[tuple[MappingRule, ...], tuple[RuleKey, ...]]:
    """The rules to lay over the saved ones, and the keys of those that go."""
    parts = [frames.as_rules(kind, pending.of(kind)) for kind in MapKind]
    return tuple(rule for part in parts for rule in part.rules), tuple(key for part in parts for key in part.removed)


def _save(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    """Save over the version that the edits began with; a newer one is said, and nothing is lost."""
    rules, removed = _unsaved(pending)
    try:
        version = page.app.mapping.save(
            known.id,
            rules,
            with_changes(view.mapping.preferences, pending),
            over_version=pending.version,
            who=page.who,
            removed=removed,
        )
    except MappingChanged as error:
        newer = page.app.mappings.current(known.id)
        pending.version = newer.version
        by = escape(newer.saved_by)
        flash(
            "warning",
            f"{escape(error)} {by} saved version {newer.version}, which you see now with your edits still over it. "
            "Look at it, then press **Save Mapping** again.",
        )
    except BadInput as error:
        flash("error", f"Nothing was saved. {escape(error)}")
    else:
        count = pending.count
        forget(pending)
        flash("success", f"Saved {plural(count, 'change')} as version {version}. Next: build a **Sync Preview**.")
    st.rerun()


def forget(pending: PendingMapping) -> None:
    """Drop all edits, and draw every table and field anew."""
    pending.clear()
    next_round("mapping_grid")
    next_round("preferences")
