"""What the tabs for preferences share, and the Bills tab. Changes wait until the mapping is saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import streamlit as st

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import Preferences
from qbsync.domain.mapping_remarks import account_remark
from qbsync.domain.records import Category
from qbsync.services.mapping_view import MappingView
from qbsync.ui.state import PendingMapping, round_of
from qbsync.ui.text import escape

NONE = "(none)"
CATEGORY_PREFERENCE = "category_account_ids"


def with_changes(saved: Preferences, pending: PendingMapping) -> Preferences:
    """The saved preferences with the pending changes laid over them."""
    return replace(saved, **pending.preferences)


def keep(view: MappingView, pending: PendingMapping, **values: Any) -> None:
    """Note each value that differs from what is saved."""
    for name, value in values.items():
        if value == getattr(view.mapping.preferences, name):
            pending.preferences.pop(name, None)
            continue
        if not pending.count:
            pending.version = view.mapping.version
        pending.preferences[name] = value


def key_of(name: str) -> str:
    return f"preference_{name}_{round_of('preferences')}"


def record(
    view: MappingView,
    label: str,
    kind: LedgerKind,
    current: str,
    name: str,
    help: str,
    *,
    types: Collection[str] = (),
) -> str:
    """Choose one QuickBooks record, or none; one that has become inactive stays in sight.

    `types` narrows accounts; of items there are services only, since hours take no others.
    """
    types = ("Service",) if kind is LedgerKind.ITEM else types
    entries = {entry.id: entry for entry in view.options(kind) if not types or entry.type in types}
    ids = ["", *entries] if not current or current in entries else ["", current, *entries]

    def title(one: str) -> str:
        entry = entries.get(one)
        if entry is None:
            return f"⚠ inactive ({one})" if one else NONE
        return f"{entry.number} {entry.full_name}".strip()

    return st.selectbox(label, ids, index=ids.index(current), format_func=title, key=key_of(name), help=help)


def draw_bills(view: MappingView, pending: PendingMapping) -> None:
    """Where bill lines go whose cost code has no account of its own."""
    now = with_changes(view.mapping.preferences, pending)
    with st.container(border=True):
        st.markdown("##### Accounts for bill lines")
        st.caption(
            "A line goes to the account or item of its cost code. Where that gives none, the default "
            "of its category "
            "is used, then the fallback account."
        )
        fallback = record(
            view,
            "Fallback account",
            LedgerKind.ACCOUNT,
            now.fallback_account_id,
            "fallback_account",
            "None means that such lines are blocked until their cost code is mapped.",
        )
        _draw_remark(view, fallback)
        chosen: dict[Category, str] = {}
        columns = st.columns(2, gap="medium")
        for position, category in enumerate(Category):
            with columns[position % 2]:
                chosen[category] = record(
                    view,
                    f"{category.value}",
                    LedgerKind.ACCOUNT,
                    now.category_account_ids.get(category, ""),
                    f"category_{category.name}",
                    f"For lines whose cost code is of the category {category.value}.",
                )
                _draw_remark(view, chosen[category])
    accounts = {category: account for category, account in chosen.items() if account}
    keep(view, pending, fallback_account_id=fallback, **{CATEGORY_PREFERENCE: accounts})


def _draw_remark(view: MappingView, account: str) -> None:
    """What is odd about an account for bill lines, under its choice."""
    remark = account_remark(account, view.lists)
    if remark:
        st.caption(f":orange[:material/warning: {escape(remark)}]")
