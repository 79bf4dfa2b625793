"""Push time entries: this product beside python-quickbooks, on one local QuickBooks, with and without lost answers.

`python -m bench.push` takes 600 entries; `--entries 5000` is the long one, and `--factor 1` the one in real time, which
takes half an hour. Each factor keeps a section of its own in bench/results.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import TimeActivity

from bench.generate import generate, write
from bench.kept import RESULTS, keep, machine
from qbsync.domain.intake import SourceFile
from qbsync.domain.ledger import Operation, WriteItem
from qbsync.domain.mapping import Preferences
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from qbsync.qbo.consent import consent_locally
from qbsync.qbo.wire import request_item
from tests.company import ROOT, WHO, Company
from tests.local_books import REALM, LocalBooks

BATCH = 30
BATCHES_A_MINUTE, CALLS_A_MINUTE = 40, 500  # QuickBooks' published limits
# A batch counts among the requests too, so that 460 of them are left for single records.
SINGLES_A_MINUTE = CALLS_A_MINUTE - BATCHES_A_MINUTE
ENTRIES_A_MINUTE = BATCHES_A_MINUTE * BATCH + SINGLES_A_MINUTE
OURS = {"REQUESTS_PER_MINUTE": 480, "REQUESTS_PER_SECOND": 8, "BATCHES_PER_MINUTE": 38}  # the product's defaults
LOST_RATE, SEED = 0.05, 7
MARK = re.compile(r"\[PF-[A-Z2-7]{10}\]")
SNAPSHOT = "ready"
TRIES_MAX = 10
WORKER_STARTS_SECONDS = 4
LOOK_SECONDS = 0.05
ENTRIES_A_WEEK = 350  # at least, of the employees below
EMPLOYEES = 60


@dataclass(frozen=True, kw_only=True)
class Given:
    """What to measure."""

    entries: int
    latency_ms: int
    factor: int

    def pause(self, per_minute: int) -> float:
        """The seconds between two calls of a limit, as short as the factor makes them."""
        return 60 / per_minute / self.factor

    def least(self, entries: int) -> float:
        """The least time that the published limits allow anybody, with both kinds of call used to the full."""
        return entries * self.pause(ENTRIES_A_MINUTE)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One line of the table."""

    name: str
    answers: str
    entries: int
    least: float
    seconds: float
    calls: int
    refused: int
    lost_answers: int
    doubled: int
    lost: int

    def row(self) -> str:
        cells = (
            self.name,
            self.answers,
            f"{self.entries:,}",
            f"{self.seconds:.1f} s",
            f"{self.least:.1f} s",
            f"{self.seconds / self.least:.2f}",
            f"{self.entries / self.seconds:.0f}",
            self.calls,
            self.refused,
            self.lost_answers,
            self.doubled,
            self.lost,
        )
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


HEAD = (
    "| Client | Answers | Entries | Time | Least | Times the least | Entries a second | Calls | 429 | Answers lost "
    "| Doubled | Lost |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


Bodies = Sequence[dict[str, Any]]
Push = Callable[[Bodies], None]


@dataclass(frozen=True)
class Bench:
    """A company whose names are in QuickBooks already, and the time entries that are still to go there."""

    company: Company
    given: Given
    bodies: Bodies

    def measure(self, client: Client, rate: float) -> Measured:
        """Let one client push into books that are as they were at first. Reading and signing in are not timed."""
        books = self.company.books
        books.control("restore", name=SNAPSHOT)
        bodies = self.bodies[: client.entries(self.given)]
        with client.ready(self) as push:
            if rate:
                for route in client.routes:
                    books.control("faults", kind="drop_after_write", route=route, rate=rate, seed=SEED)
            heard = len(books.requests())
            started = time.perf_counter()
            push(bodies)
            seconds = time.perf_counter() - started
        armed = books.control("faults")["armed"]
        requests.delete(f"{books.base}/_sandbox/faults", timeout=10).raise_for_status()
        calls = [row for row in books.requests()[heard:] if row["realm"]]
        wanted = {mark for body in bodies for mark in MARK.findall(body["Description"])}
        found = Counter(
            mark for record in books.read_all("TimeActivity") for mark in MARK.findall(record.get("Description") or "")
        )
        return Measured(
            name=client.name,
            answers=f"{rate:.0%} lost" if rate else "all come",
            entries=len(bodies),
            least=self.given.least(len(bodies)),
            seconds=seconds,
            calls=len(calls),
            refused=sum(row["status"] == 429 for row in calls),
            lost_answers=sum(one["hits"] for one in armed),
            doubled=sum(count - 1 for mark, count in found.items() if mark in wanted),
            lost=len(wanted - found.keys()),
        )


@dataclass(frozen=True, kw_only=True)
class Client:
    """One way to push. `share`: one entry in so many, where all would take too long."""

    name: str
    routes: tuple[str, ...]
    ready: Callable[[Bench], AbstractContextManager[Push]]
    share: int = 1

    def entries(self, given: Given) -> int:
        return given.entries // self.share


# this product ----------------------------------------------------------------------------------------------


@contextmanager
def this_product(bench: Bench) -> Iterator[Push]:
    """A preview of its own, and a worker's process that waits for it to be confirmed."""
    with TemporaryDirectory() as folder:
        shutil.copytree(bench.company.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock"))
        company = replace(bench.company, folder=Path(folder))
        app = company.app()
        plan = app.previewing.build(app.connection().id, TIME, who=WHO)
        limits = {f"QBSYNC_{name}": str(rate * bench.given.factor) for name, rate in OURS.items()}
        worker = subprocess.Popen(
            [sys.executable, "-m", "qbsync", "worker"],
            env=company.environment(**limits),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(WORKER_STARTS_SECONDS)

        def push(bodies: Bodies) -> None:
            ticked = [change.seq for change in plan.changes if change.ticked_by_default][: len(bodies)]
            run = app.confirming.confirm(plan.id, plan.digest, ticked, who=WHO)
            while app.runs.get(run.id).is_open:
                assert worker.poll() is None, "the worker has ended"
                time.sleep(LOOK_SECONDS)
            ended, progress = app.runs.get(run.id), app.runs.progress(run.id)
            if progress.done != len(bodies):
                print(
                    f"The run ended as {ended.status.value!r}, {progress.done} of {progress.total} done. {ended.note}"
                )

        try:
            yield push
        finally:
            worker.terminate()
            worker.wait(timeout=30)
            app.database.close()


# python-quickbooks -----------------------------------------------------------------------------------------


@contextmanager
def helper(bench: Bench) -> Iterator[Push]:
    """Its batch helper, given thirty at a time; what fails is tried again, as its users do."""
    client = connected(bench.company.books)

    def push(bodies: Bodies) -> None:
        for start in range(0, len(bodies), BATCH):
            records = [TimeActivity.from_json(body) for body in bodies[start : start + BATCH]]
            with_pause(bench.given.pause(BATCHES_A_MINUTE), partial(batch_create, records, qb=client))

    yield push


@contextmanager
def one_by_one(bench: Bench) -> Iterator[Push]:
    """One record a call, as most programs do."""
    client = connected(bench.company.books)

    def push(bodies: Bodies) -> None:
        for body in bodies:
            with_pause(bench.given.pause(CALLS_A_MINUTE), partial(TimeActivity.from_json(body).save, qb=client))

    yield push


def with_pause(pause: float, call: Callable[[], object]) -> None:
    """Make a call, again if it fails, and keep to the limit: these clients have no throttle of their own."""
    for _ in range(TRIES_MAX):
        began = time.perf_counter()
        try:
            call()
        except (QuickbooksException, requests.ConnectionError):
            time.sleep(max(pause, 1.0))
            continue
        time.sleep(max(0.0, pause - (time.perf_counter() - began)))
        return


def connected(books: LocalBooks) -> QuickBooks:
    """python-quickbooks, unchanged but for the address it calls."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # oauthlib's own switch for http on loopback
    QuickBooks.api_url_v3 = f"{books.base}/v3"
    redirect, discovery = "http://localhost:8501/callback", f"{books.base}/.well-known/openid_sandbox_configuration"
    auth = AuthClient("local-client", "local-secret", redirect, discovery)
    page = requests.get(auth.get_authorization_url([Scopes.ACCOUNTING]), timeout=10)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page.text))
    answer = requests.post(
        auth.auth_endpoint, data=hidden | {"realmId": REALM, "decision": "connect"}, allow_redirects=False, timeout=10
    )
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    auth.get_bearer_token(back["code"][0], realm_id=REALM)
    return QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=REALM, minorversion=75)


CLIENTS = (
    Client(name="this product", routes=("batch", "timeactivity"), ready=this_product),
    Client(name="python-quickbooks, batches", routes=("batch",), ready=helper),
    Client(name="python-quickbooks, one by one", routes=("timeactivity",), ready=one_by_one, share=10),
)
TIME = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}))
NAMES = Scope(kinds=frozenset({SyncKind.CUSTOMER, SyncKind.PROJECT, SyncKind.EMPLOYEE}))


def make_ready(folder: Path, books: LocalBooks, entries: int) -> tuple[Company, Bodies]:
    """Load a made-up payroll and put its names into QuickBooks; returns the bodies of the time entries to come."""
    company = Company(folder=folder, books=books)
    app = company.app()
    files = folder / "files"
    files.mkdir()
    write(generate(employees=EMPLOYEES, weeks=entries // ENTRIES_A_WEEK + 1, projects=12, bills=1, seed=SEED), files)
    app.intake.load([SourceFile(name=one.name, data=one.read_bytes()) for one in sorted(files.iterdir())], who=WHO)
    code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
    connection = app.connecting.finish(state=state, code=code, realm_id=realm_id).id
    app.mapping.accept(connection, 90, who=WHO)
    app.mapping.save(
        connection,
        (),
        Preferences(fallback_item_id="1"),
        over_version=app.mappings.current(connection).version,
        who=WHO,
    )
    names = app.previewing.build(connection, NAMES, who=WHO)
    app.running.push(app.confirming.confirm(names.id, names.digest, who=WHO).id)
    plan = app.previewing.build(connection, TIME, who=WHO)
    creates = [change for change in plan.changes if change.ticked_by_default][:entries]
    assert len(creates) == entries, f"the payroll has only {len(creates)} time entries"
    assert {change.operation for change in creates} == {Operation.CREATE}
    app.database.close()
    bodies = [
        request_item(WriteItem(bid="0", kind=change.ledger_kind, operation=Operation.CREATE, content=change.content))
        for change in creates
    ]
    return company, [body["TimeActivity"] for body in bodies]


def heading(given: Given) -> str:
    return "Pushing time entries" + ("" if given.factor == 1 else f", at {given.factor} times the limits")


def report(given: Given, lines: Sequence[str]) -> str:
    """The page that is kept: the table, what was measured, and on which machine."""
    limits = (
        "The published limits, in real time."
        if given.factor == 1
        else f"The published limits are raised {given.factor} times, to {BATCHES_A_MINUTE * given.factor} batches and "
        f"{CALLS_A_MINUTE * given.factor:,} calls a minute, and the product's own settings\nwith them, so that it does "
        "not last minutes. The latency stays as it is."
    )
    return f"""{given.entries:,} time entries, {given.latency_ms} ms latency. {limits}

{machine()}; the local QuickBooks, the product and
its worker on the same machine, SQLite.
Written by `python -m bench.push --entries {given.entries} --factor {given.factor}`.

{chr(10).join(lines)}

*Time* is from confirm to the end of the run; previews, reading and signing in are not in it. *Least* is what the
published limits allow anybody: {BATCHES_A_MINUTE} batches of {BATCH} a minute and, since each of them counts among the
{CALLS_A_MINUTE} requests too, {SINGLES_A_MINUTE} single records beside them. *Calls* are all calls to the company's
books; *429* are those that were turned away. *Answers lost*: the local QuickBooks carried the write out and cut the
connection. *Doubled* and *Lost* are counted in QuickBooks by the mark in each description.

python-quickbooks is as installed, but for its address. It has no throttle and tries nothing again, so the measurement
keeps it to the limit and calls it once more after a failure, as its users do; one by one it pushes a tenth of the
entries. It can be given a request id for single records, which would prevent doubles there; its batch helper takes
none.
"""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.push", description=__doc__)
    options.add_argument("--entries", type=int, default=600)
    options.add_argument("--latency-ms", type=int, default=250)
    options.add_argument("--factor", type=int, choices=(1, 10), default=10, help="raises all limits so many times")
    options.add_argument("--only", default="", help="measure only clients whose name contains this, and keep nothing")
    options.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    asked = options.parse_args()
    given = Given(entries=asked.entries, latency_ms=asked.latency_ms, factor=asked.factor)
    serve = ("--latency-ms", str(given.latency_ms), "--throttle-factor", str(given.factor))
    lines = HEAD.splitlines()
    with TemporaryDirectory() as folder, books_with_names(Path(folder), given, serve) as bench:
        print("\n".join(lines), flush=True)
        for rate in (0.0, LOST_RATE):
            for client in (client for client in CLIENTS if asked.only in client.name):
                lines.append(bench.measure(client, rate).row())
                print(lines[-1], flush=True)
    if asked.only:
        return
    keep(asked.results, heading(given), report(given, lines))
    print(f"\nKept in {asked.results}.")


@contextmanager
def books_with_names(folder: Path, given: Given, serve: Sequence[str]) -> Iterator[Bench]:
    """Fill a company quickly, then serve the same books again, slowly and with limits."""
    state = folder / "books.db"
    (folder / "data").mkdir()
    with LocalBooks.running(state) as quick:
        company, bodies = make_ready(folder / "data", quick, given.entries)
    with LocalBooks.running(state, *serve, throttled=True) as books:
        books.control("snapshots", name=SNAPSHOT)
        yield Bench(replace(company, books=books), given, bodies)


if __name__ == "__main__":
    main()
