"""Skip: leave a record alone from the next preview on, or take it up again. Nothing in QuickBooks is touched."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.errors import BadInput
from qbsync.domain.left_alone import LeftAlone, reason_of
from qbsync.domain.ports import Clock
from qbsync.domain.wanted import TITLES, SyncKind, key_of
from qbsync.services.stores import HistoryStore, LeftAloneStore, PlanStore, RunStore


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """The use case of *Skip*. Runs stay as they are; of a preview that is built already the record is held back."""

    left: LeftAloneStore
    runs: RunStore
    history: HistoryStore
    plans: PlanStore
    clock: Clock

    def all(self, connection_id: int) -> dict[str, LeftAlone]:
        """The records that are left alone, by their key."""
        return self.left.all(connection_id)

    def still_to_do(self, run_id: str) -> int:
        """How many records an ended run did not do, that no later run took up, and that are not left alone by now."""
        return self.history.not_done([run_id]).get(run_id, 0)

    def leave(self, connection_id: int, kind: SyncKind, core_id: str, *, reason: str, who: str) -> LeftAlone:
        """Leave a record alone; a later word replaces an earlier one.

        Raises BadInput without a reason, and for a record that no run and no preview has met.
        """
        one = LeftAlone(
            kind=kind,
            core_id=core_id,
            title=self._title(connection_id, kind, core_id),
            reason=reason_of(reason),
            who=who,
            at=self.clock(),
        )
        self.left.add(connection_id, one)
        return one

    def take_up(self, connection_id: int, kind: SyncKind, core_id: str, *, who: str) -> None:
        """Let the next preview look at a record again. Raises BadInput when it is not left alone."""
        if not self.left.remove(connection_id, kind, core_id, who=who, at=self.clock()):
            raise BadInput(f"{TITLES[kind]} {core_id} is not left alone. `qbsync record list` shows those that are.")

    def _title(self, connection_id: int, kind: SyncKind, core_id: str) -> str:
        for outcome in self.history.of_record(connection_id, kind, core_id, limit=1):
            return outcome.title
        plan = self.plans.latest(connection_id)
        for change in plan.changes if plan else ():
            if change.key == key_of(kind, core_id):
                return change.title
        raise BadInput(
            f"No run and no preview has met {TITLES[kind].lower()} {core_id}. "
            "Check the id: the Sync Log and `qbsync log --run RUN --json` have it."
        )
