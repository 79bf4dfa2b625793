"""Ridgeline Builders, Inc.: a general contractor's company with some history, and a small sister company."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.seeds.planting import Planter, plant_company

CUSTOMERS = (
    "Harborview Medical Center", "City of Larkspur", "O'Brien Development Group",
    "Westfield School District", "Pacific Coast Credit Union", "Delgado Family Trust",
)  # fmt: skip
EMPLOYEES = (
    "Aaron Delacroix", "Alicia Fuentes", "Benjamin Oyelaran", "Carla Nguyen", "Chris O'Malley",
    "Daniel Kowalski", "Deborah Finch", "Eduardo Santos", "Emily Tran", "Frank Abbott",
    "Grace Lindqvist", "Hector Ramírez", "Isabel Moreau", "Jamal Whitaker", "Joanna Petrov",
    "Kevin McBride", "Luis Ortega", "Maria Gonzalez", "Nathan Brooks", "Olivia Hart", "Bob Castellano",
    "Stephen Park", "Helen Voss", "Marcus Webb",
)  # fmt: skip
COMPANY_VENDORS = (
    "Granite Ready Mix", "Cascade Lumber & Supply", "Pacific Crane Rental", "Larkspur Plumbing Supply",
    "Allied Steel Fabricators", "Bright Electric Wholesale", "Evergreen Equipment Rental",
    "Redwood Drywall Co.", "Coastal Insulation Inc", "Tri-County Disposal", "Summit Electric",
    "Peninsula Paving", "J&R Roofing", "Ferguson Masonry", "Office Depot", "Old Mill Quarry",
)  # fmt: skip
SOLE_TRADERS = (("Tomás", "Vega"), ("Dale", "Hutchins"))
SERVICES = (
    "General Labor", "Carpentry Labor", "Concrete Labor", "Masonry Labor", "Steel Erection Labor",
    "Drywall Labor", "Electrical Labor", "Plumbing Labor", "HVAC Labor", "Painting Labor",
    "Roofing Labor", "Site Work Labor", "Finish Labor", "Project Supervision", "Safety & Cleanup",
    "Equipment Operator", "Overtime Labor", "Demolition Labor",
)  # fmt: skip
ACCOUNTS = (
    ("Checking", "Checking"), ("Savings", "Savings"), ("Retainage Receivable", "Retainage"),
    ("Prepaid Expenses", "PrepaidExpenses"), ("Machinery & Equipment", "MachineryAndEquipment"),
    ("Vehicles", "Vehicles"), ("Office Furniture", "FurnitureAndFixtures"),
    ("Accumulated Depreciation", "AccumulatedDepreciation"),
    ("Retainage Payable", "OtherCurrentLiabilities"), ("Company Credit Card", "CreditCard"),
    ("Payroll Liabilities", "PayrollTaxPayable"), ("Payroll Clearing", "PayrollClearing"),
    ("Line of Credit", "LineOfCredit"), ("Equipment Loan", "NotesPayable"),
    ("Common Stock", "CommonStock"), ("Owner's Equity", "OwnersEquity"),
    ("Construction Income", "ServiceFeeIncome"), ("Service Income", "ServiceFeeIncome"),
    ("Advertising", "AdvertisingPromotional"), ("Bank Charges", "BankCharges"),
    ("Dues & Subscriptions", "DuesSubscriptions"), ("Insurance", "Insurance"),
    ("Legal & Professional Fees", "LegalProfessionalFees"), ("Meals", "EntertainmentMeals"),
    ("Office Supplies", "OfficeGeneralAdministrativeExpenses"), ("Payroll Expenses", "PayrollExpenses"),
    ("Rent", "RentOrLeaseOfBuildings"), ("Repairs & Maintenance", "RepairMaintenance"),
    ("Taxes & Licenses", "TaxesPaid"), ("Telephone", "Utilities"), ("Travel", "Travel"),
    ("Utilities", "Utilities"), ("Vehicle", "Auto"), ("Interest Earned", "InterestEarned"),
    ("Other Income", "OtherMiscellaneousIncome"), ("Depreciation", "Depreciation"),
    ("Miscellaneous", "OtherMiscellaneousExpense"),
)  # fmt: skip
JOB_COSTS = (
    ("Job Materials", "SuppliesMaterialsCogs"), ("Subcontractors", "CostOfLaborCos"),
    ("Equipment Rental", "EquipmentRentalCos"), ("Direct Labor", "CostOfLaborCos"),
    ("Permits & Fees", "OtherCostsOfServiceCos"), ("Small Tools & Supplies", "SuppliesMaterialsCogs"),
    ("Freight & Delivery", "ShippingFreightDeliveryCos"), ("Dump Fees", "OtherCostsOfServiceCos"),
    ("Fuel", "OtherCostsOfServiceCos"), ("Job Site Utilities", "OtherCostsOfServiceCos"),
    ("Bonds", "OtherCostsOfServiceCos"), ("Builders Risk Insurance", "OtherCostsOfServiceCos"),
    ("Other Job Costs", "OtherCostsOfServiceCos"),
)  # fmt: skip
TOWER = "Harborview Tower Renovation"
# vendor, their number, date, account, customer, amount, paid on (None: still open)
BILLS = (
    ("Granite Ready Mix", "GRM-20418", "2026-04-14", "Job Materials", TOWER, "8420.50", "2026-05-12"),
    ("Cascade Lumber & Supply", "CL-77120", "2026-05-06", "Job Materials", "Westfield School District",
     "3166.08", "2026-06-04"),
    ("Pacific Crane Rental", "PCR-3391", "2026-05-21", "Equipment Rental", TOWER, "5750.00", "2026-06-18"),
    ("Summit Electric", "SE-1182", "2026-06-16", "Subcontractors", "City of Larkspur", "12300.00",
     "2026-07-14"),
    ("Tri-County Disposal", "88213", "2026-07-02", "Dump Fees", TOWER, "486.75", None),
    ("Allied Steel Fabricators", "ASF-5540", "2026-07-23", "Job Materials", TOWER, "21840.00", None),
    ("Office Depot", "4471-0093", "2026-08-11", "Office Supplies", None, "213.37", None),
    ("Redwood Drywall Co.", "RD-2207", "2026-08-25", "Subcontractors", "O'Brien Development Group",
     "6905.20", None),
)  # fmt: skip
TIME_FROM = date(2026, 5, 4)
TIME_ENTRIES = 20


def plant_contractor(store: Store, clock: Clock, realm: str, service_realm: str) -> None:
    planter = plant_company(store, clock, realm, "Ridgeline Builders, Inc.", closed="2026-08-31")
    _plant_chart(planter)
    _plant_items(planter)
    _plant_people(planter)
    _plant_bills(planter)
    _plant_time(planter)
    planter.retire("Employee", "Marcus Webb")
    planter.retire("Vendor", "Old Mill Quarry")
    planter.retire("Item", "Demolition Labor")
    _plant_service_company(plant_company(store, clock, service_realm, "Ridgeline Service Co"))


def _plant_chart(planter: Planter) -> None:
    for name, subtype in ACCOUNTS:
        planter.add("Account", Name=name, AccountSubType=subtype)
    planter.add("Account", Name="Job Costs", AccountSubType="OtherCostsOfServiceCos")
    for name, subtype in JOB_COSTS:
        planter.add("Account", Name=name, AccountSubType=subtype, ParentRef=planter.ref("Account", "Job Costs"))


def _plant_items(planter: Planter) -> None:
    accounts = {
        "IncomeAccountRef": planter.ref("Account", "Construction Income"),
        "ExpenseAccountRef": planter.ref("Account", "Direct Labor"),
    }
    planter.update_item("Hours", **accounts)
    for name in SERVICES:
        planter.add("Item", Name=name, Type="Service", UnitPrice=Decimal(85), PurchaseCost=Decimal(0), **accounts)


def _plant_people(planter: Planter) -> None:
    for name in CUSTOMERS:
        planter.add("Customer", DisplayName=name, CompanyName=name)
    planter.add(
        "Customer",
        DisplayName=TOWER,
        Job=True,
        BillWithParent=True,
        ParentRef=planter.ref("Customer", "Harborview Medical Center"),
    )
    for name in EMPLOYEES:
        given, _, family = name.partition(" ")
        planter.add("Employee", GivenName=given, FamilyName=family, DisplayName=name)
    for name in COMPANY_VENDORS:
        planter.add("Vendor", DisplayName=name, CompanyName=name, TermRef=planter.ref("Term", "Net 30"))
    for given, family in SOLE_TRADERS:
        planter.add("Vendor", DisplayName=f"{given} {family}", GivenName=given, FamilyName=family, Vendor1099=True)


def _plant_bills(planter: Planter) -> None:
    for vendor, number, day, account, customer, amount, paid_on in BILLS:
        detail: dict[str, Any] = {"AccountRef": planter.ref("Account", account)}
        if customer is not None:
            detail["CustomerRef"] = planter.ref("Customer", customer)
        line = {
            "Amount": Decimal(amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        bill_id = planter.add(
            "Bill", VendorRef=planter.ref("Vendor", vendor), DocNumber=number, TxnDate=day, Line=[line]
        )
        if paid_on is not None:
            _pay(planter, vendor, bill_id, Decimal(amount), paid_on)


def _pay(planter: Planter, vendor: str, bill_id: str, amount: Decimal, day: str) -> None:
    planter.add(
        "BillPayment",
        VendorRef=planter.ref("Vendor", vendor),
        TotalAmt=amount,
        PayType="Check",
        CheckPayment={"BankAccountRef": planter.ref("Account", "Checking")},
        TxnDate=day,
        Line=[{"Amount": amount, "LinkedTxn": [{"TxnId": bill_id, "TxnType": "Bill"}]}],
    )


def _plant_time(planter: Planter) -> None:
    """Weekday entries over a month, going round the crew, the jobs and the services."""
    jobs = (TOWER, "City of Larkspur", "Westfield School District")
    for number in range(TIME_ENTRIES):
        day = TIME_FROM + timedelta(days=number // 5 * 7 + number % 5)
        planter.add(
            "TimeActivity",
            TxnDate=day.isoformat(),
            NameOf="Employee",
            EmployeeRef=planter.ref("Employee", EMPLOYEES[number % 8]),
            CustomerRef=planter.ref("Customer", jobs[number % len(jobs)]),
            ItemRef=planter.ref("Item", SERVICES[number % 6]),
            Hours=8 if number % 4 else 7,
            Minutes=0 if number % 4 else 30,
            Description=f"{SERVICES[number % 6]}, week of {day - timedelta(days=day.weekday())}",
        )


def _plant_service_company(planter: Planter) -> None:
    """A small company, there so that consent offers a choice."""
    for name, subtype in (
        ("Checking", "Checking"),
        ("Subcontractors", "CostOfLaborCos"),
        ("Supplies", "SuppliesMaterials"),
    ):
        planter.add("Account", Name=name, AccountSubType=subtype)
    planter.add("Customer", DisplayName="Bayview Apartments")
    planter.add("Employee", GivenName="Rosa", FamilyName="Iglesias")
    planter.add("Vendor", DisplayName="Bay Hardware", TermRef=planter.ref("Term", "Net 15"))
