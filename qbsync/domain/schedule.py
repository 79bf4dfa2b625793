"""When automatic sync is due, and what it may do. Times of day are in the schedule's own time zone."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from qbsync.domain.decide import Action


class Frequency(StrEnum):
    """How often."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Policy(StrEnum):
    """What a firing may do by itself. The first is the default: nothing moves without review."""

    PREPARE = "prepare a preview and notify"
    CREATE_ONLY = "create only"
    CREATE_AND_UPDATE = "create and update"


POLICY_ACTIONS = {
    Policy.PREPARE: frozenset[Action](),
    Policy.CREATE_ONLY: frozenset({Action.CREATE, Action.LINK, Action.PULL}),
    Policy.CREATE_AND_UPDATE: frozenset({Action.CREATE, Action.UPDATE, Action.LINK, Action.PULL}),
}


COUNTRY_ZONES = {  # where most of a country's people live, by QuickBooks' code of it
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IN": "Asia/Kolkata",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "SG": "Asia/Singapore",
    "US": "America/New_York",
    "ZA": "Africa/Johannesburg",
}
UTC_NAME = "UTC"
OVERDUE_AFTER = timedelta(minutes=5)  # a worker looks far more often


@dataclass(frozen=True, kw_only=True)
class FirstZone:
    """The time zone that a new schedule begins with, and whose it is."""

    name: str
    whose: str


def first_zone(browser: str, country: str) -> FirstZone:
    """The zone of a person's browser, else of the company's country, else UTC.

    A browser that says UTC is a machine's rather than a place's, so the country is nearer.
    """
    if browser and browser.removeprefix("Etc/") != UTC_NAME:
        return FirstZone(name=browser, whose="the time zone of your browser")
    if country in COUNTRY_ZONES:
        return FirstZone(name=COUNTRY_ZONES[country], whose=f"a time zone of the company's country ({country})")
    return FirstZone(name=UTC_NAME, whose="the world's time, since neither your browser nor the company says where")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Automatic sync of one company. `weekday` is 0 for Monday; a month without `month_day` uses its last day."""

    frequency: Frequency
    at: time = time(6, 0)
    weekday: int = 0
    month_day: int = 1
    time_zone: str = "America/Los_Angeles"
    policy: Policy = Policy.PREPARE
    enabled: bool = True
    id: int = 0
    connection_id: int = 0
    next_due: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was due, and nobody has begun it."""
        return self.enabled and self.next_due is not None and self.next_due < now - OVERDUE_AFTER


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first due moment later than `after` (aware), in UTC.

    A time of day that a spring change skips is due as much later as the clocks were put forward; one that an
    autumn change repeats is due once, at its first pass.
    """
    zone = ZoneInfo(schedule.time_zone)
    local = after.astimezone(zone)
    if schedule.frequency is Frequency.HOURLY:
        return _next_hourly(schedule.at.minute, local).astimezone(after.tzinfo)
    day = local.date()
    while True:
        if _falls_on(schedule, day.weekday(), day.day, monthrange(day.year, day.month)[1]):
            moment = datetime.combine(day, schedule.at, zone).astimezone(after.tzinfo)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _next_hourly(minute: int, local: datetime) -> datetime:
    """Added up in UTC, since an hour later by a local clock may be two hours or none."""
    after = local.astimezone(UTC)
    moment = local.replace(minute=minute, second=0, microsecond=0).astimezone(UTC)
    return moment if moment > after else moment + timedelta(hours=1)


def _falls_on(schedule: Schedule, weekday: int, month_day: int, month_length: int) -> bool:
    match schedule.frequency:
        case Frequency.WEEKDAYS:
            return weekday < 5
        case Frequency.WEEKLY:
            return weekday == schedule.weekday
        case Frequency.MONTHLY:
            return month_day == min(schedule.month_day, month_length)
        case _:
            return True


def firing_id(schedule_id: int, due_at: datetime) -> str:
    """The id of one due moment: a second firing of it is refused by the database."""
    return f"sched:{schedule_id}:{due_at:%Y%m%dT%H%M%SZ}"
