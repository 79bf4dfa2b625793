"""Runs the product's processes together on one machine, and stops all of them when one is asked to stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from qbsync.bootstrap import App
from qbsync.cli.output import console
from qbsync.domain.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
WATCH_SECONDS = 0.3
WORKER = ("-m", "qbsync", "worker")
WORKER_STARTS_MAX = 10  # then something is wrong that another start does not mend


def run_together(app: App) -> int:
    """Start everything, say where it is, and wait; returns the exit code."""
    settings = app.settings
    _ = app.database  # migrated before anything else starts
    ports = {"dashboard": settings.dashboard_port}
    if settings.is_local:
        ports["local QuickBooks"] = settings.sandbox_port
    for what, port in ports.items():
        _require_free(what, port)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if settings.is_local:
            processes["local QuickBooks"] = _start(
                "-m",
                "qbsync.sandbox",
                "serve",
                "--port",
                str(settings.sandbox_port),
                "--state",
                str(settings.data_dir / "local-quickbooks.db"),
            )
            _wait_until_up(f"http://127.0.0.1:{settings.sandbox_port}/", processes, stopping)
        processes["worker"] = _start(*WORKER)
        processes["dashboard"] = _start(
            "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(settings.dashboard_port)
        )
        address = f"http://127.0.0.1:{settings.dashboard_port}"
        _wait_until_up(f"{address}/_stcore/health", processes, stopping)
        if not stopping.is_set():
            console.print(f"\nQuickBooks Sync is at {address}")
            if settings.is_local:
                console.print(f"The local QuickBooks is at http://127.0.0.1:{settings.sandbox_port}")
            console.print("Ctrl-C stops everything.\n")
        return _watch(processes, stopping)
    finally:
        _stop_all(list(processes.values()))


def _require_free(what: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            setting = "QBSYNC_DASHBOARD_PORT" if what == "dashboard" else "QBSYNC_SANDBOX_PORT"
            raise BadInput(
                f"Port {port}, which the {what} needs, is taken by another program. "
                f"Stop that program, or set {setting} to a free port."
            ) from None


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    """A process of ours, in a session of its own so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=dict(os.environ), start_new_session=True)


def _wait_until_up(address: str, processes: dict[str, subprocess.Popen[bytes]], stopping: threading.Event) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and not stopping.is_set():
        if any(process.poll() is not None for process in processes.values()):
            return
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  (an address of this machine, made above)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            stopping.wait(0.1)


def _watch(processes: dict[str, subprocess.Popen[bytes]], stopping: threading.Event) -> int:
    """Wait until somebody stops us, or a process ends by itself. A worker that dies is started again."""
    worker_starts = 1
    while not stopping.wait(WATCH_SECONDS):
        for name, process in processes.items():
            if process.poll() is None:
                continue
            if name == "worker" and worker_starts < WORKER_STARTS_MAX:
                console.print(f"The worker ended by itself (code {process.returncode}); starting it again.")
                processes[name] = _start(*WORKER)
                worker_starts += 1
                continue
            console.print(f"The {name} ended by itself (code {process.returncode}); stopping the rest.")
            return 1
    return 0


def _stop_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS_MAX
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
