"""The embedded engine over the real run table: nothing is queued elsewhere, so nothing is lost between the two."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from qbsync.domain.connection import ConnectionState
from qbsync.domain.errors import Stopped, Throttled
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.run import RunStatus
from qbsync.services.scheduling import Scheduling
from qbsync.store.database import Database
from qbsync.store.place import FilePlace
from qbsync.worker.embedded import EmbeddedEngine
from qbsync.worker.loop import Worker
from tests.domain.samples import payroll_row
from tests.services.desk import Desk, open_desk


class NoSchedules:
    """Nothing is ever due by the clock."""

    def tick(self) -> int:
        return 0


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    return open_desk(sqlite, payroll_row("8 8 0 0 0 0 0"))


def engine(desk: Desk) -> EmbeddedEngine:
    return EmbeddedEngine(desk.runs, desk.clock, companies_max=4)


def worker(desk: Desk, folder: Path, stopping: threading.Event | None = None) -> Worker:
    return Worker(
        engine(desk),
        desk.running.push,
        cast(Scheduling, NoSchedules()),
        FilePlace(folder / "worker.lock"),
        stopping or threading.Event(),
    )


@pytest.mark.fault(14)
def test_a_confirmed_run_is_found_by_a_worker_that_was_never_told(desk: Desk):
    run = desk.confirm(desk.preview())
    assert engine(desk).work(desk.running.push, lambda: True, stay=False) == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE
    assert engine(desk).work(desk.running.push, lambda: True, stay=False) == 0


def test_a_resting_run_is_left_alone_until_its_time(desk: Desk, tmp_path: Path):
    run = desk.confirm(desk.preview())
    desk.ledger.fail_next_send(Throttled(desk.clock.forward(seconds=60)))
    desk.clock.forward(seconds=-60)
    assert worker(desk, tmp_path).once() == 1
    assert len(desk.ledger.sends) == 1
    desk.clock.forward(seconds=60)
    assert worker(desk, tmp_path).once() == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE


@pytest.mark.promise(4)
def test_a_run_waits_for_its_connection(desk: Desk, tmp_path: Path):
    run = desk.confirm(desk.preview())
    desk.connections.set_state(desk.connection.id, ConnectionState.DISCONNECTED)
    assert worker(desk, tmp_path).once() == 0
    desk.connect()
    assert worker(desk, tmp_path).once() == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE


def test_stopping_the_worker_pauses_the_run_between_two_writes(desk: Desk, tmp_path: Path):
    run = desk.confirm(desk.preview())
    stopping = threading.Event()

    def end_the_process(point: str) -> None:
        desk.at_point = lambda _: None
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(10)

    desk.at_point = end_the_process
    desk.is_stopping = stopping.is_set
    worker(desk, tmp_path, stopping).run()
    assert desk.runs.get(run.id).status is RunStatus.PAUSED
    assert len(desk.ledger.sends) == 1  # what was under way was sent and recorded
    assert desk.statuses(run)["C1"] == "done"

    desk.is_stopping = lambda: False
    assert worker(desk, tmp_path).once() == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE
    assert [len(desk.held(kind)) for kind in (LedgerKind.CUSTOMER, LedgerKind.TIME_ACTIVITY)] == [2, 2]


def test_a_run_that_was_stopped_while_it_waited_for_its_turn_goes_on_with_the_next_worker(desk: Desk, tmp_path: Path):
    run = desk.confirm(desk.preview())
    desk.ledger.fail_next_send(Stopped(desk.clock() + timedelta(seconds=1)))
    assert worker(desk, tmp_path).once() == 1
    rested = desk.runs.get(run.id)
    assert (rested.status, rested.note, rested.failures) == (RunStatus.PAUSED, "The worker was stopped.", 0)
    desk.clock.forward(seconds=1)
    assert worker(desk, tmp_path).once() == 1
    assert desk.runs.get(run.id).status is RunStatus.DONE
