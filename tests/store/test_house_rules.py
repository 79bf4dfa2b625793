"""Rules in the database: every save is a version, nobody overwrites another's, and clearing is claimed once a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qbsync.domain.errors import RulesChanged
from qbsync.domain.house_rules import CompanyRules, KeepingRules
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.house_rules import HouseRuleStore
from tests.store.racing import race
from tests.store.stored import NOW, WHO, later

DAY = timedelta(days=1)
RULES = CompanyRules(
    sync_kinds=frozenset({SyncKind.BILL}), word_above=None, word_above_amount=Decimal("12500.10"), scheduled_max=0
)


def test_rules_come_back_as_they_were_saved_and_each_owner_has_its_own(database: Database):
    store = HouseRuleStore(database)
    assert (store.company(1).version, store.company(1).rules) == (0, CompanyRules())
    assert store.save_company(1, RULES, over_version=0, at=NOW, who=WHO) == 1
    assert store.save_keeping(KeepingRules(previews_days=30), over_version=0, at=later(1), who=WHO) == 1
    saved = store.company(1)
    assert (saved.rules, saved.version, saved.saved_at, saved.saved_by) == (RULES, 1, NOW, WHO)
    assert store.company(2).rules == CompanyRules()
    assert store.keeping().rules == KeepingRules(previews_days=30)


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(database: Database):
    store = HouseRuleStore(database)
    store.save_company(1, RULES, over_version=0, at=NOW, who=WHO)
    with pytest.raises(RulesChanged, match="Somebody else"):
        store.save_company(1, CompanyRules(), over_version=0, at=NOW, who="ap@ridgeline.example")
    assert store.company(1).rules == RULES


def test_one_worker_clears_a_day(database: Database):
    store = HouseRuleStore(database)
    assert sum(race(lambda _: store.claim_clearing(now=NOW, every=DAY))) == 1
    assert not store.claim_clearing(now=NOW + timedelta(hours=23), every=DAY)
    assert store.claim_clearing(now=NOW + DAY, every=DAY)
    store.save_clearing(NOW)
    assert store.claim_clearing(now=NOW + DAY, every=DAY)


def test_a_clock_that_was_years_ahead_does_not_end_the_clearing(database: Database):
    store = HouseRuleStore(database)
    store.save_clearing(NOW + timedelta(days=3000))
    assert store.claim_clearing(now=NOW, every=DAY)
