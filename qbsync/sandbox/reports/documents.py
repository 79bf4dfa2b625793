"""What a report tells of a transaction and of a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qbsync.sandbox.company.books import Books

LABELS: Final = {
    "VendorCredit": "Vendor Credit",
    "BillPayment": "Bill Payment",
    "JournalEntry": "Journal Entry",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund",
    "Purchase": "Expense",
}
NAMED_BY: Final = ("VendorRef", "CustomerRef", "EmployeeRef", "EntityRef")


@dataclass(frozen=True, kw_only=True)
class Told:
    label: str
    number: str
    name: str
    note: str


@dataclass(kw_only=False)
class Documents:
    """Looks each transaction and each name up once."""

    books: Books
    _told: dict[tuple[str, int], Told] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def of(self, entity: str, key: int) -> Told:
        if (entity, key) not in self._told:
            record = self.books.store.get(self.books.realm, entity, key)
            self._told[entity, key] = self._read(entity, record.body if record else {})
        return self._told[entity, key]

    def _read(self, entity: str, body: Mapping[str, Any]) -> Told:
        ref = next((body[name] for name in NAMED_BY if name in body), None)
        return Told(
            label=LABELS.get(entity, entity),
            number=body.get("DocNumber", ""),
            name=self.name(ref["value"]) if ref else "",
            note=body.get("PrivateNote", ""),
        )

    def name(self, key: str) -> str:
        """Of a customer, vendor or employee."""
        if key not in self._names:
            self._names[key] = self.books.name_of("Name", key) or ""
        return self._names[key]
