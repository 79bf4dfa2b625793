"""The power fails: what the disk holds at any moment is whole, and tells the truth (fault 17)."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.company import Company
from tests.faults.invariants import Invariants
from tests.faults.processes import worker
from tests.faults.runs import check_some_are_done, confirm_some


@pytest.mark.fault(17)
@pytest.mark.parametrize("point", ["before_push", "after_push", "inside_record"])
def test_a_copy_of_the_files_taken_in_mid_run_is_whole_and_goes_on(company: Company, tmp_path: Path, point: str):
    before = max((int(row["seq"]) for row in company.books.applied()), default=0)
    run_id = confirm_some(company)
    copy = tmp_path / "after the power came back"
    with worker(company, "the worker", at=f"{point}:3", signal=signal.SIGSTOP) as process:
        process.wait_until_frozen()
        shutil.copytree(company.folder, copy, ignore=shutil.ignore_patterns("*-shm", "worker.lock"))
        process.kill()
    with closing(sqlite3.connect(copy / "qbsync.db")) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    restored = replace(company, folder=copy)
    invariants = Invariants(restored, run_id, after=before)
    assert invariants.broken() == []
    with worker(restored, "the next worker", once=True) as process:
        assert process.join() == 0
    check_some_are_done(restored, run_id, invariants)
