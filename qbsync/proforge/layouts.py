"""The one table of ProForge's headings: what each kind of list holds, and other spellings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qbsync.domain.records import CoreKind
from qbsync.proforge.cells import fold

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column. `heading` is ProForge's; `spellings` are also understood, the best one first."""

    name: str
    heading: str
    spellings: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns of one kind. `unused` are headings that are known and say nothing that we need."""

    kind: CoreKind
    title: str
    hints: tuple[str, ...]  # words that a sheet's or file's name may contain
    fields: tuple[Field, ...]
    unused: tuple[str, ...] = ()
    index: Mapping[str, tuple[Field, int]] = field(init=False, repr=False, compare=False)
    unused_index: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, tuple[Field, int]] = {}
        for each in self.fields:
            for rank, spelling in enumerate((each.heading, *each.spellings)):
                index.setdefault(fold(spelling), (each, rank))
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "unused_index", frozenset(fold(text) for text in self.unused))

    def heading(self, name: str) -> str:
        return next((each.heading for each in self.fields if each.name == name), "")


_ADDRESS = """
address          Address | Street | Street Address | Address 1 | Site Address
city             City | Town
state            State | Province | Region
postal_code      ZIP Code | ZIP | Postal Code | Postcode
"""

_MAIL = "email            Email | E-mail | Email Address | Mail"
_CALL = "phone            Phone | Phone Number | Telephone | Tel | Mobile"

# A field's name (with * where the kind cannot do without it), its heading, other spellings, the best first.
# A field that needs two lines begins both with the same name.
_CUSTOMERS = f"""
number           Customer ID | Customer Number | Customer # | Customer No | Client ID | ID | Number
name*            Customer Name | Customer | Client Name | Client | Name
contact          Contact | Contact Name | Contact Person | Attention
{_MAIL}
{_CALL}
{_ADDRESS}
"""

_PROJECTS = f"""
number*          Project Number | Project ID | Project # | Project No | Job Number | Job # | Job No | Job ID
number*          Project Number | Job Code | Project | Job | Number | ID
name*            Project Name | Job Name | Project Title | Name | Title
customer         Customer | Customer ID | Customer Number | Customer Name | Client | Owner
status           Status | Project Status | Job Status
prevailing_wage  Prevailing Wage | Prevailing Wages | Davis-Bacon | PW
retainage        Retainage | Retainage % | Retainage Percent | Retainage Percentage | Retention
contract_value   Contract Value | Contract Amount | Contract Sum | Contract
{_ADDRESS}
"""

_EMPLOYEES = f"""
number*          Employee ID | Emp ID | Emp # | Emp No | Employee # | Employee Number | Badge | ID | Number
name*            Employee Name | Employee | Emp Name | Worker | Full Name | Name
kind             Type | Employee Type | Worker Type | Pay Type | W2/1099
classification   Classification | Class | Trade | Craft | Job Title | Title
pay_rate         Pay Rate | Rate | Hourly Rate | Wage | Base Rate
bill_rate        Bill Rate | Billing Rate | Charge Rate | Loaded Rate
{_MAIL}
active           Status | Active | Employee Status
"""

_COST_CODES = """
code*            Code | Cost Code | Cost Code ID | Cost Code # | Phase | Phase Code | Number | ID
description*     Description | Cost Code Description | Cost Code Name | Phase Description | Name | Title
category         Category | Cost Type | Cost Category | Type
"""

_VENDORS = f"""
number           Vendor ID | Vendor Number | Vendor # | Vendor No | Vendor Code | Supplier ID | ID | Number
name*            Vendor Name | Vendor | Supplier Name | Supplier | Name
{_MAIL}
{_CALL}
{_ADDRESS}
is_1099          1099 | Is 1099 | 1099 Vendor | Track 1099
active           Status | Active | Vendor Status
"""

_PROJECT = """
project          Project | Project Number | Project ID | Project # | Project No | Job Number | Job # | Job No
project          Project | Job ID | Job Code | Job | Project Name | Job Name
"""
_COST_CODE = """
cost_code        Cost Code | Cost Code ID | Cost Code # | Cost Code Number | Phase | Phase Code | Code
cost_code        Cost Code | Cost Code Description | Cost Code Name
"""

_PAYROLL = f"""
week_ending      Week Ending Date | Week Ending | W/E | W/E Date | Week End | Week End Date | Pay Period End
status           Status | Payroll Status
employee*        Employee | Employee ID | Emp ID | Emp # | Emp No | Employee # | Employee Number | Employee No
employee*        Employee | Employee Name | Emp Name | Worker
{_PROJECT.replace("project  ", "project* ")}
{_COST_CODE.replace("cost_code  ", "cost_code* ")}
shift            Shift | Shift Name
monday           Monday | Mon | Monday Hours | Mon Hours | Mon Hrs
tuesday          Tuesday | Tue | Tues | Tuesday Hours | Tue Hours | Tue Hrs
wednesday        Wednesday | Wed | Weds | Wednesday Hours | Wed Hours | Wed Hrs
thursday         Thursday | Thu | Thur | Thurs | Thursday Hours | Thu Hours | Thu Hrs
friday           Friday | Fri | Friday Hours | Fri Hours | Fri Hrs
saturday         Saturday | Sat | Saturday Hours | Sat Hours | Sat Hrs
sunday           Sunday | Sun | Sunday Hours | Sun Hours | Sun Hrs
date             Date | Work Date | Day | Date Worked
hours            Hours | Hrs | Hours Worked | Daily Hours | Qty
"""

_BILLS = f"""
bill             Bill ID | Bill # | Bill No | Bill | Vendor Bill | Document ID
vendor*          Vendor | Vendor ID | Vendor Number | Vendor # | Vendor No | Vendor Name
vendor*          Vendor | Supplier ID | Supplier | Supplier Name
number*          Invoice Number | Invoice # | Invoice No | Inv # | Inv No | Invoice | Bill Number | Reference
date*            Invoice Date | Inv Date | Bill Date | Date
due              Due Date | Due | Payment Due | Due On
description      Description | Line Description | Item | Line Item | Memo | Details
amount*          Amount | Line Amount | Line Total | Amt | Extended
{_PROJECT}
{_COST_CODE}
total            Total Amount | Total | Bill Total | Invoice Total | Grand Total | Invoice Amount
purchase_order   Purchase Order | PO | PO # | PO Number | PO No | Purchase Order #
status           Status | Bill Status
"""

# Known headings that say nothing we need: no warning is given for them.
_MADE = "Created | Created On | Created By | Modified | Modified On | Modified By | Last Modified | Notes | Row"
_BESIDE = f"{_MADE} | Project Name | Job Name | Cost Code Description | Cost Code Name | Category | Line"


def _fields(table: str) -> tuple[Field, ...]:
    """The fields of a table; lines that begin with the same name are one field."""
    spellings: dict[str, list[str]] = {}
    for line in filter(None, table.splitlines()):
        name, listed = line.split(maxsplit=1)
        spellings.setdefault(name, []).extend(_spellings(listed))
    return tuple(
        Field(name=name.rstrip("*"), heading=first, spellings=tuple(more), needed=name.endswith("*"))
        for name, (first, *more) in spellings.items()
    )


def _spellings(listed: str) -> list[str]:
    return [spelling.strip() for spelling in listed.split("|")]


def _layout(kind: CoreKind, title: str, hints: str, table: str, unused: str) -> Layout:
    return Layout(
        kind=kind,
        title=title,
        hints=tuple(hints.split()),
        fields=_fields(table),
        unused=tuple(_spellings(unused)),
    )


LAYOUTS: dict[CoreKind, Layout] = {
    layout.kind: layout
    for layout in (
        _layout(
            CoreKind.CUSTOMER,
            "Customers",
            "customer client owner",
            _CUSTOMERS,
            f"{_MADE} | Status | Country | Website",
        ),
        _layout(
            CoreKind.PROJECT,
            "Projects",
            "project job",
            _PROJECTS,
            f"{_MADE} | Start Date | End Date | Completion Date | Project Manager | Superintendent",
        ),
        _layout(
            CoreKind.EMPLOYEE,
            "Employees",
            "employee crew worker staff",
            _EMPLOYEES,
            f"{_MADE} | Phone | Hire Date | Termination Date | Department | Address | City | State | ZIP",
        ),
        _layout(CoreKind.COST_CODE, "Cost Codes", "costcode code phase", _COST_CODES, f"{_MADE} | Division"),
        _layout(
            CoreKind.VENDOR,
            "Vendors",
            "vendor supplier subcontractor",
            _VENDORS,
            f"{_MADE} | Contact | Terms | Tax ID | Country | Website",
        ),
        _layout(
            CoreKind.PAYROLL_ROW,
            "Weekly Payroll",
            "payroll timesheet hours",
            _PAYROLL,
            f"{_BESIDE} | Total | Totals | Total Hours | Total Regular Hours | Total Overtime Hours"
            " | Payroll ID | Regular Hours | Overtime Hours | Classification | Pay Rate | Weekly Payroll",
        ),
        _layout(
            CoreKind.VENDOR_BILL,
            "Vendor Bills",
            "bill invoice payable",
            _BILLS,
            f"{_BESIDE} | Line # | Terms | Quantity | Qty | Unit Price | Attachment",
        ),
    )
}
