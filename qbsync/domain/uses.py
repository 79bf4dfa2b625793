"""What of QuickBooks a record is posted with, what of Core's posts there, and where that is mapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    ItemCard,
    LedgerKind,
    ListEntry,
    Reference,
    TimeEntry,
)
from qbsync.domain.mapping import MapKind
from qbsync.domain.place import BILLS, MAPPING, TIMESHEET, Place
from qbsync.domain.plan import Change
from qbsync.domain.records import CoreKind
from qbsync.domain.resolve import MAP_KINDS, place_of
from qbsync.domain.wanted import SyncKind

EntryOf = Callable[[LedgerKind, str], ListEntry | None]  # a row of QuickBooks' lists as last read


@dataclass(frozen=True, kw_only=True)
class Use:
    """One thing of QuickBooks that a record is posted with.

    `by` is what of Core's posts there, with its verb, and `place` where that is mapped.
    """

    kind: LedgerKind
    reference: Reference
    by: str
    place: Place = MAPPING


def uses_of(change: Change, content: Content | None) -> Iterator[Use]:
    """Everything that a record points at, as it was sent; the same thing comes as often as it is used."""
    match content:
        case TimeEntry():
            yield from _of_hours(change, content)
        case BillDocument():
            place = Place("mapping", MapKind.VENDOR, content.vendor.name)
            yield Use(kind=LedgerKind.VENDOR, reference=content.vendor, by="The bill posts to", place=place)
            yield from _of_lines(content)
        case CustomerCard(parent=Reference() as parent):
            yield Use(kind=LedgerKind.CUSTOMER, reference=parent, by="It belongs to")
        case ItemCard(income_account=Reference() as account):
            yield Use(kind=LedgerKind.ACCOUNT, reference=account, by="New service items are sold under")


def coded(change: Change) -> tuple[str, str, str]:
    """The employee, project and cost code of a time entry: its id is week, employee, project, cost code, …"""
    _, employee, project, cost_code, *_ = [*change.core_id.split("|"), "", "", ""]
    return employee, project, cost_code


def _of_hours(change: Change, entry: TimeEntry) -> Iterator[Use]:
    employee, project, cost_code = coded(change)
    place = place_of(MapKind.EMPLOYEE, employee)
    yield Use(kind=entry.worker_kind, reference=entry.worker, by=f"Employee {employee} is posted as", place=place)
    if entry.customer is not None:
        place = place_of(MapKind.PROJECT, project)
        yield Use(kind=LedgerKind.CUSTOMER, reference=entry.customer, by=f"Project {project} posts to", place=place)
    if entry.item is not None:
        place = place_of(MapKind.COST_CODE, cost_code)
        yield Use(kind=LedgerKind.ITEM, reference=entry.item, by=f"Cost code {cost_code} posts to", place=place)
    wanted = change.core_content  # what is sent may also carry a class that somebody gave it in QuickBooks
    if isinstance(wanted, TimeEntry) and wanted.class_ref is not None:
        yield Use(kind=LedgerKind.CLASS, reference=wanted.class_ref, by="Its shift posts to", place=TIMESHEET)


def _of_lines(bill: BillDocument) -> Iterator[Use]:
    for position, line in enumerate(bill.lines, start=1):
        by, place = f"Line {position} posts to", BILLS
        if line.cost_code:
            by, place = f"Cost code {line.cost_code} posts to", place_of(MapKind.COST_CODE, line.cost_code)
        if line.account is not None:
            yield Use(kind=LedgerKind.ACCOUNT, reference=line.account, by=by, place=place)
        if line.item is not None:
            yield Use(kind=LedgerKind.ITEM, reference=line.item, by=by, place=place)
        if line.customer is not None:
            by = f"Project {line.project} posts to" if line.project else f"Line {position} is for"
            place = place_of(MapKind.PROJECT, line.project) if line.project else MAPPING
            yield Use(kind=LedgerKind.CUSTOMER, reference=line.customer, by=by, place=place)


def named(use: Use, entry_of: EntryOf) -> str:
    """A use as a sentence begins with it: `Cost code 03-300 posts to item "Concrete"`."""
    entry = entry_of(use.kind, use.reference.id)
    name = (entry.name if entry else "") or use.reference.name
    noun = use.kind.word
    return f'{use.by} {noun} "{name}"' if name else f"{use.by} {noun} {use.reference.id}"


def place_in_core(change: Change) -> Place:
    """Where what Core says of a record is shown. Hours are shown by their week."""
    match change.kind:
        case SyncKind.TIME_ENTRY:
            return Place("core_data", CoreKind.PAYROLL_ROW, change.core_id.partition("|")[0])
        case SyncKind.BILL:
            return Place("core_data", CoreKind.VENDOR_BILL, change.core_id)
        case _:
            return Place("core_data", MAP_KINDS[change.kind], change.core_id)
