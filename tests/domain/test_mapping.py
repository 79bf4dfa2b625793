"""The rule that counts for a code, and laying new rules over old ones."""

from __future__ import annotations

import pytest

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import TARGET_KINDS, MapKind, MappingRule, MappingSet, Preferences, with_rules
from tests.domain.tables import cases


def rule(core_id: str, ledger_id: str, project: str = "", kind: MapKind = MapKind.COST_CODE) -> MappingRule:
    return MappingRule(kind=kind, core_id=core_id, ledger_kind=LedgerKind.ITEM, ledger_id=ledger_id, project=project)


SAVED = MappingSet(
    version=1,
    rules=(rule("03-300", "company"), rule("03-300", "tower", "P1"), rule("05-120", "only P1", "P1")),
    preferences=Preferences(),
)
LOOKUPS = """
code     project   rule
03-300   -         company
03-300   P1        tower
03-300   P2        company
05-120   P1        only P1
05-120   P2        -
05-120   -         -
99-999   P1        -
"""


@pytest.mark.parametrize(("code", "project", "found"), cases(LOOKUPS))
def test_a_projects_own_rule_comes_first_then_the_companys(code: str, project: str, found: str):
    one = SAVED.rule(MapKind.COST_CODE, code, project=project)
    assert (one.ledger_id if one else "") == found


def test_a_code_of_another_kind_is_another_code():
    assert SAVED.rule(MapKind.PROJECT, "03-300") is None


def test_new_rules_are_laid_over_old_ones_in_a_stable_order():
    old, new = [rule("B", "1"), rule("A", "1"), rule("A", "1", "P1")], [rule("A", "2"), rule("C", "2")]
    assert with_rules(old, new) == (rule("A", "2"), rule("A", "1", "P1"), rule("B", "1"), rule("C", "2"))
    assert with_rules(reversed(old), reversed(new)) == with_rules(old, new)


def test_a_rule_without_a_record_asks_for_one_to_be_made():
    assert rule("A", "").creates
    assert not rule("A", "1").creates


def test_every_kind_of_code_has_a_kind_of_record():
    assert TARGET_KINDS.keys() == set(MapKind)
