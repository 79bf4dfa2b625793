"""Two schedulers, killed at random and down for a while: each due moment fires once (fault 11)."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from qbsync.bootstrap import App, now
from qbsync.domain.schedule import Frequency, Schedule
from qbsync.services.scheduling import SCHEDULER
from qbsync.store.tables import FiringRow, PlanRow
from tests.company import WHO, Company
from tests.faults.processes import Process, started
from tests.faults.tasks import move, tick_by
from tests.waiting import wait_for

HOURS = 5
DOWN = (3,)  # in these nobody looks
KILLED_AFTER_SECONDS_MAX = 0.5


@pytest.mark.fault(11, 8)
@pytest.mark.parametrize(
    ("stored_company", "hours_ahead", "fired_min"),
    [("sqlite", 0, HOURS - len(DOWN)), ("postgresql", 1, 2)],
    indirect=["stored_company"],
    ids=["clocks agree", "one is an hour ahead"],
)
def test_each_moment_fires_once_whoever_is_killed(
    stored_company: Company, hours_ahead: int, fired_min: int, tmp_path: Path
):
    """An hour that nobody was there for is not made up for: the next one fires in its place."""
    ahead = timedelta(hours=hours_ahead)
    company, clock, dice = stored_company, tmp_path / "clock", random.Random(4)
    app = company.app()
    begin = now().replace(minute=30, second=0, microsecond=0)
    move(clock, begin)
    app.schedules.save(
        Schedule(frequency=Frequency.HOURLY, connection_id=app.connection().id, time_zone="UTC"), who=WHO, at=begin
    )
    with ExitStack() as all_of_them:

        def start() -> list[Process]:
            return [all_of_them.enter_context(started(tick_by, company, clock, one)) for one in (timedelta(0), ahead)]

        pair = start()
        for hour in range(1, HOURS + 1):
            if hour == DOWN[0]:
                for one in pair:
                    one.kill()
            move(clock, begin + timedelta(hours=hour))
            if hour in DOWN:
                continue
            if hour == DOWN[-1] + 1:
                pair = start()
            wait_for(partial(is_past, app, begin + timedelta(hours=hour)), "the hour to fire")
            time.sleep(dice.random() * KILLED_AFTER_SECONDS_MAX)
            pair[dice.randrange(2)].kill()
            pair += start()[: 2 - sum(one.alive for one in pair)]
            pair = [one for one in pair if one.alive]
        settle(app, clock, begin + timedelta(hours=HOURS))
    check_each_fired_once(app, fired_min)


def is_past(app: App, moment: datetime) -> bool:
    """Whether all that was due until then has been claimed."""
    (found,) = app.schedules.all()
    return found.next_due is not None and found.next_due > moment


def firings(app: App) -> list[FiringRow]:
    with app.database.read() as session:
        return list(session.execute(select(FiringRow).order_by(col(FiringRow.due_at))).scalars())


def settle(app: App, clock: Path, moment: datetime) -> None:
    """Let what a killed one left be begun again, or be given up."""
    for _ in range(2):
        moment += timedelta(minutes=16)
        move(clock, moment)
        time.sleep(1)
    wait_for(lambda: all(one.result for one in firings(app)), "each firing to come to something")


def check_each_fired_once(app: App, fired_min: int) -> None:
    fired = firings(app)
    moments = [one.due_at for one in fired]
    assert len(moments) == len(set(moments)) >= fired_min
    assert all(one.minute == 0 for one in moments)
    assert max(one.tries for one in fired) <= 2
    plans = [one.plan_id for one in fired if one.plan_id]
    assert len(plans) == len(set(plans)) >= 1
    with app.database.read() as session:
        made = session.execute(select(func.count()).where(col(PlanRow.built_by) == SCHEDULER)).scalar_one()
    assert made <= sum(one.tries for one in fired)  # no previews but those of firings
