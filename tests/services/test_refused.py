"""What QuickBooks refuses stands in the Sync Log with the names of the things that it refused."""

from __future__ import annotations

from qbsync.domain.ledger import LedgerKind
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import Desk, open_desk

DAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


def desk_of(database: Database) -> Desk:
    return open_desk(database, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))


def item_named(desk: Desk, name: str) -> str:
    return next(entry.id for entry in desk.ledger.entries(LedgerKind.ITEM) if entry.name == name)


def test_an_item_made_inactive_after_the_preview_is_named_with_its_cost_code(sqlite: Database):
    desk = desk_of(sqlite)
    run = desk.confirm(desk.preview())
    desk.ledger.deactivate(LedgerKind.ITEM, item_named(desk, "Labor"))
    refused = desk.outcomes(desk.push(run))[DAY]
    assert refused.status.value == "failed"
    assert refused.message == 'Cost code 03-300 posts to item "Labor", which is no longer in QuickBooks.'
    assert refused.remedy == "Choose another on the Mapping page."
    assert refused.code == "2500"


def test_the_name_is_that_of_the_lists_as_last_read(sqlite: Database):
    desk = desk_of(sqlite)
    run = desk.confirm(desk.preview())
    desk.ledger.deactivate(LedgerKind.ITEM, item_named(desk, "Labor"))
    lists = desk.connections.lists(desk.connection.id)
    renamed = [type(one)(**{**vars(one), "name": "Field labor"}) for one in lists[LedgerKind.ITEM]]
    desk.connections.save_lists(desk.connection.id, {LedgerKind.ITEM: renamed})
    assert 'item "Field labor"' in desk.outcomes(desk.push(run))[DAY].message
