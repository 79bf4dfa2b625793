"""How long it takes to read a large payroll export, beside pandas reading the same file without understanding it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from bench.generate import generate, write
from qbsync.domain.intake import SourceFile
from qbsync.proforge.files import read_exports
from qbsync.proforge.tables import read_tables, write_xlsx

ROUNDS = 3


def best_of(work: Callable[[], object]) -> float:
    """The shortest of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Print a table: rows, seconds of ours, seconds of pandas, ratio."""
    rows = generate(employees=6400, weeks=4, projects=200, bills=10, seed=7, last_week=date(2026, 11, 21))
    with TemporaryDirectory() as folder:
        write(rows, Path(folder))
        text = (Path(folder) / "payroll_row.csv").read_bytes()
    table = read_tables(SourceFile(name="weekly-payroll.csv", data=text))[0]
    book = write_xlsx({"Weekly Payroll": (table.headings, [row.cells for row in table.rows])})
    print(f"{len(table.rows):,} payroll rows, best of {ROUNDS}\n")
    print("file   ours     pandas   ratio")
    for name, data, peer in (
        ("csv", text, lambda: pd.read_csv(io.BytesIO(text), dtype=str)),
        ("xlsx", book, lambda: pd.read_excel(io.BytesIO(book), engine="calamine")),
    ):
        file = SourceFile(name=f"weekly-payroll.{name}", data=data)
        ours, theirs = best_of(partial(read_exports, [file])), best_of(peer)
        print(f"{name:5}  {ours:5.2f} s  {theirs:5.2f} s  {ours / theirs:5.1f}")


if __name__ == "__main__":
    main()
