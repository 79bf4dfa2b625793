"""Keeps each record once: an equal repetition is a warning, a different one an error on the later row."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.errors import Severity
from qbsync.domain.records import CoreKind, CoreRecord, PayrollRow, Status, VendorBill
from qbsync.domain.row_names import called
from qbsync.proforge.rows import SheetRows


@dataclass(frozen=True)
class _Kept:
    record: CoreRecord
    sheet: SheetRows
    row: int


class Keeper:
    """The records of all files read so far, in the order in which they stood."""

    def __init__(self) -> None:
        self._kept: dict[tuple[CoreKind, str], _Kept] = {}

    def keep(self, record: CoreRecord, sheet: SheetRows, row: int, *, lines: int = 1) -> bool:
        """Take a record made of `lines` rows. False when its id was already given with other content."""
        key = (sheet.kind, record.core_id)
        earlier = self._kept.get(key)
        if earlier is None:
            self._kept[key] = _Kept(record, sheet, row)
            sheet.kept += lines
            return True
        if _is_cancelled(record) != _is_cancelled(earlier.record):
            return self._corrected(key, earlier, _Kept(record, sheet, row), lines)
        where = f"row {earlier.row}" if earlier.sheet is sheet else f"{_place(earlier.sheet)}, row {earlier.row}"
        if earlier.record == record:
            sheet.note(
                row,
                "",
                f"{called(record)} repeats {where}.",
                "The repeated row was left out; nothing to do.",
                Severity.WARNING,
            )
            return True
        sheet.note(
            row,
            "",
            f"{called(record)} was already given in {where} with other content.",
            "Keep one of the two in ProForge and export again.",
        )
        return False

    def _corrected(self, key: tuple[CoreKind, str], earlier: _Kept, later: _Kept, lines: int) -> bool:
        """One was cancelled and entered anew: the one that lives counts, in whatever order they stand."""
        if _is_cancelled(earlier.record):
            self._kept[key] = later
        later.sheet.kept += lines
        return True

    def records(self) -> tuple[CoreRecord, ...]:
        """All records, kind by kind."""
        by_kind: dict[CoreKind, list[CoreRecord]] = {kind: [] for kind in CoreKind}
        for (kind, _), kept in self._kept.items():
            by_kind[kind].append(kept.record)
        return tuple(record for records in by_kind.values() for record in records)


def _is_cancelled(record: CoreRecord) -> bool:
    return isinstance(record, PayrollRow | VendorBill) and record.status is Status.CANCELLED


def _place(sheet: SheetRows) -> str:
    return f"{sheet.file}, sheet {sheet.sheet}" if sheet.sheet else sheet.file
