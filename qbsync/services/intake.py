"""Load Core's exports: read files, resolve names, lay the records over what is there, keep every problem."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qbsync.domain.gone_rows import gone_issues
from qbsync.domain.intake import DateOrder, Reading, RowIssue, SourceFile, reference_names, resolve_reading
from qbsync.domain.ports import Clock
from qbsync.domain.records import CoreKind, CoreRecord, Employee, Vendor
from qbsync.services.stores import CoreStore, NoticeStore


class ExportReader(Protocol):
    """Reads files into records; raises UnreadableFile or AmbiguousDates."""

    def __call__(self, files: Sequence[SourceFile], *, date_order: DateOrder | None = None) -> Reading: ...


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a loading came to. `import_id` is 0 when it was only a check."""

    import_id: int
    reading: Reading
    counts: dict[str, dict[str, int]]

    @property
    def changed_anything(self) -> bool:
        return any(count for kind in self.counts.values() for what, count in kind.items() if what != "unchanged")


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The use case of the Core data page."""

    core: CoreStore
    notices: NoticeStore
    read: ExportReader
    clock: Clock

    def check(self, files: Sequence[SourceFile], date_order: DateOrder | None = None) -> Loaded:
        """Read without keeping anything."""
        return Loaded(import_id=0, reading=self._read(files, date_order), counts={})

    def load(self, files: Sequence[SourceFile], *, who: str, date_order: DateOrder | None = None) -> Loaded:
        """Read and keep the good rows; the problems are kept with the import."""
        reading = self._read(files, date_order)
        import_id, counts = self.core.save(reading, at=self.clock(), loaded_by=who)
        names = ", ".join(file.name for file in files)
        self.notices.audit(who=who, what="loaded files", subject=names, at=self.clock())
        return Loaded(import_id=import_id, reading=reading, counts=counts)

    def set_aside(self, error_ids: Collection[int], *, who: str) -> int:
        """Take errors off the list of what is to be mended, such as of rows that nobody wants; returns how many."""
        closed = self.core.close_errors(error_ids)
        if closed:
            subject = f"{closed} row {'error' if closed == 1 else 'errors'}"
            self.notices.audit(who=who, what="set row errors aside", subject=subject, at=self.clock())
        return closed

    def _read(self, files: Sequence[SourceFile], date_order: DateOrder | None) -> Reading:
        reading = self.read(files, date_order=date_order)
        book = self.core.book()
        records = (*book.records(), *reading.records)
        resolved = resolve_reading(reading, reference_names(records))
        issues = (*resolved.issues, *gone_issues(resolved, book.payroll_rows))
        return replace(resolved, issues=_with_names(issues, records))


def _with_names(issues: Iterable[RowIssue], records: Iterable[CoreRecord]) -> tuple[RowIssue, ...]:
    """The issues with the names of the employees and vendors whose numbers their rows give."""
    employees: dict[str, str] = {}
    vendors: dict[str, str] = {}
    for record in records:
        if isinstance(record, Employee):
            employees[record.core_id] = record.name
        elif isinstance(record, Vendor):
            vendors[record.core_id] = record.name
    named = {CoreKind.PAYROLL_ROW: employees, CoreKind.VENDOR_BILL: vendors}
    return tuple(
        replace(one, record=one.record.with_names(named[one.kind])) if one.kind in named else one for one in issues
    )
