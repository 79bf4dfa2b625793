"""The disk under the database is full, and has room again: nothing is sent while it cannot be recorded (fault 7)."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import worker
from tests.faults.runs import check_some_are_done, confirm_some, wait_until_ended
from tests.postgres import USER, PostgresServer

SIZE = "48m"
MAY_NOT_MOUNT = "only root may mount a small disk, and not in every container"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "qbsync-tests", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip(MAY_NOT_MOUNT)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no byte free; returns the file to delete for room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with pytest.raises(OSError, match="No space left"):
                write_on(file, size)
    return filler


def write_on(file: io.FileIO, size: int) -> None:
    while file.write(b"\0" * size):
        pass


@pytest.mark.fault(7)
@pytest.mark.parametrize("point", ["before_sending", "after_push"])
def test_on_a_full_disk_nothing_is_sent_and_with_room_the_run_goes_on(company: Company, small_disk: Path, point: str):
    for file in company.folder.glob("qbsync.db*"):
        shutil.copy(file, small_disk)
    check(replace(company, database_url=f"sqlite:///{small_disk / 'qbsync.db'}"), small_disk, point)


@pytest.mark.fault(7)
def test_on_a_server_whose_disk_is_full_as_well(pg_company: Company, postgres: PostgresServer, small_disk: Path):
    """Its tables have some room left inside, so a write or two may still be recorded, and sent."""
    with on_disk(postgres, pg_company.database_url.rpartition("/")[2], small_disk):
        check(pg_company, small_disk, "before_sending")


@contextmanager
def on_disk(postgres: PostgresServer, name: str, disk: Path) -> Iterator[None]:
    """A database's files lie on this disk."""
    shutil.chown(disk, USER)
    for folder in disk.parents[:-2]:  # the server's user has to get there
        folder.chmod(folder.stat().st_mode | 0o011)
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
        server.execute(f"ALTER DATABASE {name} SET TABLESPACE small".encode())
        yield
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        server.execute(b"DROP TABLESPACE small")


def check(company: Company, disk: Path, point: str) -> None:
    run_id = confirm_some(company)
    invariants = Invariants(company, run_id)
    with worker(company, "the worker", at=f"{point}:2", signal=signal.SIGSTOP) as process:
        process.wait_until_frozen()
        sent = request_ids(company)
        filler = fill(disk)
        process.wake()
        time.sleep(2)
        assert invariants.broken() == []  # I3: nothing is in QuickBooks that is not recorded as sent
        assert company.app().runs.get(run_id).is_open
        if not company.database_url.startswith("postgresql"):
            assert request_ids(company) == sent
        filler.unlink()
        wait_until_ended(company.app(), run_id)
        assert process.end() == 0
    check_some_are_done(company, run_id, invariants)


def request_ids(company: Company) -> set[str]:
    return {row["request_id"] for row in company.books.requests() if row["kind"] == "batch"}
