"""Tie out: add up hours and money on both sides, after a run with the reason of every difference, and week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from qbsync.domain.decide import Action
from qbsync.domain.ledger import BillDocument, Content, LedgerKind, TimeEntry
from qbsync.domain.link import Link
from qbsync.domain.plan import Change
from qbsync.domain.records import PayrollRow, VendorBill
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind

Carried = tuple[int, Decimal]  # minutes and dollars


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one reason keeps out of QuickBooks, or leaves there too much (then it is negative)."""

    reason: str
    records: int
    minutes: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class TieOut:
    """Both sides' totals over the records of a plan. Amounts count credits as negative."""

    core_minutes: int
    posted_minutes: int
    core_amount: Decimal
    posted_amount: Decimal
    differences: tuple[Difference, ...]

    @property
    def unexplained_minutes(self) -> int:
        return self.core_minutes - self.posted_minutes - sum(one.minutes for one in self.differences)

    @property
    def unexplained_amount(self) -> Decimal:
        explained = sum((one.amount for one in self.differences), Decimal(0))
        return self.core_amount - self.posted_amount - explained

    @property
    def ties(self) -> bool:
        """Whether every difference is explained."""
        return self.unexplained_minutes == 0 and self.unexplained_amount == 0


@dataclass(frozen=True, kw_only=True)
class WeekTotals:
    """Both sides' totals of one week: its hours, and the bills dated in it. Amounts count credits as negative."""

    week_ending: date
    core_minutes: int
    posted_minutes: int
    core_amount: Decimal
    posted_amount: Decimal


def days_of(week_ending: date) -> tuple[date, date]:
    """The first and the last of the seven days that end on a day."""
    return week_ending - timedelta(days=6), week_ending


def bills_of_week(bills: Iterable[VendorBill], week_ending: date) -> list[VendorBill]:
    """The bills dated in the seven days that end on a day."""
    first, last = days_of(week_ending)
    return [bill for bill in bills if first <= bill.bill_date <= last]


def week_totals(
    week_ending: date, rows: Iterable[PayrollRow], bills: Iterable[VendorBill], links: Iterable[Link]
) -> WeekTotals:
    """Core's rows and bills of a week beside what QuickBooks holds for them; `links` are those of that week."""
    posted = [carried(link) for link in links]
    return WeekTotals(
        week_ending=week_ending,
        core_minutes=sum(sum(row.minutes) for row in rows if row.week_ending == week_ending),
        posted_minutes=sum(minutes for minutes, _ in posted),
        core_amount=sum((bill.total for bill in bills_of_week(bills, week_ending)), Decimal(0)),
        posted_amount=sum((amount for _, amount in posted), Decimal(0)),
    )


def tie_out(changes: Iterable[Change], outcomes: Mapping[int, Outcome]) -> TieOut:
    """Compare what Core had with what QuickBooks held when the run ended, record by record."""
    core_minutes, core_amount = 0, Decimal(0)
    posted_minutes, posted_amount = 0, Decimal(0)
    left: dict[str, list[Carried]] = defaultdict(list)
    for change in changes:
        if change.kind not in (SyncKind.TIME_ENTRY, SyncKind.BILL):
            continue
        outcome = outcomes.get(change.seq)
        wanted = (0, Decimal(0)) if _is_gone(change) else (change.minutes, change.amount)
        posted = _posted(change, outcome)
        core_minutes, core_amount = core_minutes + wanted[0], core_amount + wanted[1]
        posted_minutes, posted_amount = posted_minutes + posted[0], posted_amount + posted[1]
        if wanted != posted:
            left[_reason(change, outcome)].append((wanted[0] - posted[0], wanted[1] - posted[1]))
    return TieOut(
        core_minutes=core_minutes,
        posted_minutes=posted_minutes,
        core_amount=core_amount,
        posted_amount=posted_amount,
        differences=tuple(
            Difference(
                reason=reason,
                records=len(parts),
                minutes=sum(minutes for minutes, _ in parts),
                amount=sum((amount for _, amount in parts), Decimal(0)),
            )
            for reason, parts in sorted(left.items(), key=lambda item: -len(item[1]))
            if reason
        ),
    )


def carried(link: Link | None) -> Carried:
    """The minutes or dollars that QuickBooks holds for a link, by its own last answer."""
    if link is None or link.agreed is None or link.dropped:
        return 0, Decimal(0)
    return held(link.agreed.posted, link.ledger_kind, link.total)


def held(content: Content | None, kind: LedgerKind, total: Decimal | None = None) -> Carried:
    """The minutes or dollars of a posted content. `total` is QuickBooks' own sum of a bill; a credit is negative."""
    match content:
        case TimeEntry(minutes=minutes):
            return minutes, Decimal(0)
        case BillDocument() as bill:
            amount = bill.total if total is None else total
            return 0, -amount if kind is LedgerKind.VENDOR_CREDIT else amount
        case _:
            return 0, Decimal(0)


def moved_by(change: Change) -> Carried:
    """By how much a change that is written moves QuickBooks' minutes and dollars.

    Taxes are left out of what is changed: QuickBooks works them out anew, and Core's amount has none.
    """
    if change.action is Action.DELETE:
        minutes, amount = held(change.posted, change.ledger_kind, change.posted_total)
        return -minutes, -amount
    minutes, amount = held(change.posted, change.ledger_kind)
    after = held(change.content, change.ledger_kind) if change.content else (change.minutes, change.amount)
    return after[0] - minutes, after[1] - amount


def _posted(change: Change, outcome: Outcome | None) -> Carried:
    """What QuickBooks held of a record: by the run's answer, else as the preview saw it."""
    is_left_there = change.action is Action.PULL and change.core_content is None  # its link is closed, no more
    if outcome is not None and outcome.status is OutcomeStatus.DONE and not is_left_there:
        if outcome.posted_minutes is None or outcome.posted_amount is None:  # of a run before these were kept
            return held(change.content, change.ledger_kind)
        return outcome.posted_minutes, outcome.posted_amount
    return held(change.posted, change.ledger_kind, change.posted_total) if change.ledger_id else (0, Decimal(0))


def _is_gone(change: Change) -> bool:
    """Whether Core no longer has the record. Previews that are older than `gone` say so by having no content."""
    return change.gone or (change.core_content is None and change.action not in (Action.BLOCKED, Action.SKIP))


def _reason(change: Change, outcome: Outcome | None) -> str:
    """Why the two sides differ on a record; "" when nothing explains it."""
    if outcome is not None and outcome.status is not OutcomeStatus.DONE:
        return outcome.message or f"It is {outcome.status.value}."
    if outcome is not None:
        return _kept_there(change)
    if change.left_alone:
        return change.reason
    if change.action is Action.BLOCKED:
        return " ".join(dict.fromkeys(issue.problem for issue in change.issues)) or change.reason
    if change.action is Action.CONFLICT:
        return change.reason
    if change.action is Action.SKIP:
        return "QuickBooks' values are kept, as was chosen."
    return f"Not ticked: {change.action.value}."


def _kept_there(change: Change) -> str:
    """Why QuickBooks holds something else although the change is done; "" where it should hold the same."""
    if change.action in (Action.PULL, Action.LINK):
        return "QuickBooks' values are kept, as was chosen."
    if change.action is Action.UPDATE and change.content != change.core_content:
        return "Fields that were edited in QuickBooks are kept."
    return ""
