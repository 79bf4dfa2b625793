"""An item, an account or a worker that goes out of use after the preview is named in the run's log."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.ledger import BillDocument, LedgerKind, TimeEntry
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.wanted import SyncKind
from tests.company import Company
from tests.local_books import REALM

HOURS = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 3)}))
BILLS = Scope(kinds=frozenset({SyncKind.BILL}))


def the_write(plan: Plan, kind: type) -> Change:
    """The first record of a kind that points at nothing that is still to be made."""
    return next(one for one in plan.changes if isinstance(one.content, kind) and one.can_run and not one.requires)


def refused(company: Company, run_id: str, change: Change) -> str:
    app = company.app()
    app.running.push(run_id)
    (outcome,) = [one for one in app.runs.outcomes(run_id) if one.seq == change.seq]
    assert outcome.status.value == "failed"
    return f"{outcome.message} {outcome.remedy}"


@pytest.mark.promise(14)
@pytest.mark.parametrize("what", ["item", "worker"])
def test_hours_whose_item_or_worker_went_out_of_use_name_it(company: Company, what: str):
    plan, run_id = company.confirmed_run(HOURS)
    change = the_write(plan, TimeEntry)
    entry = change.content
    assert isinstance(entry, TimeEntry)
    assert entry.item is not None
    kind, reference = (LedgerKind.ITEM, entry.item) if what == "item" else (entry.worker_kind, entry.worker)
    company.books.control(f"{REALM}/deactivate", entity=kind.value, id=reference.id)
    text = refused(company, run_id, change)
    assert f'{kind.value.lower()} "{reference.name}", which is inactive in QuickBooks.' in text
    named = change.core_id.split("|")[3 if what == "item" else 1]
    assert text.startswith(f"{'Cost code' if what == 'item' else 'Employee'} {named} ")
    assert text.endswith("Reactivate it there or choose another on the Mapping page.")


@pytest.mark.promise(14)
def test_a_bill_whose_vendor_went_out_of_use_names_it(company: Company):
    plan, run_id = company.confirmed_run(BILLS)
    change = the_write(plan, BillDocument)
    assert isinstance(change.content, BillDocument)
    vendor = change.content.vendor
    company.books.control(f"{REALM}/deactivate", entity="Vendor", id=vendor.id)
    text = refused(company, run_id, change)
    assert f'The bill posts to vendor "{vendor.name}", which is inactive in QuickBooks.' in text


def test_a_bill_of_a_company_that_began_to_keep_several_currencies_after_the_preview(company: Company):
    plan, run_id = company.confirmed_run(BILLS)
    change = the_write(plan, BillDocument)
    company.books.control(f"{REALM}/preference", name="MultiCurrencyEnabled", value="true")
    text = refused(company, run_id, change)
    assert "keeps several currencies" in text
    assert "Build a new preview" in text
