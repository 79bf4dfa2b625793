"""Workers as processes of their own, to be killed, frozen and woken; each has a name that QuickBooks' record shows."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine

from qbsync.bootstrap import App, CrashHook, now
from tests.company import Company
from tests.local_books import LocalBooks
from tests.waiting import SECONDS_MAX, wait_for

_PROCESSES = multiprocessing.get_context("forkserver")  # a clean parent: nothing of this test's is inherited
_PROCESSES.set_forkserver_preload(["tests.faults.processes"])


@dataclass(frozen=True)
class Port:
    """All that a worker needs to know of the local QuickBooks."""

    port: int


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What a worker process is to do, and where it does something to itself: `at` is `point:n`."""

    name: str
    at: str = ""
    signal: signal.Signals = signal.SIGKILL
    once: bool = False
    ahead: timedelta = timedelta(0)  # of its clock
    settings: dict[str, Any] = field(default_factory=dict)


class SignalAt(CrashHook):
    """Sends this process a signal when a marked point is passed for the n-th time."""

    def __init__(self, at: str, number: signal.Signals) -> None:
        point, _, count = at.partition(":")
        super().__init__(point, int(count or 1))
        self.number = number

    def __call__(self, point: str) -> None:
        self.left -= point == self.point
        if point == self.point and self.left == 0:
            # to this very thread: sent to the process, another one may take it, and this one would go on for a moment
            signal.pthread_kill(threading.get_ident(), self.number)


class Process:
    """One process that works on a company until it is told to end."""

    def __init__(self, task: Callable[..., None], company: Company, *given: Any) -> None:
        """`task` is called in the process with the company's App, then with what is `given`."""
        arguments = (
            task,
            company.folder,
            company.books.port,
            company.database_url,
            company.single_writes,
            company.settings,
            *given,
        )
        self._child = _PROCESSES.Process(target=_begin, args=arguments)
        self._child.start()

    @property
    def alive(self) -> bool:
        return self._child.is_alive()

    @property
    def frozen(self) -> bool:
        return state_of(self._child.pid or 0) == "T"

    def wake(self) -> None:
        self._send(signal.SIGCONT)

    def wait_until_frozen(self) -> None:
        wait_for(lambda: state_of(self._child.pid or 0) in "TZX", "the process to freeze")
        assert self.alive, "the process ended instead of freezing"

    def kill(self) -> None:
        self._send(signal.SIGKILL)
        self._child.join(SECONDS_MAX)

    def ask_to_end(self) -> None:
        """A frozen one hears it when it wakes."""
        self._send(signal.SIGTERM)

    def end(self) -> int | None:
        """Ask it to end, and wait until it has; returns its exit code."""
        self.ask_to_end()
        return self.join()

    def join(self) -> int | None:
        """Wait until it has ended by itself; returns its exit code."""
        self._child.join(SECONDS_MAX)
        return self._child.exitcode

    def _send(self, number: signal.Signals) -> None:
        if self.alive and self._child.pid:
            os.kill(self._child.pid, number)


@contextmanager
def started(task: Callable[..., None], company: Company, *given: Any) -> Iterator[Process]:
    """A process that is killed with the end of its test, if it still lives."""
    process = Process(task, company, *given)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def worker(company: Company, name: str, **duty: Any) -> Iterator[Process]:
    """A worker process. `duty` is what Duty has."""
    with started(work, company, Duty(name=name, **duty)) as process:
        yield process


def killed_at(company: Company, crash_at: str, name: str = "", **duty: Any) -> bool:
    """Let a worker process run until it kills itself at this point; False when it ended by itself."""
    with worker(company, name, at=crash_at, once=True, **duty) as process:
        code = process.join()
    assert code in (0, -signal.SIGKILL), f"the worker ended with {code}"
    return code != 0


def work(app: App, duty: Duty) -> None:
    """The worker of the product, in this process."""
    app.user_agent = duty.name or f"process {os.getpid()}"  # or it would be taken for one that was killed before
    app.settings = app.settings.model_copy(update=duty.settings)
    if duty.at:
        app.crash = SignalAt(duty.at, duty.signal)
    if duty.ahead:
        time_machine.travel(now() + duty.ahead, tick=True).start()
    if duty.once:
        app.worker().once()
    else:
        app.worker().run()


def _begin(
    task: Callable[..., None],
    folder: Path,
    port: int,
    database_url: str,
    single_writes: int,
    settings: dict[str, Any],
    *given: Any,
) -> None:
    books: Any = Port(port)
    company = Company(
        folder=folder, books=books, database_url=database_url, single_writes=single_writes, settings=settings
    )
    task(company.app(), *given)


def state_of(pid: int) -> str:
    """One letter: T is frozen, Z and X have ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def batches_of(books: LocalBooks, caller: str = "") -> int:
    """How many batches QuickBooks was sent, by all or by this caller."""
    return sum(row["kind"] == "batch" and caller in ("", row["caller"]) for row in books.requests())
