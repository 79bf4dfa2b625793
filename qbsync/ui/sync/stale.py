"""A preview that is no longer as things are: what changed since it was built, and the button that builds it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from qbsync.domain.plan import Change, Plan
from qbsync.ui import kept
from qbsync.ui.page import Page
from qbsync.ui.sync.tables import draw_plain
from qbsync.ui.text import escape, moment, plural

NAMED_MAX = 2  # lines that are named; the others are counted


def draw_stale(page: Page, head: Plan) -> bool:
    """Say what changed since; returns whether the preview is to be built again."""
    changed: Sequence[Change] = ()
    if page.app.confirming.is_of_another_mapping(head):
        words = "**The mapping was saved after this preview was built.** It cannot be sent as it is."
    elif loaded := _loaded_since(page, head):
        changed = changed_lines(page, head)
        words = stale_text(changed, moment(loaded, page.zone))
    else:
        return False
    with st.container(border=True):
        left, right = st.columns([0.86, 0.14], vertical_alignment="center")
        left.markdown(f":orange[:material/update:] {words}")
        is_pressed = right.button("Rebuild", icon=":material/refresh:", key="sync_rebuild", width="stretch")
        if len(changed) > NAMED_MAX:
            with st.expander(f"See all {len(changed):,} lines"):
                draw_plain(changed)
    return is_pressed


def changed_lines(page: Page, head: Plan) -> Sequence[Change]:
    """The lines of the preview that Core changed since; none are looked for where nothing was loaded."""
    return kept.changed_since(page.app, head.id) if _loaded_since(page, head) else ()


def _loaded_since(page: Page, head: Plan) -> datetime | None:
    """When Core data was last loaded, if that was after the preview was built."""
    latest: list[datetime] = [one["at"] for one in page.app.core.imports(1)]
    return next((at for at in latest if at > head.built_at), None)


def stale_text(changed: Sequence[Change], loaded: str) -> str:
    """What loading Core data did to a preview, with the lines by name."""
    if not changed:
        return (
            f"**Core data was loaded on {escape(loaded)}, after this preview was built.** None of these lines changed; "
            "what is new is not among them yet."
        )
    named = "; ".join(escape(change.title) for change in changed[:NAMED_MAX])
    rest = len(changed) - NAMED_MAX
    more = f" and {rest:,} more" if rest > 0 else ""
    return (
        f"**{plural(len(changed), 'line')} changed in Core since this preview** and cannot be sent as shown: "
        f":gray[{named}{more} (loaded on {escape(loaded)}).]"
    )
