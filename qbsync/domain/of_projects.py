"""What belongs to some projects: their hours and bills, they themselves, and the names that all of these use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from qbsync.domain.book import CoreBook
from qbsync.domain.ledger import BillDocument
from qbsync.domain.link import Link
from qbsync.domain.plan import Change, Scope
from qbsync.domain.wanted import SyncKind, key_of


def keys_of_projects(scope: Scope, changes: Iterable[Change], book: CoreBook, links: Iterable[Link]) -> set[str]:
    """The keys of what belongs to the projects of a scope, all else of it aside.

    A bill with lines of several projects belongs to each of them, since it is posted as one. What belongs to no project
    is in none: a bill whose lines name none, and a vendor or worker that no bill or hours of these projects use.
    """
    bills = _bills_of(scope.projects, book, links)
    hours = {change.key for change in changes if _project_of(change) in scope.projects}
    return {*_names_of(scope, bills, book), *hours, *(key_of(SyncKind.BILL, bill) for bill in bills)}


def _project_of(change: Change) -> str | None:
    """The project of a time entry, as its id tells: of one that is gone in Core too."""
    return change.core_id.split("|")[2] if change.kind is SyncKind.TIME_ENTRY else None


def _bills_of(projects: Collection[str], book: CoreBook, links: Iterable[Link]) -> set[str]:
    """The bills with a line of these projects: as Core has it now, or as it was posted, if it moved away or is gone."""
    now = ((bill.core_id, bill.lines) for bill in book.bills)
    found = {core_id for core_id, lines in now if any(line.project in projects for line in lines)}
    for link in links:
        posted = link.agreed.core if link.agreed is not None else None
        if isinstance(posted, BillDocument) and any(line.project in projects for line in posted.lines):
            found.add(link.core_id)
    return found


def _names_of(scope: Scope, bills: Collection[str], book: CoreBook) -> Iterator[str]:
    """The projects and their customers, who works on them in the weeks asked for and at what, and who bills them."""
    for project in scope.projects:
        yield key_of(SyncKind.PROJECT, project)
        if project in book.projects:
            yield key_of(SyncKind.CUSTOMER, book.projects[project].customer)
    for row in book.payroll_rows:
        if row.project in scope.projects and (not scope.weeks or row.week_ending in scope.weeks):
            yield key_of(SyncKind.EMPLOYEE, row.employee)
            yield key_of(SyncKind.ITEM, row.cost_code)
    yield from (key_of(SyncKind.VENDOR, bill.vendor) for bill in book.bills if bill.core_id in bills)
