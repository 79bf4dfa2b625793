"""The company's and the installation's own rules: checked, versioned, written down; and what is old is cleared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from qbsync.domain.errors import BadInput, RulesChanged
from qbsync.domain.house_rules import CompanyRules, KeepingRules
from qbsync.services.clearing import ROWS_MAX, STEPS_MAX, Clearing
from qbsync.services.house_rules import HouseRules
from qbsync.store.database import Database
from qbsync.store.house_rules import HouseRuleStore
from qbsync.store.notices import Notices
from tests.doubles.edges import StandingClock
from tests.services.desk import NOW, WHO


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(NOW)


@pytest.fixture
def rules(sqlite: Database, clock: StandingClock) -> HouseRules:
    return HouseRules(saved=HouseRuleStore(sqlite), notices=Notices(sqlite), clock=clock)


def test_a_save_is_written_down_with_what_changed(rules: HouseRules, sqlite: Database):
    assert rules.save_company(7, CompanyRules(word_above=200), over_version=0, who=WHO) == 1
    assert rules.save_keeping(KeepingRules(previews_days=90), over_version=0, who=WHO) == 1
    with sqlite.read() as session:
        trail = session.execute(text("SELECT connection_id, who, what, subject, detail FROM audit ORDER BY id")).all()
    assert [tuple(line) for line in trail] == [
        (
            7,
            WHO,
            "saved the company's settings",
            "version 1",
            "Ask for a typed word above this many records (records): 500 → 200",
        ),
        (
            None,
            WHO,
            "saved how long things are kept",
            "version 1",
            "Previews that were never confirmed (days): for ever → 90",
        ),
    ]


def test_what_is_out_of_bounds_is_refused_whatever_a_page_offered(rules: HouseRules):
    with pytest.raises(BadInput, match="from 7 to 3,650"):
        rules.save_keeping(KeepingRules(previews_days=1), over_version=0, who=WHO)
    assert rules.keeping().version == 0


def test_nobody_overwrites_another_s_save(rules: HouseRules):
    rules.save_company(7, CompanyRules(word_above=200), over_version=0, who=WHO)
    with pytest.raises(RulesChanged):
        rules.save_company(7, CompanyRules(word_above=300), over_version=0, who=WHO)


@dataclass
class Piles:
    """How many old rows of each there are, and before which moment they were asked for."""

    previews: int = 0
    imports: int = 0
    notices: int = 0
    asked: dict[str, datetime] = field(default_factory=dict)

    def clear_previews(self, before: datetime, limit: int) -> int:
        return self._take("previews", before, limit)

    def clear_imports(self, before: datetime, limit: int) -> int:
        return self._take("imports", before, limit)

    def clear_notices(self, before: datetime, limit: int) -> int:
        return self._take("notices", before, limit)

    def _take(self, name: str, before: datetime, limit: int) -> int:
        self.asked[name] = before
        gone = min(limit, getattr(self, name))
        setattr(self, name, getattr(self, name) - gone)
        return gone


Keep = Callable[..., Clearing]


@pytest.fixture
def keep(rules: HouseRules, clock: StandingClock) -> Keep:
    def decided(piles: Piles, **days: int) -> Clearing:
        rules.save_keeping(KeepingRules(**days), over_version=0, who=WHO)
        return Clearing(rules=rules.saved, old=piles, clock=clock)

    return decided


def test_by_default_nothing_is_cleared(keep: Keep):
    piles = Piles(previews=5, imports=5, notices=5)
    assert keep(piles).tick() == 0
    assert piles == Piles(previews=5, imports=5, notices=5)


def test_what_is_older_than_was_decided_goes_once_a_day(keep: Keep, clock: StandingClock):
    piles = Piles(previews=5, imports=5, notices=5)
    clearing = keep(piles, previews_days=30, notices_days=90)
    assert clearing.tick() == 10
    assert piles.asked == {"previews": NOW - timedelta(days=30), "notices": NOW - timedelta(days=90)}
    piles.previews = 1
    clock.forward(hours=23)
    assert clearing.tick() == 0
    clock.forward(hours=1)
    assert clearing.tick() == 1
    assert piles.imports == 5


def test_a_large_pile_goes_in_bounded_steps_with_pauses(keep: Keep, clock: StandingClock):
    piles = Piles(previews=ROWS_MAX * STEPS_MAX + 1)
    clearing = keep(piles, previews_days=30)
    assert clearing.tick() == ROWS_MAX * STEPS_MAX
    assert clearing.tick() == 0
    clock.forward(minutes=10)
    assert clearing.tick() == 1
    clock.forward(minutes=10)
    assert clearing.tick() == 0
