"""Try again what a run did not do: which records, and which rows of their preview a person had ticked before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.plan import Change, Scope
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind

OVER_OR_WAITING = (OutcomeStatus.DONE, OutcomeStatus.WAITING)


def not_done(outcomes: Iterable[Outcome], rows: Collection[int] = ()) -> list[Outcome]:
    """The records of an ended run that can be tried again: those of these rows, else all that were not done.

    Raises BadInput for a row that the run did not have or that was done, and when there is none at all.
    """
    by_row = {one.seq: one for one in outcomes}
    for row in rows:
        if row not in by_row:
            raise BadInput(f"The run has no row {row}. `qbsync log --run` shows its rows.")
        if by_row[row].status is OutcomeStatus.DONE:
            raise BadInput(f"Row {row} ({by_row[row].title}) was done: there is nothing to try again.")
    found = [one for one in by_row.values() if one.status not in OVER_OR_WAITING and (not rows or one.seq in rows)]
    if not found:
        raise BadInput("Every record of this run was done or is left alone: there is nothing to try again.")
    return found


def with_companions(chosen: Sequence[Outcome], outcomes: Sequence[Outcome], changes: Sequence[Change]) -> list[Outcome]:
    """The chosen records and those that go all or none with one of them: hours that moved, wherever they moved to."""
    groups = {change.seq: change.together for change in changes if change.together}
    begun = {groups[one.seq] for one in chosen if one.seq in groups}
    seqs = {one.seq for one in chosen} | {seq for seq, group in groups.items() if group in begun}
    return [one for one in outcomes if one.seq in seqs and one.status not in OVER_OR_WAITING]


def scope_of_retry(run_id: str, chosen: Sequence[Outcome], changes: Iterable[Change]) -> Scope:
    """The scope of a preview of exactly these records. Hours are compared with the rest of their weeks all the same."""
    rows = {one.seq for one in chosen}
    weeks = {
        change.scope_date
        for change in changes
        if change.seq in rows and change.kind is SyncKind.TIME_ENTRY and isinstance(change.scope_date, date)
    }
    return Scope(
        kinds=frozenset(one.kind for one in chosen),
        weeks=frozenset(weeks),
        records=frozenset(one.key for one in chosen),
        retries=run_id,
    )


def narrowed(changes: Sequence[Change], records: Collection[str] | None) -> list[Change]:
    """The changes of these records, of what they need and does not stand yet, and of what goes together with them.

    None keeps them all; of no records nothing is left.
    """
    if records is None:
        return list(changes)
    by_key = {change.key: change for change in changes}
    groups = {change.together for change in changes if change.key in records} - {""}
    queue = [change.key for change in changes if change.key in records or change.together in groups]
    kept: set[str] = set()
    while queue:
        key = queue.pop()
        if key in kept or key not in by_key:
            continue
        kept.add(key)
        queue += [need for need in by_key[key].requires if need in by_key and by_key[need].action is not Action.SKIP]
    return [change for change in changes if change.key in kept]


def ticked_again(changes: Sequence[Change], confirmed: Mapping[str, Action]) -> list[Change]:
    """The changes, those noted that do again just what a person confirmed before: a deletion counts as ticked then.

    Of changes that go together all must be so, since they are ticked all or none.
    """
    same = {change.key for change in changes if change.can_run and confirmed.get(change.key) is change.action}
    broken = {change.together for change in changes if change.key not in same} - {""}
    return [
        replace(change, confirmed_before=True) if change.key in same and change.together not in broken else change
        for change in changes
    ]
