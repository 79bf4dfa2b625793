"""The row problems of imports as rows of the database, and which of them are still open."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import Session, col

from qbsync.domain.errors import Severity
from qbsync.domain.intake import RowIssue
from qbsync.domain.records import CoreKind
from qbsync.store.core_tables import CoreImportIssue


def open_errors() -> Select[CoreImportIssue]:
    """The errors that nothing has settled."""
    return select(CoreImportIssue).where(col(CoreImportIssue.is_open))


def close(session: Session, ids: Iterable[int | None]) -> None:
    """Close the problems of these numbers."""
    table = CoreImportIssue.__table__  # type: ignore[attr-defined]
    closed = [{"key": one} for one in ids]
    if closed:
        statement = update(table).where(table.c.id == bindparam("key")).values(is_open=False)
        session.connection().execute(statement, closed)


def issue_row(import_id: int, issue: RowIssue) -> CoreImportIssue:
    return CoreImportIssue(
        import_id=import_id,
        file=issue.file,
        sheet=issue.sheet,
        row=issue.row,
        column=issue.column,
        problem=issue.said,  # with its record: the name is kept in the sentence
        remedy=issue.remedy,
        severity=issue.severity.value,
        kind=issue.kind.value if issue.kind else "",
        about=issue.about,
        is_open=issue.severity is Severity.ERROR,
    )


def issue_of(row: CoreImportIssue) -> RowIssue:
    return RowIssue(
        file=row.file,
        sheet=row.sheet,
        row=row.row,
        column=row.column,
        problem=row.problem,
        remedy=row.remedy,
        severity=Severity(row.severity),
        kind=CoreKind(row.kind) if row.kind else None,
        about=row.about,
    )
