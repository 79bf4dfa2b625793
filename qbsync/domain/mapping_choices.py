"""Choices of the mapping that exist in QuickBooks and are not open in this company, each with the reason."""

from __future__ import annotations

from qbsync.domain.capability import SETTINGS
from qbsync.domain.ledger import Company


def why_no_project(company: Company) -> str:
    """Why a Core project cannot be made as a QuickBooks project."""
    if not company.projects:
        return (
            "A QuickBooks project: not here, because projects are off in this company "
            f"({SETTINGS}, Advanced, Projects)."
        )
    return (
        "A QuickBooks project: make it in QuickBooks, then choose it in the table below. QuickBooks makes projects "
        "through another interface only, which this product does not write to."
    )


def why_no_class(company: Company) -> str:
    """Why the shift cannot go to a class; "" where it can."""
    if company.classes_per_transaction:
        return ""
    if company.classes_per_line:
        return (
            "A class: not here, because this company gives classes to single lines. A time entry takes one where they "
            f"are given to entire transactions ({SETTINGS}, Advanced, Categories)."
        )
    return f"A class: not here, because classes are off in this company ({SETTINGS}, Advanced, Categories)."


def why_no_payroll_item(company: Company) -> str:
    """Why a pay type cannot go to a payroll item."""
    if not company.payroll:
        return "A payroll item: not here, because QuickBooks Payroll is off in this company."
    return "A payroll item: not offered, because Intuit opens those to a closed group of apps only."
