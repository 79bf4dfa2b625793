"""How a record of Core stands with QuickBooks, by what we know: one table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.capability import Finding, Standing
from qbsync.domain.decide import Agreed
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.ledger import LedgerKind, Reference, TimeEntry, VendorCard
from qbsync.domain.link import Link
from qbsync.domain.record_state import Known, Stand, stands_of, together
from qbsync.domain.record_state import RecordState as State
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.wanted import SyncKind, Wanted

CARD = VendorCard(display_name="Granite")
OTHER = VendorCard(display_name="Granite Ready Mix")
KEY = "vendor:V1"
BARRED = {SyncKind.VENDOR: Finding(topic="Subscription", state="ended", standing=Standing.BLOCKS)}


def issue(severity: Severity = Severity.ERROR) -> Issue:
    return Issue(record="Vendor", field="name", problem="No.", remedy="Mend it.", severity=severity)


def wanted(**given: Any) -> Wanted:
    values: dict[str, Any] = {"content": CARD, "ledger_kind": LedgerKind.VENDOR, **given}
    return Wanted(kind=SyncKind.VENDOR, core_id="V1", title="Granite", **values)


def link(agreed: VendorCard | None = CARD, **given: Any) -> dict[str, Link]:
    made = Link(
        kind=SyncKind.VENDOR,
        core_id="V1",
        title="Granite",
        ledger_kind=LedgerKind.VENDOR,
        ledger_id="31",
        agreed=Agreed(core=agreed, posted=agreed) if agreed else None,
        **given,
    )
    return {KEY: made}


FAILED, UNANSWERED = {KEY: OutcomeStatus.FAILED}, {KEY: OutcomeStatus.UNANSWERED}
NAMED = wanted(content=None, link_to="31")
TABLE: list[tuple[str, Wanted, dict[str, Any], State]] = [
    # what is wanted                                              what is known                          the state
    ("new", wanted(), {}, State.READY),
    ("new, with a warning", wanted(issues=(issue(Severity.WARNING),)), {}, State.READY),
    ("new and faulty", wanted(issues=(issue(),)), {}, State.BLOCKED),
    ("cannot be worked out", wanted(content=None), {}, State.BLOCKED),
    ("the company takes none", wanted(), {"barred": BARRED}, State.BLOCKED),
    ("the last run failed", wanted(), {"ended": FAILED}, State.FAILED),
    ("not answered", wanted(), {"ended": UNANSWERED}, State.BLOCKED),
    ("failed, and faulty now", wanted(issues=(issue(),)), {"ended": FAILED}, State.BLOCKED),
    ("written", wanted(), {"links": link()}, State.SYNCED),
    ("written, and faulty since", wanted(issues=(issue(),)), {"links": link()}, State.SYNCED),
    ("changed since", wanted(), {"links": link(OTHER)}, State.CHANGED),
    ("changed since, and failed", wanted(), {"links": link(OTHER), "ended": FAILED}, State.FAILED),
    ("changed since, and faulty", wanted(issues=(issue(),)), {"links": link(OTHER)}, State.BLOCKED),
    (
        "another kind now",
        wanted(),
        {"links": {KEY: replace(link()[KEY], ledger_kind=LedgerKind.EMPLOYEE)}},
        State.CHANGED,
    ),
    ("its deletion accepted", wanted(), {"links": link(dropped=True)}, State.ON_HOLD),
    ("left alone", wanted(issues=(issue(),)), {"left": {KEY}}, State.ON_HOLD),
    ("mapped, never sent", NAMED, {}, State.LINKED),
    ("mapped and linked", NAMED, {"links": link(None, link_only=True)}, State.LINKED),
    ("mapped to what is gone", wanted(content=None, link_to="31", issues=(issue(),)), {}, State.BLOCKED),
    ("once mapped, now to be made", wanted(), {"links": link(None, link_only=True)}, State.READY),
]


@pytest.mark.parametrize(("one", "known", "state"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_record_stands(one: Wanted, known: dict[str, Any], state: State):
    stand = stands_of([one], Known(**{"links": {}, **known}))[KEY]
    assert stand.state is state
    told = state is State.BLOCKED and (one.content is not None or one.issues)
    assert bool(stand.issues) == bool(told)  # what is blocked says why


def test_what_needs_a_blocked_record_is_blocked_whatever_comes_first():
    bill = Wanted(
        kind=SyncKind.BILL,
        core_id="B1",
        title="Granite 7",
        ledger_kind=LedgerKind.BILL,
        content=CARD,
        requires=(KEY,),
    )
    stand = stands_of([bill, wanted(issues=(issue(),))], Known(links={}))[bill.key]
    assert (stand.state, stand.issues) == (State.BLOCKED, (issue(),))
    assert stands_of([bill, wanted()], Known(links={}))[bill.key].state is State.READY


HOURS = TimeEntry(
    worker_kind=LedgerKind.EMPLOYEE,
    worker=Reference(id="55", name="Ada"),
    txn_date=date(2026, 11, 16),
    minutes=480,
    customer=Reference(id="58", name="Harborview"),
    item=Reference(id="2", name="Labor"),
    billable=True,
    hourly_rate=Decimal(95),
    description="",
    class_ref=None,
)
THEIRS = Reference(id="9", name="North")
EDITS: list[tuple[TimeEntry, State]] = [
    # what Core wants now                             after HOURS were posted
    (HOURS, State.SYNCED),
    (replace(HOURS, hourly_rate=Decimal(99)), State.SYNCED),  # hours keep the rate they were posted at
    (replace(HOURS, class_ref=THEIRS), State.CHANGED),
    (replace(HOURS, minutes=450), State.CHANGED),
]


@pytest.mark.parametrize(("now", "state"), EDITS)
def test_posted_hours_stand(now: TimeEntry, state: State):
    one = Wanted(kind=SyncKind.TIME_ENTRY, core_id="T1", title="Ada", ledger_kind=LedgerKind.TIME_ACTIVITY, content=now)
    posted = Link(
        kind=SyncKind.TIME_ENTRY,
        core_id="T1",
        title="Ada",
        ledger_kind=LedgerKind.TIME_ACTIVITY,
        ledger_id="7",
        agreed=Agreed(core=HOURS, posted=HOURS),
    )
    assert stands_of([one], Known(links={posted.key: posted}))[one.key].state is state


def test_of_several_parts_the_one_that_needs_somebody_counts():
    parts = [Stand(state=State.SYNCED), *[Stand(state=State.BLOCKED, issues=(issue(),))] * 2]
    assert together(parts) == Stand(state=State.BLOCKED, issues=(issue(),))
    assert together([Stand(state=State.SYNCED), Stand(state=State.READY)]).state is State.READY
