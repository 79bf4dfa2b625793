"""One embedded worker works on a database, from wherever it is started; another one takes over when it ends."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from qbsync.bootstrap import App, build
from qbsync.domain.errors import BadInput
from qbsync.services.scheduling import Scheduling
from qbsync.settings import Settings
from qbsync.store.database import Database
from qbsync.store.place import Place, SessionPlace, worker_place
from qbsync.worker.loop import Worker
from tests.company import ROOT, Company
from tests.postgres import PostgresServer
from tests.worker.test_loop import Rounds, Ticks

END_SESSIONS = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
LINES_MAX = 200


@pytest.fixture
def url(database: Database) -> str:
    """The address of an empty database, of each kind."""
    return database.url.render_as_string(hide_password=False)


def app(url: str, folder: Path) -> App:
    """The product on a data folder of its own, over a database that others use as well."""
    return build(Settings(_env_file=None, data_dir=folder, database_url=url), log_level=logging.CRITICAL)


def test_a_second_worker_with_another_data_folder_is_refused_while_the_first_works(url: str, tmp_path: Path):
    second = app(url, tmp_path / "second").worker()
    said: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(BadInput, match="Another worker is running") as refused:
            second.once()
        said.append(str(refused.value))

    place = worker_place(app(url, tmp_path / "first").database, "qbsync worker 1 on site-office")
    first = Worker(Rounds(), lambda _: True, cast(Scheduling, Ticks(meanwhile)), place, threading.Event())
    assert first.once() == 0
    assert len(said) == 1
    assert second.once() == 0  # the first one has ended


def test_who_finds_the_place_taken_is_told_by_whom(postgresql: Database):
    ours, theirs = (SessionPlace(postgresql, name) for name in ("qbsync worker 1 on büro", "qbsync worker 2 on site"))
    assert ours.take() == ""
    assert theirs.take() == "qbsync worker 1 on b?ro"
    assert (ours.held(), theirs.held()) == (True, False)
    ours.give_back()
    assert theirs.take() == ""
    assert ours.take() == "qbsync worker 2 on site"
    theirs.give_back()


def test_workers_that_share_a_queue_share_the_place_and_keep_an_embedded_one_out(postgresql: Database):
    shared = [SessionPlace(postgresql, f"shared {number}", shared=True) for number in (1, 2)]
    alone = SessionPlace(postgresql, "alone")
    assert [place.take() for place in shared] == ["", ""]
    assert alone.take().startswith("shared")
    for place in shared:
        place.give_back()
    assert alone.take() == ""
    assert shared[0].take() == "alone"
    alone.give_back()


def test_databases_of_one_server_have_a_place_each(
    postgresql: Database, postgres: PostgresServer, postgres_template: str, tmp_path: Path
):
    with closing(Database(postgres.new_database(like=postgres_template), tmp_path)) as other:
        places = [SessionPlace(one, "qbsync worker") for one in (postgresql, other)]
        assert [place.take() for place in places] == ["", ""]
        for place in places:
            place.give_back()


def test_a_place_is_lost_with_its_session_and_can_be_taken_again(postgresql: Database):
    ours, theirs = SessionPlace(postgresql, "ours"), SessionPlace(postgresql, "theirs")
    assert ours.take() == ""
    with postgresql.read() as session:
        session.execute(END_SESSIONS)
    assert not ours.held()
    assert theirs.take() == ""
    assert ours.take() == "theirs"
    theirs.give_back()
    assert ours.take() == ""
    ours.give_back()


@pytest.mark.fault(5)
def test_a_holder_that_gives_no_sign_of_life_loses_the_place(postgresql: Database):
    silent = SessionPlace(postgresql, "frozen", takeover_seconds=3600)  # its next sign of life is minutes away
    assert silent.take() == ""
    patient, other = SessionPlace(postgresql, "patient"), SessionPlace(postgresql, "other", takeover_seconds=0.2)
    time.sleep(0.3)
    assert patient.take() == "frozen"
    assert silent.held()  # a look is a sign of life too
    time.sleep(0.3)
    assert other.take() == "frozen"
    assert not silent.held()
    assert patient.take() == ""
    patient.give_back()


def test_a_holder_that_is_busy_for_long_gives_signs_of_life(postgresql: Database):
    busy = SessionPlace(postgresql, "busy", takeover_seconds=0.6)
    assert busy.take() == ""
    time.sleep(4)
    assert SessionPlace(postgresql, "other", takeover_seconds=3).take() == "busy"
    assert busy.held()
    busy.give_back()


def test_the_session_that_holds_the_place_keeps_no_transaction_open(postgresql: Database):
    place = SessionPlace(postgresql, "qbsync worker")
    place.take()
    states = text("SELECT state FROM pg_stat_activity WHERE application_name = 'qbsync worker'")
    with postgresql.read() as session:
        assert session.execute(states).scalars().all() == ["idle"]
    place.give_back()


@pytest.mark.fault(13)
def test_a_worker_whose_session_ended_works_no_more_while_another_one_does(postgresql: Database):
    other = SessionPlace(postgresql, "another")
    place = SessionPlace(postgresql, "ours")
    stopping = threading.Event()
    engine = Rounds(["before", "too late"], ["after"])
    pushed: list[str] = []
    stands_by = threading.Event()

    def push(run_id: str) -> bool:
        pushed.append(run_id)
        if run_id == "after":
            stopping.set()
            return True
        with postgresql.read() as session:
            session.execute(END_SESSIONS)
        assert other.take() == ""
        return stands_by.wait(10)

    told = Told(place, [lambda: None, stands_by.set, other.give_back])
    worker = Worker(engine, push, cast(Scheduling, Ticks()), told, stopping)
    worker.run()
    assert pushed == ["before", "after"]
    assert place.take() == ""  # given back in the end
    place.give_back()


class Told:
    """A place that does something after each time it was found to be taken, and notes what was done meanwhile."""

    others_wait, alone = True, True

    def __init__(self, place: Place, then: list[Callable[[], None]]) -> None:
        self._place, self._then = place, then

    def take(self) -> str:
        holder = self._place.take()
        if holder and self._then:
            self._then.pop(0)()
        return holder

    def held(self) -> bool:
        return self._place.held()

    def give_back(self) -> None:
        self._place.give_back()


# as processes -------------------------------------------------------------------------------------------------


@contextmanager
def worker_process(company: Company, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker with a data folder of its own; it is ended with the test."""
    command = [sys.executable, "-m", "qbsync", "worker"]
    environment = company.environment(QBSYNC_DATA_DIR=str(folder), QBSYNC_LOG_FORMAT="json")
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def line_with(process: subprocess.Popen[str], word: str) -> str:
    """The next line of its log that has this word; the test ends in an error when it ends before."""
    assert process.stdout is not None
    read = [""]
    for _ in range(LINES_MAX):
        read.append(process.stdout.readline())
        if word in read[-1]:
            return read[-1]
        assert read[-1], f"it ended before it said {word}: {read}"
    raise AssertionError(f"it never said {word}: {read}")


def test_a_worker_on_another_machine_stands_by_and_takes_over(
    postgres: PostgresServer, postgres_template: str, company: Company, tmp_path: Path
):
    company.database_url = postgres.new_database(like=postgres_template)
    with worker_process(company, tmp_path / "first") as first:
        line_with(first, "worker.started")
        with worker_process(company, tmp_path / "second") as second:
            assert f"worker {first.pid} on " in line_with(second, "worker.stands_by")
            first.kill()
            line_with(second, "worker.took_over")
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
