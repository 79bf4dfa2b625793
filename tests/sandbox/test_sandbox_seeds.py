"""The seeds: who stands where in the stock company, how a large company is made, and that all books balance."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.sandbox_client import OTHER_REALM, REALM, Company, Json
from tests.sandbox.watched import Watched

SEEDS = ("contractor", "craigs", "empty")
EXTRA = 2000
POSTING = ("Bill", "VendorCredit", "BillPayment", "Invoice", "Payment", "CreditMemo", "SalesReceipt", "RefundReceipt",
           "JournalEntry", "Deposit", "Transfer", "Purchase")  # fmt: skip


def _served(*options: str) -> Iterator[Watched]:
    watched = Watched.start("--no-throttle", *options)
    try:
        yield watched
        assert watched.is_well()
    finally:
        watched.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    yield from _served("--seed", "craigs")


@pytest.fixture(scope="module")
def craigs(server: Watched) -> Company:
    server.control("reset", {"seed": "craigs"})
    return server.connect()


@pytest.fixture(scope="module")
def large() -> Iterator[Company]:
    for watched in _served("--seed", "craigs", "--size", str(EXTRA)):
        yield watched.connect()


def everything(company: Company, kind: str, every: bool = False) -> list[Json]:
    rows: list[Json] = []
    where = " where Active in (true, false)" if every else ""
    while True:
        text = f"select * from {kind}{where} orderby Id startposition {len(rows) + 1} maxresults 1000"
        page = company.rows(text)
        rows += page
        if len(page) < 1000:
            return rows


# the stock company

KNOWN: list[tuple[str, str, str, str]] = [
    # kind, id, attribute, value
    ("Customer", "1", "DisplayName", "Amy's Bird Sanctuary"),
    ("Customer", "7", "DisplayName", "Freeman Sporting Goods"),
    ("Customer", "8", "FullyQualifiedName", "Freeman Sporting Goods:0969 Ocean View Road"),
    ("Customer", "21", "DisplayName", "Rondonuwu Fruit and Vegi"),
    ("Customer", "23", "FullyQualifiedName", "Shara Barnett:Barnett Design"),
    ("Customer", "29", "DisplayName", "Weiskopf Consulting"),
    ("Vendor", "30", "DisplayName", "Books by Bessie"),
    ("Vendor", "46", "DisplayName", "Norton Lumber and Building Materials"),
    ("Vendor", "53", "DisplayName", "United States Treasury"),
    ("Vendor", "56", "DisplayName", "Bob's Burger Joint"),
    ("Vendor", "57", "DisplayName", "Squeaky Kleen Car Wash"),
    ("Employee", "54", "DisplayName", "John Johnson"),
    ("Employee", "55", "DisplayName", "Emily Platt"),
    ("Account", "1", "AccountSubType", "ServiceFeeIncome"),
    ("Account", "7", "AccountSubType", "AdvertisingPromotional"),
    ("Account", "33", "AccountType", "Accounts Payable"),
    ("Account", "35", "AccountType", "Bank"),
    ("Account", "48", "FullyQualifiedName", "Landscaping Services:Job Materials:Fountains and Garden Lighting"),
    ("Account", "56", "FullyQualifiedName", "Automobile:Fuel"),
    ("Account", "64", "FullyQualifiedName", "Job Expenses:Job Materials:Decks and Patios"),
    ("Account", "84", "AccountType", "Accounts Receivable"),
    ("Account", "90", "Name", "Board of Equalization Payable"),
    ("Item", "1", "Name", "Services"),
    ("Item", "2", "Name", "Hours"),
    ("Item", "5", "Type", "Inventory"),
    ("Item", "18", "Name", "Trimming"),
    ("Term", "3", "Name", "Net 30"),
    ("CompanyInfo", REALM, "CompanyName", "Craig's Design and Landscaping Services"),
]


@pytest.mark.parametrize(("kind", "key", "attribute", "value"), KNOWN)
def test_a_known_record_stands_at_its_id(craigs: Company, kind: str, key: str, attribute: str, value: str) -> None:
    assert craigs.read(kind, key)[attribute] == value


def test_the_lists_have_no_more_and_no_less_than_is_known(craigs: Company) -> None:
    told = {kind: [int(row["Id"]) for row in everything(craigs, kind)]
            for kind in ("Customer", "Vendor", "Employee", "Account", "Item", "Term")}  # fmt: skip
    assert told == {
        "Customer": list(range(1, 30)),
        "Vendor": [*range(30, 54), 56, 57],
        "Employee": [54, 55],
        "Account": [number for number in range(1, 91) if number != 18],
        "Item": [1, 2, 3, 4, 5, 8, 9, 10, 11, 18],
        "Term": [1, 2, 3, 4],
    }
    jobs = {row["Id"]: row["ParentRef"]["value"] for row in craigs.rows("select * from Customer where Job = true")}
    assert jobs == {"8": "7", "9": "7", "23": "22"}


def test_the_first_bill_and_the_first_hours_are_those_that_everybody_knows(craigs: Company) -> None:
    bill = craigs.read("Bill", "25")
    assert (bill["VendorRef"]["value"], bill["TotalAmt"], bill["TxnDate"]) == ("46", 103.55, "2014-11-06")
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "64"
    rows = everything(craigs, "TimeActivity")
    assert [row["Id"] for row in rows] == ["2", "3", "4", "5"]
    assert {row["EmployeeRef"]["value"] for row in rows} == {"54", "55"}
    assert [row["ItemRef"]["value"] for row in rows] == ["2", "4", "8", "18"]
    assert {row["CustomerRef"]["value"] for row in rows if "CustomerRef" in row} == {"1", "21"}
    assert {row["TxnDate"] for row in rows} == {"2014-09-16", "2014-09-17"}


def test_customers_vendors_and_employees_go_on_in_one_sequence_of_ids(server: Watched) -> None:
    server.control("reset", {"seed": "craigs"})
    company = server.connect()
    made = [
        company.create("Customer", DisplayName="Next one"),
        company.create("Vendor", DisplayName="Next two"),
        company.create("Employee", GivenName="Next", FamilyName="Three"),
    ]
    assert [body["Id"] for body in made] == ["58", "59", "60"]
    server.control("reset", {"seed": "craigs"})


# a large company


def test_a_large_company_has_so_many_more_time_entries_and_nothing_else(large: Company, craigs: Company) -> None:
    craigs = _again(craigs)
    plain = len(everything(craigs, "TimeActivity"))
    rows = everything(large, "TimeActivity")
    assert len(rows) == plain + EXTRA
    assert len({row["Id"] for row in rows}) == len(rows)
    assert [int(row["Id"]) for row in rows] == sorted(int(row["Id"]) for row in rows)
    assert large.ask("select count(*) from TimeActivity").json()["QueryResponse"] == {"totalCount": len(rows)}
    for kind in ("Customer", "Bill", "Invoice", "Account"):
        assert len(everything(large, kind)) == len(everything(craigs, kind))


def test_the_entries_of_a_large_company_are_filtered_changed_and_deleted_like_others(large: Company) -> None:
    rows = everything(large, "TimeActivity")
    day = rows[-1]["TxnDate"]
    there = [row["Id"] for row in rows if row["TxnDate"] == day]
    assert [row["Id"] for row in large.rows(f"select Id from TimeActivity where TxnDate = '{day}'")] == there
    late = [row["Id"] for row in rows if row["TxnDate"] > "2026-01-01" and row["BillableStatus"] == "Billable"]
    text = "from TimeActivity where TxnDate > '2026-01-01' and BillableStatus = 'Billable'"
    assert large.ask(f"select count(*) {text}").json()["QueryResponse"]["totalCount"] == len(late) > 0
    last = rows[-1]
    assert last["EmployeeRef"]["name"] in {"John Johnson", "Emily Platt"}
    changed = large.update("TimeActivity", **{**last, "Hours": 3})
    assert (changed["Hours"], changed["SyncToken"]) == (3, "1")
    gone = large.post("TimeActivity", {"Id": last["Id"], "SyncToken": "1"}, operation="delete")
    assert gone.json()["TimeActivity"]["status"] == "Deleted"
    assert large.create("TimeActivity", **_entry())["Id"] == str(int(last["Id"]) + 1)


def _entry() -> Json:
    return {"NameOf": "Employee", "EmployeeRef": {"value": "55"}, "Hours": 1, "TxnDate": "2026-11-16"}


def _again(company: Company) -> Company:
    company.served.control("reset", {"seed": "craigs"})
    return company.served.connect()


# balances


@pytest.fixture(params=[*((seed, REALM) for seed in SEEDS), ("contractor", OTHER_REALM)], ids=str)
def seeded(request: pytest.FixtureRequest, server: Watched) -> Iterator[Company]:
    seed, realm = request.param
    server.control("reset", {"seed": seed})
    yield server.connect(realm)
    server.control("reset", {"seed": "craigs"})


def total(rows: list[Json], name: str = "Balance") -> Decimal:
    return sum((Decimal(str(row.get(name, 0))) for row in rows), Decimal(0))


def trial_balance(company: Company) -> Json:
    dates = {"start_date": "1990-01-01", "end_date": "2199-01-01"}
    answer = company.call("GET", "reports/TrialBalance", params=dates)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def cells(report: Json) -> list[list[str]]:
    """The values of every row of a report, the sum at its end included."""
    found: list[list[str]] = []

    def walk(row: Any) -> None:
        for part in row if isinstance(row, list) else row.values():
            if isinstance(part, list | dict):
                walk(part)
        if isinstance(row, dict) and "ColData" in row:
            found.append([cell.get("value", "") for cell in row["ColData"]])

    walk(report.get("Rows", {}))
    return found


def test_debits_are_credits(seeded: Company) -> None:
    signs = {"Asset": 1, "Expense": 1, "Liability": -1, "Equity": -1, "Revenue": -1}
    accounts = everything(seeded, "Account", every=True)
    postings = sum((signs[row["Classification"]] * Decimal(str(row["CurrentBalance"])) for row in accounts), Decimal(0))
    assert postings == 0
    rows = cells(trial_balance(seeded))
    debits, credits = (
        sum((Decimal(row[side] or 0) for row in rows if row[0] not in {"TOTAL", ""}), Decimal(0)) for side in (1, 2)
    )
    assert debits == credits
    moved = any(everything(seeded, kind) for kind in POSTING)
    assert (debits > 0) is moved


def test_a_vendor_is_owed_its_open_bills_less_its_credits(seeded: Company) -> None:
    open_ones: dict[str, Decimal] = {}
    for kind, sign in (("Bill", 1), ("VendorCredit", -1)):
        for row in everything(seeded, kind):
            key = row["VendorRef"]["value"]
            open_ones[key] = open_ones.get(key, Decimal(0)) + sign * Decimal(str(row["Balance"]))
    vendors = everything(seeded, "Vendor", every=True)
    assert {row["Id"]: Decimal(str(row["Balance"])) for row in vendors if row["Balance"]} == {
        key: amount for key, amount in open_ones.items() if amount
    }
    payable = [row for row in everything(seeded, "Account") if row["AccountType"] == "Accounts Payable"]
    assert total(payable, "CurrentBalance") == total(vendors)


def test_a_customer_owes_its_open_invoices_less_credits_and_its_parent_the_jobs_too(seeded: Company) -> None:
    own: dict[str, Decimal] = {}
    for kind, sign, name in (("Invoice", 1, "Balance"), ("CreditMemo", -1, "Balance"), ("Payment", -1, "UnappliedAmt")):
        for row in everything(seeded, kind):
            key = row["CustomerRef"]["value"]
            own[key] = own.get(key, Decimal(0)) + sign * Decimal(str(row[name]))
    customers = everything(seeded, "Customer", every=True)
    for row in customers:
        assert Decimal(str(row["Balance"])) == own.get(row["Id"], 0), row
        below = [each["Id"] for each in customers if row["Id"] in _above(customers, each)]
        assert Decimal(str(row["BalanceWithJobs"])) == sum(
            (own.get(key, Decimal(0)) for key in [row["Id"], *below]), Decimal(0)
        )
    receivable = [row for row in everything(seeded, "Account") if row["AccountType"] == "Accounts Receivable"]
    assert total(receivable, "CurrentBalance") == total(customers)


def _above(customers: list[Json], row: Json) -> list[str]:
    parents = {each["Id"]: each.get("ParentRef", {}).get("value") for each in customers}
    found, key = [], parents[row["Id"]]
    while key is not None:
        found.append(key)
        key = parents[key]
    return found


# sameness

ALL = ("Account", "Item", "Customer", "Vendor", "Employee", "Term", "PaymentMethod", "TimeActivity", *POSTING,
       "Preferences", "CompanyInfo")  # fmt: skip
NAMES = ("Account", "Item", "Customer", "Vendor", "Employee", "Term", "PaymentMethod")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_makes_the_same_records(server: Watched, seed: str) -> None:
    def records() -> dict[str, list[Json]]:
        server.control("reset", {"seed": seed})
        company = server.connect()
        return {
            kind: [{name: value for name, value in row.items() if name != "MetaData"}
                   for row in everything(company, kind, every=kind in NAMES)]
            for kind in ALL
        }  # fmt: skip

    first = records()
    server.control("clock", {"advance_seconds": 1000})
    assert records() == first
    assert len(first["Account"]) > 5
