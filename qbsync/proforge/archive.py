"""Many tables in one zip file, each a CSV that is safe to open in Excel; written row by row, however large it is."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from qbsync.proforge.writing import inert

Tables = Iterable[tuple[str, Sequence[str], Iterator[tuple[object, ...]]]]


def write_archive(target: Path, tables: Tables) -> dict[str, int]:
    """Write `<table>.csv` for each; returns the rows of each. A file that could not be finished is not left behind."""
    half = target.with_name(f"{target.name}.part")
    counts: dict[str, int] = {}
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, headings, rows in tables:
                with (
                    archive.open(f"{name}.csv", "w", force_zip64=True) as raw,
                    io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="") as text,
                ):
                    writer = csv.writer(text, lineterminator="\r\n")
                    writer.writerow(headings)
                    counts[name] = 0
                    for row in rows:
                        writer.writerow([inert(_plain(cell)) for cell in row])
                        counts[name] += 1
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return counts


def _plain(cell: object) -> str | int | bool | Decimal | None:
    match cell:
        case None | str() | bool() | int() | Decimal():
            return cell
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)
