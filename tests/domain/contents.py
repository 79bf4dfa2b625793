"""Any content that QuickBooks can hold, for property tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    EmployeeCard,
    ExpenseLine,
    LedgerKind,
    Reference,
    TimeEntry,
    VendorCard,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
money = st.decimals(min_value=Decimal("-99999.99"), max_value=Decimal("99999.99"), places=2)
references = st.builds(Reference, id=st.sampled_from(["1", "2", "new:customer:C1", "new:vendor:V|1"]), name=texts)
dates = st.dates(date(2020, 1, 1), date(2030, 12, 31))

customers = st.builds(CustomerCard, display_name=texts, parent=st.none() | references, email=texts, city=texts)
vendors = st.builds(VendorCard, display_name=texts, phone=texts, is_1099=st.booleans())
employees = st.builds(EmployeeCard, display_name=texts, given_name=texts, family_name=texts)
entries = st.builds(
    TimeEntry,
    worker_kind=st.sampled_from([LedgerKind.EMPLOYEE, LedgerKind.VENDOR]),
    worker=references,
    txn_date=dates,
    minutes=st.integers(0, 1440),
    customer=st.none() | references,
    item=st.none() | references,
    billable=st.booleans(),
    hourly_rate=st.none() | money,
    description=texts,
)
lines = st.builds(
    ExpenseLine,
    amount=money,
    description=texts,
    account=st.none() | references,
    item=st.none() | references,
    customer=st.none() | references,
)
bills = st.builds(
    BillDocument,
    vendor=references,
    number=texts,
    txn_date=dates,
    due_date=st.none() | dates,
    memo=texts,
    lines=st.lists(lines, max_size=3).map(tuple),
)

KINDS: dict[type[Content], LedgerKind] = {
    CustomerCard: LedgerKind.CUSTOMER,
    VendorCard: LedgerKind.VENDOR,
    EmployeeCard: LedgerKind.EMPLOYEE,
    TimeEntry: LedgerKind.TIME_ACTIVITY,
    BillDocument: LedgerKind.BILL,
}
contents: st.SearchStrategy[Content] = st.one_of(customers, vendors, employees, entries, bills)
