"""The lines that all sales share: items, descriptions, one discount, and the subtotal that the server writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.lines import AMOUNT_MAX, LINK, cents, number_lines
from qbsync.sandbox.entities.lists import INCOME_TYPES
from qbsync.sandbox.entities.system_accounts import DISCOUNTS, own_account
from qbsync.sandbox.entities.taxes import uses_sales_tax

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

ITEM: Final = "SalesItemLineDetail"
TEXT: Final = "DescriptionOnly"
DISCOUNT: Final = "DiscountLineDetail"
SUBTOTAL: Final = "SubTotalLineDetail"
BUNDLE: Final = "GroupLineDetail"
# type → the object that holds its detail
DETAILS: Final[Mapping[str, str]] = {
    ITEM: ITEM,
    TEXT: "DescriptionLineDetail",
    DISCOUNT: DISCOUNT,
    SUBTOTAL: SUBTOTAL,
    BUNDLE: BUNDLE,
}
Line = dict[str, Any]


def complete_lines(books: Books, draft: Draft, customer: Record) -> None:
    """Check and number the lines, compute the discount, and write the subtotal as the last one."""
    body = draft.body
    lines = [line for line in body.get("Line", []) if line.get("DetailType") != SUBTOTAL]
    if not lines:
        raise RefusalError("2250", "At least one line is needed", "Line")
    has_tax = uses_sales_tax(books)
    for line in lines:
        _check_shape(line)
        if line["DetailType"] == ITEM:
            _complete_item(books, line)
            _mark_for_tax(books, line[ITEM], customer, has_tax=has_tax)
        elif line["DetailType"] == TEXT:
            line.pop("Amount", None)
    subtotal = items_total(lines)
    _complete_discount(books, lines, subtotal)
    number_lines(lines, draft.old)
    body["Line"] = [*lines, {"Amount": subtotal, "DetailType": SUBTOTAL, SUBTOTAL: {}}]


def _check_shape(line: Line) -> None:
    kind = line.get("DetailType")
    if kind is None:
        raise faults.missing("DetailType")
    if kind == BUNDLE:
        raise RefusalError("5030", "Feature Not Supported Error : this company file has no bundles", "DetailType")
    if line.pop("LinkedTxn", None):
        raise RefusalError("620", "Transaction cannot be linked : links stand on the transaction", "LinkedTxn")
    wanted = DETAILS[kind]
    if any(name in line for name in DETAILS.values() if name != wanted):
        raise RefusalError("2600", f"A line of type {kind} has no other detail", "DetailType")
    if wanted not in line and kind != TEXT:
        raise RefusalError("6440", f"The line needs {wanted}", wanted)


def _complete_item(books: Books, line: Line) -> None:
    detail = line[ITEM]
    if "Amount" not in line:
        raise faults.missing("Amount")
    if "ItemRef" not in detail:
        raise RefusalError("6440", "The line needs an item", "ItemRef")
    item = books.referred("Item", detail["ItemRef"]["value"], "ItemRef")
    if "IncomeAccountRef" not in item.body:
        raise faults.business(f"{item.body['Name']} has no income account and cannot be sold", "ItemRef")
    line["Amount"] = cents(line["Amount"])
    if (
        (detail.get("Qty") or detail.get("UnitPrice"))
        and "Qty" in detail
        and "UnitPrice" in detail
        and cents(Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"])) != line["Amount"]
    ):
        told = f"Amount {line['Amount']} is not equal to {detail['UnitPrice']} * {detail['Qty']}"
        raise RefusalError("6070", told, "Amount")
    detail["ItemAccountRef"] = {"value": item.body["IncomeAccountRef"]["value"]}


def _mark_for_tax(books: Books, detail: dict[str, Any], customer: Record, *, has_tax: bool) -> None:
    """TAX or NON: as it is sent, or as item and customer say; NON in a company without sales tax."""
    if not has_tax:
        detail["TaxCodeRef"] = {"value": "NON"}
    elif "TaxCodeRef" not in detail:
        item = books.referred("Item", detail["ItemRef"]["value"], "ItemRef")
        taxed = item.body.get("Taxable") and customer.body.get("Taxable")
        detail["TaxCodeRef"] = {"value": "TAX" if taxed else "NON"}


def _complete_discount(books: Books, lines: list[Line], subtotal: Decimal) -> None:
    """One discount at most: an amount, or a percentage of the subtotal (6090)."""
    found = [line for line in lines if line["DetailType"] == DISCOUNT]
    if not found:
        return
    if len(found) > 1:
        raise RefusalError("6090", "Invalid discount line : only one discount", "Line")
    line, detail = found[0], found[0][DISCOUNT]
    if detail.setdefault("PercentBased", False):
        if "DiscountPercent" not in detail:
            raise RefusalError("6090", "Invalid discount line : DiscountPercent is missing", "DiscountPercent")
        line["Amount"] = cents(subtotal * Decimal(detail["DiscountPercent"]) / 100)
    elif "Amount" not in line:
        raise faults.missing("Amount")
    line["Amount"] = cents(line["Amount"])
    if not 0 <= line["Amount"] <= subtotal:
        raise RefusalError("6090", f"Invalid discount line : between 0 and the subtotal of {subtotal}", "Amount")
    if "DiscountAccountRef" not in detail:
        detail["DiscountAccountRef"] = own_account(books, *DISCOUNTS)


# sums


def items_total(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((cents(line["Amount"]) for line in lines if line["DetailType"] == ITEM), Decimal(0))


def discount_of(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((cents(line["Amount"]) for line in lines if line["DetailType"] == DISCOUNT), Decimal(0))


def taxable_part(body: Mapping[str, Any]) -> Decimal:
    """What is taxed: the lines marked TAX, less their share of the discount when tax comes after it."""
    lines = body["Line"]
    taxed = sum(
        (
            cents(line["Amount"])
            for line in lines
            if line["DetailType"] == ITEM and line[ITEM]["TaxCodeRef"]["value"] == "TAX"
        ),
        Decimal(0),
    )
    whole = items_total(lines)
    if not body.get("ApplyTaxAfterDiscount") or not whole:
        return taxed
    return cents(taxed - taxed * discount_of(lines) / whole)


def without_amounts(lines: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The lines of a voided sale: they stay, and are worth nothing."""
    return [_without_amount(line) for line in lines]


def _without_amount(line: Mapping[str, Any]) -> Line:
    bare = dict(line)
    if "Amount" in bare:
        bare["Amount"] = Decimal(0)
    if line["DetailType"] == ITEM:
        bare[ITEM] = {**line[ITEM], **({"Qty": Decimal(0)} if "Qty" in line[ITEM] else {})}
    return bare


# Of a sale the whole is linked, whatever line the caller names.
SALE_LINK: Final = {**LINK, "TxnLineId": f.read_only()}
LINE: Final[dict[str, f.Field]] = {
    "Id": f.text(20),
    "LineNum": f.number(0),
    "Amount": f.money(-AMOUNT_MAX, AMOUNT_MAX),
    "Description": f.text(4000),
    "DetailType": f.choice(*DETAILS),
    "LinkedTxn": f.rows(SALE_LINK),
    "CustomField": f.read_only(),
    ITEM: f.group(
        {
            "ItemRef": f.ref("Item"),
            "ItemAccountRef": f.read_only("Account"),
            "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_LINE,)),
            "TaxCodeRef": f.tax_code(),
            "ServiceDate": f.day(),
            "Qty": f.number(),
            "UnitPrice": f.number(),
            "MarkupInfo": f.group({"Percent": f.number(0), "PriceLevelRef": f.read_only()}),
            "DiscountRate": f.read_only(),
            "DiscountAmt": f.read_only(),
            "TaxInclusiveAmt": f.read_only(),
            "TaxClassificationRef": f.read_only(),
        }
    ),
    "DescriptionLineDetail": f.group({"ServiceDate": f.day(), "TaxCodeRef": f.tax_code()}),
    DISCOUNT: f.group(
        {
            "PercentBased": f.flag(),
            "DiscountPercent": f.number(0, 100, code="6090"),
            "DiscountAccountRef": f.ref("Account", account_types=(*INCOME_TYPES, "Expense")),
            "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_LINE,)),
            "TaxCodeRef": f.tax_code(),
        }
    ),
    SUBTOTAL: f.group({"ItemRef": f.read_only()}),
    "SubtotalLineDetail": f.read_only(),  # as some documents and clients spell it
    BUNDLE: f.read_only(),
}
