"""Several currencies: the ones that a company uses, their rates, and what a transaction does with them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, filters
from qbsync.sandbox.company.store import Record
from qbsync.sandbox.entities.lines import cents

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

CURRENCY_NAMES: Final[Mapping[str, str]] = {
    "AED": "UAE Dirham", "ARS": "Argentine Peso", "AUD": "Australian Dollar", "BRL": "Brazilian Real",
    "CAD": "Canadian Dollar", "CHF": "Swiss Franc", "CLP": "Chilean Peso", "CNY": "Chinese Yuan",
    "COP": "Colombian Peso", "CZK": "Czech Koruna", "DKK": "Danish Krone", "EGP": "Egyptian Pound",
    "EUR": "Euro", "GBP": "British Pound Sterling", "HKD": "Hong Kong Dollar", "HUF": "Hungarian Forint",
    "IDR": "Indonesian Rupiah", "ILS": "Israeli Shekel", "INR": "Indian Rupee", "JPY": "Japanese Yen",
    "KRW": "South Korean Won", "KWD": "Kuwaiti Dinar", "MAD": "Moroccan Dirham", "MXN": "Mexican Peso",
    "MYR": "Malaysian Ringgit", "NOK": "Norwegian Krone", "NZD": "New Zealand Dollar", "PEN": "Peruvian Sol",
    "PHP": "Philippine Peso", "PLN": "Polish Zloty", "QAR": "Qatari Riyal", "RON": "Romanian Leu",
    "SAR": "Saudi Riyal", "SEK": "Swedish Krona", "SGD": "Singapore Dollar", "THB": "Thai Baht",
    "TRY": "Turkish Lira", "TWD": "Taiwan Dollar", "UAH": "Ukrainian Hryvnia", "USD": "United States Dollar",
    "VND": "Vietnamese Dong", "ZAR": "South African Rand",
}  # fmt: skip
RATE_LEAST: Final = Decimal("0.0000001")
RATE_MOST: Final = Decimal(1_000_000)
RATE_DIGITS: Final = 10


def only_with_several(books: Books) -> None:
    if not books.has_several_currencies():
        raise RefusalError("5030", "Feature Not Supported Error : this company has one currency")


def _complete_currency(books: Books, draft: Draft) -> None:
    body, old = draft.body, draft.old
    code = body["Code"]
    if code not in CURRENCY_NAMES:
        raise RefusalError("2220", f"Invalid Currency : {code}", "Code")
    if old is not None and old.body["Code"] != code:
        raise RefusalError("2220", f"Invalid Currency : {old.body['Code']} cannot become {code}", "Code")
    taken = any(key != draft.id for _, key in books.store.named(books.realm, ["CompanyCurrency"], code))
    if taken or code == books.home_currency():
        raise faults.duplicate_name("currency")
    body["Name"] = CURRENCY_NAMES[code]


def _complete_rate(books: Books, draft: Draft) -> None:
    """One rate for one currency and one day, always into the home currency."""
    body = draft.body
    code = body["SourceCurrencyCode"]
    if not books.knows_currency(code):
        raise RefusalError("2220", f"Invalid Currency : {code}", "SourceCurrencyCode")
    home = books.home_currency()
    if body.setdefault("TargetCurrencyCode", home) != home:
        raise RefusalError("2220", f"Invalid Currency : rates are told in {home}", "TargetCurrencyCode")
    if code == home:
        raise faults.business(f"{home} is the home currency, its rate is 1", "SourceCurrencyCode")
    body.setdefault("AsOfDate", books.clock.today().isoformat())
    held = rate_of_day(books, code, body["AsOfDate"])
    if held is not None and held != draft.id:
        raise faults.business(f"{code} has a rate on {body['AsOfDate']}, update that one", "AsOfDate")


def rate_of_day(books: Books, code: str, day: str) -> int | None:
    """The id of the rate that was set for exactly this day."""
    return _found(
        books, "json_extract(body, '$.SourceCurrencyCode') = ? AND json_extract(body, '$.AsOfDate') = ?", code, day
    )


def rate_by(books: Books, code: str, day: str) -> Record | None:
    """The latest rate that was set for this day or before."""
    key = _found(
        books, "json_extract(body, '$.SourceCurrencyCode') = ? AND json_extract(body, '$.AsOfDate') <= ?", code, day
    )
    return None if key is None else books.store.get(books.realm, "ExchangeRate", key)


def _found(books: Books, where: str, *values: str) -> int | None:
    order = "json_extract(body, '$.AsOfDate') DESC"
    rows = books.store.page(books.realm, "ExchangeRate", where, values, order, limit=1, offset=0)
    return int(rows[0][0]) if rows else None


def keep_currency(draft: Draft, home: str) -> None:
    """The currency of a customer or vendor is set once and for all."""
    held = draft.old.body["CurrencyRef"] if draft.old else {"value": home}
    if draft.body.setdefault("CurrencyRef", held) != held and draft.old is not None:
        raise RefusalError("2220", f"Invalid Currency : it stays {held['value']} once it is set", "CurrencyRef")


def set_currency(books: Books, body: dict[str, Any], party: Record) -> None:
    """A transaction is in the currency of its customer or vendor; it keeps the rate of its day."""
    own = party.body.get("CurrencyRef", {"value": books.home_currency()})
    if body.setdefault("CurrencyRef", own) != own:
        raise RefusalError("2220", f"Invalid Currency : {party.entity} {party.id} uses {own['value']}", "CurrencyRef")
    if not books.has_several_currencies():
        body.pop("ExchangeRate", None)
    elif own["value"] == books.home_currency():
        body["ExchangeRate"] = Decimal(1)
    elif not body.get("ExchangeRate"):
        rate = rate_by(books, own["value"], body["TxnDate"])
        if rate is None:
            raise faults.missing("ExchangeRate")
        body["ExchangeRate"] = rate.body["Rate"]


def keep_home_currency(books: Books, body: dict[str, Any]) -> None:
    """A transaction between accounts of the company, which are all kept in its own currency."""
    home = {"value": books.home_currency()}
    if body.setdefault("CurrencyRef", home) != home:
        raise RefusalError("2220", f"Invalid Currency : the account is kept in {home['value']}", "CurrencyRef")
    body.pop("ExchangeRate", None)


def in_home_currency(body: Mapping[str, Any], amount: Decimal) -> Decimal:
    return cents(amount * Decimal(body.get("ExchangeRate", 1)))


def exchange_rate(*, required: bool = False) -> f.Field:
    """How much home currency one unit is worth. On a transaction 0 says no more than leaving it out."""

    def check(books: Books, name: str, value: Any) -> Decimal:
        rate = f.numeric(books, name, value)
        if not RATE_LEAST <= rate <= RATE_MOST and (required or rate):
            raise RefusalError("2240", f"Invalid Number Range : {value}, Min:{RATE_LEAST:f} Max:{RATE_MOST}", name)
        return round(rate, RATE_DIGITS)

    return f.Field(check=check, required=required)


COMPANY_CURRENCY = Kind(
    name="CompanyCurrency",
    id_space="CompanyCurrency",
    name_attribute="Code",
    offered=only_with_several,
    fields={
        "Code": f.text(3, least=3, required=True),
        "Active": f.flag(),
        "Name": f.read_only(),
        "CustomField": f.read_only(),
    },
    filters=filters(Code="text", Name="text", Active="flag"),
    complete=_complete_currency,
)

EXCHANGE_RATE = Kind(
    name="ExchangeRate",
    id_space="ExchangeRate",
    offered=only_with_several,
    fields={
        "SourceCurrencyCode": f.text(3, least=3, required=True),
        "TargetCurrencyCode": f.text(3, least=3),
        "Rate": exchange_rate(required=True),
        "AsOfDate": f.day(),
    },
    filters=filters(SourceCurrencyCode="text", TargetCurrencyCode="text", AsOfDate="date"),
    complete=_complete_rate,
)
