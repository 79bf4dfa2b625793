"""Customers, vendors, employees, items and accounts: their names and what they refuse."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of

LONG = "x" * 501

REFUSED_NAMES: list[tuple[str, Json, str, str]] = [
    # entity, body, code, element
    ("Customer", {}, "6080", "DisplayName"),
    ("Customer", {"DisplayName": LONG}, "2050", "DisplayName"),
    ("Customer", {"DisplayName": "A:B"}, "2040", "DisplayName"),
    ("Customer", {"DisplayName": "A\tB"}, "2040", "DisplayName"),
    ("Customer", {"DisplayName": "A\nB"}, "2040", "DisplayName"),
    ("Customer", {"DisplayName": "New", "Nickname": "N"}, "2010", "Nickname"),
    ("Customer", {"DisplayName": "New", "Job": "yes"}, "2230", "Job"),
    ("Customer", {"DisplayName": "New", "Job": True}, "6150", "ParentRef"),
    ("Customer", {"DisplayName": "New", "ParentRef": {"value": "1"}}, "6150", "ParentRef"),
    ("Customer", {"DisplayName": "New", "Job": True, "ParentRef": {"value": "999"}}, "2500", "ParentRef"),
    ("Customer", {"DisplayName": "New", "CurrencyRef": {"value": "CAD"}}, "2220", "CurrencyRef"),
    ("Customer", {"DisplayName": "New", "PrimaryEmailAddr": {"Address": "nobody"}}, "2210", "Address"),
    ("Customer", {"DisplayName": "New", "PreferredDeliveryMethod": "Pigeon"}, "2170",
     "PreferredDeliveryMethod"),
    ("Customer", {"DisplayName": "New", "Notes": "x" * 2001}, "2050", "Notes"),
    ("Customer", {"DisplayName": "summit ELECTRIC"}, "6240", ""),
    ("Vendor", {"DisplayName": "Maria Gonzalez"}, "6240", ""),
    ("Vendor", {"DisplayName": "New", "TermRef": {"value": "77"}}, "2500", "TermRef"),
    ("Vendor", {"DisplayName": "New", "Job": True}, "2010", "Job"),
    ("Employee", {"DisplayName": "Only Display"}, "2020", "GivenName"),
    ("Employee", {"GivenName": "City of", "FamilyName": "Larkspur"}, "6240", ""),
    ("Employee", {"GivenName": "New", "Gender": "Unknown"}, "2170", "Gender"),
    ("Employee", {"GivenName": "New", "BillRate": 90}, "6000", "BillRate"),
    ("Employee", {"GivenName": "New", "PrimaryPhone": {"FreeFormNumber": "1" * 21}}, "2050",
     "FreeFormNumber"),
    ("Item", {"Type": "Service", "IncomeAccountRef": {"value": "28"}}, "2020", "Name"),
    ("Item", {"Name": "New", "Type": "Service"}, "2020", "IncomeAccountRef"),
    ("Item", {"Name": "New", "Type": "Bundle"}, "2170", "Type"),
    ("Item", {"Name": "New", "IncomeAccountRef": {"value": "12"}}, "6430", "IncomeAccountRef"),
    ("Item", {"Name": "carpentry labor", "IncomeAccountRef": {"value": "28"}}, "6240", ""),
    ("Item", {"Name": "New", "SubItem": True, "IncomeAccountRef": {"value": "28"}}, "6150", "ParentRef"),
    ("Account", {"Name": "New"}, "6010", "AccountType"),
    ("Account", {"Name": 'New "one"', "AccountType": "Expense"}, "2040", "Name"),
    ("Account", {"Name": "New", "AccountType": "Snacks"}, "2170", "AccountType"),
    ("Account", {"Name": "New", "AccountSubType": "Snacks"}, "2170", "AccountSubType"),
    ("Account", {"Name": "New", "AccountType": "Bank", "AccountSubType": "Travel"}, "6010", "AccountSubType"),
    ("Account", {"Name": "checking", "AccountType": "Bank"}, "6240", ""),
    ("Account", {"Name": "New", "AccountType": "Bank", "ParentRef": {"value": "49"}}, "6010", "AccountType"),
    ("Account", {"Name": "New", "AccountType": "Bank", "AcctNum": "12345678"}, "2050", "AcctNum"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


@pytest.mark.parametrize(("entity", "body", "code", "element"), REFUSED_NAMES)
def test_a_list_refuses(shared: Company, entity: str, body: Json, code: str, element: str) -> None:
    answer = shared.post(entity, body)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)
    assert shared.applied() == []


def test_a_name_is_built_from_its_parts(company: Company) -> None:
    made = company.create("Employee", GivenName="Ana", MiddleName="B", FamilyName="Cole")
    assert made["DisplayName"] == "Ana B Cole"
    assert made["PrintOnCheckName"] == "Ana B Cole"


def test_the_duplicate_name_fault_has_the_words_of_the_service(company: Company) -> None:
    error = fault_of(company.post("Vendor", {"DisplayName": "Helen Voss"}))
    assert error["Message"] == "Duplicate Name Exists Error"
    assert error["Detail"] == (
        "The name supplied already exists. : Another customer, vendor or employee is already using "
        "this \nname. "
        "Please use a different name."
    )


def test_deactivation_marks_the_name_and_frees_it(company: Company) -> None:
    customer = company.rows("select * from Customer where DisplayName = 'Delgado Family Trust'")[0]
    gone = company.update("Customer", Id=customer["Id"], SyncToken=customer["SyncToken"], sparse=True, Active=False)
    assert gone["Active"] is False
    assert gone["DisplayName"] == "Delgado Family Trust (deleted)"
    assert gone["FullyQualifiedName"] == "Delgado Family Trust (deleted)"
    assert company.rows("select * from Customer where DisplayName like 'Delgado%'") == []
    again = company.create("Customer", DisplayName="Delgado Family Trust")
    assert again["Id"] != customer["Id"]
    back = company.post("Customer", {"Id": gone["Id"], "SyncToken": gone["SyncToken"], "sparse": True, "Active": True})
    assert fault_of(back)["code"] == "6240"


def test_reactivation_gives_the_name_back(company: Company) -> None:
    marcus = company.rows("select * from Employee where Active = false")[0]
    assert marcus["DisplayName"] == "Marcus Webb (deleted)"
    back = company.update("Employee", **{**marcus, "Active": True})
    assert (back["DisplayName"], back["Active"]) == ("Marcus Webb", True)


def test_a_reference_to_an_inactive_record_is_refused(company: Company) -> None:
    marcus = company.rows("select Id from Employee where Active = false")[0]["Id"]
    error = fault_of(company.post("timeactivity", company.time(EmployeeRef={"value": marcus})))
    assert error["code"] == "2500"
    assert "made inactive" in error["Detail"]


def test_a_job_stands_under_its_customer_to_five_levels(company: Company) -> None:
    parent, name = company.id_of("Customer", "City of Larkspur"), "City of Larkspur"
    for level in range(1, 5):
        made = company.create("Customer", DisplayName=f"Phase {level}", Job=True, ParentRef={"value": parent})
        name = f"{name}:Phase {level}"
        assert (made["FullyQualifiedName"], made["Level"]) == (name, level)
        parent = made["Id"]
    refused = company.post("Customer", {"DisplayName": "Phase 5", "Job": True, "ParentRef": {"value": parent}})
    assert fault_of(refused)["code"] == "6180"


def test_renaming_a_parent_renames_the_full_names_below(company: Company) -> None:
    parent = company.rows("select * from Customer where DisplayName = 'Harborview Medical Center'")[0]
    company.update("Customer", Id=parent["Id"], SyncToken="0", sparse=True, DisplayName="Harborview Health")
    job = company.rows("select * from Customer where Job = true")[0]
    assert job["FullyQualifiedName"] == "Harborview Health:Harborview Tower Renovation"
    assert job["SyncToken"] == "0"


def test_a_customer_cannot_stand_under_itself(company: Company) -> None:
    job = company.rows("select * from Customer where Job = true")[0]
    parent = company.read("Customer", job["ParentRef"]["value"])
    answer = company.post(
        "Customer",
        {
            "Id": parent["Id"],
            "SyncToken": "0",
            "sparse": True,
            "Job": True,
            "ParentRef": {"value": job["Id"]},
        },
    )
    assert fault_of(answer)["code"] == "900"


def test_is_project_cannot_be_written(company: Company) -> None:
    made = company.create("Customer", DisplayName="Wished Project", IsProject=True)
    assert made["IsProject"] is False


def test_a_sparse_update_changes_only_what_is_given(company: Company) -> None:
    made = company.create("Customer", DisplayName="Acme", Notes="keep me", CompanyName="Acme Inc")
    changed = company.update("Customer", Id=made["Id"], SyncToken="0", sparse=True, CompanyName="Acme LLC")
    assert (changed["Notes"], changed["CompanyName"], changed["SyncToken"]) == ("keep me", "Acme LLC", "1")


def test_a_full_update_empties_what_is_not_given(company: Company) -> None:
    made = company.create("Customer", DisplayName="Acme", Notes="forget me")
    changed = company.update("Customer", Id=made["Id"], SyncToken="0", DisplayName="Acme")
    assert "Notes" not in changed


def test_sparse_is_refused_where_it_is_not_documented(company: Company) -> None:
    vendor = company.rows("select * from Vendor where DisplayName = 'J&R Roofing'")[0]
    answer = company.post("Vendor", {"Id": vendor["Id"], "SyncToken": "0", "sparse": True, "AcctNum": "7"})
    assert fault_of(answer)["code"] == "6000"


def test_a_stale_sync_token_names_the_other_writer(company: Company) -> None:
    customer = company.create("Customer", DisplayName="Acme")
    company.served.control(
        f"{company.realm}/edit",
        {"entity": "Customer", "id": customer["Id"], "changes": {"Notes": "changed by hand"}},
    )
    answer = company.post("Customer", {**customer, "Notes": "mine"})
    assert answer.status_code == 400
    assert fault_of(answer) == {
        "Message": "Stale Object Error",
        "Detail": "Stale Object Error : You and root were working on this at the same time. "
        "root finished before you did, so your work was not saved.",
        "code": "5010",
        "element": "",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Id": "1", "DisplayName": "x"}, "2020"),
        ({"Id": "99999", "SyncToken": "0", "DisplayName": "x"}, "610"),
        ({"Id": "abc", "SyncToken": "0", "DisplayName": "x"}, "2030"),
        ({"Id": 1, "SyncToken": "0", "DisplayName": "x"}, "2030"),
    ],
)
def test_an_update_needs_a_known_id_and_a_token(company: Company, body: Json, code: str) -> None:
    assert fault_of(company.post("Customer", body))["code"] == code


def test_names_are_never_deleted(company: Company) -> None:
    answer = company.post("Vendor", {"Id": "32", "SyncToken": "0"}, operation="delete")
    assert fault_of(answer)["code"] == "500"


def test_a_customer_with_unbilled_time_cannot_leave(company: Company) -> None:
    company.create("TimeActivity", **company.time(BillableStatus="Billable", HourlyRate=85))
    customer = company.rows("select * from Customer where DisplayName = 'City of Larkspur'")[0]
    answer = company.post("Customer", {**customer, "Active": False})
    assert fault_of(answer)["code"] == "6280"


def test_a_vendor_with_open_bills_cannot_leave(company: Company) -> None:
    vendor = company.rows("select * from Vendor where DisplayName = 'Allied Steel Fabricators'")[0]
    assert vendor["Balance"] == 21840.0
    assert fault_of(company.post("Vendor", {**vendor, "Active": False}))["code"] == "6220"


def test_names_share_one_sequence_of_ids(company: Company) -> None:
    ids = [
        company.create("Customer", DisplayName="A")["Id"],
        company.create("Vendor", DisplayName="B")["Id"],
        company.create("Employee", GivenName="C")["Id"],
    ]
    assert [int(key) - int(ids[0]) for key in ids] == [0, 1, 2]


def test_what_is_read_can_be_sent_back_whole(company: Company) -> None:
    for entity in ("Account", "Item", "Customer", "Vendor", "Employee", "Term", "TimeActivity"):
        for held in company.rows(f"select * from {entity} maxresults 12"):
            sent = company.update(entity, **held)
            volatile = {"SyncToken", "MetaData"}
            assert {key: value for key, value in sent.items() if key not in volatile} == {
                key: value for key, value in held.items() if key not in volatile
            }


def test_secrets_come_back_masked(company: Company) -> None:
    assert company.create("Vendor", DisplayName="V", TaxIdentifier="123456789")["TaxIdentifier"] == "XXXXXXX6789"
    assert company.create("Employee", GivenName="E", SSN="111-22-3333")["SSN"] == "XXX-XX-XXXX"


def test_an_account_takes_type_and_classification_from_its_sub_type(company: Company) -> None:
    made = company.create("Account", Name="Crane Permits", AccountSubType="OtherCostsOfServiceCos",
                          ParentRef=company.ref("Account", "Job Costs"))  # fmt: skip
    assert made["AccountType"] == "Cost of Goods Sold"
    assert made["Classification"] == "Expense"
    assert made["SubAccount"] is True
    assert made["FullyQualifiedName"] == "Job Costs:Crane Permits"


def test_a_name_that_ends_like_a_deleted_one_is_freed_all_the_same(company: Company) -> None:
    made = company.create("Vendor", DisplayName="Keep (deleted)")
    gone = company.update("Vendor", **{**made, "Active": False})
    assert gone["DisplayName"] == "Keep (deleted) (deleted)"
    assert company.create("Vendor", DisplayName="Keep (deleted)")["Id"] != made["Id"]


def test_an_inactive_name_of_full_length_can_be_sent_back(company: Company) -> None:
    made = company.create("Vendor", DisplayName="v" * 500)
    gone = company.update("Vendor", **{**made, "Active": False})
    assert len(gone["DisplayName"]) == 510
    back = company.update("Vendor", **{**gone, "Active": True})
    assert back["DisplayName"] == "v" * 500


def test_the_printed_name_is_never_marked_as_deleted(company: Company) -> None:
    made = company.create("Vendor", DisplayName="Printed Plain")
    sent = {name: value for name, value in made.items() if name != "PrintOnCheckName"}
    assert company.update("Vendor", **{**sent, "Active": False})["PrintOnCheckName"] == "Printed Plain"


def test_a_sparse_update_cannot_take_a_name_away(company: Company) -> None:
    made = company.create("Customer", DisplayName="Stays Named", GivenName="Nora", FamilyName="Named")
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "", "PrintOnCheckName": ""}
    held = company.update("Customer", **body)
    assert (held["DisplayName"], held["PrintOnCheckName"]) == ("Stays Named", "Stays Named")


ODD_MARKS: list[tuple[Json, str, str]] = [
    ({"sparse": "true"}, "2230", "sparse"),
    ({"sparse": 1}, "2230", "sparse"),
    ({"SyncToken": 0}, "2010", "SyncToken"),
    ({"SyncToken": None}, "2010", "SyncToken"),
]


@pytest.mark.parametrize(("marks", "code", "element"), ODD_MARKS)
def test_marks_of_another_type_are_refused_and_empty_nothing(
    company: Company, marks: Json, code: str, element: str
) -> None:
    made = company.create("Customer", DisplayName="Well Marked", Notes="kept")
    body = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Well Marked", **marks}
    error = fault_of(company.post("Customer", body))
    assert (error["code"], error["element"]) == (code, element)
    assert company.read("Customer", made["Id"])["Notes"] == "kept"


def test_a_customer_with_a_billable_bill_line_cannot_be_made_inactive(company: Company) -> None:
    customer = company.create("Customer", DisplayName="Owes For Stone")
    line = company.account_line(100, BillableStatus="Billable", CustomerRef={"value": customer["Id"]})
    company.create("Bill", **company.bill(Line=[line]))
    assert fault_of(company.post("Customer", {**customer, "Active": False}))["code"] == "6280"


def test_the_type_of_an_account_with_postings_stays(company: Company) -> None:
    company.create("Bill", **company.bill())
    used = company.read("Account", company.id_of("Account", "Job Costs:Job Materials"))
    changed = {**used, "AccountType": "Expense", "AccountSubType": "SuppliesMaterials", "ParentRef": None}
    assert fault_of(company.post("Account", changed))["code"] == "6000"
    unused = company.create("Account", Name="Fresh", AccountSubType="Travel")
    assert company.update("Account", **{**unused, "AccountType": "Other Expense", "AccountSubType": "Depreciation"})


STOCK: list[tuple[Json, str, str]] = [
    ({"TrackQtyOnHand": False}, "6000", "TrackQtyOnHand"),
    ({"IncomeAccountRef": "Construction Income"}, "6430", "IncomeAccountRef"),
    ({"ExpenseAccountRef": "Office Supplies"}, "6430", "ExpenseAccountRef"),
    ({"AssetAccountRef": "Prepaid Expenses"}, "6430", "AssetAccountRef"),
]


@pytest.mark.parametrize(("change", "code", "element"), STOCK)
def test_an_inventory_item_needs_its_own_sorts_of_accounts(
    company: Company, change: Json, code: str, element: str
) -> None:
    income = company.create("Account", Name="Product Sales", AccountSubType="SalesOfProductIncome")
    asset = company.create("Account", Name="Stock", AccountSubType="Inventory")
    body = {
        "Name": "Hoist",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 3,
        "InvStartDate": "2026-10-01",
        "IncomeAccountRef": {"value": income["Id"]},
        "ExpenseAccountRef": company.ref("Account", "Job Costs:Job Materials"),
        "AssetAccountRef": {"value": asset["Id"]},
    }
    sent = {name: company.ref("Account", value) if isinstance(value, str) else value for name, value in change.items()}
    error = fault_of(company.post("Item", {**body, **sent}))
    assert (error["code"], error["element"]) == (code, element)
    assert company.create("Item", **body)["QtyOnHand"] == 3
