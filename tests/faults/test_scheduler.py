"""Two schedulers, killed at random and down for a while: each due moment fires once (fault 11)."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from qbsync.bootstrap import App, now
from qbsync.domain.schedule import Frequency, Schedule
from qbsync.services.scheduling import SCHEDULER
from qbsync.store.tables import FiringRow, PlanRow
from tests.company import WHO, Company
from tests.faults.processes import Process, started, wait_for
from tests.faults.tasks import move, tick_by

HOURS = 7
DOWN = (3, 4)  # in these nobody looks
KILLED_AFTER_SECONDS_MAX = 0.5


@pytest.mark.fault(11, 8)
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=1)], ids=["clocks agree", "one is an hour ahead"])
def test_each_moment_fires_once_whoever_is_killed(stored_company: Company, ahead: timedelta, tmp_path: Path):
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
            before = len(firings(app))
            try:
                wait_for(lambda before=before: len(firings(app)) > before - bool(ahead), "the hour to fire", 10)
            except AssertionError:
                from sqlalchemy import text
                print([one.alive for one in pair], hour)
                with app.database.read() as session:
                    for row in session.execute(text("select pid, state, wait_event_type, wait_event, left(query, 90), state_change from pg_stat_activity where datname=current_database()")): print(row)
                raise
            time.sleep(dice.random() * KILLED_AFTER_SECONDS_MAX)
            pair[dice.randrange(2)].kill()
            pair += start()[: 2 - sum(one.alive for one in pair)]
            pair = [one for one in pair if one.alive]
        settle(app, clock, begin + timedelta(hours=HOURS))
    check_each_fired_once(app, begin)


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


def check_each_fired_once(app: App, begin: datetime) -> None:
    fired = firings(app)
    moments = [one.due_at for one in fired]
    assert len(moments) == len(set(moments)) >= HOURS - len(DOWN) - 1
    assert all(one.minute == 0 for one in moments)
    assert max(one.tries for one in fired) <= 2
    plans = [one.plan_id for one in fired if one.plan_id]
    assert len(plans) == len(set(plans)) >= 1
    with app.database.read() as session:
        made = session.execute(select(func.count()).where(col(PlanRow.built_by) == SCHEDULER)).scalar_one()
    assert made <= sum(one.tries for one in fired)  # no previews but those of firings
