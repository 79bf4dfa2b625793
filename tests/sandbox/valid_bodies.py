"""One valid body for each kind of record, in the contractor's company with everything switched on."""

from typing import Any

from tests.sandbox.sandbox_client import Company, Json

DAY = "2026-11-10"
DOLLARS = {"value": "USD"}
PATHS = {"CreditCardPaymentTxn": "creditcardpayment"}  # the one whose path is not its name
SALES = ("Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt")


def _names(company: Company) -> dict[str, Json]:
    account = company.ref
    email, phone = {"Address": "yard@example.com"}, {"FreeFormNumber": "(415) 555-0100"}
    home = {"Line1": "1 Pier", "City": "Larkspur", "CountrySubDivisionCode": "CA", "PostalCode": "94939"}
    return {
        "Customer": {"DisplayName": "Sound Pier", "GivenName": "Ann", "BillAddr": home, "PrimaryEmailAddr": email,
                     "PrimaryPhone": phone, "Job": True, "ParentRef": account("Customer", "City of Larkspur"),
                     "BillWithParent": True, "Notes": "gate code 4", "Taxable": False},
        "Vendor": {"DisplayName": "Sound Timber", "PrimaryPhone": phone, "AcctNum": "A-1", "Vendor1099": True,
                   "BillRate": 55.5, "TermRef": account("Term", "Net 30"), "WebAddr": {"URI": "http://example.com"}},
        "Employee": {"GivenName": "Sound", "FamilyName": "Worker", "PrimaryAddr": home, "HiredDate": DAY,
                     "BillableTime": True, "BillRate": 60, "Gender": "Female", "EmployeeNumber": "17"},
        "Item": {"Name": "Sound Framing", "Type": "Service", "UnitPrice": 80, "Description": "walls",
                 "IncomeAccountRef": account("Account", "Construction Income")},
        "Account": {"Name": "Sound Tools", "AccountType": "Expense", "AccountSubType": "EquipmentRental",
                    "AcctNum": "6100", "Description": "hire"},
        "Term": {"Name": "Sound 12", "DueDays": 12, "DiscountPercent": 1.5, "DiscountDays": 3},
        "Class": {"Name": "Sound North"},
        "Department": {"Name": "Sound Yard"},
        "PaymentMethod": {"Name": "Sound Giro", "Type": "NON_CREDIT_CARD"},
    }  # fmt: skip


def _purchases(company: Company) -> dict[str, Json]:
    checking = company.ref("Account", "Checking")
    vendor = {"VendorRef": company.ref("Vendor", "Summit Electric")}
    line = company.account_line(250)
    held = company.create("Bill", **vendor, CurrencyRef=DOLLARS, TxnDate=DAY, Line=[company.account_line(90)])
    pays = {"Amount": 40, "LinkedTxn": [{"TxnId": held["Id"], "TxnType": "Bill"}]}
    return {
        "Bill": {**vendor, "TxnDate": DAY, "DueDate": "2026-12-10", "DocNumber": "S-1", "PrivateNote": "as agreed",
                 "CurrencyRef": DOLLARS,
                 "SalesTermRef": company.ref("Term", "Net 30"), "Line": [{**line, "Description": "boards"}]},
        "VendorCredit": {**vendor, "TxnDate": DAY, "Line": [line]},
        "BillPayment": {**vendor, "TotalAmt": 40, "PayType": "Check", "CheckPayment": {"BankAccountRef": checking},
                        "TxnDate": DAY, "Line": [pays]},
        "PurchaseOrder": {**vendor, "APAccountRef": company.ref("Account", "Accounts Payable (A/P)"),
                          "TxnDate": DAY, "Line": [line]},
        "Purchase": {"PaymentType": "Check", "AccountRef": checking, "TxnDate": DAY, "Line": [line]},
    }  # fmt: skip


def _sales(company: Company) -> dict[str, Json]:
    item = {"ItemRef": company.ref("Item", "Carpentry Labor"), "Qty": 2, "UnitPrice": 50}
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}
    customer = {"CustomerRef": company.ref("Customer", "City of Larkspur"), "TxnDate": DAY}
    bodies: dict[str, Json] = {kind: {**customer, "Line": [line], "PrivateNote": "as agreed"} for kind in SALES}
    bodies["RefundReceipt"]["DepositToAccountRef"] = company.ref("Account", "Checking")
    owed = company.create("Invoice", **bodies["Invoice"])
    pays = {"Amount": 30, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Invoice"}]}
    return {**bodies, "Payment": {**customer, "TotalAmt": 30, "Line": [pays]}}


def _books(company: Company) -> dict[str, Json]:
    checking, materials = company.ref("Account", "Checking"), company.ref("Account", "Job Costs:Job Materials")
    income = company.ref("Account", "Construction Income")

    def posted(side: str, account: Json) -> Json:
        detail = {"PostingType": side, "AccountRef": account}
        return {"Amount": 12.5, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    got = {"Amount": 75, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": income}}
    plan = {"BudgetDate": "2027-01-01", "Amount": 900, "AccountRef": income}
    vendor = company.ref("Vendor", "Summit Electric")
    bill = {"VendorRef": vendor, "CurrencyRef": DOLLARS, "Line": [company.account_line(20)]}
    schedule = {"StartDate": "2027-01-01", "IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1}
    wish = {"Name": "Sound yard rent", "RecurType": "Automated", "Active": True, "ScheduleInfo": schedule}
    return {
        "JournalEntry": {"TxnDate": DAY, "Line": [posted("Debit", materials), posted("Credit", checking)]},
        "Deposit": {"DepositToAccountRef": checking, "TxnDate": DAY, "Line": [got]},
        "Transfer": {"FromAccountRef": checking, "ToAccountRef": company.ref("Account", "Undeposited Funds"),
                     "Amount": 15, "TxnDate": DAY},
        "CreditCardPaymentTxn": {"CreditCardAccountRef": company.ref("Account", "Company Credit Card"),
                                 "BankAccountRef": checking, "Amount": 15, "TxnDate": DAY},
        "Budget": {"Name": "Sound 2027", "StartDate": "2027-01-01", "EndDate": "2027-12-31",
                   "BudgetEntryType": "Monthly", "BudgetDetail": [plan]},
        "RecurringTransaction": {"Bill": {**bill, "RecurringInfo": wish}},
        "Attachable": {"Note": "see the drawings",
                       "AttachableRef": [{"EntityRef": {"type": "Vendor", "value": vendor["value"]}}]},
    }  # fmt: skip


def valid_bodies(company: Company) -> dict[str, Json]:
    """By kind. Two records are made on the way: a bill and an invoice that can be paid."""
    agency: Any = company.create("TaxAgency", DisplayName="Sound Board")["Id"]
    currency = company.create("CompanyCurrency", Code="EUR")
    assert currency["Code"] == "EUR"
    return {
        **_names(company),
        "TimeActivity": company.time(Description="first floor", BillableStatus="Billable", HourlyRate=75),
        **_purchases(company),
        **_sales(company),
        **_books(company),
        "TaxAgency": {"DisplayName": "Sound County"},
        "CompanyCurrency": {"Code": "CAD"},
        "ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": 1.08, "AsOfDate": DAY},
        "taxservice/taxcode": {"TaxCode": "Sound", "TaxRateDetails": [
            {"TaxRateName": "Sound rate", "RateValue": 7.25, "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}]},
    }  # fmt: skip
