"""The export of everything: every table, no secret, as of one moment, and no formula in any cell."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.link import Link
from qbsync.domain.wanted import SyncKind
from qbsync.proforge.archive import write_archive
from qbsync.store.database import Database
from qbsync.store.dump import KEPT_BACK, dumped
from qbsync.store.links import Links
from tests.store.stored import NOW, connected

FORMULA = '=HYPERLINK("http://evil.example")'


def export(database: Database, target: Path) -> dict[str, int]:
    with dumped(database) as tables:
        return write_archive(target, tables)


def rows_of(archive: Path, table: str) -> list[list[str]]:
    with zipfile.ZipFile(archive) as opened:
        return list(csv.reader(io.StringIO(opened.read(f"{table}.csv").decode("utf-8-sig"))))


def linked(title: str) -> Link:
    return Link(
        kind=SyncKind.VENDOR, core_id="V1", title=title, ledger_kind=LedgerKind.VENDOR, ledger_id="7", link_only=True
    )


def test_every_table_is_in_it_but_those_with_secrets(database: Database, tmp_path: Path):
    counts = export(database, tmp_path / "all.zip")
    assert set(counts) == set(SQLModel.metadata.tables) - KEPT_BACK
    assert {"token", "oauth_state"} <= KEPT_BACK


def test_no_token_is_in_it(database: Database, tmp_path: Path):
    connected(database)
    target = tmp_path / "all.zip"
    assert export(database, target)["connection"] == 1
    with zipfile.ZipFile(target) as opened:
        content = b"".join(opened.read(name) for name in opened.namelist())
    for secret in (b"access-", b"refresh-", b"gAAAA"):  # plain, and as it is sealed
        assert secret not in content


def test_a_name_is_no_formula_in_it(database: Database, tmp_path: Path):
    Links(database).save(connected(database).id, [linked(FORMULA)], NOW)
    export(database, tmp_path / "all.zip")
    headings, row = rows_of(tmp_path / "all.zip", "link")
    assert dict(zip(headings, row, strict=True))["title"] == f"'{FORMULA}"


def test_an_export_that_breaks_off_leaves_no_file(tmp_path: Path):
    def rows():
        yield (1,)
        raise RuntimeError("the connection broke")

    with pytest.raises(RuntimeError):
        write_archive(tmp_path / "all.zip", [("link", ["id"], rows())])
    assert list(tmp_path.iterdir()) == []
