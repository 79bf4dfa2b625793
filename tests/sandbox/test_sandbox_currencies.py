"""Several currencies: the switch, the company's list, rates by day, and sales in another currency."""

from typing import Any

import pytest

from tests.sandbox.sale_bodies import CUSTOMER, INCOME, RECEIVABLE, UNDEPOSITED, item_line, owed, payment, sale, stands
from tests.sandbox.sandbox_client import Company, Json, fault_of

SWITCH = "MultiCurrencyEnabled"
EURO = {"value": "EUR"}


@pytest.fixture
def many(company: Company) -> Company:
    company.served.prefer(company.realm, SWITCH)
    company.create("CompanyCurrency", Code="EUR")
    return company


def rate(company: Company, code: str, day: str | None = None) -> Any:
    asked = {"sourcecurrencycode": code} | ({"asofdate": day} if day else {})
    return company.call("GET", "exchangerate", params=asked)


def set_rate(company: Company, value: Any = 1.25, day: str = "2026-11-01", **changes: Any) -> Json:
    return company.create("ExchangeRate", SourceCurrencyCode="EUR", Rate=value, AsOfDate=day, **changes)


# the switch


def test_with_one_currency_nothing_of_others_is_answered(company: Company) -> None:
    for answer in (
        company.post("companycurrency", {"Code": "EUR"}),
        company.call("GET", "companycurrency/1"),
        company.ask("select * from CompanyCurrency"),
        rate(company, "EUR"),
        company.post("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": 1.1}),
        company.ask("select * from ExchangeRate"),
    ):
        assert fault_of(answer)["code"] == "5030"
    assert fault_of(company.post("customer", {"DisplayName": "A", "CurrencyRef": EURO}))["code"] == "2220"


def test_several_currencies_cannot_be_turned_off_again(company: Company) -> None:
    on = company.served.prefer(company.realm, SWITCH)
    assert on["CurrencyPrefs"] == {SWITCH: True, "HomeCurrency": {"value": "USD"}}
    answer = company.session.post(
        f"{company.served.url}/_sandbox/{company.realm}/preference", json={"name": SWITCH, "value": "false"}, timeout=10
    )
    assert (answer.status_code, fault_of(answer)["element"]) == (400, SWITCH)
    held = company.call("GET", "preferences").json()["Preferences"]
    assert held["CurrencyPrefs"][SWITCH] is True


# the lists


def test_a_currency_has_its_name(many: Company) -> None:
    held = many.read("CompanyCurrency", "1")
    assert (held["Code"], held["Name"], held["Active"]) == ("EUR", "Euro", True)
    assert [row["Code"] for row in many.rows("select * from CompanyCurrency where Code = 'eur'")] == ["EUR"]


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        ({}, "2020", "Code"),
        ({"Code": "EURO"}, "2050", "Code"),
        ({"Code": "XQX"}, "2220", "Code"),
        ({"Code": "eur"}, "2220", "Code"),
        ({"Code": "EUR"}, "6240", ""),
        ({"Code": "USD"}, "6240", ""),
        ({"Code": "GBP", "Rate": 1}, "2010", "Rate"),
        ({"Id": "1", "SyncToken": "0", "Code": "GBP"}, "2220", "Code"),
    ],
)
def test_a_currency_is_refused(many: Company, body: Json, code: str, element: str) -> None:
    error = fault_of(many.post("companycurrency", body))
    assert (error["code"], error["element"]) == (code, element)


def test_an_inactive_currency_is_not_used(many: Company) -> None:
    many.update("CompanyCurrency", Id="1", SyncToken="0", Code="EUR", Active=False)
    assert many.rows("select * from CompanyCurrency") == []
    assert fault_of(many.post("vendor", {"DisplayName": "A", "CurrencyRef": EURO}))["code"] == "2220"


@pytest.mark.parametrize(
    ("day", "value"),
    [("2026-11-01", 1.25), ("2026-11-09", 1.25), ("2026-11-10", 1.313155), ("2027-01-01", 1.313155)],
)
def test_a_rate_holds_until_the_next_one(many: Company, day: str, value: float) -> None:
    set_rate(many)
    set_rate(many, 1.313155, "2026-11-10")
    told = rate(many, "EUR", day).json()["ExchangeRate"]
    assert (told["Rate"], told["AsOfDate"]) == (value, day)
    assert (told["SourceCurrencyCode"], told["TargetCurrencyCode"]) == ("EUR", "USD")


def test_a_rate_of_the_same_day_is_replaced(many: Company) -> None:
    first = set_rate(many)
    second = set_rate(many, 1.3)
    assert (second["Id"], second["SyncToken"], second["Rate"]) == (first["Id"], "1", 1.3)
    stale = many.post("exchangerate", {**first, "Rate": 1.4})
    assert fault_of(stale)["code"] == "5010"
    rows = many.rows("select * from ExchangeRate where SourceCurrencyCode in ('EUR') and AsOfDate = '2026-11-01'")
    assert [row["Rate"] for row in rows] == [1.3]


def test_the_home_currency_is_worth_itself(many: Company) -> None:
    assert rate(many, "USD", "2026-11-01").json()["ExchangeRate"]["Rate"] == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "2020"),
        ({"sourcecurrencycode": "GBP"}, "2220"),
        ({"sourcecurrencycode": "EUR", "asofdate": "soon"}, "2060"),
        ({"sourcecurrencycode": "EUR", "asofdate": "2026-10-31"}, "610"),
    ],
)
def test_a_rate_is_not_told(many: Company, asked: Json, code: str) -> None:
    set_rate(many)
    assert fault_of(many.call("GET", "exchangerate", params=asked))["code"] == code


@pytest.mark.parametrize(
    ("changes", "code", "element"),
    [
        ({"Rate": None}, "2020", "Rate"),
        ({"Rate": 0}, "2240", "Rate"),
        ({"Rate": -1}, "2240", "Rate"),
        ({"Rate": "1.25"}, "2090", "Rate"),
        ({"Rate": 1_000_001}, "2240", "Rate"),
        ({"SourceCurrencyCode": None}, "2020", "SourceCurrencyCode"),
        ({"SourceCurrencyCode": "GBP"}, "2220", "SourceCurrencyCode"),
        ({"SourceCurrencyCode": "USD"}, "6000", "SourceCurrencyCode"),
        ({"TargetCurrencyCode": "EUR"}, "2220", "TargetCurrencyCode"),
        ({"AsOfDate": "soon"}, "2060", "asofdate"),
        ({"Day": "2026-11-01"}, "2010", "Day"),
    ],
)
def test_a_rate_is_refused(many: Company, changes: Json, code: str, element: str) -> None:
    body = {"SourceCurrencyCode": "EUR", "Rate": 1.25, "AsOfDate": "2026-11-01", **changes}
    sent = {name: value for name, value in body.items() if value is not None}
    error = fault_of(many.post("exchangerate", sent))
    assert (error["code"], error["element"]) == (code, element)


def test_rates_are_neither_deleted_nor_met_by_an_id(many: Company) -> None:
    held = set_rate(many)
    assert fault_of(many.post("exchangerate", held, operation="delete"))["code"] == "500"
    assert many.call("GET", "exchangerate/1").status_code == 404


# people and sales


@pytest.fixture
def abroad(many: Company) -> Company:
    """With a customer who pays in euros, each worth 1.25 dollars."""
    set_rate(many)
    many.create("Customer", DisplayName="Hafen GmbH", CurrencyRef=EURO)
    return many


@pytest.mark.parametrize("kind", ["Customer", "Vendor"])
def test_the_currency_of_a_name_is_set_once(many: Company, kind: str) -> None:
    made = many.create(kind, DisplayName="Abroad", CurrencyRef=EURO)
    assert made["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    without = {name: value for name, value in made.items() if name != "CurrencyRef"}
    kept = many.update(kind, **without)
    assert kept["CurrencyRef"]["value"] == "EUR"
    refused = many.post(kind, {**kept, "CurrencyRef": {"value": "USD"}})
    assert (fault_of(refused)["code"], fault_of(refused)["element"]) == ("2220", "CurrencyRef")


def test_a_sale_is_in_the_customers_currency_and_posts_in_the_home_currency(abroad: Company) -> None:
    made = abroad.create("Invoice", **sale(abroad, "Hafen GmbH", Line=[item_line(abroad, 99.99)]))
    assert (made["CurrencyRef"]["value"], made["ExchangeRate"]) == ("EUR", 1.25)
    assert (made["TotalAmt"], made["HomeTotalAmt"], made["Balance"], made["HomeBalance"]) == (
        99.99, 124.99, 99.99, 124.99,
    )  # fmt: skip
    assert (owed(abroad, "Hafen GmbH"), stands(abroad, RECEIVABLE, INCOME)) == ((99.99, 99.99), [124.99, 124.99])
    body = payment(abroad, 50, (made, "Invoice", 50), CustomerRef=made["CustomerRef"])
    paid = abroad.create("Payment", **body)
    assert (paid["CurrencyRef"]["value"], paid["ExchangeRate"]) == ("EUR", 1.25)
    held = abroad.read("Invoice", made["Id"])
    assert (held["Balance"], held["HomeBalance"]) == (49.99, 62.49)
    assert stands(abroad, RECEIVABLE, UNDEPOSITED) == [62.49, 62.5]


def test_a_rate_of_its_own_is_kept(abroad: Company) -> None:
    made = abroad.create("Invoice", **sale(abroad, "Hafen GmbH", ExchangeRate=1.313155))
    assert (made["ExchangeRate"], made["HomeTotalAmt"]) == (1.313155, 131.32)
    assert abroad.update("Invoice", **made)["ExchangeRate"] == 1.313155


def test_lines_in_another_currency_post_to_the_cent(abroad: Company) -> None:
    lines = [item_line(abroad, 0.33), item_line(abroad, 0.33), item_line(abroad, 0.33)]
    made = abroad.create("Invoice", **sale(abroad, "Hafen GmbH", Line=lines, ExchangeRate=1.5))
    assert made["HomeTotalAmt"] == 1.49
    assert stands(abroad, RECEIVABLE, INCOME) == [1.49, 1.49]


@pytest.mark.parametrize(
    ("customer", "changes", "code", "element"),
    [
        ("Hafen GmbH", {"CurrencyRef": {"value": "USD"}}, "2220", "CurrencyRef"),
        (CUSTOMER, {"CurrencyRef": EURO}, "2220", "CurrencyRef"),
        ("Hafen GmbH", {"CurrencyRef": {"value": "GBP"}}, "2220", "CurrencyRef"),
        ("Hafen GmbH", {"ExchangeRate": -1}, "2240", "ExchangeRate"),
        ("Hafen GmbH", {"TxnDate": "2026-10-31", "ExchangeRate": 0}, "2020", "ExchangeRate"),
        ("Hafen GmbH", {"TxnDate": "2026-10-31"}, "2020", "ExchangeRate"),
    ],
)
def test_a_sale_is_refused_for_its_currency(
    abroad: Company, customer: str, changes: Json, code: str, element: str
) -> None:
    error = fault_of(abroad.post("invoice", sale(abroad, customer, **changes)))
    assert (error["code"], error["element"]) == (code, element)


def test_a_sale_at_home_has_the_rate_one(many: Company) -> None:
    made = many.create("Invoice", **sale(many, ExchangeRate=5))
    assert (made["ExchangeRate"], made["HomeTotalAmt"]) == (1, 100)


def test_with_one_currency_no_rate_is_kept(company: Company) -> None:
    made = company.create("Invoice", **sale(company, ExchangeRate=5))
    assert {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & made.keys() == set()
