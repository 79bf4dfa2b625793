"""Objects of python-quickbooks for the stock company, each as its users would fill it."""

from __future__ import annotations

from typing import Any

from quickbooks import objects
from quickbooks.objects.base import EmailAddress, PhoneNumber, Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.billpayment import BillPayment, BillPaymentLine, CheckPayment
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.recurringtransaction import RecurringBill, RecurringInfo, RecurringTransaction, ScheduleInfo
from quickbooks.objects.taxagency import TaxAgency
from quickbooks.objects.taxservice import TaxRateDetails, TaxService
from quickbooks.objects.trackingclass import Class
from quickbooks.objects.transfer import Transfer

DAY = "2026-11-10"
CHECKING, SAVINGS, MASTERCARD, SUPPLIES = "35", "36", "41", "20"
AMY, NORTON, EMILY, HOURS, CONCRETE, PUMP = "1", "46", "55", "2", "3", "11"


def ref(value: str, **more: str) -> Any:
    made = Ref()
    made.value = value
    for name, text in more.items():
        setattr(made, name, text)
    return made


def made_with(thing: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(thing, name, value)
    return thing


# names


def account() -> Any:
    return made_with(objects.Account(), Name="Tool Rental", AccountType="Expense", AccountSubType="EquipmentRental")


def customer(name: str = "Peer Made Homes") -> Any:
    email, phone = made_with(EmailAddress(), Address="homes@example.com"), PhoneNumber()
    phone.FreeFormNumber = "(520) 555-0101"
    return made_with(objects.Customer(), DisplayName=name, PrimaryEmailAddr=email, PrimaryPhone=phone)


def department() -> Any:
    return made_with(objects.Department(), Name="North Yard")


def employee() -> Any:
    return made_with(objects.Employee(), GivenName="Nora", FamilyName="Peer", DisplayName="Nora Peer")


def item() -> Any:
    return made_with(objects.Item(), Name="Fence Building", Type="Service", IncomeAccountRef=ref("1"), UnitPrice=60)


def payment_method() -> Any:
    return made_with(objects.PaymentMethod(), Name="Barter", Type="NON_CREDIT_CARD")


def term() -> Any:
    return made_with(objects.Term(), Name="Net 45", DueDays=45)


def tracking_class() -> Any:
    return made_with(Class(), Name="Residential")


def vendor() -> Any:
    return made_with(objects.Vendor(), DisplayName="Peer Quarry", TermRef=ref("3"), Vendor1099=True)


# lines


def expense_line(amount: float = 200, account: str = SUPPLIES) -> Any:
    detail = made_with(AccountBasedExpenseLineDetail(), AccountRef=ref(account))
    return made_with(AccountBasedExpenseLine(), Amount=amount, AccountBasedExpenseLineDetail=detail)


def item_line(amount: float = 30) -> Any:
    detail = made_with(ItemBasedExpenseLineDetail(), ItemRef=ref(PUMP), Qty=2, UnitPrice=15)
    return made_with(ItemBasedExpenseLine(), Amount=amount, ItemBasedExpenseLineDetail=detail)


def sale_line(amount: float = 300) -> Any:
    detail = made_with(SalesItemLineDetail(), ItemRef=ref(CONCRETE), Qty=3, UnitPrice=100)
    return made_with(SalesItemLine(), Amount=amount, SalesItemLineDetail=detail)


# transactions


def bill(vendor: str = NORTON) -> Any:
    return made_with(Bill(), VendorRef=ref(vendor), TxnDate=DAY, Line=[expense_line(), item_line()])


def bill_payment(paid: Any) -> Any:
    link = made_with(objects.base.LinkedTxn(), TxnId=paid.Id, TxnType="Bill")
    line = made_with(BillPaymentLine(), Amount=paid.TotalAmt, LinkedTxn=[link])
    check = made_with(CheckPayment(), BankAccountRef=ref(CHECKING))
    return made_with(
        BillPayment(), VendorRef=ref(NORTON), PayType="Check", TotalAmt=paid.TotalAmt, CheckPayment=check, Line=[line]
    )


def credit_card_payment() -> Any:
    return made_with(
        CreditCardPayment(),
        TxnDate=DAY,
        Amount=50,
        BankAccountRef=ref(CHECKING),
        CreditCardAccountRef=ref(MASTERCARD),
    )


def credit_memo() -> Any:
    return made_with(objects.CreditMemo(), CustomerRef=ref(AMY), TxnDate=DAY, Line=[sale_line()])


def deposit() -> Any:
    line = made_with(DepositLine(), Amount=80, DepositLineDetail=made_with(DepositLineDetail(), AccountRef=ref("83")))
    return made_with(Deposit(), TxnDate=DAY, DepositToAccountRef=ref(CHECKING), Line=[line])


def estimate() -> Any:
    return made_with(objects.Estimate(), CustomerRef=ref(AMY), TxnDate=DAY, Line=[sale_line()])


def invoice() -> Any:
    return made_with(objects.Invoice(), CustomerRef=ref(AMY), TxnDate=DAY, Line=[sale_line()])


def journal_entry() -> Any:
    lines = []
    for posting, account_id in (("Debit", SUPPLIES), ("Credit", CHECKING)):
        detail = made_with(JournalEntryLineDetail(), PostingType=posting, AccountRef=ref(account_id))
        lines.append(made_with(JournalEntryLine(), Amount=75.5, JournalEntryLineDetail=detail))
    return made_with(JournalEntry(), TxnDate=DAY, Line=lines)


def payment(invoice: Any = None, amount: float = 45) -> Any:
    made = made_with(Payment(), CustomerRef=ref(AMY), TxnDate=DAY, TotalAmt=amount)
    if invoice is not None:
        made.Line = [made_with(PaymentLine(), Amount=amount, LinkedTxn=[invoice.to_linked_txn()])]
    return made


def purchase() -> Any:
    return made_with(
        objects.Purchase(), TxnDate=DAY, PaymentType="Cash", AccountRef=ref(CHECKING), Line=[expense_line(64)]
    )


def purchase_order() -> Any:
    return made_with(
        objects.PurchaseOrder(), VendorRef=ref(NORTON), TxnDate=DAY, APAccountRef=ref("33"), Line=[item_line()]
    )


def refund_receipt() -> Any:
    return made_with(
        objects.RefundReceipt(),
        CustomerRef=ref(AMY),
        TxnDate=DAY,
        DepositToAccountRef=ref(CHECKING),
        Line=[sale_line()],
    )


def sales_receipt() -> Any:
    return made_with(objects.SalesReceipt(), CustomerRef=ref(AMY), TxnDate=DAY, Line=[sale_line()])


def time_activity(minutes: int = 30) -> Any:
    return made_with(
        objects.TimeActivity(),
        NameOf="Employee",
        EmployeeRef=ref(EMILY),
        ItemRef=ref(HOURS),
        TxnDate=DAY,
        Hours=7,
        Minutes=minutes,
    )


def transfer() -> Any:
    return made_with(Transfer(), TxnDate=DAY, Amount=500, FromAccountRef=ref(CHECKING), ToAccountRef=ref(SAVINGS))


def vendor_credit() -> Any:
    return made_with(objects.VendorCredit(), VendorRef=ref(NORTON), TxnDate=DAY, Line=[expense_line(20)])


# taxes, currencies, templates


def tax_agency() -> Any:
    return made_with(TaxAgency(), DisplayName="Pima County Treasurer")


def tax_service(agency: Any) -> Any:
    rate = made_with(TaxRateDetails(), TaxRateName="Pima County 6.1", RateValue=6.1, TaxAgencyId=str(agency.Id))
    return made_with(TaxService(), TaxCode="Pima", TaxRateDetails=[rate])


def currency() -> Any:
    return made_with(CompanyCurrency(), Code="EUR", Name="Euro")


def recurring_bill() -> Any:
    schedule = made_with(ScheduleInfo(), IntervalType="Monthly", NumInterval=1, DayOfMonth=1, StartDate=DAY)
    info = made_with(RecurringInfo(), Name="Monthly rent", RecurType="Automated", Active=True, ScheduleInfo=schedule)
    rent = made_with(RecurringBill(), VendorRef=ref(NORTON), Line=[expense_line(900)], RecurringInfo=info)
    return made_with(RecurringTransaction(), Bill=rent)
