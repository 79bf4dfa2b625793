"""A QuickBooks company in memory: the whole `Ledger` protocol, honest about what QuickBooks would refuse.

It keeps sync tokens, replays an answered request id byte for byte, and can be told to misbehave: lose an
answer, refuse an item, fail a call, or let another user edit, deactivate, delete or pay a record.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from qbsync.domain.errors import (
    BadInput,
    BillLinked,
    CompanyReset,
    ConnectionExpired,
    DuplicateName,
    Fault,
    InactiveReference,
    OutcomeUnknown,
    PeriodClosed,
    QbsyncError,
    Refused,
    StaleObject,
    SubscriptionEnded,
    Throttled,
    TimeRefused,
    Unavailable,
    Validation,
)
from qbsync.domain.ledger import (
    LIST_KINDS,
    NAME_KINDS,
    BillDocument,
    Company,
    Content,
    CustomerCard,
    EmployeeCard,
    ItemCard,
    LedgerKind,
    ListEntry,
    Operation,
    Payment,
    Posted,
    Reference,
    TimeEntry,
    VendorCard,
    WriteItem,
    WriteResult,
)
from qbsync.domain.ports import LastLook, no_last_look
from tests.doubles.ledger_text import AskedWrite, dumped, loaded, name_of, read_asked, references, rendered

BILL_KINDS = (LedgerKind.BILL, LedgerKind.VENDOR_CREDIT)
DELETED_SUFFIX = " (deleted)"
STALE = Fault(code="5010", message="Stale Object Error", detail="Somebody else finished before you did.")
MISSING = Fault(code="610", message="Object Not Found", detail="Object Not Found")
TAKEN = Fault(code="6240", message="Duplicate Name Exists Error", detail="The name supplied already exists.")
CLOSED = Fault(code="6210", message="Account Period Closed", detail="The account period has closed.")
NO_CUSTOMER = Fault(code="6310", message="Billable needs a customer", element="CustomerRef")
NO_RATE = Fault(code="6330", message="Billable needs an hourly rate", element="HourlyRate")
NO_LINES = Fault(code="2020", message="Required param missing", detail="Line", element="Line")
REFUSALS: dict[str, type[Refused]] = {
    "610": InactiveReference,
    "800": BillLinked,
    "2020": Validation,
    "2500": InactiveReference,
    "5010": StaleObject,
    "6190": SubscriptionEnded,
    "6210": PeriodClosed,
    "6240": DuplicateName,
    "6310": TimeRefused,
    "6330": TimeRefused,
    "10200": CompanyReset,
}
HAS_PAYMENTS = Fault(code="800", message="Cannot delete: it has payments")


Trouble = TypeVar("Trouble")


@dataclass(kw_only=True)
class _Refusal:
    matches: Callable[[AskedWrite], bool]
    fault: Fault
    times: int | None = None
    after_write: bool = False

    def takes(self, asked: AskedWrite) -> bool:
        if not self.matches(asked) or self.times == 0:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


@dataclass(kw_only=True)
class _Trouble:
    """What is to go wrong next."""

    losses: list[tuple[Callable[[str], bool], bool]] = field(default_factory=list)  # True: the write is done before it
    send_errors: list[tuple[Callable[[str], bool], QbsyncError]] = field(default_factory=list)
    read_errors: list[QbsyncError] = field(default_factory=list)
    refusals: list[_Refusal] = field(default_factory=list)


class MemoryLedger:
    """One company. `posted` and `answers` may be looked at; change them through the methods."""

    def __init__(self, company: Company | None = None, *, first_id: int = 1) -> None:
        self._company = company or Company(realm_id="9130357766900100", name="Memory Builders")
        self._lists: dict[tuple[LedgerKind, str], ListEntry] = {}
        self._payments: dict[str, Payment] = {}
        self._next_id, self._now = first_id, datetime(2026, 1, 5, 8, tzinfo=UTC)
        self._trouble = _Trouble()
        self._one_at_a_time = threading.Lock()
        self.posted: dict[tuple[LedgerKind, str], Posted] = {}
        self.answers: dict[str, tuple[str, str]] = {}  # request id: the body, and the answer to it
        self.sends: list[tuple[str, str]] = []  # every call of send, answered or not
        self.asked: list[str] = []  # every question, by the method's name
        self.while_under_way: Callable[[], None] = lambda: None  # called by each request once it has left

    # --- what tests put in

    def __deepcopy__(self, memo: dict[int, Any]) -> MemoryLedger:
        """Another company with the same books; a lock cannot be copied, and each has one of its own."""
        twin: MemoryLedger = copy.copy(self)
        memo[id(self)] = twin
        for name, value in vars(self).items():
            if name != "_one_at_a_time":
                setattr(twin, name, copy.deepcopy(value, memo))
        twin._one_at_a_time = threading.Lock()
        return twin

    def add_entry(self, kind: LedgerKind, name: str, **given: Any) -> ListEntry:
        """Put an account or an item into its list."""
        entry = ListEntry(kind=kind, id=self._new_id(), name=name, full_name=name, **given)
        self._lists[kind, entry.id] = entry
        return entry

    def add(self, kind: LedgerKind, content: Content) -> Posted:
        """Put a record in, as another user would; nothing is checked."""
        return self._store(kind, self._new_id(), "0", content)

    def edit(self, kind: LedgerKind, record_id: str, content: Content) -> Posted:
        """Another user changes a record."""
        old = self.posted[kind, record_id]
        return self._store(kind, record_id, _bumped(old.sync_token), content)

    def deactivate(self, kind: LedgerKind, record_id: str) -> None:
        """Another user makes a record inactive: a name or a row of a list."""
        if (kind, record_id) in self._lists:
            self._lists[kind, record_id] = replace(self._lists[kind, record_id], active=False)
        else:
            self._make_inactive(self.posted[kind, record_id])

    def delete(self, kind: LedgerKind, record_id: str) -> None:
        """Another user deletes a record."""
        del self.posted[kind, record_id]

    def pay(self, bill_id: str, amount: Decimal, on: date = date(2026, 1, 5)) -> Payment:
        """Another user pays a bill, whole or in part; its sync token moves."""
        payment = Payment(id=self._new_id(), txn_date=on, amounts={bill_id: amount})
        self._payments[payment.id] = payment
        bill = self.posted[LedgerKind.BILL, bill_id]
        self.posted[LedgerKind.BILL, bill_id] = replace(
            bill,
            sync_token=_bumped(bill.sync_token),
            balance=(bill.balance or Decimal(0)) - amount,
            payment_ids=(*bill.payment_ids, payment.id),
        )
        return payment

    def value_in(self, bill_id: str, currency: str, exchange_rate: Decimal) -> None:
        """Another user moves a bill to a vendor that is kept in another currency."""
        bill = self.posted[LedgerKind.BILL, bill_id]
        assert isinstance(bill.content, BillDocument)
        content = replace(bill.content, currency=currency)
        self.posted[LedgerKind.BILL, bill_id] = replace(bill, content=content, exchange_rate=exchange_rate)

    def set_clock(self, now: datetime) -> None:
        """From here on it is this time at QuickBooks."""
        self._now = now

    def allow(self, **facts: Any) -> None:
        """Another user changes the company's preferences or its subscription."""
        self._company = replace(self._company, **facts)

    def close_books(self, through: date) -> None:
        """Another user closes the books through a day."""
        self._company = replace(self._company, books_closed_through=through)

    def lose_next_answer(self, *, after_write: bool, to: Callable[[str], bool] = lambda request_id: True) -> None:
        """The next send, of these request ids, raises OutcomeUnknown; `after_write`: it was carried out."""
        self._trouble.losses.append((to, after_write))

    def lose_nothing(self) -> None:
        """Forget what `lose_next_answer` was told."""
        self._trouble.losses.clear()

    def fail_next_send(self, error: QbsyncError, *, to: Callable[[str], bool] = lambda request_id: True) -> None:
        """The next send, of these request ids, raises this and does nothing."""
        self._trouble.send_errors.append((to, error))

    def fail_next_read(self, error: QbsyncError) -> None:
        """The next read raises this."""
        self._trouble.read_errors.append(error)

    def refuse(
        self,
        fault: Fault,
        matches: Callable[[AskedWrite], bool] = lambda asked: True,
        *,
        times: int | None = None,
        after_write: bool = False,
    ) -> None:
        """Refuse every matching item from now on, so many times or until `refuse_nothing`.

        `after_write`: QuickBooks breaks when it has done what was asked, and says only that it broke.
        """
        self._trouble.refusals.append(_Refusal(matches=matches, fault=fault, times=times, after_write=after_write))

    def refuse_nothing(self) -> None:
        """Forget what `refuse` was told."""
        self._trouble.refusals.clear()

    # --- the Ledger protocol

    def company(self) -> Company:
        self._before_read("company")
        return self._company

    def entries(self, kind: LedgerKind) -> list[ListEntry]:
        self._before_read("entries")
        if kind not in (*LIST_KINDS, LedgerKind.CLASS):
            raise BadInput(f"{kind} is not a list.")
        rows = [entry for (of_kind, _), entry in self._lists.items() if of_kind is kind]
        return rows + [self._entry(posted) for posted in self._of_kind(kind)]

    def time_entries(self, first: date, last: date) -> list[Posted]:
        self._before_read("time_entries")
        return [
            posted
            for posted in self._of_kind(LedgerKind.TIME_ACTIVITY)
            if isinstance(posted.content, TimeEntry) and first <= posted.content.txn_date <= last
        ]

    def bills(self, kind: LedgerKind, first: date, last: date) -> list[Posted]:
        self._before_read("bills")
        return [
            posted
            for posted in self._of_kind(kind)
            if isinstance(posted.content, BillDocument) and first <= posted.content.txn_date <= last
        ]

    def bills_numbered(self, kind: LedgerKind, numbers: Sequence[str]) -> list[Posted]:
        self._before_read("bills_numbered")
        return [
            posted
            for posted in self._of_kind(kind)
            if isinstance(posted.content, BillDocument) and posted.content.number in numbers
        ]

    def by_ids(self, kind: LedgerKind, ids: Sequence[str]) -> dict[str, Posted]:
        self._before_read("by_ids")
        return {wanted: self.posted[kind, wanted] for wanted in ids if (kind, wanted) in self.posted}

    def by_names(self, kind: LedgerKind, names: Sequence[str]) -> list[Posted]:
        self._before_read("by_names")
        wanted = {form.casefold() for name in names for form in (name, name + DELETED_SUFFIX)}
        return [posted for posted in self._of_kind(kind) if name_of(posted.content).casefold() in wanted]

    def payments(self, ids: Sequence[str]) -> list[Payment]:
        self._before_read("payments")
        return [self._payments[wanted] for wanted in ids if wanted in self._payments]

    def render(self, items: Sequence[WriteItem]) -> str:
        if not 0 < len(items) <= 30 or len({item.bid for item in items}) != len(items):
            raise ValueError("A batch has 1 to 30 items with different bids.")
        return json.dumps([rendered(item) for item in items], sort_keys=True)

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        assert 0 < len(request_id) <= 36, "a request id of a batch has at most 36 characters"
        return self._sent(request_id, body, last_look)

    def bids(self, body: str) -> list[str]:
        return [record["bid"] for record in json.loads(body)]

    def send_one(self, request_id: str, body: str, bid: str, last_look: LastLook = no_last_look) -> WriteResult:
        assert 0 < len(request_id) <= 50, "a request id has at most 50 characters"
        [record] = [record for record in json.loads(body) if record["bid"] == bid]
        [result] = self._sent(request_id, json.dumps([record], sort_keys=True), last_look)
        if result.error is not None:
            raise result.error
        return result

    def web_link(self, kind: LedgerKind, record_id: str) -> str:
        return f"memory://{kind}/{record_id}" if record_id else ""

    # --- how it works

    def _sent(self, request_id: str, body: str, last_look: LastLook) -> list[WriteResult]:
        """Carry out a request, one at a time as QuickBooks does with a company, and answer unless told otherwise."""
        with self._one_at_a_time:
            last_look()
            self.sends.append((request_id, body))
            self.while_under_way()
            error = _next_for(request_id, self._trouble.send_errors)
            if error is not None:
                raise error
            done_before_loss = _next_for(request_id, self._trouble.losses)
            if done_before_loss is False:
                raise OutcomeUnknown("QuickBooks did not answer.")
            answer = self._answer(request_id, body)
            if done_before_loss:
                raise OutcomeUnknown("QuickBooks did not answer.")
            return [self._result(reply) for reply in json.loads(answer)]

    def _before_read(self, what: str) -> None:
        self.asked.append(what)
        if self._trouble.read_errors:
            raise self._trouble.read_errors.pop(0)

    def _answer(self, request_id: str, body: str) -> str:
        known = self.answers.get(request_id)
        if known is None:
            replies = [self._carry_out(read_asked(record)) for record in json.loads(body)]
            known = self.answers[request_id] = (body, json.dumps(replies, sort_keys=True))
        assert known[0] == body, f"request id {request_id} was sent again with another body"
        return known[1]

    def _carry_out(self, asked: AskedWrite) -> dict[str, Any]:
        refusal = next((one for one in self._trouble.refusals if one.takes(asked)), None)
        if refusal is not None and not refusal.after_write:
            return {"bid": asked.bid, "fault": asdict(refusal.fault)}
        done = self._done(asked)
        return {"bid": asked.bid, "fault": asdict(refusal.fault)} if refusal is not None else done

    def _done(self, asked: AskedWrite) -> dict[str, Any]:
        fault = next(self._faults(asked), None)
        if fault is not None:
            return {"bid": asked.bid, "fault": asdict(fault)}
        if asked.operation is Operation.DELETE:
            del self.posted[asked.kind, asked.id]
            return {"bid": asked.bid, "deleted": asked.id}
        return {"bid": asked.bid, "kind": asked.kind, "posted": dumped(self._write(asked))}

    def _write(self, asked: AskedWrite) -> Posted:
        if asked.operation is Operation.DEACTIVATE:
            return self._make_inactive(self.posted[asked.kind, asked.id])
        assert asked.content is not None
        if asked.operation is Operation.CREATE:
            return self._store(asked.kind, self._new_id(), "0", self._filled(asked))
        return self._store(asked.kind, asked.id, _bumped(asked.sync_token), self._filled(asked))

    def _filled(self, asked: AskedWrite) -> Content:
        """What QuickBooks makes of a content: it fills in a due date and the usual service item."""
        content = asked.content
        assert content is not None
        if isinstance(content, BillDocument) and asked.kind is LedgerKind.BILL and content.due_date is None:
            return replace(content, due_date=content.txn_date)
        if isinstance(content, TimeEntry):
            usual = self._company.default_time_item_id
            item = content.item or (Reference(id=usual) if usual else None)
            return replace(content, item=item, hourly_rate=content.hourly_rate if content.billable else None)
        return content

    def _faults(self, asked: AskedWrite) -> Iterator[Fault]:
        if asked.operation is not Operation.CREATE:
            yield from self._faults_of_record(asked)
        if asked.content is not None:
            yield from self._faults_of_content(asked, asked.content)

    def _faults_of_record(self, asked: AskedWrite) -> Iterator[Fault]:
        stored = self.posted.get((asked.kind, asked.id))
        if stored is None:
            yield MISSING
            return
        if stored.sync_token != asked.sync_token:
            yield STALE
        if self._is_closed(stored.content):
            yield CLOSED
        if asked.operation is Operation.DELETE and stored.payment_ids:
            yield HAS_PAYMENTS

    def _faults_of_content(self, asked: AskedWrite, content: Content) -> Iterator[Fault]:
        if self._is_closed(content):
            yield CLOSED
        name = name_of(content)
        if name and name.casefold() in self._names_of_others(asked):
            yield TAKEN
        if isinstance(content, TimeEntry) and content.billable:
            yield from [NO_CUSTOMER] * (content.customer is None) + [NO_RATE] * (content.hourly_rate is None)
        if isinstance(content, BillDocument) and not content.lines:
            yield NO_LINES
        for kind, reference in references(content):
            if not self._is_active(kind, reference.id):
                yield Fault(
                    code="2500",
                    message="Invalid Reference Id",
                    detail=f"Invalid Reference Id : {kind}s element id {reference.id} not found",
                )

    def _names_of_others(self, asked: AskedWrite) -> set[str]:
        """The names in the same namespace: customers, vendors and employees share one, items have their own."""
        kinds = NAME_KINDS if asked.kind in NAME_KINDS else (asked.kind,)
        listed = {entry.name.casefold() for (kind, _), entry in self._lists.items() if kind in kinds}
        return listed | {
            name_of(posted.content).casefold()
            for (kind, record_id), posted in self.posted.items()
            if kind in kinds and (kind, record_id) != (asked.kind, asked.id)
        }

    def _is_closed(self, content: Content) -> bool:
        through = self._company.books_closed_through
        if through is None or not isinstance(content, BillDocument | TimeEntry):
            return False
        return content.txn_date <= through

    def _is_active(self, kind: LedgerKind, record_id: str) -> bool:
        found = self._lists.get((kind, record_id)) or self.posted.get((kind, record_id))
        return found is not None and found.active

    def _of_kind(self, kind: LedgerKind) -> list[Posted]:
        return [posted for (of_kind, _), posted in self.posted.items() if of_kind is kind]

    def _entry(self, posted: Posted) -> ListEntry:
        name, parent = name_of(posted.content), getattr(posted.content, "parent", None)
        above = self.posted.get((posted.kind, parent.id)) if parent else None
        return ListEntry(
            kind=posted.kind,
            id=posted.id,
            name=name,
            full_name=f"{self._entry(above).full_name}:{name}" if above else name,
            active=posted.active,
            type=getattr(posted.content, "item_type", ""),
            email=getattr(posted.content, "email", ""),
            parent_id=parent.id if parent else "",
            is_job=parent is not None,
            sync_token=posted.sync_token,
        )

    def _store(self, kind: LedgerKind, record_id: str, sync_token: str, content: Content) -> Posted:
        old = self.posted.get((kind, record_id))
        total = content.total if isinstance(content, BillDocument) else None
        paid = (old.total or Decimal(0)) - (old.balance or Decimal(0)) if old else Decimal(0)
        posted = Posted(
            kind=kind,
            id=record_id,
            sync_token=sync_token,
            content=content,
            active=old.active if old else True,
            total=total,
            balance=None if total is None else total - paid,
            exchange_rate=old.exchange_rate if old else Decimal(1),
            payment_ids=old.payment_ids if old else (),
            updated_at=self._tick(),
        )
        self.posted[kind, record_id] = posted
        return posted

    def _make_inactive(self, posted: Posted) -> Posted:
        named = posted.content
        assert isinstance(named, CustomerCard | VendorCard | EmployeeCard | ItemCard), "only names become inactive"
        content = replace(named, display_name=name_of(named) + DELETED_SUFFIX)
        stored = self._store(posted.kind, posted.id, _bumped(posted.sync_token), content)
        self.posted[posted.kind, posted.id] = replace(stored, active=False)
        return self.posted[posted.kind, posted.id]

    def _result(self, reply: dict[str, Any]) -> WriteResult:
        bid = reply["bid"]
        if "fault" in reply:
            return WriteResult(bid=bid, error=self._error(Fault(**reply["fault"])))
        if "deleted" in reply:
            return WriteResult(bid=bid, deleted_id=reply["deleted"])
        return WriteResult(bid=bid, posted=loaded(LedgerKind(reply["kind"]), reply["posted"]))

    def _error(self, fault: Fault) -> QbsyncError:
        """What a fault of one item means."""
        if fault.code == "3001":
            return Throttled(self._now + timedelta(seconds=60))
        if fault.code in ("120", "3100"):
            return ConnectionExpired("QuickBooks does not let us into this company.")
        if fault.code == "10000":
            return OutcomeUnknown("QuickBooks had a fault of its own.", code=fault.code)
        if fault.code in ("130", "140", "150"):
            return Unavailable("QuickBooks could not do this just now.", code=fault.code)
        return REFUSALS.get(fault.code, Refused)([fault])

    def _new_id(self) -> str:
        self._next_id += 1
        return str(self._next_id - 1)

    def _tick(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


def _next_for(request_id: str, troubles: list[tuple[Callable[[str], bool], Trouble]]) -> Trouble | None:
    """The first trouble that is meant for this request: it happens once."""
    found = next((one for one in troubles if one[0](request_id)), None)
    if found is None:
        return None
    troubles.remove(found)
    return found[1]


def _bumped(sync_token: str) -> str:
    return str(int(sync_token) + 1)
