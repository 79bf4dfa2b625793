"""Schedules in the database: a due moment fires once, however many processes look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from qbsync.domain.schedule import Frequency, Policy, Schedule, firing_id, next_due
from qbsync.store.database import Database
from qbsync.store.tables import FiringRow, ScheduleRow


class Schedules:
    """The automatic sync of each company, and what each firing did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, connection_id: int | None = None) -> list[Schedule]:
        """The schedules of one company, or of all."""
        with self._database.read() as session:
            statement = select(ScheduleRow).order_by(col(ScheduleRow.id))
            if connection_id is not None:
                statement = statement.where(col(ScheduleRow.connection_id) == connection_id)
            return [_schedule(row) for row in session.execute(statement).scalars()]

    def save(self, schedule: Schedule, *, who: str, at: datetime) -> Schedule:
        """Save a company's schedule and work out when it is next due. A company has one."""
        with self._database.write(alone=f"schedule-{schedule.connection_id}") as session:
            row = session.execute(
                select(ScheduleRow).where(col(ScheduleRow.connection_id) == schedule.connection_id)
            ).scalar_one_or_none()
            values = {
                "connection_id": schedule.connection_id,
                "frequency": schedule.frequency.value,
                "at_time": schedule.at.strftime("%H:%M"),
                "weekday": schedule.weekday,
                "month_day": schedule.month_day,
                "time_zone": schedule.time_zone,
                "policy": schedule.policy.value,
                "enabled": schedule.enabled,
                "next_due": next_due(schedule, at) if schedule.enabled else None,
                "saved_by": who,
                "saved_at": at,
            }
            if row is None:
                row = ScheduleRow.model_validate(values)
                session.add(row)
            else:
                for name, value in values.items():
                    setattr(row, name, value)
            session.flush()
            return _schedule(row)

    def claim_due(self, now: datetime) -> list[tuple[str, Schedule]]:
        """Claim every schedule that is due: (firing id, schedule). Each due moment is given to one caller only.

        After a time without a worker a schedule fires once, not once for each moment missed.
        """
        claimed = []
        for schedule in self.all():
            if schedule.enabled and schedule.next_due is not None and schedule.next_due <= now:
                identity = self._claim(schedule, schedule.next_due, now)
                if identity:
                    claimed.append((identity, schedule))
        return claimed

    def _claim(self, schedule: Schedule, due_at: datetime, now: datetime) -> str:
        identity = firing_id(schedule.id, due_at)
        try:
            with self._database.write() as session:
                moved = session.execute(
                    update(ScheduleRow)
                    .where(col(ScheduleRow.id) == schedule.id, col(ScheduleRow.next_due) == due_at)
                    .values(next_due=next_due(schedule, now))
                )
                if moved.rowcount != 1:  # type: ignore[attr-defined]
                    return ""
                if session.get(FiringRow, identity) is not None:
                    return ""  # fired before, by a clock that was ahead: the schedule moves on all the same
                session.add(FiringRow(id=identity, schedule_id=schedule.id, due_at=due_at, fired_at=now))
        except IntegrityError:
            return ""
        return identity

    def claim_again(self, now: datetime, *, begun_before: datetime, tries_max: int) -> list[tuple[str, Schedule]]:
        """Claim firings that came to nothing since `begun_before`; each try is given to one caller only.

        Not those of a paused schedule, nor those that a later firing of their schedule has overtaken.
        """
        left = [(one, schedule) for one, schedule in self._left(begun_before) if schedule.enabled]
        worth = [(one, schedule) for one, schedule in left if one.tries < tries_max and not self._overtaken(one)]
        return [(one.id, schedule) for one, schedule in worth if self._move_on(one, tries=one.tries + 1, fired_at=now)]

    def give_up(self, result: str, *, begun_before: datetime) -> list[tuple[str, Schedule]]:
        """Record a result for all firings that came to nothing since `begun_before`; each is told to one caller."""
        left = self._left(begun_before)
        return [(firing.id, schedule) for firing, schedule in left if self._move_on(firing, result=result)]

    def _left(self, begun_before: datetime) -> list[tuple[FiringRow, Schedule]]:
        with self._database.read() as session:
            rows = session.execute(
                select(FiringRow, ScheduleRow)
                .join(ScheduleRow, col(ScheduleRow.id) == col(FiringRow.schedule_id))
                .where(col(FiringRow.result) == "", col(FiringRow.fired_at) < begun_before)
                .order_by(col(FiringRow.due_at))
            )
            return [(firing, _schedule(schedule)) for firing, schedule in rows]

    def _overtaken(self, firing: FiringRow) -> bool:
        with self._database.read() as session:
            later = select(col(FiringRow.id)).where(
                col(FiringRow.schedule_id) == firing.schedule_id, col(FiringRow.due_at) > firing.due_at
            )
            return session.execute(later.limit(1)).first() is not None

    def _move_on(self, firing: FiringRow, **values: object) -> bool:
        """Change a firing, if nobody has since it was read."""
        with self._database.write() as session:
            moved = session.execute(
                update(FiringRow)
                .where(
                    col(FiringRow.id) == firing.id,
                    col(FiringRow.fired_at) == firing.fired_at,
                    col(FiringRow.result) == "",
                )
                .values(**values)
            )
            return bool(moved.rowcount == 1)  # type: ignore[attr-defined]

    def record_firing(self, identity: str, *, result: str, plan_id: str = "", run_id: str = "") -> None:
        """Say what a firing came to."""
        with self._database.write() as session:
            row = session.get(FiringRow, identity)
            if row is not None:
                row.result, row.plan_id, row.run_id = result, plan_id, run_id

    def firings(self, connection_id: int, limit: int = 20) -> list[tuple[datetime, datetime, str]]:
        """The latest firings of a company: due at, fired at, result."""
        with self._database.read() as session:
            rows = session.execute(
                select(FiringRow)
                .join(ScheduleRow, col(ScheduleRow.id) == col(FiringRow.schedule_id))
                .where(col(ScheduleRow.connection_id) == connection_id)
                .order_by(col(FiringRow.due_at).desc())
                .limit(limit)
            ).scalars()
            return [(row.due_at, row.fired_at, row.result) for row in rows]


def _schedule(row: ScheduleRow) -> Schedule:
    hour, minute = row.at_time.split(":")
    schedule = Schedule(
        frequency=Frequency(row.frequency),
        at=time(int(hour), int(minute)),
        weekday=row.weekday,
        month_day=row.month_day,
        time_zone=row.time_zone,
        policy=Policy(row.policy),
        enabled=row.enabled,
        connection_id=row.connection_id,
        next_due=row.next_due,
    )
    return replace(schedule, id=row.id or 0)
