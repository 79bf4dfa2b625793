"""Rows of QuickBooks' lists, payments and the company itself, from objects as QuickBooks gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbsync.domain.ledger import Company, LedgerKind, ListEntry, Payment
from qbsync.qbo.wire import read_entry
from qbsync.qbo.wire_bills import read_payment
from qbsync.qbo.wire_company import read_company


def test_an_account():
    record = {
        "Id": "64",
        "SyncToken": "1",
        "Name": "Decks and Patios",
        "FullyQualifiedName": "Job Expenses:Job Materials:Decks and Patios",
        "AccountType": "Expense",
        "AccountSubType": "SuppliesMaterials",
        "AcctNum": "5100",
        "ParentRef": {"value": "63"},
        "Active": True,
    }
    assert read_entry(LedgerKind.ACCOUNT, record) == ListEntry(
        kind=LedgerKind.ACCOUNT,
        id="64",
        name="Decks and Patios",
        full_name="Job Expenses:Job Materials:Decks and Patios",
        type="Expense",
        sub_type="SuppliesMaterials",
        number="5100",
        parent_id="63",
        sync_token="1",
    )


def test_an_item_with_both_accounts():
    record = {
        "Id": "2",
        "Name": "Hours",
        "Type": "Service",
        "Sku": "LAB",
        "ExpenseAccountRef": {"value": "60"},
        "IncomeAccountRef": {"value": "1"},
    }
    entry = read_entry(LedgerKind.ITEM, record)
    assert (entry.full_name, entry.type, entry.number) == ("Hours", "Service", "LAB")
    assert (entry.expense_account_id, entry.income_account_id) == ("60", "1")


def test_a_job_that_is_a_project():
    record = {
        "Id": "8",
        "DisplayName": "0969 Ocean View Road",
        "FullyQualifiedName": "Freeman:0969 Ocean View Road",
        "Job": True,
        "IsProject": True,
        "ParentRef": {"value": "7"},
        "PrimaryEmailAddr": {"Address": "a@b.example"},
    }
    entry = read_entry(LedgerKind.CUSTOMER, record)
    assert (entry.is_job, entry.is_project, entry.parent_id) == (True, True, "7")
    assert (entry.full_name, entry.email) == ("Freeman:0969 Ocean View Road", "a@b.example")


def test_an_inactive_vendor_shows_the_name_that_quickbooks_shows():
    record = {"Id": "41", "DisplayName": "Hicks Hardware (deleted)", "Active": False}
    entry = read_entry(LedgerKind.VENDOR, record)
    assert (entry.name, entry.active) == ("Hicks Hardware (deleted)", False)


def test_a_payment_of_two_bills_and_a_credit():
    record = {
        "Id": "118",
        "TxnDate": "2026-11-12",
        "Line": [
            {"Amount": Decimal("100.00"), "LinkedTxn": [{"TxnId": "25", "TxnType": "Bill"}]},
            {"Amount": Decimal("40"), "LinkedTxn": [{"TxnId": "26", "TxnType": "Bill"}]},
            {"Amount": Decimal("5"), "LinkedTxn": [{"TxnId": "25", "TxnType": "Bill"}]},
            {"Amount": Decimal("10"), "LinkedTxn": [{"TxnId": "27", "TxnType": "VendorCredit"}]},
        ],
    }
    assert read_payment(record) == Payment(
        id="118", txn_date=date(2026, 11, 12), amounts={"25": Decimal("105.00"), "26": Decimal("40.00")}
    )


def test_a_company_with_everything_said():
    about = {
        "CompanyName": "Ridgeline Builders",
        "Country": "US",
        "NameValue": [
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": "TRIAL"},
        ],
    }
    preferences = {
        "AccountingInfoPrefs": {
            "BookCloseDate": "2026-09-30",
            "ClassTrackingPerTxnLine": True,
            "TrackDepartments": True,
        },
        "TaxPrefs": {"UsingSalesTax": True},
        "CurrencyPrefs": {"HomeCurrency": {"value": "CAD"}},
        "TimeTrackingPrefs": {"DefaultTimeItem": {"value": "2"}},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "TimeTrackingFeatureEnabled", "Value": "false"},
                {"Name": "ProjectsEnabled", "Value": "true"},
                {"Name": "WarnDuplicateBillNumber", "Value": "True"},
            ]
        },
    }
    assert read_company("9", about, preferences) == Company(
        realm_id="9",
        name="Ridgeline Builders",
        country="US",
        edition="QuickBooks Online Plus",
        home_currency="CAD",
        books_closed_through=date(2026, 9, 30),
        time_tracking=False,
        projects=True,
        warns_duplicate_bill_number=True,
        classes_per_line=True,
        default_time_item_id="2",
        locations=True,
        payroll=True,
        sales_tax=True,
        subscription="TRIAL",
    )


def test_a_company_that_says_little():
    assert read_company("9", {"CompanyName": "X"}, {}) == Company(realm_id="9", name="X")


def test_a_vendor_and_a_customer_say_in_which_currency_they_are_kept():
    record = {"Id": "50", "DisplayName": "Euro Stahl GmbH", "CurrencyRef": {"value": "EUR", "name": "Euro"}}
    assert read_entry(LedgerKind.VENDOR, record).currency == "EUR"
    assert read_entry(LedgerKind.CUSTOMER, {"Id": "51", "DisplayName": "Old Mill"}).currency == ""


def test_a_company_says_whether_it_keeps_several_currencies():
    preferences = {"CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "CAD"}}}
    company = read_company("9", {"CompanyName": "X"}, preferences)
    assert (company.several_currencies, company.home_currency) == (True, "CAD")
