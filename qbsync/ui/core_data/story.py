"""One record's story below the table: last written, QuickBooks now, and every run that touched it."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection, ConnectionState
from qbsync.domain.records import CoreKind
from qbsync.services.story import SYNCED_AS, Now, Story
from qbsync.ui.core_data import frames
from qbsync.ui.page import Page
from qbsync.ui.screens import link_to
from qbsync.ui.state import looked_up
from qbsync.ui.sync_log.frames import OUTCOMES
from qbsync.ui.text import escape, moment, plural

ENTRIES_SHOWN = 21  # a week's days, each with regular, overtime and double time


def draw_story(page: Page, known: Connection | None, kind: CoreKind, core_id: str, title: str) -> None:
    """The panel of the record that was picked in the table."""
    with st.container(border=True):
        st.markdown(f"##### {escape(title)} :gray[{escape(core_id)}]")
        if kind not in SYNCED_AS:
            st.caption("A cost code is mapped, and never written to QuickBooks.")
            link_to("mapping", "See its mapping")
            return
        if known is None:
            st.caption("No QuickBooks company was ever connected.")
            return
        story = page.app.telling.story(known.id, kind, core_id)
        if not story.links and not story.touched:
            st.caption("Nothing of it was ever sent. The next preview shows whether it goes, or what keeps it back.")
            link_to("sync")
            return
        _sides(page, known, story, f"{known.id}:{kind}:{core_id}")
        _touched(page, story)


def _sides(page: Page, known: Connection, story: Story, key: str) -> None:
    """What was agreed beside what stands there now, which is only asked for when somebody wants to know."""
    if not story.links:
        return
    seen = looked_up(key)
    if known.state is ConnectionState.CONNECTED and st.button(
        "Look in QuickBooks now", icon=":material/search:", key="core_look"
    ):
        with st.spinner("Asking QuickBooks …"):
            seen[:] = [page.app.telling.now(known.id, story)]
    now: Now | None = seen[0] if seen else None
    for link in story.links[:ENTRIES_SHOWN]:
        label, color = frames.state_of(link, now)
        with st.expander(
            f"{escape(link.title)} :{color}-badge[{label}]", expanded=len(story.links) == 1, key=f"core_link_{link.key}"
        ):
            cells = [{name: escape(cell) for name, cell in row.items()} for row in frames.side_rows(link, now)]
            if cells:
                st.table(cells, border="horizontal", hide_index=True)
            known_as = f"{link.ledger_kind.value} {link.ledger_id}"
            payment = f" · {link.payment_state.value}" if link.payment_state else ""
            st.caption(escape(f"{known_as}{payment} · written by run {link.run_id or '-'}"))
            address = page.app.ledger_of(known.id).web_link(link.ledger_kind, link.ledger_id)
            if address and not link.dropped:
                st.link_button("Open in QuickBooks", address, icon=":material/open_in_new:", key=f"core_web_{link.key}")


def _touched(page: Page, story: Story) -> None:
    st.markdown(f"**Runs that touched it** :gray[{plural(len(story.touched), 'record')}]")
    if not story.touched:
        st.caption("None: it was linked without a run.")
        return
    st.dataframe(
        frames.touched(story.touched, page.zone),
        hide_index=True,
        height="content" if len(story.touched) < 8 else 280,
        row_height=34,
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=132),
            "Result": st.column_config.MultiselectColumn(
                options=[label for label, _ in OUTCOMES.values()],
                color=[color for _, color in OUTCOMES.values()],
                width=92,
            ),
            "Run": st.column_config.TextColumn(width=110),
        },
        alt="Runs that touched it",
    )
    latest = story.touched[0]
    link_to("sync_log", "Open the latest run", run=latest.run_id)
    if latest.at:
        st.caption(f"Last touched {escape(moment(latest.at, page.zone))}.")
