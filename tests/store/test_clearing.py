"""What is old and that nobody needs goes, a bounded number of rows at a time; everything else stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import SQLModel

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading, RowIssue
from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.store.clearing import OldRecords
from qbsync.store.core_records import CoreRecords
from qbsync.store.core_tables import CoreImport, CoreImportIssue
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from qbsync.store.plans import Plans
from qbsync.store.tables import ChangeRow, NotificationRow, OutcomeRow, PlanRow, RunRow
from tests.store.stored import COMPANY, NOW, WHO, change, confirmed, connected, plan, saved

OLD = NOW - timedelta(days=100)
BEFORE = NOW - timedelta(days=30)


def count(database: Database, table: type[SQLModel]) -> int:
    with database.read() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def cleared(clear: Callable[[datetime, int], int], limit: int = 1000) -> int:
    """Clear until nothing is left to go; returns in how many steps."""
    steps = 0
    while gone := clear(BEFORE, limit):
        assert gone <= limit
        steps += 1
    return steps


def test_an_old_preview_that_was_never_confirmed_goes_line_by_line(database: Database):
    lines = [change(seq) for seq in range(1, 8)]
    saved(database, *lines, number=1, built_at=OLD)
    saved(database, number=2, built_at=OLD + timedelta(days=1))
    saved(database, number=3, built_at=NOW)
    old = OldRecords(database)
    assert cleared(old.clear_previews, limit=3) == 4  # 3, 3, 1 and the preview; then the other one whole
    assert (count(database, PlanRow), count(database, ChangeRow)) == (1, 2)
    assert Plans(database).get("plan-3").changes


def test_the_newest_preview_of_a_company_stays_however_old_it_is(database: Database):
    saved(database, number=1, built_at=OLD)
    other = connected(database, COMPANY.__class__(realm_id="2", name="Another"))
    Plans(database).save(plan(other.id, number=2, built_at=NOW))
    assert cleared(OldRecords(database).clear_previews) == 0
    assert count(database, PlanRow) == 2


def test_a_preview_that_was_confirmed_stays_with_its_run(database: Database):
    confirmed(database, number=1, built_at=OLD)
    saved(database, number=2, built_at=NOW)
    assert cleared(OldRecords(database).clear_previews) == 0
    assert [count(database, table) for table in (PlanRow, RunRow, OutcomeRow)] == [2, 1, 2]


def test_an_old_import_report_goes_but_the_newest_and_those_with_rows_to_mend(database: Database):
    core = CoreRecords(database)
    core.save(report(Severity.WARNING, problems=5), at=OLD, loaded_by=WHO)
    kept, _ = core.save(report(Severity.ERROR), at=OLD, loaded_by=WHO)
    newest, _ = core.save(report(Severity.WARNING), at=OLD, loaded_by=WHO)
    old = OldRecords(database)
    assert cleared(old.clear_imports, limit=3) == 2
    assert [one["id"] for one in core.imports()] == [newest, kept]
    assert (count(database, CoreImport), count(database, CoreImportIssue)) == (2, 2)


def report(severity: Severity, problems: int = 1) -> Reading:
    issues = tuple(
        RowIssue(file=f"{severity}.csv", sheet="", row=row, column="", problem="No.", remedy="Mend.", severity=severity)
        for row in range(problems)
    )
    return Reading(sheets=(), records=(), issues=issues, stated_weeks=frozenset())


def test_old_notices_go_when_they_were_read(database: Database):
    notices = Notices(database)
    for title, at in (("old", OLD), ("older", OLD - timedelta(days=1)), ("new", NOW)):
        notices.add(Notice(severity=NoticeSeverity.INFO, title=title, body=""), at=at)
    notices.mark_read(NOW)
    notices.add(Notice(severity=NoticeSeverity.INFO, title="not read", body=""), at=OLD)
    assert cleared(OldRecords(database).clear_notices, limit=1) == 2
    assert {one.title for one in notices.latest()} == {"new", "not read"}
    assert count(database, NotificationRow) == 2
