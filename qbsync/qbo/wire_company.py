"""Read what a company is and allows from its CompanyInfo and Preferences."""

from __future__ import annotations

from collections.abc import Iterable

from qbsync.domain.ledger import Company
from qbsync.qbo.wire_json import Json
from qbsync.qbo.wire_parts import day, reference_id, text


def read_company(realm_id: str, about: Json, preferences: Json) -> Company:
    """A Company from the CompanyInfo and Preferences objects; what they do not say is QuickBooks' default."""
    accounting = preferences.get("AccountingInfoPrefs") or {}
    offered = _named_values(about.get("NameValue"))
    others = _named_values((preferences.get("OtherPrefs") or {}).get("NameValue"))
    return Company(
        realm_id=realm_id,
        name=text(about.get("CompanyName")) or text(about.get("LegalName")),
        country=text(about.get("Country")),
        edition=offered.get("OfferingSku", ""),
        home_currency=_home_currency(preferences),
        several_currencies=bool((preferences.get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled", False)),
        books_closed_through=day(accounting.get("BookCloseDate")),
        time_tracking=_switch(others, "TimeTrackingFeatureEnabled", default=True),
        projects=_switch(others, "ProjectsEnabled"),
        warns_duplicate_bill_number=_switch(others, "WarnDuplicateBillNumber"),
        classes_per_line=bool(accounting.get("ClassTrackingPerTxnLine", False)),
        classes_per_transaction=bool(accounting.get("ClassTrackingPerTxn", False)),
        default_time_item_id=_default_time_item(preferences),
        locations=bool(accounting.get("TrackDepartments", False)),
        payroll=_switch(offered, "PayrollFeature"),
        sales_tax=bool((preferences.get("TaxPrefs") or {}).get("UsingSalesTax", False)),
        subscription=offered.get("SubscriptionStatus", ""),
    )


def _home_currency(preferences: Json) -> str:
    return reference_id((preferences.get("CurrencyPrefs") or {}).get("HomeCurrency")) or "USD"


def _default_time_item(preferences: Json) -> str:
    return reference_id((preferences.get("TimeTrackingPrefs") or {}).get("DefaultTimeItem"))


def _named_values(pairs: Iterable[Json] | None) -> dict[str, str]:
    return {text(pair.get("Name")): text(pair.get("Value")) for pair in pairs or ()}


def _switch(values: dict[str, str], name: str, *, default: bool = False) -> bool:
    """A preference that QuickBooks writes as the text "true" or "false"."""
    return values[name].strip().lower() == "true" if name in values else default
