"""What is wrong with an employee's week as a whole, and with the calendar days that its hours fall on.

The issues name no record yet: each time entry that they concern puts its own title there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from qbsync.domain.errors import Issue
from qbsync.domain.mapping import WEEKDAYS
from qbsync.domain.payroll import days_of
from qbsync.domain.place import Place
from qbsync.domain.records import CoreKind, PayrollRow, Status
from qbsync.domain.texts import day_text, hours_text

DAY_MINUTES_MAX = 24 * 60


class Calendar:
    """Everybody's hours by calendar day, over all weeks: two weeks that end on different days may claim one day.

    `week_end` is the weekday that weeks must end on; "" takes any.
    """

    def __init__(self, rows: Iterable[PayrollRow], week_end: str = "") -> None:
        self._week_end = week_end
        self._minutes: Counter[tuple[str, date]] = Counter()
        self._weeks: dict[tuple[str, date], set[date]] = defaultdict(set)
        for row in rows:
            for day, minutes in days_of(row):
                self._minutes[row.employee, day] += minutes
                self._weeks[row.employee, day].add(row.week_ending)

    def week_issues(self, rows: Sequence[PayrollRow]) -> tuple[Issue, ...]:
        """What concerns every entry of one employee's week, since its overtime is worked out over all rows."""
        return (*_draft(rows), *_doubted(rows), *self._shared_days(rows), *self._other_end(rows[0].week_ending))

    def _other_end(self, week_ending: date) -> Iterator[Issue]:
        """A week that ends on another day than the company's: each of its hours may stand on a wrong date."""
        day = WEEKDAYS[week_ending.weekday()]
        if self._week_end and day != self._week_end:
            yield _issue(
                week_ending,
                "week_ending",
                f"The week ends on {day}, {day_text(week_ending)}; this company's weeks end on {self._week_end}.",
                "Correct the week in ProForge and load it again, or the day on the Mapping page, Timesheet.",
            )

    def day_issues(self, employee: str, name: str, day: date) -> Iterator[Issue]:
        """More hours than a day has, in whichever weeks they stand. The worker is named: each has their own days."""
        minutes = self._minutes[employee, day]
        if minutes > DAY_MINUTES_MAX:
            yield _issue(
                name,
                "hours",
                f"{name} has {hours_text(minutes)} on {day_text(day)}: more than a day has.",
                "Correct the hours in ProForge and load the week again.",
            )

    def _shared_days(self, rows: Sequence[PayrollRow]) -> Iterator[Issue]:
        """One employee's weeks with different ends that both have hours on a day: most likely one date is wrong."""
        claims = {day: self._weeks[row.employee, day] for row in rows for day, _ in days_of(row)}
        shared = sorted(day for day, weeks in claims.items() if len(weeks) > 1)
        if shared:
            *others, last = map(day_text, sorted({week for day in shared for week in claims[day]}))
            yield _issue(
                rows[0].week_ending,
                "week_ending",
                f"The weeks ending {', '.join(others)} and {last} both have hours on {day_text(shared[0])}.",
                "Delete the wrong week in ProForge, and load its rows once more with the status Cancelled.",
            )


def _draft(rows: Sequence[PayrollRow]) -> Iterator[Issue]:
    drafts = sum(row.status is Status.DRAFT for row in rows)
    week = f"The week ending {day_text(rows[0].week_ending)}"
    if drafts == len(rows):
        problem = f"{week} is a draft."
        yield _issue(rows[0].week_ending, "status", problem, "Submit the weekly payroll in ProForge and load it again.")
    elif drafts:
        problem = f"{week} is partly a draft; its overtime depends on all of it."
        yield _issue(rows[0].week_ending, "status", problem, "Submit the whole week in ProForge and load it again.")


def _doubted(rows: Sequence[PayrollRow]) -> Iterator[Issue]:
    for doubt in sorted({row.doubt for row in rows if row.doubt}):
        problem = (
            f"A row of the week ending {day_text(rows[0].week_ending)} could not be read, and its overtime depends on "
            f"all of it: {doubt}"
        )
        yield _issue(rows[0].week_ending, "row", problem, "Mend that row and load the week again.")


def _issue(of: date | str, field: str, problem: str, remedy: str) -> Issue:
    """Of a week, or of a worker by the name that the rows are found by."""
    place = Place("core_data", CoreKind.PAYROLL_ROW, str(of))
    return Issue.at(place, record="", field=field, problem=problem, remedy=remedy)
