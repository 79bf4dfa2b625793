"""What a company's edition and preferences mean for a sync: what is off or different, why it matters, where to mend it.

Read from the company's facts alone, before a run meets any of it. `CHECKS` is the whole list, in the order of reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import Company, ListEntry
from qbsync.domain.texts import day_text
from qbsync.domain.wanted import SyncKind

EVERYTHING = frozenset(SyncKind)
TIME_ITEM = "Usual service item of hours"
SETTINGS = "QuickBooks: the gear, Account and settings"
WITH_PROJECTS = ("plus", "advanced", "accountant", "enterprise")  # words in the names of the editions that have them
PAYING, ON_TRIAL = "PAID", "TRIAL"
ENDED = ("EXPIRED", "ENDED", "CANCEL", "SUSPEND", "TERMINAT")  # beginnings of words: nobody publishes the list


class Standing(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTICE = "notice"
    BLOCKS = "blocks"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fact of the company. `why` says what it means for a sync, `where` how it is changed ("" for no need).

    `holds` are the kinds of record that cannot be written because of it.
    """

    topic: str
    state: str
    standing: Standing = Standing.OK
    why: str = ""
    where: str = ""
    holds: frozenset[SyncKind] = frozenset()


def findings(company: Company) -> tuple[Finding, ...]:
    """All findings about a company, always the same topics in the same order."""
    return tuple(check(company) for check in CHECKS)


def blocking(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that hold something back."""
    return tuple(finding for finding in found if finding.standing is Standing.BLOCKS)


def bars(company: Company) -> Mapping[SyncKind, Finding]:
    """The first finding that keeps records of a kind from being written, by kind."""
    barred: dict[SyncKind, Finding] = {}
    for finding in blocking(findings(company)):
        for kind in finding.holds:
            barred.setdefault(kind, finding)
    return barred


def issue_of(finding: Finding, record: str) -> Issue:
    """A blocking finding as the issue of one record."""
    return Issue(record=record, field="company", problem=finding.why, remedy=finding.where, screen="connection")


def _name(company: Company) -> Finding:
    if company.name:
        return Finding(topic="Company", state=company.name)
    return Finding(
        topic="Company",
        state="has no name",
        standing=Standing.NOTICE,
        why="Two companies without a name cannot be told apart here, except by their id.",
        where=f"{SETTINGS}, Company.",
    )


def _subscription(company: Company) -> Finding:
    status = company.subscription.upper()
    if status in ("", PAYING):
        return Finding(topic="Subscription", state="paid" if status else "not told")
    if any(word.startswith(ENDED) for word in re.split("[^A-Z]+", status)):
        return Finding(
            topic="Subscription",
            state=f"ended ({company.subscription})",
            standing=Standing.BLOCKS,
            why="The company's QuickBooks subscription or trial has ended, so QuickBooks takes no entries.",
            where=f"Renew it in {SETTINGS}, Billing & subscription; then preview again.",
            holds=EVERYTHING,
        )
    trial = status.startswith(ON_TRIAL)
    return Finding(
        topic="Subscription",
        state="trial" if trial else company.subscription,
        standing=Standing.NOTICE,
        why="QuickBooks stops taking entries on the day the trial ends."
        if trial
        else "We do not know this status; QuickBooks may stop taking entries.",
        where=f"{SETTINGS}, Billing & subscription.",
    )


def _edition(company: Company) -> Finding:
    if not company.edition:
        return Finding(topic="Edition", state="not told")
    if any(word in company.edition.lower() for word in WITH_PROJECTS):
        return Finding(topic="Edition", state=company.edition)
    return Finding(
        topic="Edition",
        state=company.edition,
        standing=Standing.NOTICE,
        why="Projects, classes and locations come with QuickBooks Online Plus and Advanced. Hours and bills are posted "
        "to customers and sub-customers, as far as this edition has time tracking and bills.",
        where=f"{SETTINGS}, Billing & subscription, if you need them.",
    )


def _country(company: Company) -> Finding:
    if company.country in ("", "US"):
        return Finding(topic="Country", state=company.country or "not told")
    return Finding(
        topic="Country",
        state=company.country,
        standing=Standing.NOTICE,
        why="Outside the United States a bill's lines want tax codes, and none are written: QuickBooks may refuse "
        "bills or add them up with its own.",
        where="Look at the first bills in QuickBooks, and ask whoever keeps your sales tax.",
    )


def _currency(company: Company) -> Finding:
    home = company.home_currency
    if not company.several_currencies:
        return Finding(topic="Currency", state=home)
    return Finding(
        topic="Currency",
        state=f"{home}, and others",
        standing=Standing.NOTICE,
        why=f"Core's amounts are posted in {home}. Bills of vendors, and hours of customers, that are kept in another "
        "currency are blocked in the preview.",
        where=f"Map those to records that are kept in {home}. QuickBooks never turns several currencies off again.",
    )


def _time_tracking(company: Company) -> Finding:
    if company.time_tracking:
        return Finding(topic="Time tracking", state="on")
    return Finding(
        topic="Time tracking",
        state="off",
        standing=Standing.BLOCKS,
        why="Time tracking is off in this company, so QuickBooks takes no hours.",
        where=f"Turn it on in {SETTINGS}, Time; then preview again.",
        holds=frozenset({SyncKind.TIME_ENTRY}),
    )


def _time_item(company: Company) -> Finding:
    if company.default_time_item_id:
        return Finding(topic=TIME_ITEM, state="chosen")  # its name is in the list of items
    return Finding(
        topic=TIME_ITEM,
        state="none chosen",
        why="Hours are posted with the item of their cost code, or the fallback item of the mapping.",
    )


def with_time_item(found: Sequence[Finding], item: ListEntry | None) -> tuple[Finding, ...]:
    """The findings of a company that has chosen a service item for hours, told by its list of items (None: gone)."""
    return tuple(_told_by(item) if one.topic == TIME_ITEM else one for one in found)


def _told_by(item: ListEntry | None) -> Finding:
    if item is not None and item.active:
        return Finding(topic=TIME_ITEM, state=f'"{item.name}"')
    return Finding(
        topic=TIME_ITEM,
        state=f'"{item.name}", which is inactive' if item else "an item that is gone",
        standing=Standing.NOTICE,
        why="QuickBooks puts this item on hours that are posted without one, and refuses them while it is not active.",
        where=f"Choose another in {SETTINGS}, Time, or give each cost code an item on the Mapping page.",
    )


def _projects(company: Company) -> Finding:
    if company.projects:
        return Finding(topic="Projects", state="on")
    return Finding(
        topic="Projects",
        state="off",
        why="Core's projects are kept as customers or sub-customers, which needs no switch.",
    )


def _classes(company: Company) -> Finding:
    if not (company.classes_per_line or company.classes_per_transaction):
        return Finding(topic="Classes", state="off")
    return Finding(
        topic="Classes",
        state="one a line" if company.classes_per_line else "one a transaction",
        standing=Standing.NOTICE,
        why="What is posted carries no class (hours may get one by their shift: Mapping, Timesheet), and stands under "
        "“Not specified” in reports by class. A class that somebody gives it in QuickBooks is kept.",
        where=f"Give classes in QuickBooks, or turn them off in {SETTINGS}, Advanced, Categories.",
    )


def _locations(company: Company) -> Finding:
    if not company.locations:
        return Finding(topic="Locations", state="off")
    return Finding(
        topic="Locations",
        state="on",
        standing=Standing.NOTICE,
        why="What is posted carries no location, and stands under “Not specified” in reports by location. A location "
        "that somebody gives it in QuickBooks is kept.",
        where=f"Give locations in QuickBooks, or turn them off in {SETTINGS}, Advanced, Categories.",
    )


def _closed_books(company: Company) -> Finding:
    through = company.books_closed_through
    if through is None:
        return Finding(topic="Books", state="open")
    return Finding(
        topic="Books",
        state=f"closed through {day_text(through)}",
        standing=Standing.NOTICE,
        why=f"Bills dated {day_text(through)} or earlier are blocked in the preview, and QuickBooks refuses to change "
        "what is dated so.",
        where=f"Your accountant can move the date in {SETTINGS}, Advanced, Accounting.",
    )


def _duplicate_numbers(company: Company) -> Finding:
    if company.warns_duplicate_bill_number:
        return Finding(topic="Bill numbers used twice", state="QuickBooks refuses them")
    return Finding(
        topic="Bill numbers used twice",
        state="QuickBooks allows them",
        standing=Standing.NOTICE,
        why="A bill that somebody types in by hand after a preview is not noticed by QuickBooks itself.",
        where=f"Turn the warning on in {SETTINGS}, Advanced, Other preferences.",
    )


def _payroll(company: Company) -> Finding:
    if not company.payroll:
        return Finding(topic="Payroll", state="off")
    return Finding(
        topic="Payroll",
        state="on",
        standing=Standing.NOTICE,
        why="QuickBooks Payroll keeps the employees' names and wants more of a new employee than Core knows: employees "
        "that are made from here may be refused.",
        where="Add employees in QuickBooks Payroll, and map them on the Mapping page.",
    )


def _sales_tax(company: Company) -> Finding:
    if not company.sales_tax:
        return Finding(topic="Sales tax", state="off")
    return Finding(
        topic="Sales tax",
        state="on",
        standing=Standing.NOTICE,
        why="Bills and hours are posted without tax codes; QuickBooks puts its usual ones, and a total that differs "
        "for it is told in the Sync Log.",
        where=f"Tax codes are kept in QuickBooks, Taxes. The switch is in {SETTINGS}, Sales.",
    )


Check = Callable[[Company], Finding]

CHECKS: tuple[Check, ...] = (
    _name,
    _subscription,
    _edition,
    _country,
    _currency,
    _time_tracking,
    _time_item,
    _projects,
    _classes,
    _locations,
    _closed_books,
    _duplicate_numbers,
    _payroll,
    _sales_tax,
)
