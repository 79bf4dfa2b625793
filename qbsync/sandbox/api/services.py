"""Resources that are no plain entity: the tax service, and exchange rates by currency and day."""

from typing import Any, Final

from qbsync.sandbox.api.asked import Asked, UnknownPathError
from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.books import SYSTEM_ATTRIBUTES, Books, system_attributes
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.entities.currencies import EXCHANGE_RATE, only_with_several, rate_by, rate_of_day
from qbsync.sandbox.entities.taxes import CODE_MAKER, RATE_MAKER, only_with_sales_tax
from qbsync.sandbox.state import Sandbox

# the tax service

NEW_RATE: Final = ("TaxRateName", "RateValue", "TaxAgencyId")
LISTS: Final = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList"}
WISH: Final[dict[str, f.Field]] = {
    "TaxCode": f.text(100, least=1, required=True),
    "TaxCodeId": f.read_only(),
    "TaxRateDetails": f.rows(
        {
            "TaxRateName": f.text(100, least=1),
            "TaxRateId": f.text(20),
            "RateValue": f.number(0, 100, code="2150"),
            "TaxAgencyId": f.text(20),
            "TaxApplicableOn": f.choice("Sales", "Purchase", "Adjustment", "Other"),
        }
    ),
}


def make_tax_code(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    """A tax code with its rates, made here or held already: all of it or nothing."""
    if asked.key != "taxcode" or asked.tail is not None:
        raise UnknownPathError(asked.resource)
    only_with_sales_tax(books)
    payload = asked.payload()
    wish = f.check_object(books, {name: payload[name] for name in payload if name not in SYSTEM_ATTRIBUTES}, WISH)
    if not wish.get("TaxRateDetails"):
        raise faults.missing("TaxRateDetails")
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS.values()}
    told = []
    for wanted in wish["TaxRateDetails"]:
        rate = _rate(books, wanted)
        told.append(rate)
        held = lists[LISTS[rate["TaxApplicableOn"]]]
        held.append({"TaxRateRef": {"value": rate["TaxRateId"]}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0})
    rate_lists = {name: {"TaxRateDetail": rows} for name, rows in lists.items()}
    made = books.create(CODE_MAKER, {"Name": wish["TaxCode"], **rate_lists})
    return {"TaxCode": made["Name"], "TaxCodeId": made["Id"], "TaxRateDetails": told}


def _rate(books: Books, wanted: dict[str, Any]) -> dict[str, Any]:
    """An old rate by its id, or a new one by name, value and agency."""
    applies = wanted.get("TaxApplicableOn", "Sales")
    if applies not in LISTS:
        raise RefusalError("5030", f"Feature Not Supported Error : TaxApplicableOn {applies}", "TaxApplicableOn")
    given = [name for name in NEW_RATE if name in wanted]
    if "TaxRateId" in wanted:
        if given:
            raise RefusalError("2600", "Give TaxRateId, or what makes a new rate", given[0])
        record = books.referred("TaxRate", wanted["TaxRateId"], "TaxRateId")
        body, key = record.body, str(record.id)
    else:
        for name in NEW_RATE:
            if name not in wanted:
                raise faults.missing(name)
        books.referred("TaxAgency", wanted["TaxAgencyId"], "TaxAgencyId")
        new = {
            "Name": wanted["TaxRateName"],
            "RateValue": wanted["RateValue"],
            "AgencyRef": {"value": wanted["TaxAgencyId"]},
        }
        body = books.create(RATE_MAKER, new)
        key = str(body["Id"])
    return {
        "TaxRateName": body["Name"],
        "TaxRateId": key,
        "RateValue": body["RateValue"],
        "TaxAgencyId": body["AgencyRef"]["value"],
        "TaxApplicableOn": applies,
    }


# exchange rates


def read_rate(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    """The rate of a currency on a day: the latest that was set for that day or before."""
    if asked.key is not None:
        raise UnknownPathError(asked.resource)
    if asked.method != "GET":
        raise faults.unsupported("read ExchangeRate")
    only_with_several(books)
    given = {name.lower(): value for name, value in asked.parameters.items()}
    code = given.get("sourcecurrencycode")
    if not code:
        raise faults.missing("sourcecurrencycode")
    if not books.knows_currency(code):
        raise RefusalError("2220", f"Invalid Currency : {faults.whole_text(code)}", "sourcecurrencycode")
    day = _day(books, given.get("asofdate"))
    record = rate_by(books, code, day)
    if code == books.home_currency():
        return {EXCHANGE_RATE.name: _home_rate(books, code, day)}
    if record is None:
        raise faults.not_found()
    return {EXCHANGE_RATE.name: {**books.render(record), "AsOfDate": day}}


def _home_rate(books: Books, code: str, day: str) -> dict[str, Any]:
    at = books.clock.seconds()
    body = {"SourceCurrencyCode": code, "TargetCurrencyCode": code, "Rate": 1, "AsOfDate": day}
    system = system_attributes(0, 0, at, at)
    del system["Id"]
    return {**body, **system}


def _day(books: Books, text: str | None) -> str:
    try:
        return parse_date(text).isoformat() if text else books.clock.today().isoformat()
    except ValueError:
        raise RefusalError("2060", f"Invalid Date format : {text}, use YYYY-MM-DD", "asofdate") from None


def write_rate(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any]:
    """A rate is known by its currency and day, not by an id: set anew when there is one already."""
    if asked.key is not None:
        raise UnknownPathError(asked.resource)
    if asked.parameters.get("operation", "update") != "update" or "include" in asked.parameters:
        raise faults.unsupported(f"{asked.kind} {EXCHANGE_RATE.name}")
    only_with_several(books)
    payload = asked.payload()
    code, day = payload.get("SourceCurrencyCode"), payload.get("AsOfDate")
    held = None
    if isinstance(code, str) and isinstance(day, str | None) and code == faults.whole_text(code):
        held = rate_of_day(books, code, _day(books, day))
    given = {name: value for name, value in payload.items() if name not in SYSTEM_ATTRIBUTES}
    if held is None:
        return {EXCHANGE_RATE.name: books.create(EXCHANGE_RATE, given)}
    record = books.store.get(books.realm, EXCHANGE_RATE.name, held)
    assert record is not None  # found a moment ago
    token = payload.get("SyncToken", str(record.sync_token))
    update = {**given, "Id": str(held), "SyncToken": token}
    return {EXCHANGE_RATE.name: books.update(EXCHANGE_RATE, update)}
