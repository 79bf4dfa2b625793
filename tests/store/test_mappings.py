"""Every save of the mapping is a version, and nobody overwrites another's."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import BadInput, MappingChanged
from qbsync.domain.ledger import Company, LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule, Placement, Posting, Preferences, ShiftTarget
from qbsync.domain.records import Category, Shift
from qbsync.store.database import Database
from qbsync.store.mappings import Mappings
from tests.store.racing import race
from tests.store.stored import NOW, WHO, connected, later

LABOR = MappingRule(kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="2")
LABOR_ON_P1 = MappingRule(
    kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="3", project="P1"
)
TOWER = MappingRule(kind=MapKind.PROJECT, core_id="P1", ledger_kind=LedgerKind.CUSTOMER, create_name="Tower")
PREFERENCES = Preferences(
    project_placement=Placement.CUSTOMER,
    project_placements={"P1": Placement.SUB_CUSTOMER},
    posting=Posting.WEEKLY,
    week_end="Saturday",
    shift_target=ShiftTarget.ITEM,
    shift_item_ids={Shift.NIGHT: "4"},
    billable=True,
    category_account_ids={Category.MATERIALS: "7", Category.OTHER: "8"},
)


def save(database: Database, *rules: MappingRule, over: int, preferences: Preferences = PREFERENCES) -> int:
    """Somebody saves over the version that they read."""
    connection = connected(database)
    return Mappings(database).save(
        connection.id, rules, preferences, over_version=over, at=later(over), who=f"person {over}"
    )


def test_before_the_first_save_the_defaults_are_in_force(database: Database):
    mapping = Mappings(database).current(connected(database).id)
    assert (mapping.version, mapping.rules, mapping.preferences) == (0, (), Preferences())


def test_a_saved_mapping_comes_back_with_its_version_and_who_saved_it(database: Database):
    assert save(database, TOWER, LABOR, LABOR_ON_P1, over=0) == 1
    mapping = Mappings(database).current(1)
    assert set(mapping.rules) == {TOWER, LABOR, LABOR_ON_P1}
    assert mapping.preferences == PREFERENCES
    assert (mapping.version, mapping.saved_at, mapping.saved_by) == (1, NOW, "person 0")
    assert mapping.rule(MapKind.COST_CODE, "03-300", project="P1") == LABOR_ON_P1
    assert mapping.rule(MapKind.COST_CODE, "03-300", project="P2") == LABOR


def test_each_save_is_a_new_version_of_exactly_what_was_given(database: Database):
    save(database, TOWER, LABOR, over=0)
    changed = MappingRule(kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="9")
    assert save(database, changed, over=1, preferences=Preferences()) == 2
    mapping = Mappings(database).current(1)
    assert (mapping.rules, mapping.preferences) == ((changed,), Preferences())
    assert save(database, TOWER, LABOR, over=2) == 3  # and what was taken away may come back
    assert set(Mappings(database).current(1).rules) == {TOWER, LABOR}


def test_saving_over_an_older_version_is_refused_and_changes_nothing(database: Database):
    save(database, LABOR, over=0)
    save(database, LABOR, TOWER, over=1)
    with pytest.raises(MappingChanged, match="nothing was saved over theirs"):
        save(database, over=1)
    mapping = Mappings(database).current(1)
    assert (mapping.version, set(mapping.rules)) == (2, {LABOR, TOWER})


def test_of_two_who_save_at_once_one_is_refused(database: Database):
    connection = connected(database)
    names = ["Tower A", "Tower B", "Tower C", "Tower D"]

    def save_mine(number: int) -> str:
        rule = MappingRule(
            kind=MapKind.PROJECT, core_id="P1", ledger_kind=LedgerKind.CUSTOMER, create_name=names[number]
        )
        Mappings(database).save(connection.id, (rule,), Preferences(), over_version=0, at=NOW, who=WHO)
        return names[number]

    results = race(save_mine, racers=4)
    winners = [one for one in results if isinstance(one, str)]
    assert len(winners) == 1
    assert sum(isinstance(one, MappingChanged) for one in results) == 3
    mapping = Mappings(database).current(connection.id)
    assert (mapping.version, [rule.create_name for rule in mapping.rules]) == (1, winners)


def test_each_company_has_a_mapping_of_its_own(database: Database):
    save(database, LABOR, over=0)
    other = connected(database, Company(realm_id="2", name="Bayline"))
    assert Mappings(database).current(other.id).version == 0


def test_every_version_can_be_read_again_as_it_was(database: Database):
    save(database, TOWER, LABOR, over=0)
    other = MappingRule(kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="9")
    save(database, other, over=1, preferences=Preferences())
    save(database, over=2)
    mappings = Mappings(database)
    assert [set(mappings.at(1, version).rules) for version in (1, 2, 3)] == [{TOWER, LABOR}, {other}, set()]
    assert [mappings.at(1, version).preferences for version in (1, 2)] == [PREFERENCES, Preferences()]
    assert mappings.at(1, 1).saved_by == "person 0"
    with pytest.raises(BadInput, match="no version 4"):
        mappings.at(1, 4)


def test_the_history_says_who_saved_when_and_how_much(database: Database):
    save(database, TOWER, LABOR, over=0)
    changed = MappingRule(kind=MapKind.COST_CODE, core_id="03-300", ledger_kind=LedgerKind.ITEM, ledger_id="9")
    save(database, changed, LABOR_ON_P1, over=1)
    save(database, changed, LABOR_ON_P1, over=2, preferences=Preferences())
    found = Mappings(database).history(1)
    assert [(one.version, one.saved_by, one.added, one.changed, one.removed) for one in found] == [
        (3, "person 2", 0, 0, 0),
        (2, "person 1", 1, 1, 1),
        (1, "person 0", 2, 0, 0),
    ]
    assert found[-1].saved_at == NOW
    assert [one.version for one in Mappings(database).history(1, limit=1)] == [3]
