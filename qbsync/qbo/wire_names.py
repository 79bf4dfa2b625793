"""Customers, vendors and employees: their cards to and from QuickBooks' objects, and list rows."""

from __future__ import annotations

from collections.abc import Callable

from qbsync.domain.ledger import CustomerCard, EmployeeCard, ItemCard, LedgerKind, ListEntry, VendorCard
from qbsync.qbo.wire_json import Json
from qbsync.qbo.wire_parts import put, put_nested, put_reference, reference, reference_id, text

_ADDRESS_TRACES = {"Id", "Lat", "Long"}  # what QuickBooks leaves in an address with nothing else in it


def read_customer(record: Json) -> CustomerCard:
    """A Customer object as a card."""
    address = record.get("BillAddr") or {}
    return CustomerCard(
        display_name=text(record.get("DisplayName")),
        parent=reference(record.get("ParentRef")),
        email=_email(record),
        phone=_phone(record),
        line1=text(address.get("Line1")),
        city=text(address.get("City")),
        state=text(address.get("CountrySubDivisionCode")),
        postal_code=text(address.get("PostalCode")),
    )


def lay_customer(card: CustomerCard, record: Json) -> Json:
    """The Customer object that says what the card says, and else what `record` said."""
    record["DisplayName"] = card.display_name
    _lay_contact(card, record)
    put_reference(record, "ParentRef", card.parent)
    if card.parent:
        record["Job"] = True
        record.setdefault("BillWithParent", True)
    elif record.get("Job"):
        record["Job"] = record["BillWithParent"] = False
    return record


def read_vendor(record: Json) -> VendorCard:
    """A Vendor object as a card."""
    address = record.get("BillAddr") or {}
    return VendorCard(
        display_name=text(record.get("DisplayName")),
        email=_email(record),
        phone=_phone(record),
        line1=text(address.get("Line1")),
        city=text(address.get("City")),
        state=text(address.get("CountrySubDivisionCode")),
        postal_code=text(address.get("PostalCode")),
        is_1099=bool(record.get("Vendor1099", False)),
    )


def lay_vendor(card: VendorCard, record: Json) -> Json:
    """The Vendor object that says what the card says, and else what `record` said."""
    record["DisplayName"] = card.display_name
    _lay_contact(card, record)
    record["Vendor1099"] = card.is_1099
    return record


def read_employee(record: Json) -> EmployeeCard:
    """An Employee object as a card."""
    return EmployeeCard(
        display_name=text(record.get("DisplayName")),
        given_name=text(record.get("GivenName")),
        family_name=text(record.get("FamilyName")),
        email=_email(record),
    )


def lay_employee(card: EmployeeCard, record: Json) -> Json:
    """The Employee object that says what the card says, and else what `record` said."""
    put(record, "DisplayName", card.display_name)
    put(record, "GivenName", card.given_name)
    put(record, "FamilyName", card.family_name)
    put_nested(record, "PrimaryEmailAddr", "Address", card.email)
    return record


def read_item(record: Json) -> ItemCard:
    """An Item object as a card."""
    return ItemCard(
        display_name=text(record.get("Name")),
        item_type=text(record.get("Type")),
        income_account=reference(record.get("IncomeAccountRef")),
        description=text(record.get("Description")),
    )


def lay_item(card: ItemCard, record: Json) -> Json:
    """The Item object that says what the card says, and else what `record` said."""
    record["Name"] = card.display_name
    record["Type"] = card.item_type
    put_reference(record, "IncomeAccountRef", card.income_account)
    put(record, "Description", card.description)
    return record


def _lay_contact(card: CustomerCard | VendorCard, record: Json) -> None:
    put_nested(record, "PrimaryEmailAddr", "Address", card.email)
    put_nested(record, "PrimaryPhone", "FreeFormNumber", card.phone)
    address = dict(record.get("BillAddr") or {})
    put(address, "Line1", card.line1)
    put(address, "City", card.city)
    put(address, "CountrySubDivisionCode", card.state)
    put(address, "PostalCode", card.postal_code)
    put(record, "BillAddr", address if address.keys() - _ADDRESS_TRACES else None)


def _email(record: Json) -> str:
    return text((record.get("PrimaryEmailAddr") or {}).get("Address"))


def _phone(record: Json) -> str:
    return text((record.get("PrimaryPhone") or {}).get("FreeFormNumber"))


def read_entry(kind: LedgerKind, record: Json) -> ListEntry:
    """One row of a list. Raises KeyError for a kind that is not a list."""
    return _ENTRY_READERS[kind](kind, record)


def _account(kind: LedgerKind, record: Json) -> ListEntry:
    name = text(record.get("Name"))
    return ListEntry(
        kind=kind,
        id=str(record["Id"]),
        name=name,
        full_name=text(record.get("FullyQualifiedName")) or name,
        active=bool(record.get("Active", True)),
        type=text(record.get("AccountType")),
        sub_type=text(record.get("AccountSubType")),
        number=text(record.get("AcctNum")),
        parent_id=reference_id(record.get("ParentRef")),
        sync_token=text(record.get("SyncToken")) or "0",
    )


def _item(kind: LedgerKind, record: Json) -> ListEntry:
    name = text(record.get("Name"))
    return ListEntry(
        kind=kind,
        id=str(record["Id"]),
        name=name,
        full_name=text(record.get("FullyQualifiedName")) or name,
        active=bool(record.get("Active", True)),
        type=text(record.get("Type")),
        number=text(record.get("Sku")),
        parent_id=reference_id(record.get("ParentRef")),
        expense_account_id=reference_id(record.get("ExpenseAccountRef")),
        income_account_id=reference_id(record.get("IncomeAccountRef")),
        sync_token=text(record.get("SyncToken")) or "0",
    )


def _name(kind: LedgerKind, record: Json) -> ListEntry:
    name = text(record.get("DisplayName"))
    return ListEntry(
        kind=kind,
        id=str(record["Id"]),
        name=name,
        full_name=text(record.get("FullyQualifiedName")) or name,
        active=bool(record.get("Active", True)),
        number=text(record.get("AcctNum") or record.get("EmployeeNumber")),
        email=_email(record),
        parent_id=reference_id(record.get("ParentRef")),
        is_job=bool(record.get("Job", False)),
        is_project=bool(record.get("IsProject", False)),
        currency=reference_id(record.get("CurrencyRef")),
        sync_token=text(record.get("SyncToken")) or "0",
    )


def _class(kind: LedgerKind, record: Json) -> ListEntry:
    name = text(record.get("Name"))
    return ListEntry(
        kind=kind,
        id=str(record["Id"]),
        name=name,
        full_name=text(record.get("FullyQualifiedName")) or name,
        active=bool(record.get("Active", True)),
        parent_id=reference_id(record.get("ParentRef")),
        sync_token=text(record.get("SyncToken")) or "0",
    )


_ENTRY_READERS: dict[LedgerKind, Callable[[LedgerKind, Json], ListEntry]] = {
    LedgerKind.ACCOUNT: _account,
    LedgerKind.ITEM: _item,
    LedgerKind.CUSTOMER: _name,
    LedgerKind.VENDOR: _name,
    LedgerKind.EMPLOYEE: _name,
    LedgerKind.CLASS: _class,
}
