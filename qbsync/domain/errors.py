"""Everything that can go wrong, as values (faults in the data) and as one tree of exceptions (faults in a call).

QbsyncError
├── BadInput                the caller gave something that cannot be used
│   ├── UnreadableFile      a file that is not what it says, is too large or is empty
│   └── AmbiguousDates      a file whose dates can be read in two ways
├── NotConnected            there is no QuickBooks company to talk to
│   └── ConnectionExpired   there is one, and its consent has ended
├── WrongCompany            the consent was given for another company than the one connected
├── ConsentRefused          the person said no, or the return from QuickBooks was not ours
├── PlanNotOpen             the plan was confirmed, superseded or cancelled by somebody else
├── PlanChanged             what was confirmed is not what was shown
├── PreviewOpen             a preview of this company is being built already
├── PreviewCancelled        somebody gave the preview up while it was built
├── RunOpen                 another run of this company has not ended
├── FenceLost               another worker owns the run now
├── MappingChanged          somebody else saved the mapping meanwhile
├── RulesChanged            somebody else saved the settings meanwhile
├── StoreUnavailable        the database is locked, full or gone
└── LedgerError             QuickBooks did not do what was asked
    ├── TransientError      the same request may work later
    │   ├── Throttled       too many requests; resume at a known time
    │   │   └── Stopped     this process was told to end while it waited for its turn
    │   ├── Unavailable     QuickBooks is down, or did not accept the request
    │   └── OutcomeUnknown  the request left and no readable answer came back
    └── TerminalError       the same request will never work
        └── Refused         QuickBooks said no, with its reasons; by itself for a reason that says nothing of the record
            ├── StaleObject         somebody saved the record after it was read
            ├── DuplicateName       another customer, vendor or employee has the name
            ├── DuplicateNumber     another document has the number
            ├── InactiveReference   it points at something that is gone or inactive
            ├── PeriodClosed        the books are closed for its date
            ├── TimeRefused         hours that contradict themselves: whose, for whom, how many, at what rate
            ├── BillLinked          a payment, a deposit, a bank match or another transaction holds it
            ├── Validation          a field or its form was not accepted
            ├── FeatureOff          the company's plan or settings do not have what is needed
            ├── NotPermitted        the person who connected the company may not do this
            └── CompanyRefused      every further record would be refused as well: the run ends
                ├── SubscriptionEnded   the company takes no entries, since nobody pays for it
                └── CompanyReset        the company's data was thrown away and begun anew
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qbsync.domain.place import Place


class Severity(StrEnum):
    """How much an issue matters: an error blocks its record, a warning lets it go on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A fault in the data: which record, which field, what is wrong and how to mend it."""

    record: str
    field: str
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR
    screen: str = ""  # the page where it is mended: "mapping", "core_data", "connection", …
    tab: str = ""  # of that page
    row: str = ""  # of that tab
    follows: bool = False  # it only follows from an issue of another record, and goes when that is mended

    def __str__(self) -> str:
        return f"{self.record}: {self.problem} {self.remedy}"

    @classmethod
    def at(cls, place: Place, *, record: str, field: str, problem: str, remedy: str) -> Issue:
        """An error that is mended at a place."""
        return cls(
            record=record,
            field=field,
            problem=problem,
            remedy=remedy,
            screen=place.screen,
            tab=place.tab,
            row=place.row,
        )

    @property
    def place(self) -> Place:
        """Where it is mended."""
        return Place(self.screen, self.tab, self.row)


class QbsyncError(Exception):
    """Base of all exceptions of the product. `str()` is a sentence for people."""


class BadInput(QbsyncError):
    """The caller gave something that cannot be used; nothing was changed."""


class UnreadableFile(BadInput):
    """A file that is not what it says it is, is too large or is empty."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem} {remedy}")
        self.name, self.problem, self.remedy = name, problem, remedy


class AmbiguousDates(BadInput):
    """Every date of a file can be read day-first and month-first; a person must say which."""

    def __init__(self, name: str, example: str) -> None:
        super().__init__(
            f"{name}: its dates can be read two ways (for example {example!r}). "
            "Say whether the month or the day comes first."
        )
        self.name, self.example = name, example


class NotConnected(QbsyncError):
    """There is no QuickBooks company to talk to."""


class ConnectionExpired(NotConnected):
    """The consent for a company has ended; somebody must connect again. `trace` is QuickBooks' id of its answer."""

    def __init__(self, sentence: str, *, trace: str = "") -> None:
        super().__init__(sentence)
        self.trace = trace


class WrongCompany(QbsyncError):
    """The consent was given for another company than the one connected."""


class ConsentRefused(QbsyncError):
    """The person declined, or the return from QuickBooks was not one that we asked for."""


class PlanNotOpen(QbsyncError):
    """The plan is no longer a draft: somebody confirmed, replaced or cancelled it."""


class PlanChanged(QbsyncError):
    """What was confirmed is not what the plan says; it must be read again."""


class PreviewOpen(QbsyncError):
    """A preview of this company is being built already; there is at most one."""


class PreviewCancelled(QbsyncError):
    """Somebody gave the preview up while it was built, or another worker took it over."""


class RunOpen(QbsyncError):
    """Another run of this company has not ended; there is at most one."""


class FenceLost(QbsyncError):
    """Another worker owns the run now; whatever this one learned must not be recorded."""


class MappingChanged(QbsyncError):
    """Somebody else saved the mapping since it was read."""


class RulesChanged(QbsyncError):
    """Somebody else saved the settings since they were read."""


class StoreUnavailable(QbsyncError):
    """The database is locked, full or cannot be reached."""


class LedgerError(QbsyncError):
    """QuickBooks did not do what was asked. `trace` is its own id of the answer (intuit_tid)."""

    def __init__(self, sentence: str, *, trace: str = "") -> None:
        super().__init__(sentence)
        self.trace = trace


class TransientError(LedgerError):
    """The same request may work later. `faults` are QuickBooks' own, where it gave any, and `code` is that of one."""

    def __init__(self, sentence: str, *, trace: str = "", code: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(sentence, trace=trace)
        self.code, self.faults = code, tuple(faults)


class Throttled(TransientError):
    """Too many requests. `resume_at` is when the company may be asked again."""

    def __init__(self, resume_at: datetime, *, trace: str = "") -> None:
        super().__init__(f"QuickBooks asked us to slow down; resuming at {resume_at:%H:%M:%S} UTC.", trace=trace)
        self.resume_at = resume_at


class Stopped(Throttled):
    """This process was told to end while it waited for its turn: nothing was sent, and another may go on at once."""

    def __init__(self, resume_at: datetime) -> None:
        super().__init__(resume_at)
        self.args = ("The worker was stopped.",)


class Unavailable(TransientError):
    """QuickBooks is down, or could not be reached: the request was not carried out."""


class OutcomeUnknown(TransientError):
    """The request left and no readable answer came back: it may have been carried out."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One error that QuickBooks gave: its code ("6240"), message, detail and element."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""


class TerminalError(LedgerError):
    """The same request will never work."""


class Refused(TerminalError):
    """QuickBooks said no. `faults` holds all the reasons it gave, at least one; the first decides the class.

    Which code is which class stands in `qbsync.qbo.faults`.
    """

    def __init__(self, faults: Sequence[Fault], *, trace: str = "") -> None:
        first = faults[0]
        super().__init__(f"QuickBooks refused: {first.detail or first.message} ({first.code})", trace=trace)
        self.faults = tuple(faults)

    @property
    def code(self) -> str:
        return self.faults[0].code


class StaleObject(Refused):
    """Somebody saved the record after it was read; nothing of ours was saved."""


class DuplicateName(Refused):
    """Another customer, vendor or employee has the name: the three share one list."""


class DuplicateNumber(Refused):
    """Another document has the number."""


class InactiveReference(Refused):
    """The record points at something that is gone or inactive, or is gone itself."""


class PeriodClosed(Refused):
    """The books are closed for the record's date."""


class TimeRefused(Refused):
    """Hours that contradict themselves: whose they are, for whom, how many, or at what rate."""


class BillLinked(Refused):
    """A payment, a deposit, a bank match or another transaction holds the record as it is."""


class Validation(Refused):
    """A field of the record, or its form, was not accepted."""


class FeatureOff(Refused):
    """The company's plan or settings do not have what the record needs."""


class NotPermitted(Refused):
    """The person who connected the company may not do this."""


class CompanyRefused(Refused):
    """The company takes nothing: every further record would be refused as well."""


class SubscriptionEnded(CompanyRefused):
    """The company's subscription or trial has ended."""


class CompanyReset(CompanyRefused):
    """The company's data was thrown away and begun anew: what we know of it is of another time."""
