"""Products, accounts, terms and the company's card: lengths, ranges, forbidden marks, and what an item needs."""

from itertools import count
from typing import Any

import pytest

from tests.sandbox.sandbox_client import REALM, Company, Json, fault_of

NUMBERS = count(1)
MOST = 99_999_999_999
ACCOUNT: Json = {"AccountType": "Expense"}
STANDARD: Json = {"DueDays": 30}
BY_DATE: Json = {"DayOfMonthDue": 15}


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def service(company: Company) -> Json:
    return {"Type": "Service", "IncomeAccountRef": company.ref("Account", "Construction Income")}


def named(**body: Any) -> Json:
    return {"Name": f"Bounded {next(NUMBERS)}", **body}


LENGTHS: list[tuple[str, str, int]] = [
    ("Item", "Name", 100),
    ("Item", "Sku", 100),
    ("Item", "Description", 4000),
    ("Item", "PurchaseDesc", 1000),
    ("Account", "Name", 100),
    ("Account", "AcctNum", 7),
    ("Account", "Description", 100),
    ("Term", "Name", 31),
]


@pytest.mark.parametrize(("entity", "name", "most"), LENGTHS)
def test_an_attribute_has_a_length(shared: Company, entity: str, name: str, most: int) -> None:
    rest = {"Item": service(shared), "Account": ACCOUNT, "Term": STANDARD}[entity]
    assert shared.create(entity, **named(**rest, **{name: "n" * most}))[name] == "n" * most
    error = fault_of(shared.post(entity, named(**rest, **{name: "m" * (most + 1)})))
    assert (error["code"], error["element"]) == ("2050", name)


@pytest.mark.parametrize(
    ("entity", "name", "marks"),
    [
        ("Item", "Name", ":\t\n"),
        ("Account", "Name", ':"'),
        ("Account", "AcctNum", ":"),
    ],
)
def test_some_marks_are_forbidden(shared: Company, entity: str, name: str, marks: str) -> None:
    rest = service(shared) if entity == "Item" else ACCOUNT
    errors = [fault_of(shared.post(entity, named(**rest, **{name: f"1{mark}2"}))) for mark in marks]
    assert [(error["code"], error["element"]) for error in errors] == [("2040", name)] * len(marks)


RANGES: list[tuple[str, Json, str, Any, Any]] = [
    # entity, what else it needs, attribute, least, most
    ("Item", {}, "UnitPrice", 0, MOST),
    ("Item", {}, "PurchaseCost", 0, MOST),
    ("Term", {}, "DueDays", 0, 999),
    ("Term", STANDARD, "DiscountPercent", 0, 100),
    ("Term", STANDARD, "DiscountDays", 0, 999),
    ("Term", {}, "DayOfMonthDue", 1, 31),
    ("Term", BY_DATE, "DueNextMonthDays", 0, 999),
    ("Term", BY_DATE, "DiscountDayOfMonth", 0, 31),
]


@pytest.mark.parametrize(("entity", "rest", "name", "least", "most"), RANGES)
def test_a_number_has_a_range(shared: Company, entity: str, rest: Json, name: str, least: int, most: int) -> None:
    more = {**rest, **(service(shared) if entity == "Item" else {})}
    for value in (least, most):
        assert shared.create(entity, **named(**more, **{name: value}))[name] == value
    for value in (least - 1, most + 1):
        error = fault_of(shared.post(entity, named(**more, **{name: value})))
        assert (error["code"], error["element"]) == ("2240", name)


# items


def test_what_is_only_purchased_needs_an_expense_account_alone(shared: Company) -> None:
    account = shared.ref("Account", "Job Costs:Subcontractors")
    made = shared.create("Item", **named(Type="Service", ExpenseAccountRef=account))
    assert made["ExpenseAccountRef"] == {**account, "name": "Job Costs:Subcontractors"}
    assert "IncomeAccountRef" not in made
    line = {
        "Amount": 5,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": made["Id"]}},
    }
    assert shared.create("Bill", **shared.bill(Line=[line]))["TotalAmt"] == 5.0
    income = named(Type="Service", ExpenseAccountRef=shared.ref("Account", "Construction Income"))
    assert fault_of(shared.post("Item", income))["code"] == "6430"


STOCK = ("TrackQtyOnHand", "QtyOnHand", "InvStartDate", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")


@pytest.fixture(scope="module")
def stock(shared: Company) -> Json:
    """A valid body of an item in stock, without a name."""

    def account(name: str, subtype: str) -> Json:
        held = shared.rows(f"select * from Account where AccountSubType = '{subtype}'")
        made = held[0] if held else shared.create("Account", Name=name, AccountSubType=subtype)
        return {"value": made["Id"]}

    return {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 12,
        "InvStartDate": "2026-11-01",
        "IncomeAccountRef": account("Stock Sales", "SalesOfProductIncome"),
        "ExpenseAccountRef": account("Stock Sold", "SuppliesMaterialsCogs"),
        "AssetAccountRef": account("Stock Asset", "Inventory"),
    }


def test_an_item_in_stock_with_all_its_pieces_is_made(shared: Company, stock: Json) -> None:
    made = shared.create("Item", **named(**stock))
    assert {name: made[name] for name in ("Type", "TrackQtyOnHand", "QtyOnHand", "InvStartDate")} == {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 12,
        "InvStartDate": "2026-11-01",
    }


@pytest.mark.parametrize("piece", STOCK)
def test_an_item_in_stock_needs_each_piece(shared: Company, stock: Json, piece: str) -> None:
    body = named(**{name: value for name, value in stock.items() if name != piece})
    error = fault_of(shared.post("Item", body))
    assert (error["code"], error["element"]) == ("2020", piece)


@pytest.mark.parametrize(
    ("piece", "account"),
    [
        ("IncomeAccountRef", "Construction Income"),
        ("ExpenseAccountRef", "Travel"),
        ("AssetAccountRef", "Prepaid Expenses"),
    ],
)
def test_an_item_in_stock_has_accounts_of_their_own_sorts(
    shared: Company, stock: Json, piece: str, account: str
) -> None:
    error = fault_of(shared.post("Item", named(**{**stock, piece: shared.ref("Account", account)})))
    assert (error["code"], error["element"]) == ("6430", piece)


def test_an_item_in_stock_counts_what_there_is(shared: Company, stock: Json) -> None:
    error = fault_of(shared.post("Item", named(**{**stock, "TrackQtyOnHand": False})))
    assert (error["code"], error["element"]) == ("6000", "TrackQtyOnHand")


# accounts and terms


@pytest.mark.parametrize("subtype", ["UndepositedFunds", "OpeningBalanceEquity", "RetainedEarnings"])
def test_some_accounts_have_none_below(shared: Company, subtype: str) -> None:
    parent = shared.rows(f"select * from Account where AccountSubType = '{subtype}'")[0]
    body = named(AccountType=parent["AccountType"], ParentRef={"value": parent["Id"]})
    error = fault_of(shared.post("Account", body))
    assert (error["code"], error["element"]) == ("6000", "ParentRef")


def test_the_name_of_a_term_is_its_own_whatever_the_capitals(shared: Company) -> None:
    made = shared.create("Term", Name="Net Ninety", DueDays=90)
    assert fault_of(shared.post("Term", {"Name": "NET ninety", "DueDays": 91}))["code"] == "6240"
    gone = shared.update("Term", **{**made, "Active": False})
    assert gone["Name"] == "Net Ninety (deleted)"
    assert shared.create("Term", Name="Net Ninety", DueDays=91)["Id"] != made["Id"]


@pytest.mark.parametrize(
    ("sent", "sort"),
    [
        ({"DueDays": 0, "Type": "DATE_DRIVEN"}, "STANDARD"),
        ({"DayOfMonthDue": 31, "DueNextMonthDays": 5, "Type": "STANDARD"}, "DATE_DRIVEN"),
    ],
)
def test_the_system_says_of_which_sort_a_term_is(shared: Company, sent: Json, sort: str) -> None:
    assert shared.create("Term", **named(**sent))["Type"] == sort


# the company's card


def card(company: Company) -> Json:
    found: Json = company.call("GET", f"companyinfo/{REALM}").json()["CompanyInfo"]
    return found


@pytest.mark.parametrize(
    ("name", "full", "over", "element"),
    [
        ("CompanyName", "c" * 1024, "c" * 1025, "CompanyName"),
        ("LegalName", "l" * 1024, "l" * 1025, "LegalName"),
        ("Email", {"Address": "x" * 88 + "@example.com"}, {"Address": "x" * 89 + "@example.com"}, "Address"),
    ],
)
def test_the_card_has_lengths(shared: Company, name: str, full: Any, over: Any, element: str) -> None:
    marks = {"Id": "1", "SyncToken": card(shared)["SyncToken"], "sparse": True}
    changed = shared.update("CompanyInfo", **marks, **{name: full})
    assert changed[name] == full
    error = fault_of(shared.post("CompanyInfo", {**marks, "SyncToken": changed["SyncToken"], name: over}))
    assert (error["code"], error["element"]) == ("2050", element)


def test_a_full_update_of_the_card_empties_what_is_left_out_and_keeps_the_systems_own(company: Company) -> None:
    held = card(company)
    company.update("CompanyInfo", **{**held, "LegalName": "Ridgeline Legal", "WebAddr": {"URI": "http://example.com"}})
    marks = {"Id": "1", "SyncToken": card(company)["SyncToken"]}
    assert fault_of(company.post("CompanyInfo", {**marks, "LegalName": "No Name"}))["code"] == "2020"
    changed = company.update("CompanyInfo", **marks, CompanyName="Ridgeline Anew")
    assert changed["CompanyName"] == "Ridgeline Anew"
    assert not {"LegalName", "WebAddr"} & changed.keys()
    assert (changed["NameValue"], changed["CompanyStartDate"]) == (held["NameValue"], held["CompanyStartDate"])
    assert card(company) == changed
