"""Makes customers, projects, employees, cost codes and vendors of the rows of their lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from qbsync.domain.intake import Names, resolve_name
from qbsync.domain.records import (
    Category,
    CoreKind,
    CostCode,
    Customer,
    Employee,
    EmployeeKind,
    Project,
    Vendor,
    kind_of,
)
from qbsync.proforge.cells import fold, read_percent, read_rate, read_text
from qbsync.proforge.keeping import Keeper
from qbsync.proforge.rows import RowReader, SheetRows

ListRecord = Customer | Project | Employee | CostCode | Vendor


class _ProjectStatus(StrEnum):
    ACTIVE = "Active"
    COMPLETED = "Completed"
    PLANNED = "Planned"
    ON_HOLD = "On Hold"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"


class _Activity(StrEnum):
    ACTIVE = "Active"
    INACTIVE = "Inactive"


CATEGORIES: Mapping[str, Category] = {
    **{fold(category.value): category for category in Category},
    "material": Category.MATERIALS,
    "labour": Category.LABOR,
    "subcontractors": Category.SUBCONTRACTOR,
    "subcontract": Category.SUBCONTRACTOR,
    "sub": Category.SUBCONTRACTOR,
    "equip": Category.EQUIPMENT,
}
EMPLOYEE_KINDS: Mapping[str, EmployeeKind] = {
    "employee": EmployeeKind.EMPLOYEE,
    "w2": EmployeeKind.EMPLOYEE,
    "1099": EmployeeKind.CONTRACTOR,
    "1099contractor": EmployeeKind.CONTRACTOR,
    "contractor": EmployeeKind.CONTRACTOR,
}
_PROJECT_STATUSES: Mapping[str, _ProjectStatus] = {
    **{fold(status.value): status for status in _ProjectStatus},
    "open": _ProjectStatus.ACTIVE,
    "inprogress": _ProjectStatus.ACTIVE,
    "complete": _ProjectStatus.COMPLETED,
    "canceled": _ProjectStatus.CANCELLED,
}
_ACTIVITIES: Mapping[str, _Activity] = {
    **dict.fromkeys(("active", "yes", "true", "y", "1"), _Activity.ACTIVE),
    **dict.fromkeys(("inactive", "no", "false", "n", "0", "terminated", "left"), _Activity.INACTIVE),
}


def read_list(sheet: SheetRows, keeper: Keeper) -> None:
    """Read all rows of a list into the keeper."""
    build = _BUILDERS[sheet.kind]
    for row in sheet.readers():
        record = build(row)
        _name(row, record)
        if not row.failed:
            keeper.keep(record, sheet, row.number)


def read_projects(sheet: SheetRows, keeper: Keeper, names: Names) -> None:
    """Read all rows of the project list; a customer's name becomes its core_id."""
    for row in sheet.readers():
        project = _project(row, names)
        _name(row, project)
        if not row.failed:
            keeper.keep(project, sheet, row.number)


def _name(row: RowReader, record: ListRecord) -> None:
    """What kind it is, with the number and the name that the row gives."""
    noun = kind_of(record).value.replace("_", " ").capitalize()
    name = record.description if isinstance(record, CostCode) else record.name
    row.is_called(" ".join(dict.fromkeys(part for part in (noun, record.core_id, name) if part)))


def _customer(row: RowReader) -> Customer:
    name = row.needed_id("name")
    return Customer(
        core_id=row.id("number") or name,
        name=name,
        contact=row.text("contact"),
        email=row.text("email"),
        phone=row.text("phone"),
        address=row.text("address"),
        city=row.text("city"),
        state=row.text("state"),
        postal_code=row.text("postal_code"),
    )


def _project(row: RowReader, names: Names) -> Project:
    return Project(
        core_id=row.needed_id("number"),
        name=row.needed("name", read_text, ""),
        customer=resolve_name(names, CoreKind.CUSTOMER, row.id("customer")),
        status=row.choice("status", "project status", _PROJECT_STATUSES, _ProjectStatus.ACTIVE).value,
        address=row.text("address"),
        city=row.text("city"),
        state=row.text("state"),
        postal_code=row.text("postal_code"),
        prevailing_wage=row.mark("prevailing_wage"),
        retainage_percent=row.read("retainage", read_percent, None),
        contract_value=row.money("contract_value"),
    )


def _employee(row: RowReader) -> Employee:
    return Employee(
        core_id=row.needed_id("number"),
        name=row.needed("name", read_text, ""),
        kind=row.choice("kind", "type of employee", EMPLOYEE_KINDS, EmployeeKind.EMPLOYEE),
        email=row.text("email"),
        classification=row.text("classification"),
        pay_rate=row.read("pay_rate", read_rate, None),
        bill_rate=row.read("bill_rate", read_rate, None),
        active=_active(row),
    )


def _cost_code(row: RowReader) -> CostCode:
    return CostCode(
        core_id=row.needed_id("code"),
        description=row.needed("description", read_text, ""),
        category=row.choice("category", "category", CATEGORIES, Category.OTHER),
    )


def _vendor(row: RowReader) -> Vendor:
    name = row.needed_id("name")
    return Vendor(
        core_id=row.id("number") or name,
        name=name,
        email=row.text("email"),
        phone=row.text("phone"),
        address=row.text("address"),
        city=row.text("city"),
        state=row.text("state"),
        postal_code=row.text("postal_code"),
        is_1099=row.mark("is_1099"),
        active=_active(row),
    )


def _active(row: RowReader) -> bool:
    return row.choice("active", "status", _ACTIVITIES, _Activity.ACTIVE) is _Activity.ACTIVE


_BUILDERS: Mapping[CoreKind, Callable[[RowReader], ListRecord]] = {
    CoreKind.CUSTOMER: _customer,
    CoreKind.EMPLOYEE: _employee,
    CoreKind.COST_CODE: _cost_code,
    CoreKind.VENDOR: _vendor,
}
