"""Every entity of the company file, by its name. A new entity is a new entry here."""

from collections.abc import Mapping

from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.entities.company import COMPANY_INFO, PREFERENCES
from qbsync.sandbox.entities.lists import ACCOUNT, ITEM, TERM
from qbsync.sandbox.entities.payments import BILL_PAYMENT
from qbsync.sandbox.entities.people import CUSTOMER, EMPLOYEE, VENDOR
from qbsync.sandbox.entities.purchases import BILL, VENDOR_CREDIT
from qbsync.sandbox.entities.time_activity import TIME_ACTIVITY
from qbsync.sandbox.entities.tracking import CLASS, DEPARTMENT

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        COMPANY_INFO,
        PREFERENCES,
        ACCOUNT,
        ITEM,
        CUSTOMER,
        VENDOR,
        EMPLOYEE,
        TERM,
        CLASS,
        DEPARTMENT,
        TIME_ACTIVITY,
        BILL,
        VENDOR_CREDIT,
        BILL_PAYMENT,
    )
}
BY_PATH: Mapping[str, Kind] = {name.lower(): kind for name, kind in KINDS.items()}
