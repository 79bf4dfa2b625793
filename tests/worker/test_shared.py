"""The shared engine over a real PostgreSQL: the queue may lose, double or strand its rows, and no run is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbsync.bootstrap import build
from qbsync.domain.errors import BadInput, StoreUnavailable
from qbsync.domain.run import RunStatus
from qbsync.settings import Settings
from qbsync.store.database import Database
from qbsync.store.plans import Plans
from qbsync.store.queue import upgrade_queue
from tests.store.stored import change, confirmation, plan
from tests.waiting import wait_for
from tests.worker.queueing import Queueing, Staying, shared

DEAD_WORKER = (
    "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id) "
    "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
)


@pytest.fixture
def shop(postgresql: Database) -> Queueing:
    return shared(postgresql)


def test_a_run_and_its_job_commit_together(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    assert shop.jobs() == [(run.id, "todo")]


def test_a_run_that_is_not_committed_has_no_job(shop: Queueing):
    made = plan(shop.company(1), change(1), built_at=shop.clock())
    Plans(shop.database).save(made)

    def submit_and_fail(transaction: object, run_id: str, connection_id: int) -> None:
        shop.engine.submit(transaction, run_id, connection_id)
        raise StoreUnavailable("The connection broke before the commit.")

    with pytest.raises(StoreUnavailable):
        shop.runs.confirm(confirmation(made), submit_and_fail)
    assert (shop.jobs(), shop.statuses()) == ([], [])


def test_a_queue_without_its_tables_refuses_the_confirm_and_says_so(shop: Queueing):
    shop.sql("DROP TABLE procrastinate_jobs CASCADE")
    with pytest.raises(StoreUnavailable, match="The queue in the database cannot be used"):
        shop.confirmed(shop.company(1))
    assert shop.statuses() == []


def test_a_run_that_has_ended_leaves_no_row_in_the_queue(shop: Queueing):
    shop.confirmed(shop.company(1))
    shop.work(shop.end)
    assert shop.jobs() == []


# what the queue lost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "pushed"), [(1, 0), (3, 1)], ids=["a minute ago", "three minutes ago"])
def test_a_run_whose_job_was_lost_is_queued_again_when_nobody_touched_it_for_two_minutes(
    shop: Queueing, minutes: int, pushed: int
):
    run = shop.confirmed(shop.company(1))
    shop.sql("DELETE FROM procrastinate_jobs")
    shop.untouched_for(run.id, minutes)
    shop.clock.forward(days=1)  # a machine whose clock is wrong: only the database's counts
    assert shop.work(shop.end) == pushed


def test_a_worker_that_stays_sweeps_again_and_again(shop: Queueing):
    """Two runs come while the worker is at rest, one after the other, and neither has a job."""
    with Staying(shop, shop.end):
        for number in range(2):
            swept(shop, number)
    assert shop.jobs() == []


def swept(shop: Queueing, number: int) -> None:
    run = shop.without_a_job(shop.company(number))
    shop.untouched_for(run.id, minutes=3)
    wait_for(lambda: shop.runs.get(run.id).status is RunStatus.DONE, "the run to be done")


def test_a_run_that_has_a_job_is_not_queued_a_second_time(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    shop.untouched_for(run.id, minutes=60)
    assert shop.work(shop.end) == 1
    assert shop.jobs() == []


def test_a_job_of_a_dead_worker_is_given_to_another_one(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    shop.sql(DEAD_WORKER)
    assert shop.jobs() == [(run.id, "doing")]
    assert shop.work(shop.end) == 1
    assert shop.runs.get(run.id).status is RunStatus.DONE


def test_a_job_of_a_dead_worker_goes_when_its_run_has_another_one_that_waits(shop: Queueing):
    """Giving it back would make two that wait, which the queue refuses; leaving it would block the company for ever."""
    run = shop.confirmed(shop.company(1))
    shop.sql(DEAD_WORKER)
    shop.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args) "
        "SELECT queue_name, task_name, lock, queueing_lock, args FROM procrastinate_jobs"
    )
    assert shop.work(shop.end) == 1
    assert shop.runs.get(run.id).status is RunStatus.DONE
    assert shop.jobs() == []


def test_two_workers_share_the_runs_and_push_each_once(shop: Queueing, postgresql: Database):
    other = shared(postgresql)
    for number in range(6):
        shop.confirmed(shop.company(number))
    pushed: list[str] = []

    def push(run_id: str) -> bool:
        pushed.append(run_id)
        return shop.end(run_id)

    with Staying(shop, push), Staying(other, push):
        wait_for(lambda: shop.statuses().count("done") == 6, "6 done")
    assert len(pushed) == len(set(pushed)) == 6


def test_a_worker_whose_run_is_another_ones_leaves_the_process(shop: Queueing):
    """To come back from the job would end the successor's job, for it is the same one."""
    shop.confirmed(shop.company(1))
    shop.work(lambda _: False)
    assert shop.left == 1


# its tables -------------------------------------------------------------------------------------------------------


def test_its_tables_are_made_once_however_often_it_starts(shop: Queueing, postgresql: Database):
    before = shop.sql_rows("SELECT name FROM queue_step ORDER BY name")
    upgrade_queue(postgresql)
    assert shop.sql_rows("SELECT name FROM queue_step ORDER BY name") == before
    assert len(before) > 10


def test_only_the_steps_that_are_missing_are_applied(shop: Queueing, postgresql: Database):
    """As after an update of procrastinate: its last step comes again, and only that one."""
    shop.sql("DELETE FROM queue_step WHERE name = (SELECT max(name) FROM queue_step)")
    run = shop.confirmed(shop.company(1))
    upgrade_queue(postgresql)
    assert shop.jobs() == [(run.id, "todo")]
    assert shop.work(shop.end) == 1


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, engine="procrastinate")


def test_on_sqlite_it_is_refused_with_what_to_do(settings: Settings):
    with pytest.raises(BadInput, match="needs PostgreSQL, and the database is an SQLite file"):
        build(settings)


def test_the_embedded_engine_makes_no_table_of_the_queue(postgresql: Database, tmp_path: Path):
    url = postgresql.url.render_as_string(hide_password=False)
    app = build(Settings(_env_file=None, data_dir=tmp_path, database_url=url), log_level=40)
    with app.database.read() as session:
        assert session.connection().dialect.has_table(session.connection(), "procrastinate_jobs") is False
    app.database.close()
