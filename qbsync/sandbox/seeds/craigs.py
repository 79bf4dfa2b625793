"""Intuit's stock company for practice: its known lists with their ids, and a few transactions of each sort."""

from decimal import Decimal
from typing import Any, Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.seeds.craigs_lists import ACCOUNTS, CUSTOMERS, EMPLOYEES, ITEMS, TERMS, VENDORS, rows
from qbsync.sandbox.seeds.planting import Planter, begin_company, finish_preferences, plant_methods

NAME: Final = "Craig's Design and Landscaping Services"
CHECKING: Final = {"value": "35"}
NORTON: Final = {"value": "46"}
# id, employee, item, customer, date, hours, rate; without a customer the hours are not billable
TIME: Final = (
    (2, "54", "2", None, "2014-09-16", 5, 0),
    (3, "55", "4", "1", "2014-09-16", 3, 75),
    (4, "55", "8", "21", "2014-09-17", 6, 15),
    (5, "54", "18", "21", "2014-09-17", 2, 15),
)
# customer, item, quantity, price, date, paid
SALES: Final = (
    ("1", "4", 3, 75, "2014-08-25", True),
    ("3", "10", 2, 35, "2014-09-02", False),
    ("8", "18", 5, 35, "2014-09-05", False),
    ("21", "8", 6, 15, "2014-09-10", True),
)


def plant_craigs(store: Store, clock: Clock, realm: str) -> None:
    planter = begin_company(store, clock, realm, NAME, uses_sales_tax=True)
    _plant_lists(planter)
    finish_preferences(planter)
    _plant_time(planter)
    _plant_bills(planter)
    _plant_sales(planter)


def _plant_lists(planter: Planter) -> None:
    for key, full_name, subtype in rows(ACCOUNTS):
        parent, _, name = full_name.rpartition(":")
        under = {"ParentRef": planter.ref("Account", parent)} if parent else {}
        planter.add_as(int(key), "Account", full_name, Name=name, AccountSubType=subtype, **under)
    for key, name, days in rows(TERMS):
        planter.add_as(int(key), "Term", name, Name=name, DueDays=int(days))
    plant_methods(planter)
    for key, name, *parent_id in rows(CUSTOMERS):
        job = {"Job": True, "BillWithParent": True, "ParentRef": {"value": parent_id[0]}} if parent_id else {}
        planter.add_as(int(key), "Customer", name, DisplayName=name, **job)
    for key, name in rows(VENDORS):
        planter.add_as(int(key), "Vendor", name, DisplayName=name, TermRef=planter.ref("Term", "Net 30"))
    for key, name in rows(EMPLOYEES):
        given, _, family = name.partition(" ")
        planter.add_as(int(key), "Employee", name, DisplayName=name, GivenName=given, FamilyName=family)
    for key, name, sort, price, income in rows(ITEMS):
        planter.add_as(int(key), "Item", name, Name=name, UnitPrice=Decimal(price), **_item(sort, income))


def _item(sort: str, income: str) -> dict[str, Any]:
    body = {"Type": sort, "IncomeAccountRef": {"value": income}}
    if sort != "Inventory":
        return body
    stock = {"TrackQtyOnHand": True, "QtyOnHand": Decimal(25), "InvStartDate": "2014-01-01"}
    return {**body, **stock, "ExpenseAccountRef": {"value": "80"}, "AssetAccountRef": {"value": "81"}}


def _plant_time(planter: Planter) -> None:
    for key, employee, item, customer, day, hours, rate in TIME:
        billing = {"CustomerRef": {"value": customer}, "BillableStatus": "Billable"} if customer else {}
        planter.add_as(
            key, "TimeActivity", str(key), TxnDate=day, NameOf="Employee", EmployeeRef={"value": employee},
            ItemRef={"value": item}, Hours=hours, Minutes=0, HourlyRate=Decimal(rate), **billing,
        )  # fmt: skip


def _plant_bills(planter: Planter) -> None:
    """Bill 25 is the one that everybody meets first."""
    line = {
        "Amount": Decimal("103.55"),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "64"}},
    }
    planter.add_as(25, "Bill", "Norton", VendorRef=NORTON, TxnDate="2014-11-06", Line=[line])
    paid = planter.add("Bill", VendorRef=NORTON, TxnDate="2014-10-07", Line=[{**line, "Amount": Decimal(205)}])
    planter.add(
        "BillPayment",
        VendorRef=NORTON,
        TotalAmt=Decimal(205),
        PayType="Check",
        CheckPayment={"BankAccountRef": CHECKING},
        TxnDate="2014-11-01",
        Line=[{"Amount": Decimal(205), "LinkedTxn": [{"TxnId": paid, "TxnType": "Bill"}]}],
    )


def _plant_sales(planter: Planter) -> None:
    for customer, item, quantity, price, day, is_paid in SALES:
        amount = Decimal(quantity * price)
        line = {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": Decimal(quantity), "UnitPrice": Decimal(price)},
        }
        sale = {"CustomerRef": {"value": customer}, "TxnDate": day}
        invoice = planter.add("Invoice", **sale, Line=[line])
        if is_paid:
            link = {"TxnId": invoice, "TxnType": "Invoice"}
            planter.add("Payment", **sale, TotalAmt=amount, Line=[{"Amount": amount, "LinkedTxn": [link]}])
