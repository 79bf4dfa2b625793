"""What reading ProForge's exports gives: records, what was understood, and every fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from qbsync.domain.errors import Severity
from qbsync.domain.records import (
    CoreKind,
    CoreRecord,
    CostCode,
    Customer,
    Employee,
    PayrollRow,
    Project,
    Vendor,
    VendorBill,
    VendorBillLine,
    kind_of,
    payroll_row_id,
    vendor_bill_id,
)
from qbsync.domain.row_names import UNNAMED, RowName, called

EmployeeWeek = tuple[date, str]  # week ending, employee
Names = Mapping[CoreKind, Mapping[str, str]]  # casefolded text → core_id


class DateOrder(StrEnum):
    """How the written dates of a file are read."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
    ISO = "year first"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file as somebody gave it to us."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class RowIssue:
    """A fault at a place of a file. `row` is what Excel shows beside the row; None means the whole sheet.

    `kind` is what the sheet lists, None where it was not recognised. `about` is the employee's week that
    the row's hours are of, or its bill; "" in a list, and where the row does not say. `record` is what people call it.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR
    kind: CoreKind | None = None
    about: str = ""
    record: RowName = UNNAMED

    @property
    def said(self) -> str:
        """The problem with the record that has it: "Bill 4711 of Acme Supply, line 2: Amount is missing."."""
        name = str(self.record)
        return f"{name}: {self.problem}" if name else self.problem

    @property
    def place(self) -> str:
        """Where it is, for people: "payroll.csv, row 12, Monday"."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.remedy}".rstrip()


@dataclass(frozen=True, kw_only=True)
class HeadingReading:
    """One heading of a file and the ProForge heading it was read as ("" when it was not used)."""

    as_written: str
    read_as: str


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """How one sheet was understood. `kind` is None when it could not be recognised."""

    file: str
    sheet: str
    kind: CoreKind | None
    rows_read: int
    rows_kept: int
    headings: tuple[HeadingReading, ...]
    date_order: DateOrder | None = None  # None when the sheet holds no written dates


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that a set of files says.

    `stated_weeks` are the employee-weeks that the files state completely: all their rows were good, so rows
    that an earlier import had for them and these files lack are gone from ProForge.
    """

    sheets: tuple[SheetReading, ...]
    records: tuple[CoreRecord, ...]
    issues: tuple[RowIssue, ...]
    stated_weeks: frozenset[EmployeeWeek]
    doubted_weeks: Mapping[EmployeeWeek, str] = field(default_factory=dict)
    doubted_bills: Mapping[str, str] = field(default_factory=dict)  # by core_id

    @property
    def errors(self) -> tuple[RowIssue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[RowIssue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.WARNING)

    def marked(self) -> Iterator[CoreRecord]:
        """The records; a good row beside a faulty one of its employee's week has that fault, for it is posted whole."""
        for record in self.records:
            if isinstance(record, PayrollRow):
                fault = self.doubted_weeks.get((record.week_ending, record.employee), "")
                yield replace(record, doubt=fault) if fault else record
            else:
                yield record

    def gone(self, earlier: Iterable[tuple[str, EmployeeWeek]]) -> set[str]:
        """Of earlier payroll rows (core_id, week), the core_ids of those that a week stated whole no longer has."""
        read = {record.core_id for record in self.records if isinstance(record, PayrollRow)}
        return {core_id for core_id, week in earlier if week in self.stated_weeks and core_id not in read}

    def sheet_of(self, kind: CoreKind) -> SheetReading | None:
        """The first sheet that lists records of a kind."""
        return next((sheet for sheet in self.sheets if sheet.kind is kind), None)

    def count(self, kind: CoreKind) -> int:
        return sum(1 for record in self.records if kind_of(record) is kind)


def reference_names(records: Iterable[CoreRecord]) -> dict[CoreKind, dict[str, str]]:
    """How each customer, project, employee, cost code and vendor may be written, and its core_id.

    An id always means its own record; a name does so only when one record of the kind has it.
    """
    titles: dict[CoreKind, list[tuple[str, str]]] = {}
    for record in records:
        match record:
            case Customer() | Project() | Employee() | Vendor():
                titles.setdefault(kind_of(record), []).append((record.core_id, record.name))
            case CostCode():
                titles.setdefault(CoreKind.COST_CODE, []).append((record.core_id, record.description))
            case PayrollRow() | VendorBill():
                continue
    return {kind: _spellings(pairs) for kind, pairs in titles.items()}


def _spellings(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for core_id, name in pairs:
        for text in (name, f"{core_id} - {name}", f"{core_id} {name}"):
            owners.setdefault(text.casefold(), set()).add(core_id)
    known = {text: next(iter(ids)) for text, ids in owners.items() if len(ids) == 1}
    folded: dict[str, set[str]] = {}
    for core_id, _ in pairs:
        folded.setdefault(core_id.casefold(), set()).add(core_id)
    known.update({text: next(iter(ids)) for text, ids in folded.items() if len(ids) == 1})
    known.update({core_id: core_id for core_id, _ in pairs})
    return known


def resolve_name(names: Names, kind: CoreKind, text: str) -> str:
    """The core_id that `text` means, or the text itself when it is not the name of exactly one record."""
    known = names.get(kind)
    if not known or not text:
        return text
    return known.get(text) or known.get(text.casefold(), text)


def resolve_references(records: Iterable[CoreRecord], names: Names) -> tuple[CoreRecord, ...]:
    """The records with names replaced by core_ids; the ids that are made of references are made anew."""
    return tuple(_resolved(record, names) for record in records)


def _resolved(record: CoreRecord, names: Names) -> CoreRecord:
    match record:
        case Project():
            customer = resolve_name(names, CoreKind.CUSTOMER, record.customer)
            return record if customer == record.customer else replace(record, customer=customer)
        case PayrollRow():
            return _resolved_payroll(record, names)
        case VendorBill():
            return _resolved_bill(record, names)
        case Customer() | Employee() | CostCode() | Vendor():
            return record


def _resolved_payroll(row: PayrollRow, names: Names) -> PayrollRow:
    employee = resolve_name(names, CoreKind.EMPLOYEE, row.employee)
    project = resolve_name(names, CoreKind.PROJECT, row.project)
    cost_code = resolve_name(names, CoreKind.COST_CODE, row.cost_code)
    if (employee, project, cost_code) == (row.employee, row.project, row.cost_code):
        return row
    core_id = payroll_row_id(row.week_ending, employee, project, cost_code, row.shift)
    return replace(row, core_id=core_id, employee=employee, project=project, cost_code=cost_code)


def _resolved_bill(bill: VendorBill, names: Names) -> VendorBill:
    vendor = resolve_name(names, CoreKind.VENDOR, bill.vendor)
    lines = tuple(_resolved_line(line, names) for line in bill.lines)
    if vendor == bill.vendor and lines == bill.lines:
        return bill
    own_id = bill.core_id != bill_id(bill.vendor, bill.number, bill.bill_date)
    core_id = bill.core_id if own_id else bill_id(vendor, bill.number, bill.bill_date)
    return replace(bill, core_id=core_id, vendor=vendor, lines=lines)


def _resolved_line(line: VendorBillLine, names: Names) -> VendorBillLine:
    project = resolve_name(names, CoreKind.PROJECT, line.project)
    cost_code = resolve_name(names, CoreKind.COST_CODE, line.cost_code)
    if project == line.project and cost_code == line.cost_code:
        return line
    return replace(line, project=project, cost_code=cost_code)


def bill_id(vendor: str, number: str, bill_date: date) -> str:
    """The id of a bill whose file gives none; one without a number is told apart by its date."""
    made = vendor_bill_id(vendor, number)
    return made if number else f"{made}|{bill_date.isoformat()}"


def resolve_reading(reading: Reading, names: Names) -> Reading:
    """The reading with names replaced by the core_ids of `names`, such as those already stored.

    When two rows turn out to be one (a file wrote an employee once by number and once by name), equal ones
    become one and different ones are an error on the later.
    """
    kept: dict[tuple[CoreKind, str], CoreRecord] = {}
    issues: list[RowIssue] = []
    clashed: dict[EmployeeWeek, str] = {}
    for record in resolve_references(reading.records, names):
        earlier = kept.setdefault((kind_of(record), record.core_id), record)
        if earlier != record:
            clash = _clash(reading, record)
            issues.append(clash)
            if isinstance(record, PayrollRow):
                clashed[record.week_ending, record.employee] = clash.problem
            elif isinstance(earlier, VendorBill):
                kept[CoreKind.VENDOR_BILL, earlier.core_id] = replace(earlier, doubt=clash.problem)
    doubted = {_resolved_week(week, names): fault for week, fault in reading.doubted_weeks.items()} | clashed
    return replace(
        reading,
        records=tuple(kept.values()),
        issues=tuple(_resolved_issue(issue, names) for issue in (*reading.issues, *issues)),
        stated_weeks=frozenset({_resolved_week(week, names) for week in reading.stated_weeks} - doubted.keys()),
        doubted_weeks=doubted,
        doubted_bills={_resolved_bill_id(core_id, names): fault for core_id, fault in reading.doubted_bills.items()},
    )


def _resolved_week(week: EmployeeWeek, names: Names) -> EmployeeWeek:
    return week[0], resolve_name(names, CoreKind.EMPLOYEE, week[1])


def _resolved_bill_id(core_id: str, names: Names) -> str:
    """An id that is made of a vendor and a number is made anew; ProForge's own have no bar."""
    vendor, bar, rest = core_id.partition("|")
    return f"{resolve_name(names, CoreKind.VENDOR, vendor)}|{rest}" if bar else core_id


def _resolved_issue(issue: RowIssue, names: Names) -> RowIssue:
    match issue.kind:
        case CoreKind.VENDOR_BILL:
            return replace(issue, about=_resolved_bill_id(issue.about, names))
        case CoreKind.PAYROLL_ROW:
            week, _, employee = issue.about.partition("|")
            return replace(issue, about=week_of(week, resolve_name(names, CoreKind.EMPLOYEE, employee)))
        case _:
            return issue


def _clash(reading: Reading, record: CoreRecord) -> RowIssue:
    kind = kind_of(record)
    sheet = reading.sheet_of(kind)
    return RowIssue(
        file=sheet.file if sheet else "",
        sheet=sheet.sheet if sheet else "",
        row=None,
        column="",
        problem=f"{called(record)} stands twice, once by number and once by name, with different content.",
        remedy="Keep one of the two in ProForge and export again.",
        kind=kind,
        about=about_of(record),
    )


def week_of(week: str, employee: str) -> str:
    """What hours are about: the week, of one employee where the row tells whose they are."""
    return f"{week}|{employee}" if week and employee else week


def about_of(record: CoreRecord) -> str:
    """The employee's week or the bill that a record is of; "" for one of a list."""
    match record:
        case PayrollRow():
            return week_of(record.week_ending.isoformat(), record.employee)
        case VendorBill():
            return record.core_id
        case _:
            return ""
