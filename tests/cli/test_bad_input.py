"""Bad input gets one clear sentence and the right exit code, and nothing is lost."""

from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

import pytest

from qbsync.domain.records import CoreKind
from tests.company import Company

BAD_FILES = [
    # name            content                                 exit  part of the sentence
    ("empty.csv", b"", 2, "empty"),
    ("garbage.csv", bytes(range(256)) * 40, 2, "garbage.csv"),
    ("fake.xlsx", b"this is no workbook", 2, "not an Excel"),
    ("headings.csv", b"Employee ID,Employee Name,Type\n", 2, "no rows"),
    ("other.csv", b"Colour,Shape\nred,round\n", 2, "Colour"),
]


@pytest.mark.parametrize(("name", "content", "code", "said"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(
    company: Company, tmp_path: Path, name: str, content: bytes, code: int, said: str
):
    before = company.app().core.counts()
    path = tmp_path / name
    path.write_bytes(content)
    done = company.command("import", str(path))
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert company.app().core.counts() == before


def test_a_file_that_is_not_there_is_named(company: Company):
    done = company.command("import", "nowhere.csv")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "nowhere.csv cannot be read" in done.stderr


def test_a_wrong_option_is_bad_input(company: Company):
    assert company.command("preview", "--no-such-option").returncode == 2
    assert company.command("preview", "--only", "everything").returncode == 2
    assert company.command("preview", "--week", "last").returncode == 2
    assert company.command("plan", "show", "no-such-plan").returncode == 2
    slip = company.command("preview", "--project", "24-999")
    assert (slip.returncode, "Core has no project '24-999'." in slip.stderr) == (2, True)


def test_without_a_connection_the_exit_code_says_so(company: Company):
    app = company.app()
    app.connecting.disconnect(app.connection().id, "tests")
    for command in (["preview"], ["pull"], ["mapping", "suggest"]):
        done = company.command(*command)
        assert done.returncode == 3, command
        assert "connect" in done.stderr.lower()
    assert company.command("log", "--json").returncode == 0  # the log of a disconnected company can be read


def test_a_quickbooks_that_is_down_is_said_and_nothing_changes(company: Company):
    company.books.process.terminate()
    company.books.process.wait(timeout=10)
    done = company.command("preview")
    assert done.returncode == 1
    assert "QuickBooks" in done.stderr
    assert "Traceback" not in done.stderr
    assert company.app().plans.latest(1) is None


def test_a_locked_database_is_said_and_nothing_is_lost(company: Company):
    holder = sqlite3.connect(company.folder / "qbsync.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = company.command("cancel", "no-such-run", QBSYNC_BUSY_SECONDS="0.3")
        assert done.returncode == 1
        assert "database cannot be used" in done.stderr
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert company.app().core.counts()[CoreKind.PROJECT] == 14


def test_a_taken_port_is_named_with_the_setting_that_moves_it(company: Company):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = company.command("up", QBSYNC_DASHBOARD_PORT=port)
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert "QBSYNC_DASHBOARD_PORT" in done.stderr


def test_a_second_worker_on_the_machine_is_refused(company: Company):
    from filelock import FileLock

    with FileLock(company.folder / "worker.lock"):
        done = company.command("worker", "--once")
    assert done.returncode == 2
    assert "Another worker" in done.stderr


def test_a_confirmed_plan_cannot_be_confirmed_again(company: Company):
    plan = json.loads(company.command("preview", "--only", "projects", "--json").stdout)
    assert company.command("confirm", plan["id"], "--digest", "another").returncode == 2
    assert company.command("confirm", plan["id"], "--digest", plan["digest"]).returncode == 0
    again = company.command("confirm", plan["id"], "--digest", plan["digest"])
    assert again.returncode == 2
    assert "cannot be confirmed again" in again.stderr


def test_auto_consent_is_refused_for_real_books(company: Company):
    done = company.command(
        "connect",
        "--auto",
        QBSYNC_QBO_ENVIRONMENT="production",
        QBSYNC_QBO_CLIENT_ID="id",
        QBSYNC_QBO_CLIENT_SECRET="secret",
        QBSYNC_QBO_DISCOVERY_URL=f"{company.books.base}/.well-known/openid_configuration",
    )
    assert done.returncode == 2
    assert "local QuickBooks only" in done.stderr
