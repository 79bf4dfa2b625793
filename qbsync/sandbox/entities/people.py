"""Customers, vendors and employees: three lists that share one space of names and one sequence of ids."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.hierarchy import mark_name, place, rename_children
from qbsync.sandbox.company.kind import DELETED, Draft, Kind, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.balances import carry_balance
from qbsync.sandbox.entities.currencies import keep_currency
from qbsync.sandbox.projects.belonging import stay_in_step

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

PEOPLE = ("Customer", "Vendor", "Employee")
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def _name_fields(print_name_most: int, phone_most: int) -> dict[str, f.Field]:
    return {
        "DisplayName": f.text(500, forbid=f.NAME_FORBIDS),
        "Title": f.text(16, forbid=f.NAME_FORBIDS),
        "GivenName": f.text(100, forbid=f.NAME_FORBIDS),
        "MiddleName": f.text(100, forbid=f.NAME_FORBIDS),
        "FamilyName": f.text(100, forbid=f.NAME_FORBIDS),
        "Suffix": f.text(16, forbid=f.NAME_FORBIDS),
        "PrintOnCheckName": f.text(print_name_most, forbid=f.NAME_FORBIDS),
        "Active": f.flag(),
        "PrimaryEmailAddr": f.email(),
        "PrimaryPhone": f.phone(phone_most),
        "Mobile": f.phone(phone_most),
    }


COMPANY_FIELDS = {
    "CompanyName": f.text(100),
    "AlternatePhone": f.phone(),
    "Fax": f.phone(),
    "WebAddr": f.web(),
    "BillAddr": f.address(),
    "CurrencyRef": f.currency(),
    "Source": f.read_only(),
}


def _name(books: Books, draft: Draft) -> None:
    """DisplayName, from its parts when absent (6080), unique over the three lists (6240)."""
    body = draft.body
    parts = [str(body[part]) for part in NAME_PARTS if part in body]
    name = body.get("DisplayName") or " ".join(parts)
    if not name.strip():
        raise RefusalError("6080", "No name provided : give DisplayName or one of its parts", "DisplayName")
    body["DisplayName"] = name
    mark_name(draft, "DisplayName")
    body.setdefault("PrintOnCheckName", str(body["DisplayName"]).removesuffix(DELETED)[:100])
    if draft.active:
        _check_unique(books, draft)


def _check_unique(books: Books, draft: Draft) -> None:
    holders = books.store.named(books.realm, PEOPLE, draft.body["DisplayName"])
    if any(key != draft.id for _, key in holders):
        raise faults.duplicate_name("customer, vendor or employee")


def _is_leaving(draft: Draft) -> bool:
    return draft.old is not None and draft.old.active and not draft.active


def _complete_customer(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    if bool(body.get("Job", False)) != ("ParentRef" in body):
        raise RefusalError("6150", "Job and ParentRef go together: give both or none", "ParentRef")
    _name(books, draft)
    place(books, draft, "Customer", "DisplayName")
    balance = old.body["Balance"] if old else body.get("Balance", Decimal(0))
    if _is_leaving(draft):
        _check_customer_may_leave(books, draft, Decimal(balance))
    body.pop("OpenBalanceDate", None)
    with_jobs = old.body["BalanceWithJobs"] if old else balance
    body.update(Balance=balance, BalanceWithJobs=with_jobs, IsProject=bool(old and old.body["IsProject"]))
    for name, default in (("Job", False), ("BillWithParent", False), ("Taxable", False)):
        body.setdefault(name, default)
    body.setdefault("PreferredDeliveryMethod", "None")
    keep_currency(draft, books.home_currency())


def _check_customer_may_leave(books: Books, draft: Draft, balance: Decimal) -> None:
    if balance:
        raise RefusalError("6220", f"The customer has a balance of {balance}", "Active")
    if books.store.has_unbilled_charges(books.realm, draft.id):
        raise RefusalError("6280", "The customer has unbilled charges", "Active")


def _complete_vendor(books: Books, draft: Draft) -> None:
    body = draft.body
    _name(books, draft)
    balance = draft.old.body["Balance"] if draft.old else Decimal(0)
    if _is_leaving(draft) and Decimal(balance):
        raise RefusalError("6220", f"The vendor has a balance of {balance}", "Active")
    body["Balance"] = balance
    body.setdefault("Vendor1099", False)
    keep_currency(draft, books.home_currency())
    if "TaxIdentifier" in body:
        body["TaxIdentifier"] = "XXXXXXX" + str(body["TaxIdentifier"])[-4:]


def _complete_employee(books: Books, draft: Draft) -> None:
    body = draft.body
    if "GivenName" not in body and "FamilyName" not in body:
        raise faults.missing("GivenName")
    body.setdefault("BillableTime", False)
    if body.get("BillRate") and not body["BillableTime"]:
        raise faults.business("BillRate is for an employee whose BillableTime is true", "BillRate")
    if "SSN" in body:
        body["SSN"] = "XXX-XX-XXXX"
    body.setdefault("Organization", False)
    _name(books, draft)


def _after_customer(books: Books, old: Record | None, new: Record | None) -> None:
    rename_children(books, old, new)
    carry_balance(books, old, new)
    stay_in_step(books, new)


CUSTOMER = Kind(
    name="Customer",
    id_space="Name",
    name_attribute="DisplayName",
    sparse=True,
    fields={
        **_name_fields(110, 30),
        **COMPANY_FIELDS,
        "Notes": f.text(2000),
        "Taxable": f.flag(),
        "DefaultTaxCodeRef": f.tax_code(),
        "SalesTermRef": f.ref("Term"),
        "PaymentMethodRef": f.ref("PaymentMethod"),
        "PreferredDeliveryMethod": f.choice("Print", "Email", "None"),
        "ResaleNum": f.text(16),
        "ShipAddr": f.address(),
        "Balance": f.number(),
        "OpenBalanceDate": f.day(),
        "Job": f.flag(),
        "ParentRef": f.ref("Customer"),
        "BillWithParent": f.flag(),
        "FullyQualifiedName": f.read_only(),
        "Level": f.read_only(),
        "BalanceWithJobs": f.read_only(),
        "IsProject": f.read_only(),
    },
    filters=filters(
        DisplayName="text",
        GivenName="text",
        MiddleName="text",
        FamilyName="text",
        CompanyName="text",
        PrimaryEmailAddr="text",
        Active="flag",
        Balance="number",
        PrintOnCheckName="text",
        FullyQualifiedName="text",
        Job="flag",
    ),
    complete=_complete_customer,
    effects=_after_customer,
)

VENDOR = Kind(
    name="Vendor",
    id_space="Name",
    name_attribute="DisplayName",
    fields={
        **_name_fields(100, 30),
        **COMPANY_FIELDS,
        "TermRef": f.ref("Term"),
        "AcctNum": f.text(100),
        "TaxIdentifier": f.text(20),
        "Vendor1099": f.flag(),
        "BillRate": f.number(0),
        "CostRate": f.number(0),
        "Balance": f.read_only(),
    },
    filters=filters(
        DisplayName="text",
        GivenName="text",
        MiddleName="text",
        FamilyName="text",
        Suffix="text",
        CompanyName="text",
        PrimaryEmailAddr="text",
        Active="flag",
        Balance="number",
        PrintOnCheckName="text",
    ),
    complete=_complete_vendor,
)

EMPLOYEE = Kind(
    name="Employee",
    id_space="Name",
    name_attribute="DisplayName",
    fields={
        **_name_fields(100, 20),
        "PrimaryAddr": f.address(),
        "BillableTime": f.flag(),
        "BillRate": f.number(0),
        "CostRate": f.number(0),
        "HiredDate": f.day(),
        "ReleasedDate": f.day(),
        "BirthDate": f.day(),
        "Gender": f.choice("Male", "Female"),
        "EmployeeNumber": f.text(100),
        "SSN": f.text(100),
        "Organization": f.flag(),
        "V4IDPseudonym": f.read_only(),
    },
    filters=filters(
        DisplayName="text",
        GivenName="text",
        MiddleName="text",
        FamilyName="text",
        Suffix="text",
        Active="flag",
        PrintOnCheckName="text",
    ),
    complete=_complete_employee,
)
