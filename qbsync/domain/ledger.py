"""QuickBooks' records as plain nouns, free of its wire format. Equal contents compare equal, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any


class LedgerKind(StrEnum):
    """The kinds of QuickBooks record we read or write. The value is QuickBooks' own entity name."""

    ACCOUNT = "Account"
    ITEM = "Item"
    CUSTOMER = "Customer"
    VENDOR = "Vendor"
    EMPLOYEE = "Employee"
    CLASS = "Class"
    TIME_ACTIVITY = "TimeActivity"
    BILL = "Bill"
    VENDOR_CREDIT = "VendorCredit"
    BILL_PAYMENT = "BillPayment"

    @property
    def word(self) -> str:
        """As people read it inside a sentence."""
        return _WORDS.get(self.value, self.value.lower())


_WORDS = {"TimeActivity": "time entry", "VendorCredit": "vendor credit", "BillPayment": "bill payment"}

NAME_KINDS = (LedgerKind.CUSTOMER, LedgerKind.VENDOR, LedgerKind.EMPLOYEE)  # one namespace in QuickBooks
NAMED_KINDS = (*NAME_KINDS, LedgerKind.ITEM)  # what is recognised by its name
LIST_KINDS = (LedgerKind.ACCOUNT, LedgerKind.ITEM, *NAME_KINDS)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Points at a QuickBooks record by id. While that record is still to be made, `id` is `new:<core key>`.

    Two references are equal when their ids are; the name is for the reader only.
    """

    id: str
    name: str = field(default="", compare=False)

    @property
    def is_new(self) -> bool:
        return self.id.startswith("new:")


@dataclass(frozen=True, kw_only=True)
class CustomerCard:
    """A customer, or a sub-customer (job) when `parent` is given."""

    display_name: str
    parent: Reference | None = None
    email: str = ""
    phone: str = ""
    line1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, kw_only=True)
class VendorCard:
    """A vendor; 1099 workers are vendors too."""

    display_name: str
    email: str = ""
    phone: str = ""
    line1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    is_1099: bool = False


@dataclass(frozen=True, kw_only=True)
class EmployeeCard:
    """An employee. QuickBooks wants a given or a family name; `display_name` is what it shows."""

    display_name: str
    given_name: str
    family_name: str
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemCard:
    """An item of the products and services. A service that is sold needs an income account."""

    display_name: str
    item_type: str = "Service"
    income_account: Reference | None = None
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class TimeEntry:
    """One time activity: minutes of one worker on one day for one customer and service item.

    `worker_kind` is EMPLOYEE or VENDOR. `hourly_rate` is dollars, and required when billable. Without a `class_ref`
    the class is QuickBooks' own affair: a write leaves it as it is.
    """

    worker_kind: LedgerKind
    worker: Reference
    txn_date: date
    minutes: int
    customer: Reference | None
    item: Reference | None
    billable: bool = False
    hourly_rate: Decimal | None = None
    description: str = ""
    class_ref: Reference | None = None


@dataclass(frozen=True, kw_only=True)
class ExpenseLine:
    """One line of a bill or vendor credit: exactly one of `account` and `item` is given.

    `cost_code` and `project` are Core's own words for them, for the reader only.
    """

    amount: Decimal
    description: str = ""
    account: Reference | None = None
    item: Reference | None = None
    customer: Reference | None = None
    cost_code: str = field(default="", compare=False)
    project: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class BillDocument:
    """A bill (or, by its kind, a vendor credit, whose amounts are positive as QuickBooks writes them)."""

    vendor: Reference
    number: str
    txn_date: date
    due_date: date | None
    memo: str
    lines: tuple[ExpenseLine, ...]
    currency: str = field(default="", compare=False)  # "" leaves it to QuickBooks; it can never change afterwards

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


Content = CustomerCard | VendorCard | EmployeeCard | ItemCard | TimeEntry | BillDocument

CONTENT_TYPES: dict[LedgerKind, type[Content]] = {
    LedgerKind.CUSTOMER: CustomerCard,
    LedgerKind.VENDOR: VendorCard,
    LedgerKind.EMPLOYEE: EmployeeCard,
    LedgerKind.ITEM: ItemCard,
    LedgerKind.TIME_ACTIVITY: TimeEntry,
    LedgerKind.BILL: BillDocument,
    LedgerKind.VENDOR_CREDIT: BillDocument,
}


@dataclass(frozen=True, kw_only=True)
class ListEntry:
    """One row of a QuickBooks list (account, item, customer, vendor, employee), active or not.

    `name` is what QuickBooks shows and checks for uniqueness; `full_name` has the parents, joined by ":".
    `type` is the account or item type; `is_job` and `is_project` are for customers only.
    `expense_account_id` says whether an item can stand on a bill. `currency` is what a customer or vendor is kept in.
    """

    kind: LedgerKind
    id: str
    name: str
    full_name: str
    active: bool = True
    type: str = ""
    sub_type: str = ""
    number: str = ""
    email: str = ""
    parent_id: str = ""
    is_job: bool = False
    is_project: bool = False
    expense_account_id: str = ""
    income_account_id: str = ""
    currency: str = ""
    sync_token: str = "0"


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A record as QuickBooks holds it now. `raw` is its whole JSON object: an update lays our fields over it."""

    kind: LedgerKind
    id: str
    sync_token: str
    content: Content
    active: bool = True
    total: Decimal | None = None  # bills and credits: QuickBooks' own sum
    balance: Decimal | None = None  # bills: what is still to be paid
    exchange_rate: Decimal = Decimal(1)  # bills: what one unit of their currency is worth in the company's own
    payment_ids: tuple[str, ...] = ()  # bills: the payments linked to it
    billed: bool = False  # time entries: they stand on an invoice
    updated_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def home_total(self) -> Decimal | None:
        """The total in the company's own currency."""
        return None if self.total is None else self._at_home(self.total)

    @property
    def home_balance(self) -> Decimal | None:
        """The balance in the company's own currency."""
        return None if self.balance is None else self._at_home(self.balance)

    def _at_home(self, amount: Decimal) -> Decimal:
        if self.exchange_rate == 1:
            return amount
        return (amount * self.exchange_rate).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One payment of bills: `amounts` says how much went to which bill id."""

    id: str
    txn_date: date
    amounts: dict[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Company:
    """What a connected company is and allows, read from CompanyInfo and Preferences."""

    realm_id: str
    name: str
    country: str = ""
    edition: str = ""  # the offering, such as "QuickBooks Online Plus"
    home_currency: str = "USD"
    several_currencies: bool = False
    books_closed_through: date | None = None
    time_tracking: bool = True
    projects: bool = False
    warns_duplicate_bill_number: bool = False
    classes_per_line: bool = False
    classes_per_transaction: bool = False
    default_time_item_id: str = ""
    locations: bool = False
    payroll: bool = False
    sales_tax: bool = False
    subscription: str = ""  # QuickBooks' own word, such as "PAID" or "TRIAL"; "" where it does not say
    lists_read_at: datetime | None = field(default=None, compare=False)  # when its lists were last read; ours to know

    @property
    def list_kinds(self) -> tuple[LedgerKind, ...]:
        """The lists that it has. Time entries take a class where classes go on transactions."""
        return (*LIST_KINDS, LedgerKind.CLASS) if self.classes_per_transaction else LIST_KINDS


class Operation(StrEnum):
    """What a write does to QuickBooks."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    DEACTIVATE = "deactivate"


@dataclass(frozen=True, kw_only=True)
class WriteItem:
    """One write of an attempt. `bid` (at most 10 characters) names it inside its batch.

    `content` is the whole wanted content (None for delete and deactivate). `posted` is the fresh record
    that an update, delete or deactivate changes (None for create).
    """

    bid: str
    kind: LedgerKind
    operation: Operation
    content: Content | None = None
    posted: Posted | None = None


@dataclass(frozen=True, kw_only=True)
class WriteResult:
    """What QuickBooks answered to one write item: `posted` when it was done, else `error`.

    `deleted_id` is set when a delete was done. Exactly one of the three is given.
    """

    bid: str
    posted: Posted | None = None
    deleted_id: str = ""
    error: Exception | None = None
    trace: str = ""
