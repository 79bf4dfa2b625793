"""Recurring transactions: templates of other transactions, kept and not carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.entities.expenses import EXPENSE
from qbsync.sandbox.entities.journal_entry import JOURNAL_ENTRY
from qbsync.sandbox.entities.money_moves import DEPOSIT, TRANSFER
from qbsync.sandbox.entities.purchase_orders import PURCHASE_ORDER
from qbsync.sandbox.entities.purchases import BILL, VENDOR_CREDIT
from qbsync.sandbox.entities.sales import CREDIT_MEMO, ESTIMATE, INVOICE, REFUND_RECEIPT, SALES_RECEIPT

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

TEMPLATES: Final = {
    kind.name: kind
    for kind in (
        BILL,
        VENDOR_CREDIT,
        EXPENSE,
        PURCHASE_ORDER,
        JOURNAL_ENTRY,
        DEPOSIT,
        TRANSFER,
        INVOICE,
        SALES_RECEIPT,
        ESTIMATE,
        CREDIT_MEMO,
        REFUND_RECEIPT,
    )
}
DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SCHEDULE: Final[dict[str, f.Field]] = {
    "IntervalType": f.choice("Daily", "Weekly", "Monthly", "Yearly"),
    "NumInterval": f.whole(1, 999),
    "DayOfMonth": f.whole(1, 31),
    "DayOfWeek": f.choice(*DAYS),
    "WeekOfMonth": f.whole(1, 5),
    "MonthOfYear": f.choice(*MONTHS),
    "RemindDays": f.whole(0, 999),
    "DaysBefore": f.whole(0, 999),
    "MaxOccurrences": f.whole(1, 9999),
    "StartDate": f.day(),
    "EndDate": f.day(),
    "NextDate": f.read_only(),
    "PreviousDate": f.read_only(),
}
SYSTEM: Final = {name: f.read_only() for name in ("Id", "SyncToken", "MetaData", "domain", "sparse", "status")}
RECURRING_INFO: Final = f.group(
    {
        "Name": f.text(100, least=1, required=True),
        "RecurType": f.choice("Automated", "Reminded", "UnScheduled", required=True),
        "Active": f.flag(),
        "ScheduleInfo": f.group(SCHEDULE),
    },
    required=True,
)


def _complete(books: Books, draft: Draft) -> None:
    """Exactly one transaction, good by its own rules; it posts nothing and touches no other record."""
    if len(draft.body) != 1:
        raise faults.unknown_property(", ".join(list(draft.body)[1:])) if draft.body else faults.missing("Bill")
    (name, template), *_ = draft.body.items()
    info: dict[str, Any] = template.pop("RecurringInfo")
    info.setdefault("Active", True)
    TEMPLATES[name].complete(books, Draft(id=0, body=template, old=None))
    draft.body[name] = {**{name: value for name, value in template.items() if value != []}, "RecurringInfo": info}


RECURRING = Kind(
    name="RecurringTransaction",
    id_space="Recurring",
    wraps=True,
    deletable=True,
    updatable=False,
    fields={
        name: f.group({**kind.fields, "RecurringInfo": RECURRING_INFO, **SYSTEM}) for name, kind in TEMPLATES.items()
    },
    filters=filters(),
    complete=_complete,
)
