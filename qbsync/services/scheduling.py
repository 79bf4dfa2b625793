"""Automatic sync: fire each due moment once, and do no more than its policy allows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput, NotConnected, QbsyncError
from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.domain.plan import Change, Plan, Scope, totals
from qbsync.domain.ports import Clock
from qbsync.domain.schedule import POLICY_ACTIONS, Policy, Schedule
from qbsync.services.confirm import Confirming
from qbsync.services.notify import Notifying
from qbsync.services.preview import Previewing
from qbsync.services.stores import NoticeStore, RuleStore, ScheduleStore

log = structlog.get_logger(__name__)

SCHEDULER = "scheduler"
FIRING_TIME_MAX = timedelta(minutes=15)  # one without a result after that was left by a worker that died
TRIES_MAX = 2
LEFT = "Failed: the worker ended in the middle"
LEFT_REMEDY = "The worker ended in the middle. Press Sync Now on the Sync page, or wait for the next time."
NEEDS_A_PERSON = (Action.CONFLICT, Action.BLOCKED, Action.DELETE, Action.DEACTIVATE)
REMAINS = {  # what is left for a person, after its number
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.LINK: "to link",
    Action.DELETE: "to delete",
    Action.DEACTIVATE: "to make inactive",
    Action.PULL: "to settle",
    Action.CONFLICT: "in conflict",
    Action.BLOCKED: "blocked",
}


@dataclass(frozen=True, kw_only=True)
class Scheduling:
    """The use case of the Schedule page, and of the worker's tick."""

    schedules: ScheduleStore
    notices: NoticeStore
    rules: RuleStore
    previewing: Previewing
    confirming: Confirming
    notifying: Notifying
    clock: Clock

    def save(self, schedule: Schedule, *, who: str) -> Schedule:
        """Save a company's schedule; returns it with its next due moment. Raises BadInput for an unknown zone."""
        try:
            ZoneInfo(schedule.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "America" is a folder of zones
            raise BadInput(
                f"There is no time zone {schedule.time_zone!r}. Use a name such as America/Denver."
            ) from None
        saved = self.schedules.save(schedule, who=who, at=self.clock())
        state = f"{schedule.frequency.value}, {schedule.policy.value}" if schedule.enabled else "paused"
        self.notices.audit(
            who=who,
            what="saved the schedule",
            subject=state,
            at=self.clock(),
            connection_id=schedule.connection_id,
        )
        return saved

    def pause(self, connection_id: int, *, who: str) -> Schedule | None:
        """Turn automatic sync off; None when there is no schedule."""
        found = self.schedules.all(connection_id)
        return self.save(replace(found[0], enabled=False), who=who) if found else None

    def all(self, connection_id: int) -> list[Schedule]:
        return self.schedules.all(connection_id)

    def firings(self, connection_id: int) -> list[tuple[datetime, datetime, str]]:
        """The latest firings: due at, fired at, result."""
        return self.schedules.firings(connection_id)

    def tick(self) -> int:
        """Fire every schedule that is due now; returns how many this process fired.

        A firing that a dead worker left is begun once more, and after that recorded as failed.
        """
        now = self.clock()
        due = self.schedules.claim_due(now)
        due += self.schedules.claim_again(now, begun_before=now - FIRING_TIME_MAX, tries_max=TRIES_MAX)
        self._give_up_the_rest(now)
        for identity, schedule in due:
            self._fire(identity, schedule)
        return len(due)

    def _give_up_the_rest(self, now: datetime) -> None:
        for identity, schedule in self.schedules.give_up(LEFT, begun_before=now - FIRING_TIME_MAX):
            log.warning("schedule.left", firing=identity)
            self._attend(schedule, "Automatic sync did not run", LEFT_REMEDY, "sync")

    def _fire(self, identity: str, schedule: Schedule) -> None:
        try:
            scope = Scope(kinds=self.rules.company(schedule.connection_id).rules.sync_kinds)
            plan = self.previewing.build(schedule.connection_id, scope, who=SCHEDULER)
            result, run_id = self._act(plan, schedule)
        except QbsyncError as error:
            log.warning("schedule.failed", firing=identity, error=str(error))
            self.schedules.record_firing(identity, result=f"Failed: {error}")
            page = "connection" if isinstance(error, NotConnected) else "sync"
            self._attend(schedule, "Automatic sync did not run", str(error), page)
            return
        self.schedules.record_firing(identity, result=result, plan_id=plan.id, run_id=run_id)

    def _act(self, plan: Plan, schedule: Schedule) -> tuple[str, str]:
        """Confirm what the policy allows, and ask people to see to the rest."""
        ticked = _allowed(plan.changes, POLICY_ACTIONS[schedule.policy])
        run_id = ""
        too_many = self._too_many(schedule, len(ticked))
        if too_many:
            ticked = []
        if ticked:
            run_id = self.confirming.confirm(
                plan.id, plan.digest, ticked, who=f"{SCHEDULER} ({schedule.policy.value})", trigger=SCHEDULER
            ).id
        left = [c for c in plan.changes if c.seq not in set(ticked) and (c.can_run or c.action in NEEDS_A_PERSON)]
        counts = totals(left).by_action
        words = ", ".join(f"{count:,} {REMAINS[action]}" for action, count in counts.items() if count)
        if left:
            title = (
                "A sync preview is ready" if schedule.policy is Policy.PREPARE else "Automatic sync left some for you"
            )
            self._attend(schedule, title, f"{too_many}{words}. Review it on the Sync page.", "sync")
        done = f"{len(ticked):,} sent" if ticked else "Preview prepared" if left else "Nothing to do"
        if too_many:
            done = "Preview prepared, above the limit of what goes by itself"
        return (f"{done}; {words}" if words else done), run_id

    def _too_many(self, schedule: Schedule, records: int) -> str:
        """What to say where a schedule may not send so much by itself; "" where it may."""
        most = self.rules.company(schedule.connection_id).rules.scheduled_max
        if most is None or records <= most:
            return ""
        return f"{records:,} records are more than the {most:,} that may go by themselves, so nothing was sent. "

    def _attend(self, schedule: Schedule, title: str, body: str, page: str) -> None:
        self.notifying.tell(
            Notice(severity=NoticeSeverity.ATTENTION, title=title, body=body, page=page),
            schedule.connection_id,
        )


def _allowed(changes: Sequence[Change], actions: Collection[Action]) -> list[int]:
    """The rows that a policy sends: of hours that moved only where it may send all that go together."""
    held = {change.together for change in changes if change.can_run and change.action not in actions} - {""}
    return [change.seq for change in changes if change.action in actions and change.together not in held]
