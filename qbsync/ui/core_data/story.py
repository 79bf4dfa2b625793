"""One record's story in a drawer: Core now, what was written, QuickBooks now, and every run that touched it."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.connection import Connection, ConnectionState
from qbsync.domain.link import Link
from qbsync.domain.record_state import RecordState, Stand
from qbsync.domain.records import CoreKind
from qbsync.domain.wanted import SYNCED_AS, key_of
from qbsync.services.story import Now, Story
from qbsync.ui.core_data import core_side, frames, story_frames
from qbsync.ui.kept import book_of
from qbsync.ui.leaving import draw_take_up, left_alone
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import draw_issue, fitting
from qbsync.ui.screens import link_to
from qbsync.ui.state import looked_up
from qbsync.ui.sync_log.frames import OUTCOMES
from qbsync.ui.text import escape, moment

ENTRIES_SHOWN = 21  # a week's days, each with regular, overtime and double time
TOUCHED_HEIGHT, ROW_HEIGHT = 280, 34


def draw_story(page: Page, known: Connection | None, kind: CoreKind, core_id: str, stand: Stand | None = None) -> None:
    """What the drawer of a record holds."""
    with boundary(page.name):
        with st.container(horizontal=True, vertical_alignment="center"):
            if stand is not None:
                st.badge(stand.state.value, color=frames.STATE_COLORS[stand.state])  # type: ignore[arg-type]
            st.caption(escape(f"{frames.ONE[kind]} · Core id {story_frames.readable(kind, core_id)}"))
        for issue in stand.issues if stand is not None else ():
            draw_issue(issue, here=page.name)
        _left_alone(page, kind, core_id)
        if stand is not None and stand.state is RecordState.UNMAPPED:
            link_to("mapping", "Map it", tab=kind.value, find=core_id)
        _core_side(page, kind, core_id)
        if known is None:
            st.caption("No QuickBooks company was ever connected.")
            link_to("connection")
            return
        story = page.app.telling.story(known.id, kind, core_id)
        if not story.links and not story.touched and kind is CoreKind.COST_CODE:
            st.caption("A cost code is mapped. Only where its service item is to be made, something is sent.")
            link_to("mapping", "See its mapping", tab=kind.value, find=core_id)
            return
        if not story.links and not story.touched:
            st.caption("Nothing of it was ever sent. A preview shows it with all that would be sent.")
            link_to("sync")
            return
        _sides(page, known, story, f"{known.id}:{kind}:{core_id}")
        _touched(page, story)


def _left_alone(page: Page, kind: CoreKind, core_id: str) -> None:
    """Who skips the record, when and why, and the button that undoes it; nothing where nobody does."""
    synced_as = SYNCED_AS[kind]
    found = left_alone(page, key_of(synced_as, core_id))
    if found is not None:
        st.info(escape(found.sentence), icon=":material/do_not_disturb_on:")
        draw_take_up(page, synced_as, core_id, key="core_unskip")


def _core_side(page: Page, kind: CoreKind, core_id: str) -> None:
    """What Core says of the record now, and a bill's lines."""
    book = book_of(page.app)
    said = core_side.fields(book, kind, core_id)
    if said:
        _table(said)
    lines = core_side.lines(book, core_id) if kind is CoreKind.VENDOR_BILL else []
    if lines:
        st.markdown("**Lines in Core**")
        _table(lines)


def _table(rows: list[dict[str, str]]) -> None:
    """Rows of text from the books, which st.table would read as Markdown."""
    st.table([{name: escape(cell) for name, cell in row.items()} for row in rows], border="horizontal", hide_index=True)


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
        label, color = story_frames.state_of(link, now)
        with st.expander(
            f"{escape(link.title)} :{color}-badge[{label}]", expanded=len(story.links) == 1, key=f"core_link_{link.key}"
        ):
            _side(page, known, link, now)


def _side(page: Page, known: Connection, link: Link, now: Now | None) -> None:
    """One QuickBooks record: its fields, its lines where it has some, and the way to it."""
    fields = story_frames.side_rows(link, now)
    if fields:
        _table(fields)
    for title, rows in story_frames.lines_of(link, now):
        st.markdown(f"**{title}**")
        _table(rows)
    if link.agreed is None:
        st.caption("The mapping names this record of QuickBooks: it is used as it is, and never written.")
    known_as = f"{link.ledger_kind.word.capitalize()} {link.ledger_id} in QuickBooks"
    payment = f" · {link.payment_state.value}" if link.payment_state else ""
    by = f" · last synced by run {link.run_id}" if link.run_id else ""
    st.caption(escape(f"{known_as}{payment}{by}"))
    address = page.app.ledger_of(known.id).web_link(link.ledger_kind, link.ledger_id)
    if address and not link.dropped:
        st.link_button("Open in QuickBooks", address, icon=":material/open_in_new:", key=f"core_web_{link.key}")


def _touched(page: Page, story: Story) -> None:
    st.markdown(f"**Runs that touched it** :gray[{len(story.touched):,}]")
    if not story.touched:
        st.caption("None: it was linked without a run.")
        return
    st.dataframe(
        story_frames.touched(story.touched, page.zone),
        hide_index=True,
        height=fitting(len(story.touched), TOUCHED_HEIGHT, ROW_HEIGHT),
        row_height=ROW_HEIGHT,
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=132),
            "Result": st.column_config.MultiselectColumn(
                options=[label for label, _ in OUTCOMES.values()],
                color=[color for _, color in OUTCOMES.values()],
                width=92,
            ),
            "What happened": st.column_config.TextColumn(width=150),
            "Record": st.column_config.TextColumn(width=190),
            "Run": st.column_config.TextColumn(width=110),
        },
        alt="Runs that touched it",
    )
    latest = story.touched[0]
    link_to("sync_log", "Open the latest run", run=latest.run_id)
    if latest.at:
        st.caption(f"Last touched {escape(moment(latest.at, page.zone))}.")
