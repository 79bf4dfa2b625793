"""Updates that replace the whole, a bill of today, and purchases and orders for a project."""

import pytest

from tests.sandbox.graphql_client import FIRST_ID, Projects, connect
from tests.sandbox.sandbox_client import Company, Json, Served, fault_of
from tests.sandbox.test_sandbox_bills import BY_ACCOUNT, BY_ITEM, item_line, payment_of
from tests.sandbox.test_sandbox_expenses import expense
from tests.sandbox.test_sandbox_purchase_orders import order_body


def test_a_bill_without_a_date_is_of_today(company: Company) -> None:
    company.served.control("clock", {"now": "2026-12-02T05:00:00+00:00"})  # still the first of December at the Pacific
    company.tokens = company.served.refresh(company.tokens["refresh_token"]).json()
    vendor, account = company.ref("Vendor", "Summit Electric"), company.ref("Account", "Travel")
    line = {"DetailType": BY_ACCOUNT, "Amount": 200.0, BY_ACCOUNT: {"AccountRef": account}}
    made = company.create("Bill", VendorRef=vendor, Line=[line])
    assert (made["TxnDate"], made["DueDate"], made["Balance"]) == ("2026-12-01", "2026-12-31", 200.0)


def records(company: Company) -> dict[str, Json]:
    bill = company.create("Bill", **company.bill())
    return {
        "Bill": bill,
        "BillPayment": company.create("BillPayment", **payment_of(company, bill)),
        "VendorCredit": company.create("VendorCredit", **company.bill()),
        "TimeActivity": company.create("TimeActivity", **company.time()),
        "Employee": company.create("Employee", GivenName="Sparse", FamilyName="Worker"),
        "Account": company.create("Account", Name="Sparse Account", AccountType="Expense"),
        "Term": company.create("Term", Name="Sparse Term", DueDays=4),
        "Item": company.rows("select * from Item where Name = 'Carpentry Labor'")[0],
    }


def test_only_the_whole_is_taken_where_sparse_is_not_documented(company: Company) -> None:
    for entity, held in records(company).items():
        latest = company.read(entity, held["Id"])
        answer = company.post(entity, {"Id": held["Id"], "SyncToken": latest["SyncToken"], "sparse": True})
        assert (entity, fault_of(answer)["code"]) == (entity, "6000")
        assert "sparse update is not supported" in fault_of(answer)["Detail"]
        assert company.read(entity, held["Id"]) == latest


EMPTIED: list[tuple[str, Json, Json]] = [
    # entity, what must stay, what is left out of the update
    ("Vendor", {"DisplayName": "Left Out"}, {"AcctNum": "9", "CompanyName": "Out Inc", "BillRate": 5}),
    ("Employee", {"GivenName": "Left", "FamilyName": "Away"}, {"EmployeeNumber": "9", "HiredDate": "2026-01-01"}),
    ("Account", {"Name": "Left Out", "AccountType": "Expense"}, {"AcctNum": "9", "Description": "all"}),
    ("Term", {"Name": "Left Out", "DueDays": 9}, {"DiscountPercent": 1, "DiscountDays": 2}),
]


@pytest.mark.parametrize(("entity", "kept", "left_out"), EMPTIED)
def test_a_full_update_empties_what_is_left_out_but_not_whether_it_is_active(
    company: Company, entity: str, kept: Json, left_out: Json
) -> None:
    made = company.create(entity, **kept, **left_out)
    assert left_out.items() <= made.items()
    changed = company.update(entity, Id=made["Id"], SyncToken="0", **kept)
    assert not left_out.keys() & changed.keys()
    assert changed["Active"] is True
    gone = company.update(entity, **{**changed, "Active": False})
    again = company.update(entity, Id=made["Id"], SyncToken=gone["SyncToken"], **kept)
    assert again["Active"] is False


# projects


@pytest.fixture
def projects(served: Served) -> Projects:
    company = connect(served)
    company.project()
    return company


@pytest.mark.parametrize("entity", ["Purchase", "PurchaseOrder"])
@pytest.mark.parametrize("by", [BY_ACCOUNT, BY_ITEM])
def test_a_purchase_or_an_order_is_for_the_project_of_its_customer(projects: Projects, entity: str, by: str) -> None:
    project = {"value": str(FIRST_ID)}

    def body(customer: Json) -> Json:
        line = projects.account_line() if by == BY_ACCOUNT else item_line()
        line[by]["CustomerRef"] = customer
        lines = [{**line, "ProjectRef": project}]
        return expense(projects, Line=lines) if entity == "Purchase" else order_body(projects, Line=lines)

    error = fault_of(projects.post(entity, body(projects.ref("Customer", "City of Larkspur"))))
    assert (error["code"], error["element"]) == ("2600", "ProjectRef")
    made = projects.create(entity, **body({"value": projects.row_of("Pier 9")["Id"]}))
    assert made["Line"][0]["ProjectRef"] == {**project, "name": "Pier 9"}
    assert made["Line"][0][by]["CustomerRef"]["name"] == "City of Larkspur:Pier 9"
    as_a_whole = {**body({"value": projects.row_of("Pier 9")["Id"]}), "ProjectRef": project}
    assert projects.create(entity, **as_a_whole)["ProjectRef"] == {**project, "name": "Pier 9"}
