"""Mapping edits that are not saved, kept in this process beside the session: a browser that is loaded anew has them.

They are a person's own, by company, and end with a save, a discard, or the dashboard's process.
"""

from __future__ import annotations

from copy import deepcopy

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping

Owner = tuple[str, int, str]  # the store, the company and the person


def take_up(page: Page, known: Connection, pending: PendingMapping) -> int:
    """Give a session that has just begun what was edited before it; returns how many edits those are."""
    if not pending.is_new:
        return 0
    pending.is_new = False
    draft = _drafts().get(_owner(page, known))
    if draft is None:
        return 0
    found = deepcopy(draft)
    pending.version, pending.edits, pending.preferences = found.version, found.edits, found.preferences
    pending.is_kept = True
    return pending.count


def keep(page: Page, known: Connection, pending: PendingMapping) -> None:
    """Keep a session's edits as they are now. A session that never had any leaves those of another one alone."""
    if pending.count:
        draft = PendingMapping(version=pending.version, edits=pending.edits, preferences=pending.preferences)
        _drafts()[_owner(page, known)] = deepcopy(draft)
        pending.is_kept = True
    elif pending.is_kept:
        _drafts().pop(_owner(page, known), None)
        pending.is_kept = False


@st.cache_resource(show_spinner=False)
def _drafts() -> dict[Owner, PendingMapping]:
    return {}


def _owner(page: Page, known: Connection) -> Owner:
    return str(page.app.settings.store_url), known.id, page.who
