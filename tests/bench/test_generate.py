"""Made-up exports are the same for the same seed, as large as asked, and read without a fault."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.generate import generate, hours_text, main, write
from qbsync.domain.intake import Reading, SourceFile
from qbsync.domain.records import CoreKind, PayrollRow
from qbsync.proforge.files import read_exports


def read(folder: Path) -> Reading:
    return read_exports([SourceFile(name=path.name, data=path.read_bytes()) for path in sorted(folder.iterdir())])


def test_the_same_seed_gives_the_same_rows() -> None:
    assert generate(employees=5, weeks=2, seed=3) == generate(employees=5, weeks=2, seed=3)
    assert generate(employees=5, weeks=2, seed=3) != generate(employees=5, weeks=2, seed=4)


def test_what_is_made_reads_without_a_fault_and_has_the_size_asked_for(tmp_path: Path) -> None:
    made = generate(employees=30, weeks=3, projects=9, vendors=7, cost_codes=25, bills=20, seed=7)
    write(made, tmp_path)
    reading = read(tmp_path)
    assert reading.issues == ()
    counts = {kind.value: reading.count(kind) for kind in CoreKind}
    assert (counts["employee"], counts["project"], counts["vendor"], counts["cost_code"]) == (30, 9, 7, 25)
    assert counts["vendor_bill"] == 20
    assert counts["payroll_row"] == len(made["payroll_row"]) >= 30 * 3
    assert len({row.week_ending for row in reading.records if isinstance(row, PayrollRow)}) == 3
    assert len(reading.stated_weeks) == 30 * 3


@pytest.mark.parametrize(("minutes", "text"), [(0, ""), (480, "8"), (450, "7.5"), (435, "7.25"), (600, "10")])
def test_hours_are_written_as_proforge_shows_them(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text


def test_the_command_writes_one_file_for_each_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["generate.py", "--employees", "4", "--weeks", "1", "--out", str(tmp_path)])
    main()
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(kind.value for kind in CoreKind)
