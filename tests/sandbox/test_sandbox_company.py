"""The company's card and its preferences: read, and changed where an app may."""

import pytest

from tests.sandbox.sandbox_client import REALM, Company, Json, fault_of


def preferences(company: Company) -> Json:
    told: Json = company.call("GET", "preferences").json()["Preferences"]
    return told


def change(company: Company, **groups: Json) -> Json:
    token = preferences(company)["SyncToken"]
    return company.create("Preferences", Id="1", SyncToken=token, sparse=True, **groups)


def test_the_card_is_read_by_the_realm_and_changed(company: Company) -> None:
    card = company.call("GET", f"companyinfo/{REALM}").json()["CompanyInfo"]
    assert (card["CompanyName"], card["Country"], card["Id"]) == ("Ridgeline Builders, Inc.", "US", "1")
    changed = company.create("CompanyInfo", Id="1", SyncToken=card["SyncToken"], sparse=True, LegalName="Ridgeline LLC")
    assert (changed["LegalName"], changed["CompanyName"]) == ("Ridgeline LLC", "Ridgeline Builders, Inc.")


def test_another_companys_card_is_not_found(company: Company) -> None:
    assert fault_of(company.call("GET", "companyinfo/1"))["code"] == "610"


WRITABLE: list[tuple[str, Json]] = [
    ("AccountingInfoPrefs", {"ClassTrackingPerTxn": True}),
    ("AccountingInfoPrefs", {"TrackDepartments": True, "DepartmentTerminology": "Division"}),
    ("AccountingInfoPrefs", {"CustomerTerminology": "Clients"}),
    ("TimeTrackingPrefs", {"WorkWeekStartDate": "Monday", "MarkTimeEntriesBillable": True}),
    ("SalesFormsPrefs", {"CustomTxnNumbers": True}),
    ("VendorAndPurchasesPrefs", {"BillableExpenseTracking": False}),
    ("ReportPrefs", {"ReportBasis": "Cash"}),
]


@pytest.mark.parametrize(("group", "sent"), WRITABLE, ids=[f"{row[0]} {', '.join(row[1])}" for row in WRITABLE])
def test_a_preference_is_changed_and_the_rest_stays(company: Company, group: str, sent: Json) -> None:
    before = preferences(company)
    after = change(company, **{group: sent})
    assert after[group] == {**before[group], **sent}
    others = {name: value for name, value in before.items() if name not in {group, "SyncToken", "MetaData"}}
    assert others.items() <= after.items()


READ_ONLY: list[tuple[str, Json]] = [
    ("AccountingInfoPrefs", {"BookCloseDate": "2020-01-01"}),
    ("AccountingInfoPrefs", {"FirstMonthOfFiscalYear": "June"}),
    ("CurrencyPrefs", {"MultiCurrencyEnabled": True}),
    ("OtherPrefs", {"NameValue": []}),
]


@pytest.mark.parametrize(("group", "sent"), READ_ONLY, ids=[f"{row[0]} {', '.join(row[1])}" for row in READ_ONLY])
def test_what_the_system_sets_is_overwritten_without_a_word(company: Company, group: str, sent: Json) -> None:
    before = preferences(company)
    assert change(company, **{group: sent})[group] == before[group]


REFUSED: list[tuple[str, Json, str]] = [
    ("AccountingInfoPrefs", {"ClassTrackingPerTxn": True, "ClassTrackingPerTxnLine": True}, "2600"),
    ("AccountingInfoPrefs", {"ClassTracking": True}, "2010"),
    ("AccountingInfoPrefs", {"DepartmentTerminology": "Planet"}, "2170"),
    ("TimeTrackingPrefs", {"WorkWeekStartDate": "Someday"}, "2170"),
    ("TimeTrackingPrefs", {"UseServices": "yes"}, "2230"),
    ("TimeTrackingPrefs", {"DefaultTimeItem": {"value": "999"}}, "2500"),
    ("ReportPrefs", {"ReportBasis": "Wishful"}, "2170"),
]


@pytest.mark.parametrize(("group", "sent", "code"), REFUSED)
def test_a_preference_that_makes_no_sense_is_refused(company: Company, group: str, sent: Json, code: str) -> None:
    before = preferences(company)
    body = {"Id": "1", "SyncToken": before["SyncToken"], "sparse": True, group: sent}
    assert fault_of(company.post("Preferences", body))["code"] == code
    assert preferences(company) == before


def test_a_stale_preference_is_refused(company: Company) -> None:
    company.served.prefer(REALM, "WarnDuplicateBillNumber", "false")
    body = {"Id": "1", "SyncToken": "0", "sparse": True, "ReportPrefs": {"ReportBasis": "Cash"}}
    assert fault_of(company.post("Preferences", body))["code"] == "5010"


def test_a_company_cannot_be_made(company: Company) -> None:
    for entity in ("CompanyInfo", "Preferences"):
        assert fault_of(company.post(entity, {"CompanyName": "Another"}))["code"] == "500"


def test_turning_classes_on_by_the_api_lets_them_be_written(company: Company) -> None:
    assert fault_of(company.post("Class", {"Name": "Residential"}))["code"] == "5030"
    change(company, AccountingInfoPrefs={"ClassTrackingPerTxn": True})
    assert company.create("Class", Name="Residential")["FullyQualifiedName"] == "Residential"


def test_an_app_cannot_change_what_the_company_has_subscribed_to(company: Company) -> None:
    card = company.call("GET", f"companyinfo/{REALM}").json()["CompanyInfo"]
    ended = [{"Name": "SubscriptionStatus", "Value": "EXPIRED"}]
    body = {"Id": "1", "SyncToken": card["SyncToken"], "sparse": True, "NameValue": ended}
    changed = company.create("CompanyInfo", **body)
    assert (changed["NameValue"], changed["CompanyStartDate"]) == (card["NameValue"], card["CompanyStartDate"])
