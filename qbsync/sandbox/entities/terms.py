"""When a bill or an invoice is due."""

from collections.abc import Mapping
from typing import Any

from qbsync.sandbox.clock import later, parse_date
from qbsync.sandbox.company.faults import RefusalError


def due_date(txn_date: str, term: Mapping[str, Any]) -> str:
    """So many days later; or on a day of the month, of the month after when that day is too near."""
    day = parse_date(txn_date)
    try:
        if "DayOfMonthDue" not in term:
            return later(day, int(term.get("DueDays", 0))).isoformat()
        wanted, nearest = int(term["DayOfMonthDue"]), later(day, int(term.get("DueNextMonthDays", 0)))
        month = day.replace(day=1)
        while True:
            following = later(month, 32).replace(day=1)
            due = later(month, min(wanted, (following - month).days) - 1)
            if due >= nearest:
                return due.isoformat()
            month = following
    except OverflowError:
        raise RefusalError("2060", f"Invalid Date format : nothing is due after {txn_date}", "TxnDate") from None
