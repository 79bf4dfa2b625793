"""Load Core's exports: read files, resolve names, lay the records over what is there, keep every problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qbsync.domain.intake import DateOrder, Reading, SourceFile, reference_names, resolve_reading
from qbsync.domain.ports import Clock
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

    def _read(self, files: Sequence[SourceFile], date_order: DateOrder | None) -> Reading:
        reading = self.read(files, date_order=date_order)
        names = reference_names((*self.core.book().records(), *reading.records))
        return resolve_reading(reading, names)
