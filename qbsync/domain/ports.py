"""What the use cases need from the outside world, as protocols. Edges implement them, tests have small real doubles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from qbsync.domain.ledger import (
    Company,
    LedgerKind,
    ListEntry,
    Payment,
    Posted,
    WriteItem,
    WriteResult,
)

Clock = Callable[[], datetime]  # returns an aware time in UTC
Sleeper = Callable[[float], None]  # seconds
NewId = Callable[[], str]  # a fresh unique id
LastLook = Callable[[], None]  # raises what should keep a request from leaving


def no_last_look() -> None:
    """Nothing keeps the request from leaving."""


class Ledger(Protocol):
    """One QuickBooks company. Every method may raise TransientError, TerminalError or ConnectionExpired.

    Reads are complete or they raise: a page that went missing must never look like a deletion.
    """

    def company(self) -> Company:
        """What the company is and allows."""

    def entries(self, kind: LedgerKind) -> list[ListEntry]:
        """A whole list (accounts, items, customers, vendors, employees), inactive rows included."""

    def time_entries(self, first: date, last: date) -> list[Posted]:
        """All time activities whose TxnDate lies in first … last, both included."""

    def bills(self, kind: LedgerKind, first: date, last: date) -> list[Posted]:
        """All bills (or vendor credits) whose TxnDate lies in first … last, both included."""

    def bills_numbered(self, kind: LedgerKind, numbers: Sequence[str]) -> list[Posted]:
        """All bills (or vendor credits) with one of these document numbers, of whatever date."""

    def by_ids(self, kind: LedgerKind, ids: Sequence[str]) -> dict[str, Posted]:
        """The records of these ids that exist, by id; inactive names included. A missing id is gone."""

    def by_names(self, kind: LedgerKind, names: Sequence[str]) -> list[Posted]:
        """The customers, vendors or employees with one of these DisplayNames, inactive ones included."""

    def payments(self, ids: Sequence[str]) -> list[Payment]:
        """The bill payments of these ids that exist."""

    def render(self, items: Sequence[WriteItem]) -> str:
        """The request body for these writes (at most 30). The same text is sent on every retry."""

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        """Post a rendered body under a request id (at most 36 characters); one result an item.

        `last_look` is called when all waiting is over, each time just before the request leaves.

        OutcomeUnknown means that it may have been carried out: send the same body again under the same id.
        """

    def bids(self, body: str) -> list[str]:
        """The bids of the items of a rendered body, in order."""

    def send_one(self, request_id: str, body: str, bid: str, last_look: LastLook = no_last_look) -> WriteResult:
        """Post one item of a rendered body by itself, under a request id of its own (at most 50 characters).

        The same item of the same body is always the same request. OutcomeUnknown means what it means for `send`.
        """

    def web_link(self, kind: LedgerKind, record_id: str) -> str:
        """The address at which a person sees the record in QuickBooks, or "" where there is none."""


class Throttle(Protocol):
    """Shares a company's request limits between all processes."""

    def reserve(self, channel: str) -> float:
        """Take a place for one request; returns the seconds to wait for it.

        A read takes a "request", a single write a "write". A batch takes a "batch", waits for it, and then takes a
        "write" as well: QuickBooks counts it among all requests, and nobody else has to wait behind one that is not
        due yet. Reads are counted, because QuickBooks meters them.
        """

    def not_answered(self, channel: str) -> None:
        """The request of a place was not answered with 200 in the end: QuickBooks does not meter it."""

    def pause_until(self, moment: datetime) -> None:
        """Nobody may send to this company before `moment`."""


class Tokens(Protocol):
    """The stored tokens of one connection. Values are secrets: they are never logged."""

    def access_token(self) -> str:
        """A token that is good for now, refreshed under the company's lock when needed.

        Raises ConnectionExpired when only a person can renew it.
        """

    def access_rejected(self, token: str) -> str:
        """QuickBooks refused `token`: return a newer one (refreshed once under the lock)."""


class Notifier(Protocol):
    """Tells people outside the dashboard."""

    def send(self, title: str, body: str) -> None:
        """Deliver a notice to every configured address; raises nothing that would stop a run."""
