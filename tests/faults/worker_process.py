"""A worker of the product as a process of its own, whose requests carry its name.

QuickBooks' record of requests then tells which of several workers sent what.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.company import ROOT, Company
from tests.faults.processes import Port
from tests.faults.workers import NamedWorker


@contextmanager
def running(company: Company, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that stays; it is ended with the test."""
    given = {
        "name": name,
        "folder": str(company.folder),
        "port": company.books.port,
        "database_url": company.database_url,
        "settings": company.settings,
    }
    with (
        open(company.folder / f"{name}.log", "wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker_process", json.dumps(given)],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=company.environment(),
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def main() -> None:
    given = json.loads(sys.argv[1])
    books: Any = Port(given["port"])
    company = Company(Path(given["folder"]), books, given["database_url"], settings=given["settings"])
    named = NamedWorker(company, given["name"])
    named.stopping = named.app.stopping.is_set
    named.app.running = named.running()  # in the place of the one that would be made when first used
    named.app.worker().run()


if __name__ == "__main__":
    main()
