"""Rows of a preview that are ticked in vain, since what they need in QuickBooks is made by a row that is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qbsync.domain.plan import Change


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """`rows` are ticked and would be held back; `needed` are the unticked ones that they wait for. Both in order."""

    rows: tuple[Change, ...]
    needed: tuple[Change, ...]


def waiting(changes: Sequence[Change], ticked: Collection[int]) -> Waiting:
    """What would be held back if just these rows were sent. Changes stand in the order of a run: what is needed first.

    What waits for a row that waits itself waits for the same one.
    """
    missing = {change.key: change for change in changes if change.can_run and change.seq not in ticked}
    rows: list[Change] = []
    needed: dict[str, Change] = {}
    for change in changes:
        lacks = [missing[key] for key in change.requires if key in missing]
        if lacks and change.seq in ticked:
            rows.append(change)
            missing[change.key] = change
            needed |= {one.key: one for one in lacks if one.seq not in ticked}
    return Waiting(rows=tuple(rows), needed=tuple(needed.values()))
