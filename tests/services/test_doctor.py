"""The doctor reads the company anew, keeps what it read, and a preview holds back what the company does not take."""

from __future__ import annotations

from typing import Any

import pytest

from qbsync.domain.errors import Unavailable
from qbsync.domain.ledger import Company, LedgerKind
from qbsync.services.doctor import Examining
from qbsync.store.connections import METERED, SharedThrottle
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.doubles.ledger import MemoryLedger
from tests.services.desk import Desk, actions, open_desk, the_change

DAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"


def desk_of(database: Database) -> Desk:
    return open_desk(database, payroll_row("8 0 0 0 0 0 0"), vendor_bill("100.00"))


def examining(desk: Desk) -> Examining:
    return Examining(connections=desk.connections, ledger_of=lambda _: desk.ledger, clock=desk.clock)


def test_the_facts_are_read_anew_and_kept(sqlite: Database):
    desk = desk_of(sqlite)
    assert not examining(desk).examine(desk.connection.id).blocks
    desk.ledger.allow(time_tracking=False, payroll=True)
    found = examining(desk).examine(desk.connection.id)
    assert found.blocks
    assert [one.topic for one in found.findings if one.holds] == ["Time tracking"]
    assert desk.connections.company(desk.connection.id) == found.company


@pytest.mark.promise(23)
def test_facts_that_cannot_be_read_are_not_guessed(sqlite: Database):
    desk = desk_of(sqlite)
    desk.ledger.fail_next_read(Unavailable("QuickBooks is down."))
    with pytest.raises(Unavailable):
        examining(desk).examine(desk.connection.id)


TIME_ITEMS = [
    # the chosen item       what the doctor says of it            standing   questions
    ("Labor, active", '"Labor"', "ok", ["company", "entries"]),
    ("Labor, inactive", '"Labor", which is inactive', "notice", ["company", "entries"]),
    ("gone", "an item that is gone", "notice", ["company", "entries"]),
    ("none", "none chosen", "ok", ["company"]),
]


@pytest.mark.promise(23)
@pytest.mark.parametrize(("chosen", "state", "standing", "asked"), TIME_ITEMS, ids=[row[0] for row in TIME_ITEMS])
def test_the_usual_item_of_hours_is_told_by_the_list_of_items(
    sqlite: Database, chosen: str, state: str, standing: str, asked: list[str]
):
    desk = desk_of(sqlite)
    labor = next(one.id for one in desk.ledger.entries(LedgerKind.ITEM) if one.name == "Labor")
    desk.ledger.allow(default_time_item_id={"gone": "987", "none": ""}.get(chosen, labor))
    if "inactive" in chosen:
        desk.ledger.deactivate(LedgerKind.ITEM, labor)
    desk.ledger.asked.clear()
    found = examining(desk).examine(desk.connection.id)
    said = next(one for one in found.findings if one.topic == "Usual service item of hours")
    assert (said.state, said.standing.value) == (state, standing)
    assert bool(said.where) is (standing == "notice")
    assert desk.ledger.asked == asked


def test_the_reads_of_this_month_are_told(sqlite: Database):
    desk = desk_of(sqlite)
    throttle = SharedThrottle(sqlite, desk.ledger.company().realm_id, {"request": (600, 5)}, desk.clock)
    for _ in range(3):
        throttle.reserve(METERED)
    assert examining(desk).examine(desk.connection.id).metered_reads == 3
    desk.clock.forward(days=31)
    assert examining(desk).examine(desk.connection.id).metered_reads == 0


def test_facts_stored_by_an_earlier_version_are_read_with_what_they_lack(sqlite: Database):
    desk = Desk(sqlite, MemoryLedger(Company(realm_id="9", name="Old Facts")))
    company = desk.connections.company(desk.connection.id)
    assert (company.several_currencies, company.locations, company.payroll) == (False, False, False)


HELD_BACK: list[tuple[dict[str, Any], set[str], str]] = [
    ({"time_tracking": False}, {f"time_entry:{DAY}"}, "Time tracking is off in this company"),
    (
        {"subscription": "EXPIRED"},
        {"customer:C1", "project:P1", "vendor:V1", "bill:VB-1", f"time_entry:{DAY}"},
        "subscription or trial has ended",
    ),
]


@pytest.mark.promise(23)
@pytest.mark.parametrize(("facts", "held", "said"), HELD_BACK, ids=["time tracking off", "subscription ended"])
def test_a_preview_holds_back_what_the_company_does_not_take(
    sqlite: Database, facts: dict[str, Any], held: set[str], said: str
):
    desk = desk_of(sqlite)
    free = actions(desk.preview())
    desk.ledger.allow(**facts)
    plan = desk.preview()
    assert {change.key for change in plan.changes if change.action.value == "blocked"} == held
    for change in plan.changes:
        if change.key in held:
            assert said in change.reason
            assert [issue.screen for issue in change.issues] == ["connection"]
        else:
            assert change.action.value == free[change.key]


def test_what_is_already_in_quickbooks_is_left_in_peace(sqlite: Database):
    desk = desk_of(sqlite)
    desk.sync()
    desk.ledger.allow(subscription="EXPIRED")
    assert set(actions(desk.preview()).values()) == {"skip"}


def test_a_deletion_is_held_back_as_well(sqlite: Database):
    desk = desk_of(sqlite)
    desk.sync()
    desk.load(payroll_row("0 8 0 0 0 0 0"))
    desk.ledger.allow(time_tracking=False)
    gone = the_change(desk.preview(), DAY)
    assert (gone.action.value, gone.issues[0].screen) == ("blocked", "connection")


def test_switched_on_again_everything_goes_on(sqlite: Database):
    desk = desk_of(sqlite)
    before = actions(desk.preview())
    desk.ledger.allow(subscription="EXPIRED", time_tracking=False)
    desk.preview()
    desk.ledger.allow(subscription="PAID", time_tracking=True)
    assert actions(desk.preview()) == before
