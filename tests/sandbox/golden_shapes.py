"""Objects as they are sent and as they are answered, written by hand: one of each family."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.sandbox.golden import ID, MOMENT, TIME
from tests.sandbox.sale_bodies import item_line
from tests.sandbox.sandbox_client import Company, Json

USD: Final = {"value": "USD", "name": "United States Dollar"}


def ref(name: str) -> Json:
    return {"value": ID, "name": name}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """`told` is the answer without what every object has; `follows` is what changes with `change`."""

    sent: Callable[[Company], Json]
    told: Json
    change: Json
    follows: Json = field(default_factory=dict)
    inactive: Json = field(default_factory=dict)  # a name list shows this when its record is made inactive

    @property
    def is_name(self) -> bool:
        return bool(self.inactive)


EXPENSE: Final = {
    "Id": "1",
    "LineNum": 1,
    "Amount": 120.5,
    "DetailType": "AccountBasedExpenseLineDetail",
    "AccountBasedExpenseLineDetail": {
        "AccountRef": ref("Job Costs:Job Materials"),
        "BillableStatus": "NotBillable",
        "TaxCodeRef": {"value": "NON"},
    },
}
PURCHASE: Final = {
    "VendorRef": ref("Summit Electric"),
    "TxnDate": "2026-11-10",
    "Line": [EXPENSE],
    "TotalAmt": 120.5,
    "Balance": 120.5,
    "APAccountRef": ref("Accounts Payable (A/P)"),
    "CurrencyRef": USD,
}


def _purchase(company: Company) -> Json:
    vendor = company.ref("Vendor", "Summit Electric")
    return {"VendorRef": vendor, "TxnDate": "2026-11-10", "Line": [company.account_line(120.5)]}


def _bill(company: Company) -> Json:
    return {**_purchase(company), "DocNumber": "INV 7 & 8", "SalesTermRef": company.ref("Term", "Net 30")}


def _job(company: Company) -> Json:
    parent = company.ref("Customer", "City of Larkspur")
    return {"DisplayName": "Quay", "Job": True, "ParentRef": parent, "BillWithParent": True}


def _journal(company: Company) -> Json:
    def line(side: str, account: str) -> Json:
        detail = {"PostingType": side, "AccountRef": company.ref("Account", account)}
        return {"Amount": 9.99, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    return {"TxnDate": "2026-11-10", "Line": [line("Debit", "Job Costs:Job Materials"), line("Credit", "Checking")]}


def _posted(key: int, side: str, account: str) -> Json:
    detail = {"PostingType": side, "AccountRef": ref(account)}
    return {"Id": str(key), "LineNum": key, "Amount": 9.99, "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": detail}  # fmt: skip


SHAPES: Final[dict[str, Shape]] = {
    "TimeActivity": Shape(
        sent=lambda company: company.time(BillableStatus="Billable", HourlyRate=75, Description="up & down"),
        told={
            "TxnDate": "2026-11-16", "NameOf": "Employee", "EmployeeRef": ref("Maria Gonzalez"),
            "CustomerRef": ref("City of Larkspur"), "ItemRef": ref("Carpentry Labor"), "BillableStatus": "Billable",
            "HourlyRate": 75, "Taxable": False, "Hours": 7, "Minutes": 30, "Description": "up & down",
        },
        change={"Hours": 8, "Minutes": 0},
    ),
    "Customer": Shape(
        sent=_job,
        told={
            "DisplayName": "Quay", "Job": True, "ParentRef": ref("City of Larkspur"), "BillWithParent": True,
            "FullyQualifiedName": "City of Larkspur:Quay", "Level": 1, "PrintOnCheckName": "Quay", "Taxable": False,
            "Balance": 0, "BalanceWithJobs": 0, "IsProject": False, "PreferredDeliveryMethod": "None",
            "CurrencyRef": USD, "Active": True,
        },
        change={"Notes": "by the water"},
        inactive={"DisplayName": "Quay (deleted)", "FullyQualifiedName": "City of Larkspur:Quay (deleted)"},
    ),
    "Vendor": Shape(
        sent=lambda company: {"DisplayName": "Quay Stone", "Vendor1099": True, "BillRate": 40},
        told={"DisplayName": "Quay Stone", "PrintOnCheckName": "Quay Stone", "Vendor1099": True, "BillRate": 40,
              "Balance": 0, "CurrencyRef": USD, "Active": True},
        change={"AcctNum": "44"},
        inactive={"DisplayName": "Quay Stone (deleted)"},
    ),
    "Employee": Shape(
        sent=lambda company: {"GivenName": "Ida", "FamilyName": "Quay"},
        told={"GivenName": "Ida", "FamilyName": "Quay", "DisplayName": "Ida Quay", "PrintOnCheckName": "Ida Quay",
              "Organization": False, "BillableTime": False, "Active": True},
        change={"HiredDate": "2026-11-02"},
        inactive={"DisplayName": "Ida Quay (deleted)"},
    ),
    "Item": Shape(
        sent=lambda company: {"Name": "Quay work", "Type": "Service", "UnitPrice": 80.25,
                              "IncomeAccountRef": company.ref("Account", "Construction Income")},
        told={"Name": "Quay work", "Type": "Service", "UnitPrice": 80.25, "PurchaseCost": 0, "Taxable": False,
              "IncomeAccountRef": ref("Construction Income"), "FullyQualifiedName": "Quay work", "Level": 0,
              "TrackQtyOnHand": False, "Active": True},
        change={"Description": "stone"},
        inactive={"Name": "Quay work (deleted)", "FullyQualifiedName": "Quay work (deleted)"},
    ),
    "Account": Shape(
        sent=lambda company: {"Name": "Quay dues", "AccountSubType": "TaxesPaid"},
        told={"Name": "Quay dues", "AccountType": "Expense", "AccountSubType": "TaxesPaid", "Classification": "Expense",
              "SubAccount": False, "FullyQualifiedName": "Quay dues", "CurrentBalance": 0,
              "CurrentBalanceWithSubAccounts": 0, "CurrencyRef": USD, "Active": True},
        change={"Description": "harbour"},
        inactive={"Name": "Quay dues (deleted)", "FullyQualifiedName": "Quay dues (deleted)"},
    ),
    "Bill": Shape(
        sent=_bill,
        told={**PURCHASE, "DocNumber": "INV 7 & 8", "SalesTermRef": ref("Net 30"), "DueDate": "2026-12-10"},
        change={"PrivateNote": "checked"},
    ),
    "VendorCredit": Shape(sent=_purchase, told=PURCHASE, change={"PrivateNote": "checked"}),
    "Invoice": Shape(
        sent=lambda company: {"CustomerRef": company.ref("Customer", "City of Larkspur"), "TxnDate": "2026-11-10",
                              "DocNumber": "Q-1", "Line": [item_line(company, 100, Qty=2, UnitPrice=50)]},
        told={
            "CustomerRef": ref("City of Larkspur"), "TxnDate": "2026-11-10", "DueDate": "2026-11-10",
            "DocNumber": "Q-1",
            "Line": [
                {"Id": "1", "LineNum": 1, "Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {
                    "ItemRef": ref("Carpentry Labor"), "Qty": 2, "UnitPrice": 50, "TaxCodeRef": {"value": "NON"},
                    "ItemAccountRef": ref("Construction Income")}},
                {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
            ],
            "TxnTaxDetail": {"TotalTax": 0}, "TotalAmt": 100, "Balance": 100, "CurrencyRef": USD,
            "ApplyTaxAfterDiscount": False, "PrintStatus": "NotSet", "EmailStatus": "NotSet", "AllowIPNPayment": False,
            "AllowOnlinePayment": False, "AllowOnlineCreditCardPayment": False, "AllowOnlineACHPayment": False,
        },
        change={"PrivateNote": "checked"},
    ),
    "JournalEntry": Shape(
        sent=_journal,
        told={"TxnDate": "2026-11-10", "Line": [_posted(1, "Debit", "Job Costs:Job Materials"),
                                                _posted(2, "Credit", "Checking")],
              "Adjustment": False, "TotalAmt": 9.99, "CurrencyRef": USD},
        change={"PrivateNote": "checked"},
    ),
    "Attachable": Shape(sent=lambda company: {"Note": "see the plan"}, told={"Note": "see the plan"},
                        change={"Note": "see the new plan"}),
}  # fmt: skip

_START = f'<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="{TIME}">'
META: Final = (
    f"<SyncToken>0</SyncToken><MetaData><CreateTime>{MOMENT.replace('<', '&lt;')}</CreateTime>"
    f"<LastUpdatedTime>{MOMENT.replace('<', '&lt;')}</LastUpdatedTime></MetaData>"
)
START: Final = _START.replace(TIME, TIME.replace("<", "&lt;"))
BILL_XML: Final = f"""{START}
  <Bill domain="QBO" sparse="false">
    <Id>{{bill}}</Id>{META}
    <VendorRef name="Summit Electric">{{vendor}}</VendorRef>
    <TxnDate>2026-11-10</TxnDate>
    <Line>
      <Id>1</Id>
      <Amount>120.5</Amount>
      <DetailType>AccountBasedExpenseLineDetail</DetailType>
      <AccountBasedExpenseLineDetail>
        <AccountRef name="Job Costs:Job Materials">{{account}}</AccountRef>
        <BillableStatus>NotBillable</BillableStatus>
        <TaxCodeRef>NON</TaxCodeRef>
      </AccountBasedExpenseLineDetail>
      <LineNum>1</LineNum>
    </Line>
    <DocNumber>INV 7 &amp; 8</DocNumber>
    <SalesTermRef name="Net 30">{{term}}</SalesTermRef>
    <TotalAmt>120.5</TotalAmt>
    <CurrencyRef name="United States Dollar">USD</CurrencyRef>
    <APAccountRef name="Accounts Payable (A/P)">{{payables}}</APAccountRef>
    <Balance>120.5</Balance>
    <DueDate>2026-12-10</DueDate>
  </Bill>
</IntuitResponse>"""
TIME_XML: Final = f"""{START}
  <TimeActivity domain="QBO" sparse="false">
    <Id>{{entry}}</Id>{META}
    <TxnDate>2026-11-16</TxnDate>
    <NameOf>Employee</NameOf>
    <EmployeeRef name="Maria Gonzalez">{{worker}}</EmployeeRef>
    <CustomerRef name="City of Larkspur">{{customer}}</CustomerRef>
    <ItemRef name="Carpentry Labor">{{item}}</ItemRef>
    <Hours>7</Hours>
    <Minutes>30</Minutes>
    <BillableStatus>Billable</BillableStatus>
    <HourlyRate>75.0</HourlyRate>
    <Description>up &amp; down</Description>
    <Taxable>false</Taxable>
  </TimeActivity>
</IntuitResponse>"""
ATTACHABLE_XML: Final = f"""{START}
  <Attachable domain="QBO" sparse="false">
    <Id>{{paper}}</Id>{META}
    <Note>see the drawings</Note>
    <AttachableRef>
      <EntityRef type="Vendor">{{vendor}}</EntityRef>
      <IncludeOnSend>false</IncludeOnSend>
    </AttachableRef>
  </Attachable>
</IntuitResponse>"""
FAULT_XML: Final = f"""{START}
  <Fault type="ValidationFault">
    <Error code="610" element="">
      <Message>Object Not Found</Message>
      <Detail>Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.</Detail>
    </Error>
  </Fault>
</IntuitResponse>"""  # noqa: E501
