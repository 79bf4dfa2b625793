"""A service item that a cost code lacks is made through the preview, like any write, before the hours that need it."""

from __future__ import annotations

import pytest

from qbsync.domain.ledger import ItemCard, LedgerKind, Reference, TimeEntry
from qbsync.domain.mapping import MapKind
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row
from tests.services.desk import Desk, actions, create, open_desk, to

HOURS = "time_entry:2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
ITEM = "item:03-300"
NAME = "03-300 Concrete labor"


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with one day of work whose cost code is to get an item of its own."""
    desk = open_desk(sqlite, payroll_row("8 0 0 0 0 0 0"))
    income = desk.ledger.add_entry(LedgerKind.ACCOUNT, "Sales of services", type="Income")
    desk.map(create(MapKind.COST_CODE, "03-300", LedgerKind.ITEM), income_account_id=income.id)
    return desk


def made(desk: Desk) -> list[ItemCard]:
    return [one.content for one in desk.held(LedgerKind.ITEM) if isinstance(one.content, ItemCard)]


def hours_item(desk: Desk) -> Reference | None:
    (entry,) = desk.held(LedgerKind.TIME_ACTIVITY)
    assert isinstance(entry.content, TimeEntry)
    return entry.content.item


def test_the_item_is_made_first_and_the_hours_carry_it(desk: Desk):
    plan = desk.preview()
    assert (actions(plan)[ITEM], actions(plan)[HOURS]) == ("create", "create")
    assert made(desk) == []
    assert desk.sync().status is RunStatus.DONE
    (item,) = desk.held(LedgerKind.ITEM)
    assert [card.display_name for card in made(desk)] == [NAME]
    assert hours_item(desk) == Reference(id=item.id)
    assert {action for key, action in actions(desk.preview()).items() if key in (ITEM, HOURS)} == {"skip"}


def test_an_item_that_somebody_made_meanwhile_is_linked_and_not_made_again(desk: Desk):
    income = desk.mappings.current(desk.connection.id).preferences.income_account_id
    card = ItemCard(display_name=NAME, income_account=Reference(id=income), description="Concrete labor")
    item = desk.ledger.add(LedgerKind.ITEM, card)
    assert actions(desk.preview())[ITEM] == "link"
    desk.sync()
    assert hours_item(desk) == Reference(id=item.id)
    assert len(made(desk)) == 1


def test_hours_wait_for_an_item_that_cannot_be_made(desk: Desk):
    desk.map(income_account_id="")
    found = actions(desk.preview())
    assert (found[ITEM], found[HOURS]) == ("blocked", "blocked")


def test_an_item_that_was_made_stays_when_its_code_is_mapped_to_another(desk: Desk):
    desk.sync()
    other = desk.ledger.add_entry(LedgerKind.ITEM, "Other labor", type="Service")
    desk.map(to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, other.id))
    found = actions(desk.preview())
    assert (ITEM in found, found[HOURS]) == (False, "update")
    assert len(made(desk)) == 1
