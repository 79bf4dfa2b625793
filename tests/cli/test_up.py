"""`qbsync up`: one command starts everything, Ctrl-C stops all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.company import ROOT

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


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_everything_starts_and_stops_together(tmp_path: Path, number: signal.Signals):
    dashboard, quickbooks = free_ports(2)
    environment = os.environ | {
        "QBSYNC_DATA_DIR": str(tmp_path),
        "QBSYNC_SANDBOX_PORT": str(quickbooks),
        "QBSYNC_DASHBOARD_PORT": str(dashboard),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "qbsync", "up"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert wait_for(lambda: answers(f"http://127.0.0.1:{dashboard}/healthz"), START_SECONDS_MAX)
        assert answers(f"http://127.0.0.1:{quickbooks}/")
    finally:
        process.send_signal(number)
        said, _ = process.communicate(timeout=STOP_SECONDS_MAX)
    assert process.returncode == 0
    assert f"http://127.0.0.1:{dashboard}" in said
    assert not answers(f"http://127.0.0.1:{dashboard}/healthz")
    assert not answers(f"http://127.0.0.1:{quickbooks}/")
