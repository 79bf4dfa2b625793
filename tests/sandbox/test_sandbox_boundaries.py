"""Names of people and companies: how long each attribute may be, which marks it must not hold, how a name is built."""

from itertools import count
from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of

PEOPLE = ("Customer", "Vendor", "Employee")
NAMES = ("DisplayName", "Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "PrintOnCheckName")
NUMBERS = count(1)


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


def person(entity: str, path: str, value: Any) -> Json:
    """A new one's body with a name of its own, and the value at `Attribute` or `Attribute.Inner`."""
    given = {"GivenName": "Nora"} if entity == "Employee" else {}
    name, _, inner = path.partition(".")
    return {"DisplayName": f"Bounded {next(NUMBERS)}", **given, name: {inner: value} if inner else value}


def told(record: Json, path: str) -> Any:
    name, _, inner = path.partition(".")
    return record[name][inner] if inner else record[name]


LENGTHS: list[tuple[str, str, int]] = [
    # entity, attribute, most
    *((entity, "DisplayName", 500) for entity in PEOPLE),
    *((entity, name, 16) for entity in PEOPLE for name in ("Title", "Suffix")),
    *((entity, name, 100) for entity in PEOPLE for name in ("GivenName", "MiddleName", "FamilyName")),
    ("Customer", "PrintOnCheckName", 110),
    ("Vendor", "PrintOnCheckName", 100),
    ("Employee", "PrintOnCheckName", 100),
    *(
        (entity, f"{name}.FreeFormNumber", 30)
        for entity in ("Customer", "Vendor")
        for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")
    ),
    ("Employee", "PrimaryPhone.FreeFormNumber", 20),
    ("Employee", "Mobile.FreeFormNumber", 20),
    *((entity, "CompanyName", 100) for entity in ("Customer", "Vendor")),
    *((entity, "WebAddr.URI", 1000) for entity in ("Customer", "Vendor")),
    *(
        (entity, f"{address}.{name}", most)
        for entity, address in (
            ("Customer", "BillAddr"),
            ("Customer", "ShipAddr"),
            ("Vendor", "BillAddr"),
            ("Employee", "PrimaryAddr"),
        )
        for name, most in (
            *((f"Line{number}", 500) for number in range(1, 6)),
            ("City", 255),
            ("CountrySubDivisionCode", 255),
            ("PostalCode", 30),
            ("Country", 255),
        )
    ),
    ("Customer", "Notes", 2000),
    ("Customer", "ResaleNum", 16),
    ("Vendor", "AcctNum", 100),
    ("Employee", "EmployeeNumber", 100),
]


@pytest.mark.parametrize(("entity", "path", "most"), LENGTHS)
def test_an_attribute_has_a_length(shared: Company, entity: str, path: str, most: int) -> None:
    full = entity[0] * most  # a letter of its own list: a DisplayName is unique over all three
    assert told(shared.create(entity, **person(entity, path, full)), path) == full
    error = fault_of(shared.post(entity, person(entity, path, f"{full}+")))
    assert (error["code"], error["element"]) == ("2050", path.rpartition(".")[2])
    assert f"Max:{most:,} supported. Supplied length: {most + 1:,}" in error["Detail"]


def test_a_tax_identifier_has_twenty_characters_and_shows_the_last_four(shared: Company) -> None:
    made = shared.create("Vendor", **person("Vendor", "TaxIdentifier", "1" * 16 + "2345"))
    assert made["TaxIdentifier"] == "XXXXXXX2345"
    error = fault_of(shared.post("Vendor", person("Vendor", "TaxIdentifier", "1" * 21)))
    assert (error["code"], error["element"]) == ("2050", "TaxIdentifier")


@pytest.mark.parametrize("entity", PEOPLE)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mark", [":", "\t", "\n"], ids=["colon", "tab", "new line"])
def test_a_name_holds_no_colon_tab_or_new_line(shared: Company, entity: str, name: str, mark: str) -> None:
    error = fault_of(shared.post(entity, person(entity, name, f"A{mark}B")))
    assert (error["code"], error["element"]) == ("2040", name)


@pytest.mark.parametrize("entity", PEOPLE)
def test_without_a_display_name_the_five_parts_make_it(shared: Company, entity: str) -> None:
    parts = {"Title": "Dr", "GivenName": entity, "MiddleName": "Q", "FamilyName": "Built", "Suffix": "III"}
    made = shared.create(entity, **dict(reversed(parts.items())))
    assert made["DisplayName"] == made["PrintOnCheckName"] == f"Dr {entity} Q Built III"
    assert {name: made[name] for name in parts} == parts


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"Title": "Ms", "Suffix": "Jr"}, "Ms Jr"),
        ({"MiddleName": "Middle Alone"}, "Middle Alone"),
        ({"FamilyName": "Alone", "Title": "Sir"}, "Sir Alone"),
        ({"DisplayName": "Said Out", "GivenName": "Not", "FamilyName": "Used"}, "Said Out"),
    ],
)
def test_any_part_is_enough_for_a_name_and_a_given_one_goes_first(shared: Company, sent: Json, name: str) -> None:
    assert shared.create("Customer", **sent)["DisplayName"] == name


@pytest.mark.parametrize("entity", PEOPLE)
@pytest.mark.parametrize("address", ["nobody.example.com", "nobody@example", "", "@", ".", "nobody"])
def test_an_e_mail_address_has_an_at_sign_and_a_point(shared: Company, entity: str, address: str) -> None:
    answer = shared.post(entity, person(entity, "PrimaryEmailAddr.Address", address))
    if address:
        assert (fault_of(answer)["code"], fault_of(answer)["element"]) == ("2210", "Address")
    else:
        assert answer.json()[entity].get("PrimaryEmailAddr", {}) == {}


@pytest.mark.parametrize("entity", PEOPLE)
def test_an_e_mail_address_with_both_is_kept(shared: Company, entity: str) -> None:
    made = shared.create(entity, **person(entity, "PrimaryEmailAddr.Address", "a@b.c"))
    assert made["PrimaryEmailAddr"] == {"Address": "a@b.c"}


@pytest.mark.parametrize("name", ["ParentRef", "Job", "BillWithParent", "Notes", "ResaleNum"])
def test_a_vendor_has_nothing_of_a_customers_own(shared: Company, name: str) -> None:
    value = {"value": shared.id_of("Vendor", "Summit Electric")} if name == "ParentRef" else "1"
    error = fault_of(shared.post("Vendor", person("Vendor", name, value)))
    assert (error["code"], error["element"]) == ("2010", name)


def test_the_mask_of_a_social_security_number_stands_for_what_was_there(shared: Company) -> None:
    made = shared.create("Employee", **person("Employee", "SSN", "111-22-3333"))
    assert made["SSN"] == "XXX-XX-XXXX"
    kept = shared.update("Employee", **{**made, "EmployeeNumber": "7"})
    assert (kept["SSN"], kept["EmployeeNumber"]) == ("XXX-XX-XXXX", "7")
    without = {name: value for name, value in kept.items() if name != "SSN"}
    emptied = shared.update("Employee", **without)
    assert "SSN" not in emptied
