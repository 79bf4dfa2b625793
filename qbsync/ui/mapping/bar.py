"""The bar under unsaved edits: how many, what saving them would change, discard and save."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.effect import Effect
from qbsync.domain.errors import BadInput, MappingChanged
from qbsync.domain.mapping import MapKind, MappingRule, RuleKey
from qbsync.services.mapping_view import MappingView
from qbsync.ui import kept
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.lines import lines
from qbsync.ui.mapping.preferences import with_changes
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping, flash, next_round
from qbsync.ui.text import escape, plural

COUNTED_ROWS_MAX = 1000  # more payroll rows and bills than this are counted when somebody asks: it takes seconds


def draw_bar(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> None:
    """The bar. It stays at the foot of the window while anything is unsaved."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", border=True):
        with st.container(width="stretch", gap=None):
            since = f" &nbsp; :gray[over version {pending.version}]" if pending.version else ""
            edits = frames.counts_text(edit for kind in MapKind for edit in pending.of(kind).values())
            st.markdown(f"**{plural(pending.count, 'unsaved change')}**{f': {edits}' if edits else ''}{since}")
            told = _draw_effect(page, known, view, pending)
            _draw_remarks(view, pending, told)
        if st.button("Discard", type="tertiary", key="mapping_discard"):
            forget(pending)
            st.rerun()
        if st.button("Save Mapping", type="primary", icon=":material/save:", shortcut="Ctrl+S", key="mapping_save"):
            _save(page, known, view, pending)


def _draw_effect(page: Page, known: Connection, view: MappingView, pending: PendingMapping) -> str:
    """What a save changes; returns the line that it tells of, as in `Vendor V1`, or ""."""
    rules, removed = _unsaved(pending)
    preferences = with_changes(view.mapping.preferences, pending)
    effect = kept.effect_of(page.app, known.id, view.mapping.version, rules, removed, preferences, COUNTED_ROWS_MAX)
    if effect is None and st.button(
        "Count the lines that this changes", type="tertiary", icon=":material/calculate:", key="mapping_count"
    ):
        with st.spinner("Counting", show_time=True):
            effect = kept.effect_of(page.app, known.id, view.mapping.version, rules, removed, preferences, None)
    if effect is None:
        return ""
    st.caption(effect_text(replace(effect, linked=0, made=0)))  # the edits themselves are counted above
    return effect.held_first.partition(": ")[0]


def _draw_remarks(view: MappingView, pending: PendingMapping, told: str) -> None:
    """The first of what is odd about the edits, and how many more there are: each stands in its row too.

    What is odd about the line that was `told` of is known by now.
    """
    found = [one for one in _remarks(view, pending) if not told or one.partition(": ")[0] != told]
    if found:
        more = f" And {len(found) - 1:,} more: see **Why** under **Edited**." if len(found) > 1 else ""
        st.caption(f":orange[:material/warning: {escape(found[0])}]{more}")


def _remarks(view: MappingView, pending: PendingMapping) -> list[str]:
    """What is odd about the edits of every tab."""
    return [
        one
        for kind in MapKind
        if pending.of(kind)
        for one in frames.remarks(lines(view, kind, pending.of(kind)), pending.of(kind), view.lists)
    ]


def effect_text(effect: Effect) -> str:
    """`14 waiting lines, 0 already posted`, with what gets free and what stops. Markdown, what is Core's escaped."""
    text = f"Changes {plural(effect.waiting, 'waiting line')}, {effect.posted:,} already posted"
    if effect.freed:
        text += f" · :green[{effect.freed:,} can be posted then]"
    if effect.stopped:
        text += f" · :red[{effect.stopped:,} are blocked then]"
    if effect.linked:
        text += f" · {plural(effect.linked, 'record')} linked"
    if effect.made:
        text += f" · {plural(effect.made, 'record')} to be made in QuickBooks"
    if effect.held:
        first = f"{', first ' if effect.held > 1 else ': '}{escape(effect.held_first)}" if effect.held_first else ""
        text += f" · :red[{plural(effect.held, 'record')} cannot be linked or made yet{first}]"
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
        count, odd = pending.count, _remarks(view, pending)
        forget(pending)
        left = frames.unmapped_text(page.app.mapping.view(known.id))
        flash("success", saved_text(count, version, is_whole=not left))
        if odd:
            more = f" And {len(odd) - 1:,} more." if len(odd) > 1 else ""
            flash("warning", f"Saved all the same, and wants a look: {escape(odd[0])}{more}")
    st.rerun()


def saved_text(count: int, version: int, *, is_whole: bool) -> str:
    """What was saved. What to do next is said where all is mapped; else the page's top says what is still to map."""
    saved = f"Saved {plural(count, 'change')} as version {version}."
    return f"{saved} Next: build a **Sync Preview**." if is_whole else saved


def forget(pending: PendingMapping) -> None:
    """Drop all edits, and draw every table and field anew."""
    pending.clear()
    next_round("mapping_grid")
    next_round("preferences")
