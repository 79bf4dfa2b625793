"""A company that keeps several currencies: bills name the home currency, and foreign vendors are held back."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.bootstrap import App
from qbsync.domain.decide import Action
from qbsync.domain.ledger import BillDocument, LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.records import VendorBill
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company
from tests.local_books import REALM

BILLS = Scope(kinds=frozenset({SyncKind.BILL}))
OPEN_SINCE = date(2026, 9, 1)  # the sample's books are closed before


@pytest.fixture
def abroad(company: Company) -> Company:
    """Somebody turned several currencies on after the company was connected, and made a vendor in euros."""
    company.books.control(f"{REALM}/preference", name="MultiCurrencyEnabled", value="true")
    company.books.make("CompanyCurrency", Code="EUR")
    return company


def preview(app: App) -> Plan:
    return app.previewing.build(app.connection().id, BILLS, who=WHO)


def map_to(
    app: App, core_id: str, ledger_id: str, kind: MapKind = MapKind.VENDOR, ledger_kind: LedgerKind = LedgerKind.VENDOR
) -> None:
    """Map a Core vendor (or another name) to a QuickBooks record."""
    connection_id = app.connection().id
    app.connecting.refresh_lists(connection_id)
    rule = MappingRule(kind=kind, core_id=core_id, ledger_kind=ledger_kind, ledger_id=ledger_id)
    current = app.mapping.view(connection_id).mapping
    app.mapping.save(connection_id, [rule], current.preferences, over_version=current.version, who=WHO)


def vendors_of(app: App, plan: Plan) -> dict[str, list[Change]]:
    """The bills that would be made, by their vendor's Core id."""
    book: dict[str, VendorBill] = {bill.core_id: bill for bill in app.core.book().bills}
    found: dict[str, list[Change]] = {}
    for change in plan.changes:
        if change.kind is SyncKind.BILL and change.action is Action.CREATE:
            found.setdefault(book[change.core_id].vendor, []).append(change)
    return found


def test_new_bills_name_the_home_currency_and_quickbooks_takes_them(abroad: Company):
    app = abroad.app()
    plan = preview(app)
    made = [change for changes in vendors_of(app, plan).values() for change in changes]
    assert made
    assert {change.content.currency for change in made if isinstance(change.content, BillDocument)} == {"USD"}
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    app.running.push(run.id)
    outcomes = [one for one in app.runs.outcomes(run.id) if one.kind is SyncKind.BILL]
    assert {one.status.value for one in outcomes} == {"done"}, [one.message for one in outcomes]
    again = preview(app)
    assert {change.action for change in again.changes if change.core_id in {one.core_id for one in made}} == {
        Action.SKIP
    }


def test_the_bills_of_a_vendor_in_another_currency_are_blocked_with_the_reason(abroad: Company):
    app = abroad.app()
    vendor, bills = next(iter(vendors_of(app, preview(app)).items()))
    euro = abroad.books.make("Vendor", DisplayName="Euro Stahl GmbH", CurrencyRef={"value": "EUR"})
    map_to(app, vendor, euro["Id"])
    after = {change.core_id: change for change in preview(app).changes}
    for bill in bills:
        assert after[bill.core_id].action is Action.BLOCKED
        assert 'Vendor "Euro Stahl GmbH" is kept in EUR in QuickBooks' in after[bill.core_id].reason
        assert "in USD" in after[bill.core_id].issues[-1].remedy


def test_a_new_sub_customer_of_a_customer_in_another_currency_is_blocked_with_the_reason(abroad: Company):
    app = abroad.app()
    scope = Scope(kinds=frozenset({SyncKind.PROJECT}))
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    project = next(one for one in plan.changes if one.kind is SyncKind.PROJECT and one.action is Action.CREATE)
    euro = abroad.books.make("Customer", DisplayName="Euro Bau GmbH", CurrencyRef={"value": "EUR"})
    customer = app.core.book().projects[project.core_id].customer
    map_to(app, customer, euro["Id"], MapKind.CUSTOMER, LedgerKind.CUSTOMER)
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    after = next(one for one in plan.changes if one.key == project.key)
    assert after.action is Action.BLOCKED
    assert 'Customer "Euro Bau GmbH" is kept in EUR in QuickBooks' in after.reason
