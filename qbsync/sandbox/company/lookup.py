"""What is looked up in one company during a request: names beside references, records meant, the company's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.catalogue import Catalogue
from qbsync.sandbox.company.fields import LABELS, Field
from qbsync.sandbox.company.readings import Readings
from qbsync.sandbox.company.store import Record, Store, id_number

SMALL_OFFERINGS: Final = {"QuickBooks Online Simple Start", "QuickBooks Online Essentials"}


@dataclass(kw_only=True)
class Lookup:
    """Remembers what it looked up until something is written."""

    catalogue: Catalogue
    store: Store
    realm: str
    clock: Clock
    readings: Readings = field(default_factory=Readings)
    _names: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _referred: dict[tuple[str, str], Record] = field(default_factory=dict)
    _cards: dict[str, dict[str, Any]] = field(default_factory=dict)

    def forget(self) -> None:
        self._names.clear()
        self._referred.clear()
        self._cards.clear()

    # references

    def fill_names(self, body: dict[str, Any], fields: Mapping[str, Field]) -> None:
        """Put the present name beside every reference."""
        for name, value in body.items():
            field_ = fields.get(name)
            if field_ is None:
                continue
            if field_.refers:
                body[name] = self._with_name(field_.refers, value)
            elif field_.fields:
                for part in value if field_.many else [value]:
                    self.fill_names(part, field_.fields)

    def _with_name(self, kind: str, value: dict[str, str]) -> dict[str, str]:
        key = value["value"]
        if (kind, key) not in self._names:
            self._names[kind, key] = self.name_of(kind, key)
        name = self._names[kind, key]
        return value if name is None else {**value, "name": name}

    def name_of(self, kind: str, key: str) -> str | None:
        if kind == "Currency":
            return self.catalogue.currency_names.get(key)
        record = self.find(kind, key)
        if record is None:
            return None
        body = record.body
        return str(body.get("FullyQualifiedName") or body.get("DisplayName") or body["Name"])

    def find(self, kind: str, key: str) -> Record | None:
        """A "Name" is whichever of the three lists holds the id: they share one sequence of ids."""
        number = id_number(key)
        kinds = self.catalogue.people if kind == "Name" else (kind,)
        found = (None if number is None else self.store.get(self.realm, each, number) for each in kinds)
        return next((record for record in found if record is not None), None)

    def holds(self, kind: str, key: str) -> bool:
        return self.find(kind, key) is not None

    def referred(self, kind: str, key: str, element: str) -> Record:
        """The active record that a reference means, or 2500."""
        if (kind, key) in self._referred:
            return self._referred[kind, key]
        record = self.find(kind, key)
        if record is None:
            raise faults.no_such_reference(LABELS.get(kind, f"{kind}s"), key, element)
        if not record.active:
            raise faults.inactive_reference(element)
        self._referred[kind, key] = record
        return record

    # the company's settings

    def _card(self, entity: str) -> dict[str, Any]:
        """The company's CompanyInfo or Preferences. Empty while a company is being planted."""
        if entity not in self._cards:
            held = self.store.get(self.realm, entity, 1)
            self._cards[entity] = held.body if held else {}
        return self._cards[entity]

    def preference(self, name: str) -> str | None:
        """A value of Preferences.OtherPrefs, as text."""
        return _value_of(self._card("Preferences").get("OtherPrefs", {}).get("NameValue", []), name)

    def company_value(self, name: str) -> str | None:
        """A value of CompanyInfo.NameValue, such as OfferingSku."""
        return _value_of(self._card("CompanyInfo").get("NameValue", []), name)

    def tracks(self, name: str) -> bool:
        """Classes per transaction or line, departments. The small offerings have none, whatever is switched on."""
        return (
            self.switched_on("AccountingInfoPrefs", name) and self.company_value("OfferingSku") not in SMALL_OFFERINGS
        )

    def switched_on(self, group: str, name: str) -> bool:
        """A switch of a group of Preferences, such as TaxPrefs."""
        return bool(self._card("Preferences").get(group, {}).get(name))

    def home_currency(self) -> str:
        return "USD"

    def has_several_currencies(self) -> bool:
        return self.switched_on("CurrencyPrefs", "MultiCurrencyEnabled")

    def knows_currency(self, code: str) -> bool:
        """The home currency, or an active one of the company's list."""
        if code == self.home_currency() or not self.has_several_currencies():
            return code == self.home_currency()
        found = self.store.named(self.realm, ["CompanyCurrency"], code)
        held = self.store.get(self.realm, *found[0]) if found else None
        return held is not None and held.active and held.body["Code"] == code

    def closing_date(self) -> str | None:
        closed: str | None = self._card("Preferences").get("AccountingInfoPrefs", {}).get("BookCloseDate")
        return closed

    def default_time_item(self) -> str:
        item = self._card("Preferences").get("TimeTrackingPrefs", {}).get("DefaultTimeItem")
        if item is None:
            raise faults.missing("ItemRef")
        return str(item["value"])

    def first_account(self, sort: str, element: str) -> dict[str, str]:
        """The oldest active account of a type or sub-type, or 2020 for the attribute that should have named one."""
        found = self.store.first_account(self.realm, sort)
        if found is None:
            raise faults.missing(element)
        return {"value": str(found)}

    def payables_account(self) -> str:
        return self.first_account("Accounts Payable", "APAccountRef")["value"]


def _value_of(pairs: Iterable[Mapping[str, str]], name: str) -> str | None:
    return next((pair.get("Value") for pair in pairs if pair.get("Name") == name), None)
