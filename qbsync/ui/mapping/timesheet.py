"""The Timesheet tab: which payroll field goes where, how hours are added up, billing, and the description."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import (
    DEFAULT_DESCRIPTION,
    DESCRIPTION_FIELDS,
    WEEKDAYS,
    Posting,
    Preferences,
    RateSource,
    ShiftTarget,
)
from qbsync.domain.mapping_choices import why_no_class, why_no_payroll_item
from qbsync.domain.payroll import OVERTIME_RULES
from qbsync.domain.records import Shift
from qbsync.domain.want_time import describe
from qbsync.services.mapping_view import MappingView
from qbsync.ui.kept import book_of, company_of
from qbsync.ui.mapping.preferences import keep, key_of, record, with_changes
from qbsync.ui.page import Page
from qbsync.ui.state import PendingMapping
from qbsync.ui.text import escape

POSTINGS = {
    Posting.DAILY: "One entry a day",
    Posting.WEEKLY: "One entry a week, on the day it ends",
}
RATES = {RateSource.BILL_RATE: "Employee's bill rate", RateSource.PAY_RATE: "Employee's pay rate"}
SHIFTS = {
    ShiftTarget.DESCRIPTION: "The description, where its template names it",
    ShiftTarget.ITEM: "A service item of its own",
    ShiftTarget.CLASS: "A class",
}
INCOME_TYPES = ("Income", "Other Income")
ANY_DAY = "Any day"


def draw_timesheet(page: Page, connection_id: int, view: MappingView, pending: PendingMapping) -> None:
    """How hours are posted."""
    now = with_changes(view.mapping.preferences, pending)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        _hours(view, pending, now)
    with right, st.container(border=True, height="stretch"):
        _billing(view, pending, now)
    with st.container(border=True):
        _fields(page, connection_id, view, pending, now)
    with st.container(border=True):
        _description(page, view, pending, now)


def _hours(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Hours")
    posting = st.radio(
        "Hours are posted as",
        list(POSTINGS),
        index=list(POSTINGS).index(now.posting),
        format_func=lambda one: POSTINGS[one],
        key=key_of("posting"),
        help="By the week: one entry for each row and pay type of the weekly payroll.",
    )
    if posting is not view.mapping.preferences.posting:
        st.markdown(
            ":small[:orange[:material/info: Weeks that are posted stay as they are, until somebody ticks their change "
            "in the Sync Preview: all of a week, or none of it.]]"
        )
    end = st.selectbox(
        "Payroll weeks end on",
        ["", *WEEKDAYS],
        index=["", *WEEKDAYS].index(now.week_end),
        format_func=lambda one: one or ANY_DAY,
        key=key_of("week_end"),
        help="A week that ends on another day is held back, since its hours may stand on wrong dates.",
    )
    names = list(OVERTIME_RULES)
    rule = st.selectbox(
        "Overtime rule",
        names,
        index=names.index(now.overtime_rule) if now.overtime_rule in names else 0,
        format_func=lambda one: OVERTIME_RULES[one].title,
        key=key_of("overtime_rule"),
        help="Hours are split by this rule; the parts always add up to what was entered.",
    )
    keep(view, pending, posting=posting, week_end=end, overtime_rule=rule)


def _fields(page: Page, connection_id: int, view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Which payroll field goes where")
    company = company_of(page.app, connection_id)
    st.table(
        {
            "Payroll field": ["Employee", "Project", "Cost code", "Hours"],
            "QuickBooks field": ["Employee or vendor", "Customer", "Service item", "Hours and minutes"],
            "Chosen": ["on the tab Employees", "on the tab Projects", "on the tab Cost codes", "always"],
        },
        border="horizontal",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _cost_code(view, pending, now)
        _pay_type(view, pending, now)
        st.caption(why_no_payroll_item(company))
    with right:
        _shift(view, pending, now, why_no_class(company))


def _cost_code(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    fallback = record(
        view,
        "Cost codes without a service item: post under",
        LedgerKind.ITEM,
        now.fallback_item_id,
        "fallback_item",
        "Used for hours whose cost code is unmapped or posts to an account.",
    )
    income = record(
        view,
        "New service items: income account",
        LedgerKind.ACCOUNT,
        now.income_account_id,
        "income_account",
        "Items that are made for cost codes are sold under this account. QuickBooks wants one.",
        types=INCOME_TYPES,
    )
    keep(view, pending, fallback_item_id=fallback, income_account_id=income)


def _pay_type(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    overtime = record(
        view,
        "Overtime: service item",
        LedgerKind.ITEM,
        now.overtime_item_id,
        "overtime_item",
        "None means that overtime is posted under the item of its shift or cost code.",
    )
    double = record(
        view,
        "Double time: service item",
        LedgerKind.ITEM,
        now.double_time_item_id,
        "double_time_item",
        "None means that double time is posted like overtime.",
    )
    keep(view, pending, overtime_item_id=overtime, double_time_item_id=double)


def _shift(view: MappingView, pending: PendingMapping, now: Preferences, why_not: str) -> None:
    """Where the shift goes. `why_not` says why a class is not open; it stays in sight where it is chosen already."""
    open_ones = [one for one in SHIFTS if one is not ShiftTarget.CLASS or not why_not or now.shift_target is one]
    target = st.radio(
        "The shift goes to",
        open_ones,
        index=open_ones.index(now.shift_target),
        format_func=lambda one: SHIFTS[one],
        key=key_of("shift_target"),
    )
    if why_not:
        st.caption(why_not)
    items, classes = dict(now.shift_item_ids), dict(now.shift_class_ids)
    if target is ShiftTarget.ITEM:
        items = _each_shift(view, LedgerKind.ITEM, items, "service item", "None means the item of the cost code.")
    if target is ShiftTarget.CLASS:
        classes = _each_shift(view, LedgerKind.CLASS, classes, "class", "None means that QuickBooks' own is kept.")
    keep(view, pending, shift_target=target, shift_item_ids=items, shift_class_ids=classes)


def _each_shift(
    view: MappingView, kind: LedgerKind, now: Mapping[Shift, str], noun: str, help: str
) -> dict[Shift, str]:
    """Choose a record for each shift; those without one are left out."""
    chosen = {
        shift: record(view, f"{shift.value} shift: {noun}", kind, now.get(shift, ""), f"{kind.name}_{shift.name}", help)
        for shift in Shift
    }
    return {shift: one for shift, one in chosen.items() if one}


def _billing(view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Billing")
    billable = st.toggle("Hours are billable to the customer", value=now.billable, key=key_of("billable"))
    rate = st.radio(
        "Hourly rate",
        list(RATES),
        index=list(RATES).index(now.rate_source),
        format_func=lambda one: RATES[one],
        key=key_of("rate_source"),
        disabled=not billable,
    )
    st.caption("Billable hours need a rate: a worker without one is blocked in the preview, with the reason.")
    keep(view, pending, billable=billable, rate_source=rate)


def _description(page: Page, view: MappingView, pending: PendingMapping, now: Preferences) -> None:
    st.markdown("##### Description of a time entry")
    template = st.text_input(
        "Template",
        value=now.description_template,
        key=key_of("description"),
        live=True,
        help=f"Names in braces are filled in. At first it reads: {DEFAULT_DESCRIPTION}",
    )
    keep(view, pending, description_template=template or "")
    names = " ".join(f"`{{{name}}}`" for name in DESCRIPTION_FIELDS)
    st.markdown(f"You can use {names}")
    example = describe(with_changes(view.mapping.preferences, pending), **_example(page))
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
