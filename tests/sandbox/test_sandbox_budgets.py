"""Budgets: amounts by account and period, inside their dates, each once."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of

EXPENSE, INCOME, BANK = {"value": "50"}, {"value": "28"}, {"value": "12"}


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def detail(day: str = "2027-01-01", amount: Any = 500, account: Json | None = EXPENSE, **changes: Any) -> Json:
    made = {"BudgetDate": day, "Amount": amount, "AccountRef": account, **changes}
    return {name: value for name, value in made.items() if value is not None}


def budget(*details: Json, **changes: Any) -> Json:
    body = {
        "Name": "Plan 2027",
        "StartDate": "2027-01-01",
        "EndDate": "2027-12-31",
        "BudgetEntryType": "Monthly",
        "BudgetDetail": list(details) or [detail()],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


REFUSED: list[tuple[Json, str, str]] = [
    # a budget, code, element
    (budget(Name=None), "2020", "Name"),
    (budget(Name="x" * 101), "2050", "Name"),
    (budget(StartDate=None), "2020", "StartDate"),
    (budget(EndDate="2026-12-31"), "6490", "EndDate"),
    (budget(EndDate="later"), "2060", "EndDate"),
    (budget(BudgetEntryType=None), "2020", "BudgetEntryType"),
    (budget(BudgetEntryType="Daily"), "2170", "BudgetEntryType"),
    (budget(BudgetType="Cash"), "2170", "BudgetType"),
    (budget(BudgetDetail=[]), "2250", "BudgetDetail"),
    (budget(detail(account=None)), "2020", "AccountRef"),
    (budget(detail(amount=None)), "2020", "Amount"),
    (budget(detail(amount="500")), "2090", "Amount"),
    (budget(detail(account={"value": "777"})), "2500", "AccountRef"),
    (budget(detail(account=BANK)), "6430", "AccountRef"),
    (budget(detail(), BudgetType="BalanceSheet"), "6430", "AccountRef"),
    (budget(detail("2028-01-01")), "6490", "BudgetDate"),
    (budget(detail("2027-02-15")), "6500", "BudgetDate"),
    (budget(detail("2027-02-01"), BudgetEntryType="Quarterly"), "6500", "BudgetDate"),
    (budget(detail("2027-04-01"), BudgetEntryType="Yearly"), "6500", "BudgetDate"),
    (budget(detail(), detail(amount=1)), "6510", "BudgetDetail"),
    (budget(detail(ClassRef={"value": "1"})), "2500", "ClassRef"),
    (budget(Sum=1), "2010", "Sum"),
]


@pytest.mark.parametrize(("body", "code", "element"), REFUSED)
def test_a_budget_is_refused(shared: Company, body: Json, code: str, element: str) -> None:
    answer = shared.post("budget", body)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


VALID = [
    budget(detail("2027-01-01"), detail("2027-12-01"), detail(account=INCOME)),
    budget(detail("2027-01-01"), detail("2027-04-01"), BudgetEntryType="Quarterly"),
    budget(BudgetEntryType="Yearly"),
    budget(detail(account=BANK), BudgetType="BalanceSheet"),
]


@pytest.mark.parametrize("body", VALID)
def test_a_budget_is_kept_whole(shared: Company, body: Json) -> None:
    made = shared.create("Budget", **body)
    assert made["Active"] is True
    assert made["BudgetType"] == body.get("BudgetType", "ProfitAndLoss")
    assert [(row["BudgetDate"], row["Amount"]) for row in made["BudgetDetail"]] == [
        (row["BudgetDate"], row["Amount"]) for row in body["BudgetDetail"]
    ]
    assert shared.read("Budget", made["Id"]) == made


def test_a_budget_is_found_and_deleted_and_not_changed(company: Company) -> None:
    made = company.create("Budget", **budget())
    assert company.rows("select * from Budget where Name = 'plan 2027' and Active = true") == [made]
    assert fault_of(company.post("budget", {**made, "Name": "Plan B"}))["code"] == "500"
    assert company.post("budget", made, operation="delete").json()["Budget"]["status"] == "Deleted"
    assert company.rows("select * from Budget") == []
