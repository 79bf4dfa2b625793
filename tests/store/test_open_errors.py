"""Row errors in the database: they outlive later imports until what they speak of is read anew, or set aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading, RowIssue, SheetReading
from qbsync.domain.records import CoreKind, CoreRecord, Vendor
from qbsync.store import upgrade as upgrading
from qbsync.store.core_records import CoreRecords
from qbsync.store.database import Database
from tests.domain.samples import payroll_row
from tests.postgres import PostgresServer
from tests.store.stored import NOW, WHO, later

VENDOR = Vendor(core_id="V1", name="Granite")
ERROR = RowIssue(
    file="hours.csv",
    sheet="",
    row=3,
    column="Monday",
    problem="'lots' is not a number of hours.",
    remedy="Write hours such as 7.5.",
    kind=CoreKind.PAYROLL_ROW,
    about="2026-11-22",
)


def reading(record: CoreRecord, *issues: RowIssue, file: str = "hours.csv") -> Reading:
    kind = CoreKind.PAYROLL_ROW if record.core_id != VENDOR.core_id else CoreKind.VENDOR
    sheet = SheetReading(file=file, sheet="", kind=kind, rows_read=2, rows_kept=1, headings=())
    return Reading(sheets=(sheet,), records=(record,), issues=issues, stated_weeks=frozenset())


def test_an_error_stands_until_its_week_is_read_again(database: Database):
    core = CoreRecords(database)
    second = replace(ERROR, column="Tuesday")
    warning = replace(ERROR, row=9, severity=Severity.WARNING)
    faulty, _ = core.save(reading(payroll_row(), ERROR, second, warning), at=NOW, loaded_by=WHO)
    core.save(reading(VENDOR, file="vendors.csv"), at=later(1), loaded_by=WHO)
    standing = core.open_errors()
    assert [(one.import_id, one.loaded_at, one.issue) for one in standing] == [
        (faulty, NOW, ERROR),
        (faulty, NOW, second),
    ]
    assert core.rows_to_mend() == 1  # two cells of one row
    core.save(reading(payroll_row("8 8 0 0 0 0 0"), file="mended.csv"), at=later(2), loaded_by=WHO)
    assert core.open_errors() == []
    assert core.issues(faulty) == [ERROR, second, warning]  # the report of that import stays as it was


def test_a_file_that_is_loaded_twice_tells_its_errors_once(database: Database):
    core = CoreRecords(database)
    core.save(reading(payroll_row(), ERROR), at=NOW, loaded_by=WHO)
    again, _ = core.save(reading(payroll_row(), ERROR), at=later(1), loaded_by=WHO)
    assert [one.import_id for one in core.open_errors()] == [again]


def test_an_error_that_was_set_aside_stands_no_more(database: Database):
    core = CoreRecords(database)
    core.save(reading(payroll_row(), ERROR, replace(ERROR, row=4)), at=NOW, loaded_by=WHO)
    first, second = (one.id for one in core.open_errors())
    assert core.close_errors([first, 999]) == 1
    assert core.close_errors([first]) == 0
    assert [one.id for one in core.open_errors()] == [second]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_database_keeps_the_errors_of_its_newest_import_open(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.new_database()
    database = Database(url, tmp_path / "locks")
    _as_of(database, "0012")
    with database.write() as session:
        for number in (1, 2):
            session.execute(
                text("INSERT INTO core_import VALUES (:id, '2026-11-22', 'me', 'a.csv', '[]', '{}')"), {"id": number}
            )
            for severity in ("error", "warning"):
                session.execute(
                    text(
                        'INSERT INTO core_import_issue (import_id, file, sheet, row, "column", problem, remedy, '
                        "severity) VALUES (:id, 'a.csv', '', 3, '', 'No.', 'Mend.', :severity)"
                    ),
                    {"id": number, "severity": severity},
                )
    upgrading.upgrade(database)
    (kept,) = CoreRecords(database).open_errors()
    assert (kept.import_id, kept.issue.kind, kept.issue.about) == (2, None, "")
    database.close()


def _as_of(database: Database, step: str) -> None:
    """An empty database as an older version made it."""
    config = Config()
    config.set_main_option("script_location", str(Path(upgrading.__file__).parent / "migrations"))
    with database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, step)
