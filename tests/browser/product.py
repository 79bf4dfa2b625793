"""The product as a browser meets it: `qbsync up` on ports and a data folder of its own, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from playwright.sync_api import Browser, sync_playwright

from tests.browser.driver import ROOT
from tests.local_books import LocalBooks

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@dataclass(frozen=True, kw_only=True)
class Running:
    """Everything that runs: where the dashboard is, and the local QuickBooks beside it."""

    base: str
    folder: Path
    books: LocalBooks


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium without a screen. Raises NoBrowser."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise NoBrowser("no Chromium on this machine: install the package 'chromium'")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def copy_company(template: Path, folder: Path) -> None:
    """Lay a company with its QuickBooks into a data folder, under the names that `qbsync up` gives them."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    for file in folder.glob("quickbooks.db*"):
        file.rename(file.with_name(f"local-{file.name}"))


@contextmanager
def running_product(folder: Path) -> Iterator[Running]:
    """`qbsync up` on a data folder; limits are lifted, so that nobody need wait."""
    dashboard, quickbooks = _free_ports(2)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("QBSYNC_")},
        "QBSYNC_DATA_DIR": str(folder),
        "QBSYNC_SANDBOX_PORT": str(quickbooks),
        "QBSYNC_DASHBOARD_PORT": str(dashboard),
        "QBSYNC_REQUESTS_PER_MINUTE": "1000000",
        "QBSYNC_REQUESTS_PER_SECOND": "100000",
        "QBSYNC_BATCHES_PER_MINUTE": "1000000",
    }
    with (folder / "up.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "qbsync", "up"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            base = f"http://127.0.0.1:{dashboard}"
            _wait_until_up(f"{base}/healthz", process, folder / "up.log")
            books = LocalBooks(quickbooks, process)
            books.control("settings", throttle=False)
            yield Running(base=base, folder=folder, books=books)
        finally:
            end(process)


def end(process: subprocess.Popen[str], seconds: float = STOP_SECONDS_MAX) -> None:
    """Ask a process to stop; one that does not is ended with all that it started, and is a fault."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        for one in [process.pid, *_started_by(process.pid)]:
            os.kill(one, signal.SIGKILL)
        process.wait()
        raise AssertionError(f"the product did not stop within {seconds} s of SIGTERM") from None


def _started_by(process_id: int) -> list[int]:
    """What a process started and has not seen end; each has a session of its own, so no signal reaches all."""
    listed = Path(f"/proc/{process_id}/task/{process_id}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def _wait_until_up(address: str, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(address, timeout=2).status_code == 200:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise AssertionError(f"the product did not start:\n{log.read_text()}")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
