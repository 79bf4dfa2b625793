"""Accounts, products and services, and payment terms."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.hierarchy import check_unique_full_name, mark_name, place, rename_children
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.ledger import is_posted_to

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

# Account type → its classification and its sub-types; the first is taken when none is named.
ACCOUNT_TABLE: Mapping[str, tuple[str, str]] = {
    "Bank": ("Asset", "Checking Savings CashOnHand MoneyMarket RentsHeldInTrust TrustAccounts"),
    "Accounts Receivable": ("Asset", "AccountsReceivable"),
    "Other Current Asset": (
        "Asset",
        "OtherCurrentAssets UndepositedFunds Retainage PrepaidExpenses Inventory AllowanceForBadDebts "
        "DevelopmentCosts EmployeeCashAdvances Investment_Other LoansToOfficers LoansToOthers",
    ),
    "Fixed Asset": (
        "Asset",
        "OtherFixedAssets MachineryAndEquipment Vehicles FurnitureAndFixtures Buildings Land "
        "LeaseholdImprovements AccumulatedDepreciation AccumulatedAmortization IntangibleAssets",
    ),
    "Other Asset": ("Asset", "OtherLongTermAssets SecurityDeposits LeaseBuyout Licenses Goodwill"),
    "Accounts Payable": ("Liability", "AccountsPayable"),
    "Credit Card": ("Liability", "CreditCard"),
    "Other Current Liability": (
        "Liability",
        "OtherCurrentLiabilities PayrollClearing PayrollTaxPayable SalesTaxPayable LoanPayable "
        "LineOfCredit InsurancePayable DirectDepositPayable DeferredRevenue TrustAccountsLiabilities",
    ),
    "Long Term Liability": ("Liability", "NotesPayable OtherLongTermLiabilities ShareholderNotesPayable"),
    "Equity": (
        "Equity",
        "OwnersEquity OpeningBalanceEquity RetainedEarnings CommonStock PaidInCapitalOrSurplus "
        "PartnerContributions PartnerDistributions PartnersEquity PreferredStock TreasuryStock",
    ),
    "Income": (
        "Revenue",
        "ServiceFeeIncome SalesOfProductIncome OtherPrimaryIncome DiscountsRefundsGiven "
        "UnappliedCashPaymentIncome NonProfitIncome",
    ),
    "Cost of Goods Sold": (
        "Expense",
        "OtherCostsOfServiceCos SuppliesMaterialsCogs CostOfLaborCos EquipmentRentalCos ShippingFreightDeliveryCos",
    ),
    "Expense": (
        "Expense",
        "OtherMiscellaneousServiceCost AdvertisingPromotional Auto BadDebts BankCharges CostOfLabor "
        "CharitableContributions DuesSubscriptions Entertainment EntertainmentMeals EquipmentRental "
        "FinanceCosts Insurance InterestPaid LegalProfessionalFees "
        "OfficeGeneralAdministrativeExpenses OtherBusinessExpenses PayrollExpenses PromotionalMeals "
        "RentOrLeaseOfBuildings RepairMaintenance ShippingFreightDelivery SuppliesMaterials TaxesPaid "
        "Travel TravelMeals UnappliedCashBillPaymentExpense Utilities",
    ),
    "Other Income": ("Revenue", "OtherMiscellaneousIncome InterestEarned DividendIncome"),
    "Other Expense": ("Expense", "OtherMiscellaneousExpense Depreciation PenaltiesSettlements Vehicle"),
}
ACCOUNT_TYPES = {name: (sort, tuple(subtypes.split())) for name, (sort, subtypes) in ACCOUNT_TABLE.items()}
SUBTYPE_HOMES = {subtype: name for name, (_, subtypes) in ACCOUNT_TYPES.items() for subtype in subtypes}
CHILDLESS = {"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings"}
# of an inventory item: an account's type or sub-type
STOCK_ACCOUNTS = {
    "IncomeAccountRef": "SalesOfProductIncome",
    "ExpenseAccountRef": "Cost of Goods Sold",
    "AssetAccountRef": "Inventory",
}
EXPENSE_TYPES = ("Expense", "Cost of Goods Sold", "Other Expense")
INCOME_TYPES = ("Income", "Other Income")


def _set_account_type(draft: Draft) -> None:
    """One of AccountType and AccountSubType is enough; both must agree (6010)."""
    body = draft.body
    subtype = body.get("AccountSubType")
    if subtype is not None and subtype not in SUBTYPE_HOMES:
        raise faults.bad_choice("AccountSubType", subtype)
    home = SUBTYPE_HOMES[subtype] if subtype is not None else body.get("AccountType")
    if home is None:
        raise RefusalError("6010", "Give AccountType or AccountSubType", "AccountType")
    if body.get("AccountType", home) != home:
        raise RefusalError(
            "6010", f"AccountSubType {subtype} does not belong to {body['AccountType']}", "AccountSubType"
        )
    body["AccountType"] = home
    body["Classification"] = ACCOUNT_TYPES[home][0]
    body.setdefault("AccountSubType", ACCOUNT_TYPES[home][1][0])


def _complete_account(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    _set_account_type(draft)
    if (
        old is not None
        and body["AccountType"] != old.body["AccountType"]
        and is_posted_to(books.store, books.realm, old.id)
    ):
        raise faults.business("The type of an account that transactions post to cannot change", "AccountType")
    if any(mark in body["Name"] for mark in '":'):
        raise RefusalError("2040", 'Invalid String : an account name must not contain " or a colon', "Name")
    if "ParentRef" in body:
        _check_parent_account(books, draft)
    body["SubAccount"] = "ParentRef" in body
    mark_name(draft, "Name")
    place(books, draft, "Account", "Name")
    body.pop("Level")
    check_unique_full_name(books, draft, "Account", "account")
    for name in ("CurrentBalance", "CurrentBalanceWithSubAccounts"):
        body[name] = old.body[name] if old else Decimal(0)
    body.setdefault("CurrencyRef", {"value": books.home_currency()})


def _check_parent_account(books: Books, draft: Draft) -> None:
    parent = books.referred("Account", draft.body["ParentRef"]["value"], "ParentRef")
    if parent.body["AccountType"] != draft.body["AccountType"]:
        raise RefusalError("6010", f"A sub-account has its parent's type, {parent.body['AccountType']}", "AccountType")
    if parent.body["AccountSubType"] in CHILDLESS:
        raise faults.business(f"{parent.body['Name']} cannot have sub-accounts", "ParentRef")


def _complete_item(books: Books, draft: Draft) -> None:
    body = draft.body
    if bool(body.get("SubItem", False)) != ("ParentRef" in body):
        raise RefusalError("6150", "SubItem and ParentRef go together: give both or none", "ParentRef")
    body.setdefault("Type", draft.old.body["Type"] if draft.old else "Service")
    _check_item_accounts(books, body)
    mark_name(draft, "Name")
    place(books, draft, "Item", "Name")
    check_unique_full_name(books, draft, "Item", "product or service")
    body.setdefault("Taxable", False)
    body.setdefault("TrackQtyOnHand", False)
    if body["Type"] != "Category":
        body.setdefault("UnitPrice", Decimal(0))
        body.setdefault("PurchaseCost", Decimal(0))


def _check_item_accounts(books: Books, body: Mapping[str, Any]) -> None:
    if body["Type"] in {"Service", "NonInventory"} and "ExpenseAccountRef" not in body:
        needed: tuple[str, ...] = ("IncomeAccountRef",)
    elif body["Type"] == "Inventory":
        needed = ("TrackQtyOnHand", "QtyOnHand", "InvStartDate", "IncomeAccountRef", "ExpenseAccountRef",
                  "AssetAccountRef")  # fmt: skip
    else:
        needed = ()
    for name in needed:
        if name not in body:
            raise faults.missing(name)
    if body["Type"] == "Inventory":
        _check_stock(books, body)


def _check_stock(books: Books, body: Mapping[str, Any]) -> None:
    """What is in stock is counted, and its three accounts are of their own sorts."""
    if not body["TrackQtyOnHand"]:
        raise faults.business("An inventory item counts its quantity: TrackQtyOnHand is true", "TrackQtyOnHand")
    for name, wanted in STOCK_ACCOUNTS.items():
        account = books.referred("Account", body[name]["value"], name).body
        if wanted not in {account["AccountType"], account["AccountSubType"]}:
            raise RefusalError("6430", f"Invalid account type: {account['AccountSubType']}, needed is {wanted}", name)


def _complete_term(books: Books, draft: Draft) -> None:
    mark_name(draft, "Name")
    draft.body["FullyQualifiedName"] = draft.body["Name"]
    check_unique_full_name(books, draft, "Term", "term")
    del draft.body["FullyQualifiedName"]
    standard = "DueDays" in draft.body
    if standard == ("DayOfMonthDue" in draft.body):
        raise (
            faults.missing("DueDays") if not standard else RefusalError("2600", "DueDays or DayOfMonthDue, not both")
        )
    draft.body["Type"] = "STANDARD" if standard else "DATE_DRIVEN"


ACCOUNT = Kind(
    name="Account",
    id_space="Account",
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, required=True),
        "AcctNum": f.text(7, forbid=":"),
        "AccountType": f.choice(*ACCOUNT_TYPES),
        "AccountSubType": f.text(100),
        "Description": f.text(100),
        "ParentRef": f.ref("Account"),
        "CurrencyRef": f.currency(),
        "Active": f.flag(),
        "SubAccount": f.read_only(),
        "Classification": f.read_only(),
        "FullyQualifiedName": f.read_only(),
        "CurrentBalance": f.read_only(),
        "CurrentBalanceWithSubAccounts": f.read_only(),
    },
    filters=filters(
        Name="text",
        Active="flag",
        AccountType="text",
        AccountSubType="text",
        Classification="text",
        FullyQualifiedName="text",
        SubAccount="flag",
        AcctNum="text",
        CurrentBalance="number",
    ),
    complete=_complete_account,
    effects=rename_children,
)

ITEM = Kind(
    name="Item",
    id_space="Item",
    name_attribute="Name",
    fields={
        "Name": f.text(100, least=1, forbid=f.NAME_FORBIDS, required=True),
        "Type": f.choice("Service", "NonInventory", "Inventory", "Category"),
        "Sku": f.text(100),
        "Description": f.text(4000),
        "PurchaseDesc": f.text(1000),
        "UnitPrice": f.number(0),
        "PurchaseCost": f.number(0),
        "Taxable": f.flag(),
        "Active": f.flag(),
        "SubItem": f.flag(),
        "ParentRef": f.ref("Item"),
        "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN, f.CLASS_PER_LINE)),
        "PrefVendorRef": f.ref("Vendor"),
        "IncomeAccountRef": f.ref("Account", account_types=INCOME_TYPES),
        "ExpenseAccountRef": f.ref("Account", account_types=EXPENSE_TYPES),
        "AssetAccountRef": f.ref("Account", account_types=("Other Current Asset",)),
        "TrackQtyOnHand": f.flag(),
        "QtyOnHand": f.number(0),
        "InvStartDate": f.day(),
        "ItemCategoryType": f.read_only(),
        "FullyQualifiedName": f.read_only(),
        "Level": f.read_only(),
        "Source": f.read_only(),
    },
    filters=filters(Name="text", Type="text", Active="flag", Taxable="flag", FullyQualifiedName="text", SubItem="flag"),
    complete=_complete_item,
    effects=rename_children,
)

TERM = Kind(
    name="Term",
    id_space="Term",
    name_attribute="Name",
    fields={
        "Name": f.text(31, least=1, required=True),
        "Active": f.flag(),
        "DueDays": f.whole(0, 999),
        "DiscountPercent": f.number(0, 100),
        "DiscountDays": f.whole(0, 999),
        "DayOfMonthDue": f.whole(1, 31),
        "DueNextMonthDays": f.whole(0, 999),
        "DiscountDayOfMonth": f.whole(0, 31),
        "Type": f.read_only(),
    },
    filters=filters(Name="text", Active="flag"),
    complete=_complete_term,
)
