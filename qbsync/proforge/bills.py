"""Makes vendor bills of a file with one row for each bill line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from decimal import Decimal

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Names, bill_id, resolve_name
from qbsync.domain.records import CoreKind, Status, VendorBill, VendorBillLine
from qbsync.proforge.cells import read_money
from qbsync.proforge.keeping import Keeper
from qbsync.proforge.payroll import note_missing_status, read_status
from qbsync.proforge.rows import RowReader, SheetRows

_HEAD_FIELDS = ("bill", "vendor", "number", "date")


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What a row says of its bill; None or "" where it says nothing. The names are those of the headings."""

    bill: str
    vendor: str
    number: str
    date: dt.date | None
    due: dt.date | None
    status: Status | None
    total: Decimal | None
    purchase_order: str

    @property
    def key(self) -> tuple[str, ...]:
        """What lines of one bill have in common."""
        if self.bill:
            return (self.bill,)
        return (self.vendor, self.number, "" if self.number else str(self.date))

    @property
    def says_which(self) -> bool:
        """Whether it names its bill so that another file can name the same."""
        return bool(self.bill or (self.vendor and (self.number or self.date)))


@dataclass(kw_only=True)
class _Draft:
    """A bill while its lines are gathered."""

    head: _Head
    first_row: int
    lines: list[VendorBillLine] = field(default_factory=list)
    rows: int = 0
    bad_row: int = 0
    fault: str = ""


def read_bills(sheet: SheetRows, keeper: Keeper, names: Names, doubted: dict[str, str]) -> None:
    """Read all rows of a bill file into the keeper. A bill with a bad line is left out whole, and noted as doubted."""
    note_missing_status(sheet, "bills")
    drafts: dict[tuple[str, ...], _Draft] = {}
    current: _Draft | None = None
    for row in sheet.readers():
        if current is None or any(row.has(name) for name in _HEAD_FIELDS):
            current = _draft_of(row, drafts, names)
        row.is_about(_id_of(current.head) if current.head.says_which else None)
        line = _line(row, names)
        current.rows += 1
        _name(row, current)
        if row.failed:
            current.bad_row = current.bad_row or row.number
            current.fault = current.fault or row.failure
        else:
            current.lines.append(line)
    for draft in drafts.values():
        if draft.bad_row:
            doubted.setdefault(_id_of(draft.head), draft.fault)
        _keep(draft, sheet, keeper)


def _name(row: RowReader, draft: _Draft) -> None:
    """A person looks a bill up by its number where it has one."""
    number = draft.head.number or draft.head.bill
    row.is_called(f"Bill {number}".strip(), whose=draft.head.vendor, detail=f"line {draft.rows}")


def _draft_of(row: RowReader, drafts: dict[tuple[str, ...], _Draft], names: Names) -> _Draft:
    """The bill that the row belongs to: one met before, or a new one."""
    head = _head(row, names)
    known = drafts.get(head.key)
    if known is not None:
        _check_agreement(row, head, known)
        return known
    _check_new(row)
    key = head.key if head.bill or head.vendor else (f"row {row.number}",)
    return drafts.setdefault(key, _Draft(head=head, first_row=row.number))


def _head(row: RowReader, names: Names) -> _Head:
    return _Head(
        bill=row.id("bill"),
        vendor=resolve_name(names, CoreKind.VENDOR, row.id("vendor")),
        number=row.id("number"),
        date=row.date("date"),
        due=row.date("due"),
        status=read_status(row) if row.has("status") else None,
        total=row.money("total"),
        purchase_order=row.text("purchase_order"),
    )


def _check_new(row: RowReader) -> None:
    """The first row of a bill must say whose it is, of which day and in which status."""
    for name in ("vendor", "date"):
        if not row.has(name):
            row.needed_id(name)
    if not row.has("status"):
        read_status(row)


def _check_agreement(row: RowReader, head: _Head, known: _Draft) -> None:
    """A later row of a bill repeats what the first one said, or is silent."""
    for name in (each.name for each in fields(_Head)):
        said, before = getattr(head, name), getattr(known.head, name)
        if said in (None, "") or said == before:
            continue
        if known.bad_row and before in (None, ""):
            continue
        heading = row.sheet.match.layout.heading(name)
        stated = "blank" if before is None or before == "" else f"'{before}'"
        row.fault(
            name,
            f"{heading} is '{said}' here, but {stated} in row {known.first_row} of the same bill.",
            "Make them equal, or give the two bills different Bill IDs.",
        )


def _line(row: RowReader, names: Names) -> VendorBillLine:
    return VendorBillLine(
        description=row.text("description"),
        amount=row.needed("amount", read_money, None) or Decimal(0),
        project=resolve_name(names, CoreKind.PROJECT, row.id("project")),
        cost_code=resolve_name(names, CoreKind.COST_CODE, row.id("cost_code")),
    )


def _keep(draft: _Draft, sheet: SheetRows, keeper: Keeper) -> None:
    head = draft.head
    if draft.bad_row or head.date is None:
        if draft.lines:
            others = "other line" if len(draft.lines) == 1 else f"{len(draft.lines)} other lines"
            sheet.note(
                draft.first_row,
                "",
                f"The {others} of this bill: left out because of row {draft.bad_row}.",
                f"Mend row {draft.bad_row} and import the file again.",
                Severity.WARNING,
            )
        return
    bill = _bill(head, head.date, tuple(draft.lines))
    keeper.keep(bill, sheet, draft.first_row, lines=len(draft.lines))


def _bill(head: _Head, bill_date: dt.date, lines: tuple[VendorBillLine, ...]) -> VendorBill:
    stated = head.total if head.total is not None else sum((line.amount for line in lines), Decimal(0))
    return VendorBill(
        core_id=_id_of(head),
        vendor=head.vendor,
        number=head.number,
        bill_date=bill_date,
        due_date=head.due,
        status=head.status or Status.DRAFT,
        total=stated,
        lines=lines,
        purchase_order=head.purchase_order,
    )


def _id_of(head: _Head) -> str:
    """The id that the bill has or would have; of a head that says too little, one that no bill has."""
    return head.bill or bill_id(head.vendor, head.number, head.date or dt.date.min)
