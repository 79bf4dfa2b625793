"""Finding a record again in QuickBooks where there is no link: by our mark first, then by what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

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
from qbsync.domain.posted import Ledgerbook, mark_in
from qbsync.domain.wanted import SyncKind, Wanted, mark_of

ENTRY = TimeEntry(
    worker_kind=LedgerKind.EMPLOYEE,
    worker=Reference(id="55"),
    txn_date=date(2026, 11, 17),
    minutes=480,
    customer=Reference(id="58"),
    item=Reference(id="2"),
)
BILL = BillDocument(
    vendor=Reference(id="31"),
    number="INV-7",
    txn_date=date(2026, 11, 3),
    due_date=None,
    memo="",
    lines=(ExpenseLine(amount=Decimal(100), account=Reference(id="7")),),
)


def posted(
    record_id: str, content: Content, kind: LedgerKind = LedgerKind.TIME_ACTIVITY, active: bool = True
) -> Posted:
    return Posted(kind=kind, id=record_id, sync_token="0", content=content, active=active)


def wanted(content: Content, core_id: str = "T1", kind: LedgerKind = LedgerKind.TIME_ACTIVITY) -> Wanted:
    return Wanted(kind=SyncKind.TIME_ENTRY, core_id=core_id, title=core_id, ledger_kind=kind, content=content)


def marked(core_id: str, content: TimeEntry = ENTRY) -> TimeEntry:
    return replace(content, description=f"Concrete [{mark_of(core_id)}]")


def matched(records: list[Posted], *wants: Wanted, linked: tuple[str, ...] = ()) -> list[str]:
    """The ids that the wanted records are matched with, "" for none."""
    book = Ledgerbook.of(records, ((LedgerKind.TIME_ACTIVITY, one) for one in linked))
    return [found.id if (found := book.match(one)) else "" for one in wants]


def test_our_mark_beats_the_natural_key():
    records = [posted("1", ENTRY), posted("2", marked("T1"))]
    assert matched(records, wanted(marked("T1"))) == ["2"]


def test_a_marked_record_is_found_even_after_somebody_changed_its_hours():
    records = [posted("2", marked("T1", replace(ENTRY, minutes=60)))]
    assert matched(records, wanted(marked("T1"))) == ["2"]


def test_a_record_that_carries_the_mark_of_another_is_never_taken():
    assert matched([posted("2", marked("T2"))], wanted(marked("T1"))) == [""]


def test_each_posted_record_is_matched_once():
    records = [posted("1", ENTRY), posted("2", ENTRY)]
    assert matched(records, *[wanted(ENTRY, f"T{number}") for number in range(3)]) == ["1", "2", ""]


def test_a_linked_record_is_found_by_its_id_only():
    book = Ledgerbook.of([posted("1", ENTRY)], [(LedgerKind.TIME_ACTIVITY, "1")])
    assert book.match(wanted(ENTRY)) is None
    assert book.by_id[LedgerKind.TIME_ACTIVITY, "1"].content == ENTRY


def test_an_inactive_record_is_never_matched():
    card = CustomerCard(display_name="Harborview")
    records = [posted("1", card, LedgerKind.CUSTOMER, active=False)]
    assert matched(records, wanted(card, kind=LedgerKind.CUSTOMER)) == [""]


def test_a_bill_is_known_by_its_vendor_and_number_whatever_its_date_and_amount():
    other = replace(BILL, number="inv-7", txn_date=date(2026, 11, 9), lines=())
    records = [posted("1", other, LedgerKind.BILL)]
    assert matched(records, wanted(BILL, kind=LedgerKind.BILL)) == ["1"]
    assert matched(records, wanted(replace(BILL, vendor=Reference(id="32")), kind=LedgerKind.BILL)) == [""]


def test_a_bill_is_no_match_for_a_vendor_credit():
    assert matched([posted("1", BILL, LedgerKind.BILL)], wanted(BILL, kind=LedgerKind.VENDOR_CREDIT)) == [""]
    memo = replace(BILL, memo=f"[{mark_of('T1')}]")
    assert matched([posted("1", memo, LedgerKind.BILL)], wanted(memo, kind=LedgerKind.VENDOR_CREDIT)) == [""]


def test_an_entry_is_known_by_worker_day_customer_item_and_minutes():
    for other in (
        replace(ENTRY, worker=Reference(id="56")),
        replace(ENTRY, txn_date=date(2026, 11, 18)),
        replace(ENTRY, customer=None),
        replace(ENTRY, item=Reference(id="3")),
        replace(ENTRY, minutes=479),
        replace(ENTRY, worker_kind=LedgerKind.VENDOR),
    ):
        assert matched([posted("1", other)], wanted(ENTRY)) == [""]
    assert matched([posted("1", replace(ENTRY, description="by hand"))], wanted(ENTRY)) == ["1"]


def test_a_name_is_known_without_regard_to_capitals():
    records = [posted("1", CustomerCard(display_name="HARBORVIEW"), LedgerKind.CUSTOMER)]
    assert matched(records, wanted(CustomerCard(display_name="Harborview"), kind=LedgerKind.CUSTOMER)) == ["1"]


def test_a_mark_is_read_out_of_the_midst_of_a_text():
    assert mark_in(replace(ENTRY, description=f"by hand [{mark_of('T1')}] checked")) == mark_of("T1")
    assert mark_in(replace(BILL, memo=f"ProForge bill [{mark_of('T1')}]")) == mark_of("T1")
    assert mark_in(replace(ENTRY, description="[PF-short]")) == ""
    assert mark_in(CustomerCard(display_name=f"[{mark_of('T1')}]")) == ""


def test_what_cannot_be_worked_out_matches_nothing():
    assert Ledgerbook.of([posted("1", ENTRY)], []).match(replace(wanted(ENTRY), content=None)) is None
