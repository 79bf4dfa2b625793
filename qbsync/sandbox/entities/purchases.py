"""Bills and vendor credits: lines, totals, balances, orders they fill, and the numbers suppliers give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.balances import set_balance
from qbsync.sandbox.entities.currencies import exchange_rate, in_home_currency, set_currency
from qbsync.sandbox.entities.lines import AMOUNT_MAX, LINK, cents, number_lines
from qbsync.sandbox.entities.order_links import check_order_links, linked_orders, order_links, settle_orders
from qbsync.sandbox.entities.posting import against, expense_parts, reversed_, vendor_party
from qbsync.sandbox.entities.terms import due_date

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

BY_ACCOUNT = "AccountBasedExpenseLineDetail"
BY_ITEM = "ItemBasedExpenseLineDetail"
NOT_FOR_LINES = {"Accounts Receivable", "Accounts Payable"}


def is_payment_link(link: Mapping[str, Any]) -> bool:
    return str(link.get("TxnType", "")).startswith("BillPayment")


def paid_amount(record: Record | None) -> Decimal:
    """What payments have taken off a bill (or used of a credit) so far."""
    if record is None:
        return Decimal(0)
    return cents(record.body["TotalAmt"]) - cents(record.body["Balance"])


def check_line(books: Books, line: dict[str, Any]) -> None:
    detail_type = line.get("DetailType")
    if "Amount" not in line:
        raise faults.missing("Amount")
    if detail_type is None:
        raise faults.missing("DetailType")
    if BY_ACCOUNT in line and BY_ITEM in line:
        raise RefusalError("2600", "A line has an account or an item, not both", "DetailType")
    if detail_type not in line:
        raise RefusalError("6440", f"The line needs {detail_type}", detail_type)
    detail = line[detail_type]
    if detail_type == BY_ACCOUNT:
        _check_account_line(books, detail)
    else:
        _check_item_line(books, line, detail)
    if detail.setdefault("BillableStatus", "NotBillable") != "NotBillable" and "CustomerRef" not in detail:
        raise RefusalError("6310", "A billable line needs a customer", "CustomerRef")
    detail.setdefault("TaxCodeRef", {"value": "NON"})


def _check_account_line(books: Books, detail: dict[str, Any]) -> None:
    if "AccountRef" not in detail:
        raise faults.missing("AccountRef")
    account = books.referred("Account", detail["AccountRef"]["value"], "AccountRef")
    if account.body["AccountType"] in NOT_FOR_LINES:
        raise RefusalError("6430", f"Invalid account type: {account.body['AccountType']}", "AccountRef")


def _check_item_line(books: Books, line: dict[str, Any], detail: dict[str, Any]) -> None:
    if "ItemRef" not in detail:
        raise RefusalError("6440", "The line needs an item or an account", "ItemRef")
    item = books.referred("Item", detail["ItemRef"]["value"], "ItemRef")
    if "ExpenseAccountRef" not in item.body:
        raise faults.business(f"{item.body['Name']} has no expense account and cannot be purchased", "ItemRef")
    if (
        "Qty" in detail
        and "UnitPrice" in detail
        and cents(detail["Qty"] * detail["UnitPrice"]) != cents(line["Amount"])
    ):
        raise RefusalError(
            "6070",
            f"Amount {line['Amount']} is not equal to {detail['UnitPrice']} * {detail['Qty']}",
            "Amount",
        )


def _check_number(books: Books, draft: Draft) -> None:
    """The same number from one vendor twice is refused while the company warns of it (6140)."""
    body = draft.body
    if "DocNumber" not in body or books.preference("WarnDuplicateBillNumber") != "true":
        return
    if "allowduplicatedocnum" in books.options or books.actor.on_website:
        return
    for key in books.store.numbered(books.realm, "Bill", int(body["VendorRef"]["value"]), body["DocNumber"]):
        if key != draft.id:
            raise faults.duplicate_number(body["DocNumber"], "Bill", key)


def _due_date(books: Books, body: Mapping[str, Any]) -> str:
    """By the bill's term, or by the vendor's."""
    vendor = books.referred("Vendor", body["VendorRef"]["value"], "VendorRef")
    term_ref = body.get("SalesTermRef") or vendor.body.get("TermRef")
    term = books.store.get(books.realm, "Term", int(term_ref["value"])) if term_ref else None
    return due_date(body["TxnDate"], term.body if term else {})


def complete_lines(books: Books, draft: Draft) -> None:
    """What bills, credits, expenses and orders share: lines, date and the total."""
    body = draft.body
    if not body.get("Line"):
        raise RefusalError("2250", "At least one line is needed", "Line")
    if body.pop("TxnTaxDetail", None):
        raise RefusalError("6170", "TxnTaxDetail is not for a company without purchase taxes", "TxnTaxDetail")
    body.setdefault("TxnDate", books.clock.today().isoformat())
    for line in body["Line"]:
        check_line(books, line)
    number_lines(body["Line"], draft.old)
    body.pop("GlobalTaxCalculation", None)
    total = cents(sum((Decimal(line["Amount"]) for line in body["Line"]), Decimal(0)))
    if total < 0:
        raise faults.business("The transaction amount must be 0 or greater, use the opposite transaction", "TotalAmt")
    body["TotalAmt"] = total


def in_vendors_currency(books: Books, body: dict[str, Any]) -> None:
    set_currency(books, body, books.referred("Vendor", body["VendorRef"]["value"], "VendorRef"))


def _complete_purchase(books: Books, draft: Draft) -> None:
    """The rules that a bill and a vendor credit share."""
    complete_lines(books, draft)
    in_vendors_currency(books, draft.body)
    draft.body.setdefault("APAccountRef", {"value": books.payables_account()})
    _set_balance(books, draft)


def _set_balance(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    total, paid = body["TotalAmt"], paid_amount(old)
    if total < paid:
        raise faults.business(f"The total {total} is less than the {paid} already paid or applied", "TotalAmt")
    if old is not None and paid and old.body["VendorRef"] != body["VendorRef"]:
        raise faults.business("The vendor of a transaction with linked payments cannot change", "VendorRef")
    set_balance(body, total - paid)
    _set_links(books, draft)


def _set_links(books: Books, draft: Draft) -> None:
    """Payment links are made by payments alone, so those that come back in an update are not looked at."""
    body, old = draft.body, draft.old
    body["LinkedTxn"] = [link for link in body.get("LinkedTxn", []) if not is_payment_link(link)]
    check_order_links(books, body, draft.id)
    payments = [link for link in old.body["LinkedTxn"] if is_payment_link(link)] if old else []
    body["LinkedTxn"] = [*order_links(body), *payments]


def _complete_credit(books: Books, draft: Draft) -> None:
    _complete_purchase(books, draft)
    if linked_orders(draft.body):
        raise RefusalError("620", "Transaction cannot be linked : a credit fills no purchase order", "LinkedTxn")


def _complete_bill(books: Books, draft: Draft) -> None:
    if books.has_several_currencies() and "CurrencyRef" not in draft.body and not books.actor.on_website:
        raise faults.missing("CurrencyRef")
    _complete_purchase(books, draft)
    _check_number(books, draft)
    draft.body.setdefault("DueDate", _due_date(books, draft.body))


def _after_purchase(sign: int) -> Any:
    """A vendor's balance follows the open balances of its bills, less its credits."""

    def effects(books: Books, old: Record | None, new: Record | None) -> None:
        if new is None and old is not None and any(map(is_payment_link, old.body["LinkedTxn"])):
            raise RefusalError("800", f"{old.entity} {old.id} has linked transactions, unlink them first")
        for record, direction in ((old, -sign), (new, sign)):
            if record is not None:
                vendor_id = int(record.body["VendorRef"]["value"])
                books.shift_vendor_balance(vendor_id, direction * cents(record.body["Balance"]))
        settle_orders(books, old, new)

    return effects


def _bill_postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    """Debit what the lines are for, credit payables."""
    parts = [(account, in_home_currency(body, amount)) for account, amount in expense_parts(books, body["Line"])]
    total = in_home_currency(body, cents(body["TotalAmt"]))
    return against(body["APAccountRef"]["value"], parts, total, vendor_party(body))


def _credit_postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    return reversed_(_bill_postings(books, body))


LINE_DETAIL: dict[str, f.Field] = {
    "CustomerRef": f.ref("Customer"),
    "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_LINE,)),
    "BillableStatus": f.choice("Billable", "NotBillable", "HasBeenBilled"),
    "TaxCodeRef": f.tax_code(),
    "TaxInclusiveAmt": f.read_only(),
    "MarkupInfo": f.group({"Percent": f.number(0), "PercentBased": f.flag(), "Value": f.number(0)}),
}
LINE: dict[str, f.Field] = {
    "Id": f.text(20),
    "LineNum": f.number(0),
    "Amount": f.money(-AMOUNT_MAX, AMOUNT_MAX),
    "Description": f.text(4000),
    "DetailType": f.choice(BY_ACCOUNT, BY_ITEM),
    "ProjectRef": f.ref("Project"),
    "LinkedTxn": f.rows(LINK),
    "CustomField": f.read_only(),
    BY_ACCOUNT: f.group({**LINE_DETAIL, "AccountRef": f.ref("Account"), "TaxAmount": f.read_only()}),
    BY_ITEM: f.group(
        {
            **LINE_DETAIL,
            "ItemRef": f.ref("Item"),
            "Qty": f.number(),
            "UnitPrice": f.number(),
            "PriceLevelRef": f.read_only(),
        }
    ),
}
PURCHASE: dict[str, f.Field] = {
    "VendorRef": f.ref("Vendor", required=True),
    "VendorAddr": f.read_only(),
    "Line": f.rows(LINE),
    "CurrencyRef": f.currency(),
    "TxnDate": f.day(),
    "APAccountRef": f.ref("Account", account_types=("Accounts Payable",)),
    "DocNumber": f.text(21),
    "PrivateNote": f.text(4000),
    "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
    "ExchangeRate": exchange_rate(),
    "GlobalTaxCalculation": f.choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
    "TxnTaxDetail": f.group({"TotalTax": f.number(), "TxnTaxCodeRef": f.tax_code()}),
    "LinkedTxn": f.rows(LINK),
    "ProjectRef": f.ref("Project"),
    "IncludeInAnnualTPAR": f.flag(),
    "TransactionLocationType": f.read_only(),
    "TotalAmt": f.read_only(),
    "Balance": f.read_only(),
    "HomeBalance": f.read_only(),
    "RecurDataRef": f.read_only(),
}

BILL = Kind(
    name="Bill",
    id_space="Txn",
    deletable=True,
    posts=True,
    fields={**PURCHASE, "SalesTermRef": f.ref("Term"), "DueDate": f.day()},
    filters=filters(
        VendorRef="ref",
        TxnDate="date",
        DueDate="date",
        DocNumber="text",
        TotalAmt="number",
        Balance="number",
        APAccountRef="ref",
        SalesTermRef="ref",
    ),
    complete=_complete_bill,
    effects=_after_purchase(1),
    postings=_bill_postings,
)

VENDOR_CREDIT = Kind(
    name="VendorCredit",
    id_space="Txn",
    deletable=True,
    posts=True,
    fields=PURCHASE,
    filters=filters(VendorRef="ref", TxnDate="date", DocNumber="text", TotalAmt="number", Balance="number"),
    complete=_complete_credit,
    effects=_after_purchase(-1),
    postings=_credit_postings,
)
