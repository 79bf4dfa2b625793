"""Make a company with the accounts, item, terms and preferences that every QuickBooks company has."""

from dataclasses import dataclass
from typing import Any

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.books import Actor, Books
from qbsync.sandbox.company.store import Columns, Record, Store
from qbsync.sandbox.entities import CATALOGUE, KINDS

PLANTER = Actor(writer="root", caller="seed", on_website=True)
SYSTEM_ACCOUNTS = (
    ("Accounts Receivable (A/R)", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "AccountsPayable"),
    ("Undeposited Funds", "UndepositedFunds"),
    ("Opening Balance Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "RetainedEarnings"),
    ("Services", "ServiceFeeIncome"),
    ("Uncategorized Income", "ServiceFeeIncome"),
    ("Uncategorized Expense", "OtherMiscellaneousServiceCost"),
    ("Uncategorized Asset", "OtherCurrentAssets"),
    ("Unapplied Cash Payment Income", "UnappliedCashPaymentIncome"),
    ("Unapplied Cash Bill Payment Expense", "UnappliedCashBillPaymentExpense"),
)
METHODS = (("Cash", False), ("Check", False), ("Visa", True), ("MasterCard", True), ("Discover", True),
           ("American Express", True), ("Diners Club", True))  # fmt: skip
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))


@dataclass(frozen=True, kw_only=True)
class Planter:
    """Writes through the same rules as any user, and remembers ids by name."""

    books: Books
    ids: dict[tuple[str, str], str]

    def add(self, kind: str, **body: Any) -> str:
        made = self.books.create(KINDS[kind], body)
        name = body.get("DisplayName") or body.get("Name")
        if name:
            self.ids[kind, name] = made["Id"]
        return str(made["Id"])

    def add_as(self, key: int, kind: str, name: str, **body: Any) -> str:
        """With this very id, which must be free. The ids of later records go on behind the highest one."""
        store, realm, space = self.books.store, self.books.realm, KINDS[kind].id_space
        highest = store.counter(realm, space)
        store.set_counter(realm, space, key - 1)
        made = self.add(kind, **body)
        store.set_counter(realm, space, max(highest, key))
        self.ids[kind, name] = made
        return made

    def ref(self, kind: str, name: str) -> dict[str, str]:
        return {"value": self.ids[kind, name]}

    def update_item(self, name: str, **changes: Any) -> None:
        kind, key = KINDS["Item"], self.ids["Item", name]
        token = self.books.read(kind, key)["SyncToken"]
        self.books.update(kind, {"Id": key, "SyncToken": token, "sparse": True, **changes})

    def retire(self, kind: str, name: str) -> None:
        """Make a name inactive, as the website does."""
        key = self.ids[kind, name]
        token = self.books.read(KINDS[kind], key)["SyncToken"]
        self.books.update(KINDS[kind], {"Id": key, "SyncToken": token, "sparse": True, "Active": False})


def begin_company(
    store: Store,
    clock: Clock,
    realm: str,
    name: str,
    *,
    closed: str | None = None,
    uses_sales_tax: bool = False,
) -> Planter:
    """A company with its card and its preferences, and no list yet."""
    store.add_company(realm, name)
    books = Books(catalogue=CATALOGUE, store=store, realm=realm, clock=clock, actor=PLANTER)
    planter = Planter(books=books, ids={})
    _card(planter, "CompanyInfo", _company_info(name))
    preferences = _preferences(closed)
    preferences["TaxPrefs"]["UsingSalesTax"] = uses_sales_tax
    _card(planter, "Preferences", preferences)
    return planter


def plant_company(store: Store, clock: Clock, realm: str, name: str, *, closed: str | None = None) -> Planter:
    planter = begin_company(store, clock, realm, name, closed=closed)
    for account, subtype in SYSTEM_ACCOUNTS:
        planter.add("Account", Name=account, AccountSubType=subtype)
    for term, days in TERMS:
        planter.add("Term", Name=term, DueDays=days)
    plant_methods(planter)
    planter.add("Item", Name="Services", Type="Service", IncomeAccountRef=planter.ref("Account", "Services"))
    planter.add("Item", Name="Hours", Type="Service", IncomeAccountRef=planter.ref("Account", "Services"))
    finish_preferences(planter)
    return planter


def plant_methods(planter: Planter) -> None:
    for method, is_card in METHODS:
        planter.add("PaymentMethod", Name=method, Type="CREDIT_CARD" if is_card else "NON_CREDIT_CARD")


def _card(planter: Planter, entity: str, body: dict[str, Any]) -> None:
    books = planter.books
    now = float(int(books.clock.seconds()))
    record = Record(entity=entity, id=1, body=body, sync_token=0, created=now, updated=now, writer="root", active=True)
    columns = Columns(name_key=None, active=True, txn_date=None, party=None, number_key=None)
    books.store.put(books.realm, record, columns)


def finish_preferences(planter: Planter) -> None:
    """Preferences that name records by their ids."""
    card = planter.books.store.get(planter.books.realm, "Preferences", 1)
    assert card is not None  # planted a moment ago
    body = card.body
    body["TimeTrackingPrefs"]["DefaultTimeItem"] = planter.ref("Item", "Hours")
    for pair in body["OtherPrefs"]["NameValue"]:
        if pair["Name"].startswith("Uncategorized"):
            pair["Value"] = planter.ids["Account", f"Uncategorized {pair['Name'][13:-9]}"]
        if pair["Name"] == "SalesFormsPrefs.DefaultItem":
            pair["Value"] = planter.ids["Item", "Services"]
    planter.books.put_quietly(card, body)


def _pairs(**values: str) -> list[dict[str, str]]:
    return [{"Name": name.replace("__", "."), "Value": value} for name, value in values.items()]


def _company_info(name: str) -> dict[str, Any]:
    address = {
        "Id": "1",
        "Line1": "2400 Quarry Road",
        "City": "Larkspur",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94939",
        "Country": "USA",
    }
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationAddr": address,
        "PrimaryPhone": {"FreeFormNumber": "(415) 555-0142"},
        "Email": {"Address": "office@example.com"},
        "CompanyStartDate": "2019-04-01",
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": _pairs(
            NeoEnabled="true",
            IndustryType="Construction",
            CompanyType="Corporation",
            SubscriptionStatus="PAID",
            OfferingSku="QuickBooks Online Plus",
            PayrollFeature="false",
            AccountantFeature="false",
        ),
    }


def _preferences(closed: str | None) -> dict[str, Any]:
    accounting: dict[str, Any] = {
        "FirstMonthOfFiscalYear": "January",
        "UseAccountNumbers": False,
        "TaxYearMonth": "January",
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": False,
        "TrackDepartments": False,
        "CustomerTerminology": "Customers",
    }
    if closed is not None:
        accounting["BookCloseDate"] = closed
    return {
        "AccountingInfoPrefs": accounting,
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": False,
        },
        "SalesFormsPrefs": {"CustomTxnNumbers": False, "AllowEstimates": True},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Sunday",
            "MarkTimeEntriesBillable": False,
        },
        "TaxPrefs": {"UsingSalesTax": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": _pairs(
                SalesFormsPrefs__DefaultItem="1",
                UncategorizedIncomeAccountId="1",
                UncategorizedExpenseAccountId="1",
                UncategorizedAssetAccountId="1",
                Vendor1099Enabled="true",
                TimeTrackingFeatureEnabled="true",
                ProjectsEnabled="true",
                WarnDuplicateBillNumber="true",
                WarnDuplicateCheckNumber="true",
            )
        },
    }
