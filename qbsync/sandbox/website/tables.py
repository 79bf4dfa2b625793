"""Which records the pages show, sorted by what they are for, and which attributes stand in their tables."""

from typing import Any, Final

from qbsync.sandbox.website.html import cell

# group → entity → the attributes in its table
GROUPS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "People and jobs": {
        "Customer": ("DisplayName", "ParentRef", "Balance", "Active"),
        "Vendor": ("DisplayName", "TermRef", "Vendor1099", "Balance", "Active"),
        "Employee": ("DisplayName", "GivenName", "FamilyName", "Active"),
        "Project": ("Name", "Status", "CustomerRef", "JobRef", "DueDate", "Active"),
    },
    "Time and money out": {
        "TimeActivity": ("TxnDate", "EmployeeRef", "VendorRef", "CustomerRef", "ItemRef", "Hours", "Minutes"),
        "Bill": ("TxnDate", "DocNumber", "VendorRef", "DueDate", "TotalAmt", "Balance"),
        "BillPayment": ("TxnDate", "VendorRef", "PayType", "TotalAmt"),
        "VendorCredit": ("TxnDate", "DocNumber", "VendorRef", "TotalAmt", "Balance"),
        "Purchase": ("TxnDate", "DocNumber", "PaymentType", "AccountRef", "EntityRef", "TotalAmt"),
        "PurchaseOrder": ("TxnDate", "DocNumber", "VendorRef", "POStatus", "TotalAmt"),
        "CreditCardPaymentTxn": ("TxnDate", "CreditCardAccountRef", "BankAccountRef", "Amount"),
    },
    "Money in": {
        "Invoice": ("TxnDate", "DocNumber", "CustomerRef", "DueDate", "TotalAmt", "Balance"),
        "Payment": ("TxnDate", "CustomerRef", "PaymentMethodRef", "TotalAmt", "UnappliedAmt"),
        "Estimate": ("TxnDate", "DocNumber", "CustomerRef", "TxnStatus", "TotalAmt"),
        "SalesReceipt": ("TxnDate", "DocNumber", "CustomerRef", "TotalAmt"),
        "CreditMemo": ("TxnDate", "DocNumber", "CustomerRef", "TotalAmt", "Balance"),
        "RefundReceipt": ("TxnDate", "DocNumber", "CustomerRef", "TotalAmt"),
        "Deposit": ("TxnDate", "DepositToAccountRef", "TotalAmt"),
    },
    "Ledger": {
        "Account": ("FullyQualifiedName", "AccountType", "AccountSubType", "CurrentBalance", "Active"),
        "JournalEntry": ("TxnDate", "DocNumber", "PrivateNote", "TotalAmt"),
        "Transfer": ("TxnDate", "FromAccountRef", "ToAccountRef", "Amount"),
        "Budget": ("Name", "BudgetType", "BudgetEntryType", "StartDate", "EndDate"),
    },
    "Lists": {
        "Item": ("FullyQualifiedName", "Type", "IncomeAccountRef", "ExpenseAccountRef", "Active"),
        "Term": ("Name", "DueDays", "Active"),
        "Class": ("FullyQualifiedName", "Active"),
        "Department": ("FullyQualifiedName", "Active"),
        "PaymentMethod": ("Name", "Type", "Active"),
        "TaxCode": ("Name", "Description", "Active"),
        "TaxRate": ("Name", "RateValue", "AgencyRef", "Active"),
        "TaxAgency": ("DisplayName", "TaxTrackedOnSalesAccountRef"),
        "CompanyCurrency": ("Code", "Name", "Active"),
        "ExchangeRate": ("SourceCurrencyCode", "AsOfDate", "Rate"),
        "Attachable": ("FileName", "Note", "ContentType", "Size"),
    },
}
COLUMNS: Final = {entity: columns for group in GROUPS.values() for entity, columns in group.items()}
NUMBERS: Final = frozenset(
    {"Balance", "Amount", "CurrentBalance", "TotalAmt", "UnappliedAmt", "Hours", "Minutes", "DueDays", "RateValue",
     "Rate", "Size"}
)  # fmt: skip
ACCOUNT_LINE: Final = "AccountBasedExpenseLineDetail"
# entity → what another user may change on its page, and the kind of input for it
NAMED: Final = (("DisplayName", "text"), ("PrintOnCheckName", "text"))
DOCUMENT: Final = (("DocNumber", "text"), ("TxnDate", "date"), ("PrivateNote", "text"))
EDITABLE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Customer": (*NAMED, ("Notes", "text")),
    "Vendor": (*NAMED, ("AcctNum", "text")),
    "Employee": (*NAMED, ("EmployeeNumber", "text")),
    "Item": (("Name", "text"), ("Description", "text")),
    "Account": (("Name", "text"), ("Description", "text")),
    **dict.fromkeys(("Term", "Class", "Department", "PaymentMethod"), (("Name", "text"),)),
    **dict.fromkeys(("Bill", "Invoice"), (*DOCUMENT, ("DueDate", "date"))),
    **dict.fromkeys(
        ("VendorCredit", "Purchase", "PurchaseOrder", "Estimate", "SalesReceipt", "CreditMemo", "JournalEntry"),
        DOCUMENT,
    ),
    "TimeActivity": (("TxnDate", "date"), ("Hours", "number"), ("Minutes", "number"), ("Description", "text")),
}


def number_columns(entity: str) -> frozenset[int]:
    """Places of the columns that stand to the right; the first column is the id."""
    return frozenset(place for place, column in enumerate(COLUMNS[entity], start=1) if column in NUMBERS)


def shown_cells(entity: str, body: dict[str, Any]) -> list[str]:
    return [cell(body.get(name)) for name in COLUMNS[entity]]
