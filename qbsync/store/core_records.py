"""Core's records in the database: loading them twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlmodel import Session, col

from qbsync.domain.book import CoreBook
from qbsync.domain.intake import EmployeeWeek, Reading, RowIssue
from qbsync.domain.open_errors import Ground, OpenError
from qbsync.domain.records import (
    RECORD_TYPES,
    Category,
    CoreKind,
    CoreRecord,
    EmployeeKind,
    PayrollRow,
    Shift,
    Status,
    VendorBill,
    VendorBillLine,
    content_hash,
    kind_of,
)
from qbsync.store import core_tables as tables
from qbsync.store.database import Database
from qbsync.store.row_issues import close, issue_of, issue_row, open_errors

TABLES: dict[CoreKind, type[tables.CoreColumns]] = {
    CoreKind.CUSTOMER: tables.CoreCustomer,
    CoreKind.PROJECT: tables.CoreProject,
    CoreKind.EMPLOYEE: tables.CoreEmployee,
    CoreKind.COST_CODE: tables.CoreCostCode,
    CoreKind.VENDOR: tables.CoreVendor,
    CoreKind.PAYROLL_ROW: tables.CorePayrollRow,
    CoreKind.VENDOR_BILL: tables.CoreVendorBill,
}
ENUMS = {"kind": EmployeeKind, "category": Category, "shift": Shift}
OPEN_ERRORS_MAX = 5000  # are shown at once
STATUS_KINDS = (CoreKind.PAYROLL_ROW, CoreKind.VENDOR_BILL)

Counts = dict[str, dict[str, int]]  # kind → {"new", "changed", "unchanged", "retired"} → how many


class CoreRecords:
    """Saves what was read from Core, and gives it back as a book."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, reading: Reading, *, at: datetime, loaded_by: str) -> tuple[int, Counts]:
        """Lay a reading over what is there; returns the import's id and what it changed, by kind.

        What the reading says is cancelled, and payroll rows of a stated employee-week that it no longer has, are
        marked as gone. What it could not read anew is kept and marked with the fault.
        """
        by_kind: dict[CoreKind, list[CoreRecord]] = {}
        for record in reading.marked():
            by_kind.setdefault(kind_of(record), []).append(record)
        with self._database.write(alone="core") as session:
            row = tables.CoreImport(
                at=at,
                loaded_by=loaded_by,
                files=", ".join(dict.fromkeys(sheet.file for sheet in reading.sheets)),
                sheets=json.dumps([asdict(sheet) for sheet in reading.sheets], default=str),
                counts="{}",
            )
            session.add(row)
            session.flush()
            import_id = row.id or 0
            counts = {kind.value: self._lay_over(session, kind, new, import_id, at) for kind, new in by_kind.items()}
            retired = self._retire(session, reading, at)
            if retired:
                none = {"new": 0, "changed": 0, "unchanged": 0, "retired": 0}
                counts.setdefault(CoreKind.PAYROLL_ROW.value, none)["retired"] += retired
            self._doubt(session, reading)
            self._settle(session, reading)
            row.counts = json.dumps(counts)
            session.add_all(issue_row(import_id, issue) for issue in reading.issues)
        return import_id, counts

    def _lay_over(
        self, session: Session, kind: CoreKind, records: Sequence[CoreRecord], import_id: int, at: datetime
    ) -> dict[str, int]:
        table = TABLES[kind]
        known = {
            core_id: (digest, gone_at)
            for core_id, digest, gone_at in session.execute(
                select(col(table.core_id), col(table.content_hash), col(table.gone_at))
            )
        }
        new, changed, cancelled = [], [], []
        for record in {record.core_id: record for record in records}.values():
            digest = content_hash(record)
            if isinstance(record, PayrollRow | VendorBill) and record.status is Status.CANCELLED:
                cancelled += [record.core_id] if known.get(record.core_id, ("", at))[1] is None else []
            elif record.core_id not in known:
                new.append(_to_row(record, digest, import_id))
            elif known[record.core_id] != (digest, None):
                changed.append(_to_row(record, digest, import_id))
        if new:
            session.execute(insert(table), new)
        _write(session, table, {row["core_id"]: row for row in changed})
        _write(session, table, {core_id: {"gone_at": at} for core_id in cancelled})
        unchanged = len(records) - len(new) - len(changed) - len(cancelled)
        return {"new": len(new), "changed": len(changed), "unchanged": unchanged, "retired": len(cancelled)}

    def _retire(self, session: Session, reading: Reading, at: datetime) -> int:
        """Mark as gone the rows of stated employee-weeks that were not read again."""
        gone = reading.gone(_rows_not_read(session, reading, {week for week, _ in reading.stated_weeks}))
        _write(session, tables.CorePayrollRow, {core_id: {"gone_at": at} for core_id in gone})
        return len(gone)

    def _doubt(self, session: Session, reading: Reading) -> None:
        """Mark what only a faulty row speaks of; without its hash the next good row is taken as a change."""
        weeks = reading.doubted_weeks
        unread = _rows_not_read(session, reading, {week for week, _ in weeks})
        named = {(row.week_ending, row.employee) for row in reading.records if isinstance(row, PayrollRow)} | set(weeks)
        rows = {
            core_id: weeks.get(week) or (weeks.get((week[0], "")) if week in named else None)
            for core_id, week in unread  # a row without a worker speaks of those only that its file names
        }
        known = set(_ids(session, tables.CoreVendorBill)) - _read_ids(reading, VendorBill)
        bills = {core_id: fault for core_id, fault in reading.doubted_bills.items() if core_id in known}
        for table, faults in ((tables.CorePayrollRow, rows), (tables.CoreVendorBill, bills)):
            marks = {core_id: {"doubt": fault, "content_hash": ""} for core_id, fault in faults.items() if fault}
            _write(session, table, marks)

    def _settle(self, session: Session, reading: Reading) -> None:
        """Close the errors of earlier imports that this one mends, or tells anew."""
        ground = Ground.of(reading)
        settled = [one.id for one in session.execute(open_errors()).scalars() if ground.settles(issue_of(one))]
        close(session, settled)

    def book(self) -> CoreBook:
        """All records that are not gone."""
        with self._database.read() as session:
            return CoreBook.of(record for kind, table in TABLES.items() for record in _read(session, kind, table))

    def counts(self) -> dict[CoreKind, int]:
        """How many records of each kind there are, gone ones left out."""
        with self._database.read() as session:
            return {kind: session.execute(_count(table)).scalar_one() for kind, table in TABLES.items()}

    def imports(self, limit: int = 50) -> list[dict[str, Any]]:
        """The latest imports, newest first: id, at, loaded_by, files, sheets, counts."""
        with self._database.read() as session:
            rows = session.execute(
                select(tables.CoreImport).order_by(col(tables.CoreImport.id).desc()).limit(limit)
            ).scalars()
            return [
                {
                    "id": row.id,
                    "at": row.at,
                    "loaded_by": row.loaded_by,
                    "files": row.files,
                    "sheets": json.loads(row.sheets),
                    "counts": json.loads(row.counts),
                }
                for row in rows
            ]

    def issues(self, import_id: int) -> list[RowIssue]:
        """The row problems of one import, in the order in which they were found."""
        with self._database.read() as session:
            rows = session.execute(
                select(tables.CoreImportIssue)
                .where(col(tables.CoreImportIssue.import_id) == import_id)
                .order_by(col(tables.CoreImportIssue.id))
            ).scalars()
            return [issue_of(row) for row in rows]

    def open_errors(self, limit: int = OPEN_ERRORS_MAX) -> list[OpenError]:
        """The errors of all imports that nothing has settled, newest import first."""
        with self._database.read() as session:
            rows = session.execute(
                select(tables.CoreImportIssue, col(tables.CoreImport.at))
                .join(tables.CoreImport, col(tables.CoreImport.id) == col(tables.CoreImportIssue.import_id))
                .where(col(tables.CoreImportIssue.is_open))
                .order_by(col(tables.CoreImportIssue.import_id).desc(), col(tables.CoreImportIssue.id))
                .limit(limit)
            )
            return [
                OpenError(id=row.id or 0, import_id=row.import_id, loaded_at=at, issue=issue_of(row))
                for row, at in rows
            ]

    def rows_to_mend(self) -> int:
        """How many rows open errors keep out; what concerns a whole sheet counts as one."""
        table = tables.CoreImportIssue
        rows = (
            select(col(table.import_id), col(table.file), col(table.sheet), col(table.row))
            .where(col(table.is_open))
            .distinct()
            .subquery()
        )
        with self._database.read() as session:
            return int(session.execute(select(func.count()).select_from(rows)).scalar_one())

    def close_errors(self, ids: Collection[int]) -> int:
        """Take errors off the list of those that stand; returns how many stood there."""
        with self._database.write(alone="core") as session:
            chosen = open_errors().where(col(tables.CoreImportIssue.id).in_(ids))
            stood = [one.id for one in session.execute(chosen).scalars()]
            close(session, stood)
        return len(stood)


def _write(session: Session, table: type[tables.CoreColumns], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the same columns of many records at once: core_id → column → value."""
    if values:
        statement = update(table.__table__).where(table.__table__.c.core_id == bindparam("key"))  # type: ignore[attr-defined]
        session.connection().execute(statement, [{**row, "key": core_id} for core_id, row in values.items()])


def _rows_not_read(session: Session, reading: Reading, weeks: set[date]) -> list[tuple[str, EmployeeWeek]]:
    """The stored payroll rows of these weeks that are not gone and that the reading does not have."""
    table = tables.CorePayrollRow
    if not weeks:
        return []
    present = _read_ids(reading, PayrollRow)
    stored = session.execute(
        select(col(table.core_id), col(table.week_ending), col(table.employee)).where(
            col(table.week_ending).in_(weeks), col(table.gone_at).is_(None)
        )
    )
    return [(core_id, (week, who)) for core_id, week, who in stored if core_id not in present]


def _read_ids(reading: Reading, record_type: type[CoreRecord]) -> set[str]:
    return {record.core_id for record in reading.records if isinstance(record, record_type)}


def _count(table: type[tables.CoreColumns]) -> Select[int]:
    return select(func.count()).select_from(table).where(col(table.gone_at).is_(None))


def _ids(session: Session, table: type[tables.CoreColumns]) -> Iterable[str]:
    return session.execute(select(col(table.core_id)).where(col(table.gone_at).is_(None))).scalars()


def _read(session: Session, kind: CoreKind, table: type[tables.CoreColumns]) -> Iterable[CoreRecord]:
    columns = table.__table__.c  # type: ignore[attr-defined]
    rows = session.execute(select(*columns).where(columns.gone_at.is_(None)).order_by(columns.core_id))
    return [_from_row(kind, row) for row in rows.mappings()]


def _to_row(record: CoreRecord, digest: str, import_id: int) -> dict[str, Any]:
    values = asdict(record)
    if isinstance(record, PayrollRow):
        values["minutes"] = " ".join(map(str, record.minutes))
    if isinstance(record, VendorBill):
        values["lines"] = json.dumps(values["lines"], default=str, ensure_ascii=False)
    values = {name: value.value if hasattr(value, "value") else value for name, value in values.items()}
    return {**values, "content_hash": digest, "import_id": import_id, "gone_at": None}


def _from_row(kind: CoreKind, row: Mapping[Any, Any]) -> CoreRecord:
    values = {name: value for name, value in row.items() if name not in ("content_hash", "import_id", "gone_at")}
    if kind in STATUS_KINDS:
        values["status"] = Status(values["status"])
    for name, enum in ENUMS.items():
        if name in values:
            values[name] = enum(values[name])
    if kind is CoreKind.PAYROLL_ROW:
        values["minutes"] = tuple(map(int, values["minutes"].split()))
    if kind is CoreKind.VENDOR_BILL:
        lines = json.loads(values["lines"])
        values["lines"] = tuple(VendorBillLine(**{**line, "amount": Decimal(line["amount"])}) for line in lines)
    return RECORD_TYPES[kind](**values)
