"""What one attribute may hold: small checks that an entity's table is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.unkept import is_passed_over

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

Check = Callable[["Books", str, Any], Any]
CENT: Final = Decimal("0.01")
MONEY_MAX: Final = Decimal(99_999_999_999)
PLAIN_NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,10})?", re.ASCII)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NAME_FORBIDS: Final = ":\t\n"
# Switches of Preferences.AccountingInfoPrefs; at most one of the first two is on.
CLASS_PER_TXN: Final = "ClassTrackingPerTxn"
CLASS_PER_LINE: Final = "ClassTrackingPerTxnLine"
DEPARTMENTS: Final = "TrackDepartments"
LABELS: Final[Mapping[str, str]] = {
    "Account": "Accounts",
    "Customer": "Names",
    "Vendor": "Names",
    "Employee": "Names",
    "Item": "Items",
    "Class": "Klasses",
    "Department": "Depts",
    "Term": "Terms",
    "Project": "Projects",
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One attribute. A read-only one may be sent, and is then overwritten without a word."""

    check: Check
    read_only: bool = False
    required: bool = False
    refers: str | None = None
    fields: Mapping[str, Field] | None = None
    many: bool = False


def check_object(books: Books, body: Any, fields: Mapping[str, Field], path: str = "") -> dict[str, Any]:
    """The body without read-only and empty attributes. Refuses unknown ones (2010)."""
    if not isinstance(body, dict):
        raise faults.unknown_property(path or "body")
    clean: dict[str, Any] = {}
    for name, value in body.items():
        field = fields.get(name)
        if field is None and is_passed_over(name, value):
            continue
        if field is None:
            raise faults.unknown_property(f"{path}{name}")
        if field.read_only or value is None or value == "":
            continue
        clean[name] = field.check(books, name, value)
    for name, field in fields.items():
        if field.required and name not in clean:
            raise faults.missing(name)
    return clean


def read_only(refers: str | None = None) -> Field:
    return Field(check=lambda books, name, value: value, read_only=True, refers=refers)


def text(most: int, *, least: int = 0, forbid: str = "", required: bool = False) -> Field:
    def check(books: Books, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise faults.unknown_property(name)
        if not least <= len(value) <= most:
            raise faults.bad_length(name, least, most, len(value))
        if value != faults.whole_text(value):
            raise RefusalError("2040", f"Invalid String : {name} holds half a character", name)
        if CONTROL.search(value):
            raise RefusalError("2040", f"Invalid String : {name} holds a control character", name)
        if any(mark in value for mark in forbid):
            raise RefusalError("2040", f"Invalid String : {name} must not contain a colon, a tab or a new line", name)
        return value

    return Field(check=check, required=required)


def flag() -> Field:
    def check(books: Books, name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise RefusalError("2230", f"Invalid Boolean : {value}", name)
        return value

    return Field(check=check)


def numeric(books: Books, name: str, value: Any) -> Decimal:
    """A JSON number, or one written as text where the company file takes such (2090)."""
    if isinstance(value, str) and books.readings.text_numbers and PLAIN_NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusalError("2090", f"Invalid Number : {value}", name)
    return Decimal(value)


def number(
    least: Decimal | int = -MONEY_MAX,
    most: Decimal | int = MONEY_MAX,
    *,
    code: str = "2240",
    required: bool = False,
) -> Field:
    """A JSON number with at most 5 digits after the point, and answered as a number."""

    def check(books: Books, name: str, value: Any) -> Decimal:
        amount = numeric(books, name, value)
        exponent = amount.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -5:
            raise RefusalError("2110", f"Invalid Decimal : {value}", name)
        if not least <= amount <= most:
            raise RefusalError(code, f"Invalid Number Range : {value}, Min:{least} Max:{most}", name)
        return amount

    return Field(check=check, required=required)


def money(least: Decimal | int, most: Decimal | int, *, required: bool = False) -> Field:
    """An amount of a line, kept to the cent (2140)."""
    amount = number(least, most, code="2140")

    def check(books: Books, name: str, value: Any) -> Decimal:
        given: Decimal = amount.check(books, name, value)
        return given.quantize(CENT, ROUND_HALF_UP)

    return Field(check=check, required=required)


def whole(least: int, most: int, *, code: str = "2240") -> Field:
    def check(books: Books, name: str, value: Any) -> int:
        amount = numeric(books, name, value)
        if amount != amount.to_integral_value() or (isinstance(value, Decimal) and not isinstance(value, int)):
            raise RefusalError("2090", f"Invalid Number : {value}", name)
        if not least <= amount <= most:
            raise RefusalError(code, f"Invalid Number Range : {value}, Min:{least} Max:{most}", name)
        return int(amount)

    return Field(check=check)


def day() -> Field:
    def check(books: Books, name: str, value: Any) -> str:
        try:
            return parse_date(value).isoformat()
        except (TypeError, ValueError):
            raise RefusalError("2060", f"Invalid Date format : {value}, use YYYY-MM-DD", name) from None

    return Field(check=check)


def moment() -> Field:
    """A date-time, or a time of day that the entity's rule joins to its TxnDate."""

    def check(books: Books, name: str, value: Any) -> str:
        try:
            datetime.fromisoformat(value if "T" in value else f"2000-01-01T{value}")
        except (TypeError, ValueError):
            raise RefusalError("2060", f"Invalid Date format : {value}", name) from None
        return str(value)

    return Field(check=check)


def choice(*values: str, required: bool = False, code: str = "2170") -> Field:
    def check(books: Books, name: str, value: Any) -> str:
        if value not in values:
            raise RefusalError(code, f"Invalid Enumeration : {value}", name)
        return str(value)

    return Field(check=check, required=required)


def ref(
    kind: str,
    *,
    required: bool = False,
    account_types: Collection[str] = (),
    while_on: Collection[str] = (),
) -> Field:
    """A reference by `value` to an active record; the `name` beside it is not looked at.

    One with `while_on` means nothing in a company where none of these preferences is on.
    """

    def check(books: Books, name: str, value: Any) -> dict[str, str]:
        key = ref_value(name, value)
        if while_on and not any(map(books.tracks, while_on)):
            raise faults.no_such_reference(LABELS[kind], key, name)
        target = books.referred(kind, key, name)
        if account_types and target.body.get("AccountType") not in account_types:
            raise RefusalError("6430", f"Invalid account type: {target.body.get('AccountType')}", name)
        return {"value": key}

    return Field(check=check, required=required, refers=kind)


def person(*kinds: str, required: bool = False) -> Field:
    """A reference to a name of one of these lists; its `type`, when it is given, says which."""

    def check(books: Books, name: str, value: Any) -> dict[str, str]:
        key = ref_value(name, value)
        wanted = value.get("type")
        if wanted is not None and wanted not in kinds:
            raise faults.bad_choice(f"{name}.type", wanted)
        found = next((kind for kind in kinds if books.holds(kind, key)), kinds[0])
        books.referred(wanted or found, key, name)
        return {"value": key, "type": wanted or found}

    return Field(check=check, required=required, refers="Name")


def ref_value(name: str, value: Any) -> str:
    if not isinstance(value, dict) or not value.keys() <= {"value", "name", "type"}:
        raise faults.unknown_property(name)
    key = value.get("value")
    if not isinstance(key, str):
        raise faults.unknown_property(f"{name}.value") if key is not None else faults.missing(name)
    return key


def currency() -> Field:
    def check(books: Books, name: str, value: Any) -> dict[str, str]:
        key = ref_value(name, value)
        if not books.knows_currency(key):
            raise RefusalError("2220", f"Invalid Currency : {key}, this company does not use it", name)
        return {"value": key}

    return Field(check=check, refers="Currency")


def tax_code() -> Field:
    def check(books: Books, name: str, value: Any) -> dict[str, str]:
        key = ref_value(name, value)
        if key not in {"TAX", "NON"}:
            raise RefusalError("6100", f"Invalid line tax code : {key}, use TAX or NON", name)
        return {"value": key}

    return Field(check=check)


def group(fields: Mapping[str, Field], *, required: bool = False) -> Field:
    def check(books: Books, name: str, value: Any) -> dict[str, Any]:
        return check_object(books, value, fields, f"{name}.")

    return Field(check=check, fields=fields, required=required)


def rows(fields: Mapping[str, Field]) -> Field:
    def check(books: Books, name: str, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise faults.unknown_property(name)
        return [check_object(books, row, fields, f"{name}.") for row in value]

    return Field(check=check, fields=fields, many=True)


def phone(most: int = 30) -> Field:
    return group({"FreeFormNumber": text(most), "Id": read_only()})


def web() -> Field:
    return group({"URI": text(1000), "Id": read_only()})


def email() -> Field:
    def check(books: Books, name: str, value: Any) -> str:
        if not isinstance(value, str) or not {"@", "."} <= set(value) or value != faults.whole_text(value):
            raise RefusalError("2210", f"Invalid Email Address : {value}", name)
        if len(value) > 100:
            raise faults.bad_length(name, 0, 100, len(value))
        return value

    return group({"Address": Field(check=check), "Id": read_only()})


def address() -> Field:
    lines = {f"Line{position}": text(500) for position in range(1, 6)}
    rest = {
        "Id": read_only(),
        "City": text(255),
        "CountrySubDivisionCode": text(255),
        "PostalCode": text(30),
        "Country": text(255),
        "Lat": text(50),
        "Long": text(50),
    }
    return group({**lines, **rest})
