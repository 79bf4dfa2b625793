"""Invoices, estimates, sales receipts, credit memos and refund receipts: one set of rules, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.kind import Draft, Filter, FilterType, Kind, filters
from qbsync.sandbox.entities.currencies import exchange_rate
from qbsync.sandbox.entities.lines import AMOUNT_MAX, cents
from qbsync.sandbox.entities.receipts import CARD
from qbsync.sandbox.entities.sale_lines import LINE, SALE_LINK
from qbsync.sandbox.entities.sale_links import complete_links
from qbsync.sandbox.entities.sale_rules import Form, set_deposit_account, set_due_date, voided
from qbsync.sandbox.entities.taxes import TAX_DETAIL

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

MONEY_ACCOUNTS: Final = ("Bank", "Other Current Asset")
ONLINE: Final = (
    "AllowIPNPayment",
    "AllowOnlinePayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlineACHPayment",
)


def _complete_invoice(books: Books, draft: Draft) -> None:
    body = draft.body
    for name in ONLINE:
        body.setdefault(name, False)
    if cents(body.get("Deposit", 0)) > body["TotalAmt"]:
        raise faults.business("The deposit is more than the invoice", "Deposit")
    if cents(body.get("Deposit", 0)) and "DepositToAccountRef" not in body:
        raise faults.missing("DepositToAccountRef")
    complete_links(books, draft)


def _complete_estimate(books: Books, draft: Draft) -> None:
    """An estimate that an invoice bills is closed; it posts nothing and nobody owes it."""
    body, old = draft.body, draft.old
    body.setdefault("TxnStatus", old.body["TxnStatus"] if old else "Pending")
    _keep_links(books, draft)


def _keep_links(books: Books, draft: Draft) -> None:
    """Made by others alone: payments on a credit, invoices on an estimate."""
    draft.body["LinkedTxn"] = list(draft.old.body["LinkedTxn"]) if draft.old else []


def _require_refund_account(books: Books, draft: Draft) -> None:
    if "DepositToAccountRef" not in draft.body:
        raise faults.missing("DepositToAccountRef")


def _show_remaining(books: Books, record_id: int, body: dict[str, Any]) -> None:
    body["RemainingCredit"] = body["Balance"]


MEMO: Final = f.group({"value": f.text(1000, required=True)})
METHOD: Final = f.group({"value": f.text(31, required=True), "name": f.text(31)})
SALE: Final[dict[str, f.Field]] = {
    "CustomerRef": f.ref("Customer", required=True),
    "Line": f.rows(LINE),
    "TxnDate": f.day(),
    "DocNumber": f.text(21),
    "PrivateNote": f.text(4000),
    "CustomerMemo": MEMO,
    "CurrencyRef": f.currency(),
    "ExchangeRate": exchange_rate(),
    "GlobalTaxCalculation": f.choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
    "TxnTaxDetail": TAX_DETAIL,
    "ApplyTaxAfterDiscount": f.flag(),
    "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN,)),
    "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
    "ProjectRef": f.ref("Project"),
    "BillAddr": f.address(),
    "ShipAddr": f.address(),
    "ShipFromAddr": f.address(),
    "ShipDate": f.day(),
    "ShipMethodRef": METHOD,
    "TrackingNum": f.text(31),
    "BillEmail": f.email(),
    "BillEmailCc": f.email(),
    "BillEmailBcc": f.email(),
    "EmailStatus": f.choice("NotSet", "NeedToSend", "EmailSent"),
    "PrintStatus": f.choice("NotSet", "NeedToPrint", "PrintComplete"),
    "LinkedTxn": f.rows(SALE_LINK),
    "CustomField": f.rows(
        {
            "DefinitionId": f.text(20, required=True),
            "StringValue": f.text(31),
            "Name": f.read_only(),
            "Type": f.read_only(),
        }
    ),
    "TxnSource": f.text(100),
    **{
        name: f.read_only()
        for name in (
            "TotalAmt",
            "HomeTotalAmt",
            "DeliveryInfo",
            "TaxExemptionRef",
            "RecurDataRef",
            "FreeFormAddress",
            "TransactionLocationType",
        )
    },
}
OPEN: Final = {"Balance": f.read_only(), "HomeBalance": f.read_only()}
PAID: Final = {
    "PaymentMethodRef": f.ref("PaymentMethod"),
    "PaymentRefNum": f.text(21),
    "PaymentType": f.choice("Cash", "Check", "CreditCard", "Expense", "Other"),
    "CreditCardPayment": CARD,
    "DepositToAccountRef": f.ref("Account", account_types=MONEY_ACCOUNTS),
}


def _filters(**more: FilterType) -> dict[str, Filter]:
    return filters(DocNumber="text", TxnDate="date", CustomerRef="ref", TotalAmt="number", ProjectRef="ref", **more)


def _kind(form: Form, own: dict[str, f.Field], **rest: Any) -> Kind:
    return Kind(
        name=form.name,
        id_space="Txn",
        deletable=True,
        fields={**SALE, **own},
        complete=form.complete,
        effects=form.effects,
        voided=voided,
        **{"posts": True, "postings": form.postings, "filters": _filters(), **rest},
    )


INVOICE = _kind(
    Form(name="Invoice", owed=1, rules=(set_due_date, _complete_invoice)),
    {
        **OPEN,
        **{name: f.flag() for name in ONLINE},
        "SalesTermRef": f.ref("Term"),
        "DueDate": f.day(),
        "Deposit": f.number(0, AMOUNT_MAX, code="2140"),
        "DepositToAccountRef": f.ref("Account", account_types=MONEY_ACCOUNTS),
        "ARAccountRef": f.ref("Account", account_types=("Accounts Receivable",)),
        "InvoiceLink": f.read_only(),
    },
    sparse=True,
    void_by="operation",
    filters=_filters(DueDate="date", Balance="number", SalesTermRef="ref", EmailStatus="text"),
)

ESTIMATE = _kind(
    Form(name="Estimate", rules=(_complete_estimate,)),
    {
        "SalesTermRef": f.ref("Term"),
        "DueDate": f.day(),
        "TxnStatus": f.choice("Accepted", "Closed", "Pending", "Rejected"),
        "ExpirationDate": f.day(),
        "AcceptedBy": f.text(100),
        "AcceptedDate": f.day(),
    },
    sparse=True,
    posts=False,
    filters=_filters(TxnStatus="text", ExpirationDate="date"),
)

SALES_RECEIPT = _kind(
    Form(name="SalesReceipt", rules=(set_deposit_account,)),
    {**PAID, "Balance": f.read_only()},
    sparse=True,
    void_by="include",
)

CREDIT_MEMO = _kind(
    Form(name="CreditMemo", owed=-1, income=-1, rules=(_keep_links,)),
    {
        **OPEN,
        "RemainingCredit": f.read_only(),
        "SalesTermRef": f.ref("Term"),
        "PaymentMethodRef": f.ref("PaymentMethod"),
        "PaymentRefNum": f.text(21),
        "ARAccountRef": f.ref("Account", account_types=("Accounts Receivable",)),
    },
    shown=_show_remaining,
    filters=_filters(Balance="number"),
)

REFUND_RECEIPT = _kind(
    Form(name="RefundReceipt", income=-1, rules=(_require_refund_account, set_deposit_account)),
    {**PAID, "Balance": f.read_only()},
    sparse=True,
)
