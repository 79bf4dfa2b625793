"""The ledger: what bills, credits and payments post, and the balances of accounts and vendors that follow."""

from typing import Any

from tests.sandbox.sandbox_client import Company, Json, fault_of

PAYABLES = "Accounts Payable (A/P)"
MATERIALS = "Job Costs:Job Materials"
SUBCONTRACTORS = "Job Costs:Subcontractors"
LABOR = "Job Costs:Direct Labor"
CARD = "Company Credit Card"


class Balances:
    """How the balances of accounts move from one look to the next."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.held = self._read()

    def _read(self) -> dict[str, float]:
        rows = self.company.rows("select * from Account maxresults 1000")
        return {row["FullyQualifiedName"]: row["CurrentBalance"] for row in rows}

    def moved(self) -> dict[str, float]:
        before, self.held = self.held, self._read()
        shifts = {name: round(amount - before[name], 2) for name, amount in self.held.items()}
        return {name: shift for name, shift in shifts.items() if shift}


def payment(company: Company, bill: Json, amount: float, **changes: Any) -> Json:
    body = {
        "VendorRef": {"value": bill["VendorRef"]["value"]},
        "TotalAmt": amount,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": company.ref("Account", "Checking")},
        "TxnDate": "2026-11-20",
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def owed(company: Company, bill: Json) -> float:
    found: float = company.read("Vendor", bill["VendorRef"]["value"])["Balance"]
    return found


def test_a_bill_debits_what_it_is_for_and_credits_payables(company: Company) -> None:
    balances = Balances(company)
    item = {
        "Amount": 50,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": company.ref("Item", "Carpentry Labor")},
    }
    lines = [company.account_line(100), company.account_line(-20, SUBCONTRACTORS), item]
    bill = company.create("Bill", **company.bill(Line=lines))
    assert balances.moved() == {MATERIALS: 100, SUBCONTRACTORS: -20, LABOR: 50, PAYABLES: 130}
    changed = company.update("Bill", **{**bill, "Line": [company.account_line(70, SUBCONTRACTORS)]})
    assert balances.moved() == {MATERIALS: -100, SUBCONTRACTORS: 90, LABOR: -50, PAYABLES: -60}
    company.post("bill", changed, operation="delete")
    assert balances.moved() == {SUBCONTRACTORS: -70, PAYABLES: -70}


def test_a_refused_bill_posts_nothing(company: Company) -> None:
    balances = Balances(company)
    assert company.post("bill", company.bill(TxnDate="2026-08-31")).status_code == 400
    assert balances.moved() == {}


def test_the_balance_with_sub_accounts_is_told_by_the_parent(company: Company) -> None:
    parent = company.id_of("Account", "Job Costs")
    before = company.read("Account", parent)
    company.create("Bill", **company.bill(Line=[company.account_line(100), company.account_line(5, SUBCONTRACTORS)]))
    after = company.read("Account", parent)
    assert after["CurrentBalance"] == before["CurrentBalance"]
    assert after["CurrentBalanceWithSubAccounts"] == before["CurrentBalanceWithSubAccounts"] + 105
    assert after["SyncToken"] == before["SyncToken"]


def test_lines_of_half_cents_still_post_to_zero(company: Company) -> None:
    balances = Balances(company)
    lines = [company.account_line(0.005), company.account_line(0.005, SUBCONTRACTORS), company.account_line(10)]
    bill = company.create("Bill", **company.bill(Line=lines))
    moved = balances.moved()
    assert moved.pop(PAYABLES) == bill["TotalAmt"] == 10.02  # each line is kept to the cent
    assert round(sum(moved.values()), 2) == 10.02


def test_a_credit_posts_the_other_way(company: Company) -> None:
    balances = Balances(company)
    credit = company.create("VendorCredit", **company.bill(Line=[company.account_line(90)]))
    assert balances.moved() == {MATERIALS: -90, PAYABLES: -90}
    company.post("vendorcredit", credit, operation="delete")
    assert balances.moved() == {MATERIALS: 90, PAYABLES: 90}


def test_a_payment_debits_payables_and_credits_the_bank_until_it_is_voided(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    balances = Balances(company)
    paid = company.create("BillPayment", **payment(company, bill, 100))
    assert balances.moved() == {PAYABLES: -100, "Checking": -100}
    more = {"TotalAmt": 150, "Line": [{**paid["Line"][0], "Amount": 150}]}
    paid = company.update("BillPayment", **{**paid, **more})
    assert balances.moved() == {PAYABLES: -50, "Checking": -50}
    company.post("billpayment", {"Id": paid["Id"], "SyncToken": paid["SyncToken"]}, include="void")
    assert balances.moved() == {PAYABLES: 150, "Checking": 150}
    assert owed(company, bill) == 250


def test_a_payment_by_card_is_owed_on_the_card(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    balances = Balances(company)
    means = {"CCAccountRef": company.ref("Account", CARD)}
    by_card = payment(company, bill, 250, PayType="CreditCard", CheckPayment=None, CreditCardPayment=means)
    company.create("BillPayment", **by_card)
    assert balances.moved() == {PAYABLES: -250, CARD: 250}


def test_a_payment_settles_each_bill_in_the_payables_account_of_that_bill(company: Company) -> None:
    second = company.create("Account", Name="Retention Payable", AccountSubType="AccountsPayable")
    bill = company.create("Bill", **company.bill(APAccountRef={"value": second["Id"]}))
    balances = Balances(company)
    company.create("BillPayment", **payment(company, bill, 250))
    assert balances.moved() == {"Retention Payable": -250, "Checking": -250}


def test_what_is_paid_too_much_is_the_vendors_credit_in_payables(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    before, balances = owed(company, bill), Balances(company)
    over = payment(company, bill, 250, TotalAmt=300)
    paid = company.create("BillPayment", **over)
    assert balances.moved() == {PAYABLES: -300, "Checking": -300}
    assert owed(company, bill) == before - 300
    assert company.read("Bill", bill["Id"])["Balance"] == 0
    company.post("billpayment", paid, operation="delete")
    assert owed(company, bill) == before


def test_a_bill_and_a_credit_settled_together_move_no_more_money_than_the_difference(company: Company) -> None:
    bill = company.create("Bill", **company.bill())
    credit = company.create("VendorCredit", **company.bill(Line=[company.account_line(90)]))
    balances = Balances(company)
    lines = [
        {"Amount": 250, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]},
        {"Amount": 90, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]},
    ]
    company.create("BillPayment", **payment(company, bill, 160, Line=lines))
    assert balances.moved() == {PAYABLES: -160, "Checking": -160}
    assert owed(company, bill) == 0


def test_a_vendor_abroad_is_owed_its_currency_and_the_ledger_keeps_the_companys(company: Company) -> None:
    company.served.prefer(company.realm, "MultiCurrencyEnabled")
    company.create("CompanyCurrency", Code="EUR")
    vendor = company.create("Vendor", DisplayName="Brenner Steine", CurrencyRef={"value": "EUR"})
    balances = Balances(company)
    body = company.bill(VendorRef={"value": vendor["Id"]}, ExchangeRate=1.2)
    assert fault_of(company.post("bill", {**body, "CurrencyRef": {"value": "USD"}}))["code"] == "2220"
    assert fault_of(company.post("bill", body))["element"] == "CurrencyRef"  # required among several currencies
    bill = company.create("Bill", **body, CurrencyRef={"value": "EUR"})
    assert (bill["CurrencyRef"]["value"], bill["Balance"], bill["HomeBalance"]) == ("EUR", 250, 300)
    assert balances.moved() == {MATERIALS: 300, PAYABLES: 300}
    company.create("BillPayment", **payment(company, bill, 100, ExchangeRate=1.2))
    assert balances.moved() == {PAYABLES: -120, "Checking": -120}
    paid = company.read("Bill", bill["Id"])
    assert (paid["Balance"], paid["HomeBalance"], owed(company, bill)) == (150, 180, 150)
    abroad = {"PaymentType": "Cash", "AccountRef": company.ref("Account", "Checking"), "Line": body["Line"]}
    refused = company.post("purchase", {**abroad, "CurrencyRef": {"value": "EUR"}})
    assert fault_of(refused)["code"] == "2220"
