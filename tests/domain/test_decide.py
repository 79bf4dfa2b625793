"""What happens to one record, for every state that Core, our memory and QuickBooks can be in."""

# ruff: noqa: E501  (the tables are wider than the code)

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.decide import TICKED_BY_DEFAULT, Action, Agreed, Choice, State, Verdict, decide
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import changed_fields, values
from qbsync.domain.ledger import (
    BillDocument,
    Content,
    CustomerCard,
    ExpenseLine,
    LedgerKind,
    Posted,
    Reference,
    TimeEntry,
)
from tests.domain.tables import cases

UNMAPPED = Issue(record="Tue", field="cost_code", problem="'03-300' is not mapped.", remedy="Map it.")
TOO_LONG = Issue(record="Tue", field="name", problem="It is too long.", remedy="Shorten it.")
WARNING = Issue(record="Tue", field="employee", problem="Left.", remedy="Look.", severity=Severity.WARNING)


def entry(text: str) -> TimeEntry | None:
    """`480` is 480 minutes, `480 late` has the description "late"; nothing is None."""
    if not text:
        return None
    minutes, _, description = text.partition(" ")
    return TimeEntry(
        worker_kind=LedgerKind.EMPLOYEE,
        worker=Reference(id="55"),
        txn_date=date(2026, 11, 17),
        minutes=int(minutes),
        customer=Reference(id="58"),
        item=Reference(id="2"),
        description=description,
    )


def told(content: Content | None) -> str:
    """An entry as the tables write it."""
    if not isinstance(content, TimeEntry):
        return ""
    return f"{content.minutes} {content.description}".strip()


def posted(content: Content, **given: object) -> Posted:
    known = {TimeEntry: LedgerKind.TIME_ACTIVITY, BillDocument: LedgerKind.BILL, CustomerCard: LedgerKind.CUSTOMER}
    return Posted(kind=known[type(content)], id="9", sync_token="0", content=content, **given)  # type: ignore[arg-type]


def state_of(wanted: str, agreed: str, now: str, choice: str = "", match: str = "") -> State:
    """A state from the cells of a table. An agreed entry means that we know its QuickBooks id."""
    before, there, found = entry(agreed), entry(now), entry(match)
    return State(
        wanted=entry(wanted),
        linked=before is not None,
        agreed=Agreed(core=before, posted=before) if before else None,
        posted=posted(there) if there else None,
        match=posted(found) if found else None,
        choice=Choice(choice) if choice else None,
    )


LINKED = """
wanted    agreed    posted    choice            action    written      reason
480       -         -         -                 create    480          New in Core.
480       480       480       -                 skip      480          Already in QuickBooks.
450       480       480       -                 update    450          Changed in Core since the last sync.
480       480       450       -                 conflict  480          Edited in QuickBooks since the last sync: Hours.
480       480       480 late  -                 conflict  480          Edited in QuickBooks since the last sync: Description.
450       480       420       -                 conflict  450          Edited on both sides since the last sync: Hours.
450       480       480 late  -                 update    450 late     Changed in Core; other fields edited in QuickBooks are kept.
450       480       450       -                 link      450          Both sides were changed to the same values.
480       480       450       keep Core         update    480          You chose to keep Core's values.
480       480       450       keep QuickBooks   pull      480          You chose to keep QuickBooks' values until Core changes again.
480       480       450       leave             conflict  480          Edited in QuickBooks since the last sync: Hours.
450       480       420       keep Core         update    450          You chose to keep Core's values.
450       480       420       keep QuickBooks   pull      450          You chose to keep QuickBooks' values until Core changes again.
450 a     480       480 b     keep Core         update    450 a        You chose to keep Core's values.
450       480       480       keep Core         update    450          Changed in Core since the last sync.
450       480       480       keep QuickBooks   update    450          Changed in Core since the last sync.
-         480       480       -                 delete    -            Gone in Core since the last sync.
-         480       450       -                 conflict  -            Gone in Core, and edited in QuickBooks since the last sync.
-         480       450       keep Core         delete    -            Gone in Core since the last sync.
-         480       450       keep QuickBooks   pull      -            You chose to keep it in QuickBooks; the link is closed.
-         480       450       leave             conflict  -            Gone in Core, and edited in QuickBooks since the last sync.
480       480       -         -                 conflict  480          Deleted in QuickBooks since the last sync.
450       480       -         -                 conflict  450          Deleted in QuickBooks since the last sync.
480       480       -         keep Core         create    480          You chose to make it again in QuickBooks.
480       480       -         keep QuickBooks   pull      480          You chose to accept its deletion in QuickBooks; it stays out until Core changes it.
480       480       -         leave             conflict  480          Deleted in QuickBooks since the last sync.
-         480       -         -                 pull      -            Gone in Core and in QuickBooks; the link is closed.
"""


@pytest.mark.promise(9)
@pytest.mark.parametrize(("wanted", "agreed", "now", "choice", "action", "written", "reason"), cases(LINKED))
def test_a_record_is_decided_by_its_three_states(
    wanted: str, agreed: str, now: str, choice: str, action: str, written: str, reason: str
):
    verdict = decide(state_of(wanted, agreed, now, choice))
    assert verdict is not None
    assert (verdict.action.value, told(verdict.content), verdict.reason) == (action, written, reason)


def test_values_that_were_left_to_quickbooks_are_told_from_those_that_are_the_same():
    core, kept = entry("480"), entry("450 late")
    assert core
    assert kept
    agreed = State(wanted=core, linked=True, agreed=Agreed(core=core, posted=kept), posted=posted(kept))
    verdict = decide(agreed)
    assert verdict is not None
    assert verdict.action is Action.SKIP
    assert verdict.reason == (
        "Unchanged since the last sync; QuickBooks keeps its own Hours, Description, as was agreed."
    )


@pytest.mark.parametrize("choice", [None, Choice.KEEP_QUICKBOOKS, Choice.KEEP_CORE, Choice.LEAVE])
def test_whatever_is_chosen_quickbooks_values_come_first(choice: Choice | None):
    verdict = decide(state_of("480", "480", "450", choice.value if choice else ""))
    assert verdict is not None
    assert [(one.before, one.after) for one in verdict.fields] == [("7 h 30 min", "8 h")]


FOUND = """
wanted    match     choice            action    written   reason
480       480       -                 link      480       QuickBooks already has exactly this; it is linked, nothing is written.
480       480 late  -                 conflict  480       QuickBooks has a similar one that differs in Description.
480       480 late  keep Core         update    480       You chose to link it and write Core's values.
480       480 late  keep QuickBooks   link      480       You chose to link it and keep QuickBooks' values.
480       480 late  create another    create    480       You chose to create another one.
480       480 late  leave             conflict  480       QuickBooks has a similar one that differs in Description.
480       480       create another    create    480       You chose to create another one.
"""


@pytest.mark.parametrize(("wanted", "match", "choice", "action", "written", "reason"), cases(FOUND))
def test_a_similar_record_in_quickbooks_is_never_taken_or_doubled_without_a_word(
    wanted: str, match: str, choice: str, action: str, written: str, reason: str
):
    verdict = decide(state_of(wanted, "", "", choice, match))
    assert verdict is not None
    assert (verdict.action.value, told(verdict.content), verdict.reason) == (action, written, reason)


ANEW = """
wanted    agreed    match     choice            action    reason after "It was deleted in QuickBooks and entered there anew."
480       480       480       -                 link      QuickBooks already has exactly this; it is linked, nothing is written.
480       480       480 late  -                 conflict  QuickBooks has a similar one that differs in Description.
480       480       480 late  keep Core         update    You chose to link it and write Core's values.
480       480       480 late  keep QuickBooks   link      You chose to link it and keep QuickBooks' values.
480       480       480 late  create another    create    You chose to create another one.
450       480       480 late  leave             conflict  QuickBooks has a similar one that differs in Hours, Description.
"""


@pytest.mark.parametrize(("wanted", "agreed", "match", "choice", "action", "reason"), cases(ANEW))
def test_what_was_deleted_and_entered_anew_under_another_id_is_never_made_again_by_itself(
    wanted: str, agreed: str, match: str, choice: str, action: str, reason: str
):
    verdict = decide(state_of(wanted, agreed, "", choice, match))
    assert verdict is not None
    assert verdict.action.value == action
    assert verdict.reason == f"It was deleted in QuickBooks and entered there anew. {reason}"


DROPPED = """
wanted    agreed    match     choice            action    reason
480       480       -         -                 skip      Deleted in QuickBooks, which you accepted.
480       480       480       -                 skip      Deleted in QuickBooks, which you accepted.
450       480       -         -                 create    New in Core.
450       480       450       -                 link      QuickBooks already has exactly this; it is linked, nothing is written.
450       480       450 late  -                 conflict  QuickBooks has a similar one that differs in Description.
"""


@pytest.mark.parametrize(("wanted", "agreed", "match", "choice", "action", "reason"), cases(DROPPED))
def test_an_accepted_deletion_stays_out_until_core_changes_it(
    wanted: str, agreed: str, match: str, choice: str, action: str, reason: str
):
    verdict = decide(replace(state_of(wanted, agreed, "", choice, match), dropped=True))
    assert verdict is not None
    assert (verdict.action.value, verdict.reason) == (action, reason)


def test_nothing_on_either_side_is_no_change_at_all():
    assert decide(State(wanted=None)) is None
    assert decide(replace(state_of("", "480", ""), dropped=True)) is None


ANYTHING = [
    state_of("480", "", ""),
    state_of("450", "480", "480"),
    state_of("480", "480", ""),
    state_of("", "480", "480"),
]


@pytest.mark.parametrize("state", ANYTHING)
def test_an_unanswered_attempt_is_settled_before_anything_else(state: State):
    verdict = decide(replace(state, unanswered=True, issues=[UNMAPPED]))
    assert verdict is not None
    assert verdict.action is Action.BLOCKED
    assert verdict.reason.startswith("QuickBooks may already have this")


@pytest.mark.parametrize("state", ANYTHING)
def test_a_faulty_record_is_blocked_with_every_fault_at_once_whatever_quickbooks_holds(state: State):
    verdict = decide(replace(state, issues=[UNMAPPED, WARNING, TOO_LONG]))
    assert verdict is not None
    assert verdict.action is Action.BLOCKED
    assert verdict.reason == "'03-300' is not mapped. It is too long."


def test_a_posted_entry_that_cannot_be_worked_out_any_more_is_blocked_and_never_deleted():
    verdict = decide(replace(state_of("", "480", "480"), issues=[UNMAPPED]))
    assert verdict is not None
    assert verdict.action is Action.BLOCKED
    assert verdict.fields == ()


def test_a_warning_blocks_nothing():
    verdict = decide(replace(state_of("480", "", ""), issues=[WARNING]))
    assert verdict is not None
    assert verdict.action is Action.CREATE


def bill(amount: str = "100.00", memo: str = "", vendor: str = "31", number: str = "B-1") -> BillDocument:
    return BillDocument(
        vendor=Reference(id=vendor),
        number=number,
        txn_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        memo=memo,
        lines=(ExpenseLine(amount=Decimal(amount), account=Reference(id="7")),),
    )


PAID = """
core changes    choice       edited there   action
nothing         -            -              skip
memo            -            -              update
amount          -            -              blocked
vendor          -            -              blocked
amount          keep Core    memo           blocked
memo            keep Core    memo           update
nothing         keep Core    amount         blocked
gone            -            -              blocked
gone            keep Core    memo           blocked
"""
EDITS = {
    "": bill(),
    "nothing": bill(),
    "memo": bill(memo="x"),
    "amount": bill("120.00"),
    "vendor": bill(vendor="32"),
    "gone": None,
}


@pytest.mark.promise(10)
@pytest.mark.parametrize(("core", "choice", "edited", "action"), cases(PAID))
def test_a_bill_with_a_payment_never_loses_its_amount_its_vendor_or_itself(
    core: str, choice: str, edited: str, action: str
):
    there = EDITS[edited]
    if edited == "memo":
        there = bill(memo="their note")
    assert there is not None
    verdict = decide(
        State(
            wanted=EDITS[core],
            linked=True,
            agreed=Agreed(core=bill(), posted=bill()),
            posted=posted(there, payment_ids=("77",)),
            choice=Choice(choice) if choice else None,
        )
    )
    assert verdict is not None
    assert verdict.action.value == action


def test_a_name_that_is_gone_in_core_is_made_inactive_and_an_unpaid_bill_is_deleted():
    card = CustomerCard(display_name="Harborview")
    for content, action in ((card, Action.DEACTIVATE), (bill(), Action.DELETE)):
        verdict = decide(
            State(wanted=None, linked=True, agreed=Agreed(core=content, posted=content), posted=posted(content))
        )
        assert verdict is not None
        assert verdict.action is action
        assert action not in TICKED_BY_DEFAULT


def test_what_quickbooks_filled_in_by_itself_is_no_edit():
    wanted, filled = replace(bill(), due_date=None), bill()
    verdict = decide(
        State(wanted=wanted, linked=True, agreed=Agreed(core=wanted, posted=filled), posted=posted(filled))
    )
    assert verdict is not None
    assert verdict.action is Action.SKIP


def test_a_change_in_core_keeps_what_quickbooks_filled_in():
    before = replace(bill(), due_date=None)
    after = replace(before, memo="Invoice 12")
    verdict = decide(State(wanted=after, linked=True, agreed=Agreed(core=before, posted=bill()), posted=posted(bill())))
    assert verdict is not None
    assert verdict.content == replace(bill(), memo="Invoice 12")


HOURS, HARBOR = entry("480"), CustomerCard(display_name="Harborview")
assert HOURS
CODED = replace(bill(), lines=(ExpenseLine(amount=Decimal("100.00"), account=Reference(id="8")),))
SPLIT = replace(bill(), lines=(ExpenseLine(amount=Decimal("60.00"), account=Reference(id="7")),) * 2)
WHERE = [
    # what changed                      before  after                                             where it may have been
    ("the hours", HOURS, replace(HOURS, minutes=450), "Core"),
    ("whom the hours are for", HOURS, replace(HOURS, customer=Reference(id="60")), "Core or the mapping"),
    ("an employee who is a vendor now", HOURS, replace(HOURS, worker_kind=LedgerKind.VENDOR), "Core or the mapping"),
    ("both", HOURS, replace(HOURS, minutes=450, item=Reference(id="3")), "Core"),
    ("a line's account", bill(), CODED, "Core or the mapping"),
    ("a line's amount", bill(), bill("120.00"), "Core"),
    ("the number of lines", bill(), SPLIT, "Core"),
    ("the vendor", bill(), bill(vendor="32"), "Core or the mapping"),
    ("a customer's parent", HARBOR, replace(HARBOR, parent=Reference(id="58")), "Core or the mapping"),
    ("a customer's telephone", HARBOR, replace(HARBOR, phone="303 555 0100"), "Core"),
]


@pytest.mark.parametrize(("before", "after", "where"), [row[1:] for row in WHERE], ids=[row[0] for row in WHERE])
def test_the_reason_of_an_update_looks_in_core_or_in_the_mapping_too(before: Content, after: Content, where: str):
    state = State(wanted=after, linked=True, agreed=Agreed(core=before, posted=before), posted=posted(before))
    verdict = decide(state)
    assert verdict is not None
    assert (verdict.action, verdict.reason) == (Action.UPDATE, f"Changed in {where} since the last sync.")


def test_a_linked_record_without_its_agreement_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="agreed"):
        decide(State(wanted=entry("480"), linked=True, posted=posted(bill())))


entries = st.builds(
    TimeEntry,
    worker_kind=st.just(LedgerKind.EMPLOYEE),
    worker=st.sampled_from([Reference(id="55"), Reference(id="56")]),
    txn_date=st.just(date(2026, 11, 17)),
    minutes=st.sampled_from([450, 480]),
    customer=st.sampled_from([Reference(id="58"), None]),
    item=st.sampled_from([Reference(id="2"), Reference(id="3")]),
    billable=st.booleans(),
    hourly_rate=st.sampled_from([None, Decimal("50")]),
    description=st.sampled_from(["", "a", "b"]),
)


@pytest.mark.promise(9)
@given(entries, entries, entries, entries)
def test_a_field_edited_in_quickbooks_is_never_written_over_without_a_choice(
    wanted: TimeEntry, core: TimeEntry, agreed: TimeEntry, now: TimeEntry
):
    verdict = decide(State(wanted=wanted, linked=True, agreed=Agreed(core=core, posted=agreed), posted=posted(now)))
    assert verdict is not None
    if verdict.action is Action.UPDATE:
        assert verdict.content is not None
        for name in changed_fields(agreed, now):
            assert values(verdict.content)[name] == values(now)[name]


@given(entries, entries, entries, entries, st.sampled_from([None, Choice.KEEP_CORE, Choice.KEEP_QUICKBOOKS]))
def test_deciding_again_after_the_verdict_was_carried_out_finds_nothing_to_do(
    wanted: TimeEntry, core: TimeEntry, agreed: TimeEntry, now: TimeEntry, choice: Choice | None
):
    state = State(
        wanted=wanted, linked=True, agreed=Agreed(core=core, posted=agreed), posted=posted(now), choice=choice
    )
    verdict = decide(state)
    assert verdict is not None
    assert verdict.action is not Action.CONFLICT or choice is None
    if verdict.action is Action.CONFLICT:
        return
    again = decide(carried_out(state, verdict, wanted, now))
    assert again is not None
    assert again.action is Action.SKIP


def carried_out(state: State, verdict: Verdict, wanted: TimeEntry, now: TimeEntry) -> State:
    """The state after a verdict: QuickBooks holds what was written, and both sides agree on it."""
    there = verdict.content if verdict.action is Action.UPDATE and verdict.content else now
    return replace(state, agreed=Agreed(core=wanted, posted=there), posted=posted(there), choice=None)


@given(entries, st.one_of(st.none(), entries), st.sampled_from([None, *Choice]))
def test_an_unlinked_record_is_only_ever_created_linked_or_asked_about(
    wanted: TimeEntry, match: TimeEntry | None, choice: Choice | None
):
    verdict = decide(State(wanted=wanted, match=posted(match) if match else None, choice=choice))
    assert verdict is not None
    assert verdict.action in {Action.CREATE, Action.LINK, Action.CONFLICT, Action.UPDATE}
    if verdict.action is Action.UPDATE:
        assert choice is Choice.KEEP_CORE
    if verdict.action is Action.CREATE:
        assert match is None or choice is Choice.CREATE_ANOTHER
