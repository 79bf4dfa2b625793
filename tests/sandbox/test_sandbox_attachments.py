"""Attachables: notes and files, what they hang on, and how a file comes back."""

from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_client import OTHER_REALM, REALM, Company, Json, Served, fault_of
from tests.sandbox.upload_client import FIRST_ID, note, on, upload

SECONDS = 900


# notes


def test_a_note_is_made_read_changed_and_deleted(company: Company) -> None:
    made = company.create("Attachable", **note(Category="Document", Tag="site"))
    assert made["Id"] == str(FIRST_ID)
    assert not {"FileName", "Size", "FileAccessUri", "TempDownloadUri"} & made.keys()
    assert company.read("Attachable", made["Id"]) == made
    changed = company.update("Attachable", Id=made["Id"], SyncToken="0", Note="seen")
    assert (changed["Note"], changed["SyncToken"], "Tag" in changed) == ("seen", "1", False)
    gone = company.post("Attachable", {"Id": made["Id"], "SyncToken": "1"}, operation="delete").json()["Attachable"]
    assert gone == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert fault_of(company.call("GET", f"attachable/{made['Id']}"))["code"] == "610"


def test_a_stale_note_is_refused(company: Company) -> None:
    made = company.create("Attachable", **note())
    company.update("Attachable", **made)
    assert fault_of(company.post("Attachable", made))["code"] == "5010"
    assert fault_of(company.post("Attachable", {**made, "SyncToken": "1", "sparse": True}))["code"] == "6000"


REFUSED: list[tuple[Json, str, str]] = [
    ({}, "6040", "FileName"),
    ({"Category": "Image"}, "6040", "FileName"),
    ({"FileName": "plan.pdf"}, "6041", "FileName"),
    (note(FileName="plan.pdf"), "6041", "FileName"),
    (note(FileName="x" * 1001), "2050", "FileName"),
    (note(FileName="a\x00b"), "2040", "FileName"),
    (note(FileName="half \ud800"), "2040", "FileName"),
    (note(Note="x" * 2001), "2050", "Note"),
    (note(Category="Photo"), "2170", "Category"),
    (note(Category=["Image"]), "2170", "Category"),
    (note(Colour="red"), "2010", "Colour"),
    (note(AttachableRef={}), "2010", "AttachableRef"),
    (note(AttachableRef=["Bill"]), "2010", "AttachableRef."),
    (note(AttachableRef=[{"EntityRef": "1"}]), "2010", "EntityRef"),
    (note(**on("Bill", "99999")), "2500", "EntityRef"),
    (note(**on("Bill", "9" * 40)), "2500", "EntityRef"),
    (note(**on("Customer", "x")), "2500", "EntityRef"),
    (note(**on("Preferences", "1")), "2170", "EntityRef.type"),
    (note(**on("Project", "647933362")), "2170", "EntityRef.type"),
    (note(**on("Attachable", str(FIRST_ID))), "2170", "EntityRef.type"),
    (note(**on("bill", "1")), "2170", "EntityRef.type"),
    (note(AttachableRef=[{"EntityRef": {"type": ["Bill"], "value": "1"}}]), "2170", "EntityRef.type"),
    (note(AttachableRef=[{"EntityRef": {"value": "1"}}]), "2020", "EntityRef.type"),
    (note(AttachableRef=[{"EntityRef": {"type": "Bill"}}]), "2020", "EntityRef"),
    (note(AttachableRef=[{"IncludeOnSend": "yes"}]), "2230", "IncludeOnSend"),
    (note(AttachableRef=[{"CustomField": [{"StringValue": "a"}]}]), "2020", "DefinitionId"),
]


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


@pytest.mark.parametrize(("body", "code", "element"), REFUSED)
def test_an_attachable_is_refused(shared: Company, body: Json, code: str, element: str) -> None:
    answer = shared.post("Attachable", body)
    error = fault_of(answer)
    assert (answer.status_code, error["code"], error["element"]) == (400, code, element)
    assert shared.applied() == []


def test_an_inactive_name_bears_nothing_new(company: Company) -> None:
    key = company.id_of("Employee", "Marcus Webb (deleted)")
    assert fault_of(company.post("Attachable", note(**on("Employee", key))))["code"] == "2500"


def test_a_reference_is_told_with_its_defaults(company: Company) -> None:
    made = company.create("Attachable", **note(**on("Bill", "1", LineInfo="1", CustomField=[])))
    assert made["AttachableRef"] == [
        {"EntityRef": {"type": "Bill", "value": "1"}, "LineInfo": "1", "IncludeOnSend": False}
    ]
    text = company.call("GET", f"attachable/{made['Id']}", headers={"Accept": "application/xml"}).text
    assert '<EntityRef type="Bill">1</EntityRef>' in text


def test_a_deleted_transaction_leaves_its_attachables_without_it(company: Company) -> None:
    entry, bill = on("TimeActivity", "3"), on("Bill", "9")
    both = {"AttachableRef": [*entry["AttachableRef"], *bill["AttachableRef"]]}
    shared, own, other = (company.create("Attachable", **note(**refs))["Id"] for refs in (both, entry, bill))
    company.post("TimeActivity", {"Id": "3", "SyncToken": "0"}, operation="delete")
    told = company.read("Attachable", shared)
    assert ([ref["EntityRef"]["type"] for ref in told["AttachableRef"]], told["SyncToken"]) == (["Bill"], "1")
    assert "AttachableRef" not in company.read("Attachable", own)
    assert company.read("Attachable", other)["SyncToken"] == "0"


def test_attachables_are_found_by_their_attributes(company: Company) -> None:
    company.create("Attachable", **note(Category="Receipt", **on("Bill", "9")))
    refs = [*on("Customer", "2")["AttachableRef"], *on("Bill", "9")["AttachableRef"]]
    company.create("Attachable", **note(AttachableRef=refs))
    upload(company, **on("Bill", "1"))
    keys = [str(FIRST_ID + place) for place in range(3)]
    for where, found in (
        ("", keys),
        (f"where Id = '{keys[1]}'", keys[1:2]),
        ("where FileName = 'INVOICE.pdf'", keys[2:]),
        ("where FileName like 'inv%'", keys[2:]),
        ("where Category = 'Receipt'", keys[:1]),
        ("where AttachableRef.EntityRef.Type = 'bill'", keys),
        ("where AttachableRef.EntityRef.type = 'Customer'", keys[1:2]),
        ("where AttachableRef.EntityRef.Type = 'Bill' and AttachableRef.EntityRef.value = '9'", keys[:2]),
        ("where AttachableRef.EntityRef.value in ('1', '2') orderby FileName desc", [keys[2], keys[1]]),
        ("where MetaData.LastUpdatedTime >= '2099-01-01'", []),
    ):
        assert [row["Id"] for row in company.rows(f"select Id from attachable {where}")] == found, where
    for wrong in ("where Note = 'a'", "where Size > 1", "orderby AttachableRef.EntityRef.value"):
        assert fault_of(company.ask(f"select * from Attachable {wrong}"))["code"] == "4001"


# the temporary address


def test_an_address_works_for_a_quarter_of_an_hour(company: Company) -> None:
    company.served.control("clock", {"frozen": True})
    address = upload(company)["TempDownloadUri"]
    company.served.control("clock", {"advance_seconds": SECONDS - 1})
    assert requests.get(address, timeout=10).status_code == 200
    company.served.control("clock", {"advance_seconds": 1})
    late = requests.get(address, timeout=10)
    assert (late.status_code, "expired" in late.text) == (403, True)


def test_an_address_is_not_to_be_made_up(company: Company) -> None:
    first, other = upload(company), upload(company)
    address = first["TempDownloadUri"]
    head, _, signature = address.partition("&signature=")
    for forged in (
        head,
        f"{head}&signature=",
        f"{head}&signature={'0' * len(signature)}",
        f"{head}&signature=%ED%A0%80",
        address.replace("expires=", "expires=1"),
        address.replace("expires=", "expires=x"),
        address.replace("expires=", "expires=%ED%A0%80"),
        address.replace(first["Id"], other["Id"]),
        address.replace(first["Id"], "x"),
        address.replace(first["Id"], "9" * 40),
        address.replace(REALM, OTHER_REALM),
    ):
        assert requests.get(forged, timeout=10).status_code == 403, forged


def test_a_file_is_gone_with_its_record_and_with_a_reset(served: Served) -> None:
    company = served.connect()
    made = upload(company)
    company.post("Attachable", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert requests.get(made["TempDownloadUri"], timeout=10).status_code == 404
    held = upload(company)
    served.control("reset", {"seed": "contractor"})
    assert requests.get(held["TempDownloadUri"], timeout=10).status_code == 403
    assert upload(served.connect())["Id"] == str(FIRST_ID)


def test_people_see_attachables_on_the_website(company: Company) -> None:
    made = upload(company, FileName="<b>plan</b>.pdf")
    pages = [f"{company.served.url}/company/{REALM}/Attachable{tail}" for tail in ("", f"/{made['Id']}")]
    for page in pages:
        text = requests.get(page, timeout=10).text
        assert "&lt;b&gt;plan&lt;/b&gt;.pdf" in text
        assert "<b>plan" not in text
