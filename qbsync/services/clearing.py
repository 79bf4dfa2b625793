"""Clear what the installation does not want to keep any longer: once a day, in steps that hold nobody up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from qbsync.domain.ports import Clock
from qbsync.services.stores import OldRecordStore, RuleStore

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=10)  # when a day's steps were not enough
ROWS_MAX = 2000  # in one step, so that no other writer waits long
STEPS_MAX = 50  # at a time


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """Removes old previews, import reports and notices; links, runs, outcomes and the audit trail stay for ever."""

    rules: RuleStore
    old: OldRecordStore
    clock: Clock

    def tick(self) -> int:
        """Clear what is due; returns how many rows went."""
        now = self.clock()
        if not self.rules.claim_clearing(now=now, every=EVERY):
            return 0
        removed, finished = self._clear(now)
        if not finished:
            self.rules.save_clearing(now - EVERY + AGAIN_AFTER)
        if removed:
            log.info("clearing.done", rows=removed, finished=finished)
        return removed

    def _clear(self, now: datetime) -> tuple[int, bool]:
        """How many rows went, and whether nothing is left to go."""
        keeping = self.rules.keeping().rules
        removed, steps = 0, 0
        for days, clear in (
            (keeping.previews_days, self.old.clear_previews),
            (keeping.imports_days, self.old.clear_imports),
            (keeping.notices_days, self.old.clear_notices),
        ):
            while days is not None and (gone := _step(clear, now, days)):
                removed, steps = removed + gone, steps + 1
                if steps == STEPS_MAX:
                    return removed, False
        return removed, True


def _step(clear: Callable[[datetime, int], int], now: datetime, days: int) -> int:
    return clear(now - timedelta(days=days), ROWS_MAX)
