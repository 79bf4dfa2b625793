"""The Timesheet and Bills tabs: how hours and bills are posted. Changes wait until the mapping is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import DEFAULT_DESCRIPTION, DESCRIPTION_FIELDS, Placement, Preferences, RateSource
from qbsync.domain.payroll import OVERTIME_RULES
from qbsync.domain.records import Category
from qbsync.domain.want_time import describe
from qbsync.services.mapping_view import MappingView
from qbsync.ui.kept import book_of
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping, round_of
from qbsync.ui.text import escape

NONE = "(none)"
PLACEMENTS = {
    Placement.SUB_CUSTOMER: "Sub-customer (job) under its customer",
    Placement.CUSTOMER: "Customer of its own",
}
RATES = {RateSource.BILL_RATE: "Employee's bill rate", RateSource.PAY_RATE: "Employee's pay rate"}
CATEGORY_PREFERENCE = "category_account_ids"


def with_changes(saved: Preferences, pending: PendingMapping) -> Preferences:
    """The saved preferences with the pending changes laid over them."""
    return replace(saved, **pending.preferences)


def _keep(view: MappingView, pending: PendingMapping, **values: Any) -> None:
    """Note each value that differs from what is saved."""
    for name, value in values.items():
        if value == getattr(view.mapping.preferences, name):
            pending.preferences.pop(name, None)
            continue
        if not pending.count:
            pending.version = view.mapping.version
        pending.preferences[name] = value


def _key(name: str) -> str:
    return f"preference_{name}_{round_of('preferences')}"


def _record(view: MappingView, label: str, kind: LedgerKind, current: str, name: str, help: str) -> str:
    """Choose one QuickBooks record, or none; one that has become inactive stays in sight."""
    entries = {
        entry.id: entry for entry in view.options(kind) if kind is not LedgerKind.ITEM or entry.type == "Service"
    }
    ids = ["", *entries] if not current or current in entries else ["", current, *entries]

    def title(one: str) -> str:
        entry = entries.get(one)
        if entry is None:
            return f"⚠ inactive ({one})" if one else NONE
        return f"{entry.number} {entry.full_name}".strip()

    return st.selectbox(label, ids, index=ids.index(current), format_func=title, key=_key(name), help=help)


def draw_timesheet(page: Page, view: MappingView, pending: PendingMapping) -> None:
    """How hours are posted."""
    now = with_changes(view.mapping.preferences, pending)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        _hours(view, pending, now)
    with right, st.container(border=True, height="stretch"):
        _billing(view, pending, now)
    with st.container(border=True):
        _description(page, view, pending, now)


def _hours(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Projects and hours")
    placement = st.radio(
        "A project becomes a",
        list(PLACEMENTS),
        index=list(PLACEMENTS).index(now.project_placement),
        format_func=lambda one: PLACEMENTS[one],
        key=_key("placement"),
    )
    names = list(OVERTIME_RULES)
    rule = st.selectbox(
        "Overtime rule",
        names,
        index=names.index(now.overtime_rule) if now.overtime_rule in names else 0,
        format_func=lambda one: OVERTIME_RULES[one].title,
        key=_key("overtime_rule"),
        help="Hours are split by this rule; the parts always add up to what was entered.",
    )
    fallback = _record(
        view,
        "Service item for codes that have none",
        LedgerKind.ITEM,
        now.fallback_item_id,
        "fallback_item",
        "Used for hours whose cost code is unmapped or posts to an account.",
    )
    overtime = _record(
        view,
        "Service item for overtime and double time",
        LedgerKind.ITEM,
        now.overtime_item_id,
        "overtime_item",
        "None means that overtime is posted under the cost code's own item.",
    )
    _keep(
        view,
        pending,
        project_placement=placement,
        overtime_rule=rule,
        fallback_item_id=fallback,
        overtime_item_id=overtime,
    )


def _billing(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Billing")
    billable = st.toggle("Hours are billable to the customer", value=now.billable, key=_key("billable"))
    rate = st.radio(
        "Hourly rate",
        list(RATES),
        index=list(RATES).index(now.rate_source),
        format_func=lambda one: RATES[one],
        key=_key("rate_source"),
        disabled=not billable,
    )
    st.caption("Billable hours need a rate: a worker without one is blocked in the preview, with the reason.")
    _keep(view, pending, billable=billable, rate_source=rate)


def _description(page: Page, view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Description of a time entry")
    template = st.text_input(
        "Template",
        value=now.description_template,
        key=_key("description"),
        live=True,
        help=f"Names in braces are filled in. As delivered: {DEFAULT_DESCRIPTION}",
    )
    _keep(view, pending, description_template=template or "")
    names = " ".join(f"`{{{name}}}`" for name in DESCRIPTION_FIELDS)
    st.caption(f"You can use {names}")
    example = describe(replace(now, description_template=template or ""), **_example(page))
    st.markdown(f"Example: **{escape(example) or '-'}**")


def _example(page: Page) -> dict[str, str]:
    """The fields of a real row where there is one."""
    book = book_of(page.app)
    row = next((row for row in book.payroll_rows if row.cost_code in book.cost_codes), None)
    if row is None:
        return {"employee": "Sam Rivera", "cost_code": "03-300", "shift": "Day", "pay_type": "Regular"}
    employee = book.employees.get(row.employee)
    return {
        "employee": employee.name if employee else row.employee,
        "project": row.project,
        "cost_code": row.cost_code,
        "cost_code_name": book.cost_codes[row.cost_code].description,
        "shift": row.shift.value,
        "pay_type": "Regular",
        "week_ending": row.week_ending.isoformat(),
    }


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
        fallback = _record(
            view,
            "Fallback account",
            LedgerKind.ACCOUNT,
            now.fallback_account_id,
            "fallback_account",
            "None means that such lines are blocked until their cost code is mapped.",
        )
        chosen: dict[Category, str] = {}
        columns = st.columns(2, gap="medium")
        for position, category in enumerate(Category):
            with columns[position % 2]:
                chosen[category] = _record(
                    view,
                    f"{category.value}",
                    LedgerKind.ACCOUNT,
                    now.category_account_ids.get(category, ""),
                    f"category_{category.name}",
                    f"For lines whose cost code is of the category {category.value}.",
                )
    accounts = {category: account for category, account in chosen.items() if account}
    _keep(view, pending, fallback_account_id=fallback, **{CATEGORY_PREFERENCE: accounts})
