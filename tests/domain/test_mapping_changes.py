"""What one mapping says otherwise than another, in words."""

from __future__ import annotations

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, Preferences
from qbsync.domain.mapping_changes import TITLES, PreferenceChange, RuleChange, preference_changes, rule_changes
from qbsync.domain.records import Category
from tests.domain.samples import RULES, lists, mapping, rule

OTHER = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3")
ON_P1 = rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, "3", project="P1")


def test_codes_are_told_whose_rule_came_changed_or_went():
    assert rule_changes(mapping(), mapping()) == ()
    labor, vendor = RULES[3], RULES[5]
    assert rule_changes(mapping(), mapping(OTHER, ON_P1, without="V1")) == (
        RuleChange(kind=MapKind.COST_CODE, core_id="03-300", project="", before=labor, after=OTHER),
        RuleChange(kind=MapKind.COST_CODE, core_id="03-300", project="P1", before=None, after=ON_P1),
        RuleChange(kind=MapKind.VENDOR, core_id="V1", project="", before=vendor, after=None),
    )


def test_preferences_are_told_in_words_and_records_by_name():
    old = Preferences(fallback_item_id="2", category_account_ids={Category.MATERIALS: "7", Category.OTHER: "8"})
    new = Preferences(billable=True, fallback_item_id="77", category_account_ids={Category.MATERIALS: "8"})
    found = preference_changes(old, new, lists())
    assert found == (
        PreferenceChange(title="Service item for codes that have none", before="Labor", after="77"),
        PreferenceChange(title="Hours are billable", before="no", after="yes"),
        PreferenceChange(title="Account for Materials", before="Job Materials", after="Supplies"),
        PreferenceChange(title="Account for Other", before="Supplies", after="(none)"),
    )


def test_every_preference_has_words():
    assert TITLES.keys() == vars(Preferences()).keys()
