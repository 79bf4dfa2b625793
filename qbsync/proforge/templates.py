"""Makes the templates that people fill in, from the same headings that the reader knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qbsync.domain.records import CoreKind
from qbsync.proforge.grid import Cell
from qbsync.proforge.layouts import LAYOUTS
from qbsync.proforge.writing import write_csv, write_xlsx

NOTES_TITLE = "Notes"

# The example row of each template. Its ids begin with the mark that makes the reader leave it out.
_EXAMPLES: Mapping[CoreKind, Mapping[str, Cell]] = {
    CoreKind.CUSTOMER: {
        "number": "EXAMPLE-C1",
        "name": "Lakeside Clinic",
        "contact": "Ann Field",
        "email": "ann@example.com",
        "phone": "(555) 010-0100",
        "address": "12 Shore Road",
        "city": "Larkspur",
        "state": "CA",
        "postal_code": "94939",
    },
    CoreKind.PROJECT: {
        "number": "EXAMPLE-24-101",
        "name": "Lakeside Clinic Annex",
        "customer": "EXAMPLE-C1",
        "status": "Active",
        "prevailing_wage": "No",
        "retainage": "10%",
        "contract_value": Decimal("1250000.00"),
        "address": "14 Shore Road",
        "city": "Larkspur",
        "state": "CA",
        "postal_code": "94939",
    },
    CoreKind.EMPLOYEE: {
        "number": "EXAMPLE-E1",
        "name": "Sam Rivera",
        "kind": "Employee",
        "classification": "Carpenter",
        "pay_rate": Decimal("38.50"),
        "bill_rate": Decimal("62.00"),
        "email": "sam@example.com",
        "active": "Active",
    },
    CoreKind.COST_CODE: {"code": "EXAMPLE-03-300", "description": "Concrete Labor", "category": "Labor"},
    CoreKind.VENDOR: {
        "number": "EXAMPLE-V1",
        "name": "Hillside Lumber",
        "email": "billing@example.com",
        "phone": "(555) 010-0200",
        "address": "3 Mill Street",
        "city": "Larkspur",
        "state": "CA",
        "postal_code": "94939",
        "is_1099": "No",
        "active": "Active",
    },
    CoreKind.PAYROLL_ROW: {
        "week_ending": date(2026, 11, 21),
        "status": "Submitted",
        "employee": "EXAMPLE-E1",
        "project": "EXAMPLE-24-101",
        "cost_code": "EXAMPLE-03-300",
        "shift": "Day",
        "monday": Decimal(8),
        "tuesday": Decimal("7.5"),
    },
    CoreKind.VENDOR_BILL: {
        "bill": "EXAMPLE-B1",
        "vendor": "EXAMPLE-V1",
        "number": "4471",
        "date": date(2026, 11, 12),
        "due": date(2026, 12, 12),
        "description": "Studs and plates",
        "amount": Decimal("1840.25"),
        "project": "EXAMPLE-24-101",
        "cost_code": "EXAMPLE-06-110",
        "total": Decimal("1840.25"),
        "purchase_order": "PO-118",
        "status": "Submitted",
    },
}

_NOTES = (
    (
        "All sheets",
        "Row 2 is an example; rows whose ids begin with EXAMPLE- are left out when the file is read.",
    ),
    (
        "All sheets",
        "Columns may stand in any order and optional ones may be removed. Sheets you do not need too.",
    ),
    (
        "Projects",
        "Status: Active, Completed, Planned, On Hold, Closed, Cancelled. Customer: its ID or its name.",
    ),
    ("Employees", "Type: Employee or 1099. Status: Active or Inactive."),
    ("Cost Codes", "Category: Materials, Labor, Subcontractor, Equipment or Other; blank is Other."),
    (
        "Weekly Payroll",
        "Status: Draft, Submitted or Cancelled; only submitted weeks are synced. Shift: Day, Swing or Night.",
    ),
    ("Weekly Payroll", "Hours: 7.5 or 7:30. In place of Monday to Sunday, a row may have Date and Hours."),
    (
        "Weekly Payroll",
        "A file states the week of each employee in it completely: rows it lacks are taken as removed.",
    ),
    ("Vendor Bills", "One row for each line of a bill; lines with the same Bill ID are one bill."),
    ("Vendor Bills", "Credits have negative amounts: -120.00 or (120.00)."),
)


def template_workbook() -> bytes:
    """One workbook with a sheet for each kind and a sheet of notes."""
    sheets = {layout.title: (template_headings(kind), [_example(kind)]) for kind, layout in LAYOUTS.items()}
    return write_xlsx({**sheets, NOTES_TITLE: (("About", "What to know"), _NOTES)})


def template_csv(kind: CoreKind) -> bytes:
    """One delimited file of one kind, with its headings and an example row."""
    return write_csv(template_headings(kind), [_example(kind)])


def template_headings(kind: CoreKind) -> list[str]:
    """ProForge's headings of a kind; the daily form of the payroll is left to the notes."""
    return [each.heading for each in LAYOUTS[kind].fields if _offered(kind, each.name)]


def _example(kind: CoreKind) -> list[Cell]:
    row = _EXAMPLES[kind]
    return [row.get(each.name) for each in LAYOUTS[kind].fields if _offered(kind, each.name)]


def _offered(kind: CoreKind, name: str) -> bool:
    return not (kind is CoreKind.PAYROLL_ROW and name in ("date", "hours"))
