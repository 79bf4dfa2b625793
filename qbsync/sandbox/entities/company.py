"""The company's own card and its preferences: one record each, with Id 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books


def _keep_the_systems_own(books: Books, draft: Draft) -> None:
    """What the company has subscribed to, and since when, is not an app's to change."""
    for name in ("CompanyStartDate", "NameValue"):
        if draft.old is not None and name in draft.old.body:
            draft.body[name] = draft.old.body[name]


COMPANY_INFO = Kind(
    name="CompanyInfo",
    id_space="Company",
    creatable=False,
    sparse=True,
    fields={
        "CompanyName": f.text(1024, required=True),
        "LegalName": f.text(1024),
        "CompanyAddr": f.address(),
        "LegalAddr": f.address(),
        "CustomerCommunicationAddr": f.address(),
        "PrimaryPhone": f.phone(),
        "Email": f.email(),
        "WebAddr": f.web(),
        "Country": f.text(2),
        "FiscalYearStartMonth": f.text(20),
        "SupportedLanguages": f.text(100),
        "CompanyStartDate": f.read_only(),
        "DefaultTimeZone": f.text(100),
        "NameValue": f.read_only(),
    },
    filters=filters(),
    complete=_keep_the_systems_own,
)

WEEKDAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
LOCATIONS: Final = ("Business", "Department", "Division", "Location", "Property", "Store", "Territory")


def _flags(*names: str) -> dict[str, f.Field]:
    return {name: f.flag() for name in names}


def _system(*names: str) -> dict[str, f.Field]:
    return {name: f.read_only() for name in names}


def _keep_the_rest(books: Books, draft: Draft) -> None:
    """A preference has no empty value: what is not sent stays, and so does what the system alone sets."""
    old = draft.old.body if draft.old else {}
    sent = draft.body
    draft.body = {
        name: {**held, **sent.get(name, {})} if isinstance(held, dict) else held for name, held in old.items()
    }
    accounting = draft.body["AccountingInfoPrefs"]
    if accounting.get(f.CLASS_PER_TXN) and accounting.get(f.CLASS_PER_LINE):
        raise RefusalError("2600", "Classes go on transactions or on lines, not both", f.CLASS_PER_TXN)


PREFERENCES = Kind(
    name="Preferences",
    id_space="Company",
    creatable=False,
    sparse=True,
    fields={
        "AccountingInfoPrefs": f.group(
            {
                **_flags(f.CLASS_PER_TXN, f.CLASS_PER_LINE, f.DEPARTMENTS),
                "DepartmentTerminology": f.choice(*LOCATIONS),
                "CustomerTerminology": f.text(50),
                **_system("FirstMonthOfFiscalYear", "UseAccountNumbers", "TaxYearMonth", "BookCloseDate", "TaxForm"),
            }
        ),
        "TimeTrackingPrefs": f.group(
            {
                **_flags("UseServices", "BillCustomers", "ShowBillRateToAll", "MarkTimeEntriesBillable"),
                "WorkWeekStartDate": f.choice(*WEEKDAYS),
                "DefaultTimeItem": f.ref("Item"),
            }
        ),
        "SalesFormsPrefs": f.group(_flags("CustomTxnNumbers", "AllowEstimates")),
        "VendorAndPurchasesPrefs": f.group(_flags("TrackingByCustomer", "BillableExpenseTracking")),
        "ProductAndServicesPrefs": f.group(
            _flags("ForSales", "ForPurchase", "QuantityWithPriceAndRate", "QuantityOnHand")
        ),
        "ReportPrefs": f.group({"ReportBasis": f.choice("Accrual", "Cash"), "CalcAgingReportFromTxnDate": f.flag()}),
        **_system("TaxPrefs", "CurrencyPrefs", "OtherPrefs"),
    },
    filters=filters(),
    complete=_keep_the_rest,
)
