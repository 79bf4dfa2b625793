"""Skip: leave the record alone that a run did not do, or take it up again."""

from __future__ import annotations

from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.run import Outcome
from qbsync.ui import leaving
from qbsync.ui.page import Page
from qbsync.ui.sync_log import frames


def left_alone(page: Page, one: Outcome) -> LeftAlone | None:
    """Who leaves the record alone, and why; None where nobody does."""
    return leaving.left_alone(page, one.key)


def draw_skip(page: Page, one: Outcome, found: LeftAlone | None, key: str) -> None:
    """The button beside *Retry*: it asks for the reason; of a record that is left alone it undoes that."""
    of = f"{one.run_id}_{one.seq}"
    if found is not None:
        leaving.draw_take_up(page, one.kind, one.core_id, key=f"{key}_unskip_{of}")
    elif frames.can_retry(one):
        leaving.draw_leave(page, one.kind, one.core_id, key=key, of=of)
