"""`qbsync up`: one command starts everything, Ctrl-C stops all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.company import ROOT
from tests.waiting import wait_for

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False


@contextmanager
def everything(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """`qbsync up` and the addresses of the dashboard and the local QuickBooks; it must be ended by the test."""
    dashboard, quickbooks = free_ports(2)
    environment = os.environ | {
        "QBSYNC_DATA_DIR": str(folder),
        "QBSYNC_SANDBOX_PORT": str(quickbooks),
        "QBSYNC_DASHBOARD_PORT": str(dashboard),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "qbsync", "up"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{dashboard}/healthz"), "it to answer", START_SECONDS_MAX)
        yield process, f"http://127.0.0.1:{dashboard}", f"http://127.0.0.1:{quickbooks}"
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=STOP_SECONDS_MAX)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_everything_starts_and_stops_together(tmp_path: Path, number: signal.Signals):
    with everything(tmp_path) as (process, dashboard, quickbooks):
        assert answers(f"{quickbooks}/")
        process.send_signal(number)
        said, _ = process.communicate(timeout=STOP_SECONDS_MAX)
        assert process.returncode == 0
        assert dashboard in said
        assert not answers(f"{dashboard}/healthz")
        assert not answers(f"{quickbooks}/")


def worker_of(process: subprocess.Popen[str]) -> int | None:
    """The id of the worker among the processes that were started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return next((int(child) for child in children if "worker" in command_of(child)), None)


def command_of(process: str) -> list[str]:
    """The words that a process was started with; none when it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the worker is found through /proc, which is Linux'")
def test_a_worker_that_was_killed_is_started_again(tmp_path: Path):
    with everything(tmp_path) as (process, dashboard, _):
        wait_for(lambda: worker_of(process), "a worker", START_SECONDS_MAX)
        first = worker_of(process)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: worker_of(process) not in (None, first), "another worker", START_SECONDS_MAX)
        assert answers(f"{dashboard}/healthz")


def test_a_local_quickbooks_started_by_itself_stops_when_it_is_told_to(tmp_path: Path):
    (port,) = free_ports(1)
    command = ["sandbox", "serve", "--port", str(port), "--state", str(tmp_path / "books.db")]
    process = subprocess.Popen([sys.executable, "-m", "qbsync", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_for(lambda: answers(f"http://127.0.0.1:{port}/"), "it to answer", START_SECONDS_MAX)
    process.terminate()
    process.wait(timeout=STOP_SECONDS_MAX)
    assert not answers(f"http://127.0.0.1:{port}/")
