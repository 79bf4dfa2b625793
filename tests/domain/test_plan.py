"""A plan's digest, its order, and how it is cut into writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.decide import RUNNABLE, WRITING, Action
from qbsync.domain.ledger import CustomerCard, LedgerKind, Operation, Reference, TimeEntry
from qbsync.domain.plan import (
    ATTEMPT_SIZE,
    Change,
    Scope,
    agreement,
    attempts_of,
    digest_of,
    in_order,
    may_overtake,
    totals,
    weight,
)
from qbsync.domain.wanted import PHASES, SyncKind

CARD, OTHER = CustomerCard(display_name="A"), CustomerCard(display_name="B")


def change(seq: int = 1, kind: SyncKind = SyncKind.CUSTOMER, action: Action = Action.CREATE, **given: object) -> Change:
    values = {
        "core_id": f"C{seq}",
        "title": f"Customer {seq:04}",
        "reason": "New in Core.",
        "ledger_kind": LedgerKind.CUSTOMER,
        "content": CARD,
        "core_content": CARD,
        **given,
    }
    return Change(seq=seq, kind=kind, action=action, **values)  # type: ignore[arg-type]


def digest(*changes: Change, realm: str = "1", version: int = 1) -> str:
    return digest_of(realm, version, changes)


DIFFERENT = {
    "the number of a line": change(2, core_id="C1"),
    "the record": change(core_id="C2"),
    "the kind": change(kind=SyncKind.PROJECT),
    "the action": change(action=Action.UPDATE),
    "the QuickBooks kind": change(ledger_kind=LedgerKind.VENDOR),
    "the QuickBooks id": change(ledger_id="5"),
    "what is written": change(content=OTHER),
    "what Core wants": change(core_content=OTHER),
    "what QuickBooks holds": change(posted=OTHER),
    "the state of Core": change(source_hash="x"),
    "the generation": change(generation=1),
    "a mere link": change(link_only=True),
}


@pytest.mark.parametrize("other", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_any_difference_in_a_line_gives_another_digest(other: Change):
    assert digest(change()) != digest(other)


def test_a_line_more_or_in_another_place_gives_another_digest():
    first, second = change(1), change(2)
    assert len({digest(), digest(first), digest(first, second), digest(second, first)}) == 4
    assert digest(first, realm="2") != digest(first)
    assert digest(first, version=2) != digest(first)


def test_the_words_for_the_reader_are_not_part_of_the_digest():
    assert digest(change()) == digest(change(reason="Whatever.", title="Another"))


kinds, actions = st.sampled_from(list(SyncKind)), st.sampled_from(list(Action))
plans = st.lists(st.tuples(kinds, actions), max_size=120).map(
    lambda drawn: in_order(change(seq, kind, action) for seq, (kind, action) in enumerate(drawn))
)


@given(plans)
def test_attempts_hold_every_write_once_in_order_never_mix_kinds_and_never_exceed_thirty(changes: list[Change]):
    attempts = attempts_of(changes)
    written = [one for attempt in attempts for one in attempt]
    assert sorted(written, key=changes.index) == [one for one in changes if one.action in WRITING]
    for kind in SyncKind:
        of_kind = [one.action is Action.DELETE for one in written if one.kind is kind]
        first = sorted(of_kind, reverse=True) if kind is SyncKind.TIME_ENTRY else of_kind
        assert of_kind == first  # what goes together with a deletion comes after it
    for attempt in attempts:
        assert 0 < len(attempt) <= ATTEMPT_SIZE == 30
        assert len({one.kind for one in attempt}) == 1


@pytest.mark.promise(14)
@given(plans)
def test_what_others_refer_to_is_written_before_them(changes: list[Change]):
    ranks = [PHASES.index(attempt[0].kind) for attempt in attempts_of(changes)]
    assert ranks == sorted(ranks)


def test_a_run_goes_customers_projects_vendors_employees_bills_hours_and_by_week_and_title_within():
    week, later = date(2026, 11, 22), date(2026, 11, 29)
    expected = [
        change(9, SyncKind.CUSTOMER),
        change(8, SyncKind.PROJECT),
        change(7, SyncKind.VENDOR),
        change(6, SyncKind.EMPLOYEE),
        change(5, SyncKind.BILL),
        change(3, SyncKind.TIME_ENTRY, scope_date=week, title="A"),
        change(4, SyncKind.TIME_ENTRY, scope_date=week, title="B"),
        change(2, SyncKind.TIME_ENTRY, scope_date=later, title="A"),
    ]
    assert in_order(reversed(expected)) == expected


def test_hours_stand_by_worker_and_then_by_day_whatever_weekdays_are_called():
    entry = TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=Reference(id="1"),
        txn_date=date(2026, 11, 16),
        minutes=480,
        customer=None,
        item=None,
    )
    days = [date(2026, 11, 16 + number) for number in range(5)]
    expected = [
        change(
            number,
            SyncKind.TIME_ENTRY,
            title=f"{who} · {day:%a %d %b %Y} · P1 · 03-300 · 8 h",
            content=replace(entry, txn_date=day),
            core_content=None,
        )
        for number, (who, day) in enumerate((who, day) for who in ("Ada", "Max") for day in days)
    ]
    assert in_order(reversed(expected)) == expected


TICKED = {Action.CREATE, Action.UPDATE, Action.LINK, Action.PULL}


@pytest.mark.parametrize("action", list(Action))
def test_deletions_are_never_ticked_and_conflicts_can_never_run(action: Action):
    one = change(action=action)
    assert one.ticked_by_default == (action in TICKED)
    assert one.can_run == (action in RUNNABLE)
    assert one.operation == (Operation(action.value) if action in WRITING else None)
    assert not {Action.SKIP, Action.CONFLICT, Action.BLOCKED} & RUNNABLE


WEIGHED = [
    # action               amount       what it weighs
    (Action.CREATE, "1000.00", "1000.00"),
    (Action.CREATE, "-1000.00", "1000.00"),  # a credit moves money as well
    (Action.DELETE, "40.00", "40.00"),
    (Action.LINK, "7.00", "0"),
    (Action.PULL, "7.00", "0"),
]


@pytest.mark.parametrize(("action", "amount", "weighs"), WEIGHED)
def test_credits_and_deletions_weigh_what_bills_do_and_what_is_not_written_weighs_nothing(
    action: Action, amount: str, weighs: str
):
    one = change(1, SyncKind.BILL, action, amount=Decimal(amount))
    assert weight([one]) == Decimal(weighs)
    assert weight([one, change(2, SyncKind.BILL, amount=Decimal("0.01"))]) == Decimal(weighs) + Decimal("0.01")


def test_totals_count_records_by_action_and_add_up_hours_and_money():
    found = totals(
        [
            change(minutes=480),
            change(action=Action.SKIP, minutes=30),
            change(kind=SyncKind.BILL, amount=Decimal("10.10")),
            change(kind=SyncKind.BILL, amount=Decimal("-0.10")),
        ]
    )
    assert (found.records, found.minutes, found.amount) == (4, 510, Decimal("10.00"))
    assert (found.by_action[Action.CREATE], found.by_action[Action.SKIP], found.by_action[Action.DELETE]) == (3, 1, 0)


def test_after_a_merge_core_agrees_on_its_own_values_and_quickbooks_on_what_it_holds():
    merged = replace(CARD, email="kept@there.example")
    agreed = agreement(change(content=merged, core_content=CARD), merged)
    assert (agreed.core, agreed.posted) == (CARD, merged)


SCOPES = {
    "everything": Scope(),
    "bill, time_entry": Scope(kinds=frozenset({SyncKind.BILL, SyncKind.TIME_ENTRY})),
    "everything, week ending 22 Nov 2026": Scope(weeks=frozenset({date(2026, 11, 22)})),
}


@pytest.mark.parametrize(("text", "scope"), SCOPES.items())
def test_a_scope_says_what_was_asked_for(text: str, scope: Scope):
    assert scope.text == text
    assert scope.includes(SyncKind.BILL)


OVERTAKING = [
    # kind               action          together  may overtake
    (SyncKind.TIME_ENTRY, Action.CREATE, "", True),
    (SyncKind.TIME_ENTRY, Action.UPDATE, "", True),
    (SyncKind.TIME_ENTRY, Action.DELETE, "", True),
    (SyncKind.TIME_ENTRY, Action.CREATE, "week 47", False),  # what is deleted with it goes first
    (SyncKind.BILL, Action.CREATE, "", True),
    (SyncKind.BILL, Action.UPDATE, "", False),  # it may free its number for another one
    (SyncKind.VENDOR, Action.CREATE, "", False),  # bills point at it
    (SyncKind.CUSTOMER, Action.CREATE, "", False),
]


@pytest.mark.parametrize(("kind", "action", "together", "may"), OVERTAKING)
def test_what_may_be_sent_beside_others_of_its_kind(kind: SyncKind, action: Action, together: str, may: bool):
    attempt = [change(1, kind), change(2, kind, action, together=together)]
    assert may_overtake(attempt, attempt) is may


def test_a_bill_that_is_deleted_anywhere_in_the_run_keeps_all_bills_in_order():
    new, old = change(1, SyncKind.BILL), change(2, SyncKind.BILL, Action.DELETE)
    assert may_overtake([new], [new, change(3, SyncKind.TIME_ENTRY, Action.DELETE)])
    assert not may_overtake([new], [new, old])
