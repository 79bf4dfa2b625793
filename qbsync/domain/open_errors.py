"""Which row errors of earlier imports still stand: an error is settled when what it speaks of was read anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qbsync.domain.intake import Reading, RowIssue, about_of
from qbsync.domain.records import CoreKind, kind_of

Subject = tuple[CoreKind | None, str]  # a kind, and the employee's week or the bill of it


@dataclass(frozen=True, kw_only=True)
class OpenError:
    """An error of an import that nothing has settled so far. `id` is that of the kept problem."""

    id: int
    import_id: int
    loaded_at: datetime
    issue: RowIssue


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an import read: employees' weeks and bills that it speaks of, kinds without an error, and its sheets."""

    subjects: frozenset[Subject]
    clean_kinds: frozenset[CoreKind]
    sheets: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, reading: Reading) -> Ground:
        faulty = {issue.kind for issue in reading.errors}
        told = {(issue.kind, issue.about) for issue in reading.issues if issue.about}
        read = {(kind_of(record), about_of(record)) for record in reading.records}
        weeks = {(kind, about.partition("|")[0]) for kind, about in read if kind is CoreKind.PAYROLL_ROW}
        return cls(
            subjects=frozenset(told | read | weeks),
            clean_kinds=frozenset({sheet.kind for sheet in reading.sheets if sheet.kind is not None} - faulty),
            sheets=frozenset({(sheet.file, sheet.sheet) for sheet in reading.sheets}),
        )

    def settles(self, error: RowIssue) -> bool:
        """Whether this import mends the error, or tells it anew where it is still there.

        An employee's week and a bill are settled by another reading of just that: a clean file of the next week, or of
        other people's hours, mends nothing of it. Hours of nobody knows whom are settled by any of their week. A list,
        or a row that does not say what it is about, is settled by the same sheet, or by sheets of its kind without an
        error.
        """
        if error.about:
            return (error.kind, error.about) in self.subjects
        return error.kind in self.clean_kinds or (error.file, error.sheet) in self.sheets
