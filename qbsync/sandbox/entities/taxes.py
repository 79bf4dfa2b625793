"""Sales tax: agencies, rates and codes as lists, and what a sale owes by its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.entities.lines import AMOUNT_MAX, cents
from qbsync.sandbox.entities.sales_lists import check_unique_name
from qbsync.sandbox.entities.system_accounts import own_account

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

PERCENT_MOST: Final = 100


def uses_sales_tax(books: Books) -> bool:
    return books.switched_on("TaxPrefs", "UsingSalesTax")


def only_with_sales_tax(books: Books) -> None:
    if not uses_sales_tax(books):
        raise RefusalError("5030", "Feature Not Supported Error : sales tax is off in this company")


# the lists


def _complete_agency(books: Books, draft: Draft) -> None:
    """Each agency has an account for what the company owes it."""
    only_with_sales_tax(books)
    body = draft.body
    named = books.store.named(books.realm, ["TaxAgency"], body["DisplayName"])
    if any(key != draft.id for _, key in named):
        raise faults.duplicate_name("tax agency")
    payable = own_account(books, f"{body['DisplayName']} Payable", "SalesTaxPayable")
    body.update(TaxTrackedOnSales=True, TaxTrackedOnPurchases=False, TaxTrackedOnSalesAccountRef=payable)


def _complete_rate(books: Books, draft: Draft) -> None:
    body = draft.body
    check_unique_name(books, draft, "TaxRate", "tax rate")
    body["EffectiveTaxRate"] = [
        {"RateValue": body["RateValue"], "EffectiveDate": f"{books.clock.today().isoformat()}T00:00:00-08:00"}
    ]
    body.update(SpecialTaxType="NONE", DisplayType="ReadOnly")
    body.setdefault("Description", body["Name"])


def _complete_code(books: Books, draft: Draft) -> None:
    check_unique_name(books, draft, "TaxCode", "tax code")
    draft.body.update(Taxable=True, TaxGroup=True, Hidden=False, TaxCodeConfigType="USER_DEFINED")
    draft.body.setdefault("Description", draft.body["Name"])


RATE_LIST: Final = f.group(
    {
        "TaxRateDetail": f.rows(
            {
                "TaxRateRef": f.ref("TaxRate", required=True),
                "TaxTypeApplicable": f.choice("TaxOnAmount"),
                "TaxOrder": f.whole(0, 99),
            }
        )
    }
)

# Made by the tax service alone; for everybody else they are there to be read.
RATE_MAKER = Kind(
    name="TaxRate",
    id_space="TaxRate",
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, required=True),
        "RateValue": f.number(0, PERCENT_MOST, code="2150", required=True),
        "AgencyRef": f.ref("TaxAgency", required=True),
        "Description": f.text(100),
        "Active": f.flag(),
        "EffectiveTaxRate": f.read_only(),
        "SpecialTaxType": f.read_only(),
        "DisplayType": f.read_only(),
        "TaxReturnLineRef": f.read_only(),
        "OriginalTaxRate": f.read_only(),
    },
    filters=filters(Name="text", Active="flag", AgencyRef="ref", Description="text"),
    complete=_complete_rate,
)
CODE_MAKER = Kind(
    name="TaxCode",
    id_space="TaxCode",
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, required=True),
        "Description": f.text(100),
        "Active": f.flag(),
        "SalesTaxRateList": RATE_LIST,
        "PurchaseTaxRateList": RATE_LIST,
        "Taxable": f.read_only(),
        "TaxGroup": f.read_only(),
        "Hidden": f.read_only(),
        "TaxCodeConfigType": f.read_only(),
    },
    filters=filters(Name="text", Active="flag", Taxable="flag", TaxGroup="flag", Description="text"),
    complete=_complete_code,
)
TAX_RATE = replace(RATE_MAKER, creatable=False, updatable=False)
TAX_CODE = replace(CODE_MAKER, creatable=False, updatable=False)
TAX_AGENCY = Kind(
    name="TaxAgency",
    id_space="TaxAgency",
    name_attribute="DisplayName",
    updatable=False,
    fields={
        "DisplayName": f.text(92, least=1, forbid=f.NAME_FORBIDS + '"', required=True),
        "Active": f.read_only(),
        "TaxTrackedOnSales": f.read_only(),
        "TaxTrackedOnPurchases": f.read_only(),
        "TaxTrackedOnSalesAccountRef": f.read_only("Account"),
        "TaxRegistrationNumber": f.text(100),
        "ReportingPeriod": f.read_only(),
        "LastFileDate": f.read_only(),
        "TaxAgencyConfig": f.read_only(),
    },
    filters=filters(DisplayName="text"),
    complete=_complete_agency,
)


# the tax of one sale

TAX_DETAIL: Final = f.group(
    {
        "TxnTaxCodeRef": f.ref("TaxCode"),
        "TotalTax": f.number(0, AMOUNT_MAX, code="2140"),
        "TaxLine": f.rows(
            {
                "Amount": f.money(-AMOUNT_MAX, AMOUNT_MAX),
                "DetailType": f.choice("TaxLineDetail", required=True),
                "TaxLineDetail": f.group(
                    {
                        "TaxRateRef": f.ref("TaxRate", required=True),
                        "PercentBased": f.flag(),
                        "TaxPercent": f.number(0, PERCENT_MOST, code="2150"),
                        "NetAmountTaxable": f.number(),
                        "TaxInclusiveAmount": f.read_only(),
                        "OverrideDeltaAmount": f.read_only(),
                    },
                    required=True,
                ),
            }
        ),
    }
)


def set_tax(books: Books, body: dict[str, Any], taxable: Decimal) -> Decimal:
    """The tax by the code of the sale, computed anew: lines and sums that were sent are not looked at."""
    detail = body.get("TxnTaxDetail", {})
    code = detail.get("TxnTaxCodeRef")
    if code is None or not uses_sales_tax(books):
        if code is not None or detail.get("TotalTax"):
            reason = "needs a TxnTaxCodeRef" if code is None else "is not for a company without sales tax"
            raise RefusalError("6170", f"TxnTaxDetail {reason}", "TxnTaxDetail")
        body["TxnTaxDetail"] = {"TotalTax": Decimal(0)}
        return Decimal(0)
    lines = [_tax_line(books, rate, taxable) for rate in _rates(books, code)]
    total = sum((line["Amount"] for line in lines), Decimal(0))
    body["TxnTaxDetail"] = {"TxnTaxCodeRef": code, "TotalTax": total, "TaxLine": lines}
    return total


def _rates(books: Books, code: Mapping[str, str]) -> list[dict[str, str]]:
    record = books.referred("TaxCode", code["value"], "TxnTaxCodeRef")
    found = record.body.get("SalesTaxRateList", {}).get("TaxRateDetail", [])
    if not found:
        raise RefusalError("6170", f"{record.body['Name']} has no rate for sales", "TxnTaxCodeRef")
    return [row["TaxRateRef"] for row in found]


def _tax_line(books: Books, rate: dict[str, str], taxable: Decimal) -> dict[str, Any]:
    percent = Decimal(books.referred("TaxRate", rate["value"], "TaxRateRef").body["RateValue"])
    return {
        "Amount": cents(taxable * percent / 100),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": rate,
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": taxable,
        },
    }


def payable_account(books: Books, tax_line: Mapping[str, Any]) -> str:
    """Where the tax of one line is owed: the account of the rate's agency."""
    rate = books.store.get(books.realm, "TaxRate", int(tax_line["TaxLineDetail"]["TaxRateRef"]["value"]))
    assert rate is not None  # rates are never deleted
    agency = books.store.get(books.realm, "TaxAgency", int(rate.body["AgencyRef"]["value"]))
    assert agency is not None  # nor are agencies
    return str(agency.body["TaxTrackedOnSalesAccountRef"]["value"])
