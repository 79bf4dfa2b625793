"""Set the ticked lines of a tab together: one target for all, for every project or for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from qbsync.domain.mapping import MapKind
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping import frames
from qbsync.ui.mapping.lines import blank, for_project
from qbsync.ui.mapping.preferences import with_changes
from qbsync.ui.state import PendingMapping, next_round
from qbsync.ui.text import escape, plural

REASONS_SHOWN = 3
EVERY_PROJECT = "for every project"


def begin(view: MappingView, pending: PendingMapping) -> None:
    """Edits begin over the version that is on screen."""
    if not pending.count:
        pending.version = view.mapping.version


def tick_all(pending: PendingMapping, kind: MapKind, found: Iterable[str]) -> None:
    """Tick every line that the filter leaves, on whatever page."""
    pending.ticked_in(kind).update(found)
    next_round("mapping_grid")


def untick(pending: PendingMapping, kind: MapKind) -> None:
    """Take all ticks of a tab away."""
    pending.ticked_in(kind).clear()
    next_round("mapping_grid")


def draw_together(view: MappingView, kind: MapKind, rows: Mapping[str, CodeRow], pending: PendingMapping) -> None:
    """What can be done with the ticked lines; nothing where none is ticked."""
    ticked = {line: row for line, row in rows.items() if line in pending.ticked_in(kind)}
    if not ticked:
        return
    edits = pending.of(kind)
    suggested = frames.suggested_edits(ticked, edits)
    with st.container(border=True, gap="small", key=f"mapping_together_{kind}"):
        _draw_tools(view, kind, rows, ticked, suggested, pending)
        _draw_reasons(view, ticked, edits, len(suggested))


def _draw_tools(
    view: MappingView,
    kind: MapKind,
    rows: Mapping[str, CodeRow],
    ticked: Mapping[str, CodeRow],
    suggested: Mapping[str, frames.Edit],
    pending: PendingMapping,
) -> None:
    edits = pending.of(kind)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(ticked):,} ticked**", width="content")
        if suggested and st.button(
            f"Accept {plural(len(suggested), 'suggestion')}", icon=":material/done:", key=f"mapping_take_{kind}"
        ):
            _lay(view, kind, pending, suggested)
        target = _target(view, kind, pending)
        project = _project(view) if kind is MapKind.COST_CODE else ""
        if st.button("Set", key=f"mapping_set_{kind}", type="primary", disabled=target is None):
            meant = {line: blank(view, kind, line, rows) for line in for_project(ticked, kind, project)}
            _lay(view, kind, pending, frames.set_edits(meant, edits, target))
        if st.button("Clear", key=f"mapping_clear_{kind}", help="Take the targets of the ticked lines away."):
            _lay(view, kind, pending, frames.set_edits(ticked, edits, None))
        st.button("Untick", type="tertiary", key=f"mapping_untick_{kind}", on_click=untick, args=(pending, kind))


def _draw_reasons(view: MappingView, ticked: Mapping[str, CodeRow], edits: frames.Edited, acceptable: int) -> None:
    """What is to be known of the ticked lines, in full, for the table may have no room; and what Accept leaves out."""
    known = [(line, row, frames.why(row, edits.get(line), view.lists)) for line, row in ticked.items()]
    for line, row, why in [one for one in known if one[2]][:REASONS_SHOWN]:
        target = row.suggestion.target if row.suggestion else ""
        st.caption(f"**{escape(line)}** {escape(row.name)} · {escape(f'{target}: {why}' if target else why)}")
    without = len(ticked) - acceptable
    if acceptable and without:
        st.caption(f"{without:,} of the ticked lines {'has' if without == 1 else 'have'} no suggestion to accept.")


def _target(view: MappingView, kind: MapKind, pending: PendingMapping) -> str | None:
    choices = frames.options(view, kind, with_changes(view.mapping.preferences, pending))
    return st.selectbox(
        "Target",
        list(choices),
        index=None,
        format_func=lambda one: choices.get(one, one),
        placeholder="Choose a target",
        key=f"mapping_target_{kind}",
        label_visibility="collapsed",
        width="stretch",
    )


def _project(view: MappingView) -> str:
    """The project that the target is for; "" for all."""
    chosen = st.selectbox(
        "Project",
        ["", *view.projects],
        format_func=lambda one: f"only on {one} {view.projects[one]}" if one else EVERY_PROJECT,
        key="mapping_project",
        label_visibility="collapsed",
        width=200,
    )
    return chosen or ""


def _lay(view: MappingView, kind: MapKind, pending: PendingMapping, edits: Mapping[str, frames.Edit]) -> None:
    """Lay edits over the pending ones, and draw the table anew."""
    begin(view, pending)
    kept = pending.of(kind)
    pending.staying_in(kind).update(edits)
    for line, edit in edits.items():
        if edit:
            kept[line] = edit
        else:
            kept.pop(line, None)
    untick(pending, kind)
    st.rerun()
