"""The company's own card and its preferences: one record each, with Id 1."""

from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.kind import Kind, filters

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
        "NameValue": f.rows({"Name": f.text(100), "Value": f.text(1000)}),
    },
    filters=filters(),
)

PREFERENCES = Kind(
    name="Preferences",
    id_space="Company",
    creatable=False,
    updatable=False,
    fields={
        name: f.read_only()
        for name in (
            "AccountingInfoPrefs",
            "ProductAndServicesPrefs",
            "SalesFormsPrefs",
            "VendorAndPurchasesPrefs",
            "TimeTrackingPrefs",
            "TaxPrefs",
            "CurrencyPrefs",
            "ReportPrefs",
            "OtherPrefs",
        )
    },
    filters=filters(),
)
