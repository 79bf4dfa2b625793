"""Sales tax: agencies, codes and rates by the tax service, and what a sale owes by its code."""

from typing import Any

import pytest
import requests

from tests.sandbox.sale_bodies import (
    CUSTOMER,
    INCOME,
    ITEM,
    RECEIVABLE,
    UNDEPOSITED,
    discount_line,
    item_line,
    owed,
    sale,
    stands,
)
from tests.sandbox.sandbox_client import Company, Json, fault_of

TAXED = {"value": "TAX"}
NOT_TAXED = {"value": "NON"}
PAYABLE = "Board of Equalization Payable"


def serve(company: Company, name: str, *rates: Json) -> requests.Response:
    return company.call("POST", "taxservice/taxcode", json={"TaxCode": name, "TaxRateDetails": list(rates)})


def new_rate(name: str = "State", value: Any = 7.25, agency: str = "1", **more: Any) -> Json:
    return {"TaxRateName": name, "RateValue": value, "TaxAgencyId": agency, **more}


@pytest.fixture
def taxing(company: Company) -> Company:
    company.served.prefer(company.realm, "UsingSalesTax")
    assert company.create("TaxAgency", DisplayName="Board of Equalization")["Id"] == "1"
    return company


@pytest.fixture
def code(taxing: Company) -> str:
    answer = serve(taxing, "California", new_rate(), new_rate("County", 1.5))
    return str(answer.json()["TaxCodeId"])


# the lists


def test_the_tax_service_makes_a_code_with_its_rates(taxing: Company) -> None:
    told = serve(taxing, "California", new_rate(), new_rate("County", 1.5, TaxApplicableOn="Sales")).json()
    assert {name: value for name, value in told.items() if name != "time"} == {
        "TaxCode": "California",
        "TaxCodeId": "1",
        "TaxRateDetails": [
            {"TaxRateName": "State", "TaxRateId": "1", "RateValue": 7.25, "TaxAgencyId": "1",
             "TaxApplicableOn": "Sales"},
            {"TaxRateName": "County", "TaxRateId": "2", "RateValue": 1.5, "TaxAgencyId": "1",
             "TaxApplicableOn": "Sales"},
        ],
    }  # fmt: skip
    made = taxing.read("TaxCode", "1")
    details = made["SalesTaxRateList"]["TaxRateDetail"]
    assert [row["TaxRateRef"]["name"] for row in details] == ["State", "County"]
    assert (made["Name"], made["Active"], made["Taxable"]) == ("California", True, True)
    rate = taxing.read("TaxRate", "1")
    assert (rate["RateValue"], rate["AgencyRef"]) == (7.25, {"value": "1", "name": "Board of Equalization"})
    assert [row["Id"] for row in taxing.rows("select * from TaxRate where Name = 'county'")] == ["2"]


def test_rates_that_are_held_are_used_again(taxing: Company) -> None:
    serve(taxing, "California", new_rate())
    told = serve(taxing, "Larkspur", {"TaxRateId": "1"}, new_rate("City", 0.5, TaxApplicableOn="Purchase")).json()
    assert [(row["TaxRateId"], row["RateValue"]) for row in told["TaxRateDetails"]] == [("1", 7.25), ("2", 0.5)]
    made = taxing.read("TaxCode", told["TaxCodeId"])
    for name, key in (("SalesTaxRateList", "1"), ("PurchaseTaxRateList", "2")):
        assert [row["TaxRateRef"]["value"] for row in made[name]["TaxRateDetail"]] == [key]


@pytest.mark.parametrize(
    ("name", "rates", "code", "element"),
    [
        ("", [new_rate()], "2020", "TaxCode"),
        ("x" * 101, [new_rate()], "2050", "TaxCode"),
        ("New", [], "2020", "TaxRateDetails"),
        ("New", [{}], "2020", "TaxRateName"),
        ("New", [{"TaxRateName": "A", "RateValue": 1}], "2020", "TaxAgencyId"),
        ("New", [{"TaxRateName": "A", "TaxAgencyId": "1"}], "2020", "RateValue"),
        ("New", [new_rate("A", value=101)], "2150", "RateValue"),
        ("New", [new_rate("A", value=-1)], "2150", "RateValue"),
        ("New", [new_rate("A", value="7")], "2090", "RateValue"),
        ("New", [new_rate("A", agency="77")], "2500", "TaxAgencyId"),
        ("New", [{"TaxRateId": "77"}], "2500", "TaxRateId"),
        ("New", [{"TaxRateId": "1", "RateValue": 3}], "2600", "RateValue"),
        ("New", [new_rate("A", TaxApplicableOn="Lunch")], "2170", "TaxApplicableOn"),
        ("New", [new_rate("A", TaxApplicableOn="Adjustment")], "5030", "TaxApplicableOn"),
        ("New", [new_rate("A", Colour="red")], "2010", "TaxRateDetails.Colour"),
        ("New", [new_rate("state")], "6240", ""),
        ("New", [new_rate("A"), new_rate("a")], "6240", ""),
        ("california", [new_rate("A")], "6240", ""),
    ],
)
def test_the_tax_service_refuses(taxing: Company, name: str, rates: list[Json], code: str, element: str) -> None:
    serve(taxing, "California", new_rate())
    answer = serve(taxing, name, *rates)
    error = fault_of(answer)
    assert (answer.status_code, error["code"], error["element"]) == (400, code, element)
    assert [len(taxing.rows(f"select * from {kind}")) for kind in ("TaxCode", "TaxRate")] == [1, 1]


@pytest.mark.parametrize(
    ("name", "rate", "words"), [("New", "State", "Another tax rate"), ("California", "A", "Another tax code")]
)
def test_a_name_taken_twice_is_told_by_its_kind(taxing: Company, name: str, rate: str, words: str) -> None:
    serve(taxing, "California", new_rate())
    assert words in fault_of(serve(taxing, name, new_rate(rate)))["Detail"]


def test_a_repeated_request_makes_one_code(taxing: Company) -> None:
    body = {"TaxCode": "California", "TaxRateDetails": [new_rate()]}
    answers = [
        taxing.call("POST", "taxservice/taxcode", json=body, params={"requestid": "tax-1"}).content for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(taxing.rows("select * from TaxCode")) == 1


def test_without_sales_tax_nothing_of_it_is_made(company: Company) -> None:
    assert fault_of(serve(company, "California", new_rate()))["code"] == "5030"
    assert fault_of(company.post("taxagency", {"DisplayName": "Board"}))["code"] == "5030"
    assert company.rows("select * from TaxCode") == []


def test_an_agency_has_an_account_for_what_is_owed(taxing: Company) -> None:
    agency = taxing.read("TaxAgency", "1")
    assert agency["TaxTrackedOnSalesAccountRef"]["name"] == PAYABLE
    account = taxing.read("Account", agency["TaxTrackedOnSalesAccountRef"]["value"])
    assert (account["AccountType"], account["AccountSubType"]) == ("Other Current Liability", "SalesTaxPayable")
    assert fault_of(taxing.post("taxagency", {"DisplayName": "board of equalization"}))["code"] == "6240"
    assert fault_of(taxing.post("taxagency", {}))["code"] == "2020"


@pytest.mark.parametrize("kind", ["TaxCode", "TaxRate"])
def test_codes_and_rates_are_made_by_the_service_alone(taxing: Company, code: str, kind: str) -> None:
    held = taxing.read(kind, code)
    for answer in (
        taxing.post(kind, {"Name": "New"}),
        taxing.post(kind, held),
        taxing.post(kind, {"Id": code, "SyncToken": "0"}, operation="delete"),
    ):
        assert fault_of(answer)["code"] == "500"


@pytest.mark.parametrize("kind", ["TaxCode", "TaxRate", "TaxAgency", "JournalCode"])
def test_the_changes_do_not_tell_of_taxes(company: Company, kind: str) -> None:
    since = company.served.control("clock", {})["now"]
    asked = {"entities": f"Invoice,{kind}", "changedSince": since}
    error = fault_of(company.call("GET", "cdc", params=asked))
    assert (error["code"], kind.lower() in error["Detail"].lower()) == ("500", True)


@pytest.mark.parametrize("path", ["taxservice", "taxservice/taxrate", "taxservice/taxcode/1"])
def test_the_tax_service_has_one_address(taxing: Company, path: str) -> None:
    assert taxing.call("POST", path, json={"TaxCode": "A", "TaxRateDetails": [new_rate("A")]}).status_code == 404


# sales


def taxed(company: Company, code: str, *lines: Json, **changes: Any) -> Json:
    return sale(company, Line=list(lines), TxnTaxDetail={"TxnTaxCodeRef": {"value": code}}, **changes)


def test_the_tax_of_a_sale_is_computed_by_its_code(taxing: Company, code: str) -> None:
    lines = [item_line(taxing, 200, TaxCodeRef=TAXED), item_line(taxing, 50, TaxCodeRef=NOT_TAXED)]
    made = taxing.create("Invoice", **taxed(taxing, code, *lines))
    detail = made["TxnTaxDetail"]
    assert (detail["TotalTax"], detail["TxnTaxCodeRef"]["name"], made["TotalAmt"]) == (17.5, "California", 267.5)
    assert [
        (row["Amount"], row["TaxLineDetail"]["TaxRateRef"]["name"], row["TaxLineDetail"]["TaxPercent"])
        for row in detail["TaxLine"]
    ] == [(14.5, "State", 7.25), (3, "County", 1.5)]
    assert {row["TaxLineDetail"]["NetAmountTaxable"] for row in detail["TaxLine"]} == {200}
    assert (owed(taxing), stands(taxing, RECEIVABLE, INCOME, PAYABLE)) == ((267.5, 267.5), [267.5, 250, 17.5])
    changed = taxing.update("Invoice", **{**made, "Line": [{**made["Line"][0], "Amount": 100}]})
    assert (changed["TxnTaxDetail"]["TotalTax"], changed["TotalAmt"]) == (8.75, 108.75)
    voided = taxing.post("invoice", {"Id": made["Id"], "SyncToken": "1"}, operation="void").json()["Invoice"]
    assert voided["TxnTaxDetail"] == {"TotalTax": 0}
    assert stands(taxing, RECEIVABLE, INCOME, PAYABLE) == [0, 0, 0]


@pytest.mark.parametrize(("after", "tax"), [(False, 8.75), (True, 6.57)])  # each rate by itself to the cent
def test_tax_comes_before_or_after_the_discount(taxing: Company, code: str, after: bool, tax: float) -> None:
    lines = [item_line(taxing, 100, TaxCodeRef=TAXED), discount_line(PercentBased=True, DiscountPercent=25)]
    made = taxing.create("Invoice", **taxed(taxing, code, *lines, ApplyTaxAfterDiscount=after))
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (tax, 75 + tax)


@pytest.mark.parametrize(
    ("kind", "money", "payable"), [("SalesReceipt", 108.75, 8.75), ("CreditMemo", 0, -8.75), ("Estimate", 0, 0)]
)
def test_every_sale_knows_its_tax(taxing: Company, code: str, kind: str, money: float, payable: float) -> None:
    made = taxing.create(kind, **taxed(taxing, code, item_line(taxing, 100, TaxCodeRef=TAXED)))
    assert made["TotalAmt"] == 108.75
    assert stands(taxing, UNDEPOSITED, PAYABLE) == [money, payable]


def test_a_line_without_a_mark_follows_item_and_customer(taxing: Company, code: str) -> None:
    customer = taxing.read("Customer", taxing.id_of("Customer", CUSTOMER))
    taxing.update("Customer", **{**customer, "Taxable": True})
    item = taxing.read("Item", taxing.id_of("Item", "Carpentry Labor"))
    taxing.update("Item", **{**item, "Taxable": True})
    lines = [item_line(taxing, 100), item_line(taxing, 100, item="Concrete Labor")]
    made = taxing.create("Invoice", **taxed(taxing, code, *lines))
    marks = [line[ITEM]["TaxCodeRef"]["value"] for line in made["Line"] if ITEM in line]
    assert (marks, made["TxnTaxDetail"]["TotalTax"]) == (["TAX", "NON"], 8.75)


def test_a_marked_line_without_a_code_owes_nothing(taxing: Company) -> None:
    made = taxing.create("Invoice", **sale(taxing, Line=[item_line(taxing, 100, TaxCodeRef=TAXED)]))
    assert (made["TxnTaxDetail"], made["TotalAmt"]) == ({"TotalTax": 0}, 100)
    assert made["Line"][0][ITEM]["TaxCodeRef"] == TAXED


def test_a_company_without_sales_tax_marks_no_line(company: Company) -> None:
    made = company.create("Invoice", **sale(company, Line=[item_line(company, 100, TaxCodeRef=TAXED)]))
    assert made["Line"][0][ITEM]["TaxCodeRef"] == NOT_TAXED


@pytest.mark.parametrize(
    ("detail", "fault"),
    [
        ({"TotalTax": 3}, "6170"),
        ({"TxnTaxCodeRef": {"value": "77"}}, "2500"),
        ({"TxnTaxCodeRef": {"value": "2"}}, "6170"),
        ({"TotalTax": -1}, "2140"),
        ({"TaxLine": [{"Amount": 1}]}, "2020"),
        ({"Total": 1}, "2010"),
    ],
)
def test_the_tax_of_a_sale_is_refused(taxing: Company, code: str, detail: Json, fault: str) -> None:
    assert code == "1"  # the second one is for purchases
    serve(taxing, "Purchases only", new_rate("Import", 5, TaxApplicableOn="Purchase"))
    assert fault_of(taxing.post("invoice", sale(taxing, TxnTaxDetail=detail)))["code"] == fault
