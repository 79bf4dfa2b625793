"""Every entity of the company file, by its name. A new entity is a new entry here."""

from collections.abc import Mapping
from typing import Final

from qbsync.sandbox.attachments.kind import ATTACHABLE, unlink_attachments
from qbsync.sandbox.company.catalogue import Catalogue
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.entities.budgets import BUDGET
from qbsync.sandbox.entities.company import COMPANY_INFO, PREFERENCES
from qbsync.sandbox.entities.currencies import COMPANY_CURRENCY, CURRENCY_NAMES, EXCHANGE_RATE
from qbsync.sandbox.entities.expenses import EXPENSE
from qbsync.sandbox.entities.journal_entry import JOURNAL_ENTRY
from qbsync.sandbox.entities.lists import ACCOUNT, ITEM, TERM
from qbsync.sandbox.entities.money_moves import CARD_PAYMENT, DEPOSIT, TRANSFER
from qbsync.sandbox.entities.payments import BILL_PAYMENT
from qbsync.sandbox.entities.people import CUSTOMER, EMPLOYEE, PEOPLE, VENDOR
from qbsync.sandbox.entities.purchase_orders import PURCHASE_ORDER
from qbsync.sandbox.entities.purchases import BILL, VENDOR_CREDIT
from qbsync.sandbox.entities.receipts import PAYMENT
from qbsync.sandbox.entities.recurring import RECURRING
from qbsync.sandbox.entities.sales import CREDIT_MEMO, ESTIMATE, INVOICE, REFUND_RECEIPT, SALES_RECEIPT
from qbsync.sandbox.entities.sales_lists import CUSTOMER_TYPE, PAYMENT_METHOD
from qbsync.sandbox.entities.taxes import TAX_AGENCY, TAX_CODE, TAX_RATE
from qbsync.sandbox.entities.time_activity import TIME_ACTIVITY
from qbsync.sandbox.entities.tracking import CLASS, DEPARTMENT
from qbsync.sandbox.projects.belonging import settle_projects
from qbsync.sandbox.projects.kind import PROJECT

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
        INVOICE,
        PAYMENT,
        ESTIMATE,
        SALES_RECEIPT,
        CREDIT_MEMO,
        REFUND_RECEIPT,
        PAYMENT_METHOD,
        CUSTOMER_TYPE,
        TAX_AGENCY,
        TAX_RATE,
        TAX_CODE,
        COMPANY_CURRENCY,
        EXCHANGE_RATE,
        PURCHASE_ORDER,
        EXPENSE,
        JOURNAL_ENTRY,
        DEPOSIT,
        TRANSFER,
        CARD_PAYMENT,
        BUDGET,
        RECURRING,
        ATTACHABLE,
        PROJECT,
    )
}
BY_PATH: Mapping[str, Kind] = {
    **{name.lower(): kind for name, kind in KINDS.items() if kind.rest},
    "creditcardpayment": CARD_PAYMENT,  # the one whose path is not its name
}
CATALOGUE: Final = Catalogue(
    kinds=KINDS,
    people=PEOPLE,
    currency_names=CURRENCY_NAMES,
    before_saving=settle_projects,
    before_deleting=unlink_attachments,
)
