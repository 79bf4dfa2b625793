"""python-quickbooks, the client most Python programs use: every entity that it has, made, read, changed and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quickbooks import QuickBooks, objects
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef, Ref
from quickbooks.objects.budget import Budget
from quickbooks.objects.customertype import CustomerType
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.recurringtransaction import RecurringTransaction

from tests.sandbox.peers import making
from tests.sandbox.sandbox_client import REALM, Company, Served

Maker = Callable[[], Any]
NAMES: dict[str, Maker] = {
    "Account": making.account,
    "Customer": making.customer,
    "Department": making.department,
    "Employee": making.employee,
    "Item": making.item,
    "PaymentMethod": making.payment_method,
    "Term": making.term,
    "Class": making.tracking_class,
    "Vendor": making.vendor,
}
TRANSACTIONS: dict[str, Maker] = {
    "Bill": making.bill,
    "CreditCardPayment": making.credit_card_payment,
    "CreditMemo": making.credit_memo,
    "Deposit": making.deposit,
    "Estimate": making.estimate,
    "Invoice": making.invoice,
    "JournalEntry": making.journal_entry,
    "Payment": making.payment,
    "Purchase": making.purchase,
    "PurchaseOrder": making.purchase_order,
    "RefundReceipt": making.refund_receipt,
    "SalesReceipt": making.sales_receipt,
    "TimeActivity": making.time_activity,
    "Transfer": making.transfer,
    "VendorCredit": making.vendor_credit,
}


@pytest.fixture
def tracking(quickbooks: QuickBooks, craigs: Served) -> QuickBooks:
    """A company that tracks classes and departments."""
    craigs.prefer(REALM, "ClassTrackingPerTxn")
    craigs.prefer(REALM, "TrackDepartments")
    return quickbooks


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_made_read_changed_and_made_inactive(tracking: QuickBooks, kind: str) -> None:
    made = NAMES[kind]().save(qb=tracking)
    held = type(made).get(made.Id, qb=tracking)
    name = "DisplayName" if hasattr(held, "DisplayName") else "Name"
    setattr(held, name, "A Better Name")
    changed = held.save(qb=tracking)
    assert (getattr(changed, name), int(changed.SyncToken)) == ("A Better Name", int(made.SyncToken) + 1)
    changed.Active = False
    gone = changed.save(qb=tracking)
    assert (gone.Active, getattr(gone, name)) == (False, "A Better Name (deleted)")
    found = type(made).filter(Active=False, qb=tracking)
    assert made.Id in [one.Id for one in found]


@pytest.mark.parametrize("kind", TRANSACTIONS)
def test_a_transaction_is_made_read_changed_and_deleted(quickbooks: QuickBooks, kind: str) -> None:
    made = TRANSACTIONS[kind]().save(qb=quickbooks)
    held = type(made).get(made.Id, qb=quickbooks)
    note = "Description" if kind == "TimeActivity" else "PrivateNote"
    setattr(held, note, "looked at twice")
    changed = held.save(qb=quickbooks)
    assert (getattr(changed, note), int(changed.SyncToken)) == ("looked at twice", int(made.SyncToken) + 1)
    changed.delete(qb=quickbooks)
    with pytest.raises(ObjectNotFoundException):
        type(made).get(made.Id, qb=quickbooks)


@pytest.mark.parametrize("kind", ["Invoice", "Payment", "SalesReceipt", "BillPayment"])
def test_what_can_be_voided_is_voided_in_its_own_way(quickbooks: QuickBooks, kind: str) -> None:
    if kind == "BillPayment":
        made = making.bill_payment(making.bill().save(qb=quickbooks)).save(qb=quickbooks)
    else:
        made = TRANSACTIONS[kind]().save(qb=quickbooks)
    made.void(qb=quickbooks)
    assert float(type(made).get(made.Id, qb=quickbooks).TotalAmt) == 0


def test_a_payment_moves_the_balance_of_its_invoice(quickbooks: QuickBooks) -> None:
    invoice = making.invoice().save(qb=quickbooks)
    making.payment(invoice, amount=100).save(qb=quickbooks)
    held = objects.Invoice.get(invoice.Id, qb=quickbooks)
    assert (held.Balance, [link.TxnType for link in held.LinkedTxn]) == (invoice.TotalAmt - 100, ["Payment"])


def test_a_bill_payment_moves_the_balance_of_its_bill(quickbooks: QuickBooks) -> None:
    bill = making.bill().save(qb=quickbooks)
    making.bill_payment(bill).save(qb=quickbooks)
    assert objects.Bill.get(bill.Id, qb=quickbooks).Balance == 0


def test_the_stock_company_is_read_page_by_page(quickbooks: QuickBooks) -> None:
    assert objects.Customer.count(qb=quickbooks) == 29
    first = objects.Customer.all(order_by="Id", max_results=20, qb=quickbooks)
    rest = objects.Customer.all(order_by="Id", start_position=21, max_results=20, qb=quickbooks)
    assert [int(one.Id) for one in (*first, *rest)] == list(range(1, 30))


def test_it_filters_chooses_and_counts(quickbooks: QuickBooks) -> None:
    named = objects.Customer.filter(DisplayName="Amy's Bird Sanctuary", qb=quickbooks)
    assert [one.Id for one in named] == ["1"]
    chosen = objects.Item.choose(["Design", "Pump"], field="Name", qb=quickbooks)
    assert sorted(one.Id for one in chosen) == ["11", "4"]
    assert objects.Account.count("AccountType = 'Bank'", qb=quickbooks) == 2
    assert len(objects.Item.all(qb=quickbooks)) == 10


def test_the_cards_of_the_company_are_read(quickbooks: QuickBooks) -> None:
    company = objects.CompanyInfo.all(qb=quickbooks)[0]
    preferences = objects.Preferences.get(qb=quickbooks)
    assert company.CompanyName == "Craig's Design and Landscaping Services"
    assert preferences.AccountingInfoPrefs.FirstMonthOfFiscalYear == "January"


def test_a_tax_code_is_made_by_the_tax_service_and_read(quickbooks: QuickBooks) -> None:
    agency = making.tax_agency().save(qb=quickbooks)
    code = making.tax_service(agency).save(qb=quickbooks)
    assert code.TaxCodeId or code.Id
    (rate,) = [one for one in objects.TaxRate.all(qb=quickbooks) if one.Name == "Pima County 6.1"]
    assert (rate.RateValue, rate.AgencyRef.value) == (6.1, str(agency.Id))
    assert "Pima" in [one.Name for one in objects.TaxCode.all(qb=quickbooks)]


def test_foreign_money_needs_the_company_to_use_it(quickbooks: QuickBooks, craigs: Served) -> None:
    with pytest.raises(QuickbooksException):
        making.currency().save(qb=quickbooks)
    craigs.prefer(REALM, "MultiCurrencyEnabled")
    assert making.currency().save(qb=quickbooks).Code == "EUR"
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.TargetCurrencyCode, rate.Rate, rate.AsOfDate = "EUR", "USD", 1.08, "2026-11-01"
    assert rate.save(qb=quickbooks).Rate == 1.08


def test_a_recurring_transaction_is_kept(quickbooks: QuickBooks) -> None:
    kept = making.recurring_bill().save(qb=quickbooks)
    assert kept.Bill.RecurringInfo.Name == "Monthly rent"
    assert len(RecurringTransaction.all(qb=quickbooks)) == 1


def test_lists_that_are_only_read_are_read(quickbooks: QuickBooks, craigs: Served) -> None:
    assert CustomerType.all(qb=quickbooks) == []
    plain = Company(served=craigs, realm=REALM, tokens={"access_token": quickbooks.auth_client.access_token})
    plain.create(
        "Budget",
        Name="Year",
        BudgetType="ProfitAndLoss",
        BudgetEntryType="Yearly",
        StartDate="2026-01-01",
        EndDate="2026-12-31",
        BudgetDetail=[{"BudgetDate": "2026-01-01", "Amount": 1200, "AccountRef": {"value": "20"}}],
    )
    assert [(one.Name, one.BudgetDetail[0].Amount) for one in Budget.all(qb=quickbooks)] == [("Year", 1200)]


def test_files_and_notes_are_attached(quickbooks: QuickBooks) -> None:
    bill = making.bill().save(qb=quickbooks)
    file = Attachable()
    file.FileName, file.ContentType = "delivery-note.txt", "text/plain"
    file._FileBytes = b"forty bags of cement"
    file.AttachableRef = [AttachableRef()]
    file.AttachableRef[0].EntityRef = Ref()
    file.AttachableRef[0].EntityRef.type, file.AttachableRef[0].EntityRef.value = "Bill", bill.Id
    made = file.save(qb=quickbooks)
    held = Attachable.get(made.Id, qb=quickbooks)
    assert (held.FileName, held.Size, held.AttachableRef[0].EntityRef.value) == (
        "delivery-note.txt",
        len(b"forty bags of cement"),
        bill.Id,
    )
    note = Attachable()
    note.Note = "called the yard, they will bring it on Monday"
    assert note.save(qb=quickbooks).Id != made.Id
    held.delete(qb=quickbooks)
    with pytest.raises(ObjectNotFoundException):
        Attachable.get(made.Id, qb=quickbooks)


def test_a_batch_makes_changes_and_deletes_each_by_itself(quickbooks: QuickBooks) -> None:
    entries = [making.time_activity(minutes=minutes) for minutes in range(1, 41)]
    entries[7].EmployeeRef.value = "999"
    told = batch_create(entries, qb=quickbooks)
    assert (len(told.successes), [fault.Error[0].code for fault in told.faults]) == (39, ["2500"])
    for entry in told.successes:
        entry.Description = "in a batch"
    changed = batch_update(told.successes, qb=quickbooks)
    assert {entry.Description for entry in changed.successes} == {"in a batch"}
    gone = batch_delete(changed.successes, qb=quickbooks)
    assert (len(gone.successes), gone.faults) == (39, [])
    assert objects.TimeActivity.count(qb=quickbooks) == 4


def test_change_data_capture_tells_what_changed(quickbooks: QuickBooks) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    bill = making.bill().save(qb=quickbooks)
    told = change_data_capture([objects.Bill, objects.Invoice], since.isoformat(timespec="seconds"), qb=quickbooks)
    assert bill.Id in [one.Id for one in told.Bill._object_list]


def test_the_same_request_id_has_one_effect(quickbooks: QuickBooks) -> None:
    first = making.bill().save(qb=quickbooks, request_id="peer-1")
    again = making.bill().save(qb=quickbooks, request_id="peer-1")
    assert (first.Id, objects.Bill.count(qb=quickbooks)) == (again.Id, 3)


def test_an_invoice_is_sent_and_printed(quickbooks: QuickBooks) -> None:
    invoice = making.invoice().save(qb=quickbooks)
    told = invoice.send(qb=quickbooks, send_to="amy@example.com")
    assert told["Invoice"]["EmailStatus"] == "EmailSent"
    assert invoice.download_pdf(qb=quickbooks).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["TrialBalance", "VendorBalance", "TimeActivities", "ProfitAndLoss", "BalanceSheet"])
def test_a_report_is_read(quickbooks: QuickBooks, name: str) -> None:
    told = quickbooks.get_report(name, {"start_date": "2014-01-01", "end_date": "2026-12-31"})
    assert (told["Header"]["ReportName"], bool(told["Rows"]["Row"])) == (name, True)


def test_a_refusal_comes_with_its_code(quickbooks: QuickBooks) -> None:
    with pytest.raises(QuickbooksException) as refused:
        making.customer(name="Amy's Bird Sanctuary").save(qb=quickbooks)
    assert (refused.value.error_code, refused.value.message) == (6240, "Duplicate Name Exists Error")
    with pytest.raises(ValidationException) as unfit:
        making.bill(vendor="999").save(qb=quickbooks)
    assert unfit.value.error_code == 2500


def test_its_check_of_a_webhook_accepts_our_signature_and_no_other(quickbooks: QuickBooks) -> None:
    from qbsync.sandbox.webhooks.notices import signature

    body = '{"eventNotifications":[]}'
    good = signature(body.encode(), "a-verifier")
    assert quickbooks.validate_webhook_signature(body, good, "a-verifier")
    assert not quickbooks.validate_webhook_signature(body + " ", good, "a-verifier")
